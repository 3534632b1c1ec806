"""The nearest places with a topic and an age, and how many there are within the radius, in one query.

`PLACES=20000,100000,1000000` are the sizes. Each is checked first against geopy's geodesic, on queries of its own.
"""

import heapq
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.db import connection
from geopy.distance import geodesic

from directory import geometry, results
from directory.models import Organisation, SearchEntry, SearchWord, Service
from hubs import statistics
from hubs.geo import METRES_PER_MILE, Point
from hubs.models import Council
from tests.bench import population
from tests.bench.measuring import Row, measure, progress

SIZES = "20000,100000,1000000"
TARGETS_MS = {20_000: 5, 100_000: 8, 1_000_000: 20}
DENSE, DENSE_TARGET_MS = 100_000, 25
QUERIES, CHECKED, NEAREST = 1000, 1000, 10
TOPICS, AGES = 12, 20
BATCH = 5_000
TRIES = 60
"""Seconds to wait at the most for a table that was just filled to settle."""


def run() -> list[Row]:
    council = Council.objects.create(name="Generated", slug="generated", ons_code="E06000099")
    organisation = Organisation.objects.create(name="Generated Trust")
    service = Service.objects.create(
        name="Generated", slug="generated", council=council, organisation=organisation
    )
    rows: list[Row] = []
    for size in map(int, os.environ.get("PLACES", SIZES).split(",")):
        _fill(service, size, population.ENGLAND)
        if size == min(map(int, os.environ.get("PLACES", SIZES).split(","))):
            _check(population.ENGLAND, size)
        rows += _measured(f"{size:,} places", population.ENGLAND, TARGETS_MS.get(size))
    _fill(service, DENSE, population.ONE_COUNTY)
    return rows + _measured(f"{DENSE:,} places in one county", population.ONE_COUNTY, DENSE_TARGET_MS)


def _measured(what: str, box: tuple, target_ms: float | None) -> list[Row]:
    return [
        measure(f"{what}, 3 miles", _searches(box, 3), target_ms),
        measure(f"{what}, 5 miles", _searches(box, 5), target_ms),
        measure(f"{what}, as far as it takes", _searches(box, None), target_ms),
    ]


def _searches(box: tuple, miles: int | None) -> Iterator[Callable[[], object]]:
    dice = random.Random(3)
    for point in _origins(box):
        entries = SearchEntry.objects.about(1 << dice.randrange(TOPICS)).suitable_for(
            1 << dice.randrange(AGES)
        )
        if miles:
            yield partial(results.page_within, entries, point, [miles], 1)
        else:
            yield partial(results.page_near, entries, point, 3, 1)


def _origins(box: tuple) -> Iterable[Point]:
    """Yield where families ask from: spread as the places are, but not at them."""
    dice = random.Random(4)
    points = list(population.spread(QUERIES * 20, box=box))
    return [
        Point(point.latitude + dice.uniform(-0.01, 0.01), point.longitude + dice.uniform(-0.01, 0.01))
        for point in dice.sample(points, QUERIES)
    ]


def _fill(service: Service, count: int, box: tuple) -> None:
    dice = random.Random(7)
    with connection.cursor() as cursor:
        for model in (SearchWord, SearchEntry):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    batch = []
    for number, point in enumerate(population.spread(count, box=box), start=1):
        youngest = dice.randrange(AGES)
        ages = sum(1 << age for age in range(youngest, min(youngest + dice.choice([1, 3, 6]), AGES)))
        topics = sum(1 << topic for topic in {dice.randrange(TOPICS) for _ in range(dice.choice([1, 1, 2]))})
        batch.append(
            SearchEntry(
                service=service, name=f"Place {number}", kind="activity", delivery="in_person", coverage="place",
                cost="free", latitude=point.latitude, longitude=point.longitude, topics=topics, ages=ages,
                cell=geometry.cell(point.latitude, point.longitude), card={"summary": "Songs and toys. " * 12},
            )
        )  # fmt: skip
        if len(batch) == BATCH or number == count:
            SearchEntry.objects.bulk_create(batch)
            batch.clear()
            progress("Places", number, count)
    statistics.refresh()
    if connection.vendor == "postgresql":
        _settle(SearchEntry._meta.db_table)


def _settle(table: str) -> None:
    """Vacuum until the index answers alone, as it does some minutes after rows were written.

    A snapshot that something else holds for a moment, such as autovacuum's own, keeps pages from being marked.
    """
    for _ in range(TRIES):
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE, DISABLE_PAGE_SKIPPING) {table}")
            cursor.execute("SELECT relallvisible > relpages * 0.9 FROM pg_class WHERE relname = %s", [table])
            if cursor.fetchone()[0]:
                return
        time.sleep(1)
    raise RuntimeError(f"{table} does not settle: something holds an old snapshot")


def _check(box: tuple, size: int) -> None:
    """Raise unless the ten nearest are the ten by geopy's geodesic, whatever the order of equals."""
    everything = list(SearchEntry.objects.values_list("pk", "latitude", "longitude"))
    for number, origin in enumerate(list(_origins(box))[:CHECKED], start=1):
        found = list(
            SearchEntry.objects.near(origin, 30 * METRES_PER_MILE).values_list("pk", "latitude", "longitude")[
                :NEAREST
            ]
        )
        likely = heapq.nsmallest(
            NEAREST * 4, everything, key=lambda row: _haversine_m(origin, row[1], row[2])
        )
        exact = sorted(geodesic(origin, (latitude, longitude)).m for _, latitude, longitude in likely)
        ours = [geodesic(origin, (latitude, longitude)).m for _, latitude, longitude in found]
        if any(abs(ours[at] - exact[at]) > 0.001 for at in range(NEAREST)):
            raise RuntimeError(f"The nearest to {origin} differ from geopy's: {ours} but {exact[:NEAREST]}")
        if number % 100 == 0:
            progress(f"Checked against geopy, {size:,} places", number, CHECKED)


def _haversine_m(origin: Point, latitude: Any, longitude: Any) -> float:
    up, along = radians(latitude - origin.latitude) / 2, radians(longitude - origin.longitude) / 2
    a = sin(up) ** 2 + cos(radians(origin.latitude)) * cos(radians(latitude)) * sin(along) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(a))
