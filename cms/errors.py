"""What people see when something goes wrong."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from referrals.journey import views as journey

from .zones import Zone, zone_of


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that could not be trusted: usually cookies are off or the page is old.

    A question of the journey is shown again with everything that was typed.
    """
    return journey.ask_again(request) or render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Explain what we could not read, or what was too long to read. In the journey "Exit this page" stays in reach."""
    in_journey = zone_of(request.path) is Zone.JOURNEY
    frame = {"frame": "journey_base.html" if in_journey else "base.html", "in_journey": in_journey}
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", frame, status=413)
    return render(request, "400.html", frame, status=400)
