"""A search through the view, with its page drawn, as one process answers it."""

import os
import random
from collections.abc import Callable, Iterator

from django.test import Client

from directory import schedules
from tests.bench import generated
from tests.bench.measuring import Row, measure, progress

RUNS = 200


def run() -> list[Row]:
    services = int(os.environ.get("SERVICES", "20000"))
    generated.directory(services)
    if os.environ.get("SESSIONS"):
        schedules.rebuild_all(lambda done, total: progress("Sessions", done, total))
    return [
        measure(f"by postcode, {services:,} listings", _searches({}), target_ms=40),
        measure("by postcode, age and topic", _searches({"age": "3", "category": "heading-2"}), target_ms=40),
        measure("by postcode and words", _searches({"q": "baby sleep"}), target_ms=40),
        measure("within 30 miles, page 5", _searches({"within": "30", "page": "5"}), target_ms=40),
        measure("by postcode, almost nothing fits", _searches({"q": "zebra"}), target_ms=40),
        measure("without a postcode", _searches({}, near=False)),
        measure("one listing", _listings(services)),
        measure("what's on this week", _searches({"on": "week"}, path="/whats-on/")),
    ]


def _searches(
    asked: dict[str, str], *, near: bool = True, path: str = "/find/"
) -> Iterator[Callable[[], object]]:
    dice, client = random.Random(3), Client()
    outcodes = [code for _, outcodes in generated.AREAS.values() for code, _, _ in outcodes]
    for _ in range(RUNS):
        place = {"near": f"{dice.choice(outcodes)} {dice.choice(generated.UNITS)}"} if near else {}
        yield lambda query={**place, **asked}: _get(client, path, query)


def _listings(services: int) -> Iterator[Callable[[], object]]:
    dice, client = random.Random(3), Client()
    for _ in range(RUNS):
        number = dice.randrange(services // 20) * 20 + 1
        yield lambda slug=f"listing-{number}": _get(client, f"/find/{slug}/", {})


def _get(client: Client, path: str, query: dict[str, str]) -> None:
    response = client.get(path, query, headers={"Accept-Encoding": "gzip"})
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
