"""The one cookie of the journey: the secret that opens somebody's own draft, gone when the browser closes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SENT = ".s"
"""Added once a request is sent. A changed cookie makes browsers drop the pages they hold for the Back button."""


def secret_of(request: HttpRequest) -> str:
    """Return the secret this browser holds, or ""."""
    return request.COOKIES.get(settings.DRAFT_COOKIE_NAME, "").removesuffix(SENT)


def give(response: HttpResponse, request: HttpRequest, secret: str, *, sent: bool = False) -> None:
    """Hand a draft's secret to the browser, out of reach of scripts."""
    response.set_cookie(
        settings.DRAFT_COOKIE_NAME,
        secret + (SENT if sent else ""),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_secure(request),
    )


def take_back(response: HttpResponse, request: HttpRequest) -> None:
    """Make the browser forget the journey: its secret and its form token."""
    for name in (settings.DRAFT_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        response.set_cookie(
            name, "", max_age=0, path="/", httponly=True, samesite="Lax", secure=_secure(request)
        )


def _secure(request: HttpRequest) -> bool:
    return request.is_secure() or settings.DRAFT_COOKIE_NAME.startswith("__Host-")
