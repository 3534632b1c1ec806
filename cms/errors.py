"""What people see when something goes wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from referrals.journey import views as journey


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that could not be trusted: usually cookies are off or the page is old.

    A question of the journey is shown again with everything that was typed.
    """
    return journey.ask_again(request) or render(request, "403_csrf.html", status=403)
