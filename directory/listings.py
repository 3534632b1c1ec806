"""What the pages show: results, nearest hub, sessions of a day, one listing, one hub."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet, Subquery, Window
from django.utils import timezone

from hubs.geo import METRES_PER_MILE, Point
from hubs.models import Council, Hub, LocalityRule, Location
from hubs.postcodes import Place

from . import geometry, openings, schedules, words
from .components import HubCard, Origin, ServiceCard, SessionCard
from .filters import SearchFilter, WhatsOnFilter
from .models import Schedule, SearchEntry, Service, ServiceLocation, Session

PER_PAGE = 20
MOST_IN_BAND = 4
ENOUGH = 5
USUAL_MILES = 5
WIDER_MILES = (10, 30)
FURTHEST_HUB_MILES = 30


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


def results(filters: SearchFilter, page_number: Any) -> Results:
    """Return a page of what the filters ask for: nearest first round a place, else by name."""
    place = filters.place
    hub = nearest_hub(place.point) if place else None
    entries = filters.qs
    if place is None:
        found = Found(*_page(entries.order_by("name", "pk"), page_number))
    else:
        usual = hub.council.search_miles if hub else USUAL_MILES
        found = _near(entries, place.point, filters, usual, page_number)
    band = _band(entries, place, hub) if place and found.page.number == 1 else None
    rows = _rows(found.pks, band)
    starts = next_starts(rows.values())
    origin = origin_of(place)

    def cards(pks: Iterable[int]) -> list[ServiceCard]:
        return [
            ServiceCard.for_entry(
                rows[pk],
                origin=origin,
                next_start=starts.get(rows[pk].service_location_id),
            )
            for pk in pks
        ]

    shown = {rows[pk].service_id for pk in found.pks if pk in rows}
    in_band = [pk for pk, row in rows.items() if pk not in set(found.pks) and row.service_id not in shown]
    in_band.sort(key=lambda pk: (rows[pk].coverage, rows[pk].name))
    return Results(
        cards=cards(pk for pk in found.pks if pk in rows),
        page=found.page,
        total=found.page.paginator.count,
        hub=_hub_card(hub, place) if hub and place else None,
        band=cards(in_band[:MOST_IN_BAND]),
        miles=found.miles,
        widened_from=found.widened_from,
    )


@dataclass
class Found:
    """The keys of one page of entries, in order, and how far we looked."""

    pks: list[int]
    page: Page
    miles: int | None = None
    widened_from: int | None = None


def _near(entries: Any, point: Point, filters: SearchFilter, usual: int, page_number: Any) -> Found:
    """Look as far as they chose, or as usual and then further until there is enough to choose from."""
    chosen = filters.within_miles
    first = chosen or usual
    further = () if chosen else tuple(miles for miles in WIDER_MILES if miles > first)
    for miles in (first, *further):
        nearby = entries.near(point, miles * METRES_PER_MILE)
        if filters.cleaned.get("sort") == "name":
            nearby = nearby.order_by("name", "pk")
        pks, page = _page(nearby, page_number)
        if page.paginator.count >= ENOUGH:
            break
    return Found(pks, page, miles, first if miles != first else None)


def _page(entries: QuerySet, number: Any) -> tuple[list[int], Page]:
    """Return the keys of one page, and the page. Keys and total come in one query, out of the index."""
    wanted = int(number) if str(number).isascii() and str(number).isdigit() and len(str(number)) < 6 else 1
    first = (max(wanted, 1) - 1) * PER_PAGE
    counted = entries.annotate(total=Window(Count("*"))).values_list("pk", "total")
    rows = list(counted[first : first + PER_PAGE])
    if not rows and first:
        return _page(entries, 1)
    total = rows[0][1] if rows else 0
    return [pk for pk, _ in rows], Paginator(range(total), PER_PAGE).get_page(wanted)


def _rows(pks: Sequence[int], band: QuerySet | None) -> dict[int, SearchEntry]:
    """Return the entries of a page and of the band in one query."""
    wanted = Q(pk__in=list(pks))
    if band is not None:
        wanted |= Q(pk__in=Subquery(band.values("pk")))
    return {entry.pk: entry for entry in SearchEntry.objects.filter(wanted)}


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


def next_starts(entries: Iterable[SearchEntry]) -> dict[int | None, datetime.datetime]:
    """Return when each entry's next session starts, by service location."""
    places = {entry.service_location_id for entry in entries if entry.service_location_id}
    if not places:
        return {}
    coming = Session.objects.filter(service_location__in=places, end__gt=timezone.now())
    return dict(coming.order_by().values_list("service_location").annotate(first=Min("start")))


# Hubs


def hubs_with_hours() -> QuerySet[Hub]:
    return (
        Hub.objects.filter(live=True)
        .select_related("council")
        .prefetch_related("opening_hours", "exceptions")
    )


def nearest_hub(point: Point) -> Hub | None:
    """Return the nearest published hub, with its hours, if there is one near enough to be of use."""
    square = geometry.square_around(point, FURTHEST_HUB_MILES * METRES_PER_MILE)
    scale = geometry.scale_at(point)
    around = Hub.objects.filter(
        live=True,
        masked=False,
        latitude__range=(square.south, square.north),
        longitude__range=(square.west, square.east),
    )
    positions = around.values_list("pk", "latitude", "longitude")

    def square_m(row: tuple[int, float, float]) -> float:
        north = (row[1] - point.latitude) * scale.latitude_m
        east = (row[2] - point.longitude) * scale.longitude_m
        return north * north + east * east

    nearest = min(positions, key=square_m, default=None)
    return hubs_with_hours().get(pk=nearest[0]) if nearest else None


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


def service_page(service: Service) -> dict[str, Any]:
    """Return what a listing's page shows, from the listing itself, so that a draft can be previewed."""
    places = list(service.service_locations.all())
    topics = list(service.categories.all())
    check = service.checks.select_related(None).first() if service.pk else None
    return {
        "service": service,
        "facts": _facts(service, places),
        "places": [_place(place) for place in places],
        "topics": topics,
        "prices": list(service.cost_options.all()),
        "languages": words.languages_in_words(service.languages),
        "checked_on": check.on if check else None,
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
