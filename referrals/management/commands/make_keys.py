"""`manage.py make_keys`: the file of keys that seal personal data."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from referrals import sealed


class Command(BaseCommand):
    help = "Write a fresh file of data keys at DATA_KEYS_FILE. Never overwrites one."
    # The check that this mends must not stand in its way.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        path = Path(settings.DATA_KEYS_FILE)
        if not sealed.write_keys(path):
            raise CommandError(f"{path} exists already, and was left as it is")
        self.stdout.write(
            f"Wrote {path}. Without it nobody can read what families send: keep a copy apart from the database"
        )
