"""`manage.py sweep`: is anything stuck?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from referrals import outbox, sweep


class Command(BaseCommand):
    help = "Check that every request is with a team and every message went out. Fails when anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resend",
            action="store_true",
            help="Send again what an inbox refused, after mending its address.",
        )

    def handle(self, *, resend: bool, **options: Any) -> None:
        if resend:
            self.stdout.write(f"{outbox.resend_failed()} messages will be sent again")
        found = 0
        for problem in sweep.problems():
            self.stdout.write(problem)
            found += 1
        if found:
            raise CommandError(f"{found} problem{'' if found == 1 else 's'} found")
        self.stdout.write("Nothing is stuck")
