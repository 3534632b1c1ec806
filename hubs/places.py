"""The rougher places, postcode districts and towns: loading a few, safe to run again, and listing them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from . import authorities
from .models import Council, Outcode, Town
from .models.postcode import name_key


class OutcodeRow(NamedTuple):
    """The first half of a postcode and the middle of it, in WGS84 degrees."""

    code: str
    latitude: float
    longitude: float
    place: str = ""


class TownRow(NamedTuple):
    """A town and its middle. `county` tells towns of one name apart; ONS codes and outcode may be ""."""

    name: str
    county: str
    latitude: float
    longitude: float
    outcode: str = ""
    district: str = ""
    ward: str = ""


@transaction.atomic
def load_outcodes(rows: Iterable[OutcodeRow]) -> int:
    """Add the outcodes or bring them up to date; leave all others alone. Return how many were given."""
    outcodes = [Outcode(**row._asdict()) for row in rows]
    Outcode.objects.bulk_create(
        outcodes,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["latitude", "longitude", "place"],
        batch_size=500,
    )
    return len(outcodes)


@transaction.atomic
def load_towns(rows: Iterable[TownRow]) -> int:
    """Add the towns or bring them up to date, by name and county. Return how many were given.

    They then belong to no release, so that no load of one takes them away again.
    """
    towns = [Town(**row._asdict(), key=name_key(row.name)) for row in rows]
    Town.objects.bulk_create(
        towns,
        update_conflicts=True,
        unique_fields=["name", "county"],
        update_fields=["latitude", "longitude", "outcode", "district", "ward", "sheet", "release"],
        batch_size=500,
    )
    return len(towns)


def listed_towns() -> QuerySet[Town]:
    """Return the towns that a list to choose from should have: of all England's those in our councils' areas."""
    ours = [authorities.districts_of(council.ons_code) for council in Council.objects.all()]
    return Town.objects.filter(Q(sheet="") | Q(district__in=set().union(*ours)))
