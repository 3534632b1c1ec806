"""Who may open which of the editors' addresses: every address, every role, own records and others'."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from wagtail.models import ReferenceIndex
from wagtail.search.index import get_indexed_models
from wagtail.snippets.models import get_snippet_models

from cms.door import may_enter
from cms.models import Activity
from cms.permissions import choosable
from cms.rows import RowChecked
from directory.models import Organisation, Service
from hubs.models import Location
from tests.cms.admin_addresses import addresses, chooser_addresses, screens
from tests.cms.conftest import make_listing
from tests.factories.hubs import CouncilFactory, UserFactory
from tests.signin import sign_in

ROLES = ["hub staff", "partner", "content lead", "council settings", "desk worker", "superuser"]
GONE = "404 404 200 404 403 200"
NOT_LEADS = "302 302 200 302 403 200"
COUNCIL = "302 302 302 200 403 200"
OPEN = "200 200 200 404 403 200"
ONLY_PUBLISHERS = "200 302 200 404 403 200"
"""Statuses of a GET in the order of ROLES. 302: sent back to the dashboard with a message. 405: it takes a POST."""

LISTS = ["list", "list_results", "add", "preview_on_add"]
OWN = {
    "edit": OPEN,
    "history": OPEN,
    "history_results": OPEN,
    "inspect": OPEN,
    "preview_on_edit": OPEN,
    "revisions_view": OPEN,
    "revisions_revert": OPEN,
    "revisions_compare": OPEN,
    "confirm_workflow_cancellation": OPEN,
    "workflow_history": OPEN,
    "workflow_history_detail": OPEN,
    "delete": "302 302 200 404 403 200",
    "workflow_action": "302 302 200 404 403 200",
    "collect_workflow_action_data": "302 302 200 404 403 200",
    "workflow_preview": "302 302 200 404 403 200",
    "usage": GONE,
    "revisions_unschedule": ONLY_PUBLISHERS,
    "unpublish": ONLY_PUBLISHERS,
    "lock": "302 302 405 404 403 405",
    "unlock": "302 302 302 404 403 405",
}
OTHERS = {name: GONE for name in OWN} | {
    "lock": "404 404 405 404 403 405",
    "unlock": "404 404 302 404 403 405",
}

LISTING = {**dict.fromkeys(LISTS, "200 200 200 302 403 200"), **OWN}
HUB = {
    **dict.fromkeys(["list", "list_results"], "200 302 200 302 403 200"),
    **dict.fromkeys(["add", "preview_on_add"], NOT_LEADS),
    # As for a listing, but that no partner has a hub.
    **{name: "{0} 404 {2} {3} {4} {5}".format(*statuses.split()) for name, statuses in OWN.items()},
}
PLACE = {**dict.fromkeys(LISTS, "200 302 200 302 403 200"), **OTHERS}
ORGANISATION = {
    **dict.fromkeys(["list", "list_results"], "302 200 200 302 403 200"),
    "add": NOT_LEADS,
    "edit": "404 200 200 404 403 200",
    "history": "404 200 200 404 403 200",
    "history_results": "404 200 200 404 403 200",
    "delete": "404 302 200 404 403 200",
    "usage": GONE,
}
SETTINGS = {
    **dict.fromkeys(["list", "list_results", "add"], COUNCIL),
    **dict.fromkeys(["edit", "history", "history_results"], "404 404 404 200 403 200"),
    "delete": "404 404 404 302 403 200",
    "usage": "404 404 404 404 403 200",
}
EXPECTED = {
    ("mine", "activity"): LISTING,
    ("mine", "hub"): HUB,
    ("mine", "organisation"): ORGANISATION,
    ("theirs", "activity"): LISTING | OTHERS,
    ("theirs", "hub"): HUB | OTHERS,
    ("theirs", "location"): PLACE,
    ("theirs", "category"): {**dict.fromkeys(LISTS, NOT_LEADS), **OTHERS},
    ("theirs", "organisation"): ORGANISATION | OTHERS,
    ("theirs", "council"): SETTINGS | {"add": "302 302 302 302 403 200"},
    # It has people and hubs, so not even a superuser is asked whether to delete it.
    ("theirs", "locality"): SETTINGS | {"delete": "404 404 404 302 403 302"},
}


def client_of(user) -> Client:
    return sign_in(Client(raise_request_exception=False), user)


@pytest.mark.parametrize(("side", "name"), EXPECTED, ids=lambda value: value)
def test_every_address_of_every_screen_opens_only_to_whom_it_should(world, side, name):
    record = getattr(world, side)[name]
    clients = [client_of(world.people[role]) for role in ROLES]

    found = {
        view: " ".join(str(client.get(path).status_code) for client in clients)
        for view, path in addresses(screens()[name], record, world.people["superuser"]).items()
    }

    assert found == {view: EXPECTED[side, name].get(view, "nobody said") for view in found}


def test_every_view_of_every_screen_asks_about_the_record():
    """Two kinds of listing are left out of the table for the time it takes; their views are made by the same class."""
    assert {name for _, name in EXPECTED} | {"helpoffer", "otherservice"} == set(screens())
    for name, viewset in screens().items():
        views = [
            getattr(viewset, attribute) for attribute in dir(viewset) if attribute.endswith("_view_class")
        ]
        assert len(views) > 20
        assert all(issubclass(view, RowChecked) for view in views), name


@pytest.mark.parametrize("name", ["activity", "helpoffer", "otherservice", "hub", "organisation"])
@pytest.mark.parametrize("role", ["hub staff", "partner"])
def test_changing_somebody_elses_record_is_refused_and_changes_nothing(world, role, name):
    record = world.theirs[name]
    client = client_of(world.people[role])

    for view, path in addresses(screens()[name], record, world.people["superuser"]).items():
        if view in ("add", "list", "list_results", "preview_on_add"):
            continue
        refused = client.post(path, {"name": "Taken over", "action-publish": "1"})
        assert refused.status_code == 404, view

    before = str(record)
    record.refresh_from_db()
    assert str(record) == before
    assert not getattr(record, "locked", False)


def test_lists_and_exports_hold_only_ones_own(world):
    client = client_of(world.people["hub staff"])
    path = reverse("wagtailsnippets_cms_activity:list")

    page = client.get(path).content.decode()
    export = b"".join(client.get(path, {"export": "csv"}).streaming_content).decode()

    for text in (page, export):
        assert "Our activity" in text
        assert "Other activity" not in text


def test_search_in_a_list_finds_only_ones_own(world):
    page = client_of(world.people["partner"]).get(
        reverse("wagtailsnippets_cms_activity:list_results"), {"q": 'activity"'}
    )

    assert page.status_code == 200
    assert "Other activity" not in page.content.decode()


@pytest.mark.parametrize("name", ["activity", "helpoffer", "otherservice", "hub", "organisation", "location"])
def test_choosers_offer_only_what_the_person_may_use(world, name):
    viewset = screens()[name]
    record = world.theirs[name] if name != "location" else Location.objects.get(pk=world.other_hub.pk)
    client = client_of(world.people["hub staff"])

    for view, path in chooser_addresses(viewset, record).items():
        answer = client.get(path)
        if name == "organisation" and view != "create":
            continue
        assert answer.status_code in (200, 302, 403, 404), view
        assert str(record) not in answer.content.decode(), view


def test_no_chooser_makes_records(world):
    for role in ("hub staff", "partner", "content lead"):
        client = client_of(world.people[role])
        for name, viewset in screens().items():
            path = reverse(f"{viewset.get_chooser_admin_url_namespace()}:create")
            assert client.post(path, {"name": "Slipped in"}).status_code in (302, 403), (role, name)


def test_secret_addresses_are_offered_to_content_leads_only(world):
    refuge = Location.objects.create(
        name="Refuge",
        council=world.council,
        postal_code="DT1 1XJ",
        masked=True,
        latitude=50.7,
        longitude=-2.4,
    )

    offered = {role for role in ROLES if refuge in choosable(Location, world.people[role])}

    assert offered == {"content lead", "superuser"}


def test_hub_staff_choose_among_the_organisations_of_their_council(world):
    elsewhere = CouncilFactory(name="Elsewhereshire")
    staff = UserFactory()
    world.other_hub.editors.set([staff])
    world.other_hub.save()
    for name, editor in {"Far Trust": None, "Colleagues": staff, "Own": world.people["hub staff"]}.items():
        organisation = Organisation.objects.create(name=name)
        organisation.editors.set([editor] if editor else [])
        make_listing(Activity, f"Far {name}", world.hall, organisation, elsewhere)
    Organisation.objects.create(name="Quite New")

    offered = {
        role: {organisation.name for organisation in choosable(Organisation, world.people[role])}
        for role in ("hub staff", "partner", "content lead")
    }

    assert offered["hub staff"] == {"Our Trust", "Other Trust", "Colleagues", "Own", "Quite New"}
    assert offered["partner"] == {"Our Trust"}
    assert offered["content lead"] == offered["hub staff"] | {"Far Trust"}


def test_a_form_names_what_it_offers_and_no_secret_address_that_somebody_tries(world):
    refuge = Location.objects.create(name="Refuge", postal_code="DT1 1XJ", masked=True, council=world.council)
    client = client_of(world.people["hub staff"])
    rows = {"service_locations-TOTAL_FORMS": 1, "service_locations-INITIAL_FORMS": 0}
    times = {f"service_locations-0-schedules-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}

    pages = [
        client.post(
            reverse("wagtailsnippets_cms_activity:add"),
            {"name": "Songs", "service_locations-0-location": place.pk} | rows | times,
        ).content.decode()
        for place in (refuge, world.hub)
    ]

    assert "Select a valid choice" in pages[0]
    assert "Refuge" not in pages[0]
    assert "Our Hub" in pages[1]


@pytest.mark.parametrize("role", ["hub staff", "partner", "content lead", "council settings"])
def test_bulk_deletion_neither_deletes_nor_names_what_is_not_ones_own_to_delete(world, role):
    mine, theirs = world.mine["activity"], world.theirs["activity"]
    path = reverse("wagtail_bulk_action", args=["cms", "activity", "delete"])
    client = client_of(world.people[role])

    page = client.get(f"{path}?id={mine.pk}&id={theirs.pk}")
    client.post(f"{path}?id={mine.pk}&id={theirs.pk}")

    left = set(Service.objects.filter(pk__in=[mine.pk, theirs.pk]).values_list("pk", flat=True))
    if role == "content lead":
        assert left == set()
    else:
        assert left == {mine.pk, theirs.pk}
        assert "Other activity" not in page.content.decode()


def test_nobody_here_may_change_what_a_feed_brings(world):
    fed = world.mine["activity"]
    Service.objects.filter(pk=fed.pk).update(source="feed", source_id="42")

    for role in ("hub staff", "partner", "content lead", "superuser"):
        client = client_of(world.people[role])
        assert client.get(reverse("wagtailsnippets_cms_activity:inspect", args=[fed.pk])).status_code == 200
        for view in ("edit", "delete", "unpublish"):
            answer = client.post(
                reverse(f"wagtailsnippets_cms_activity:{view}", args=[fed.pk]), {"name": "Ours"}
            )
            assert answer.status_code == 302, (role, view)
            assert answer.url == reverse("wagtailadmin_home"), (role, view)
    fed.refresh_from_db()
    assert (fed.name, fed.live) == ("Our activity", True)


def test_a_bulk_deletion_leaves_what_a_feed_brings(world):
    fed = world.mine["activity"]
    Service.objects.filter(pk=fed.pk).update(source="feed")

    client_of(world.people["content lead"]).post(
        reverse("wagtail_bulk_action", args=["cms", "activity", "delete"]) + f"?id={fed.pk}"
    )

    assert Service.objects.filter(pk=fed.pk).exists()


def test_where_the_council_says_so_hub_staff_submit_and_do_not_publish(world):
    world.council.hub_staff_may_publish = False
    world.council.save()
    client = client_of(world.people["hub staff"])

    page = client.get(reverse("wagtailsnippets_cms_activity:edit", args=[world.mine["activity"].pk]))
    unpublish = client.post(
        reverse("wagtailsnippets_cms_activity:unpublish", args=[world.mine["activity"].pk])
    )

    assert "action-publish" not in page.content.decode()
    assert unpublish.status_code == 302
    world.mine["activity"].refresh_from_db()
    assert world.mine["activity"].live


def named_addresses(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or ''}"
        else:
            yield from named_addresses(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )


def admin_names():
    admin = next(
        p for p in get_resolver().url_patterns if str(p.pattern) == "admin/" and hasattr(p, "url_patterns")
    )
    return set(named_addresses(admin.url_patterns))


@pytest.mark.parametrize("role", ["hub staff", "partner", "council settings", "content lead"])
def test_people_groups_sites_and_workflows_are_for_superusers(world, role):
    user = world.people[role]
    closed = (
        "wagtailusers",
        "wagtailsites",
        "wagtailadmin_workflows",
        "wagtailadmin_collections",
        "wagtailredirects",
        "wagtailsettings",
        "wagtaildocs",
        "wagtailsnippets:",
    )

    entered = {name for name in admin_names() if name.startswith(closed) and may_enter(user, name)}

    assert len([name for name in admin_names() if name.startswith(closed)]) > 40
    assert entered == set()


@pytest.mark.parametrize("role", ["hub staff", "partner", "council settings"])
def test_reports_pages_and_the_programming_interface_are_closed_to_editors_of_a_part(world, role):
    client = client_of(world.people[role])

    for path in (
        "/admin/reports/site-history/",
        "/admin/reports/locked/",
        "/admin/reports/workflow/",
        "/admin/reports/workflow_tasks/",
        "/admin/pages/",
        "/admin/images/",
        "/admin/documents/",
        "/admin/users/",
        "/admin/snippets/",
        "/admin/api/main/pages/",
        "/admin/block-preview/",
        "/admin/tag-autocomplete/",
        "/admin/something-new/",
    ):
        assert client.get(path).status_code == 403, path


def test_a_page_that_wagtail_adds_later_is_closed_until_somebody_names_it(world):
    assert not may_enter(world.people["content lead"], "wagtailadmin_brand_new")
    assert not may_enter(world.people["hub staff"], "")
    assert may_enter(world.people["superuser"], "wagtailadmin_brand_new")


def test_desk_workers_do_not_enter_the_admin(world):
    client = client_of(world.people["desk worker"])

    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/api/main/pages/").status_code == 403


def test_visitors_are_sent_to_sign_in(world, client):
    answer = client.get("/admin/snippets/cms/activity/")

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_wagtail_knows_nothing_of_referrals():
    personal = set(apps.get_app_config("referrals").get_models())

    assert not personal & set(get_snippet_models())
    assert not personal & set(get_indexed_models())
    assert not personal & ReferenceIndex.tracked_models
    assert not [name for name in admin_names() if "referral" in name]


def test_no_group_has_a_right_to_referrals_people_or_groups(world):
    from django.contrib.auth.models import Permission

    forbidden = Permission.objects.filter(
        content_type__in=ContentType.objects.filter(app_label__in=["referrals", "auth", "sessions", "mfa"])
    )
    held = Permission.objects.filter(group__isnull=False)

    assert not held.filter(pk__in=forbidden).exists()
    assert not held.filter(
        content_type__app_label="hubs", content_type__model__in=["user", "membership"]
    ).exists()


def test_what_a_moderator_sees_first_holds_only_listings(world):
    world.mine["activity"].save_revision(user=world.people["partner"])
    world.mine["activity"].get_workflow().start(world.mine["activity"], world.people["partner"])

    lead = client_of(world.people["content lead"]).get("/admin/").content.decode()
    asker = client_of(world.people["partner"]).get("/admin/").content.decode()
    staff = client_of(world.people["hub staff"]).get("/admin/").content.decode()

    assert "Our activity" in lead
    assert reverse("wagtailsnippets_cms_activity:edit", args=[world.mine["activity"].pk]) in asker
    assert "Add an activity" in staff
    assert "Other activity" not in staff
