"""`manage.py load_postcodes FILE`: a thin face on `hubs.postcode_loads`."""

from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs import postcode_files, postcode_loads
from hubs.postcode_changes import Changes
from hubs.postcode_text import AREAS

PROGRESS_EVERY = 100_000
RULES_SHOWN = 20
NOTHING_CHANGED = "Nothing was changed"


class Command(BaseCommand):
    help = (
        "Load a postcode directory: the ONS Postcode Directory, the National Statistics Postcode Lookup or OS "
        "Code-Point Open, a CSV file or the zip as published. Replaces what is on file for the postcode areas in it. "
        "Safe to run again, and while families use the site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Read and compare, change nothing.")
        parser.add_argument("--areas", default="", help="Only these postcode areas, such as DT,BH.")
        parser.add_argument(
            "--northern-ireland",
            action="store_true",
            help="Keep Northern Ireland's postcodes too, which need a licence of Land & Property Services.",
        )
        parser.add_argument(
            "--anyway",
            action="store_true",
            help="Load a file that lost or moved too many postcodes to be true.",
        )

    def handle(
        self,
        *,
        path: Path,
        dry_run: bool,
        areas: str,
        northern_ireland: bool,
        anyway: bool,
        **options: object,
    ) -> None:
        wanted = postcode_files.Wanted(self.chosen(areas), northern_ireland)
        try:
            directory = postcode_files.read(path)
            self.stdout.write(f"Reading {directory.source}, {directory.release}")
            postcode_loads.replace(
                directory,
                wanted,
                dry_run=dry_run,
                doubts_settled=anyway,
                on_step=self.report_step,
                on_compared=self.report_changes,
            )
        except (postcode_loads.UnreadableFile, postcode_loads.Busy) as problem:
            raise CommandError(f"{problem}. {NOTHING_CHANGED}.") from problem
        except postcode_loads.Doubtful as problem:
            raise CommandError(
                f"Is the file whole? {NOTHING_CHANGED}. To load it all the same: --anyway"
            ) from problem
        self.stdout.write(NOTHING_CHANGED if dry_run else self.style.SUCCESS("Loaded"))

    def chosen(self, areas: str) -> frozenset[str]:
        """Return the areas named on the command line."""
        chosen = frozenset(area.strip().upper() for area in areas.split(",") if area.strip())
        unknown = ", ".join(sorted(chosen - AREAS))
        if unknown:
            raise CommandError(f"There is no postcode area {unknown}")
        return chosen

    def report_step(self, what: str, rows: int) -> None:
        if rows and rows % PROGRESS_EVERY == 0:
            self.stdout.write(f"  {rows:,} postcodes {what}")
            self.stdout.flush()

    def report_changes(self, changes: Changes) -> None:
        for line in changes.counts():
            self.stdout.write(line)
        if changes.kept_areas:
            self.stdout.write(f"Not in this file, so left as on file: {', '.join(changes.kept_areas)}")
        self.report_rules("whose code was on file until now", changes.rules_gone)
        self.report_rules("whose code is not on file", changes.rules_unknown)
        if (changes.rules_gone or changes.rules_unknown) and not changes.whole:
            self.stdout.write(
                "Only a part of England is on file: what these rules speak of may lie in another part"
            )
        for doubt in changes.doubts:
            self.stdout.write(self.style.WARNING(f"Odd: {doubt}"))

    def report_rules(self, which: str, rules: Sequence[str]) -> None:
        if not rules:
            return
        self.stdout.write(self.style.WARNING(f"{len(rules):,} rules {which}:"))
        for rule in rules[:RULES_SHOWN]:
            self.stdout.write(f"  {rule}")
        if len(rules) > RULES_SHOWN:
            self.stdout.write(f"  and {len(rules) - RULES_SHOWN:,} more")
