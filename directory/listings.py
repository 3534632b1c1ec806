"""What the page of one listing shows."""

from typing import Any
from urllib.parse import urlsplit

from django.db.models import (
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from hubs.models import Location

from . import schedules, words
from .models import Category, Check, Schedule, Service, ServiceLocation, Session


def listed_services() -> QuerySet[Service]:
    """Return what the public may see, with all that a listing's page reads."""
    places = ServiceLocation.objects.select_related("location__hub").prefetch_related("schedules")
    checks = Check.objects.filter(service=OuterRef("pk"))
    return (
        Service.objects.listed()
        .select_related("council", "organisation", "photo")
        .prefetch_related(
            Prefetch("service_locations", places),
            Prefetch("categories", Category.objects.select_related("parent")),
            "cost_options",
            "contacts",
        )
        .annotate(checked_on=Subquery(checks.values("on")[:1]))
    )


def service_page(service: Service) -> dict[str, Any]:
    """Return what a listing's page shows, from the listing itself, so that a draft can be previewed."""
    places = list(service.service_locations.all())
    topics = list(service.categories.all())
    # A draft comes without it.
    last_check = None if hasattr(service, "checked_on") else service.checks.first() if service.pk else None
    return {
        "service": service,
        "facts": _facts(service, places),
        "places": [_place(place) for place in places],
        "topics": topics,
        "prices": list(service.cost_options.all()),
        "languages": words.languages_in_words(service.languages),
        "checked_on": last_check.on if last_check else getattr(service, "checked_on", None),
        "coming": _coming(service, places),
        "icon": topics[0].picture if topics else "sun",
        "tone": topics[0].tone if topics else "accent",
        "kind": topics[0].name if topics else service.get_kind_display(),
        "booking": words.BOOKING_SENTENCES[Service.Booking(service.booking)],
        "contact": _contact(service),
        "never_bank_holidays": any(
            rule.freq != Schedule.Freq.ONCE for place in places for rule in place.schedules.all()
        ),
    }


def _contact(service: Service) -> dict[str, str]:
    """Return the listing's own phone, e-mail and website, or else those of who runs it."""
    people = list(service.contacts.all())
    own = [service, *people, service.organisation]
    website = service.url or service.organisation.website
    return {
        "phone": next((each.phone for each in own if each.phone), ""),
        "email": next((each.email for each in own if each.email), ""),
        "website": website,
        "website_text": urlsplit(website).hostname or "" if website else "",
    }


def _facts(service: Service, places: list[ServiceLocation]) -> list[dict[str, str]]:
    rules = [rule for place in places for rule in place.schedules.all()]
    when = list(dict.fromkeys(schedules.words(rule) for rule in rules))
    where = [words.place_in_words(place.location) for place in places if place.location]
    return [
        fact
        for fact in (
            _fact("When", "; ".join(when) or service.promise, "calendar-days", "accent"),
            _fact("Where", "; ".join(where) or words.delivery_in_words(service), "map-pin", "brand"),
            _fact("Who it is for", words.ages_in_words(service), "baby", "warm", service.eligibility),
            _fact("Cost", words.cost_in_words(service), "pound-sterling", "leaf", _cost_note(service)),
            _fact("Booking", words.BOOKING_WORDS[Service.Booking(service.booking)], "ticket", "plum"),
        )
        if fact["value"]
    ]


def _fact(label: str, value: str, icon: str, tone: str, note: str = "") -> dict[str, str]:
    return {"label": label, "value": value[:1].upper() + value[1:], "icon": icon, "tone": tone, "note": note}


def _cost_note(service: Service) -> str:
    return service.fees_description if service.cost == Service.Cost.FREE else ""


def _place(place: ServiceLocation) -> dict[str, Any]:
    location = place.location
    rules = [schedules.words(rule) for rule in place.schedules.all()]
    if location is None:
        return {"name": "From home", "lines": [], "rules": rules, "note": place.note, "location": None}
    lines = words.address_lines(location)
    hub = getattr(location, "hub", None) if isinstance(location, Location) else None
    return {
        "name": lines[0],
        "town": location.city,
        "lines": lines[1:],
        "rules": rules,
        "note": place.note,
        "location": None if location.masked else location,
        "masked": location.masked,
        "access": [] if location.masked else location.access_labels,
        "hub": hub if hub is not None and hub.live else None,
    }


def _coming(service: Service, places: list[ServiceLocation]) -> list[dict[str, str]]:
    """Return the next sessions: "Tuesday 24 November", "9:30am to 11am" and, of several places, where."""
    keys = [place.pk for place in places if place.pk]
    if not keys:
        return []
    where = {
        place.pk: words.place_in_words(place.location) if place.location else "Online" for place in places
    }
    day = timezone.localdate()
    found = Session.objects.filter(service_location__in=keys, end__gt=timezone.now())[:5]
    return [
        {
            "day": schedules.day_in_words(timezone.localtime(session.start).date(), day),
            "times": schedules.span(timezone.localtime(session.start), timezone.localtime(session.end)),
            "where": where[session.service_location_id] if len(places) > 1 else "",
        }
        for session in found
    ]
