"""Rules become dated sessions: RFC 5545's terms, a council's school terms, and Britain's clock."""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.db import transaction
from django.utils import timezone
from holidays import country_holidays

from hubs.models import Council

from .models import Schedule, Service, Session

LONDON = ZoneInfo("Europe/London")
HORIZON_DAYS = 90
DAY_NAMES = dict(
    zip(
        ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
DAY_CODES = tuple(DAY_NAMES)
"""Monday first, as `date.weekday()` counts."""
WEEK_NAMES = {1: "First", 2: "Second", 3: "Third", 4: "Fourth", -1: "Last"}
MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
NUMBER_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
FREQUENCIES = {"WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}


class Rule(Protocol):
    """What a schedule says. `directory.models.Schedule` is one."""

    freq: str
    interval: int
    byday: str
    bysetpos: int | None
    opens_at: datetime.time
    closes_at: datetime.time
    dtstart: datetime.date
    until: datetime.date | None
    count: int | None
    bymonth: list[int]
    runs: str


class Slot(NamedTuple):
    """One occurrence, as aware times in UTC."""

    start: datetime.datetime
    end: datetime.datetime


@dataclass(frozen=True)
class Calendar:
    """A council's school terms (first and last day, both in term) and bank holidays."""

    terms: Sequence[tuple[datetime.date, datetime.date]] = ()
    bank_holidays: Collection[datetime.date] = field(default_factory=frozenset)

    def allows(self, rule: Rule, day: datetime.date) -> bool:
        """Say whether a rule's session takes place on a day.

        Repeated sessions rest on bank holidays; a session with one date of its own does not, because somebody
        chose that date. A council that has entered no terms is taken to be always in term. Outside the terms
        that it has entered nobody knows, so neither term nor holiday sessions are promised.
        """
        if rule.freq == "ONCE":
            return True
        if day in self.bank_holidays:
            return False
        if rule.runs == "term":
            return not self.terms or self.in_term(day)
        if rule.runs == "holidays":
            return self.in_holidays(day)
        return True

    def in_term(self, day: datetime.date) -> bool:
        return any(first <= day <= last for first, last in self.terms)

    def in_holidays(self, day: datetime.date) -> bool:
        if not self.terms or self.in_term(day):
            return False
        return min(first for first, _ in self.terms) <= day <= max(last for _, last in self.terms)


@lru_cache(maxsize=32)
def bank_holidays(division: str, year: int) -> frozenset[datetime.date]:
    """Return the bank holidays of "ENG" (with Wales), "SCT" or "NIR" in a year."""
    return frozenset(country_holidays("GB", subdiv=division, years=year))


def calendar_of(council: Council, first: datetime.date, last: datetime.date) -> Calendar:
    """Return a council's calendar from `first` to `last`."""
    years = range(first.year, last.year + 1)
    days = frozenset().union(*(bank_holidays(council.bank_holidays, year) for year in years))
    return Calendar(terms=[(term.starts, term.ends) for term in council.terms.all()], bank_holidays=days)


def dates(
    rule: Rule, first: datetime.date, last: datetime.date, calendar: Calendar
) -> Iterator[datetime.date]:
    """Yield the days from `first` to `last` on which a rule's sessions take place.

    A course of six is six sessions that happen: a week off at half-term does not use one up.
    """
    taken = 0
    end = min(last, rule.until) if rule.until else last
    for day in _recurrences(rule, first, end):
        if day > end or (rule.count and taken >= rule.count):
            return
        if not calendar.allows(rule, day):
            continue
        taken += 1
        if day >= first:
            yield day


def _recurrences(rule: Rule, first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """Yield the days that the bare rule names, from its start (or, where the past does not count, `first`)."""
    if rule.freq == "ONCE":
        yield rule.dtstart
        return
    weekday = rrule.weekday(DAY_CODES.index(rule.byday))
    every = rrule.rrule(
        FREQUENCIES[rule.freq],
        dtstart=datetime.datetime.combine(rule.dtstart, datetime.time()),
        until=datetime.datetime.combine(last, datetime.time()),
        interval=rule.interval,
        byweekday=weekday(rule.bysetpos) if rule.freq == "MONTHLY" else weekday,
        bymonth=rule.bymonth or None,
    )
    for moment in every:
        if rule.count or moment.date() >= first:
            yield moment.date()


def slots(rule: Rule, first: datetime.date, last: datetime.date, calendar: Calendar) -> list[Slot]:
    """Return the sessions from `first` to `last`, at the rule's clock time in summer and in winter."""
    return [
        Slot(_moment(day, rule.opens_at), _moment(day, rule.closes_at))
        for day in dates(rule, first, last, calendar)
    ]


def _moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, time, tzinfo=LONDON).astimezone(datetime.UTC)


# Words


def clock(time: datetime.time | datetime.datetime) -> str:
    """Return a time in words: "9:30am", "midday", "5pm"."""
    if (time.hour, time.minute) == (12, 0):
        return "midday"
    hour = time.hour % 12 or 12
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{hour}{minutes}{'am' if time.hour < 12 else 'pm'}"


def span(opens: datetime.time | datetime.datetime, closes: datetime.time | datetime.datetime) -> str:
    """Return two times in words: "9:30am to 11am"."""
    return f"{clock(opens)} to {clock(closes)}"


def day_in_words(day: datetime.date, today: datetime.date) -> str:
    """Return "Today", "Tomorrow" or "Tuesday 3 March", with the year when it is not this one."""
    if day == today:
        return "Today"
    if day == today + datetime.timedelta(days=1):
        return "Tomorrow"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{DAY_NAMES[DAY_CODES[day.weekday()]]} {day.day} {MONTH_NAMES[day.month - 1]}{year}"


def words(rule: Rule) -> str:
    """Return a rule as a family reads it: "Tuesdays, 9:30am to 11am, in term time"."""
    parts = [_days(rule), span(rule.opens_at, rule.closes_at), _season(rule), _length(rule)]
    return ", ".join(part for part in parts if part)


def qualifiers(rule: Rule) -> str:
    """Return what a line of a weekly timetable must add to the day and the time: "in term time"."""
    plain = rule.freq == "WEEKLY" and rule.interval == 1
    parts = ["" if plain else _days(rule), _season(rule), _length(rule)]
    return ", ".join(part for part in parts if part)


def _days(rule: Rule) -> str:
    if rule.freq == "ONCE":
        day = rule.dtstart
        return f"{DAY_NAMES[DAY_CODES[day.weekday()]]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
    name = DAY_NAMES[rule.byday]
    if rule.freq == "WEEKLY":
        if rule.interval == 1:
            return f"{name}s"
        every = {2: "Every other"}.get(rule.interval)
        return f"{every} {name}" if every else f"Every {_number(rule.interval)} weeks on {name}"
    month = "the month" if rule.interval == 1 else f"every {_number(rule.interval)} months"
    return f"{WEEK_NAMES[rule.bysetpos or 1]} {name} of {month}"


def _season(rule: Rule) -> str:
    terms = {"term": "in term time", "holidays": "in the school holidays"}.get(rule.runs, "")
    return ", ".join(part for part in (terms, _months(sorted(set(rule.bymonth)))) if part)


def _months(months: list[int]) -> str:
    """Return "April to October", "November to March" (over the new year) or a list of names."""
    if not months or len(months) == 12:
        return ""
    starts = [month for month in months if (month - 2) % 12 + 1 not in months]
    ends = [month for month in months if month % 12 + 1 not in months]
    if len(starts) == 1 and len(months) > 2:
        return f"{MONTH_NAMES[starts[0] - 1]} to {MONTH_NAMES[ends[0] - 1]}"
    names = [MONTH_NAMES[month - 1] for month in months]
    return f"in {names[0]}" if len(names) == 1 else f"in {', '.join(names[:-1])} and {names[-1]}"


def _length(rule: Rule) -> str:
    if rule.freq == "ONCE":
        return ""
    if rule.count:
        start = f"{rule.dtstart.day} {MONTH_NAMES[rule.dtstart.month - 1]}"
        return f"{_number(rule.count)} {'session' if rule.count == 1 else 'sessions'} from {start}"
    if rule.until:
        return f"until {rule.until.day} {MONTH_NAMES[rule.until.month - 1]} {rule.until.year}"
    return ""


def _number(value: int) -> str:
    return NUMBER_WORDS[value] if value < len(NUMBER_WORDS) else str(value)


# Rows


@transaction.atomic
def rebuild(service: Service, *, today: datetime.date | None = None, horizon_days: int = HORIZON_DAYS) -> int:
    """Make a listing's sessions, from today to the horizon, what its saved schedules say; return how many.

    Safe to repeat: rows that are right already keep their keys. A listing that is not live has none.
    """
    first = today or timezone.localdate()
    last = first + datetime.timedelta(days=horizon_days)
    saved = Service.objects.select_related("council").get(pk=service.pk)
    schedules = Schedule.objects.filter(service_location__service=saved) if saved.live else ()
    calendar = calendar_of(saved.council, min([first, *(s.dtstart for s in schedules)]), last)
    wanted: dict[tuple[int, datetime.datetime], tuple[int, datetime.datetime]] = {}
    for schedule in schedules:
        for slot in slots(schedule, first, last, calendar):
            wanted.setdefault((schedule.service_location_id, slot.start), (schedule.pk, slot.end))
    stale = []
    for session in Session.objects.filter(service_location__service=saved):
        key = (session.service_location_id, session.start)
        if wanted.get(key) == (session.schedule_id, session.end):
            del wanted[key]
        else:
            stale.append(session.pk)
    if stale:
        Session.objects.filter(pk__in=stale).delete()
    Session.objects.bulk_create(
        Session(service_location_id=place, start=start, schedule_id=schedule_id, end=end)
        for (place, start), (schedule_id, end) in wanted.items()
    )
    return Session.objects.filter(service_location__service=saved).count()


def rebuild_all(progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Rebuild every listing's sessions, as the worker does each night so that the horizon moves on."""
    services = list(Service.objects.only("pk"))
    made = 0
    for done, service in enumerate(services, start=1):
        made += rebuild(service)
        progress(done, len(services))
    return made
