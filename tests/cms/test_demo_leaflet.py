"""Reading what a leaflet says into the fields of our models, and school terms."""

from datetime import date, time
from decimal import Decimal
from itertools import pairwise

import pytest

from cms.demo import leaflet, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0-12 months", leaflet.Ages(0, 12)),
        ("1-4", leaflet.Ages(12, 59)),
        ("18 months-4", leaflet.Ages(18, 59)),
        ("6 weeks-6 months", leaflet.Ages(1, 6)),
        ("Walking-3", leaflet.Ages(12, 47)),
        ("Pregnant (from 24 weeks) and partners", leaflet.Ages(expecting=True)),
        ("Pregnant-12 months", leaflet.Ages(0, 12, expecting=True)),
        ("0-12 months and pregnant", leaflet.Ages(0, 12, expecting=True)),
        ("Parents of 11-17s", leaflet.Ages(132, 215, parents=True)),
        ("Parents/carers of 0-25s", leaflet.Ages(0, 311, parents=True)),
        ("Families with 4-11s", leaflet.Ages(48, 143)),
        ("Families with a new baby", leaflet.Ages(0, 3)),
        ("Adults", leaflet.Ages(parents=True)),
        ("All ages", leaflet.Ages()),
    ],
)
def test_ages_are_read_as_months(text, expected):
    assert leaflet.ages(text) == expected


@pytest.mark.parametrize(
    ("text", "runs", "expected"),
    [
        ("Mon 10:00-11:30", "term", leaflet.When("WEEKLY", "MO", time(10), time(11, 30), runs="term")),
        (
            "1st Sat of month 10:00-11:30",
            "all year",
            leaflet.When("MONTHLY", "SA", time(10), time(11, 30), bysetpos=1),
        ),
        (
            "Last Sun of month 10:30-12:00",
            "all year",
            leaflet.When("MONTHLY", "SU", time(10, 30), time(12), bysetpos=-1),
        ),
        ("Thu 18:00-20:00", "6-week course", leaflet.When("WEEKLY", "TH", time(18), time(20), count=6)),
        (
            "Mon 19:00-20:30 (online)",
            "monthly",
            leaflet.When("MONTHLY", "MO", time(19), time(20, 30), bysetpos=2, online=True),
        ),
        (
            "Tue 12:00-13:30",
            "Nov-Mar",
            leaflet.When("WEEKLY", "TU", time(12), time(13, 30), bymonth=[1, 2, 3, 11, 12]),
        ),
    ],
)
def test_times_are_read_as_rules(text, runs, expected):
    assert leaflet.when(text, runs) == expected


@pytest.mark.parametrize(("text", "runs"), [("Mondays at ten", "term"), ("Mon 10:00-11:30", "sometimes")])
def test_what_cannot_be_read_is_refused(text, runs):
    with pytest.raises(leaflet.NotOnALeaflet, match="Cannot read"):
        leaflet.when(text, runs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Free", ("free", None, "")),
        ("£1.50", ("some", Decimal("1.50"), "£1.50")),
        ("Suggested £1", ("some", Decimal(1), "Suggested £1")),
        ("Free (certificates cost extra)", ("free", None, "Free (certificates cost extra)")),
    ],
)
def test_prices_are_read(text, expected):
    assert leaflet.price(text) == expected


def test_opening_hours_are_read_day_by_day():
    read = list(leaflet.opening_hours("MO-TU 09:00-17:00; SA 10:00-12:00 once a month"))

    assert read == [
        ("MO", time(9), time(17), ""),
        ("TU", time(9), time(17), ""),
        ("SA", time(10), time(12), "once a month"),
    ]


@pytest.mark.parametrize("year", range(2020, 2040))
def test_terms_follow_one_another_and_leave_christmas_free(year):
    spans = [span for _, *span in terms.terms(year)]

    assert all(starts < ends for starts, ends in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert not any(starts <= date(year, 12, 25) <= ends for starts, ends in spans)
    assert all(day.weekday() < 5 for span in spans for day in span)
