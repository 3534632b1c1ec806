"""The promised date, against an oracle that walks minute by minute in plain words."""

import datetime

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubs.models import Council
from referrals import clock

UTC = datetime.UTC
DAY = datetime.timedelta(days=1)


def council(**options):
    return Council(name="Dorset", **options)


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=UTC)


def london(*parts):
    return datetime.datetime(*parts, tzinfo=clock.LONDON)


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        (london(2026, 11, 23, 10), london(2026, 11, 26, 17)),
        (london(2026, 11, 23, 7), london(2026, 11, 26, 17)),
        (london(2026, 11, 20, 16, 59, 59), london(2026, 11, 25, 17)),
        (london(2026, 11, 20, 17, 0), london(2026, 11, 26, 17)),
        (london(2026, 11, 20, 17, 1), london(2026, 11, 26, 17)),
        (london(2026, 11, 21, 12), london(2026, 11, 26, 17)),
        # Maundy Thursday: Good Friday and Easter Monday do not count.
        (london(2026, 4, 2, 10), london(2026, 4, 9, 17)),
        # Christmas Day is a Friday, Boxing Day's holiday the Monday.
        (london(2026, 12, 24, 10), london(2026, 12, 31, 17)),
        (london(2026, 12, 31, 10), london(2027, 1, 6, 17)),
        (london(2028, 2, 29, 10), london(2028, 3, 3, 17)),
    ],
)
def test_a_person_calls_within_three_working_days(received, promised):
    assert clock.promised_at(council(), received, 0) == promised


@pytest.mark.parametrize("urgency", [1, 2])
def test_someone_who_may_be_hurt_is_called_within_one(urgency):
    assert clock.promised_at(council(), london(2026, 11, 20, 10), urgency) == london(2026, 11, 23, 17)


def test_the_council_sets_its_own_hours_and_standards():
    early = council(day_ends=datetime.time(16, 30), call_within_days=1)

    assert clock.promised_at(early, london(2026, 11, 23, 16, 45), 0) == london(2026, 11, 25, 16, 30)


def test_scotland_has_its_own_bank_holidays():
    first_of_december = london(2026, 11, 27, 10)

    assert clock.promised_at(council(bank_holidays="SCT"), first_of_december, 1) == london(2026, 12, 1, 17)
    assert clock.promised_at(council(), first_of_december, 1) == london(2026, 11, 30, 17)


def test_midnight_belongs_to_the_new_day_in_london_not_in_utc():
    # In summer 23:30 on Sunday in UTC is half past midnight on Monday in London.
    assert clock.promised_at(council(), utc(2026, 6, 14, 23, 30), 1) == london(2026, 6, 16, 17)
    assert clock.promised_at(council(), london(2026, 6, 14, 23, 59, 59), 1) == london(2026, 6, 16, 17)
    assert clock.promised_at(council(), london(2026, 6, 15, 0, 0), 1) == london(2026, 6, 16, 17)


def oracle(received, days):
    """Count on by single seconds of daylight: walk day by day over a plain list of days of rest."""
    rest = holidays.country_holidays("GB", subdiv="ENG", years=range(2025, 2032))
    works = lambda day: day.strftime("%a") not in ("Sat", "Sun") and day not in rest  # noqa: E731
    offset = 1 if _is_summer(received) else 0
    local = received.astimezone(UTC).replace(tzinfo=None) + datetime.timedelta(hours=offset)
    day, left = local.date(), days
    if not works(day) or local.time() >= datetime.time(17):
        left += 1
        while not works(day + DAY):
            day += DAY
    while left:
        day += DAY
        left -= works(day)
    return day


def _is_summer(at):
    """British Summer Time: from 01:00 UTC on the last Sunday of March to that of October."""
    starts, ends = (
        max(utc(at.astimezone(UTC).year, month, d, 1) for d in range(25, 32) if _is_sunday(at, month, d))
        for month in (3, 10)
    )
    return starts <= at < ends


def _is_sunday(at, month, day):
    return datetime.date(at.astimezone(UTC).year, month, day).weekday() == 6


@settings(max_examples=400)
@given(st.integers(0, 155_000_000).map(lambda seconds: utc(2026, 1, 1) + datetime.timedelta(seconds=seconds)))
@example(utc(2026, 3, 29, 0, 59))
@example(utc(2026, 3, 29, 1, 0))
@example(utc(2026, 10, 25, 0, 30))
@example(utc(2026, 10, 25, 1, 30))
@example(utc(2028, 2, 29, 16, 59))
@example(utc(2026, 12, 31, 17, 0))
def test_promises_agree_with_the_oracle(received):
    for urgency, days in ((0, 3), (1, 1)):
        promised = clock.promised_at(council(), received, urgency)

        assert promised.astimezone(clock.LONDON).date() == oracle(received, days)
        assert promised.astimezone(clock.LONDON).time() == datetime.time(17)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (london(2026, 11, 25, 17), "5pm on Wednesday 25 November"),
        (utc(2026, 6, 1, 11), "midday on Monday 1 June"),
        (london(2026, 11, 25, 16, 30), "4:30pm on Wednesday 25 November"),
        (london(2026, 11, 25, 9), "9am on Wednesday 25 November"),
    ],
)
def test_promises_are_told_in_words(moment, words):
    assert clock.in_words(moment) == words


def test_the_council_is_open_in_its_hours_only():
    assert clock.is_open(council(), london(2026, 11, 23, 9))
    assert not clock.is_open(council(), london(2026, 11, 23, 8, 59))
    assert not clock.is_open(council(), london(2026, 11, 23, 17))
    assert not clock.is_open(council(), london(2026, 11, 22, 12))
    assert not clock.is_open(council(), london(2026, 12, 25, 12))
