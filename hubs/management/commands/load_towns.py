"""`manage.py load_towns FILE`: a thin face on `hubs.town_files` and `hubs.town_loads`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs import town_files, town_loads
from hubs.archives import UnreadableFile
from hubs.models import TownRelease
from hubs.town_loads import Changes

PROGRESS_EVERY = 100
GONE_SHOWN = 10
NOTHING_CHANGED = "Nothing was changed"
LONGEST_RELEASE: int = TownRelease._meta.get_field("release").max_length  # type: ignore[assignment, union-attr]


class Command(BaseCommand):
    help = (
        "Load the cities, towns, villages and suburbs of England from OS Open Names: the zip as published or one CSV "
        "file of it. Replaces what an earlier load brought in the same files. Load postcodes first: they tell which "
        "council a town is in. Safe to run again, and while families use the site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Read and compare, change nothing.")
        parser.add_argument(
            "--release",
            default="release not known",
            help='What the release is called, such as "October 2026", for the attribution: no file in it says.',
        )
        parser.add_argument(
            "--anyway", action="store_true", help="Load a file that lost too many towns to be true."
        )

    def handle(self, *, path: Path, dry_run: bool, release: str, anyway: bool, **options: object) -> None:
        if len(release) > LONGEST_RELEASE:
            raise CommandError(f"--release may have {LONGEST_RELEASE} characters. {NOTHING_CHANGED}")
        try:
            file = town_files.read(path, self.report_step)
            self.stdout.write(f"{len(file.towns):,} towns and villages in {path.name}")
            if file.left_out:
                self.stdout.write(f"{file.left_out:,} more are left out: another has all of their name")
            town_loads.replace(
                file,
                release,
                dry_run=dry_run,
                doubts_settled=anyway,
                on_compared=self.report_changes,
            )
        except UnreadableFile as problem:
            raise CommandError(f"{problem}. {NOTHING_CHANGED}.") from problem
        except town_loads.Doubtful as problem:
            raise CommandError(
                f"{problem}. Is the file whole? {NOTHING_CHANGED}. To load it all the same: --anyway"
            ) from problem
        self.stdout.write(NOTHING_CHANGED if dry_run else self.style.SUCCESS("Loaded"))

    def report_step(self, files: int, towns: int) -> None:
        if files % PROGRESS_EVERY == 0:
            self.stdout.write(f"  {towns:,} towns and villages in {files:,} files read")
            self.stdout.flush()

    def report_changes(self, changes: Changes) -> None:
        gone = ": " + "; ".join(", ".join(key).rstrip(", ") for key in changes.gone[:GONE_SHOWN])
        more = f" and {len(changes.gone) - GONE_SHOWN:,} more" if len(changes.gone) > GONE_SHOWN else ""
        self.stdout.write(
            f"{changes.new:,} new, {changes.changed:,} changed, {changes.same:,} as before, "
            f"{len(changes.gone):,} gone{gone if changes.gone else ''}{more}"
        )
        if changes.nowhere:
            self.stdout.write(
                self.style.WARNING(
                    f"{changes.nowhere:,} lie in no council that we know of, so forms do not list them. "
                    "Load postcodes or outlines of districts, then the towns again"
                )
            )
