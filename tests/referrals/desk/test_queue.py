"""The queue: in what order, in what words, what is counted, and what a search finds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from referrals import triage
from referrals.desk import wording
from referrals.models import Outcome, QueueEntry, Referral
from tests.factories.referrals import QueueEntryFactory, TransferFactory, WorkerFactory
from tests.signin import sign_in

pytestmark = pytest.mark.django_db


def references(client, show="all"):
    groups = client.get(f"/desk/?show={show}").context["groups"]
    return [row.entry.referral.reference for group in groups for row in group.rows]


def a_request(locality, **options):
    return QueueEntryFactory(locality=locality, **options).referral.reference


def test_urgent_comes_first_and_then_what_is_due_first(at_chesil, chesil):
    now = timezone.now()
    later = a_request(chesil, due_at=now + timedelta(days=3))
    overdue = a_request(chesil, due_at=now - timedelta(hours=3))
    soon = a_request(chesil, due_at=now + timedelta(days=4), referral__urgent=True)
    danger = a_request(chesil, due_at=now + timedelta(days=5), referral__urgency=2)

    groups = at_chesil.get("/desk/").context["groups"]

    assert references(at_chesil) == [danger, soon, overdue, later]
    assert [group.title for group in groups] == [
        "Someone is being hurt now",
        "Someone may be hurt soon",
        "Routine",
    ]


def test_another_teams_requests_are_not_here(at_chesil, north):
    a_request(north)

    page = at_chesil.get("/desk/")

    assert references(at_chesil) == []
    assert "Nothing is waiting" in page.content.decode()


def test_each_view_keeps_its_own(at_chesil, chesil, sam):
    now = timezone.now()
    long_ago = now - timedelta(days=4)
    mine = a_request(chesil, owner=sam, arrived_at=long_ago)
    unclaimed = a_request(chesil)
    late = a_request(chesil, owner=sam, due_at=now - timedelta(hours=1), arrived_at=long_ago)
    spoken = a_request(
        chesil, owner=sam, due_at=now - timedelta(hours=1), state="spoken", arrived_at=long_ago
    )
    soon = a_request(chesil, owner=WorkerFactory(of=chesil), referral__urgent=True, arrived_at=long_ago)
    closed = a_request(chesil, closed=True)
    old = a_request(chesil, closed=True, closed_at=now - timedelta(days=40))

    assert set(references(at_chesil, "mine")) == {mine, late, spoken}
    assert set(references(at_chesil, "unclaimed")) == {unclaimed}
    assert set(references(at_chesil, "late")) == {late}
    assert set(references(at_chesil, "soon")) == {soon}
    assert set(references(at_chesil, "new")) == {unclaimed}
    assert set(references(at_chesil, "closed")) == {closed}
    assert set(references(at_chesil, "nonsense")) == set(references(at_chesil))
    assert old not in references(at_chesil, "closed")
    tiles = {tile["key"]: tile["number"] for tile in at_chesil.get("/desk/").context["tiles"]}
    assert tiles == {"new": 1, "late": 1, "soon": 1, "unclaimed": 1}


def test_the_queue_shows_initials_and_no_name(at_chesil, entry):
    page = at_chesil.get("/desk/").content.decode()

    assert "J T" in page
    for private in ("Juniper", "Testwood", "960123", "Not sleeping", "Robin"):
        assert private not in page


def test_the_next_move_is_plain(entry, sam, chesil):
    assert wording.next_step(entry, is_offered=False) == "Claim it"
    triage.claim(entry, by=sam)
    entry.refresh_from_db()
    assert wording.next_step(entry, is_offered=False) == "Make contact"
    assert wording.next_step(entry, is_offered=True) == "Wait for the other team"


@pytest.fixture
def overdue_but_they_ring(chesil):
    return QueueEntryFactory(locality=chesil, referral__rings=True, due_at=timezone.now() - timedelta(days=2))


def test_those_who_will_ring_are_promised_no_call_and_are_never_late(at_chesil, overdue_but_they_ring):
    page = at_chesil.get("/desk/")

    row = page.context["groups"][0].rows[0]
    assert "They will ring us" in page.content.decode()
    assert (row.due, row.is_late, row.next_step) == ("", False, "Claim it")
    assert references(at_chesil, "late") == []
    assert {tile["key"]: tile["number"] for tile in page.context["tiles"]}["late"] == 0


def test_those_who_will_ring_keep_their_place_in_the_order(at_chesil, chesil, overdue_but_they_ring):
    later = a_request(chesil)

    assert references(at_chesil) == [overdue_but_they_ring.referral.reference, later]


def test_those_who_will_ring_are_waited_for(sam, overdue_but_they_ring):
    triage.claim(overdue_but_they_ring, by=sam)
    overdue_but_they_ring.refresh_from_db()

    assert (
        wording.next_step(overdue_but_they_ring, is_offered=False, they_ring=True) == "Wait for them to ring"
    )


def test_a_promise_to_pass_on_stands_for_those_who_will_ring(at_chesil, chesil):
    yesterday = timezone.now() - timedelta(days=1)
    late = a_request(chesil, referral__rings=True, referral__promised_at=yesterday, due_at=yesterday)

    page = at_chesil.get("/desk/").content.decode()

    assert "They will ring us" in page and "To pass on: was due" in page
    assert references(at_chesil, "late") == [late]


def test_nobody_is_said_to_have_spoken_unless_it_is_on_record(at_chesil, chesil, sam):
    def closed_after(*tries):
        entry = triage.claim(QueueEntryFactory(locality=chesil), by=sam)
        for result in tries:
            triage.record_try(entry, by=sam, way="call", result=result)
        child = entry.referral.people.get()
        outcome = triage.ChildOutcome(child, Outcome.Code.UNABLE_TO_CONTACT)
        triage.close(entry, by=sam, outcomes=[outcome], as_=QueueEntry.ClosedAs.UNABLE_TO_CONTACT)
        return entry.pk

    unread, unanswered, talked = closed_after(), closed_after("no_answer"), closed_after("no_answer", "spoke")

    rows = at_chesil.get("/desk/?show=closed").context["groups"][0].rows
    assert {row.entry.pk: row.has_talked for row in rows} == {unread: False, unanswered: False, talked: True}
    page = at_chesil.get("/desk/?show=closed").content.decode()
    assert page.count("spoken</span>") == 1


def test_an_offer_out_is_shown_in_its_row(at_chesil, entry, north, sam):
    TransferFactory(entry=entry, to=north, by=sam)

    page = at_chesil.get("/desk/").content.decode()

    assert "Offered to North" in page


def test_one_spoilt_record_does_not_take_the_queue_away(at_chesil, entry, chesil):
    fine = a_request(chesil)
    Referral.objects.filter(pk=entry.referral_id).update(contact_ct=b"spoilt", story_ct=b"spoilt")

    queue = at_chesil.get("/desk/").content.decode()
    page = at_chesil.get(f"/desk/{entry.referral.reference}/")

    assert "Cannot be opened" in queue and fine in queue
    assert page.status_code == 200 and "This record cannot be opened" in page.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "Juniper Testwood",
        "  juniper   TESTWOOD ",
        "01632 960123",
        "+44 1632 960123",
        "juniper@example.org",
        "JUNIPER@example.org",
        "{reference}",
        "{lower}",
        "{bare}",
    ],
)
def test_a_request_is_found_by_exactly_what_the_family_gave(at_chesil, chesil, words):
    entry = QueueEntryFactory(
        locality=chesil,
        referral__contact={
            "name": "Juniper Testwood",
            "phone": "+441632960123",
            "email": "juniper@example.org",
            "way": "call",
        },
    )
    a_request(chesil, referral__contact={"name": "Somebody Else"})
    reference = entry.referral.reference
    typed = words.format(reference=reference, lower=reference.lower(), bare=reference.replace("-", " "))

    groups = at_chesil.post("/desk/search/", {"q": typed}).context["groups"]

    assert [row.entry for group in groups for row in group.rows] == [entry]


@pytest.mark.parametrize("words", ["Juniper", "Testwood", "01632 960124", "AAA-AAAA-AAA", "%", "'; --", "🙂"])
def test_anything_else_finds_nothing_and_says_so(at_chesil, entry, words):
    page = at_chesil.post("/desk/search/", {"q": words})

    assert page.context["groups"] == []
    assert "Nothing in your teams" in page.content.decode()


def test_a_search_stays_within_ones_own_teams(at_north, entry):
    for words in ("Juniper Testwood", entry.referral.reference, "01632 960123"):
        page = at_north.post("/desk/search/", {"q": words})

        assert page.context["groups"] == []


def test_a_closed_request_is_found_and_one_that_moved_is_not(at_chesil, chesil, north, nell):
    closed = QueueEntryFactory(locality=chesil, closed=True)
    moved = QueueEntryFactory(locality=chesil)
    triage.accept(TransferFactory(entry=moved, to=north), by=nell)

    groups = at_chesil.post("/desk/search/", {"q": "Juniper Testwood"}).context["groups"]

    assert [row.entry for group in groups for row in group.rows] == [closed]


def test_searching_for_too_much_says_how_much_is_taken(at_chesil):
    page = at_chesil.post("/desk/search/", {"q": "x" * 255}).content.decode()

    assert "Search for 254 characters or fewer" in page and "Ensure this value" not in page


def test_searching_for_nothing_says_what_to_enter(at_chesil):
    page = at_chesil.post("/desk/search/", {"q": " "}).content.decode()

    assert escape("Enter a name, phone number, email address or reference") in page


def test_fifty_requests_take_few_queries(at_chesil, chesil, sam, north, django_assert_max_num_queries):
    for _ in range(49):
        QueueEntryFactory(locality=chesil, owner=sam)
    TransferFactory(entry=QueueEntryFactory(locality=chesil), to=north, by=sam)
    TransferFactory(to=chesil)
    at_chesil.get("/desk/")

    with django_assert_max_num_queries(12):
        page = at_chesil.get("/desk/")

    assert len(page.context["groups"][0].rows) == 50


def test_more_than_fifty_make_pages(at_chesil, chesil):
    for _ in range(52):
        QueueEntryFactory(locality=chesil)

    second = at_chesil.get("/desk/?page=2")

    assert len(second.context["groups"][0].rows) == 2
    assert QueueEntry.objects.count() == 52


def test_somebody_in_two_teams_sees_which_is_which(entry, sam, north):
    theirs = QueueEntryFactory(locality=north)
    sam.memberships.create(user=sam, locality=north)

    page = sign_in(Client(), sam).get("/desk/").content.decode()

    assert entry.referral.reference in page and theirs.referral.reference in page
    assert '<td data-label="Team">North</td>' in page


# Times in words: 2026-11-20 is a Friday.


def at(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (at(20, 17), "by 5pm today"),
        (at(21, 12), "by midday tomorrow"),
        (at(24, 16, 30), "by 4:30pm on Tuesday 24 November"),
        (at(20, 9), "was due 9am today"),
        (at(19, 17), "was due 5pm yesterday"),
        (at(16, 17), "was due 5pm Monday 16 November"),
    ],
)
def test_when_a_call_is_due_is_said_as_people_say_it(due, words):
    entry = QueueEntry(state="received", due_at=due, referral=Referral(promised_at=due))

    assert wording.due(entry, at(20, 11)) == words


def test_summer_time_is_told_as_the_clock_shows_it():
    due = at(1, 16, month=7)
    entry = QueueEntry(state="received", due_at=due, referral=Referral(promised_at=due))

    assert wording.due(entry, at(1, 8, month=7)) == "by 5pm today"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=5, minutes=59), "5 hours"),
        (timedelta(days=2), "2 days"),
        (-timedelta(hours=1), "just now"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(passed, words):
    now = at(20, 11)

    assert wording.age_of(now - passed, now) == words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Juniper Testwood", "J T"),
        ("żaneta", "Ż"),
        ("", "–"),
        ("  ", "–"),
        ("A B C D", "A B C"),
        ("محمد علي", "م ع"),
    ],
)
def test_initials_are_all_that_a_list_shows(name, shown):
    assert wording.initials(name) == shown


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"age": 3}, "3 years old"),
        ({"age": "1"}, "1 year old"),
        ({"age": 0}, "under 1 year old"),
        ({"born": "2021-03-27"}, "born 27 March 2021 (5 years old)"),
        ({"born": "2021-11-21"}, "born 21 November 2021 (4 years old)"),
        ({"expected": True, "due": "2027-05-01"}, "due 1 May 2027"),
        ({"expected": True, "due": ""}, "not born yet"),
        ({"age": None}, "age not given"),
        ({"born": "nonsense"}, "age not given"),
        ({}, "age not given"),
    ],
)
def test_a_childs_age_is_told_as_it_was_given(details, words):
    assert wording.years(details, at(20, 11).date()) == words
