"""A page of search results: the listings, the nearest hub, and what is had anywhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from hubs.geo import METRES_PER_MILE, Point
from hubs.models import Council, Hub, LocalityRule
from hubs.postcodes import Place

from . import words
from .components import HubCard, Origin, ServiceCard
from .filters import SearchFilter
from .hub_pages import nearest_hub
from .models import SearchEntry, Service, Session
from .near import Nearest, nearest

PER_PAGE = 20
MOST_IN_BAND = 4
ENOUGH = 5
USUAL_MILES = 5
WIDER_MILES = (3, 10, 30)
FROM_HOME = (Service.Delivery.ONLINE, Service.Delivery.TELEPHONE)


@dataclass(frozen=True)
class Found:
    """The keys of one page of entries, in order, of how many, and how far we looked."""

    pks: list[int]
    total: int
    number: int
    miles: int | None = None
    widened_from: int | None = None

    @property
    def page(self) -> Page:
        return Paginator(range(self.total), PER_PAGE).get_page(self.number)


@dataclass
class Results:
    """A page of search results with everything round it."""

    cards: list[ServiceCard] = field(default_factory=list)
    page: Page | None = None
    total: int = 0
    hub: HubCard | None = None
    band: list[ServiceCard] = field(default_factory=list)
    miles: int | None = None
    widened_from: int | None = None
    from_home: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show. What is had from home is in the band, and nothing need be near."""
        return not self.total and not (self.from_home and self.band)

    @property
    def heading(self) -> str:
        """How many, in words: "23 things within 5 miles"; nothing when all there is stands in the band."""
        if not self.total and not self.is_empty:
            return ""
        found = words.count(self.total, "thing") if self.total else "Nothing"
        return f"{found} within {words.count(self.miles, 'mile')}" if self.miles else found

    @property
    def widened_words(self) -> str:
        """Why we looked further than usual, or than they chose."""
        if not (self.miles and self.widened_from):
            return ""
        return (
            f"There is little within {words.count(self.widened_from, 'mile')}, "
            f"so we looked within {words.count(self.miles, 'mile')}."
        )


def search(filters: SearchFilter, number: int) -> Results:
    """Return a page of what the filters ask for: nearest first round a place, else by name.

    Nothing when the place makes no sense: a list from anywhere would look like an answer.
    """
    if "near" in filters.errors:
        return Results()
    place = filters.place
    hub = nearest_hub(place.point) if place else None
    found = _found(filters, hub, number)
    band = _band(filters.qs, place, hub) if place and found.number == 1 else None
    rows = _rows(found.pks, band)
    origin = Origin.of(place)

    def cards(entries: Iterable[Any]) -> list[ServiceCard]:
        return [ServiceCard.for_entry(e, origin=origin, next_start=e.next_start) for e in entries]

    listed = [rows.pop(pk) for pk in found.pks if pk in rows]
    shown = {entry.service_id for entry in listed}
    in_band = sorted(
        (entry for entry in rows.values() if entry.service_id not in shown),
        key=lambda entry: (entry.coverage, entry.name),
    )
    return Results(
        cards=cards(listed),
        page=found.page,
        total=found.total,
        hub=_hub_card(hub, place) if hub and place else None,
        band=cards(in_band[:MOST_IN_BAND]),
        miles=found.miles,
        widened_from=found.widened_from,
        from_home=filters.cleaned.get("delivery") in FROM_HOME,
    )


def _found(filters: SearchFilter, hub: Hub | None, number: int) -> Found:
    if filters.place is None:
        return _page(filters.qs.order_by("name", "pk"), filters.qs.count(), number)
    usual = hub.council.search_miles if hub else USUAL_MILES
    miles = filters.within_miles or usual
    page = _by_name if filters.cleaned.get("sort") == "name" else page_near
    return page(filters.qs, filters.place.point, miles, number)


def page_near(entries: QuerySet, point: Point, miles: int, number: int) -> Found:
    """Return a page of what is within some miles, nearest first; when that is too little, of what is further."""
    found = page_within(entries, point, [miles], number)
    beyond = _beyond(miles)
    if found.total >= ENOUGH or not beyond:
        return found
    further = page_within(entries, point, beyond, number)
    if further.total > found.total:
        return replace(further, widened_from=miles)
    return found if found.total else further


def page_within(entries: QuerySet, point: Point, distances: list[int], number: int) -> Found:
    """Return a page, nearest first, of what is within the first of some miles that has enough, or else all there is."""
    pks, totals = _nearest(entries, point, distances, number * PER_PAGE)
    miles, total = _far_enough(dict(zip(distances, totals, strict=True)))
    return replace(_cut(pks[:total], total, number), miles=miles)


def _nearest(entries: QuerySet, point: Point, distances: Sequence[int], most: int) -> Nearest:
    return nearest(entries, point, [miles * METRES_PER_MILE for miles in distances], most=most)


def _far_enough(totals: dict[int, int]) -> tuple[int, int]:
    """Return the shortest distance with enough within it, or with all there is, and how much that is.

    `totals` go from the shortest distance on. When there is nothing, we have looked as far as the longest.
    """
    *shorter, (furthest, most) = totals.items()
    enough = min(ENOUGH, most)
    return next(((miles, total) for miles, total in shorter if total and total >= enough), (furthest, most))


def _by_name(entries: Any, point: Point, miles: int, number: int) -> Found:
    """Return a page from A to Z of as far as `page_near` would look."""
    distances = [miles, *_beyond(miles)]
    totals = _nearest(entries, point, distances, 1).totals
    reached, total = _far_enough(dict(zip(distances, totals, strict=True)))
    found = _page(entries.near(point, reached * METRES_PER_MILE).order_by("name", "pk"), total, number)
    return replace(found, miles=reached, widened_from=miles if total and reached > miles else None)


def _beyond(miles: int) -> list[int]:
    return [further for further in WIDER_MILES if further > miles]


def _page(entries: QuerySet, total: int, number: int) -> Found:
    """Return one page of entries in their order; the first when there are not so many."""
    if (number - 1) * PER_PAGE >= total:
        number = 1
    first = (number - 1) * PER_PAGE
    return Found(list(entries.values_list("pk", flat=True)[first : first + PER_PAGE]), total, number)


def _cut(pks: list[int], total: int, number: int) -> Found:
    """Keep the last page of keys that go from the first on; the first page when they do not reach so far."""
    first = (number - 1) * PER_PAGE
    if first >= len(pks):
        return Found(pks[:PER_PAGE], total, 1)
    return Found(pks[first : first + PER_PAGE], total, number)


def page_number(text: str) -> int:
    """Return the page that an address asks for; the first when it makes no sense."""
    plain = text.isascii() and text.isdigit() and len(text) < 5
    return max(int(text), 1) if plain else 1


def _hub_card(hub: Hub, place: Place) -> HubCard:
    return HubCard.for_hub(hub, origin=Origin.of(place), eyebrow="Your nearest family hub", level="2")


def _rows(pks: Sequence[int], band: QuerySet | None) -> dict[int, SearchEntry]:
    """Return the entries of a page and of the band in one query, each with its `next_start`."""
    wanted = Q(pk__in=list(pks))
    if band is not None:
        wanted |= Q(pk__in=Subquery(band.values("pk")))
    coming = Session.objects.filter(
        service_location=OuterRef("service_location"), end__gt=timezone.now()
    ).order_by("start")
    found = SearchEntry.objects.filter(wanted).annotate(next_start=Subquery(coming.values("start")[:1]))
    found = found.only("service", "coverage", "name", "latitude", "longitude", "card")
    return {entry.pk: entry for entry in found}


def _band(entries: Any, place: Place, hub: Hub | None) -> QuerySet:
    """Return a few online, telephone, county-wide and national entries for where a place is."""
    councils = Council.objects.filter(_serves(place, hub))
    reach = Q(coverage=Service.Coverage.NATIONAL) | Q(
        coverage=Service.Coverage.COUNCIL, council__in=councils.values("pk")
    )
    return entries.wide().filter(reach).order_by("coverage", "name", "pk")[: MOST_IN_BAND + 2]


def _serves(place: Place, hub: Hub | None) -> Q:
    """Return the condition on councils that serve a place, as far as its codes tell."""
    codes = [code for code in (place.district, place.county) if code]
    if codes:
        return Q(ons_code__in=codes)
    by_rule = Q(
        localities__rules__kind=LocalityRule.Kind.OUTCODE, localities__rules__code=place.outcode or "-"
    )
    return by_rule | Q(pk=hub.council_id) if hub else by_rule
