"""Makes a directory as large as asked, spread like the demo's three areas. The same numbers give the same rows."""

import datetime
import random

from django.db import transaction

from directory import schedules, search
from directory.models import Category, Organisation, Schedule, Service, ServiceLocation
from hubs import statistics
from hubs.models import Council, Hub, Locality, Location, OpeningHours, Outcode, Postcode, PostcodeRelease
from tests.bench.measuring import progress

AREAS = {
    "Dorset": ("E06000059", [("DT1", 50.711, -2.441), ("DT4", 50.609, -2.464), ("BH21", 50.802, -1.986),
                             ("DT10", 50.926, -2.307), ("DT6", 50.733, -2.758)]),
    "Wolverhampton": ("E08000031", [("WV1", 52.587, -2.120), ("WV10", 52.622, -2.116), ("WV14", 52.566, -2.073),
                                    ("WV3", 52.578, -2.155), ("WV11", 52.602, -2.064)]),
    "Lincolnshire": ("E10000019", [("LN1", 53.240, -0.560), ("PE21", 52.977, -0.024), ("NG31", 52.912, -0.642),
                                   ("PE25", 53.145, 0.336), ("PE11", 52.787, -0.153)]),
}  # fmt: skip
"""Council, its ONS code and some outcodes with their middles, as (code, latitude, longitude)."""
NAMES = [
    "Tiny Toes",
    "Stay and Play",
    "Baby massage",
    "Sleep workshop",
    "Money advice",
    "Youth club",
    "SEND cafe",
]
OFFERS = ["Toys and songs", "A hot drink and a chat", "Cooking for a week", "Swimming", "Craft and painting",
          "Football", "Reading together", "First aid"]  # fmt: skip
ABOUT = ["sleep", "feeding", "money", "starting school", "being a new dad", "moving house", "worries", "teenagers",
         "speech", "separating"]  # fmt: skip
SPREAD_DEGREES = 0.06
UNITS = [f"{sector}{first}{second}" for sector in range(1, 10) for first in "ABDEF" for second in "GHJLN"]
"""The second halves of every outcode's postcodes."""
BATCH = 1000


def directory(services: int, *, seed: int = 11) -> None:
    """Save `services` listings with a place, a schedule and one or two topics each, then build the index."""
    dice = random.Random(seed)
    with transaction.atomic():
        councils = [_council(name, code, outcodes) for name, (code, outcodes) in AREAS.items()]
        _postcodes(dice)
        topics = _topics()
        organisation = Organisation.objects.create(name="Generated Trust")
        for first in range(0, services, BATCH):
            size = min(BATCH, services - first)
            _batch(dice, councils, topics, organisation, first, size)
            progress("Listings", first + size, services)
    search.rebuild_all(lambda done, total: progress("Search entries", done, total))
    statistics.refresh()


def _council(name: str, code: str, outcodes: list[tuple[str, float, float]]) -> Council:
    council = Council.objects.create(name=name, slug=name.lower(), ons_code=code)
    team = Locality.objects.create(council=council, name="Team", slug="team", inbox="team@example.org")
    for outcode, latitude, longitude in outcodes:
        Outcode.objects.create(code=outcode, latitude=latitude, longitude=longitude, place=name)
        hub = Hub.objects.create(
            name=f"{outcode} Family Hub", slug=f"hub-{outcode.lower()}", council=council, team=team, city=name,
            postal_code=f"{outcode} 9ZZ", latitude=latitude, longitude=longitude,
        )  # fmt: skip
        for day in ("MO", "WE", "FR"):
            OpeningHours.objects.create(
                hub=hub, byday=day, opens_at=datetime.time(9), closes_at=datetime.time(17)
            )
    return council


def _postcodes(dice: random.Random) -> None:
    release = PostcodeRelease.objects.create(source="Generated", release="Bench", rows=1)
    Postcode.objects.bulk_create(
        Postcode(
            code=f"{outcode}{unit}", latitude=dice.gauss(latitude, SPREAD_DEGREES),
            longitude=dice.gauss(longitude, SPREAD_DEGREES), country="E92000001", district=district, quality=1,
            release=release,
        )
        for district, outcodes in AREAS.values()
        for outcode, latitude, longitude in outcodes
        for unit in UNITS
    )  # fmt: skip


def _topics() -> list[Category]:
    made = []
    for heading in range(6):
        parent = Category.objects.create(name=f"Heading {heading}", slug=f"heading-{heading}", order=heading)
        for topic in range(7):
            made.append(
                Category.objects.create(
                    name=f"Topic {heading}.{topic}",
                    slug=f"topic-{heading}-{topic}",
                    parent=parent,
                    order=topic,
                )
            )
    return made


def _batch(
    dice: random.Random,
    councils: list[Council],
    topics: list[Category],
    organisation: Organisation,
    first: int,
    size: int,
) -> None:
    chosen = [dice.randrange(len(councils)) for _ in range(size)]
    areas = list(AREAS.values())
    locations = Location.objects.bulk_create(
        _location(dice, councils[area], areas[area][1], first + at) for at, area in enumerate(chosen)
    )
    services = Service.objects.bulk_create(
        _service(dice, councils[area], organisation, first + at) for at, area in enumerate(chosen)
    )
    places = ServiceLocation.objects.bulk_create(
        ServiceLocation(service=service, location=location)
        for service, location in zip(services, locations, strict=True)
    )
    Schedule.objects.bulk_create(_schedule(dice, place) for place in places)
    through = Service.categories.through
    through.objects.bulk_create(
        through(service=service, category=topic)
        for service in services
        for topic in dice.sample(topics, dice.choice([1, 1, 2]))
    )


def _location(
    dice: random.Random, council: Council, outcodes: list[tuple[str, float, float]], number: int
) -> Location:
    code, latitude, longitude = dice.choice(outcodes)
    return Location(
        name=f"Hall {number}", council=council, city=council.name, postal_code=f"{code} 9ZZ",
        latitude=dice.gauss(latitude, SPREAD_DEGREES), longitude=dice.gauss(longitude, SPREAD_DEGREES),
        access=["step_free"] if number % 2 else [],
    )  # fmt: skip


def _service(dice: random.Random, council: Council, organisation: Organisation, number: int) -> Service:
    youngest = dice.choice([None, 0, 0, 12, 36, 60, 132])
    return Service(
        name=f"{dice.choice(NAMES)} {number}", slug=f"listing-{number}", council=council, organisation=organisation,
        summary=f"{dice.choice(OFFERS)}, with somebody to talk to about {' or '.join(dice.sample(ABOUT, 2))}.",
        minimum_age=youngest, maximum_age=None if youngest is None else youngest + dice.choice([11, 23, 59]),
        cost=dice.choice(["free", "free", "free", "some"]), live=number % 20 != 0,
        coverage="council" if number % 50 == 0 else "place",
    )  # fmt: skip


def _schedule(dice: random.Random, place: ServiceLocation) -> Schedule:
    hour = dice.randrange(9, 18)
    return Schedule(
        service_location=place, byday=dice.choice(schedules.DAY_CODES), dtstart=datetime.date(2026, 1, 5),
        opens_at=datetime.time(hour), closes_at=datetime.time(hour + 1, 30),
        runs=dice.choice(["all_year", "term"]),
    )  # fmt: skip
