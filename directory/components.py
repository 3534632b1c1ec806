"""Cards and boxes that other pages may draw too. They hold plain words; `for_…` makes them from records."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from django.urls import reverse
from django.utils import timezone
from geopy.distance import geodesic
from laces.components import Component

from hubs.geo import METRES_PER_MILE, Point
from hubs.models import Hub
from hubs.postcodes import Place

from . import openings, schedules, words
from .models import SearchEntry, Service, Session
from .search import card_of

_exactly = geodesic()
"""One for all, since each that measures two points makes the Earth anew."""


SOME_SLUG = "a-slug"


@cache
def _pages() -> str:
    return reverse("service", args=[SOME_SLUG])


def _page_of(slug: str) -> str:
    """Return the address of a listing's page. Looked up once: a page of results has two dozen."""
    return _pages().replace(SOME_SLUG, slug)


def miles_in_words(distance_m: float) -> str:
    """Return "under half a mile" or "1.2 miles"; whole miles from ten on."""
    miles = distance_m / METRES_PER_MILE
    if miles < 0.5:
        return "under half a mile"
    if miles >= 9.95:
        return f"{miles:.0f} miles"
    return "1 mile" if 0.95 <= miles < 1.05 else f"{miles:.1f} miles"


@dataclass(frozen=True)
class Origin:
    """Where distances are measured from. `approximate` when it is only the middle of somewhere."""

    point: Point
    approximate: bool = False

    @classmethod
    def of(cls, place: Place | None) -> Self | None:
        return cls(place.point, place.approximate) if place else None

    def to(self, latitude: float | None, longitude: float | None) -> dict[str, Any]:
        """Return what cards show of a distance: `miles` in words, and whether to put "about" before it."""
        if latitude is None or longitude is None:
            return {}
        distance_m = _exactly.measure(self.point, (latitude, longitude)) * 1000
        if self.approximate and distance_m < METRES_PER_MILE:
            return {"miles": "under a mile"}
        if self.approximate:
            return {"miles": words.count(round(distance_m / METRES_PER_MILE), "mile"), "approximate": True}
        return {"miles": miles_in_words(distance_m), "approximate": False}


class WordsComponent(Component):
    """A component whose template gets its fields."""

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class ServiceCard(WordsComponent):
    """A listing: what, when, where and, after a search by place, how far."""

    template_name = "components/service_card.html"

    title: str
    url: str
    kind: str = ""
    icon: str = "sun"
    tone: str = "accent"
    when: str = ""
    where: str = ""
    miles: str = ""
    approximate: bool = False
    summary: str = ""
    ages: str = ""
    cost: str = ""
    is_free: bool = False
    booking: str = ""
    extra: list[dict[str, str]] = field(default_factory=list)
    level: str = "3"

    @classmethod
    def for_entry(
        cls,
        entry: SearchEntry,
        *,
        origin: Origin | None = None,
        next_start: datetime.datetime | None = None,
        level: str = "3",
    ) -> Self:
        """Make the card of a search entry, measured from `origin`. `next_start` is its next session."""
        card = dict(entry.card)
        slug, masked = card.pop("slug"), card.pop("masked")
        card["when"] = soon_in_words(next_start) or card["when"]
        far = origin.to(entry.latitude, entry.longitude) if origin and not masked else {}
        return cls(title=entry.name, url=_page_of(slug), level=level, **card, **far)

    @classmethod
    def for_service(cls, service: Service, *, level: str = "3") -> Self:
        """Make the card of a listing wherever it is embedded, from its rows and not from the index."""
        places = list(service.service_locations.all())
        rules = [rule for place in places for rule in place.schedules.all()]
        location = places[0].location if places else None
        card = card_of(service, list(service.categories.all()), rules, location)
        slug, _ = card.pop("slug"), card.pop("masked")
        return cls(title=service.name, url=_page_of(slug), level=level, **card)


def soon_in_words(moment: datetime.datetime | None) -> str:
    """Return "Today, 10am" or "Tomorrow, 10am" for a session that soon, else ""."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() - today > datetime.timedelta(days=1):
        return ""
    return f"{schedules.day_in_words(local.date(), today)}, {schedules.clock(local)}"


@dataclass(frozen=True)
class HubCard(WordsComponent):
    """A hub: where it is and whether it is open."""

    template_name = "components/hub_card.html"

    title: str
    url: str
    eyebrow: str = "Family hub"
    address: str = ""
    miles: str = ""
    approximate: bool = False
    is_open: bool | None = None
    open_text: str = ""
    phone: str = ""
    summary: str = ""
    level: str = "3"

    @classmethod
    def for_hub(
        cls,
        hub: Hub,
        *,
        origin: Origin | None = None,
        eyebrow: str = "Family hub",
        level: str = "3",
    ) -> Self:
        """Make the card of a hub, measured from `origin`."""
        status = openings.status(hub, timezone.localtime())
        return cls(
            title=hub.name,
            url=reverse("hub", args=[hub.slug]),
            eyebrow=eyebrow,
            address=", ".join(words.address_lines(hub)[0 if hub.masked else 1 :]),
            is_open=status.is_open,
            open_text=status.text,
            phone=hub.phone,
            summary=hub.summary,
            level=level,
            **(origin.to(hub.latitude, hub.longitude) if origin and not hub.masked else {}),
        )


@dataclass(frozen=True)
class SessionCard(WordsComponent):
    """One session. The time leads."""

    template_name = "components/session_card.html"

    title: str
    url: str
    starts: str
    ends: str = ""
    where: str = ""
    miles: str = ""
    approximate: bool = False
    is_off: bool = False
    off_reason: str = ""
    ages: str = ""
    cost: str = ""
    is_free: bool = False
    booking: str = ""
    extra: list[dict[str, str]] = field(default_factory=list)
    level: str = "3"

    @classmethod
    def for_session(
        cls,
        session: Session,
        entry: SearchEntry,
        *,
        origin: Origin | None = None,
        level: str = "3",
    ) -> Self:
        """Make the card of a session from it and its listing's search entry."""
        card = entry.card
        return cls(
            title=entry.name,
            url=_page_of(card["slug"]),
            starts=schedules.clock(timezone.localtime(session.start)),
            ends=schedules.clock(timezone.localtime(session.end)),
            where=card["where"],
            ages=card["ages"],
            cost=card["cost"],
            is_free=card["is_free"],
            booking=card["booking"],
            level=level,
            **(origin.to(entry.latitude, entry.longitude) if origin and not card["masked"] else {}),
        )


@dataclass(frozen=True)
class SearchBox(WordsComponent):
    """The postcode box. `value` is what was typed; `hidden` are `{"name", "value"}` to keep.

    `links` are `directory.suggestions.Choice`s that may have been meant, after the words of `lead`.
    """

    template_name = "components/search_box.html"

    value: str = ""
    error: str = ""
    hint: str = ""
    label: str = ""
    button: str = ""
    action: str = ""
    hidden: list[dict[str, str]] = field(default_factory=list)
    id: str = "near"
    lead: str = ""
    links: Sequence[Any] = ()
    also_url: str = ""
    also_text: str = ""


RELATIVE = ("Today", "Tomorrow")


@dataclass(frozen=True)
class TodaySessions(Component):
    """The next few sessions: near somewhere or in a council (a `Council`'s key) or anywhere."""

    template_name = "directory/today_sessions.html"

    origin: Origin | None = None
    council_id: int | None = None
    limit: int = 4

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        from . import whats_on

        day = whats_on.soonest(origin=self.origin, council_id=self.council_id, limit=self.limit)
        return {
            "url": reverse("whats-on"),
            "heading": f"What’s on {day.heading.lower() if day.heading in RELATIVE else day.heading}"
            if day
            else "",
            "sessions": day.cards if day else [],
        }
