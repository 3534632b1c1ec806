"""Grid references of the Ordnance Survey as degrees. Without further files good to 2 m (docs/decisions/0025)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from .geo import Point

EAST_M, NORTH_M = 700_000, 1_300_000
"""Where the grid ends."""
NATIONAL_GRID, DEGREES = "EPSG:27700", "EPSG:4326"


def points(east_m: Sequence[float], north_m: Sequence[float]) -> list[Point]:
    """Return the points of eastings and northings. Thousands at a time: one by one takes twenty times as long."""
    east, north = _conversion().transform(east_m, north_m)
    return [Point(*place) for place in zip(north, east, strict=True)]


@cache
def _conversion() -> Any:
    from pyproj import Transformer  # Here, because only loads need it and it takes its time.

    return Transformer.from_crs(NATIONAL_GRID, DEGREES, always_xy=True)
