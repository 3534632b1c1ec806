"""Every team has somebody who can open its requests, today and every day."""

import datetime
import logging

import pytest
from django.utils import timezone

from hubs.staffing import empty_teams, tell_of_empty_teams
from referrals import worker
from tests.factories.hubs import LocalityFactory, MembershipFactory

pytestmark = pytest.mark.django_db

TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


@pytest.mark.parametrize(
    "membership",
    [None, {"over": True}, {"user__is_active": False}, {"role": "auditor"}, {"starts": TOMORROW}],
    ids=str,
)
def test_a_team_is_empty_when_nobody_can_open_its_requests(membership):
    chesil = LocalityFactory(name="Chesil")
    MembershipFactory(locality__name="Purbeck", locality__council=chesil.council)
    if membership:
        MembershipFactory(locality=chesil, **membership)

    assert list(empty_teams()) == [chesil]


def test_the_worker_tells_of_empty_teams_once_a_day(caplog):
    LocalityFactory(name="Chesil", council__name="Dorset")
    (job,) = [job for job in worker.JOBS if job.work is tell_of_empty_teams]

    with caplog.at_level(logging.ERROR):
        worker.go_round((job,))
        worker.go_round((job,))

    assert job.every == datetime.timedelta(days=1)
    assert [record.getMessage() for record in caplog.records] == [
        "Nobody works in the team Chesil, Dorset. Nobody can open what families send it"
    ]


def test_nothing_is_said_when_all_is_well(caplog):
    MembershipFactory()

    assert tell_of_empty_teams() == 0
    assert not caplog.records
