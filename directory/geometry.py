"""The grid and the flat arithmetic behind near-me search. Degrees are WGS84."""

from math import cos, floor, radians, sin
from typing import NamedTuple

from hubs.geo import Point

CELL_LATITUDE = 0.05
CELL_LONGITUDE = 0.08
"""A cell is about 3.4 miles each way in England."""
MOST_CELLS = 500
"""A wider circle is searched by its square alone: a longer list of cells costs more than it saves."""


class Square(NamedTuple):
    """The box round a circle, in degrees."""

    south: float
    west: float
    north: float
    east: float


class Scale(NamedTuple):
    """Metres to a degree at one latitude."""

    latitude_m: float
    longitude_m: float
    change: float
    """How much `longitude_m` grows for each degree of latitude northwards (it shrinks)."""


def scale_at(point: Point) -> Scale:
    """Return the size of a degree at a point on the WGS84 ellipsoid, by its usual series in the latitude."""
    phi = radians(point.latitude)
    return Scale(
        latitude_m=111_132.954 - 559.822 * cos(2 * phi) + 1.175 * cos(4 * phi),
        longitude_m=111_412.84 * cos(phi) - 93.5 * cos(3 * phi) + 0.118 * cos(5 * phi),
        change=radians(-111_412.84 * sin(phi) + 280.5 * sin(3 * phi)),
    )


def square_around(point: Point, within_m: float) -> Square:
    """Return the box that holds the circle of `within_m` metres round a point."""
    scale = scale_at(point)
    up = within_m / scale.latitude_m
    along = within_m / (scale.longitude_m + scale.change * up)
    return Square(point.latitude - up, point.longitude - along, point.latitude + up, point.longitude + along)


def cell(latitude: float, longitude: float) -> int:
    """Return the number of the grid cell that a position lies in."""
    return _row(latitude) * 1000 + _column(longitude)


def cells_of(square: Square) -> list[int]:
    """Return the cells that a box touches, or none when they are more than is worth listing."""
    rows = range(_row(square.south), _row(square.north) + 1)
    columns = range(_column(square.west), _column(square.east) + 1)
    if len(rows) * len(columns) > MOST_CELLS:
        return []
    return [row * 1000 + column for row in rows for column in columns]


def _row(latitude: float) -> int:
    return floor((latitude - 49) / CELL_LATITUDE)


def _column(longitude: float) -> int:
    return floor((longitude + 9) / CELL_LONGITUDE)
