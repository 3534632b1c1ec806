"""Sessions by day, near somewhere or at a hub."""

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from hubs.geo import METRES_PER_MILE

from . import schedules
from .components import Origin, SessionCard
from .filters import WhatsOnFilter
from .models import SearchEntry, Session

MOST_SESSIONS = 60
DAYS_AHEAD = 30
"""How far ahead to look for the next session when a day has none."""
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


def _next_day(
    entries: QuerySet[SearchEntry], first: datetime.date, *, origin: Origin | None = None, limit: int
) -> list[DayOfSessions]:
    """Return the first day from `first` on that has sessions, as a list of one, or of none within a month."""
    last = first + datetime.timedelta(days=DAYS_AHEAD)
    return sessions_by_day(entries, first, last, origin=origin, limit=limit)[:1]


def soonest(
    *,
    origin: Origin | None = None,
    council_id: int | None = None,
    limit: int = 4,
) -> DayOfSessions | None:
    """Return the first few sessions of today or of the next day that has any.

    Near somewhere, in a council, or anywhere.
    """
    entries = SearchEntry.objects.all()
    if origin:
        entries = entries.near(origin.point, AROUND_MILES * METRES_PER_MILE)
    elif council_id:
        entries = entries.filter(council=council_id)
    found = _next_day(entries, timezone.localdate(), origin=origin, limit=limit)
    return found[0] if found else None


@dataclass
class WhatsOn:
    """The sessions asked for. `instead` says that they are of the next day that has any."""

    days: list[DayOfSessions]
    instead: bool = False

    @property
    def is_cut(self) -> bool:
        return sum(len(day.cards) for day in self.days) >= MOST_SESSIONS


def whats_on(filters: WhatsOnFilter) -> WhatsOn:
    """Return the sessions of the day or days asked for: within reach of a place, or everywhere.

    None when the place makes no sense: sessions from anywhere would look like an answer.
    Nobody who comes on a quiet day should meet an empty page: unless a day was chosen, it is the next that has some.
    """
    if "near" in filters.errors:
        return WhatsOn([])
    place, entries = filters.place, filters.qs
    origin = Origin.of(place) if place else None
    if place:
        entries = entries.near(place.point, (filters.within_miles or AROUND_MILES) * METRES_PER_MILE)
    days = sessions_by_day(entries, filters.first_day, filters.last_day, origin=origin)
    if days or filters.data.get("on"):
        return WhatsOn(days)
    after = filters.last_day + datetime.timedelta(days=1)
    following = _next_day(entries, after, origin=origin, limit=MOST_SESSIONS)
    return WhatsOn(following, instead=bool(following))
