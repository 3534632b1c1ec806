"""Positions that a device sends: rounded to about 500 metres, and only of Great Britain. Pure."""

import re

from .geo import Point

STEP = Point(0.005, 0.008)
"""Degrees. 556 m of latitude; in England 500 to 575 m of longitude. `frontend/js/places.js` rounds alike."""

WRITTEN = re.compile(r"\s*(-?[0-9]{1,3}\.[0-9]{1,20})\s*,\s*(-?[0-9]{1,3}\.[0-9]{1,20})\s*")

AROUND_BRITAIN = [
    *[(49.8, -6.6), (49.8, -5.0), (50.0, -2.0), (50.3, 0.3), (50.75, 1.1), (51.0, 1.42), (51.3, 1.75)],
    *[(52.0, 2.2), (52.6, 2.2), (53.2, 1.6), (54.0, 0.6), (55.6, -1.0), (57.4, -1.3), (58.2, -1.6)],
    *[(59.3, -2.0), (59.6, -0.9), (60.95, -0.5), (60.95, -2.2), (59.6, -3.2), (59.2, -5.5), (58.7, -7.0)],
    *[(58.0, -8.8), (57.5, -8.9), (56.6, -8.0), (55.6, -6.75), (55.42, -6.1), (55.2, -5.92), (54.95, -5.45)],
    *[(54.6, -5.3), (54.45, -5.0), (54.5, -4.2), (54.3, -3.95), (53.8, -4.0), (53.6, -4.8), (53.2, -5.05)],
    *[(52.0, -5.85), (51.2, -5.6), (50.4, -6.2), (50.05, -6.7)],
]
"""A line drawn by hand through the sea, latitude first: between us and Ireland, Man, France and the Channel Islands."""


def read(text: str) -> Point | None:
    """Return the position written in `text` as "50.715,-2.432", rounded; None when it is something else."""
    written = WRITTEN.fullmatch(text)
    return rounded(Point(float(written[1]), float(written[2]))) if written else None


def rounded(point: Point) -> Point:
    """Return the nearest corner of a grid of about 500 metres."""
    latitude, longitude = (
        round(round(degrees / step) * step, 3) for degrees, step in zip(point, STEP, strict=True)
    )
    return Point(latitude, longitude)


def written(point: Point) -> str:
    """Return a position as `read` takes it."""
    return f"{point.latitude:.3f},{point.longitude:.3f}"


def in_great_britain(point: Point) -> bool:
    """Say whether a position is in Great Britain or on the water round it."""
    inside, (lat, lon) = False, point
    for (lat_a, lon_a), (lat_b, lon_b) in zip(
        AROUND_BRITAIN, AROUND_BRITAIN[1:] + AROUND_BRITAIN[:1], strict=True
    ):
        # Going north, every line that is crossed changes in into out.
        if (lon_a > lon) != (lon_b > lon) and lat < lat_a + (lon - lon_a) / (lon_b - lon_a) * (lat_b - lat_a):
            inside = not inside
    return inside
