"""What the pages show: results, nearest hub, sessions of a day, one listing, one hub."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.utils import timezone

from hubs.geo import METRES_PER_MILE, Point
from hubs.models import Council, Hub, LocalityRule, Location, OpeningException, OpeningHours
from hubs.postcodes import Place

from . import geometry, openings, schedules, words
from .components import HubCard, Origin, ServiceCard, SessionCard
from .filters import SearchFilter, WhatsOnFilter
from .models import Category, Check, Schedule, SearchEntry, Service, ServiceLocation, Session
from .models.search_entry import square_m

PER_PAGE = 20
MOST_IN_BAND = 4
ENOUGH = 5
USUAL_MILES = 5
WIDER_MILES = (10, 30)
FURTHEST_HUB_MILES = 30


@dataclass(frozen=True)
class Found:
    """The keys of one page of entries, in order, of how many, and how far we looked."""

    pks: list[int]
    total: int
    number: int
    miles: int | None = None
    widened_from: int | None = None

    @property
    def page(self) -> Page:
        return Paginator(range(self.total), PER_PAGE).get_page(self.number)


@dataclass
class Results:
    """A page of search results with everything round it."""

    cards: list[ServiceCard] = field(default_factory=list)
    page: Page | None = None
    total: int = 0
    hub: HubCard | None = None
    band: list[ServiceCard] = field(default_factory=list)
    miles: int | None = None
    widened_from: int | None = None

    @property
    def heading(self) -> str:
        """How many, in words: "23 things within 5 miles"."""
        found = count_in_words(self.total, "thing", "things") if self.total else "Nothing"
        return f"{found} within {miles_in_words(self.miles)}" if self.miles else found

    @property
    def widened_words(self) -> str:
        """Why we looked further than usual."""
        if not (self.miles and self.widened_from):
            return ""
        return (
            f"There is little within {miles_in_words(self.widened_from)}, "
            f"so we looked within {miles_in_words(self.miles)}."
        )

    @property
    def next_miles(self) -> int | None:
        """The next distance worth offering."""
        return next((miles for miles in WIDER_MILES if miles > (self.miles or miles)), None)


def count_in_words(number: int, one: str, several: str) -> str:
    return f"No {several}" if number == 0 else f"1 {one}" if number == 1 else f"{number:,} {several}"


def miles_in_words(miles: int) -> str:
    return count_in_words(miles, "mile", "miles")


def origin_of(place: Place | None) -> Origin | None:
    return Origin(place.point, place.approximate) if place else None


def results(filters: SearchFilter, number: int) -> Results:
    """Return a page of what the filters ask for: nearest first round a place, else by name."""
    place = filters.place
    hub = nearest_hub(place.point) if place else None
    found = _found(filters, hub, number)
    if not found.pks and number > 1:
        found = _found(filters, hub, 1)
    band = _band(filters.qs, place, hub) if place and found.number == 1 else None
    rows = _rows(found.pks, band)
    origin = origin_of(place)

    def cards(entries: Iterable[Any]) -> list[ServiceCard]:
        return [ServiceCard.for_entry(e, origin=origin, next_start=e.next_start) for e in entries]

    listed = [rows.pop(pk) for pk in found.pks if pk in rows]
    shown = {entry.service_id for entry in listed}
    in_band = sorted(
        (entry for entry in rows.values() if entry.service_id not in shown),
        key=lambda entry: (entry.coverage, entry.name),
    )
    return Results(
        cards=cards(listed),
        page=found.page,
        total=found.total,
        hub=_hub_card(hub, place) if hub and place else None,
        band=cards(in_band[:MOST_IN_BAND]),
        miles=found.miles,
        widened_from=found.widened_from,
    )


def _found(filters: SearchFilter, hub: Hub | None, number: int) -> Found:
    if filters.place is None:
        return Found(*_keys(filters.qs.order_by("name", "pk"), number), number)
    usual = hub.council.search_miles if hub else USUAL_MILES
    return _near(filters.qs, filters.place.point, filters, usual, number)


def _near(entries: Any, point: Point, filters: SearchFilter, usual: int, number: int) -> Found:
    """Look as far as they chose, or as usual; and when that gives too little to choose from, further."""
    miles = filters.within_miles or usual
    by_name = filters.cleaned.get("sort") == "name"

    def page_within(miles: int) -> Found:
        nearby = entries.near(point, miles * METRES_PER_MILE)
        pks, total = _keys(nearby.order_by("name", "pk") if by_name else nearby, number)
        return Found(pks, total, number, miles)

    found = page_within(miles)
    wider = [further for further in WIDER_MILES if further > miles]
    if filters.within_miles or found.total >= ENOUGH or not wider:
        return found
    further = _wider(entries, point, wider, number)
    if by_name and further.miles:
        further = page_within(further.miles)
    return replace(further, widened_from=miles) if further.total > found.total else found


def _wider(entries: Any, point: Point, distances: list[int], number: int) -> Found:
    """Look as far as the longest of two distances; keep to the shorter if there is enough within it.

    One query does for both: what lies within the shorter distance comes first.
    """
    shorter, longest = distances[0], distances[-1]
    furthest = entries.near(point, longest * METRES_PER_MILE)
    within = Q(square_m__lte=(shorter * METRES_PER_MILE) ** 2)
    counted = furthest.annotate(total=Window(Count("*")), near=Window(Count("pk", filter=within)))
    first = (number - 1) * PER_PAGE
    rows = list(counted.values_list("pk", "near", "total")[first : first + PER_PAGE])
    if not rows:
        return Found([], 0, number, longest)
    _, near, total = rows[0]
    if near >= ENOUGH:
        rows, total, longest = rows[: max(near - first, 0)], near, shorter
    return Found([pk for pk, _, _ in rows], total, number, longest)


def _keys(entries: QuerySet, number: int) -> tuple[list[int], int]:
    """Return the keys of one page and the total, in one query, out of the index."""
    first = (number - 1) * PER_PAGE
    counted = entries.annotate(total=Window(Count("*"))).values_list("pk", "total")
    rows = list(counted[first : first + PER_PAGE])
    return [pk for pk, _ in rows], rows[0][1] if rows else 0


def page_number(text: str) -> int:
    """Return the page that an address asks for; the first when it makes no sense."""
    plain = text.isascii() and text.isdigit() and len(text) < 5
    return max(int(text), 1) if plain else 1


def _rows(pks: Sequence[int], band: QuerySet | None) -> dict[int, SearchEntry]:
    """Return the entries of a page and of the band in one query, each with its `next_start`."""
    wanted = Q(pk__in=list(pks))
    if band is not None:
        wanted |= Q(pk__in=Subquery(band.values("pk")))
    coming = Session.objects.filter(
        service_location=OuterRef("service_location"), end__gt=timezone.now()
    ).order_by("start")
    found = SearchEntry.objects.filter(wanted).annotate(next_start=Subquery(coming.values("start")[:1]))
    return {entry.pk: entry for entry in found}


def _band(entries: Any, place: Place, hub: Hub | None) -> QuerySet:
    """Return a few online, telephone, county-wide and national entries for where a place is."""
    councils = Council.objects.filter(_serves(place, hub))
    reach = Q(coverage=Service.Coverage.NATIONAL) | Q(
        coverage=Service.Coverage.COUNCIL, council__in=councils.values("pk")
    )
    return entries.wide().filter(reach).order_by("coverage", "name", "pk")[: MOST_IN_BAND + 2]


def _serves(place: Place, hub: Hub | None) -> Q:
    """Return the condition on councils that serve a place, as far as its codes tell."""
    codes = [code for code in (place.district, place.county) if code]
    if codes:
        return Q(ons_code__in=codes)
    by_rule = Q(
        localities__rules__kind=LocalityRule.Kind.OUTCODE, localities__rules__code=place.outcode or "-"
    )
    return by_rule | Q(pk=hub.council_id) if hub else by_rule


# Hubs


def hubs_with_hours() -> QuerySet[Hub]:
    return (
        Hub.objects.filter(live=True)
        .select_related("council")
        .prefetch_related("opening_hours", "exceptions")
    )


def nearest_hub(point: Point) -> Hub | None:
    """Return the nearest published hub with its hours, in one query, if one is near enough to be of use."""
    square = geometry.square_around(point, FURTHEST_HUB_MILES * METRES_PER_MILE)
    around = Hub.objects.filter(
        live=True,
        masked=False,
        latitude__range=(square.south, square.north),
        longitude__range=(square.west, square.east),
    )
    nearest = around.order_by(square_m(point), "pk").values("pk")[:1]
    today = timezone.localdate()
    soon = Q(exceptions__date__range=(today, today + datetime.timedelta(days=7)))
    rows = list(
        Hub.objects.filter(pk=Subquery(nearest))
        .select_related("council")
        .annotate(
            soon=FilteredRelation("exceptions", condition=soon),
            **{f"hours_{name}": F(f"opening_hours__{name}") for name in HOURS_FIELDS},
            **{f"soon_{name}": F(f"soon__{name}") for name in EXCEPTION_FIELDS},
        )
    )
    return _hub_of(rows) if rows else None


HOURS_FIELDS = ("pk", "byday", "opens_at", "closes_at", "note")
EXCEPTION_FIELDS = ("pk", "date", "opens_at", "closes_at", "reason")


def _hub_of(rows: list[Any]) -> Hub:
    """Return the one hub in some joined rows, with its hours and exceptions in memory."""
    hub: Hub = rows[0]
    hub.opening_hours = [OpeningHours(**fields) for fields in _distinct(rows, "hours", HOURS_FIELDS)]
    hub.exceptions = [OpeningException(**fields) for fields in _distinct(rows, "soon", EXCEPTION_FIELDS)]
    return hub


def _distinct(rows: list[Any], prefix: str, names: Sequence[str]) -> list[dict[str, Any]]:
    found = {
        getattr(row, f"{prefix}_pk"): {name: getattr(row, f"{prefix}_{name}") for name in names}
        for row in rows
    }
    return [fields for pk, fields in found.items() if pk is not None]


def _hub_card(hub: Hub, place: Place) -> HubCard:
    return HubCard.for_hub(hub, origin=origin_of(place), eyebrow="Your nearest family hub", level=2)


def hub_cards(place: Place | None) -> list[HubCard]:
    """Return every published hub: nearest first round a place, else by name."""
    found = list(hubs_with_hours().order_by("name"))
    point = place.point if place else None
    if point:
        found.sort(key=lambda hub: _square_m(point, hub))
    return [HubCard.for_hub(hub, origin=origin_of(place), level=2) for hub in found]


def _square_m(point: Point, hub: Hub) -> float:
    if hub.latitude is None or hub.longitude is None:
        return float("inf")
    scale = geometry.scale_at(point)
    north = (hub.latitude - point.latitude) * scale.latitude_m
    east = (hub.longitude - point.longitude) * scale.longitude_m
    return north * north + east * east


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
    return [ServiceCard.for_entry(entry) for entry in offers[:PER_PAGE]]


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


# What's on


MOST_SESSIONS = 60


@dataclass
class DayOfSessions:
    """The sessions of one day."""

    date: datetime.date
    heading: str
    cards: list[SessionCard]


def sessions_by_day(
    entries: QuerySet[SearchEntry],
    first: datetime.date,
    last: datetime.date,
    *,
    origin: Origin | None = None,
    limit: int = MOST_SESSIONS,
) -> list[DayOfSessions]:
    """Return the sessions of some entries from `first` to `last`, in order of time, at most `limit` of them."""
    found = list(_sessions(entries, first, last)[:limit])
    by_place = {
        entry.service_location_id: entry
        for entry in SearchEntry.objects.filter(
            service_location__in={session.service_location_id for session in found}
        )
    }
    days: dict[datetime.date, DayOfSessions] = {}
    today = timezone.localdate()
    for session in found:
        entry = by_place.get(session.service_location_id)
        if entry is None:
            continue
        date = timezone.localtime(session.start).date()
        day = days.setdefault(date, DayOfSessions(date, schedules.day_in_words(date, today), []))
        day.cards.append(SessionCard.for_session(session, entry, origin=origin))
    return list(days.values())


def _sessions(entries: QuerySet, first: datetime.date, last: datetime.date) -> QuerySet[Session]:
    """Return sessions that are not over yet, from the start of one day to the end of another."""
    starts = datetime.datetime.combine(first, datetime.time(), tzinfo=schedules.LONDON)
    ends = datetime.datetime.combine(
        last + datetime.timedelta(days=1), datetime.time(), tzinfo=schedules.LONDON
    )
    places = entries.order_by().filter(service_location__isnull=False).values("service_location")
    return Session.objects.filter(
        service_location__in=places, start__gte=starts, start__lt=ends, end__gt=timezone.now()
    ).order_by("start", "pk")


def today(
    *,
    origin: Origin | None = None,
    council_id: int | None = None,
    limit: int = 4,
) -> list[SessionCard]:
    """Return the next few sessions of today: within 10 miles of somewhere, in a council, or anywhere."""
    entries = SearchEntry.objects.all()
    if origin:
        entries = entries.near(origin.point, WIDER_MILES[0] * METRES_PER_MILE)
    elif council_id:
        entries = entries.filter(council=council_id)
    day = timezone.localdate()
    found = sessions_by_day(entries, day, day, origin=origin, limit=limit)
    return [card for each in found for card in each.cards]


def whats_on(filters: WhatsOnFilter) -> list[DayOfSessions]:
    """Return the sessions of the day or days asked for: within reach of a place, or everywhere."""
    place, entries = filters.place, filters.qs
    if place is None:
        return sessions_by_day(entries, filters.first_day, filters.last_day)
    miles = filters.within_miles or WIDER_MILES[0]
    nearby = entries.near(place.point, miles * METRES_PER_MILE)
    return sessions_by_day(nearby, filters.first_day, filters.last_day, origin=origin_of(place))


# One listing


def listed_services() -> QuerySet[Service]:
    """Return what the public may see, with all that a listing's page reads."""
    places = ServiceLocation.objects.select_related("location__hub").prefetch_related("schedules")
    checks = Check.objects.filter(service=OuterRef("pk"))
    return (
        Service.objects.listed()
        .select_related("council", "organisation", "photo")
        .prefetch_related(
            Prefetch("service_locations", places),
            Prefetch("categories", Category.objects.select_related("parent")),
            "cost_options",
            "contacts",
        )
        .annotate(checked_on=Subquery(checks.values("on")[:1]))
    )


def service_page(service: Service) -> dict[str, Any]:
    """Return what a listing's page shows, from the listing itself, so that a draft can be previewed."""
    places = list(service.service_locations.all())
    topics = list(service.categories.all())
    # A draft comes without it.
    last_check = None if hasattr(service, "checked_on") else service.checks.first() if service.pk else None
    return {
        "service": service,
        "facts": _facts(service, places),
        "places": [_place(place) for place in places],
        "topics": topics,
        "prices": list(service.cost_options.all()),
        "languages": words.languages_in_words(service.languages),
        "checked_on": last_check.on if last_check else getattr(service, "checked_on", None),
        "coming": _coming(service, places),
        "icon": topics[0].picture if topics else "sun",
        "tone": topics[0].tone if topics else "accent",
        "kind": topics[0].name if topics else service.get_kind_display(),
        "booking": words.BOOKING_SENTENCES[Service.Booking(service.booking)],
        "contact": _contact(service),
        "never_bank_holidays": any(
            rule.freq != Schedule.Freq.ONCE for place in places for rule in place.schedules.all()
        ),
    }


def _contact(service: Service) -> dict[str, str]:
    """Return the listing's own phone, e-mail and website, or else those of who runs it."""
    people = list(service.contacts.all())
    own = [service, *people, service.organisation]
    website = service.url or service.organisation.website
    return {
        "phone": next((each.phone for each in own if each.phone), ""),
        "email": next((each.email for each in own if each.email), ""),
        "website": website,
        "website_text": urlsplit(website).hostname or "" if website else "",
    }


def _facts(service: Service, places: list[ServiceLocation]) -> list[dict[str, str]]:
    rules = [rule for place in places for rule in place.schedules.all()]
    when = list(dict.fromkeys(schedules.words(rule) for rule in rules))
    where = [words.place_in_words(place.location) for place in places if place.location]
    return [
        fact
        for fact in (
            _fact("When", "; ".join(when) or service.promise, "calendar-days", "accent"),
            _fact("Where", "; ".join(where) or words.delivery_in_words(service), "map-pin", "brand"),
            _fact("Who it is for", words.ages_in_words(service), "baby", "warm", service.eligibility),
            _fact("Cost", words.cost_in_words(service), "pound-sterling", "leaf", _cost_note(service)),
            _fact("Booking", words.BOOKING_WORDS[Service.Booking(service.booking)], "ticket", "plum"),
        )
        if fact["value"]
    ]


def _fact(label: str, value: str, icon: str, tone: str, note: str = "") -> dict[str, str]:
    return {"label": label, "value": value[:1].upper() + value[1:], "icon": icon, "tone": tone, "note": note}


def _cost_note(service: Service) -> str:
    return service.fees_description if service.cost == Service.Cost.FREE else ""


def _place(place: ServiceLocation) -> dict[str, Any]:
    location = place.location
    rules = [schedules.words(rule) for rule in place.schedules.all()]
    if location is None:
        return {"name": "From home", "lines": [], "rules": rules, "note": place.note, "location": None}
    lines = words.address_lines(location)
    hub = getattr(location, "hub", None) if isinstance(location, Location) else None
    return {
        "name": lines[0],
        "town": location.city,
        "lines": lines[1:],
        "rules": rules,
        "note": place.note,
        "location": None if location.masked else location,
        "masked": location.masked,
        "access": [] if location.masked else location.access_labels,
        "hub": hub if hub is not None and hub.live else None,
    }


def _coming(service: Service, places: list[ServiceLocation]) -> list[dict[str, str]]:
    """Return the next sessions: "Tuesday 24 November", "9:30am to 11am" and, of several places, where."""
    keys = [place.pk for place in places if place.pk]
    if not keys:
        return []
    where = {
        place.pk: words.place_in_words(place.location) if place.location else "Online" for place in places
    }
    day = timezone.localdate()
    found = Session.objects.filter(service_location__in=keys, end__gt=timezone.now())[:5]
    return [
        {
            "day": schedules.day_in_words(timezone.localtime(session.start).date(), day),
            "times": schedules.span(timezone.localtime(session.start), timezone.localtime(session.end)),
            "where": where[session.service_location_id] if len(places) > 1 else "",
        }
        for session in found
    ]
