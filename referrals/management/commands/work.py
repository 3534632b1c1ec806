"""`manage.py work`: the one worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from referrals import worker


class Command(BaseCommand):
    help = "Send messages, tidy up and rebuild what's on. Runs until stopped; several may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            worker.go_round()
        else:
            worker.run()
