"""Sessions by day, near somewhere or at a hub."""

import datetime
from dataclasses import dataclass

from django.db.models import (
    QuerySet,
)
from django.utils import timezone

from hubs.geo import METRES_PER_MILE

from . import schedules
from .components import Origin, SessionCard
from .filters import WhatsOnFilter
from .models import SearchEntry, Session

MOST_SESSIONS = 60
AROUND_MILES = 10
"""How far to look unless somebody chooses."""


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
    """Return the next few sessions of today: near somewhere, in a council, or anywhere."""
    entries = SearchEntry.objects.all()
    if origin:
        entries = entries.near(origin.point, AROUND_MILES * METRES_PER_MILE)
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
    miles = filters.within_miles or AROUND_MILES
    nearby = entries.near(place.point, miles * METRES_PER_MILE)
    return sessions_by_day(nearby, filters.first_day, filters.last_day, origin=Origin.of(place))
