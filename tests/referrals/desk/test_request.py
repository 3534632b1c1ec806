"""One request: what its worker reads, what is safe, and forms that lose nothing."""

import html
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals import audit, triage
from referrals.desk import wording
from referrals.models import AccessLog, ContactTry, Event, Note, Outcome, Transfer
from tests.factories.hubs import LocalityFactory
from tests.factories.referrals import (
    QueueEntryFactory,
    SharingChoiceFactory,
    TransferFactory,
    WorkerFactory,
)
from tests.signin import sign_in

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</blockquote><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ request.user }}{% load x %}",
    "<!-- --><iframe srcdoc='<script>1</script>'>",
    "\u202egnp.exe <b>",
    "&lt;script&gt;",
]


def url(name, entry):
    return reverse(f"desk:{name}", args=[entry.referral.reference])


def read(client, entry):
    return client.get(url("request", entry)).content.decode()


def contact(**changes):
    return {
        "name": "Saffron Mockingham",
        "way": "call",
        "phone": "+447700900123",
        "email": "saffron@example.org",
        "person": "",
        "safety": {},
        "address": {"home": "postcode", "postcode": "WV149ZZ"},
    } | changes


@pytest.fixture
def mine(entry, sam):
    return triage.claim(entry, by=sam)


def test_the_story_is_there_as_it_was_told(at_chesil, entry):
    SharingChoiceFactory(referral=entry.referral, agency="school", choice="ask")
    SharingChoiceFactory(referral=entry.referral, agency="school", choice="no")

    page = read(at_chesil, entry)

    assert "Not sleeping, and my partner works away.\nA toddler group and a chat would help." in page
    assert "Juniper Testwood" in page and "Robin" in page and "3 years old" in page
    assert "School or nursery" in page and "Ask me first" not in page


def test_an_uncertain_area_says_why(at_chesil, chesil):
    entry = QueueEntryFactory(
        locality=chesil, referral__routed_surely=False, referral__routed_why="BH21 lies in two councils"
    )

    page = read(at_chesil, entry)

    assert "Check the area" in page and "BH21 lies in two councils" in page


def test_a_request_of_a_family_elsewhere_asks_to_be_passed_on(at_chesil, chesil):
    entry = QueueEntryFactory(
        locality=chesil,
        referral__routed_how="out_of_area",
        referral__routed_surely=False,
        referral__routed_why="They ask us to pass this on to Devon County Council",
    )

    page = read(at_chesil, entry)

    assert "Pass this on" in page and "to Devon County Council" in page
    assert "Check the area" not in page


@pytest.mark.parametrize("way", ["call", "text", "email", "someone"])
def test_what_was_promised_is_to_get_in_touch(at_chesil, chesil, way):
    entry = QueueEntryFactory(locality=chesil, referral__contact=contact(way=way))

    page = read(at_chesil, entry)

    assert "We promised to get in touch" in page and "call</dt>" not in page


def test_those_who_will_ring_were_promised_nothing_and_are_not_to_be_contacted(at_chesil, chesil, sam):
    long_ago = timezone.now() - timedelta(days=9)
    entry = QueueEntryFactory(locality=chesil, owner=sam, referral__rings=True, due_at=long_ago)

    page = read(at_chesil, entry)

    assert "They will ring us" in page and "Wait for them to ring" in page and "Record that they rang" in page
    for contradiction in ("We promised", "Overdue", "Start contacting", "Make contact"):
        assert contradiction not in page


def test_a_promise_to_pass_a_request_on_is_told_as_that(at_chesil, chesil):
    entry = QueueEntryFactory(locality=chesil, referral__rings=True, referral__promised_at=timezone.now())

    page = read(at_chesil, entry)

    assert "They will ring us" in page and "We promised to pass it on" in page


def test_a_closed_request_does_not_ask_to_check_the_area(at_chesil, chesil):
    entry = QueueEntryFactory(locality=chesil, closed=True, referral__routed_surely=False)

    assert "Check the area" not in read(at_chesil, entry)


@pytest.mark.parametrize("blob", [{}, {"safety": None, "address": None}, {"name": None}])
def test_a_request_with_gaps_is_still_drawn(at_chesil, chesil, blob):
    entry = QueueEntryFactory(locality=chesil)
    entry.referral.contact = blob
    entry.referral.story = blob
    entry.referral.save()

    assert at_chesil.get(url("request", entry)).status_code == 200
    assert at_chesil.post(url("contact", entry), {"read": "on"}).status_code == 200
    assert at_chesil.get("/desk/").status_code == 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whatever_a_family_writes_is_only_words(at_chesil, chesil, sam, payload):
    entry = QueueEntryFactory(
        locality=chesil,
        referral__story={"story": payload, "danger": payload, "asking_for": payload},
        referral__contact=contact(
            name=payload,
            person=payload,
            email=payload,
            safety={"times": payload, "anything_else": payload},
            address={"home": payload, "town": payload, "postcode": ""},
        ),
        referral__children__names=[payload],
        referral__routed_surely=False,
        referral__routed_why=payload,
    )
    triage.note(entry, by=sam, text=payload)

    pages = read(at_chesil, entry) + at_chesil.post(url("contact", entry), {"read": "on"}).content.decode()
    pages += at_chesil.get("/desk/").content.decode() + at_chesil.get(url("close", entry)).content.decode()

    shown = escape(payload)
    assert shown in pages
    if "<" in payload:
        assert payload not in pages


# How to reach them safely


def test_the_number_is_hidden_until_the_worker_has_read_what_is_safe(at_chesil, chesil, sam):
    entry = QueueEntryFactory(locality=chesil, referral__contact=contact())

    before = read(at_chesil, entry)
    unread = at_chesil.post(url("contact", entry), {})
    after = at_chesil.post(url("contact", entry), {"read": "on"}).content.decode()

    for private in ("07700 900123", "+447700900123", "saffron@example.org", "WV14"):
        assert private not in before + unread.content.decode()
    for private in ("07700 900123", "saffron@example.org", "WV14 9ZZ"):
        assert private in after
    assert "Read how to contact them, then tick the box" in unread.content.decode()
    assert AccessLog.objects.filter(kind="contact", user=sam, entry=entry).count() == 1


def rules(**changes):
    return [rule.text + rule.words for rule in wording.contact_rules(contact(**changes))]


@pytest.mark.parametrize("way", ["call", "text", "email", "someone"])
@pytest.mark.parametrize(("who", "message"), list(itertools.product(["yes", "no", "", None], repeat=2)))
def test_only_a_clear_yes_is_safe(way, who, message):
    told = " ".join(rules(way=way, safety={"say_who": who, "leave_message": message}))

    assert ("may say who you are" in told) == (who == "yes")
    assert ("You may leave a message" in told or "Others may see" in told) == (message == "yes")


def test_each_way_says_what_not_to_do():
    assert "Send a text only" in rules(way="text")[0]
    assert rules(way="ring") == ["Do not contact them. They will ring you."]
    assert rules(way="someone", person="Aunt Rue")[0].endswith("family:Aunt Rue")
    assert "Ask a lead" in rules(way="")[0]
    assert "Only at these times:10 to 2" in rules(safety={"times": "10 to 2"})
    assert any("parent" in rule for rule in rules(safety={"keep_from_parent": "unsure"}))
    assert any("address is secret" in rule for rule in rules(address={"secret": True}))


# What can be done


def test_from_claim_to_close_by_hand(at_chesil, entry, sam):
    at_chesil.post(url("claim", entry))
    at_chesil.post(url("start-contacting", entry))
    at_chesil.post(url("try", entry), {"way": "call", "result": "no_answer", "text": "Rang at ten"})
    at_chesil.post(url("note", entry), {"text": "Will ring tomorrow"})
    at_chesil.post(url("spoken", entry))
    at_chesil.post(url("decide", entry), {"words": "The toddler group"})
    page = read(at_chesil, entry)
    given = {
        "as_": "finished",
        "outcomes_0": ["advice_info", "signposted_hub_activity"],
        "reason_0": "Tuesdays",
    }
    closed = at_chesil.post(url("close", entry), given, follow=True)

    entry.refresh_from_db()
    assert (entry.state, entry.closed_as, entry.owner) == ("closed", "finished", sam)
    assert Outcome.objects.count() == 2
    for line in (
        "Claimed",
        "Phone call: no answer",
        "Rang at ten",
        "Will ring tomorrow",
        "The toddler group",
    ):
        assert line in page
    assert "Told about a hub activity" in closed.content.decode()
    assert url("note", entry) not in closed.content.decode()


def test_offering_taking_back_and_offering_again(at_chesil, at_north, mine, north):
    at_chesil.post(url("offer", mine), {"to": north.pk, "reason": "Moved to Blandford"})
    assert "Offered to" in read(at_chesil, mine) and "Moved to Blandford" not in read(at_chesil, mine)
    at_chesil.post(url("withdraw-offer", mine))
    assert at_north.get(url("offered", mine)).status_code == 404
    at_chesil.post(url("offer", mine), {"to": north.pk, "reason": "They have the keys"})

    answer = at_north.post(url("offered", mine), {"reason": "Wrong side of the street"}, follow=True)

    assert "Returned to the Chesil Family Help team" in answer.content.decode()
    assert "Wrong side of the street" in read(at_chesil, mine)
    assert Transfer.objects.filter(returned_at__isnull=False).count() == 1


def test_an_offer_tells_its_time_as_everywhere_and_goes_to_the_team(at_north, entry, north, sam):
    morning = datetime(2026, 11, 16, 9, 28, tzinfo=UTC)
    TransferFactory(entry=entry, to=north, by=sam, offered_at=morning)

    offered, queue = read_at(at_north, url("offered", entry)), read_at(at_north, "/desk/")

    assert "9:28am on Monday 16 November" in offered and "9:28am on Monday 16 November" in queue
    assert "Then it is your team’s" in offered


def read_at(client, path):
    return client.get(path).content.decode()


def test_an_extension_is_shown_and_dialled(at_chesil, chesil):
    entry = QueueEntryFactory(locality=chesil, referral__contact=contact(phone="+441632960001 ext. 5"))

    page = at_chesil.post(url("contact", entry), {"read": "on"}).content.decode()

    assert '<a href="tel:+441632960001;ext=5">01632 960001 ext. 5</a>' in page


def test_a_lead_gives_work_to_a_colleague(entry, chesil, client):
    from tests.signin import sign_in

    lead = WorkerFactory(of=chesil, of__role="lead")
    colleague = WorkerFactory(of=chesil, first_name="Wren", last_name="Example")
    stranger = WorkerFactory(of=LocalityFactory())
    sign_in(client, lead)

    refused = client.post(url("assign", entry), {"to": stranger.pk})
    client.post(url("assign", entry), {"to": colleague.pk})

    entry.refresh_from_db()
    assert "Choose a colleague from the list" in refused.content.decode()
    assert entry.owner == colleague
    assert "Given to Wren Example" in read(client, entry)


def test_a_typed_decision_stays_when_a_colleague_was_quicker(at_chesil, mine, sam, chesil):
    lead = WorkerFactory(of=chesil, of__role="lead")
    triage.start_contacting(mine, by=sam)
    triage.close(
        mine,
        by=lead,
        outcomes=[
            triage.ChildOutcome(child, Outcome.Code.ADVICE_INFO) for child in mine.referral.people.all()
        ],
    )

    response = at_chesil.post(url("decide", mine), {"words": "We agreed on Tuesdays"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "This request is closed" in page and "We agreed on Tuesdays" in page
    assert not Note.objects.exists()


def test_a_typed_note_stays_when_the_request_was_closed_meanwhile(at_chesil, chesil):
    entry = QueueEntryFactory(locality=chesil, closed=True)

    page = at_chesil.post(url("note", entry), {"text": "She rang back"}).content.decode()

    assert "This request is closed" in page
    assert not Note.objects.exists()
    assert "She rang back" in page


def test_accepting_what_was_withdrawn_is_a_404_and_changes_nothing(at_north, entry, north, sam):
    offer = TransferFactory(entry=entry, to=north, by=sam)
    triage.withdraw_offer(offer, by=sam)

    assert at_north.post(url("accept", entry)).status_code == 404
    entry.refresh_from_db()
    assert entry.state == "received"


def test_no_further_action_is_offered_to_leads_only(at_chesil, mine, chesil):
    at_lead = sign_in(Client(), WorkerFactory(of=chesil, of__role="lead"))

    assert "No further action" in at_lead.get(url("close", mine)).content.decode()
    assert "No further action" not in at_chesil.get(url("close", mine)).content.decode()


def test_no_further_action_is_refused_to_a_worker_who_sends_it_all_the_same(at_chesil, mine):
    given = {"as_": "finished", "outcomes_0": ["no_further_action"], "reason_0": "Help is there already"}

    page = at_chesil.post(url("close", mine), given).content.decode()

    assert "Choose outcomes for Robin from the list" in page and "Help is there already" in page
    mine.refresh_from_db()
    assert mine.state == "received"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.sampled_from(PAYLOADS)
CHOICE = st.sampled_from(["call", "spoke", "finished", "advice_info", "", "nonsense", "-1", "999999"]) | TEXT
FORMS = {
    "note": ["text"],
    "try": ["way", "result", "text"],
    "decide": ["words"],
    "offer": ["to", "reason"],
    "assign": ["to"],
    "close": ["as_", "outcomes_0", "reason_0"],
    "contact": ["read"],
}
WORDS = {"text", "words", "reason", "reason_0"}


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_typed_is_taken_or_kept_with_a_message(at_chesil, chesil, sam, name, data):
    entry = QueueEntryFactory(locality=chesil, owner=sam, state="contacting")
    given_ = {field: data.draw(TEXT if field in WORDS else CHOICE, label=field) for field in FORMS[name]}

    response = at_chesil.post(url(name, entry), given_)

    assert response.status_code in (200, 302)
    if response.status_code == 200 and name != "contact":
        page = response.content.decode()
        assert "There is a problem" in page
        for field in WORDS & given_.keys():
            value = response.context["form"][field].value()
            assert value == given_[field]
            assert value in html.unescape(page)


@pytest.mark.parametrize("name", ["note", "decide", "offer"])
def test_words_that_are_too_long_are_kept_with_a_message(at_chesil, mine, sam, north, name):
    triage.start_contacting(mine, by=sam)
    field = {"note": "text", "decide": "words", "offer": "reason"}[name]

    page = at_chesil.post(url(name, mine), {field: "x" * 5001, "to": north.pk}).content.decode()

    assert "Write 5,000 characters or fewer" in page and "x" * 5001 in page
    assert Event.objects.filter(kind__in=["noted", "transfer_offered"]).count() == 0


def test_a_page_takes_few_queries(at_chesil, mine, sam, north, django_assert_max_num_queries):
    for number in range(12):
        triage.note(mine, by=sam, text=f"Note {number}")
        triage.record_try(mine, by=sam, way=ContactTry.Way.CALL, result=ContactTry.Result.NO_ANSWER)
    triage.offer(mine, to=north, by=sam, reason="Moved")
    audit.record(mine.referral, Event.Kind.ASSIGNED, entry=mine, by=sam, owner=sam.pk)
    at_chesil.get(url("request", mine))

    with django_assert_max_num_queries(20):
        at_chesil.get(url("request", mine))
