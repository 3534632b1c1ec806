"""`manage.py load_boundaries wards.geojson`: put the outlines of areas on file, so that rules can use them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubs import boundaries, boundary_files
from hubs.models import Boundary

MOST_NAMED = 5


class Command(BaseCommand):
    help = (
        "Load outlines of wards, parishes, districts, counties or LSOAs as published by the Office for National "
        "Statistics, or areas a council drew itself: GeoJSON in WGS84. Replaces areas of the same kind and code, and "
        "those of the same kind and district. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument(
            "--kind",
            choices=Boundary.Kind.values,
            help="What the areas are, where the columns do not say. A drawn area is a polygon.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Read and check, change nothing.")

    def handle(self, *, path: Path, kind: str | None, dry_run: bool, **options: object) -> None:
        try:
            outlines = boundary_files.read_file(path, Boundary.Kind(kind) if kind else None)
        except boundary_files.NotABoundaryFile as problem:
            raise CommandError(str(problem)) from problem
        changes = boundaries.load(outlines, path.name, dry_run=dry_run)
        kinds = sorted({outline.kind.label for outline in outlines})
        self.stdout.write(f"{len(outlines):,} areas ({', '.join(kinds)}): {changes.summary()}")
        if dry_run:
            self.stdout.write("Nothing was changed")
            return
        missing = boundaries.rules_off_the_map(outlines, timezone.localdate())
        if missing:
            self.stdout.write(
                self.style.WARNING(f"{len(missing):,} rules for areas that are not on the map:")
            )
        for rule in missing[:MOST_NAMED]:
            self.stdout.write(f"  {rule.get_kind_display()} {rule.code} {rule.name} ({rule.locality.name})")
        if len(missing) > MOST_NAMED:
            self.stdout.write(f"  and {len(missing) - MOST_NAMED:,} more")
