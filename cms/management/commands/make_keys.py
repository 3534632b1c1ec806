"""`manage.py make_keys`: write the keys that seal personal data, once, to DATA_KEYS_FILE."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from referrals import sealed


class Command(BaseCommand):
    help = "Write the file of data keys named by DATA_KEYS_FILE. Never overwrites one."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        path = Path(settings.DATA_KEYS_FILE)
        if not sealed.write_keys(path):
            raise CommandError(
                f"{path} exists already. What was sealed with it can be opened with nothing else"
            )
        self.stdout.write(
            f"Wrote {path}. Keep a copy apart from the database: a backup is useless without it"
        )
