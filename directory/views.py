"""The public pages of the directory. They set no cookie and read no session."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from hubs import positions
from hubs.models import Hub

from . import hub_pages, listings, results, schedules, suggestions, words
from . import whats_on as sessions
from .components import SearchBox
from .filters import LONGEST_PLACE, SearchFilter, WhatsOnFilter

View = Callable[..., HttpResponse]
MAX_AGE_S = 60


def public_page(view: View) -> View:
    """Let shared caches keep a page for a minute, unless it says where somebody lives; answer 304 by ETag.

    What says where a device is, nobody keeps: not even the browser, on a phone that others may pick up.

    Compression is safe here: these pages hold no secret that a guess could be measured against.
    """

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        near = request.GET.get("near", "")
        if positions.read(near):
            response["Cache-Control"] = "no-store"
        else:
            audience = "private" if near else "public"
            patch_cache_control(response, **{audience: True}, max_age=MAX_AGE_S)
        return response

    return require_safe(gzip_page(conditional_page(kept)))


@public_page
def find(request: HttpRequest) -> HttpResponse:
    """`/find/?near=DT4+9ZZ&within=5&category=infant-feeding&age=0`"""
    filters = SearchFilter(request.GET)
    found = results.search(filters, results.page_number(request.GET.get("page", "1")))
    page = {
        "results": found,
        "by_name": filters.cleaned.get("sort") == "name",
        "anywhere": filters.query_without("near"),
    }
    return render(request, "directory/find.html", {"section": "find", **_asked(filters), **page})


def _asked(filters: SearchFilter) -> dict[str, Any]:
    """Return what every page with a search box needs."""
    near = filters.data.get("near", "")[:LONGEST_PLACE]
    cleared = {name: value for name, value in filters.pairs() if name in filters.kept_fields}
    lead, links = suggestions.instead(filters)
    return {
        "filters": filters,
        "form": filters.form,
        "place": filters.place,
        "near": near,
        "clear": urlencode(cleared),
        "search_box": SearchBox(
            action=".",
            # A position means nothing to people; the heading says "your location".
            value="" if positions.read(near) else near,
            lead=lead,
            links=links,
            error=" ".join(filters.errors.get("near", [])),
            hidden=[{"name": name, "value": value} for name, value in filters.pairs() if name != "near"],
        ),
    }


@public_page
def service(request: HttpRequest, slug: str) -> HttpResponse:
    found = listings.listed_services().filter(slug=slug).first()
    if found is None:
        raise Http404
    return render(request, "directory/service.html", {"section": "find", **listings.service_page(found)})


@public_page
def whats_on(request: HttpRequest) -> HttpResponse:
    """`/whats-on/?near=DT4+9ZZ&on=tomorrow`"""
    filters = WhatsOnFilter(request.GET)
    today = timezone.localdate()
    found = sessions.whats_on(filters)
    is_week = filters.first_day != filters.last_day
    when = schedules.day_in_words(filters.first_day, today)
    page = {
        "days": found.days,
        "instead": found.instead,
        "more": found.is_cut,
        "picks": [_pick(filters, today + datetime.timedelta(days=step), today) for step in range(7)],
        "week": filters.query_with(on="week"),
        "is_week": is_week,
        "anywhere": filters.query_without("near"),
        "when": "this week" if is_week else when.lower() if when in ("Today", "Tomorrow") else f"on {when}",
    }
    return render(request, "directory/whats_on.html", {"section": "whats-on", **_asked(filters), **page})


def _pick(filters: WhatsOnFilter, day: datetime.date, today: datetime.date) -> dict[str, Any]:
    name = schedules.day_in_words(day, today)
    short = name if day - today < datetime.timedelta(days=2) else f"{day:%a} {day.day}"
    return {
        "text": short,
        "query": filters.query_with(on=day.isoformat()),
        "is_current": filters.first_day == filters.last_day == day,
    }


@public_page
def hubs(request: HttpRequest) -> HttpResponse:
    filters = SearchFilter(request.GET)
    cards = hub_pages.hub_cards(filters.place)
    page = {
        **_asked(filters),
        "heading": f"Family hubs near {filters.place.label}" if filters.place else "Family hubs",
        "cards": cards,
        "count": words.count(len(cards), "hub"),
    }
    return render(request, "directory/hubs.html", {"section": "hubs", **page})


def _published_hub(slug: str) -> Hub:
    found = hub_pages.hubs_with_hours().select_related("council", "team", "photo").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@public_page
def hub(request: HttpRequest, slug: str) -> HttpResponse:
    return render(
        request, "directory/hub.html", {"section": "hubs", **hub_pages.hub_page(_published_hub(slug))}
    )


@public_page
def timetable(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet for the wall: prints on one side of A4."""
    found = _published_hub(slug)
    page = {
        "hub": found,
        "week": hub_pages.weekly_timetable(found),
        "today": timezone.localdate(),
        "address": ", ".join(words.address_lines(found)),
    }
    return render(request, "directory/timetable.html", {"section": "hubs", **page})
