"""Loads councils, their teams and which ward is whose, and the hubs. Safe to run again."""

import datetime
from collections.abc import Iterator
from typing import TypeVar

from django.utils import timezone

from hubs.models import (
    Council,
    CouncilNumber,
    Hub,
    Locality,
    LocalityRule,
    Location,
    OpeningException,
    OpeningHours,
    TermDates,
)
from hubs.places import OutcodeRow, TownRow, load_outcodes, load_towns
from referrals.clock import bank_holidays

from . import leaflet
from .tables import Row, rows
from .terms import terms_around

Where = TypeVar("Where", bound=Location)
Teams = dict[tuple[str, str], Locality]
"""Localities by the names of council and team."""

CLOSURES_KNOWN_FOR_DAYS = 400
TRAINING_IN_DAYS = 9
HUB_STAFF_ASK_FIRST = {"Wolverhampton"}
"""Councils where a content lead approves what hub staff write: the demonstration shows both ways."""


def load_councils() -> dict[str, Council]:
    """Make the councils with their numbers and this year's terms. Returns them by name."""
    today = timezone.localdate()
    councils = {row["name"]: _council(row) for row in rows("councils")}
    CouncilNumber.objects.filter(council__in=councils.values()).delete()
    CouncilNumber.objects.bulk_create(
        CouncilNumber(
            council=councils[row["council"]],
            kind=row["kind"],
            number=row["number"],
            hours=row["hours"],
            checked_on=today - datetime.timedelta(days=6),
        )
        for row in rows("numbers")
    )
    TermDates.objects.filter(council__in=councils.values()).delete()
    TermDates.objects.bulk_create(
        TermDates(council=council, name=name, starts=starts, ends=ends)
        for council in councils.values()
        for name, starts, ends in terms_around(today)
    )
    return councils


def _council(row: Row) -> Council:
    council, _ = Council.objects.update_or_create(
        ons_code=row["ons_code"],
        defaults={
            "name": row["name"],
            "slug": row["slug"],
            "website": row["website"],
            "service_name": row["service_name"],
            "team_noun": row["team_noun"],
            "primary_colour": row["primary_colour"],
            "accent_colour": row["accent_colour"],
            "search_miles": int(row["search_miles"]),
            "welcome": row["welcome"],
            "hub_staff_may_publish": row["name"] not in HUB_STAFF_ASK_FIRST,
        },
    )
    return council


def load_teams(councils: dict[str, Council]) -> Teams:
    """Make the localities, and say which wards and outcodes belong to each."""
    teams = {}
    for row in rows("localities"):
        council = councils[row["council"]]
        team, _ = Locality.objects.update_or_create(
            council=council,
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "inbox": row["inbox"],
                "phone": row["phone"],
                "is_duty": row["is_duty"] == "yes",
            },
        )
        teams[council.name, team.name] = team
    _load_rules(teams)
    return teams


def _load_rules(teams: Teams) -> None:
    LocalityRule.objects.bulk_create(
        _rules(teams),
        update_conflicts=True,
        unique_fields=["kind", "code", "valid_from"],
        update_fields=["locality", "name", "note"],
    )


def _rules(teams: Teams) -> Iterator[LocalityRule]:
    for row in rows("wards"):
        yield LocalityRule(
            locality=teams[row["council"], row["locality"]],
            kind=LocalityRule.Kind.WARD,
            code=row["ward"],
            name=row["name"],
        )
    for row in rows("outcodes"):
        yield LocalityRule(
            locality=teams[row["council"], row["locality"]],
            kind=LocalityRule.Kind.OUTCODE,
            code=row["outcode"],
            name=row["place"],
            note=row["note"],
        )


def load_rough_places() -> int:
    """Load the outcodes and towns that searches understand without a postcode directory."""
    outcodes = load_outcodes(
        OutcodeRow(row["outcode"], float(row["latitude"]), float(row["longitude"]), row["place"])
        for row in rows("outcodes")
    )
    towns = load_towns(
        TownRow(
            row["name"],
            row["county"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["outcode"],
            row["district"],
            row["ward"],
        )
        for row in rows("towns")
    )
    return outcodes + towns


def load_hubs(councils: dict[str, Council], teams: Teams) -> dict[str, Hub]:
    """Make the hubs, with their hours and the days they are closed. Returns them by key."""
    hubs = {row["key"]: _hub(row, councils[row["council"]], teams) for row in rows("hubs")}
    OpeningHours.objects.filter(hub__in=hubs.values()).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(hub=hubs[row["key"]], byday=day, opens_at=opens, closes_at=closes, note=note)
        for row in rows("hubs")
        for day, opens, closes, note in leaflet.opening_hours(row["hours"])
    )
    OpeningException.objects.filter(hub__in=hubs.values()).delete()
    OpeningException.objects.bulk_create(
        exception for hub in hubs.values() for exception in _exceptions(hub, timezone.localdate())
    )
    return hubs


def _hub(row: Row, council: Council, teams: Teams) -> Hub:
    hub = Hub.objects.filter(slug=row["slug"]).first() or Hub(slug=row["slug"])
    _describe(hub, row, council)
    hub.summary = row["summary"]
    hub.description = row["description"].replace("||", "\n\n")
    hub.phone = row["phone"]
    hub.email = row["email"]
    hub.team = teams[council.name, row["team"]]
    hub.live = True
    hub.save()
    return _stand(hub, row)


def _describe(place: Location, row: Row, council: Council) -> None:
    place.name = row["name"]
    place.council = council
    place.address_1 = row["address"]
    place.city = row["town"]
    place.postal_code = row["postcode"]
    place.access = row["access"].split()
    place.access_note = row["access_note"]
    place.transportation = row["transport"]


def _stand(place: Where, row: Row) -> Where:
    """Put a place where the data file says: its postcode is invented, so no directory knows it."""
    place.latitude, place.longitude = float(row["latitude"]), float(row["longitude"])
    place.position_is_approximate = False
    Location.objects.filter(pk=place.pk).update(
        latitude=place.latitude, longitude=place.longitude, position_is_approximate=False
    )
    return place


def _exceptions(hub: Hub, today: datetime.date) -> Iterator[OpeningException]:
    """Yield the bank holidays of the next year or so, and an early closing soon."""
    until = today + datetime.timedelta(days=CLOSURES_KNOWN_FOR_DAYS)
    closed = {
        day
        for year in range(today.year, until.year + 1)
        for day in bank_holidays(hub.council.bank_holidays, year)
        if today <= day <= until
    }
    for day in sorted(closed):
        yield OpeningException(hub=hub, date=day, reason="Bank holiday")
    training = leaflet.weekday_on_or_after(today + datetime.timedelta(days=TRAINING_IN_DAYS), "TU")
    if training not in closed:
        opens, closes = datetime.time(9), datetime.time(13)
        yield OpeningException(
            hub=hub, date=training, opens_at=opens, closes_at=closes, reason="Staff training in the afternoon"
        )


def load_places(councils: dict[str, Council]) -> dict[str, Location]:
    """Make the places that are not hubs. Returns them by key."""
    return {row["key"]: _place(row, councils[row["council"]]) for row in rows("places")}


def _place(row: Row, council: Council) -> Location:
    place = Location.objects.filter(name=row["name"], council=council).first() or Location()
    _describe(place, row, council)
    place.save()
    return _stand(place, row)
