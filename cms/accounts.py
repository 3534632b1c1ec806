"""Signing in: closed sign-up, sealed second-factor seeds, and who may sign in at all."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from hubs.models import Demonstration, User
from referrals.sealed import keyring

SEED_GROUP = "account.second_factor"
RECENT_SECONDS = 300
WRONG_CODE = "That code is not right. It changes every 30 seconds: type the one your app shows now"


class PasswordBackend(ModelBackend):
    """E-mail and password. A demonstration's people may sign in only to a demonstration."""

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        if user.for_demonstration and (settings.DEMO_REFUSED or not Demonstration.here()):
            return False
        return super().user_can_authenticate(user)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by managers, never by visitors."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Check your e-mail address and your password. One of them is not right",
        "too_many_login_attempts": "You have tried too often. Wait a few minutes, then try again",
        "incorrect_password": "That password is not right. Check it and type it again",
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, app: str = "") -> bool:
        """Do not ask again for a password that was typed a moment ago."""
        records = get_authentication_records(self.request, self.request.user)
        typed = [record["at"] for record in records if record.get("method") in ("password", "mfa")]
        return not typed or time.time() - max(typed) > RECENT_SECONDS

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("signed-in")


class MfaAdapter(DefaultMFAAdapter):
    """Keeps second-factor seeds and recovery codes sealed at rest."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        return keyring().seal(SEED_GROUP, "", text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().open(SEED_GROUP, "", bytes.fromhex(encrypted_text))


def connect() -> None:
    """Listen for a newly set up second factor."""
    authenticator_added.connect(_count_as_used, dispatch_uid="second-factor-set-up")


def _count_as_used(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: object
) -> None:
    """Somebody who has just typed a code from a new app has shown a second factor in this session."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send people who ask for Wagtail's own sign-in page to ours."""
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(resolve_url("account_login") + (f"?{urlencode({'next': target})}" if safe else ""))


def signed_in(request: HttpRequest) -> HttpResponse:
    """Send people to where they work: the desk for members of a team, the CMS for everyone else."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    works_at_a_desk = request.user.memberships.current().exists()  # type: ignore[union-attr]
    return redirect("desk:queue" if works_at_a_desk else "wagtailadmin_home")
