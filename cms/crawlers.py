"""What search engines are told."""

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from wagtail.contrib.sitemaps.sitemap_generator import Sitemap as PageSitemap

from directory.models import Service
from hubs.models import Hub

CLOSED = ("/help/", "/desk/", "/admin/", "/account/")


class Pages(PageSitemap):
    """Home and articles."""


class Listings(Sitemap):
    """What families can find."""

    limit = 5000

    def items(self) -> QuerySet[Service]:
        return Service.objects.listed().order_by("pk")


class HubPages(Sitemap):
    """The hubs."""

    def items(self) -> QuerySet[Hub]:
        return Hub.objects.filter(live=True).order_by("pk")


SITEMAPS = {"pages": Pages, "listings": Listings, "hubs": HubPages}


@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of everything that is not for everybody, and tell them where the rest is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
