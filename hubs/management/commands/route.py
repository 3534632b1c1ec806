"""`manage.py route "DT1 1XJ"`: which team an address belongs to, and why."""

import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.areas import decide
from hubs.geo import Point
from hubs.models import Council
from hubs.postcode_text import PostcodeError


def point(text: str) -> Point:
    """Return the place written as "50.715,-2.437"."""
    latitude, longitude = text.split(",")
    return Point(float(latitude), float(longitude))


class Command(BaseCommand):
    help = "Say which team a postcode, a town or a place on the map belongs to, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("postcode", nargs="?")
        parser.add_argument("--town")
        parser.add_argument(
            "--at", type=point, metavar="LAT,LON", help="A place on the map, as 50.715,-2.437."
        )
        parser.add_argument("--council", help="The slug of the council to fall back on.")
        parser.add_argument("--on", type=datetime.date.fromisoformat, help="A day, as 2026-03-01.")

    def handle(
        self,
        *,
        postcode: str | None,
        town: str | None,
        at: Point | None,
        council: str | None,
        on: datetime.date | None,
        **options: object,
    ) -> None:
        try:
            fallback = Council.objects.get(slug=council) if council else None
            decision = decide(postcode=postcode, town=town, point=at, council=fallback, on=on)
        except (PostcodeError, Council.DoesNotExist) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Team:  {decision.locality or decision.council or 'out of area'}")
        self.stdout.write(f"How:   {decision.how.label}")
        self.stdout.write(f"Sure:  {'yes' if decision.sure else 'no'}")
        self.stdout.write(f"Why:   {decision.why}")
        if decision.served_by:
            self.stdout.write(f"There: {decision.served_by.name}, {decision.served_by.website}")
