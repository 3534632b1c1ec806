"""What people see when something goes wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that could not be trusted: usually cookies are off or the page is old."""
    return render(request, "403_csrf.html", status=403)
