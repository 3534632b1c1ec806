"""Rules, dates and the British clock."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from directory import schedules
from directory.models import Service, Session
from directory.schedules import Calendar
from hubs.models import TermDates
from tests.factories.directory import PlacedServiceFactory, ScheduleFactory

DAY = datetime.date
TIME = datetime.time
LONDON = ZoneInfo("Europe/London")
AUTUMN_2026 = Calendar(
    terms=[(DAY(2026, 9, 2), DAY(2026, 10, 23)), (DAY(2026, 11, 2), DAY(2026, 12, 18))],
    bank_holidays=schedules.bank_holidays("ENG", 2026),
)


def rule(**fields):
    return ScheduleFactory.build(**fields)


def dates_of(made, first, last, calendar=AUTUMN_2026):
    return list(schedules.dates(made, first, last, calendar))


def test_a_weekly_group_meets_every_week_on_its_day():
    found = dates_of(rule(), DAY(2026, 11, 1), DAY(2026, 11, 20))

    assert found == [DAY(2026, 11, 3), DAY(2026, 11, 10), DAY(2026, 11, 17)]


def test_nothing_meets_before_the_first_date_or_after_the_last():
    found = dates_of(
        rule(dtstart=DAY(2026, 11, 10), until=DAY(2026, 11, 17)), DAY(2026, 11, 1), DAY(2026, 12, 30)
    )

    assert found == [DAY(2026, 11, 10), DAY(2026, 11, 17)]


def test_every_other_week_counts_from_the_first_date():
    found = dates_of(rule(interval=2, dtstart=DAY(2026, 10, 27)), DAY(2026, 11, 1), DAY(2026, 12, 1))

    assert found == [DAY(2026, 11, 10), DAY(2026, 11, 24)]


def test_the_first_saturday_of_the_month():
    found = dates_of(rule(first_saturday=True), DAY(2026, 9, 1), DAY(2026, 12, 31))

    assert found == [DAY(2026, 9, 5), DAY(2026, 10, 3), DAY(2026, 11, 7), DAY(2026, 12, 5)]


def test_the_last_sunday_of_the_month():
    found = dates_of(rule(freq="MONTHLY", byday="SU", bysetpos=-1), DAY(2026, 10, 1), DAY(2026, 11, 30))

    assert found == [DAY(2026, 10, 25), DAY(2026, 11, 29)]


def test_a_term_time_group_rests_at_half_term():
    found = dates_of(rule(runs="term"), DAY(2026, 10, 13), DAY(2026, 11, 10))

    assert found == [DAY(2026, 10, 13), DAY(2026, 10, 20), DAY(2026, 11, 3), DAY(2026, 11, 10)]


def test_a_holiday_club_meets_only_between_terms():
    found = dates_of(rule(runs="holidays"), DAY(2026, 9, 1), DAY(2026, 12, 31))

    assert found == [DAY(2026, 10, 27)]


def test_a_council_without_term_dates_is_always_in_term():
    found = dates_of(rule(runs="term"), DAY(2026, 8, 3), DAY(2026, 8, 14), Calendar())

    assert found == [DAY(2026, 8, 4), DAY(2026, 8, 11)]


def test_a_course_of_three_is_three_that_happen_although_half_term_interrupts_it():
    course = rule(runs="term", dtstart=DAY(2026, 10, 13), count=3)

    assert dates_of(course, DAY(2026, 10, 1), DAY(2026, 12, 30)) == [
        DAY(2026, 10, 13),
        DAY(2026, 10, 20),
        DAY(2026, 11, 3),
    ]


def test_the_sessions_of_a_course_that_are_over_still_count():
    course = rule(dtstart=DAY(2026, 11, 3), count=3)

    assert dates_of(course, DAY(2026, 11, 10), DAY(2026, 12, 30)) == [DAY(2026, 11, 10), DAY(2026, 11, 17)]


def test_seasons_are_months():
    summer = rule(bymonth=[4, 10])

    found = dates_of(summer, DAY(2026, 9, 25), DAY(2026, 11, 20), Calendar())

    assert {day.month for day in found} == {10}


def test_repeated_sessions_rest_on_bank_holidays():
    mondays = rule(byday="MO")

    found = dates_of(mondays, DAY(2026, 8, 24), DAY(2026, 9, 7))

    assert found == [DAY(2026, 8, 24), DAY(2026, 9, 7)]


def test_a_single_date_holds_even_on_a_bank_holiday():
    party = rule(once=True, dtstart=DAY(2026, 8, 31))

    assert dates_of(party, DAY(2026, 8, 1), DAY(2026, 9, 30)) == [DAY(2026, 8, 31)]


def test_a_single_date_that_is_over_is_not_shown():
    assert dates_of(rule(once=True, dtstart=DAY(2026, 8, 1)), DAY(2026, 8, 2), DAY(2026, 9, 30)) == []


@pytest.mark.parametrize(
    ("first", "last"), [(DAY(2026, 3, 23), DAY(2026, 4, 5)), (DAY(2026, 10, 19), DAY(2026, 11, 1))]
)
def test_the_clock_on_the_wall_is_the_same_before_and_after_the_change(first, last):
    found = schedules.slots(rule(byday="WE"), first, last, Calendar())

    local = [slot.start.astimezone(LONDON) for slot in found]
    assert [moment.time() for moment in local] == [TIME(9, 30), TIME(9, 30)]
    assert local[1].utcoffset() != local[0].utcoffset()
    assert found[1].start - found[0].start != datetime.timedelta(days=7)


def test_a_session_in_summer_is_an_hour_earlier_in_utc():
    (july,) = schedules.slots(rule(), DAY(2026, 7, 7), DAY(2026, 7, 7), Calendar())
    (november,) = schedules.slots(rule(), DAY(2026, 11, 3), DAY(2026, 11, 3), Calendar())

    assert july.start == datetime.datetime(2026, 7, 7, 8, 30, tzinfo=datetime.UTC)
    assert november.start == datetime.datetime(2026, 11, 3, 9, 30, tzinfo=datetime.UTC)


def test_a_time_that_the_spring_change_skips_still_ends_after_it_starts():
    night = rule(byday="SU", opens_at=TIME(0, 30), closes_at=TIME(1, 30))

    (slot,) = schedules.slots(night, DAY(2026, 3, 29), DAY(2026, 3, 29), Calendar())

    assert slot.start < slot.end


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"runs": "term"}, "Tuesdays, 9:30am to 11am, in term time"),
        ({"runs": "holidays"}, "Tuesdays, 9:30am to 11am, in the school holidays"),
        ({"first_saturday": True}, "First Saturday of the month, 9:30am to 11am"),
        ({"interval": 2}, "Every other Tuesday, 9:30am to 11am"),
        ({"interval": 3}, "Every three weeks on Tuesday, 9:30am to 11am"),
        ({"bymonth": [4, 5, 6, 7, 8, 9, 10]}, "Tuesdays, 9:30am to 11am, April to October"),
        ({"bymonth": [1, 2, 3, 11, 12]}, "Tuesdays, 9:30am to 11am, November to March"),
        ({"bymonth": [7]}, "Tuesdays, 9:30am to 11am, in July"),
        ({"bymonth": [3, 9]}, "Tuesdays, 9:30am to 11am, in March and September"),
        ({"count": 6, "dtstart": DAY(2026, 11, 3)}, "Tuesdays, 9:30am to 11am, six sessions from 3 November"),
        ({"until": DAY(2026, 12, 15)}, "Tuesdays, 9:30am to 11am, until 15 December 2026"),
        ({"once": True, "dtstart": DAY(2026, 12, 5)}, "Saturday 5 December 2026, 9:30am to 11am"),
        ({"opens_at": TIME(12), "closes_at": TIME(13, 5)}, "Tuesdays, midday to 1:05pm"),
    ],
)
def test_a_rule_in_words(fields, expected):
    assert schedules.words(rule(**fields)) == expected


@pytest.mark.django_db
class TestRows:
    today = DAY(2026, 11, 23)

    def test_rebuilding_twice_keeps_the_same_rows(self):
        service = PlacedServiceFactory()
        schedules.rebuild(service, today=self.today)
        before = list(Session.objects.values_list("pk", "start"))

        made = schedules.rebuild(service, today=self.today)

        assert list(Session.objects.values_list("pk", "start")) == before
        assert made == len(before) == 13

    def test_a_changed_time_moves_the_sessions(self):
        service = PlacedServiceFactory()
        place = service.service_locations.get()
        place.schedules.set([ScheduleFactory.build(byday="FR")])
        place.save()

        schedules.rebuild(service, today=self.today)

        assert {session.start.weekday() for session in Session.objects.all()} == {4}

    def test_a_draft_has_no_sessions(self):
        PlacedServiceFactory(live=False)

        assert not Session.objects.exists()

    def test_unpublishing_takes_the_sessions_away(self):
        service = PlacedServiceFactory()
        assert Session.objects.exists()

        service.unpublish()

        assert not Session.objects.exists()

    def test_two_rules_at_one_time_are_one_session(self):
        service = PlacedServiceFactory(rules=[{}, {}])

        made = schedules.rebuild(service, today=self.today)

        assert made == 13

    def test_new_term_dates_move_term_time_sessions(self):
        service = PlacedServiceFactory(rules=[{"runs": "term"}])
        assert Session.objects.exists()

        TermDates.objects.create(
            council=service.council, name="Long ago", starts=DAY(2020, 1, 6), ends=DAY(2020, 4, 3)
        )

        assert not Session.objects.exists()

    def test_the_nightly_rebuild_extends_every_listing(self):
        PlacedServiceFactory()
        PlacedServiceFactory()
        Session.objects.all().delete()

        made = schedules.rebuild_all()

        assert made == Session.objects.count() > 20

    def test_saving_a_draft_of_a_live_listing_changes_no_session(self):
        service = PlacedServiceFactory()
        before = set(Session.objects.values_list("pk", flat=True))
        draft = Service.objects.get(pk=service.pk)
        draft.service_locations.set([])

        draft.save_revision()

        assert set(Session.objects.values_list("pk", flat=True)) == before
