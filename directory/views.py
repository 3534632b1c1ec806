"""The public pages of the directory. They set no cookie and read no session."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from hubs.models import Hub

from . import listings, schedules
from .filters import SearchFilter, WhatsOnFilter
from .models import Service

View = Callable[..., HttpResponse]
MAX_AGE_S = 60


def public_page(view: View) -> View:
    """Let shared caches keep a page for a minute, unless it says where somebody lives; answer 304 by ETag.

    Compression is safe here: these pages hold no secret that a guess could be measured against.
    """

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        personal = bool(request.GET.get("near"))
        patch_cache_control(response, private=personal, public=not personal, max_age=MAX_AGE_S)
        return response

    return require_safe(gzip_page(conditional_page(kept)))


@public_page
def find(request: HttpRequest) -> HttpResponse:
    """`/find/?near=DT4+9ZZ&within=5&category=infant-feeding&age=0`"""
    filters = SearchFilter(request.GET)
    return render(
        request,
        "directory/find.html",
        {
            "section": "find",
            "filters": filters,
            "form": filters.form,
            "place": filters.place,
            "near": request.GET.get("near", "")[:100],
            "results": listings.results(filters, request.GET.get("page", "1")),
        },
    )


@public_page
def service(request: HttpRequest, slug: str) -> HttpResponse:
    found = (
        Service.objects.listed()
        .select_related("council", "organisation", "photo")
        .prefetch_related(
            "service_locations__location__hub",
            "service_locations__schedules",
            "cost_options",
            "contacts",
            "categories__parent",
        )
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise Http404
    return render(request, "directory/service.html", {"section": "find", **listings.service_page(found)})


@public_page
def whats_on(request: HttpRequest) -> HttpResponse:
    """`/whats-on/?near=DT4+9ZZ&on=tomorrow`"""
    filters = WhatsOnFilter(request.GET)
    today = timezone.localdate()
    return render(
        request,
        "directory/whats_on.html",
        {
            "section": "whats-on",
            "filters": filters,
            "form": filters.form,
            "place": filters.place,
            "near": request.GET.get("near", "")[:100],
            "days": listings.whats_on(filters),
            "week": filters.query_with(on="week"),
            "is_week": filters.first_day != filters.last_day,
            "picks": [_pick(filters, today + datetime.timedelta(days=step), today) for step in range(7)],
        },
    )


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
    return render(
        request,
        "directory/hubs.html",
        {
            "section": "hubs",
            "form": filters.form,
            "place": filters.place,
            "near": request.GET.get("near", "")[:100],
            "cards": listings.hub_cards(filters.place),
        },
    )


def _published_hub(slug: str) -> Hub:
    found = listings.hubs_with_hours().select_related("council", "team", "photo").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@public_page
def hub(request: HttpRequest, slug: str) -> HttpResponse:
    return render(
        request, "directory/hub.html", {"section": "hubs", **listings.hub_page(_published_hub(slug))}
    )


@public_page
def timetable(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet for the wall: prints on one side of A4."""
    found = _published_hub(slug)
    page = {"hub": found, "week": listings.weekly_timetable(found), "today": timezone.localdate()}
    return render(request, "directory/timetable.html", {"section": "hubs", **page})
