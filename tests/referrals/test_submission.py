"""Sending: all or nothing, once, to the right team."""

import re
import threading
import uuid
from collections import Counter
from unittest import mock

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from hubs.models import Locality, Town
from referrals import contact, outbox, submission
from referrals.models import (
    Agreement,
    Event,
    Message,
    Person,
    QueueEntry,
    Referral,
    SharingChoice,
)
from tests.referrals.family import STORY, answers, dorset

EVERYTHING = (Referral, Person, SharingChoice, Agreement, QueueEntry, Event, Message)


@pytest.fixture
def council(db):
    return dorset()


def send(key=None, **changed):
    return submission.send(answers(**changed), submission_key=key or uuid.uuid4())


def test_one_request_leaves_all_its_rows(council):
    referral = send()

    entry = referral.entries.get()
    assert (entry.locality.name, entry.state, entry.due_at) == ("Chesil", "received", referral.promised_at)
    assert [event.kind for event in referral.events.all()] == ["sent", "routed"]
    assert Message.objects.get().about == entry
    assert referral.agreements.get().wording_version == "2026-11"
    assert dict(referral.sharing_choices.values_list("agency", "choice")) == {
        "school": "yes",
        "health": "ask",
        "police": "no",
        "housing": "ask",
        "voluntary": "ask",
    }


def test_what_was_said_is_sealed_and_can_be_read_again(council):
    referral = Referral.objects.get(pk=send().pk)

    assert referral.story == {"story": STORY, "danger": "no", "asking_for": "family", "family_agrees": ""}
    assert referral.contact["phone"] == "+447700900982"
    assert referral.contact["safety"] == {
        "leave_message": "no",
        "say_who": "no",
        "times": "after 10",
        "anything_else": "",
    }
    assert referral.contact["address"] == {
        "home": "postcode",
        "postcode": "DT49ZZ",
        "town": "",
        "secret": False,
        "pass_on_to": "",
    }
    assert referral.people.get().details["first_name"] == "Robin"
    assert STORY.encode() not in bytes(referral.story_ct)


def test_it_is_found_again_by_phone_and_name(council):
    referral = send()

    assert bytes(referral.phone_index) == contact.phone_index(contact.phone("07700900982"))
    assert bytes(referral.name_index) == contact.name_index(" JUNIPER ")
    assert referral.email_index is None


@pytest.mark.parametrize(
    ("asking_for", "source"),
    [
        ("family", "self"),
        ("looked_after", "kinship"),
        ("myself", "young_person"),
        ("another", "professional"),
    ],
)
def test_who_asks_is_kept(council, asking_for, source):
    referral = send(
        who={"asking_for": asking_for},
        agreed={"family_agrees": "yes"},
        your_age={"known": "age", "age": 16, "born": "", "due": ""},
        keep_from={"keep_from_parent": "yes"},
    )

    assert referral.source == source


@pytest.mark.parametrize(("danger", "urgency"), [("no", 0), ("soon", 1), ("unsure", 1), ("now", 2)])
def test_danger_makes_it_urgent_and_the_promise_short(council, danger, urgency):
    referral = send(right_now={"danger": danger}, danger_now={"also_call": "yes"})

    days = council.call_soon_within_days if urgency else council.call_within_days
    assert referral.urgency == urgency
    assert (referral.promised_at - referral.received_at).days >= days - 1
    assert (send().promised_at > referral.promised_at) == bool(urgency)


def test_those_who_will_ring_are_promised_nothing_but_keep_their_place(council):
    rings = send(way={"way": "ring"}, reach=None, safely=None)
    called = send()

    assert rings.promised_at is None
    assert rings.entries.get().due_at == called.entries.get().due_at == called.promised_at


def test_a_young_person_is_the_child_of_their_request(council):
    referral = send(
        who={"asking_for": "myself"},
        children=None,
        your_age={"known": "born", "age": None, "born": "2010-03-01", "due": ""},
        keep_from={"keep_from_parent": "yes"},
    )

    details = referral.people.get().details
    assert (details["first_name"], details["born"]) == ("Juniper", "2010-03-01")
    assert referral.contact["safety"]["keep_from_parent"] == "yes"


@pytest.mark.parametrize(("age", "soon"), [(13, True), (15, True), (16, False)])
def test_young_people_below_the_councils_age_are_called_soon(council, age, soon):
    young = send(
        who={"asking_for": "myself"},
        your_age={"known": "age", "age": age, "born": "", "due": ""},
        keep_from={"keep_from_parent": "no"},
    )

    assert young.urgency == Referral.Urgency.ROUTINE
    assert (young.promised_at < send().promised_at) == soon


def test_children_of_another_branch_are_dropped(council):
    referral = send(
        who={"asking_for": "myself"},
        your_age={"known": "age", "age": 16, "born": "", "due": ""},
        keep_from={"keep_from_parent": "no"},
    )

    assert [person.details["first_name"] for person in referral.people.all()] == ["Juniper"]


def test_several_children_keep_their_order(council):
    children = [{"first_name": name, "known": "age", "age": 3} for name in ("Robin", "Wren", "Fern")]
    children.append({"known": "due", "due": ""})

    referral = send(children=children)

    assert [p.details["first_name"] for p in referral.people.all()] == ["Robin", "Wren", "Fern", ""]
    assert referral.people.last().details["expected"]


def test_no_fixed_address_goes_by_town(council):
    referral = send(where={"home": "no_fixed", "postcode": ""}, town={"town": str(Town.objects.get())})

    assert referral.entries.get().locality.name == "Chesil"


def test_somewhere_else_in_the_council_goes_to_the_duty_team(council):
    referral = send(where={"home": "secret", "postcode": ""}, town={"town": f"council:{council.slug}"})

    assert referral.entries.get().locality.is_duty
    assert referral.contact["address"]["secret"]


def test_another_councils_address_stores_nothing(council):
    with pytest.raises(submission.OutOfArea):
        send(where={"home": "postcode", "postcode": "SW1A1AA", "served": True})

    assert not any(model.objects.exists() for model in EVERYTHING)


@pytest.mark.parametrize(
    "slug", ["right-now", "who", "where", "story", "children", "name", "way", "agreement", "sharing"]
)
def test_each_required_answer_is_required(council, slug):
    with pytest.raises(submission.Unfinished) as problem:
        send(**{slug.replace("-", "_"): None})

    assert slug in problem.value.slugs
    assert not any(model.objects.exists() for model in EVERYTHING)


@pytest.mark.parametrize("way", ["email", "someone"])
def test_a_way_without_its_address_is_not_sent(council, way):
    with pytest.raises(submission.Unfinished):
        send(way={"way": way}, reach={"phone": "+447700900982" if way == "email" else "", "email": ""})

    assert not Referral.objects.exists()


def test_an_answer_that_ends_the_journey_is_never_sent(council):
    with pytest.raises(submission.Unfinished):
        send(who={"asking_for": "another"}, agreed={"family_agrees": "not_safe"})

    assert not Referral.objects.exists()


def test_sending_again_returns_the_same_request(council):
    key = uuid.uuid4()
    first = send(key)

    again = send(key, story={"story": "something else"})

    assert again.pk == first.pk
    assert Referral.objects.get().story["story"] == STORY
    assert Message.objects.count() == QueueEntry.objects.count() == 1


def test_a_reference_that_is_taken_is_drawn_again(council):
    taken = send().reference
    drawn = iter([taken, taken, "AAA-BBBB-CCC"])

    with mock.patch.object(submission, "new_reference", lambda: next(drawn)):
        referral = send()

    assert referral.reference == "AAA-BBBB-CCC"


def test_a_failure_half_way_leaves_nothing(council):
    with mock.patch.object(outbox, "post", side_effect=IntegrityError), pytest.raises(IntegrityError):
        send()

    assert not any(model.objects.exists() for model in EVERYTHING)


def test_references_can_be_read_out_and_follow_no_order():
    drawn = [submission.new_reference() for _ in range(5_000)]

    assert all(re.fullmatch("[A-HJ-NP-Z]{3}-[A-HJ-NP-Z]{4}-[A-HJ-NP-Z]{3}", each) for each in drawn)
    assert len(set(drawn)) == len(drawn)
    counts = Counter("".join(drawn).replace("-", ""))
    expected = 50_000 / 24
    # 99.99 % point of chi squared with 23 degrees of freedom.
    assert sum((n - expected) ** 2 / expected for n in counts.values()) < 57


@pytest.mark.django_db(transaction=True)
def test_twenty_sends_of_one_draft_make_one_request():
    dorset()
    key, start, results = uuid.uuid4(), threading.Barrier(20), []

    def one():
        start.wait()
        try:
            results.append(send(key).reference)
        except BaseException as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(results) == {Referral.objects.get().reference}
    assert len(results) == 20
    assert {model.__name__: model.objects.count() for model in EVERYTHING} == {
        "Referral": 1,
        "Person": 1,
        "SharingChoice": 5,
        "Agreement": 1,
        "QueueEntry": 1,
        "Event": 2,
        "Message": 1,
    }


def test_sending_asks_the_database_a_bounded_number_of_times(council, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        send()


def test_a_later_moment_may_be_given(council):
    long_ago = timezone.now() - timezone.timedelta(days=3)

    referral = submission.send(answers(), submission_key=uuid.uuid4(), received_at=long_ago)

    assert referral.received_at == referral.entries.get().arrived_at == long_ago
    assert [(event.kind, event.at) for event in referral.events.all()] == [
        (Event.Kind.SENT, long_ago),
        (Event.Kind.ROUTED, long_ago),
    ]


def test_every_team_may_be_reached(council):
    for locality, code in (("Chesil", "DT49ZZ"), ("Dorchester", "DT19XX")):
        referral = send(where={"home": "postcode", "postcode": code})

        assert referral.entries.get().locality == Locality.objects.get(name=locality)
