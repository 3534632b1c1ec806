"""Who decides who works at a desk: a manager of the council, about others, and nobody who only edits listings."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from hubs.models import Membership
from tests.factories.hubs import CouncilFactory, LocalityFactory, MembershipFactory, UserFactory
from tests.factories.referrals import ManagerFactory
from tests.signin import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chesil():
    return LocalityFactory(council=CouncilFactory(dorset=True), name="Chesil")


@pytest.fixture
def lead():
    person = UserFactory()
    person.groups.set(Group.objects.filter(name__in=["Council settings", "Content leads"]))
    return person


@pytest.fixture
def manager(chesil):
    return ManagerFactory(of=chesil)


def address(locality):
    return reverse("wagtailsnippets_hubs_locality:edit", args=[locality.pk])


def form_of(locality, *members):
    """The fields of the form, with these new members: (user, role) each."""
    kept = list(locality.members.order_by("pk"))
    data = {
        "council": locality.council_id,
        "name": locality.name,
        "slug": locality.slug,
        "inbox": locality.inbox,
        "phone": locality.phone,
        "rules-TOTAL_FORMS": 0,
        "rules-INITIAL_FORMS": 0,
        "members-TOTAL_FORMS": len(kept) + len(members),
        "members-INITIAL_FORMS": len(kept),
    }
    for place, membership in enumerate(kept):
        row = {
            "id": membership.pk,
            "user": membership.user_id,
            "role": membership.role,
            "starts": "2020-01-01",
        }
        data |= {f"members-{place}-{name}": value for name, value in row.items()}
        data[f"initial-members-{place}-starts"] = "2020-01-01"
    for place, (user, role) in enumerate(members, len(kept)):
        row = {"user": user.pk, "role": role, "starts": "2026-01-01"}
        data |= {f"members-{place}-{name}": value for name, value in row.items()}
    return data


def test_a_content_lead_cannot_let_herself_in(client, chesil, lead):
    sign_in(client, lead)

    page = client.get(address(chesil))
    saved = client.post(address(chesil), form_of(chesil, (lead, "manager")))

    assert (page.status_code, saved.status_code) == (404, 404)
    assert not lead.memberships.exists()


def test_a_manager_takes_somebody_on(client, chesil, manager):
    sign_in(client, manager)
    newcomer = UserFactory()

    response = client.post(address(chesil), form_of(chesil, (newcomer, "worker")))

    assert response.status_code == 302, response.context["form"].errors
    assert newcomer.memberships.get().locality == chesil


def test_somebody_whom_another_window_took_on_already_is_named_not_an_error(client, chesil, manager):
    sign_in(client, manager)
    newcomer = UserFactory()
    second_window = form_of(chesil, (newcomer, "worker"))
    client.post(address(chesil), form_of(chesil, (newcomer, "worker")))

    response = client.post(address(chesil), second_window)

    assert "That person is listed twice. Another window has added this row" in response.content.decode()
    assert newcomer.memberships.count() == 1


def test_a_manager_does_not_change_their_own_place(client, chesil, manager):
    sign_in(client, manager)

    response = client.post(address(chesil), form_of(chesil, (manager, "auditor")))

    assert "Ask another manager" in response.content.decode()
    assert manager.memberships.count() == 1


def test_a_manager_decides_for_the_own_council_only(client, manager):
    sign_in(client, manager)
    elsewhere = LocalityFactory(name="Bilston")
    friend = UserFactory()

    response = client.post(address(elsewhere), form_of(elsewhere, (friend, "worker")))

    assert response.status_code == 404
    assert not Membership.objects.filter(locality=elsewhere).exists()


def test_a_team_is_not_moved_to_another_council_even_by_a_manager_of_both(client, chesil, manager):
    other = MembershipFactory(user=manager, role="manager").locality.council
    sign_in(client, manager)

    response = client.post(address(chesil), form_of(chesil) | {"council": other.pk})

    assert "A team stays with its council" in response.content.decode()
    chesil.refresh_from_db()
    assert chesil.council != other
