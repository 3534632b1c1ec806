"""When a hub is open: today, this week, and in words."""

import datetime
from dataclasses import dataclass

from hubs.models import Hub, OpeningException, OpeningHours

from .schedules import DAY_CODES, DAY_NAMES, MONTH_NAMES, clock, span

Stretch = tuple[datetime.time, datetime.time]


@dataclass(frozen=True)
class Status:
    """Whether a hub is open at a moment, and what to say. `is_open` is None when no hours are known."""

    is_open: bool | None
    text: str


@dataclass(frozen=True)
class Day:
    """One day of a hub's week."""

    date: datetime.date
    stretches: list[Stretch]
    note: str = ""

    @property
    def name(self) -> str:
        return DAY_NAMES[DAY_CODES[self.date.weekday()]]

    @property
    def times(self) -> str:
        """ "9am to midday and 1pm to 5pm", or "" when closed."""
        return " and ".join(span(*stretch) for stretch in self.stretches)


def days(hub: Hub, first: datetime.date, count: int = 7) -> list[Day]:
    """Return a hub's days from `first`, with the exceptions that fall on them."""
    ordinary = list(hub.opening_hours.all())
    exceptions = {exception.date: exception for exception in hub.exceptions.all()}
    dates = (first + datetime.timedelta(days=step) for step in range(count))
    return [_day(date, ordinary, exceptions.get(date)) for date in dates]


def _day(date: datetime.date, ordinary: list[OpeningHours], exception: OpeningException | None) -> Day:
    if exception:
        opens, closes = exception.opens_at, exception.closes_at
        stretches = [(opens, closes)] if opens and closes else []
        return Day(date, stretches, exception.reason or "Different from usual")
    code = DAY_CODES[date.weekday()]
    hours = sorted((h for h in ordinary if h.byday == code), key=lambda h: h.opens_at)
    return Day(date, [(h.opens_at, h.closes_at) for h in hours], "; ".join(h.note for h in hours if h.note))


def status(hub: Hub, now: datetime.datetime) -> Status:
    """Return whether a hub is open at local time `now`: "Open now until 5pm", "Closed, opens Monday at 9am"."""
    week = days(hub, now.date(), 8)
    if not any(day.stretches for day in week):
        return Status(None, "")
    time = now.time()
    for opens, closes in week[0].stretches:
        if opens <= time < closes:
            return Status(True, f"Open now until {clock(closes)}")
        if time < opens:
            return Status(False, f"Closed, opens today at {clock(opens)}")
    after, ahead = next((day, step) for step, day in enumerate(week) if step and day.stretches)
    when = "tomorrow" if ahead == 1 else after.name
    return Status(False, f"Closed, opens {when} at {clock(after.stretches[0][0])}")


def coming_exceptions(hub: Hub, today: datetime.date, within_days: int = 28) -> list[str]:
    """Return the days soon that are not like the others, in words."""
    last = today + datetime.timedelta(days=within_days)
    return [_in_words(each) for each in hub.exceptions.all() if today <= each.date <= last]


def _in_words(exception: OpeningException) -> str:
    date = exception.date
    day = f"{DAY_NAMES[DAY_CODES[date.weekday()]]} {date.day} {MONTH_NAMES[date.month - 1]}"
    opens, closes = exception.opens_at, exception.closes_at
    times = f"open {span(opens, closes)}" if opens and closes else "closed"
    return f"{day}: {times}. {exception.reason}" if exception.reason else f"{day}: {times}"
