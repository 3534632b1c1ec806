"""Which team an address belongs to, how we know, and whether we are sure.

The most specific rule in force wins: postcode, LSOA, ward, parish, sector, outcode, drawn area, then the council's
rule for everywhere else, then its duty team. Sectors, outcodes and drawn areas cross council borders, so when we know
which district an address lies in, they count only for that district's own council.

An answer is sure when a rule names the very postcode, or something it lies in that is not a fallback, the postcode is
live and well placed, and nobody else's area begins within 100 metres (`edges`).
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import models
from django.utils import timezone

from . import addresses, authorities, boundaries, edges, outcodes
from .addresses import Address
from .authorities import Authority
from .geo import Point
from .models import Council, Hub, Locality, LocalityRule, Outcode, Postcode, Town
from .postcode_text import (
    COUNTRIES,
    FORCES,
    NotAPostcode,
    NotServed,
    PartialPostcode,
    PostcodeError,
    normalise,
    outcode_of,
    outside_england,
)
from .postcodes import towns_called
from .rules import CROSS_BORDERS, PRECEDENCE, RuleBook, keys_of

__all__ = ["CROSS_BORDERS", "PRECEDENCE", "Address", "Decision", "How", "decide"]

Kind = LocalityRule.Kind
FALLBACKS = {Kind.OUTCODE, Kind.COUNCIL_DEFAULT}


class How(models.TextChoices):
    """What decided. The first eight are the kinds of `LocalityRule`."""

    POSTCODE = "postcode", "Postcode"
    LSOA = "lsoa", "LSOA"
    WARD = "ward", "Ward"
    PARISH = "parish", "Parish"
    SECTOR = "sector", "Postcode sector"
    OUTCODE = "outcode", "Postcode district"
    POLYGON = "polygon", "Drawn area"
    COUNCIL_DEFAULT = "council_default", "Anywhere else in the council"
    TOWN = "town", "Town"
    HUB = "hub", "Hub"
    DUTY = "duty", "Duty team"
    OUT_OF_AREA = "out_of_area", "Out of area"


@dataclass(frozen=True)
class Decision:
    """Where a request belongs. No locality and no council: out of area."""

    locality: Locality | None
    council: Council | None
    how: How
    sure: bool
    why: str
    """One plain sentence for staff. Holds no more of a postcode than its first half."""
    covered_by: Locality | None = None
    """The team that stands in today. The request still goes to `locality`'s queue."""
    served_by: Authority | None = None
    """Out of area in England: the council that serves the address, where known."""
    nation: str = ""
    """Out of area elsewhere: "Wales", "the Isle of Man"."""

    @property
    def out_of_area(self) -> bool:
        return self.council is None


def decide(
    *,
    postcode: str | None = None,
    town: Town | str | None = None,
    hub: Hub | None = None,
    point: Point | None = None,
    council: Council | None = None,
    on: datetime.date | None = None,
) -> Decision:
    """Return which locality's queue a request belongs in on a day (today unless said).

    A postcode is worth more than a point on the map, a point more than a town, a town more than the hub nearby, a hub
    more than a council. `council` is the last resort: its duty team takes what nothing else places, but never an
    address known to lie elsewhere. `locality` is None with a `council` only when that council has no duty team, which
    a system check warns of.

    Raises:
        PostcodeError: all there is, is a postcode that cannot be read or a town that nobody knows.
    """
    day = on or timezone.localdate()
    attempts: list[Callable[[], Decision]] = [
        *([lambda: _by_postcode(postcode, council, day)] if postcode else []),
        *([lambda: _by_point(point, council, day)] if point else []),
        *([lambda: _by_town(town, council, day)] if town else []),
        *([lambda: _by_hub(hub)] if hub else []),
    ]
    problem: PostcodeError | None = None
    for attempt in attempts:
        try:
            return _with_cover(attempt(), day)
        except NotServed as elsewhere:
            return _abroad(elsewhere.where)
        except PostcodeError as unreadable:
            problem = unreadable
    if council is None:
        raise problem or NotAPostcode()
    because = "The address could not be read" if problem else "No postcode or town was given"
    return _with_cover(_duty(council, because), day)


def _by_postcode(text: str, council: Council | None, day: datetime.date) -> Decision:
    try:
        code = normalise(text)
    except PartialPostcode as half:
        return _unlisted(Address(outcode=half.outcode, sector=half.sector, doubt=half.doubt), council, day)
    row = Postcode.objects.filter(pk=code).first()
    if row is None:
        address = Address(code, outcode_of(code), code[-3], doubt="the full postcode is not in our directory")
        return _unlisted(address, council, day)
    if row.country in COUNTRIES:
        return _abroad(COUNTRIES[row.country], row.code)
    chart = boundaries.chart()
    [address] = addresses.of_rows([row], chart)
    if not address.district:
        return _unlisted(
            replace(address, doubt="our directory does not say where the postcode lies"), council, day
        )
    return _listed(address, chart, day)


def _listed(address: Address, chart: boundaries.Chart, day: datetime.date) -> Decision:
    """Decide for a postcode of the directory, whose district is therefore known."""
    near = edges.Surroundings() if address.doubt else edges.around(address, chart)
    book = RuleBook.on(day, keys_of([address]) | near.keys)
    rule = book.about(address)
    councils = {} if rule else {council.ons_code: council for council in Council.objects.all()}
    ours = next((councils[code] for code in sorted(address.authorities) if code in councils), None)
    if ours:
        return _duty(ours, "No rule covers this address")
    found = _by_rule(rule, address.doubt) if rule else _elsewhere_in_england(address)
    stranger = edges.beyond(address, near, rule, book, chart, councils) if found.sure else ""
    if stranger:
        return replace(found, sure=False, why=f"{found.why}, but {stranger} begins close by")
    return found


def _unlisted(address: Address, council: Council | None, day: datetime.date) -> Decision:
    """Decide for half a postcode, or a whole one newer than our directory or mistyped."""
    where = outside_england(address.code or address.outcode)
    if where:
        return _abroad(where, address.code)
    rule = RuleBook.on(day, keys_of([address])).about(address)
    if rule:
        # A rule for this very postcode needs no directory.
        return _by_rule(rule, "" if rule.kind == Kind.POSTCODE else address.doubt)
    likely = next(iter(outcodes.served_by(address.outcode)), None)
    if likely is None and not Outcode.objects.filter(pk=address.outcode).exists():
        ours = outcodes.council_around(address.outcode, council, day)
        if ours:
            return _duty(ours, f"We do not know where {address.outcode} is")
    if likely and likely.council:
        return _duty(likely.council, f"Most of {address.outcode} is in {likely.council}, but {address.doubt}")
    found = _elsewhere(f"No team covers {address.outcode}", sure=False)
    return replace(found, served_by=likely.authority) if likely else found


def _by_point(point: Point, council: Council | None, day: datetime.date) -> Decision:
    """Decide by a place on the map, for which only the map can be asked."""
    chart = boundaries.chart()
    [address] = addresses.on_the_map([Address(point=point)], chart)
    rule = RuleBook.on(day, keys_of([address])).about(address)
    if rule:
        return _by_rule(rule, "only a place on the map was given")
    return _of_district(address, council, "that place on the map")


def _by_town(town: Town | str, council: Council | None, day: datetime.date) -> Decision:
    """Decide by the middle of a town. Of several with one name, take the first that the council serves, if any."""
    towns = [town] if isinstance(town, Town) else towns_called(town)
    decisions = [_of_town(each, council, day) for each in towns]
    ours = [each for each in decisions if council and each.council == council]
    served = [each for each in decisions if each.council]
    return (ours or served or decisions)[0]


def _of_town(town: Town, council: Council | None, day: datetime.date) -> Decision:
    address = addresses.of_town(town, boundaries.chart())
    rule = RuleBook.on(day, keys_of([address])).about(address)
    if rule:
        return replace(_by_rule(rule, f"only the town {town.name} was given"), how=How.TOWN)
    return _of_district(address, council, town.name)


def _of_district(address: Address, council: Council | None, place: str) -> Decision:
    """Decide for a place that no rule covers, by the council it lies in, where that is known."""
    ours = Council.objects.filter(ons_code__in=address.authorities).first()
    if ours is None and not address.district:
        ours = council
    if ours:
        return _duty(ours, f"No rule covers {place}")
    found = _elsewhere(f"No team covers {place}", sure=bool(address.district))
    return replace(found, served_by=authorities.serving(address.district, address.county))


def _by_hub(hub: Hub) -> Decision:
    """Decide by the hub that somebody goes to, when they would not say where they live."""
    return Decision(
        locality=hub.team,
        council=hub.team.council,
        how=How.HUB,
        sure=False,
        why=f"{hub.name} belongs to {hub.team.name}, but only the hub was given",
    )


def _by_rule(rule: LocalityRule, doubt: str) -> Decision:
    why = f"{_subject(rule)} belongs to {rule.locality.name}"
    if doubt or rule.kind == Kind.OUTCODE:
        why += f", but {doubt or 'no rule knows its ward'}"
    if rule.note:
        why += f" ({rule.note})"
    return Decision(
        locality=rule.locality,
        council=rule.locality.council,
        how=How(rule.kind),
        sure=_is_sure(rule, doubt),
        why=why,
    )


def _is_sure(rule: LocalityRule, doubt: str) -> bool:
    return not doubt and not rule.note and rule.kind not in FALLBACKS


def _subject(rule: LocalityRule) -> str:
    """Return what a rule speaks of, in words. Full postcodes and sectors are not named: that is personal data."""
    council = rule.locality.council.name
    subjects = {
        Kind.POSTCODE: "This postcode",
        Kind.LSOA: f"Neighbourhood {rule.name or rule.code}",
        Kind.WARD: f"Ward {rule.name or rule.code}",
        Kind.PARISH: f"Parish {rule.name or rule.code}",
        Kind.SECTOR: f"This part of {rule.code[:-1]}",
        Kind.OUTCODE: f"{rule.code}",
        Kind.POLYGON: f"The area {rule.name or rule.code}",
        Kind.COUNCIL_DEFAULT: f"Everywhere in {council} without a rule of its own",
    }
    return subjects[Kind(rule.kind)]


def _duty(council: Council, because: str) -> Decision:
    localities = Locality.objects.filter(council=council, is_duty=True).select_related("council", "cover")
    return Decision(
        locality=localities.first(),
        council=council,
        how=How.DUTY,
        sure=False,
        why=f"{because}, so {council}'s duty team decides",
    )


def _elsewhere(why: str, *, sure: bool) -> Decision:
    return Decision(None, None, How.OUT_OF_AREA, sure, why)


def _elsewhere_in_england(address: Address) -> Decision:
    serving = authorities.serving(address.district, address.county)
    whose = f"the area of {serving.name}" if serving else "another council's area"
    but = f", but {address.doubt}" if address.doubt else ""
    found = _elsewhere(f"The address is in {whose}{but}", sure=not address.doubt)
    return replace(found, served_by=serving)


def _abroad(where: str, code: str = "") -> Decision:
    # The directory knows only "the Channel Islands"; the letters tell Jersey from Guernsey.
    nation = outside_england(code) or where
    why = f"It is {nation}" if nation == FORCES else f"The address is in {nation}"
    return replace(_elsewhere(why, sure=True), nation=nation)


def _with_cover(decision: Decision, day: datetime.date) -> Decision:
    """Add who stands in. The request stays in its own queue, so that nothing has to move back afterwards."""
    locality = decision.locality
    if locality is None or locality.cover is None or not locality.is_covered(day):
        return decision
    until = f" until {locality.cover_to:%-d %B %Y}" if locality.cover_to else ""
    why = f"{decision.why} ({locality.cover.name} covers for {locality.name}{until})"
    return replace(decision, covered_by=locality.cover, why=why)
