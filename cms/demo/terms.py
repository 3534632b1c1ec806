"""School terms like England's, for any year. Pure."""

import datetime
from collections.abc import Iterator

from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, TU, relativedelta

SATURDAY = 5
Term = tuple[str, datetime.date, datetime.date]
"""A name and the first and last school day."""


def terms(first_year: int) -> Iterator[Term]:
    """Yield the six half terms of the school year that begins in September of `first_year`.

    They follow the common pattern: a week off round the last Monday of October, in mid February and round the late
    May bank holiday; two weeks at Christmas and round Easter.
    """
    this, following = first_year, first_year + 1
    october = datetime.date(this, 10, 31) + relativedelta(weekday=MO(-1))
    february = datetime.date(following, 2, 13) + relativedelta(weekday=MO(1))
    may = datetime.date(following, 5, 31) + relativedelta(weekday=MO(-1))
    spring_ends = easter(following) - datetime.timedelta(days=9)
    return iter(
        [
            (
                f"Autumn {this}, first half",
                _school_day(datetime.date(this, 9, 3)),
                _friday_before(october),
            ),
            (
                f"Autumn {this}, second half",
                _week_after(october),
                datetime.date(this, 12, 20) + relativedelta(weekday=FR(-1)),
            ),
            (
                f"Spring {following}, first half",
                datetime.date(following, 1, 4) + relativedelta(weekday=MO(1)),
                _friday_before(february),
            ),
            (f"Spring {following}, second half", _week_after(february), spring_ends),
            (
                f"Summer {following}, first half",
                easter(following) + datetime.timedelta(days=8),
                _friday_before(may),
            ),
            (
                f"Summer {following}, second half",
                _week_after(may),
                datetime.date(following, 7, 19) + relativedelta(weekday=TU(1)),
            ),
        ]
    )


def terms_around(day: datetime.date) -> list[Term]:
    """Return the terms of the school year that `day` is in, of the one before and of the next."""
    this = day.year if day.month >= 9 else day.year - 1
    return [term for year in (this - 1, this, this + 1) for term in terms(year)]


def _school_day(day: datetime.date) -> datetime.date:
    """Return `day`, or the Monday after when it falls on a weekend."""
    return day if day.weekday() < SATURDAY else day + relativedelta(weekday=MO(1))


def _friday_before(monday: datetime.date) -> datetime.date:
    return monday - datetime.timedelta(days=3)


def _week_after(monday: datetime.date) -> datetime.date:
    return monday + datetime.timedelta(days=7)
