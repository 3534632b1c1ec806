"""Every component with examples."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def styleguide(request: HttpRequest) -> HttpResponse:
    """Draw the page of components."""
    return render(request, "styleguide/index.html")
