"""Signing in: two steps, no way round, and a demonstration's people stay in the demonstration."""

import os
import re
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from cms.settings.environment import ROOT
from hubs.models import Demonstration, User
from tests.signin import sign_in

PASSWORD = "three quiet otters"
SIGN_IN = "/account/sign-in/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create_user("sam@example.org", PASSWORD, first_name="Sam", last_name="Okafor")


@pytest.fixture
def enrolled(person):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    person.secret = secret
    return person


def code_of(person) -> str:
    """The code that an authenticator app would show now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(person.secret, counter))


def post_password(client, email="sam@example.org", password=PASSWORD):
    return client.post(SIGN_IN, {"login": email, "password": password})


def test_a_password_alone_does_not_sign_in_somebody_with_a_second_step(client, enrolled):
    response = post_password(client)

    assert response.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_both_steps_sign_in(client, enrolled):
    post_password(client)

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(enrolled)})

    assert response.url == reverse("signed-in")
    assert client.session["_auth_user_id"] == str(enrolled.pk)


def test_a_code_works_once(client, enrolled):
    code = code_of(enrolled)
    post_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    client.post(reverse("account_logout"))
    post_password(client)

    response = client.post(reverse("mfa_authenticate"), {"code": code})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["/desk/", "/admin/"])
def test_somebody_without_a_second_step_is_sent_to_set_one_up(client, person, address):
    post_password(client)

    response = client.get(address)

    assert response.url == reverse("mfa_activate_totp")


@pytest.mark.django_db(transaction=True)
def test_setting_up_counts_as_using_it(client, person):
    person.is_superuser = True
    person.save()
    post_password(client)
    page = client.get(reverse("mfa_activate_totp"))
    person.secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode())[1]

    response = client.post(reverse("mfa_activate_totp"), {"code": code_of(person)})

    assert response.url == reverse("mfa_view_recovery_codes")
    assert client.get("/admin/").status_code == 200


def test_the_seed_is_sealed(enrolled):
    stored = Authenticator.objects.get(user=enrolled, type=Authenticator.Type.TOTP)

    assert enrolled.secret not in str(stored.data)


@pytest.mark.parametrize("address", ["/desk/", "/admin/"])
def test_a_session_by_password_alone_is_stopped(client, enrolled, address):
    sign_in(client, enrolled, second_factor=False)

    response = client.get(address)

    assert response.url == reverse("mfa_reauthenticate")


def test_wagtails_own_sign_in_is_closed(client, person):
    response = client.post("/admin/login/", {"username": "sam@example.org", "password": PASSWORD})

    assert response.url == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_wagtails_sign_in_does_not_send_people_elsewhere(client):
    response = client.get("/admin/login/?next=https://evil.example/")

    assert response.url == SIGN_IN


@pytest.mark.parametrize(
    "address", ["/account/signup/", "/admin/password_reset/", "/account/password/reset/"]
)
def test_there_is_no_other_way_in(client, address):
    assert client.get(address).status_code in (302, 404)


def test_wrong_password_and_unknown_person_read_the_same(client, person):
    wrong = post_password(client, password="not the password")
    unknown = post_password(client, email="nobody@example.org", password="not the password")

    def words(response):
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        return text.replace("sam@example.org", "…").replace("nobody@example.org", "…")

    assert "There is a problem" in words(wrong)
    assert words(wrong) == words(unknown)


def test_guessing_is_stopped(client, enrolled):
    for _ in range(5):
        post_password(client, password="not the password")

    response = post_password(client)

    assert response.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def wrong_password(client, email, address):
    """Type a wrong password from an address behind the proxy."""
    return client.post(
        SIGN_IN,
        {"login": email, "password": "wrong"},
        headers={"X-Forwarded-For": f"198.51.100.9, {address}"},
    )


@pytest.fixture
def behind_a_proxy(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted_proxies({"TRUST_PROXY": "True"})


@pytest.mark.usefixtures("behind_a_proxy")
def test_the_wrong_passwords_of_an_office_do_not_shut_out_a_colleague(client, enrolled):
    for number in range(15):
        wrong_password(client, f"colleague-{number}@example.org", "203.0.113.5")

    response = client.post(
        SIGN_IN,
        {"login": enrolled.email, "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.5"},
    )

    assert response.status_code == 302


@pytest.mark.usefixtures("behind_a_proxy")
def test_behind_a_proxy_the_guesses_of_one_address_hold_up_no_other(client, enrolled, settings):
    # As of somebody patient: how many tries there may be in a minute is another limit.
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": None}

    for number in range(50):
        wrong_password(client, f"nobody-{number}@example.org", "203.0.113.5")

    assert "tried too often" in wrong_password(client, "sam@example.org", "203.0.113.5").text
    assert "tried too often" not in wrong_password(client, "sam@example.org", "203.0.113.6").text


def test_without_a_proxy_no_address_is_taken_from_a_header():
    assert trusted_proxies({}) == 0


def trusted_proxies(environment):
    """How many proxies the settings trust in an environment, which is read when they are imported."""
    said = subprocess.run(
        [sys.executable, "-c", "from cms.settings import base; print(base.ALLAUTH_TRUSTED_PROXY_COUNT)"],
        env={**os.environ, **environment}, cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return int(said)


def test_a_closed_account_cannot_sign_in(client, enrolled):
    enrolled.is_active = False
    enrolled.save()

    post_password(client)

    assert "_auth_user_id" not in client.session


def test_people_of_a_demonstration_sign_in_to_a_demonstration_only(client, person):
    person.for_demonstration = True
    person.save()

    post_password(client)
    assert "_auth_user_id" not in client.session

    Demonstration.objects.create()
    post_password(client)
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_demonstrations_open_session_ends_with_the_mark(client, person):
    person.for_demonstration = True
    person.save()
    mark = Demonstration.objects.create()
    sign_in(client, person)

    mark.delete()

    assert client.get("/desk/").url.startswith(SIGN_IN)


def test_empty_form_says_what_to_do(client):
    response = client.post(SIGN_IN, {"login": "", "password": ""})

    text = response.content.decode()
    assert "Enter your e-mail address" in text
    assert "Enter your password" in text
    assert "<title>Error: " in text


def test_account_pages_are_never_stored(client):
    assert client.get(SIGN_IN)["Cache-Control"] == "no-store"
