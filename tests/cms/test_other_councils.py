"""One installation, several councils: what nobody sees or changes of a council that they do not manage."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from cms.permissions import managed_councils
from hubs.models import Council, Locality, Membership
from tests.cms.admin_addresses import SCREENS, addresses, chooser_addresses, screens
from tests.factories.hubs import (
    CouncilFactory,
    CouncilNumberFactory,
    LocalityFactory,
    LocalityRuleFactory,
    MembershipFactory,
    PostcodeFactory,
    UserFactory,
)
from tests.factories.referrals import ManagerFactory
from tests.signin import sign_in

pytestmark = pytest.mark.django_db

NOT_THERE = 4711
WITHOUT_RECORD = {"list", "list_results", "add"}
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


@pytest.fixture
def here():
    return LocalityFactory(council=CouncilFactory(dorset=True), name="Chesil")


@pytest.fixture
def there():
    return LocalityFactory(council=CouncilFactory(name="Wolverhampton", ons_code="E08000031"), name="Bilston")


def in_groups(*names, **membership):
    person = UserFactory()
    person.groups.set(Group.objects.filter(name__in=names))
    if membership:
        MembershipFactory(user=person, **membership)
    return person


def with_every_right_to_them():
    """Return what somebody could be given by mistake: all rights to councils and teams, for no council."""
    group = Group.objects.get(name="Council settings")
    models = Permission.objects.filter(content_type__app_label="hubs", content_type__model__in=SCREENS)
    group.permissions.add(*models.filter(content_type__model__in=["council", "locality"]))


STRANGERS = {
    "a manager elsewhere": lambda here, there: ManagerFactory(of=here),
    "a manager elsewhere, who works here": lambda here, there: (
        MembershipFactory(user=ManagerFactory(of=here), locality=there).user
    ),
    "a lead here": lambda here, there: in_groups("Council settings", locality=there, role="lead"),
    "an auditor here": lambda here, there: in_groups("Council settings", locality=there, role="auditor"),
    "a manager until lately": lambda here, there: in_groups(
        "Council settings", locality=there, role="manager", over=True
    ),
    "a manager from tomorrow": lambda here, there: in_groups(
        "Council settings", locality=there, role="manager", starts=TOMORROW
    ),
    "of the group alone": lambda here, there: in_groups("Council settings"),
    "hub staff": lambda here, there: in_groups("Hub staff"),
    "a partner": lambda here, there: in_groups("Partners"),
}
"""Everybody who manages nothing of `there`, and how to make them."""
CONTENT_LEAD = {"a content lead": lambda here, there: in_groups("Content leads", "Council settings")}


def same(client, path, other_path, data=None):
    """Say whether two addresses answer alike, byte by byte, to looking and to posting."""
    for ask in (client.get, client.post):
        answers = [ask(each, data) for each in (path, other_path)]
        if len({(answer.status_code, answer.content) for answer in answers}) > 1:
            return False
        if answers[0].status_code != 404:
            return False
    return True


def record_addresses(record):
    """Yield (name, address of the record, address of one that is not there)."""
    viewset = screens()[record._meta.model_name]
    gone = type(record)(pk=NOT_THERE)
    missing = addresses(viewset, gone, None)
    for name, path in addresses(viewset, record, None).items():
        if name not in WITHOUT_RECORD:
            yield name, path, missing[name]


def areas_of(council_pk):
    return [reverse(f"areas:{name}", args=[council_pk]) for name in ("coverage", "redraw")]


def posted(locality, **fields):
    return {
        "council": locality.council_id,
        "name": locality.name,
        "slug": locality.slug,
        "inbox": locality.inbox,
        "phone": locality.phone,
        "members-TOTAL_FORMS": 0,
        "members-INITIAL_FORMS": 0,
        **fields,
    }


def edit(locality):
    return reverse("wagtailsnippets_hubs_locality:edit", args=[locality.pk])


ADD = "wagtailsnippets_hubs_locality:add"


# What is somebody else's


@pytest.mark.parametrize("rights", ["usual", "every"])
@pytest.mark.parametrize("who", STRANGERS)
def test_another_councils_records_are_as_records_that_are_not_there(here, there, who, rights):
    if rights == "every":
        with_every_right_to_them()
    client = sign_in(Client(), STRANGERS[who](here, there))
    theirs = (there, there.council)
    before = [type(row).objects.filter(pk=row.pk).values().get() for row in theirs]

    pairs = [pair for row in theirs for pair in record_addresses(row)]
    areas = zip(("coverage", "redraw"), areas_of(there.council_id), areas_of(NOT_THERE), strict=True)
    unlike = [
        name
        for name, path, missing in [*pairs, *areas]
        if not same(client, path, missing, {"name": "Taken over", "inbox": "thief@example.org", "on": ""})
    ]

    assert len(pairs) > 8
    assert unlike == []
    assert [type(row).objects.filter(pk=row.pk).values().get() for row in theirs] == before


@pytest.mark.parametrize("who", STRANGERS | CONTENT_LEAD)
def test_nothing_that_lists_names_another_councils_team(here, there, who):
    client = sign_in(Client(), (STRANGERS | CONTENT_LEAD)[who](here, there))
    lists = [reverse(f"wagtailsnippets_hubs_locality:{name}") for name in ("list", "list_results", "add")]
    lists += [f"{lists[0]}?council={there.council_id}", f"{lists[0]}?q=Bils"]
    lists += ["/admin/", reverse("areas:councils")]

    pages = [client.get(path) for path in lists]

    assert {page.status_code for page in pages} <= {200, 302, 404}
    # Which councils there are is no secret to those who look after the pages of all of them.
    hidden = ["Bilston"] if who in CONTENT_LEAD else ["Bilston", "Wolverhampton"]
    assert [
        (page.request["PATH_INFO"], name)
        for page in pages
        for name in hidden
        if name in page.content.decode()
    ] == []


@pytest.mark.parametrize("who", STRANGERS)
def test_choosers_neither_offer_nor_name_what_is_another_councils(here, there, who):
    client = sign_in(Client(), STRANGERS[who](here, there))

    for record in (there, there.council):
        viewset = screens()[record._meta.model_name]
        missing = chooser_addresses(viewset, type(record)(pk=NOT_THERE))
        for name, path in chooser_addresses(viewset, record).items():
            answer, nobody = client.get(path), client.get(missing[name])
            assert answer.status_code == nobody.status_code, name
            assert record.name not in answer.content.decode(), name


def test_a_bulk_deletion_leaves_and_does_not_name_another_councils_teams(here, there):
    with_every_right_to_them()
    client = sign_in(Client(), ManagerFactory(of=here))
    path = reverse("wagtail_bulk_action", args=["hubs", "locality", "delete"])

    for chosen in (f"?id={there.pk}", "?id=all"):
        page = client.get(path + chosen)
        client.post(path + chosen)

        assert "Bilston" not in page.content.decode()
    assert Locality.objects.filter(pk=there.pk).exists()


def test_nobody_learns_who_is_editing_another_councils_team(here, there):
    client = sign_in(Client(), ManagerFactory(of=here))

    answers = [
        client.post(reverse("wagtailadmin_editing_sessions:ping", args=["hubs", "locality", pk, 1]))
        for pk in (there.pk, NOT_THERE)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


# What a form may send


def test_a_team_is_not_given_to_another_council(client, here, there):
    sign_in(client, ManagerFactory(of=here))

    theirs = client.post(edit(here), posted(here, council=there.council_id))
    missing = client.post(edit(here), posted(here, council=NOT_THERE))

    for page in (theirs, missing):
        assert "Select a valid choice" in page.context["form"].errors["council"][0]
        assert "Wolverhampton" not in page.content.decode()
    here.refresh_from_db()
    assert here.council.name == "Dorset"


def test_a_team_is_not_made_for_another_council(client, here, there):
    sign_in(client, ManagerFactory(of=here))
    new = Locality(council=there.council, name="Wednesfield", slug="wednesfield", inbox="w@example.org")

    page = client.post(reverse(ADD), posted(new))

    assert "Select a valid choice" in page.context["form"].errors["council"][0]
    assert not Locality.objects.filter(name="Wednesfield").exists()


@pytest.mark.parametrize("new", [False, True], ids=["changed", "new"])
def test_another_councils_team_neither_covers_nor_is_named_by_trying(client, here, there, new):
    sign_in(client, ManagerFactory(of=here))
    name = {"name": "Purbeck", "slug": "purbeck"} if new else {}

    page = client.post(reverse(ADD) if new else edit(here), posted(here, cover=there.pk, **name))

    assert "Select a valid choice" in page.context["form"].errors["cover"][0]
    assert "Bilston" not in page.content.decode()
    assert not Locality.objects.filter(cover=there).exists()


def test_rows_of_another_council_are_not_taken_over_by_their_number(client, here, there):
    sign_in(client, ManagerFactory(of=here))
    member = MembershipFactory(locality=there)
    number = CouncilNumberFactory(council=there.council)
    forms = {
        edit(here): posted(here)
        | {
            "members-TOTAL_FORMS": 1,
            "members-INITIAL_FORMS": 1,
            "members-0-id": member.pk,
            "members-0-user": member.user_id,
            "members-0-role": "manager",
            "members-0-starts": "2020-01-01",
        },
        reverse("wagtailsnippets_hubs_council:edit", args=[here.council_id]): {
            "numbers-TOTAL_FORMS": 1,
            "numbers-INITIAL_FORMS": 1,
            "numbers-0-id": number.pk,
            "numbers-0-kind": number.kind,
            "numbers-0-number": "01632 960999",
            "numbers-0-hours": "Never",
            "terms-TOTAL_FORMS": 0,
            "terms-INITIAL_FORMS": 0,
        },
    }

    for path, data in forms.items():
        client.post(path, data)

    member.refresh_from_db()
    number.refresh_from_db()
    assert (member.locality, member.role) == (there, "worker")
    assert (number.council, number.number) == (there.council, "01632 960001")


def test_a_change_of_areas_takes_no_box_of_another_councils_team(client, here, there):
    sign_in(client, ManagerFactory(of=here))
    path = reverse("areas:redraw", args=[here.council_id])
    form = client.get(path).context["form"]
    data = {"first_day": timezone.localdate(), "seen": form.initial["seen"]}

    client.post(
        path, data | {f"team-{here.pk}": "DT1 1", f"team-{there.pk}": "WV14 0", "confirm": "1"}, follow=True
    )

    assert [rule.code for rule in here.rules.all()] == ["DT11"]
    assert not there.rules.exists()


# What is one's own


def test_a_manager_opens_everything_of_the_own_council_through_any_of_its_teams(client, here):
    sign_in(client, ManagerFactory(of=LocalityFactory(council=here.council, name="Purbeck")))

    paths = [path for row in (here, here.council) for _, path, _ in record_addresses(row)]
    statuses = {path: client.get(path).status_code for path in [*paths, *areas_of(here.council_id)]}

    # Deleting is for superusers, and what else mentions a record for content leads.
    assert {path for path, status in statuses.items() if status != 200} == {
        path for path in paths if "/delete/" in path or "/usage/" in path
    }


def test_a_manager_of_two_councils_sees_both_and_no_third(client, here, there):
    third = LocalityFactory(council=CouncilFactory(name="Lincolnshire"), name="Lindsey")
    manager = ManagerFactory(of=here)
    MembershipFactory(user=manager, locality=there, role="manager")
    sign_in(client, manager)

    page = client.get(reverse("wagtailsnippets_hubs_locality:list")).content.decode()

    assert "Chesil" in page
    assert "Bilston" in page
    assert third.name not in page
    assert third.council.name not in page


def test_a_manager_makes_a_team_in_the_own_council_and_then_says_who_works_there(client, here):
    sign_in(client, ManagerFactory(of=here))

    asked = client.get(reverse(ADD)).content.decode()
    made = client.post(reverse(ADD), posted(here, name="Purbeck", slug="", inbox="p@example.org"))

    assert "Save the team first. Then say who works at its desk" in asked
    assert made.status_code == 302, made.context["form"].errors
    purbeck = Locality.objects.get(name="Purbeck")
    assert purbeck.council == here.council
    assert 'name="members-TOTAL_FORMS"' in client.get(edit(purbeck)).content.decode()


def test_a_superuser_makes_the_first_team_of_a_new_council_with_its_first_manager(client):
    sign_in(client, UserFactory(superuser=True))
    council = CouncilFactory(name="Lincolnshire")
    manager = in_groups("Council settings")
    new = Locality(council=council, name="Lindsey", slug="", inbox="l@example.org")
    row = {"user": manager.pk, "role": "manager", "starts": "2020-01-01"}

    before = list(managed_councils(manager))
    client.post(
        reverse(ADD),
        posted(new)
        | {"members-TOTAL_FORMS": 1}
        | {f"members-0-{name}": value for name, value in row.items()},
    )

    assert before == []
    assert Membership.objects.get(user=manager).locality.name == "Lindsey"
    assert list(managed_councils(manager)) == [council]
    assert sign_in(Client(), manager).get(areas_of(council.pk)[0]).status_code == 200


def test_a_superuser_finds_the_screens_before_there_is_any_council(client):
    sign_in(client, UserFactory(superuser=True))

    assert not Council.objects.exists()
    assert client.get(reverse("wagtailsnippets_hubs_locality:list")).status_code == 200
    assert client.get(reverse("areas:councils")).status_code == 200


# Content leads


@pytest.fixture
def lead_client(client):
    return sign_in(client, in_groups("Content leads", "Council settings"))


def test_a_content_lead_edits_the_settings_of_every_council(lead_client, here, there):
    for locality in (here, there):
        path = reverse("wagtailsnippets_hubs_council:edit", args=[locality.council_id])
        assert lead_client.get(path).status_code == 200


def test_a_content_lead_has_no_team_and_no_areas(lead_client, here):
    unlike = [name for name, path, missing in record_addresses(here) if not same(lead_client, path, missing)]
    areas = zip(areas_of(here.council_id), areas_of(NOT_THERE), strict=True)

    assert unlike == []
    assert all(same(lead_client, path, missing) for path, missing in areas)
    assert lead_client.get(reverse("areas:councils")).status_code == 404


def test_a_content_lead_who_manages_one_council_has_its_teams_and_no_others(client, here, there):
    manager = ManagerFactory(of=here)
    manager.groups.add(Group.objects.get(name="Content leads"))
    sign_in(client, manager)

    assert [client.get(edit(team)).status_code for team in (here, there)] == [200, 404]
    assert [client.get(areas_of(team.council_id)[0]).status_code for team in (here, there)] == [200, 404]


def test_a_content_lead_asks_which_team_about_every_council(lead_client, here, there):
    PostcodeFactory(code="DT11AA", ward="E05012698")
    PostcodeFactory(code="WV140AA", ward="E05001234", district="E08000031")
    LocalityRuleFactory(locality=here, code="E05012698")
    LocalityRuleFactory(locality=there, code="E05001234")

    pages = [
        lead_client.post(reverse("areas:route"), {"where": code}).content.decode()
        for code in ("DT1 1AA", "WV14 0AA")
    ]

    assert "Chesil, Dorset" in pages[0]
    assert "Bilston, Wolverhampton" in pages[1]


def test_a_content_lead_chooses_any_team_for_a_hub(lead_client, here, there):
    page = lead_client.get(chooser_addresses(screens()["locality"], here)["choose"]).content.decode()

    assert "Chesil" in page
    assert "Bilston" in page


def test_the_history_of_the_site_holds_no_team_that_is_not_ones_own(client, here, there):
    manager = ManagerFactory(of=here)
    manager.groups.add(Group.objects.get(name="Content leads"))
    for row in (here, there, there.council):
        log(instance=row, action="wagtail.edit", user=manager)
    readers = [in_groups("Content leads", "Council settings"), manager, UserFactory(superuser=True)]

    pages = {
        (who, name): sign_in(Client(), reader).get(reverse(f"site-history{name}")).content.decode()
        for who, reader in enumerate(readers)
        for name in ("", "-results")
    }

    for (who, _), page in pages.items():
        assert "Wolverhampton" in page
        assert ("Chesil" in page, "Bilston" in page) == [(False, False), (True, False), (True, True)][who]


def test_the_history_of_the_site_has_the_address_that_wagtail_leads_to():
    assert reverse("site-history") == reverse("wagtailadmin_reports:site_history")
    assert reverse("site-history-results") == reverse("wagtailadmin_reports:site_history_results")
