"""`manage.py demo`: loads the demonstration, or prints a person's sign-in code."""

import sys
import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.demo import people
from cms.demo.loading import holds_real_data, load
from hubs.models import Demonstration

WARNING = (
    "This database has data in it and is not a demonstration. Loading it here would add invented families and people "
    "whose passwords everybody knows."
)


class Command(BaseCommand):
    help = "Load the demonstration: three councils, all invented. Safe to run again; its dates move to today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--yes", action="store_true", help="Do not ask before touching a database with data in it."
        )
        parser.add_argument(
            "--code", metavar="NAME", help="Print NAME's current sign-in code and nothing else."
        )
        parser.add_argument("--who", action="store_true", help="Print who can sign in and nothing else.")

    def handle(self, *, yes: bool, code: str | None, who: bool, verbosity: int, **options: object) -> None:
        if code:
            self._print_code(code)
        elif who:
            self._print_people()
        else:
            self._load(yes=yes, quiet=verbosity == 0)

    def _load(self, *, yes: bool, quiet: bool) -> None:
        if holds_real_data() and not yes and not self._agreed():
            raise CommandError(
                f"{WARNING} Nothing was changed. Use another DATABASE_URL, or --yes if you mean it"
            )
        began = time.monotonic()
        load((lambda line: None) if quiet else self.stdout.write)
        if not quiet:
            self.stdout.write(
                self.style.SUCCESS(f"Ready in {time.monotonic() - began:.0f} s. Who can sign in:")
            )
            self._print_people()

    @staticmethod
    def _agreed() -> bool:
        if not sys.stdin.isatty():
            return False
        return input(f"{WARNING}\nLoad it all the same? Type yes: ").strip().lower() == "yes"

    def _print_code(self, name: str) -> None:
        if not Demonstration.here():
            raise CommandError("This database is not a demonstration. Run manage.py demo first")
        try:
            self.stdout.write(people.current_code(name))
        except people.NoSuchPerson as problem:
            raise CommandError(str(problem)) from None

    def _print_people(self) -> None:
        for person in people.PEOPLE:
            self.stdout.write(f"  {person['email']:20} {person['name']}, {person['role']}")
        self.stdout.write(f"Password for all of them: {people.PASSWORD}")
        self.stdout.write("Their second step: python manage.py demo --code NAME")
