"""Points spread as people are: most of them in towns, few between. Invented, and the same every time."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from hubs.geo import Point

ENGLAND = ((50.4, 55.0), (-4.8, 1.2))
ONE_COUNTY = ((50.58, 51.02), (-2.90, -1.82))
TOWNS = 900
TOWN_DEGREES = 0.02
"""How far a large town reaches, as a standard deviation."""
IN_TOWNS = 0.85


class Town(NamedTuple):
    """A middle and how many times the smallest town's people live there."""

    middle: Point
    weight: float


def spread(
    count: int, *, box: tuple[tuple[float, float], tuple[float, float]] = ENGLAND, seed: int = 5
) -> Iterator[Point]:
    """Yield points: a few towns hold most, as Zipf's law has it, and one point in seven lies in the country."""
    dice = random.Random(seed)
    (south, north), (west, east) = box
    share = (north - south) * (east - west) / ((55.0 - 50.4) * (1.2 + 4.8))
    number = max(int(TOWNS * share), 12)
    towns = [
        Town(Point(dice.uniform(south, north), dice.uniform(west, east)), 1 / rank)
        for rank in range(1, number + 1)
    ]
    weights = [town.weight for town in towns]
    for town in dice.choices(towns, weights, k=count):
        if dice.random() < IN_TOWNS:
            reach = TOWN_DEGREES * (0.3 + town.weight**0.5)
            yield Point(
                dice.gauss(town.middle.latitude, reach), dice.gauss(town.middle.longitude, reach * 1.6)
            )
        else:
            yield Point(dice.uniform(south, north), dice.uniform(west, east))
