"""What must hold before families are let in."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from hubs import checks
from tests.factories.hubs import CouncilFactory, LocalityFactory, MembershipFactory


def found():
    """Return the ids and words of our database checks."""
    messages = run_checks(databases=["default"], tags=["database"])
    return [(message.id, message.msg) for message in messages if message.id.startswith("hubs.")]


@pytest.mark.django_db
def test_all_is_well_with_a_duty_team_and_somebody_in_it():
    MembershipFactory(locality=LocalityFactory(duty=True))

    assert found() == []


@pytest.mark.django_db
def test_a_council_without_a_duty_team_is_named():
    MembershipFactory(locality=LocalityFactory(council=CouncilFactory(name="Dorset")))

    assert found() == [("hubs.W001", "Dorset has no duty team")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "membership", [None, {"over": True}, {"user__is_active": False}, {"role": "auditor"}], ids=str
)
def test_a_team_whose_queue_nobody_can_open_is_named(membership):
    locality = LocalityFactory(duty=True, name="Chesil")
    if membership:
        MembershipFactory(locality=locality, **membership)

    assert found() == [("hubs.W002", "Nobody works in the team Chesil")]


@pytest.mark.django_db
def test_databases_are_left_alone_unless_they_are_to_be_checked(django_assert_num_queries):
    CouncilFactory()

    with django_assert_num_queries(0):
        assert checks.every_council_has_a_duty_team(None) == []
        assert run_checks() is not None


@pytest.mark.django_db
def test_before_the_first_migration_there_is_nothing_to_say(monkeypatch):
    CouncilFactory()
    monkeypatch.setattr(connection.introspection, "table_names", lambda: [])

    assert found() == []
