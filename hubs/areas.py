"""Which team an address belongs to, how we know, and whether we are sure.

The most specific rule in force wins: postcode, LSOA, ward, parish, sector, outcode, then the council's rule for
everywhere else, then its duty team. Sectors and outcodes cross council borders, so when the directory says which
district a postcode lies in, they count only for that district's own council.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from .models import Council, Locality, LocalityRule, Outcode, Postcode, Town
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
from .postcodes import WORST_EXACT_QUALITY, towns_called, units_in

Kind = LocalityRule.Kind
PRECEDENCE = {kind: place for place, kind in enumerate(Kind)}
CROSS_BORDERS = {Kind.SECTOR, Kind.OUTCODE}
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

    @property
    def out_of_area(self) -> bool:
        return self.council is None


@dataclass(frozen=True)
class Address:
    """What we know of where somebody lives; "" where we do not."""

    code: str = ""
    outcode: str = ""
    sector: str = ""
    lsoa: str = ""
    ward: str = ""
    parish: str = ""
    district: str = ""
    county: str = ""
    doubt: str = ""
    """Why we may be wrong about all of it, as the end of a sentence."""

    @property
    def authorities(self) -> set[str]:
        """ONS codes of the district and, where there are two tiers, the county."""
        return {self.district, self.county} - {""}

    @property
    def codes(self) -> Mapping[Kind, set[str]]:
        """The codes that a rule of each kind would have to hold."""
        return {
            Kind.POSTCODE: {self.code} - {""},
            Kind.LSOA: {self.lsoa} - {""},
            Kind.WARD: {self.ward} - {""},
            Kind.PARISH: {self.parish} - {""},
            Kind.SECTOR: {self.outcode + self.sector} if self.sector else set(),
            Kind.OUTCODE: {self.outcode} - {""},
            Kind.COUNCIL_DEFAULT: self.authorities,
        }


def decide(
    *,
    postcode: str | None = None,
    town: Town | str | None = None,
    council: Council | None = None,
    on: datetime.date | None = None,
) -> Decision:
    """Return which locality's queue a request belongs in on a day (today unless said).

    A postcode is worth more than a town, a town more than a council. `council` is the last resort: its duty team
    takes what nothing else places, but never an address known to lie elsewhere. `locality` is None with a
    `council` only when that council has no duty team, which a system check warns of.

    Raises:
        PostcodeError: all there is, is a postcode that cannot be read or a town that nobody knows.
    """
    day = on or timezone.localdate()
    attempts: list[Callable[[], Decision]] = []
    if postcode:
        attempts.append(lambda: _by_postcode(postcode, council, day))
    if town:
        attempts.append(lambda: _by_town(town, council, day))
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
        address = Address(outcode=half.outcode, sector=half.sector, doubt="only half a postcode was given")
        return _unlisted(address, council, day)
    row = Postcode.objects.filter(pk=code).first()
    if row is None:
        address = Address(code, outcode_of(code), code[-3], doubt="the full postcode is not in our directory")
        return _unlisted(address, council, day)
    if not row.district and row.country not in COUNTRIES:
        address = replace(_address(row), doubt="our directory does not say where the postcode lies")
        return _unlisted(address, council, day)
    return _listed(row, day)


def _listed(row: Postcode, day: datetime.date) -> Decision:
    """Decide for a postcode of the directory, whose district is therefore known."""
    if row.country in COUNTRIES:
        return _abroad(COUNTRIES[row.country])
    address = _address(row)
    for rule in _rules(address, day):
        if rule.kind not in CROSS_BORDERS or rule.locality.council.ons_code in address.authorities:
            return _by_rule(rule, address.doubt)
    council = Council.objects.filter(ons_code__in=address.authorities).first()
    if council:
        return _duty(council, "No rule covers this address")
    return _elsewhere("The address is in another council's area", sure=not address.doubt)


def _address(row: Postcode) -> Address:
    return Address(
        code=row.code,
        outcode=outcode_of(row.code),
        sector=row.code[-3],
        lsoa=row.lsoa,
        ward=row.ward,
        parish=row.parish,
        district=row.district,
        county=row.county,
        doubt=_doubt(row),
    )


def _doubt(row: Postcode) -> str:
    if row.terminated:
        return "the postcode is no longer in use"
    if row.quality > WORST_EXACT_QUALITY:
        return "the postcode's position is not exact"
    return ""


def _unlisted(address: Address, council: Council | None, day: datetime.date) -> Decision:
    """Decide for half a postcode, or a whole one newer than our directory or mistyped."""
    where = outside_england(address.code or address.outcode)
    if where:
        return _abroad(where)
    for rule in _rules(address, day):
        # A rule for this very postcode needs no directory.
        return _by_rule(rule, "" if rule.kind == Kind.POSTCODE else address.doubt)
    neighbours = _council_of_neighbours(address)
    if neighbours:
        return _duty(neighbours, f"Most of {address.outcode} is in {neighbours}, but {address.doubt}")
    if council and not Outcode.objects.filter(pk=address.outcode).exists():
        return _duty(council, f"We do not know where {address.outcode} is")
    return _elsewhere(f"No team covers {address.outcode}", sure=False)


def _council_of_neighbours(address: Address) -> Council | None:
    """Return the council in which most postcodes of the same outcode lie, if it is one of ours."""
    districts = units_in(address.outcode).values("district", "county").annotate(units=Count("pk"))
    commonest = districts.order_by("-units", "district").first()
    if commonest is None:
        return None
    return Council.objects.filter(ons_code__in=[commonest["district"], commonest["county"]]).first()


def _by_town(town: Town | str, council: Council | None, day: datetime.date) -> Decision:
    """Decide by the middle of a town. Of several with one name, take the first that the council serves, if any."""
    towns = [town] if isinstance(town, Town) else towns_called(town)
    decisions = [_of_town(each, day) for each in towns]
    ours = [each for each in decisions if council and each.council == council]
    served = [each for each in decisions if each.council]
    if not served and council and not all(each.district for each in towns):
        return _duty(council, f"No rule covers {towns[0].name}")
    return (ours or served or decisions)[0]


def _of_town(town: Town, day: datetime.date) -> Decision:
    address = Address(outcode=town.outcode, ward=town.ward, district=town.district)
    for rule in _rules(address, day):
        return replace(_by_rule(rule, f"only the town {town.name} was given"), how=How.TOWN)
    council = Council.objects.filter(ons_code__in=address.authorities).first()
    if council:
        return _duty(council, f"No rule covers {town.name}")
    return _elsewhere(f"No team covers {town.name}", sure=bool(town.district))


def _rules(address: Address, day: datetime.date) -> list[LocalityRule]:
    """Return the rules in force that speak of this address, the most specific and then the newest first."""
    matching = Q()
    for kind, codes in address.codes.items():
        if codes:
            matching |= Q(kind=kind, code__in=codes)
    if not matching:
        return []
    in_force = LocalityRule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), matching, valid_from__lte=day
    )
    found: Iterable[LocalityRule] = in_force.select_related("locality__council", "locality__cover")
    return sorted(
        found, key=lambda rule: (PRECEDENCE[Kind(rule.kind)], -rule.valid_from.toordinal(), rule.pk)
    )


def _by_rule(rule: LocalityRule, doubt: str) -> Decision:
    why = f"{_subject(rule)} belongs to {rule.locality.name}"
    if doubt:
        why += f", but {doubt}"
    if rule.note:
        why += f" ({rule.note})"
    return Decision(
        locality=rule.locality,
        council=rule.locality.council,
        how=How(rule.kind),
        sure=not doubt and not rule.note and rule.kind not in FALLBACKS,
        why=why,
    )


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


def _abroad(where: str) -> Decision:
    return _elsewhere(f"It is {where}" if where == FORCES else f"The address is in {where}", sure=True)


def _with_cover(decision: Decision, day: datetime.date) -> Decision:
    """Add who stands in. The request stays in its own queue, so that nothing has to move back afterwards."""
    locality = decision.locality
    if locality is None or locality.cover is None or not locality.is_covered(day):
        return decision
    until = f" until {locality.cover_to:%-d %B %Y}" if locality.cover_to else ""
    why = f"{decision.why} ({locality.cover.name} covers for {locality.name}{until})"
    return replace(decision, covered_by=locality.cover, why=why)
