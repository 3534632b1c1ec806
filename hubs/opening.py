"""When a hub is open, in words and as plain data. Pure: knows days and hours, not the database."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

import holidays

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BANK_HOLIDAY = "bank holiday"


class Stretch(NamedTuple):
    """From when to when, local time."""

    opens_at: datetime.time
    closes_at: datetime.time
    note: str = ""

    def __str__(self) -> str:
        hours = f"{time_words(self.opens_at)} to {time_words(self.closes_at)}"
        return f"{hours} ({self.note})" if self.note else hours


class Exceptional(NamedTuple):
    """One day that is not like the others: open for `stretch`, or closed when None."""

    stretch: Stretch | None
    reason: str = ""


@dataclass(frozen=True)
class Day:
    """One date at one hub."""

    date: datetime.date
    stretches: Sequence[Stretch]
    reason: str = ""
    """Why it is closed or open at unusual hours; "" on an ordinary day."""

    @property
    def is_open(self) -> bool:
        return bool(self.stretches)

    @property
    def name(self) -> str:
        return DAY_NAMES[self.date.weekday()]

    @property
    def hours(self) -> str:
        """The hours alone: "9am to midday and 1pm to 5pm", or "Closed"."""
        return " and ".join(str(stretch) for stretch in self.stretches) or "Closed"

    @property
    def text(self) -> str:
        """The hours with the reason for them: "Closed: bank holiday"."""
        return f"{self.hours}: {self.reason}" if self.reason else self.hours

    @property
    def today(self) -> str:
        """The same as a sentence about today: "Open today 9am to 5pm", "Closed today: bank holiday"."""
        sentence = f"Open today {self.hours}" if self.is_open else "Closed today"
        return f"{sentence}: {self.reason}" if self.reason else sentence


@dataclass(frozen=True)
class Timetable:
    """A hub's ordinary week, by day code, and the days that differ."""

    week: Mapping[str, Sequence[Stretch]]
    exceptions: Mapping[datetime.date, Sequence[Exceptional]]
    division: str = "ENG"
    """Whose bank holidays it closes on: `Council.BankHolidays`."""

    @classmethod
    def of(
        cls,
        hours: Iterable[tuple[str, Stretch]],
        exceptions: Iterable[tuple[datetime.date, Exceptional]] = (),
        division: str = "ENG",
    ) -> Self:
        """Return the timetable that such rows add up to. A day may have several stretches."""
        week: dict[str, list[Stretch]] = {}
        for code, stretch in hours:
            week.setdefault(code, []).append(stretch)
        differing: dict[datetime.date, list[Exceptional]] = {}
        for date, exception in exceptions:
            differing.setdefault(date, []).append(exception)
        return cls(week, differing, division)

    def day(self, on: datetime.date) -> Day:
        """Return the day: what was said of this date first, then bank holidays, then the ordinary week."""
        special = self.exceptions.get(on)
        if special:
            stretches = sorted(each.stretch for each in special if each.stretch)
            return Day(on, stretches, next((each.reason for each in special if each.reason), ""))
        ordinary = sorted(self.week.get(DAY_CODES[on.weekday()], ()))
        if ordinary and on in bank_holidays(self.division, on.year):
            return Day(on, [], BANK_HOLIDAY)
        return Day(on, ordinary)

    def days(self, start: datetime.date, count: int = 7) -> list[Day]:
        """Return so many days from `start`."""
        return [self.day(start + datetime.timedelta(days=each)) for each in range(count)]

    def ordinary_week(self) -> list[tuple[str, str]]:
        """Return the rows of a week's table, Monday first: ("Monday", "9am to 5pm")."""
        return [
            (name, " and ".join(str(stretch) for stretch in sorted(self.week.get(code, ()))) or "Closed")
            for code, name in zip(DAY_CODES, DAY_NAMES, strict=True)
        ]


def time_words(time: datetime.time) -> str:
    """Return a time the way GOV.UK writes it: "9am", "9:30am", "midday", "midnight"."""
    if (time.hour, time.minute) in {(0, 0), (12, 0)}:
        return "midday" if time.hour else "midnight"
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'pm' if time.hour >= 12 else 'am'}"


@lru_cache(maxsize=32)
def bank_holidays(division: str, year: int) -> Mapping[datetime.date, str]:
    """Return the bank holidays of "ENG" (with Wales), "SCT" or "NIR" in a year, with their names."""
    return dict(holidays.country_holidays("GB", subdiv=division, years=year))
