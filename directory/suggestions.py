"""What the box for a place offers while somebody types, and what it says when a place was not found or has twins."""

from typing import NamedTuple

from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from hubs import suggestions
from hubs.postcodes import UnknownPlace

from . import limits
from .filters import SearchFilter

MAX_AGE_S = 60 * 60


class Choice(NamedTuple):
    """A place that may have been meant, and the query string that searches there."""

    text: str
    query: str


@require_safe
def places(request: HttpRequest) -> JsonResponse:
    """`/places/?q=wey` gives `{"places": [{"name": "Weymouth, Dorset", "about": ""}]}`, at most eight.

    Sets no cookie and says the same to everybody, so shared caches may keep it. Our script asks browsers not to.
    Asked too often it gives none, with 429, and the box is a plain one for a while.
    """
    if limits.suggestions.is_over(limits.visitor_of(request)):
        response = JsonResponse({"places": []}, status=429)
        response["Cache-Control"] = "no-store"
        # Django would write a warning for each: whoever asks in a loop would fill the log as well.
        response._has_been_logged = True  # type: ignore[attr-defined]
    else:
        found = suggestions.suggest(request.GET.get("q", ""))
        response = JsonResponse({"places": [place._asdict() for place in found]})
        patch_cache_control(response, public=True, max_age=MAX_AGE_S)
    response["X-Robots-Tag"] = "noindex"
    return response


def instead(filters: SearchFilter) -> tuple[str, list[Choice]]:
    """Return a lead and links to places that may have been meant: for a misspelt town, or for one with twins."""
    if filters.place:
        return "There is also", [_choice(filters, name) for name in filters.place.twins]
    if any(error.code == UnknownPlace.__name__ for error in filters.form.errors.as_data().get("near", [])):
        alike = suggestions.towns_like(filters.data.get("near", ""))
        return "Did you mean", [_choice(filters, str(town)) for town in alike]
    return "", []


def _choice(filters: SearchFilter, name: str) -> Choice:
    return Choice(name, filters.query_with(near=name))
