"""The look and the words of the council whose site is asked for."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from wagtail.models import Site

from hubs.kept import Kept
from hubs.models import Council, Demonstration


@dataclass(frozen=True)
class Brand:
    """What a page needs to look like the council's own."""

    service_name: str = "Family Hubs"
    council_id: int | None = None
    council_name: str = ""
    css_url: str = ""
    logo_url: str = ""
    is_demo: bool = False


brands: Kept[tuple[str, str], Brand] = Kept()
"""By host and port."""


def brand_for(request: HttpRequest) -> Brand:
    """Return the brand of the site asked for, a few seconds old at most."""
    return brands.get((request.get_host(), request.get_port()), lambda: _brand(request))


def connect() -> None:
    """Forget brands whenever what they are made from changes."""
    from .models import SiteBrand

    brands.forget_with(Site, SiteBrand, Council, Demonstration)


def _brand(request: HttpRequest) -> Brand:
    from .models import SiteBrand

    site = Site.find_for_request(request)
    marked = SiteBrand.objects.annotate(is_demo=Exists(Demonstration.objects.all()))
    worn: Any = marked.filter(site=site).select_related("council__logo").first()
    if worn is None:
        return Brand(is_demo=Demonstration.here())
    council, is_demo = worn.council, worn.is_demo
    if council is None:
        return Brand(is_demo=is_demo)
    return Brand(
        service_name=council.service_name,
        council_id=council.pk,
        council_name=council.name,
        css_url=_css_url(council),
        logo_url=council.logo.get_rendition("max-320x80").url if council.logo else "",
        is_demo=is_demo,
    )


def _rules(council: Council) -> str:
    colours = {"--fh-primary": council.primary_colour, "--fh-accent": council.accent_colour}
    chosen = "".join(f"{name}:{colour};" for name, colour in colours.items() if colour)
    return f":root{{{chosen}}}" if chosen else ""


def _css_url(council: Council) -> str:
    rules = _rules(council)
    if not rules:
        return ""
    version = hashlib.sha256(rules.encode()).hexdigest()[:8]
    return reverse("brand", kwargs={"council": council.slug, "version": version})


def brand_css(request: HttpRequest, council: str, version: str) -> HttpResponse:
    """Serve a council's colours as a stylesheet, kept for ever: `version` changes with them."""
    found = Council.objects.filter(slug=council).first()
    if found is None:
        raise Http404
    response = HttpResponse(_rules(found), content_type="text/css")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
