"""`manage.py load_postcodes FILE`: a thin face on `hubs.postcode_loads`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs import directory_files, postcode_loads
from hubs.postcode_text import AREAS

PROGRESS_EVERY = 100_000


class Command(BaseCommand):
    help = (
        "Load a postcode directory of the Office for National Statistics (NSPL or ONSPD), a CSV file or the zip "
        "as published. Replaces what is on file for the postcode areas in it. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Read and compare, change nothing.")
        parser.add_argument("--areas", default="", help="Only these postcode areas, such as DT,BH.")

    def handle(self, *, path: Path, dry_run: bool, areas: str, **options: object) -> None:
        try:
            directory = directory_files.read(path)
            self.stdout.write(f"Reading {directory.source}, {directory.release}")
            changes = postcode_loads.replace(
                directory, areas=self.chosen(areas), dry_run=dry_run, on_batch=self.report
            )
        except directory_files.NotADirectoryFile as problem:
            raise CommandError(f"{problem}. Nothing was changed.") from problem
        self.stdout.write(changes.summary())
        self.stdout.write("Nothing was changed" if dry_run else self.style.SUCCESS("Loaded"))

    def chosen(self, areas: str) -> set[str]:
        """Return the areas named on the command line."""
        chosen = {area.strip().upper() for area in areas.split(",") if area.strip()}
        unknown = ", ".join(sorted(chosen - AREAS))
        if unknown:
            raise CommandError(f"There is no postcode area {unknown}")
        return chosen

    def report(self, rows: int) -> None:
        if rows % PROGRESS_EVERY == 0:
            self.stdout.write(f"  {rows:,} postcodes read")
            self.stdout.flush()
