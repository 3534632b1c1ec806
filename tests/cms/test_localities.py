"""Editing a team: who stands in, who takes what nobody else can, and what may not be deleted."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from hubs.models import Locality
from tests.factories.hubs import (
    CouncilFactory,
    HubFactory,
    LocalityFactory,
    LocalityRuleFactory,
    MembershipFactory,
    UserFactory,
)
from tests.factories.referrals import ManagerFactory, QueueEntryFactory
from tests.signin import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chesil():
    return LocalityFactory(council=CouncilFactory(dorset=True), name="Chesil")


@pytest.fixture
def purbeck(chesil):
    return LocalityFactory(council=chesil.council, name="Purbeck")


@pytest.fixture
def settings_client(client, chesil):
    return sign_in(client, ManagerFactory(of=LocalityFactory(council=chesil.council, name="Wimborne")))


@pytest.fixture
def superuser_client(client):
    return sign_in(client, UserFactory(superuser=True))


def edit(client, locality, **fields):
    data = {
        "council": locality.council_id,
        "name": locality.name,
        "slug": locality.slug,
        "inbox": locality.inbox,
        "phone": locality.phone,
        "members-TOTAL_FORMS": 0,
        "members-INITIAL_FORMS": 0,
        **({"is_duty": "on"} if locality.is_duty else {}),
        **fields,
    }
    data = {name: value for name, value in data.items() if value is not None}
    return client.post(reverse("wagtailsnippets_hubs_locality:edit", args=[locality.pk]), data)


def saved(response):
    assert response.status_code == 302, response.context["form"].errors
    return True


def test_name_inbox_and_cover_are_changed(settings_client, chesil, purbeck):
    response = edit(
        settings_client,
        chesil,
        name="Chesil and Portland",
        inbox="new@example.org",
        cover=purbeck.pk,
        cover_from="2026-12-01",
        cover_to="2026-12-31",
    )

    assert saved(response)
    chesil.refresh_from_db()
    assert (chesil.name, chesil.inbox, chesil.cover) == ("Chesil and Portland", "new@example.org", purbeck)
    assert chesil.is_covered(datetime.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"cover_from": "2026-12-01"}, "Choose the team that covers on these days"),
        ({"cover": "PURBECK", "cover_from": "2026-12-02", "cover_to": "2026-12-01"}, "The last day must be"),
        ({"cover": "ELSEWHERE"}, "Select a valid choice"),
    ],
    ids=["no team", "backwards", "another council"],
)
def test_cover_that_makes_no_sense_is_refused_and_what_was_typed_is_kept(
    settings_client, chesil, purbeck, fields, problem
):
    stand_ins = {"PURBECK": purbeck.pk, "ELSEWHERE": LocalityFactory().pk}
    fields = {name: stand_ins.get(value, value) for name, value in fields.items()}

    page = edit(settings_client, chesil, name="Typed here", **fields).content.decode()

    assert problem in page
    assert 'value="Typed here"' in page
    chesil.refresh_from_db()
    assert chesil.name == "Chesil"


def test_the_duty_is_handed_on_by_ticking_it_at_the_new_team(settings_client, chesil, purbeck):
    Locality.objects.filter(pk=purbeck.pk).update(is_duty=True)

    assert saved(edit(settings_client, chesil, is_duty="on"))

    assert [team.name for team in Locality.objects.filter(is_duty=True)] == ["Chesil"]


def test_another_councils_duty_team_stays(settings_client, chesil):
    elsewhere = LocalityFactory(duty=True)

    assert saved(edit(settings_client, chesil, is_duty="on"))

    elsewhere.refresh_from_db()
    assert elsewhere.is_duty


def test_a_council_is_not_left_without_a_duty_team(settings_client, chesil):
    chesil.is_duty = True
    chesil.save()

    response = edit(settings_client, chesil, is_duty=None)

    assert "The council needs a duty team" in response.content.decode()
    chesil.refresh_from_db()
    assert chesil.is_duty


def test_the_last_who_can_open_the_requests_is_not_taken_away(client, chesil, purbeck):
    manager = ManagerFactory(of=purbeck)
    last = MembershipFactory(locality=chesil)
    row = {
        "members-TOTAL_FORMS": 1,
        "members-INITIAL_FORMS": 1,
        "members-0-id": last.pk,
        "members-0-user": last.user_id,
        "members-0-role": "worker",
        "members-0-starts": "2020-01-01",
    }
    sign_in(client, manager)

    for change in (
        {"members-0-DELETE": "on"},
        {"members-0-ends": "2021-01-01"},
        {"members-0-role": "auditor"},
    ):
        page = edit(client, chesil, **row | change).content.decode()
        assert "Somebody must be able to open this team’s requests" in page
    assert chesil.members.get().role == "worker"
    assert saved(edit(client, chesil, **row | {"members-0-role": "lead"}))


def test_the_page_shows_the_areas_and_leads_to_where_they_are_changed(settings_client, chesil):
    LocalityRuleFactory(locality=chesil, code="E05012698", name="Dorchester West")
    LocalityRuleFactory(
        locality=chesil, code="E05012699", name="Eggardon", valid_from=datetime.date(2127, 4, 1)
    )

    page = settings_client.get(
        reverse("wagtailsnippets_hubs_locality:edit", args=[chesil.pk])
    ).content.decode()

    assert "E05012698 | Dorchester West" in page
    assert "Eggardon" not in page
    assert "1 April 2127" in page
    assert reverse("areas:redraw", args=[chesil.council_id]) in page


def test_saving_a_team_leaves_its_areas_alone(settings_client, chesil):
    LocalityRuleFactory(locality=chesil)

    assert saved(edit(settings_client, chesil, name="Chesil Bank"))

    assert chesil.rules.count() == 1


def test_the_list_says_where_nobody_works(settings_client, chesil, purbeck):
    MembershipFactory(locality=purbeck, user=MembershipFactory(locality=purbeck).user, role="lead")
    MembershipFactory(locality=chesil, over=True)

    page = settings_client.get(reverse("wagtailsnippets_hubs_locality:list"))

    rows = {row.name: row.people for row in page.context["object_list"]}
    assert rows == {"Chesil": 0, "Purbeck": 1, "Wimborne": 1}
    assert "Nobody" in page.content.decode()


def test_the_first_page_names_teams_in_which_nobody_works(settings_client, chesil, purbeck):
    MembershipFactory(locality=purbeck)

    page = settings_client.get("/admin/").content.decode()

    assert "Teams in which nobody works" in page
    assert "Chesil, Dorset" in page
    assert "Purbeck, Dorset" not in page


def test_those_who_do_not_look_after_teams_are_not_told(client, chesil):
    person = UserFactory()
    person.groups.add(Group.objects.get(name="Hub staff"))

    page = sign_in(client, person).get("/admin/").content.decode()

    assert "Chesil" not in page


# Deleting


def delete(client, locality, *, several=False):
    if several:
        path = reverse("wagtail_bulk_action", args=["hubs", "locality", "delete"]) + f"?id={locality.pk}"
    else:
        path = reverse("wagtailsnippets_hubs_locality:delete", args=[locality.pk])
    return client.post(path, follow=True)


@pytest.mark.parametrize("several", [False, True], ids=["alone", "several"])
def test_a_team_with_open_work_is_not_deleted_and_the_page_says_how_much(superuser_client, chesil, several):
    QueueEntryFactory(locality=chesil)
    QueueEntryFactory(locality=chesil)
    QueueEntryFactory(locality=chesil, closed=True)

    page = delete(superuser_client, chesil, several=several).content.decode()

    assert "Chesil, Dorset cannot be deleted. It has: 2 open requests, 1 closed request" in page
    assert Locality.objects.filter(pk=chesil.pk).exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (LocalityRuleFactory, "1 area"),
        (MembershipFactory, "1 membership"),
        (lambda locality: HubFactory(team=locality), "1 hub"),
        (lambda locality: LocalityFactory(council=locality.council, cover=locality), "other records"),
    ],
    ids=["areas", "people", "hubs", "cover"],
)
def test_nor_is_a_team_with_anything_else(superuser_client, chesil, make, words):
    make(locality=chesil)

    page = delete(superuser_client, chesil).content.decode()

    assert f"cannot be deleted. It has: {words}" in page
    assert Locality.objects.filter(pk=chesil.pk).exists()


@pytest.mark.parametrize("several", [False, True], ids=["alone", "several"])
def test_a_team_that_never_had_anything_may_go(superuser_client, chesil, several):
    delete(superuser_client, chesil, several=several)

    assert not Locality.objects.filter(pk=chesil.pk).exists()
