"""Who may see what: every address there is, against everybody who might ask.

An address that is in no class fails the build, so a new page has to say whom it is for.
"""

import re
import uuid

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import get_resolver

from cms.zones import Zone, zone_of
from referrals.models import AccessLog, Event, Message, Note
from tests.factories.directory import ServiceFactory
from tests.factories.hubs import HubFactory, LocalityFactory, MembershipFactory, UserFactory
from tests.factories.referrals import QueueEntryFactory, TransferFactory, WorkerFactory
from tests.signin import sign_in

METHODS = ["get", "head", "post", "put", "delete"]

PUBLIC = {
    "healthz",
    "readyz",
    "brand",
    "robots",
    "sitemap",
    "find",
    "service",
    "places",
    "whats-on",
    "hubs",
    "hub",
    "hub-timetable",
    "styleguide",
    "media",
    "wagtail_serve",
    "wagtaildocs_serve",
    "wagtaildocs_authenticate_with_password",
    "wagtailcore_authenticate_with_password",
    "wagtail-page-sign-in-closed",
    "wagtailcore_login",
}
JOURNEY = {
    "journey:start",
    "journey:before",
    "journey:step",
    "journey:item",
    "journey:remove",
    "journey:end",
    "journey:check",
    "journey:sent",
    "journey:again",
    "journey:exit",
}
ACCOUNT = {
    "signed-in",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
DESK_OF_EVERY_TEAM = {"desk:queue", "desk:search"}
DESK_OF_ONE_REQUEST = {
    "desk:request",
    "desk:contact",
    "desk:claim",
    "desk:release",
    "desk:assign",
    "desk:start-contacting",
    "desk:try",
    "desk:note",
    "desk:spoken",
    "desk:decide",
    "desk:offer",
    "desk:withdraw-offer",
    "desk:close",
}
DESK_OF_ONE_OFFER = {"desk:offered", "desk:accept"}
DESK = DESK_OF_EVERY_TEAM | DESK_OF_ONE_REQUEST | DESK_OF_ONE_OFFER

SAMPLES = {"int": "1", "uuid": str(uuid.UUID(int=1)), "path": "x", "slug": "x", "str": "x"}


def addresses(resolver=None, route="", namespaces=()):
    """Yield (name, route) of every address, however deep."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from addresses(pattern, here, inner)
        else:
            yield ":".join([*namespaces, pattern.name or "unnamed"]), here


def path_of(route: str, reference: str = "x") -> str:
    """Return an address that the route answers to."""
    path = re.sub(r"<slug:reference>", reference, route)
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES.get(match[1] or "str", "x"), path)
    path = re.sub(r"\(\?P<\w+>[^)]*\)|\([^)]*\)", "1", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\", "").replace(".*", "x")


ALL = sorted(set(addresses()))
IN_ADMIN = [(name, route) for name, route in ALL if zone_of("/" + route) is Zone.ADMIN]
AT_DESK = [(name, route) for name, route in ALL if name in DESK]


def test_there_are_addresses():
    assert len(ALL) > 150
    assert len(IN_ADMIN) > 100
    assert {name for name, _ in AT_DESK} == DESK


def test_every_address_is_for_somebody():
    zones = {
        Zone.PUBLIC: PUBLIC,
        Zone.STATIC: PUBLIC,
        Zone.JOURNEY: JOURNEY,
        Zone.ACCOUNT: ACCOUNT,
        Zone.DESK: DESK,
    }

    for_nobody = [
        (name, route)
        for name, route in ALL
        if (zone := zone_of("/" + route.replace("^", ""))) is not Zone.ADMIN and name not in zones[zone]
    ]

    assert for_nobody == [], "say in this file whom these pages are for"


# The public


@pytest.fixture
def anybody():
    return Client()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/find/", "/places/", "/whats-on/", "/hubs/", "/healthz", "/readyz"])
def test_the_public_pages_are_open_and_set_no_cookie(anybody, path):
    response = anybody.get(path)

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "no-store" not in response.headers.get("Cache-Control", "")


@pytest.mark.django_db
def test_a_listing_and_a_hub_are_open_and_set_no_cookie(anybody):
    for listed in (ServiceFactory(), HubFactory()):
        response = anybody.get(listed.get_absolute_url())

        assert response.status_code == 200
        assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/find/", "/places/", "/whats-on/", "/hubs/"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_public_pages_take_nothing(anybody, path, method):
    assert getattr(anybody, method)(path).status_code == 405


# The journey and the account


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(JOURNEY))
def test_the_journey_is_never_stored_and_needs_nobody_signed_in(anybody, name):
    for route in (route for each, route in ALL if each == name):
        response = anybody.get(path_of(route))

        assert response.status_code in (200, 302, 303, 404)
        assert response["Cache-Control"] == "no-store"
        if response.status_code == 302:
            assert response.url.startswith("/help/")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ACCOUNT - {"account_login"}))
def test_the_account_pages_need_somebody_signed_in(anybody, name):
    for route in (route for each, route in ALL if each == name):
        response = anybody.get(path_of(route))

        assert response.status_code == 302
        assert response.url.startswith("/account/sign-in/")
        assert response["Cache-Control"] == "no-store"


# The desk


@pytest.fixture
def here():
    return LocalityFactory(name="Chesil")


@pytest.fixture
def there(here):
    return LocalityFactory(name="Purbeck", council=here.council)


@pytest.fixture
def entry(here):
    return QueueEntryFactory(locality=here)


def signed_in(user, **how):
    return sign_in(Client(), user, **how)


def no_longer_a_member(here, there):
    user = UserFactory()
    MembershipFactory(user=user, locality=here, over=True)
    return user


def with_a_closed_account(here, there):
    user = WorkerFactory(of=here)
    user.is_active = False
    user.save()
    return user


def on_the_staff_of_the_same_place(here, there):
    user = UserFactory()
    hub = HubFactory(team=here)
    hub.editors.add(user)
    hub.save()
    return user


STRANGERS = {
    "nobody": lambda here, there: None,
    "another team": lambda here, there: WorkerFactory(of=there),
    "a manager of another team": lambda here, there: WorkerFactory(of=there, of__role="manager"),
    "an auditor of another team": lambda here, there: WorkerFactory(of=there, of__role="auditor"),
    "no longer a member": no_longer_a_member,
    "account closed": with_a_closed_account,
    "hub staff of the same place": on_the_staff_of_the_same_place,
    "superuser": lambda here, there: UserFactory(superuser=True),
}
"""Everybody who must not see a request of `here`, and how to make them."""


def ask(client, method, path):
    return getattr(client, method)(path)


def shut_out(response, name, of_another_team):
    """Say whether a stranger was kept from a page of the desk, or saw no more of it than a desk of their own."""
    if response.status_code == 302:
        to_their_own = name == "desk:search" and of_another_team and response.url.startswith("/desk/")
        return to_their_own or response.url.startswith("/account/sign-in/")
    if response.status_code == 200:
        return name in DESK_OF_EVERY_TEAM and of_another_team
    return response.status_code in (403, 404, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("who", STRANGERS)
def test_a_request_is_open_to_its_own_team_only(here, there, entry, who):
    user = STRANGERS[who](here, there)
    client = signed_in(user) if user else Client()
    of_another_team = "another team" in who
    reference = entry.referral.reference
    before = snapshot(entry)

    for name, route in AT_DESK:
        for method in METHODS:
            response = ask(client, method, path_of(route, reference))

            assert shut_out(response, name, of_another_team), (name, method, response)
            assert reference not in response.content.decode(), (name, method)
        assert snapshot(entry) == before, name

    # They were refused as who they are, and not because something on the way had signed them out.
    assert (client.get("/desk/").status_code == 200) is of_another_team


def snapshot(entry):
    """What a stranger could have changed."""
    entry.refresh_from_db()
    rows = (Note.objects.count(), Event.objects.count(), Message.objects.count())
    return (entry.state, entry.owner_id, entry.version, entry.transfers.count(), rows)


@pytest.mark.django_db
def test_the_desk_needs_the_second_step(here, entry):
    client = signed_in(WorkerFactory(of=here), second_factor=False)

    for name, route in AT_DESK:
        for method in METHODS:
            response = ask(client, method, path_of(route, entry.referral.reference))

            assert response.status_code == 302, (name, method)
            assert response.url.startswith("/account/second-factor/"), (name, method)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["worker", "lead", "specialist", "duty", "manager", "auditor"])
def test_the_own_team_sees_its_request(here, entry, role):
    client = signed_in(WorkerFactory(of=here, of__role=role))

    for name in ("desk:queue", "desk:request"):
        response = client.get(path_of(dict(AT_DESK)[name], entry.referral.reference))

        assert response.status_code == 200, name
        assert response["Cache-Control"] == "no-store", name
        assert entry.referral.reference in response.content.decode(), name


def seen(response):
    """All of an answer that could tell one refusal from another."""
    headers = {name: value for name, value in response.headers.items() if name != "Date"}
    return (response.status_code, response.content, headers)


@pytest.mark.django_db
def test_not_yours_and_not_there_are_the_same(here, there, entry):
    client = signed_in(WorkerFactory(of=there))

    for name, route in AT_DESK:
        for method in METHODS if name not in DESK_OF_EVERY_TEAM else ():
            not_yours = seen(ask(client, method, path_of(route, entry.referral.reference)))
            not_there = seen(ask(client, method, path_of(route, "QQQ-QQQQ-QQQ")))

            assert not_yours == not_there, (name, method)


@pytest.mark.django_db
def test_after_a_transfer_the_old_team_is_a_stranger(here, there, entry):
    from referrals import triage

    offer = TransferFactory(entry=entry, to=there)
    triage.accept(offer, by=WorkerFactory(of=there))
    client = signed_in(WorkerFactory(of=here))
    route = dict(AT_DESK)["desk:request"]

    moved_away = seen(client.get(path_of(route, entry.referral.reference)))
    not_there = seen(client.get(path_of(route, "QQQ-QQQQ-QQQ")))

    assert moved_away[0] == 404
    assert moved_away == not_there


@pytest.mark.django_db
def test_leaving_a_team_takes_effect_at_the_next_request(here, entry):
    worker = WorkerFactory(of=here)
    client = signed_in(worker)
    path = path_of(dict(AT_DESK)["desk:request"], entry.referral.reference)
    assert client.get(path).status_code == 200

    worker.memberships.all().delete()

    assert client.get(path).status_code in (403, 404)


@pytest.mark.django_db
def test_a_refusal_is_recorded(here, there, entry):
    stranger = WorkerFactory(of=there)
    client = signed_in(stranger)

    client.get(path_of(dict(AT_DESK)["desk:request"], entry.referral.reference))

    refusal = AccessLog.objects.get(kind=AccessLog.Kind.REFUSED)
    assert (refusal.user, refusal.entry) == (stranger, entry)


# The admin

OPEN_IN_ADMIN = {
    "wagtail-sign-in-closed",
    "wagtailadmin_login",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}
"""Ways in, pictures and translated words: nothing of anybody's."""


EDIT_NOTHING = {
    "a manager at the desk": lambda here: signed_in(WorkerFactory(of=here, of__role="manager")),
    "a superuser by password alone": lambda here: signed_in(UserFactory(superuser=True), second_factor=False),
    "an outsider": lambda here: signed_in(UserFactory()),
    "anybody": lambda here: Client(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("who", EDIT_NOTHING)
def test_the_admin_is_closed_to_those_who_edit_nothing(here, who):
    client = EDIT_NOTHING[who](here)
    before = client.session.get(SESSION_KEY)

    for name, route in IN_ADMIN:
        for method in ("get", "post") if name not in OPEN_IN_ADMIN else ():
            status = getattr(client, method)(path_of(route)).status_code

            assert status in (302, 403, 404, 405), (name, method, status)

    assert client.session.get(SESSION_KEY) == before, "something on the way signed them out"


@pytest.mark.django_db
@pytest.mark.parametrize("who", EDIT_NOTHING)
@pytest.mark.parametrize("name", sorted(OPEN_IN_ADMIN))
def test_the_open_addresses_of_the_admin_answer_everybody(here, who, name):
    for method in ("get", "post"):
        status = getattr(EDIT_NOTHING[who](here), method)(path_of(dict(ALL)[name])).status_code

        assert status in (200, 302, 405), method
