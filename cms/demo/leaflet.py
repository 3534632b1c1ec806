"""Reads what a leaflet says (ages, times, prices, opening hours) into the fields of our models. Pure."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
"""RFC 5545's codes, Monday first as in `date.weekday()`."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKS = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": -1}
MONTHLY = 2
"""Which week of the month "monthly" means here: the second has the fewest bank holidays."""


class NotOnALeaflet(ValueError):
    """A text in the data files is not in any form we read. `str(error)` quotes it."""

    def __init__(self, text: str) -> None:
        super().__init__(f"Cannot read {text!r}")


@dataclass(frozen=True)
class Ages:
    """Who something is for: ages in months, both ends included, None where there is no limit."""

    minimum: int | None = None
    maximum: int | None = None
    expecting: bool = False
    parents: bool = False


UNIT = r"(weeks?|months?|years?)?"
RANGE = re.compile(rf"(\d+)\s*{UNIT}\s*-\s*(\d+)s?\s*{UNIT}")
WORDS = {"Walking": "12 months", "Pregnant-": "0-", "a new baby": "0-3 months"}


def ages(text: str) -> Ages:
    """Read "18 months-4", "0-12 months and pregnant", "Parents of 11-17s", "All ages" and the like.

    A child "up to 4" is four until the day before their fifth birthday: 59 months.
    """
    expecting = text.lower().startswith("pregnant") or "and pregnant" in text
    plain = re.sub(r"\(.*?\)", "", text)
    for words, numbers in WORDS.items():
        plain = plain.replace(words, numbers)
    parents = text.startswith(("Parents", "Adults", "Kinship"))
    found = RANGE.search(plain)
    if found is None:
        return Ages(expecting=expecting, parents=parents)
    low, low_unit, high, high_unit = found.groups()
    return Ages(
        minimum=_months(int(low), low_unit or high_unit),
        maximum=_months(int(high), high_unit) + (0 if high_unit else 11),
        expecting=expecting,
        parents=parents,
    )


def _months(number: int, unit: str | None) -> int:
    if unit is None or unit.startswith("year"):
        return number * 12
    return number if unit.startswith("month") else number * 12 // 52


@dataclass(frozen=True)
class When:
    """When something happens, in the terms of `directory.models.Schedule`."""

    freq: str
    byday: str
    opens_at: datetime.time
    closes_at: datetime.time
    bysetpos: int | None = None
    count: int | None = None
    bymonth: list[int] = field(default_factory=list)
    runs: str = "all_year"
    online: bool = False


WHEN = re.compile(
    r"(?:(?P<week>1st|2nd|3rd|4th|last) )?(?P<day>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?: of month)? "
    r"(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)(?P<online> \(online\))?\Z",
    re.IGNORECASE,
)
COURSE = re.compile(r"(\d+)-week course\Z")
SEASON = re.compile(r"([A-Z][a-z]{2})-([A-Z][a-z]{2})\Z")


def when(text: str, runs: str) -> When:
    """Read "1st Sat of month 10:00-11:30" with "term", "all year", "6-week course", "monthly" or "Apr-Oct"."""
    found = WHEN.match(text)
    if found is None:
        raise NotOnALeaflet(text)
    week = WEEKS[found["week"].lower()] if found["week"] else None
    week = MONTHLY if runs == "monthly" and week is None else week
    return When(
        freq="WEEKLY" if week is None else "MONTHLY",
        byday=found["day"][:2].upper(),
        opens_at=datetime.time.fromisoformat(found["opens"]),
        closes_at=datetime.time.fromisoformat(found["closes"]),
        bysetpos=week,
        online=bool(found["online"]),
        **_runs(runs),
    )


def _runs(text: str) -> dict[str, Any]:
    if text in ("all year", "monthly"):
        return {}
    if text == "term":
        return {"runs": "term"}
    if found := COURSE.match(text):
        return {"count": int(found[1])}
    if found := SEASON.match(text):
        return {"bymonth": months(found[1], found[2])}
    raise NotOnALeaflet(text)


def months(first: str, last: str) -> list[int]:
    """Return the months from "Nov" to "Mar", round the turn of the year, as sorted numbers."""
    start, end = MONTHS.index(first), MONTHS.index(last)
    return sorted((start + step) % 12 + 1 for step in range((end - start) % 12 + 1))


def weekday_on_or_after(day: datetime.date, byday: str) -> datetime.date:
    """Return the first day with the code `byday` that is not before `day`."""
    return day + datetime.timedelta(days=(DAYS.index(byday) - day.weekday()) % 7)


def price(text: str) -> tuple[str, Decimal | None, str]:
    """Read "Free", "£1.50", "Suggested £1" or "Free (certificates cost extra)" into code, pounds and words."""
    found = re.search(r"£(\d+(?:\.\d\d)?)", text)
    if found:
        return "some", Decimal(found[1]), text
    return ("free", None, "" if text == "Free" else text)


OPENING = re.compile(
    r"(?P<first>[A-Z]{2})(?:-(?P<last>[A-Z]{2}))? (?P<opens>\S+)-(?P<closes>\S+)(?: (?P<note>.+))?\Z"
)


def opening_hours(text: str) -> Iterator[tuple[str, datetime.time, datetime.time, str]]:
    """Yield (day, opens, closes, note) for each day of "MO-FR 09:00-17:00; SA 10:00-12:00 a note"."""
    for stretch in text.split("; "):
        found = OPENING.match(stretch)
        if found is None:
            raise NotOnALeaflet(stretch)
        first = DAYS.index(found["first"])
        last = DAYS.index(found["last"] or found["first"])
        for day in DAYS[first : last + 1]:
            yield (
                day,
                datetime.time.fromisoformat(found["opens"]),
                datetime.time.fromisoformat(found["closes"]),
                found["note"] or "",
            )


def paragraphs(text: str) -> str:
    """Return the paragraphs of `text`, parted by "||", as HTML. The data files hold no mark-up of their own."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in text.split("||") if paragraph)
