"""When a person will call: working days by the council's own hours, in London time."""

import datetime
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from hubs.models import Council

from .models import Referral

LONDON = ZoneInfo("Europe/London")
SATURDAY = 5


@cache
def bank_holidays(division: str, year: int) -> frozenset[datetime.date]:
    """Return the bank holidays of one year in `Council.BankHolidays` ENG, SCT or NIR."""
    return frozenset(holidays.country_holidays("GB", subdiv=division, years=year))


def is_working_day(council: Council, day: datetime.date) -> bool:
    """Say whether the council works that day: Monday to Friday, bank holidays apart."""
    return day.weekday() < SATURDAY and day not in bank_holidays(council.bank_holidays, day.year)


def next_working_day(council: Council, day: datetime.date) -> datetime.date:
    """Return the first working day after `day`."""
    while True:
        day += datetime.timedelta(days=1)
        if is_working_day(council, day):
            return day


def is_open(council: Council, at: datetime.datetime) -> bool:
    """Say whether the council is at work at this moment."""
    local = at.astimezone(LONDON)
    starts, ends = hours(council)
    return is_working_day(council, local.date()) and starts <= local.time() < ends


def promised_at(council: Council, received_at: datetime.datetime, urgency: int) -> datetime.datetime:
    """Return the end of the working day by which a person gets in touch.

    The day a request arrives is day nought; one that arrives after hours or on a day of rest counts as having come
    at the start of the next working day. Urgency 1 and 2 use the council's shorter standard.
    """
    local = received_at.astimezone(LONDON)
    _, ends = hours(council)
    day = local.date()
    if not is_working_day(council, day) or local.time() >= ends:
        day = next_working_day(council, day)
    soon = urgency > Referral.Urgency.ROUTINE
    for _ in range(council.call_soon_within_days if soon else council.call_within_days):
        day = next_working_day(council, day)
    return datetime.datetime.combine(day, ends, tzinfo=LONDON)


def in_words(moment: datetime.datetime) -> str:
    """Return "5pm on Wednesday 26 November": the way the promise is told."""
    local = moment.astimezone(LONDON)
    return f"{hour_in_words(local.time())} on {local:%A} {local.day} {local:%B}"


def hour_in_words(time: datetime.time) -> str:
    """Return "5pm", "midday" or "4:30pm"."""
    if (time.hour, time.minute) == (12, 0):
        return "midday"
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'am' if time.hour < 12 else 'pm'}"


def hours(council: Council) -> tuple[datetime.time, datetime.time]:
    """Return the working hours as times, also for a council that was made but not yet read back."""
    fields = (Council._meta.get_field("day_starts"), Council._meta.get_field("day_ends"))
    starts, ends = (field.to_python(getattr(council, field.name)) for field in fields)
    return starts, ends
