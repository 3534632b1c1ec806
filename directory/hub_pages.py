"""What the pages of the hubs show, and which hub is nearest."""

import datetime
from typing import Any

from django.db.models import DateField, Q, QuerySet, Value
from django.utils import timezone

from hubs.geo import METRES_PER_MILE, Point
from hubs.kept import Kept
from hubs.models import Hub, OpeningException, OpeningHours
from hubs.postcodes import Place

from . import geometry, openings, schedules, words
from .components import HubCard, Origin, ServiceCard
from .models import Schedule, SearchEntry, Service, ServiceLocation
from .near import SquareMetres
from .whats_on import sessions_by_day

FURTHEST_HUB_MILES = 30
MOST_OFFERS = 20
ON_CARDS = (
    "name", "slug", "address_1", "address_2", "city", "postal_code", "latitude", "longitude", "masked", "phone",
    "summary", "council__search_miles",
)  # fmt: skip
"""What the card of the nearest hub shows, and how far its council usually looks."""

Hours = tuple[list[OpeningHours], list[OpeningException]]
_hours: Kept[tuple[int, datetime.date], Hours] = Kept()
_hours.forget_with(Hub, OpeningHours, OpeningException)


def hubs_with_hours() -> QuerySet[Hub]:
    return (
        Hub.objects.filter(live=True)
        .select_related("council")
        .prefetch_related("opening_hours", "exceptions")
    )


def nearest_hub(point: Point) -> Hub | None:
    """Return the nearest published hub with its hours, if one is near enough to be of use."""
    square = geometry.square_around(point, FURTHEST_HUB_MILES * METRES_PER_MILE)
    around = Hub.objects.filter(
        live=True,
        masked=False,
        latitude__range=(square.south, square.north),
        longitude__range=(square.west, square.east),
    )
    hub: Any = around.select_related("council").only(*ON_CARDS).order_by(SquareMetres(point), "pk").first()
    if hub is None:
        return None
    today = timezone.localdate()
    hub.opening_hours, hub.exceptions = _hours.get((hub.pk, today), lambda: _hours_of(hub.pk, today))
    return hub


def _hours_of(hub: int, today: datetime.date) -> Hours:
    """Return a hub's hours and the exceptions of a week, by one query."""
    weekly = OpeningHours.objects.filter(hub=hub).values_list(
        "byday", "opens_at", "closes_at", "note", Value(None, output_field=DateField())
    )
    week = (today, today + datetime.timedelta(days=7))
    exceptions = OpeningException.objects.filter(hub=hub, date__range=week).values_list(
        Value(""), "opens_at", "closes_at", "reason", "date"
    )
    rows = list(weekly.order_by().union(exceptions.order_by(), all=True))
    ordinary = [
        OpeningHours(byday=day, opens_at=opens, closes_at=closes, note=note)
        for day, opens, closes, note, date in rows
        if date is None
    ]
    unusual = [
        OpeningException(date=date, opens_at=opens, closes_at=closes, reason=reason)
        for _, opens, closes, reason, date in rows
        if date
    ]
    return ordinary, unusual


def hub_cards(place: Place | None) -> list[HubCard]:
    """Return every published hub: nearest first round a place, else by name."""
    order = SquareMetres(place.point).asc(nulls_last=True) if place else "name"
    origin = Origin.of(place)
    return [HubCard.for_hub(hub, origin=origin, level="2") for hub in hubs_with_hours().order_by(order, "pk")]


def hub_page(hub: Hub) -> dict[str, Any]:
    """Return what a hub's page shows. Works for a draft too."""
    now = timezone.localtime()
    today = now.date()
    week = openings.days(hub, today)
    address = words.address_lines(hub)
    return {
        "hub": hub,
        "address": "\n".join(address),
        "status": openings.status(hub, now),
        "hours": [
            {"day": day.name, "times": day.times, "note": day.note, "is_today": day.date == today}
            for day in sorted(week, key=lambda day: day.date.weekday())
        ]
        if any(day.stretches for day in week)
        else [],
        "exceptions": openings.coming_exceptions(hub, today),
        "days": sessions_by_day(_at_hub(hub), today, today + datetime.timedelta(days=6)),
        "offers": _offers_at(hub),
    }


def _at_hub(hub: Hub) -> QuerySet[SearchEntry]:
    return SearchEntry.objects.filter(location=hub.pk)


def _offers_at(hub: Hub) -> list[ServiceCard]:
    """Return what a hub offers without set times: help to ask for, and services."""
    here = Q(location=hub.pk) | Q(location=None, service__service_locations__location=hub.pk)
    offers = SearchEntry.objects.filter(here).exclude(kind=Service.Kind.ACTIVITY).order_by("name", "pk")
    return [ServiceCard.for_entry(entry) for entry in offers[:MOST_OFFERS]]


def weekly_timetable(hub: Hub) -> list[dict[str, Any]]:
    """Return a hub's regular activities by weekday, for the wall: `{"day", "rows"}` with `rows` in order of time."""
    entries = {entry.service_location_id: entry for entry in _at_hub(hub)}
    places = ServiceLocation.objects.filter(pk__in=[pk for pk in entries if pk]).prefetch_related("schedules")
    last = timezone.localdate() + datetime.timedelta(days=schedules.HORIZON_DAYS)
    rows: dict[str, list[dict[str, Any]]] = {code: [] for code in schedules.DAY_CODES}
    for place in places:
        for rule in place.schedules.all():
            if _is_over(rule, last):
                continue
            day = rule.byday or schedules.DAY_CODES[rule.dtstart.weekday()]
            rows[day].append(_row(rule, entries[place.pk]))
    for of_day in rows.values():
        of_day.sort(key=lambda row: (row["opens_at"], row["name"]))
    return [{"day": schedules.DAY_NAMES[code], "rows": found} for code, found in rows.items() if found]


def _row(rule: Schedule, entry: SearchEntry) -> dict[str, Any]:
    shown = {name: entry.card[name] for name in ("ages", "cost", "booking")}
    return {
        "opens_at": rule.opens_at,
        "times": schedules.span(rule.opens_at, rule.closes_at),
        "name": entry.name,
        "words": schedules.qualifiers(rule),
        **shown,
    }


def _is_over(rule: Schedule, last: datetime.date) -> bool:
    ended = rule.until and rule.until < timezone.localdate()
    past = rule.freq == "ONCE" and rule.dtstart < timezone.localdate()
    return bool(ended or past or rule.dtstart > last)
