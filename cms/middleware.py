"""Keeps each zone's policy, and the second factor in front of the desk and the admin."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from csp.constants import SELF, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_permissions_policy import PermissionsPolicyMiddleware

from .site import brand_for
from .zones import NEEDS_SECOND_FACTOR, NOT_STORED, Zone, zone_of

GetResponse = Callable[[HttpRequest], HttpResponse]

ADMIN_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
"""Wagtail's own widgets carry inline scripts; its previews are frames of our own."""


class ZoneMiddleware:
    """Adds the headers of the zone that an address is in, and lets views ask whose site this is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.may_locate = PermissionsPolicyMiddleware.compute_header_value(
            settings.PERMISSIONS_POLICY | {"geolocation": "self"}, name="the policy of public pages"
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = zone_of(request.path)
        request.site_council_id = lambda: brand_for(request).council_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        if zone is Zone.PUBLIC:
            response._permissions_policy_override = self.may_locate  # type: ignore[attr-defined]
        if zone in NOT_STORED:
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
        elif zone is Zone.ADMIN:
            _let_the_admin_frame(response)
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response["X-Frame-Options"] = "SAMEORIGIN"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def _let_the_admin_frame(response: HttpResponse) -> None:
    """Give an admin page its policy. A preview brings the previewed page's own, and only has to be framed."""
    inner = response.headers.get("Content-Security-Policy")
    if inner:
        response["Content-Security-Policy"] = inner.replace(
            "frame-ancestors 'none'", "frame-ancestors 'self'"
        )
    else:
        response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]


def has_second_factor(request: HttpRequest) -> bool:
    """Say whether this session was opened with a second factor, not merely by someone who owns one."""
    return any(
        record.get("method") == "mfa" for record in request.session.get("account_authentication_methods", [])
    )


class SecondFactorMiddleware:
    """Sends people without a second factor in this session to get one before the desk or the admin."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        guarded = zone_of(request.path) in NEEDS_SECOND_FACTOR
        if guarded and request.user.is_authenticated and not has_second_factor(request):
            enrolled = is_mfa_enabled(request.user)
            return redirect(reverse("mfa_reauthenticate" if enrolled else "mfa_activate_totp"))
        return self.get_response(request)
