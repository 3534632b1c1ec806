"""When a hub is open."""

import datetime

import pytest

from hubs.opening import Exceptional, Stretch, Timetable, bank_holidays, time_words
from tests.factories.hubs import HubFactory, OpeningExceptionFactory, OpeningHoursFactory

MONDAY = datetime.date(2026, 11, 23)
MAY_DAY = datetime.date(2026, 5, 4)
WHOLE_DAY = Stretch(datetime.time(9), datetime.time(17))
MORNING = Stretch(datetime.time(9, 30), datetime.time(12))
AFTERNOON = Stretch(datetime.time(13), datetime.time(16, 45), "by appointment")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ((9, 0), "9am"),
        ((9, 30), "9:30am"),
        ((9, 5), "9:05am"),
        ((12, 0), "midday"),
        ((12, 15), "12:15pm"),
        ((17, 0), "5pm"),
        ((0, 0), "midnight"),
        ((0, 30), "12:30am"),
    ],
)
def test_times_are_written_the_way_people_say_them(time, words):
    assert time_words(datetime.time(*time)) == words


@pytest.mark.parametrize(
    ("hours", "exceptions", "on", "sentence"),
    [
        ([("MO", WHOLE_DAY)], [], MONDAY, "Open today 9am to 5pm"),
        (
            [("MO", AFTERNOON), ("MO", MORNING)],
            [],
            MONDAY,
            "Open today 9:30am to midday and 1pm to 4:45pm (by appointment)",
        ),
        ([("TU", WHOLE_DAY)], [], MONDAY, "Closed today"),
        ([], [], MONDAY, "Closed today"),
        ([("MO", WHOLE_DAY)], [], MAY_DAY, "Closed today: bank holiday"),
        ([("TU", WHOLE_DAY)], [], MAY_DAY, "Closed today"),
        (
            [("MO", WHOLE_DAY)],
            [(MONDAY, Exceptional(None, "staff training"))],
            MONDAY,
            "Closed today: staff training",
        ),
        ([("MO", WHOLE_DAY)], [(MONDAY, Exceptional(None))], MONDAY, "Closed today"),
        (
            [("MO", WHOLE_DAY)],
            [(MONDAY, Exceptional(MORNING, "open late"))],
            MONDAY,
            "Open today 9:30am to midday: open late",
        ),
        ([], [(MAY_DAY, Exceptional(MORNING, "fun day"))], MAY_DAY, "Open today 9:30am to midday: fun day"),
        (
            [("MO", WHOLE_DAY)],
            [(MONDAY + datetime.timedelta(days=7), Exceptional(None))],
            MONDAY,
            "Open today 9am to 5pm",
        ),
    ],
)
def test_today_in_one_sentence(hours, exceptions, on, sentence):
    assert Timetable.of(hours, exceptions).day(on).today == sentence


def test_a_week_of_days_holds_what_differs():
    table = Timetable.of([("MO", WHOLE_DAY), ("TU", MORNING)], [(MONDAY, Exceptional(None, "snow"))])

    days = table.days(MONDAY)

    assert [(day.name, day.text, day.is_open) for day in days[:3]] == [
        ("Monday", "Closed: snow", False),
        ("Tuesday", "9:30am to midday", True),
        ("Wednesday", "Closed", False),
    ]
    assert days[6].date == datetime.date(2026, 11, 29)


def test_the_ordinary_week_has_seven_rows_monday_first():
    rows = Timetable.of([("SA", MORNING), ("MO", WHOLE_DAY)]).ordinary_week()

    assert [name for name, _ in rows][::6] == ["Monday", "Sunday"]
    assert dict(rows) == {
        "Monday": "9am to 5pm",
        "Saturday": "9:30am to midday",
        **dict.fromkeys(["Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"], "Closed"),
    }


def test_bank_holidays_are_those_of_the_country():
    st_andrew, boxing_day = datetime.date(2026, 11, 30), datetime.date(2026, 12, 28)

    assert st_andrew in bank_holidays("SCT", 2026)
    assert st_andrew not in bank_holidays("ENG", 2026)
    assert boxing_day in bank_holidays("ENG", 2026)


@pytest.mark.django_db
def test_a_hub_reads_its_own_hours(django_assert_num_queries):
    hub = HubFactory()
    OpeningHoursFactory(hub=hub)
    OpeningHoursFactory(hub=hub, byday="TU", closes_at=datetime.time(12))
    OpeningExceptionFactory(hub=hub, date=MONDAY, reason="staff training")
    hub = type(hub).objects.select_related("council").get(pk=hub.pk)

    with django_assert_num_queries(2):
        assert hub.opening(on=MONDAY).today == "Closed today: staff training"
    assert hub.opening(on=MONDAY + datetime.timedelta(days=1)).today == "Open today 9am to midday"
    assert hub.opening(on=MAY_DAY).today == "Closed today: bank holiday"
