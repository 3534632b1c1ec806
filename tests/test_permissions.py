"""Who may see what: every address there is, against everybody who might ask.

An address that is in no class fails the build, so a new page has to say whom it is for.
"""

import re
import uuid

import pytest
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
DESK_OF_ONE_OFFER = {"desk:offered", "desk:accept", "desk:return"}
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
    assert {name for name, _ in AT_DESK} >= DESK_OF_ONE_REQUEST | DESK_OF_EVERY_TEAM


@pytest.mark.parametrize(("name", "route"), ALL)
def test_every_address_is_for_somebody(name, route):
    zones = {
        Zone.PUBLIC: PUBLIC,
        Zone.STATIC: PUBLIC,
        Zone.JOURNEY: JOURNEY,
        Zone.ACCOUNT: ACCOUNT,
        Zone.DESK: DESK,
    }
    zone = zone_of("/" + route.replace("^", ""))

    assert zone is Zone.ADMIN or name in zones[zone], "say in this file whom this page is for"


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


def strangers(here, there):
    """Everybody who must not see a request of `here`, signed in with both steps."""
    ex_member = UserFactory()
    MembershipFactory(user=ex_member, locality=here, over=True)
    closed = WorkerFactory(of=here)
    closed.is_active = False
    closed.save()
    hub = HubFactory(team=here)
    editor = UserFactory()
    hub.editors.add(editor)
    hub.save()
    return {
        "nobody": None,
        "another team": WorkerFactory(of=there),
        "a manager of another team": WorkerFactory(of=there, of__role="manager"),
        "an auditor of another team": WorkerFactory(of=there, of__role="auditor"),
        "no longer a member": ex_member,
        "account closed": closed,
        "hub staff of the same place": editor,
        "superuser": UserFactory(superuser=True),
    }


def ask(client, method, path, **data):
    return getattr(client, method)(path, **({"data": data} if data and method == "post" else {}))


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "route"), AT_DESK)
def test_a_request_is_open_to_its_own_team_only(here, there, entry, name, route, method):
    before = snapshot(entry)

    for who, user in strangers(here, there).items():
        client = Client()
        if user:
            sign_in(client, user)
        response = ask(client, method, path_of(route, entry.referral.reference))

        allowed = {302, 403, 404, 405}
        if name in DESK_OF_EVERY_TEAM and "another team" in who:
            allowed.add(200)
        assert response.status_code in allowed, who
        if response.status_code == 302:
            to = "/desk/" if name == "desk:search" and "another team" in who else "/account/sign-in/"
            assert response.url.startswith(to), who
        assert entry.referral.reference not in response.content.decode(), who

    assert snapshot(entry) == before


def snapshot(entry):
    """What a stranger could have changed."""
    entry.refresh_from_db()
    rows = (Note.objects.count(), Event.objects.count(), Message.objects.count())
    return (entry.state, entry.owner_id, entry.version, entry.transfers.count(), rows)


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "route"), AT_DESK)
def test_the_desk_needs_the_second_step(here, entry, name, route, method):
    client = sign_in(Client(), WorkerFactory(of=here), second_factor=False)

    response = ask(client, method, path_of(route, entry.referral.reference))

    assert response.status_code == 302
    assert response.url.startswith("/account/second-factor/")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["worker", "lead", "specialist", "duty", "manager", "auditor"])
@pytest.mark.parametrize("name", ["desk:queue", "desk:request"])
def test_the_own_team_sees_its_request(here, entry, role, name):
    client = sign_in(Client(), WorkerFactory(of=here, of__role=role))
    route = dict(AT_DESK)[name]

    response = client.get(path_of(route, entry.referral.reference))

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert entry.referral.reference in response.content.decode()


def seen(response):
    """All of an answer that could tell one refusal from another."""
    headers = {name: value for name, value in response.headers.items() if name != "Date"}
    return (response.status_code, response.content, headers)


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(DESK_OF_ONE_REQUEST | {"desk:offered", "desk:accept"}))
def test_not_yours_and_not_there_are_the_same(here, there, entry, name, method):
    worker = WorkerFactory(of=there)
    route = dict(AT_DESK)[name]
    client = sign_in(Client(), worker)

    not_yours = seen(ask(client, method, path_of(route, entry.referral.reference)))
    not_there = seen(ask(client, method, path_of(route, "QQQ-QQQQ-QQQ")))

    assert not_yours == not_there


@pytest.mark.django_db
def test_after_a_transfer_the_old_team_is_a_stranger(here, there, entry):
    from referrals import triage

    offer = TransferFactory(entry=entry, to=there)
    triage.accept(offer, by=WorkerFactory(of=there))
    client = sign_in(Client(), WorkerFactory(of=here))
    route = dict(AT_DESK)["desk:request"]

    moved_away = seen(client.get(path_of(route, entry.referral.reference)))
    not_there = seen(client.get(path_of(route, "QQQ-QQQQ-QQQ")))

    assert moved_away[0] == 404
    assert moved_away == not_there


@pytest.mark.django_db
def test_leaving_a_team_takes_effect_at_the_next_request(here, entry):
    worker = WorkerFactory(of=here)
    client = sign_in(Client(), worker)
    path = path_of(dict(AT_DESK)["desk:request"], entry.referral.reference)
    assert client.get(path).status_code == 200

    worker.memberships.all().delete()

    assert client.get(path).status_code in (403, 404)


@pytest.mark.django_db
def test_a_refusal_is_recorded(here, there, entry):
    stranger = WorkerFactory(of=there)
    client = sign_in(Client(), stranger)

    client.get(path_of(dict(AT_DESK)["desk:request"], entry.referral.reference))

    refusal = AccessLog.objects.get(kind=AccessLog.Kind.REFUSED)
    assert (refusal.user, refusal.entry) == (stranger, entry)


# The admin

OPEN_IN_ADMIN = {
    "wagtail-sign-in-closed",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}
"""Ways in and out, pictures and translated words: nothing of anybody's."""


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), IN_ADMIN)
def test_the_admin_is_closed_to_those_who_edit_nothing(here, name, route):
    worker = sign_in(Client(), WorkerFactory(of=here, of__role="manager"))
    by_password_alone = sign_in(Client(), UserFactory(superuser=True), second_factor=False)
    outsider = sign_in(Client(), UserFactory())
    anybody = Client()

    for client in (worker, by_password_alone, outsider, anybody):
        for method in ("get", "post"):
            response = ask(client, method, path_of(route))

            if name not in OPEN_IN_ADMIN:
                assert response.status_code in (302, 403, 404, 405), (method, response.status_code)
