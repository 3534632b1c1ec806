"""The 124 postcode areas of the United Kingdom and the islands, and roughly where they are.

All we know of most of the country until a directory is loaded: good to tell Exeter from Leeds, so every answer by it
is marked approximate. `data/postcode_areas.csv` gives for each the post town and where that is, to a hundredth of a
degree: general knowledge, from no data set.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from .geo import Point

DATA = Path(__file__).parent / "data" / "postcode_areas.csv"


class Area(NamedTuple):
    """A postcode area: its post town, and where that is."""

    town: str
    point: Point


def _read() -> dict[str, Area]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return {
            line["area"]: Area(line["town"], Point(float(line["latitude"]), float(line["longitude"])))
            for line in csv.DictReader(file)
        }


POSTCODE_AREAS = _read()
"""By the letters that a postcode begins with. Gibraltar's GX and the Forces' BF have no place of their own here."""


def span(area: str) -> tuple[str, str]:
    """Return the first and last code there could be in an area. A digit follows the letters, so M leaves out ME."""
    return f"{area}0", f"{area}9ZZZZZ"
