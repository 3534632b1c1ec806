"""Which open requests a change of areas would give to another team. Nothing is moved."""

import datetime

import pytest

from hubs.models import LocalityRule
from referrals.models import Event, QueueEntry, Referral
from referrals.moves import would_move
from tests.factories.hubs import (
    CouncilFactory,
    LocalityFactory,
    LocalityRuleFactory,
    MembershipFactory,
    PostcodeFactory,
    TownFactory,
    UserFactory,
)
from tests.factories.referrals import QueueEntryFactory, ReferralFactory

pytestmark = pytest.mark.django_db

WEST, EAST = "E05012698", "E05012706"


@pytest.fixture
def dorset():
    return CouncilFactory(dorset=True)


@pytest.fixture
def chesil(dorset):
    return LocalityFactory(council=dorset, name="Chesil")


@pytest.fixture
def purbeck(dorset):
    return LocalityFactory(council=dorset, name="Purbeck")


def living_at(postcode="", *, town="", secret=False, **fields):
    address = {
        "home": "secret" if secret else "postcode",
        "postcode": postcode,
        "town": town,
        "secret": secret,
    }
    return ReferralFactory(contact={"name": "Juniper", "address": address}, **fields)


def rule(team, code=WEST, kind="ward"):
    return LocalityRule(locality=team, kind=kind, code=code, valid_from=datetime.date(2020, 1, 1))


def manager_of(council):
    person = UserFactory()
    for team in council.localities.all():
        MembershipFactory(user=person, locality=team)
    return person


def moved(council, before, after):
    return [
        (move.reference, move.now.name, move.then.name)
        for move in would_move(council, manager_of(council), before=before, after=after)
    ]


def test_requests_of_the_ward_that_moves_are_named_and_no_others(dorset, chesil, purbeck):
    PostcodeFactory(code="DT11AA", ward=WEST)
    PostcodeFactory(code="DT47AA", ward=EAST)
    here = QueueEntryFactory(locality=chesil, referral=living_at("DT11AA"))
    QueueEntryFactory(locality=chesil, referral=living_at("DT47AA"))
    QueueEntryFactory(locality=chesil, referral=living_at("DT11AA"), closed=True)
    QueueEntryFactory(referral=living_at("DT11AA"))

    found = moved(dorset, [rule(chesil), rule(chesil, EAST)], [rule(purbeck), rule(chesil, EAST)])

    assert found == [(here.referral.reference, "Chesil", "Purbeck")]


def test_nothing_is_moved_and_nothing_recorded(dorset, chesil, purbeck):
    PostcodeFactory(code="DT11AA", ward=WEST)
    QueueEntryFactory(locality=chesil, referral=living_at("DT11AA"))
    before = list(QueueEntry.objects.values()) + list(Referral.objects.values())

    assert moved(dorset, [rule(chesil)], [rule(purbeck)])

    assert list(QueueEntry.objects.values()) + list(Referral.objects.values()) == before
    assert not Event.objects.exists()


def test_a_request_that_is_there_already_does_not_move(dorset, chesil, purbeck):
    PostcodeFactory(code="DT11AA", ward=WEST)
    QueueEntryFactory(locality=purbeck, referral=living_at("DT11AA"))

    assert moved(dorset, [rule(chesil)], [rule(purbeck)]) == []


def test_a_request_that_a_team_took_on_by_hand_is_left_out(dorset, chesil, purbeck):
    PostcodeFactory(code="DT47AA", ward=EAST)
    QueueEntryFactory(locality=chesil, referral=living_at("DT47AA"))

    assert moved(dorset, [rule(purbeck, EAST)], [rule(purbeck, EAST), rule(purbeck)]) == []


def test_an_area_that_loses_its_team_goes_to_the_duty_team(dorset, chesil):
    LocalityFactory(council=dorset, duty=True)
    PostcodeFactory(code="DT11AA", ward=WEST)
    entry = QueueEntryFactory(locality=chesil, referral=living_at("DT11AA"))

    assert moved(dorset, [rule(chesil)], []) == [(entry.referral.reference, "Chesil", "Duty")]


def test_a_postcode_newer_than_the_directory_goes_by_its_letters(dorset, chesil, purbeck):
    entry = QueueEntryFactory(locality=chesil, referral=living_at("DT11AA"))

    found = moved(dorset, [rule(chesil, "DT1", "outcode")], [rule(purbeck, "DT1", "outcode")])

    assert found == [(entry.referral.reference, "Chesil", "Purbeck")]


def test_a_town_goes_by_its_middle_and_somewhere_else_nowhere(dorset, chesil, purbeck):
    TownFactory(name="Dorchester", county="Dorset", ward=WEST)
    entry = QueueEntryFactory(locality=chesil, referral=living_at(town="Dorchester, Dorset"))
    QueueEntryFactory(locality=chesil, referral=living_at(town="council:dorset"))
    QueueEntryFactory(locality=chesil, referral=living_at(town="Atlantis, Dorset"))

    assert moved(dorset, [rule(chesil)], [rule(purbeck)]) == [(entry.referral.reference, "Chesil", "Purbeck")]


def test_a_secret_address_is_counted_and_not_named(dorset, chesil, purbeck):
    TownFactory(name="Dorchester", county="Dorset", ward=WEST)
    QueueEntryFactory(locality=chesil, referral=living_at(town="Dorchester, Dorset", secret=True))

    assert moved(dorset, [rule(chesil)], [rule(purbeck)]) == [("", "Chesil", "Purbeck")]


def test_a_request_that_cannot_be_opened_breaks_nothing(dorset, chesil, purbeck):
    entry = QueueEntryFactory(locality=chesil)
    Referral.objects.filter(pk=entry.referral_id).update(contact_ct=b"spoilt")

    assert moved(dorset, [rule(chesil)], [rule(purbeck)]) == []


def test_many_requests_take_as_many_queries_as_few(dorset, chesil, purbeck, django_assert_max_num_queries):
    for number in range(8):
        code = f"DT1{number}AA"
        PostcodeFactory(code=code, ward=WEST)
        QueueEntryFactory(locality=chesil, referral=living_at(code))
    LocalityRuleFactory(locality=chesil, code=WEST)
    before = list(LocalityRule.objects.select_related("locality__council"))

    manager = manager_of(dorset)

    with django_assert_max_num_queries(4):
        assert len(would_move(dorset, manager, before=before, after=[rule(purbeck)])) == 8


def test_who_may_not_open_a_request_is_not_told_that_it_would_move(dorset, chesil, purbeck):
    PostcodeFactory(code="DT11AA", ward=WEST)
    QueueEntryFactory(locality=chesil, referral=living_at("DT11AA"))
    elsewhere = MembershipFactory(locality=purbeck).user

    assert would_move(dorset, elsewhere, before=[rule(chesil)], after=[rule(purbeck)]) == []
