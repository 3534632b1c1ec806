"""Whether every live postcode of a council belongs to exactly one team on a day, and where not.

What is asked of each postcode is what `areas.decide` asks: which of the most specific rules speak of it. A *gap* is a
postcode that no rule speaks of, so that only the duty team would get it. An *overlap* is one that rules of the same
kind give to two teams. "Anywhere else in the council" is a rule like any other, so what it alone catches is no gap;
that is counted by itself, so that a forgotten ward shows. Rules of other councils do not count here (`rules`).
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from . import addresses, authorities, boundaries
from .addresses import Address
from .models import Council, Locality, LocalityRule, Postcode
from .postcode_text import outcode_of
from .rules import CROSS_BORDERS, RuleBook, keys_of

Kind = LocalityRule.Kind
EXAMPLES = 3
"""Sectors named for each patch. Never a list of postcodes."""


class Verdict(NamedTuple):
    """Who gets a postcode by which kind of rule. No team: a gap. More than one: an overlap."""

    teams: tuple[Locality, ...]
    kind: Kind | None = None


@dataclass(frozen=True)
class Patch:
    """Postcodes of one ward and outcode that the same thing is said of."""

    ward: str
    """The ward's name, or its code where no rule names it."""
    outcode: str
    units: int
    sectors: tuple[tuple[str, int], ...]
    """The sectors with the most of them, as `(sector, postcodes)`."""
    teams: tuple[Locality, ...]


@dataclass(frozen=True)
class Straddler:
    """A rule for half a postcode, parts of which are in other councils, where it does not count."""

    rule: LocalityRule
    here: int
    elsewhere: int


@dataclass(frozen=True)
class Coverage:
    """What `coverage` found on one day."""

    council: Council
    day: datetime.date
    places: Sequence[tuple[Address, Verdict]]
    """Every live postcode of the council and who gets it."""
    gaps: Sequence[Patch]
    overlaps: Sequence[Patch]
    by_default: Sequence[Patch]
    """Postcodes that nothing but "anywhere else in the council" catches."""
    teams: Mapping[Locality, Counter[Kind]]
    """How many postcodes each team gets by each kind of rule."""
    rules: Sequence[LocalityRule]
    """The rules of the council's teams."""
    unused: Sequence[LocalityRule]
    """Those that speak of none of its live postcodes: perhaps a code that has changed."""

    @property
    def units(self) -> int:
        return len(self.places)

    @property
    def is_checked(self) -> bool:
        """Whether the directory knows any postcode of the council. Without one nothing can be said."""
        return bool(self.places)

    @property
    def is_whole(self) -> bool:
        """Whether every postcode belongs to exactly one team of the council."""
        return not (self.gaps or self.overlaps)

    @property
    def problems(self) -> list[str]:
        """What is wrong, a line each, fit to show."""
        said = ((self.gaps, "No team has {}"), (self.overlaps, "More than one team has {}"))
        return [words.format(counted(patches)) for patches, words in said if patches]


def counted(patches: Sequence[Patch]) -> str:
    """Return how many postcodes there are in patches, and in which of them most: "1,204 postcodes, most in …"."""
    units = sum(patch.units for patch in patches)
    wards: Counter[str] = Counter()
    for patch in patches:
        wards[patch.ward] += patch.units
    names = ", ".join(f"{ward} ({number:,})" for ward, number in wards.most_common(EXAMPLES))
    more = len(wards) - EXAMPLES
    return f"{units:,} postcode{'' if units == 1 else 's'}: {names}" + (
        f" and {more} more ward{'' if more == 1 else 's'}" if more > 0 else ""
    )


def live_addresses(council: Council) -> list[Address]:
    """Return the live postcodes of a council, by its districts or its county, with what the map adds. Three queries."""
    codes = authorities.districts_of(council.ons_code)
    rows = Postcode.objects.filter(Q(district__in=codes) | Q(county__in=codes), terminated="").order_by()
    found = addresses.of_rows(rows, boundaries.chart())
    return [address for address in found if council.ons_code in address.authorities]


def coverage(
    council: Council,
    day: datetime.date,
    *,
    units: Sequence[Address] | None = None,
    rules: Iterable[LocalityRule] | None = None,
) -> Coverage:
    """Return who gets each live postcode of a council on a day, and what is wrong with that.

    `units` are `live_addresses(council)` where somebody has them already; `rules` are what would be in force of every
    council (with `locality` and its council), saved or not: a neighbour's may speak of our postcodes too. Takes at
    most five queries, however large the council.
    """
    units = live_addresses(council) if units is None else units
    if rules is None:
        rules = LocalityRule.objects.in_force(day).select_related("locality__council")
    rules = list(rules)
    places, known = _judge(rules, units)
    whole = all(len(teams) == 1 and kind != Kind.COUNCIL_DEFAULT for _, (teams, kind) in places)
    names = {} if whole else _ward_names()
    teams: dict[Locality, Counter[Kind]] = {}
    for _, (holders, kind) in places:
        if len(holders) == 1 and kind:
            teams.setdefault(holders[0], Counter())[kind] += 1
    ours = [rule for rule in rules if rule.locality.council_id == council.pk]
    return Coverage(
        council=council,
        day=day,
        places=places,
        gaps=_patches(names, (p for p in places if not p[1].teams)),
        overlaps=_patches(names, (p for p in places if len(p[1].teams) > 1)),
        by_default=_patches(names, (p for p in places if p[1].kind == Kind.COUNCIL_DEFAULT)),
        teams=dict(sorted(teams.items(), key=lambda item: item[0].name)),
        rules=ours,
        unused=[rule for rule in ours if (rule.kind, rule.code) not in known],
    )


def _judge(
    rules: Sequence[LocalityRule], units: Iterable[Address]
) -> tuple[list[tuple[Address, Verdict]], set[tuple[str, str]]]:
    """Return who gets each postcode, and every kind and code of a rule in force that could speak of any of them.

    Postcodes alike in all that rules can speak of are judged once: thousands, not tens of thousands.
    """
    book = RuleBook(rules)
    kinds = {rule.kind for rule in rules}
    named = {rule.code for rule in rules if rule.kind == Kind.POSTCODE}
    places: list[tuple[Address, Verdict]] = []
    judged: dict[object, Verdict] = {}
    alone: list[Address] = []
    for unit in units:
        alike = (unit.code if unit.code in named else "", *_likeness(unit, kinds))
        if alike not in judged:
            judged[alike] = _verdict(book.speaking(unit))
            alone.append(unit)
        places.append((unit, judged[alike]))
    return places, keys_of(alone)


def _likeness(unit: Address, kinds: Set[str]) -> tuple[object, ...]:
    """Return all that rules of some kinds can speak of, but for the postcode itself."""
    half = unit.outcode if Kind.OUTCODE in kinds else ""
    if Kind.SECTOR in kinds:
        half = sector_of(unit)
    lsoa = unit.lsoa if Kind.LSOA in kinds else ""
    mapped = tuple(sorted(unit.mapped.items()))
    return half, lsoa, unit.ward, unit.parish, unit.district, unit.county, mapped


def _verdict(speaking: Sequence[LocalityRule]) -> Verdict:
    if not speaking:
        return Verdict(())
    kind = speaking[0].kind
    teams = dict.fromkeys(rule.locality for rule in speaking if rule.kind == kind)
    return Verdict(tuple(teams), Kind(kind))


def sector_of(unit: Address) -> str:
    """Return the sector as people write it: "DT4 7"."""
    return f"{unit.outcode} {unit.sector}"


def _patches(names: Mapping[str, str], places: Iterable[tuple[Address, Verdict]]) -> list[Patch]:
    """Gather postcodes by ward, outcode and teams, the largest first."""
    found: dict[tuple[str, str, tuple[Locality, ...]], Counter[str]] = {}
    for unit, verdict in places:
        found.setdefault((unit.ward, unit.outcode, verdict.teams), Counter())[sector_of(unit)] += 1
    patches = [
        Patch(
            ward=names.get(ward) or ward or "No ward",
            outcode=outcode,
            units=sectors.total(),
            sectors=tuple(sectors.most_common(EXAMPLES)),
            teams=teams,
        )
        for (ward, outcode, teams), sectors in found.items()
    ]
    return sorted(patches, key=lambda patch: (-patch.units, patch.ward, patch.outcode))


def straddlers(found: Coverage) -> list[Straddler]:
    """Return the council's rules for half a postcode of which part lies in other councils. One query, or none."""
    halves = [rule for rule in found.rules if rule.kind in CROSS_BORDERS]
    outcodes = {rule.code[:-1] if rule.kind == Kind.SECTOR else rule.code for rule in halves}
    if not outcodes:
        return []
    here = Counter(half for unit, _ in found.places for half in _halves(unit.code))
    everywhere = Counter(half for code in _live_codes(outcodes) for half in _halves(code))
    listed = [
        Straddler(rule, here[half], everywhere[half] - here[half])
        for rule in halves
        if everywhere[half := (Kind(rule.kind), rule.code)] > here[half]
    ]
    return sorted(listed, key=lambda each: (-each.elsewhere, each.rule.code))


def _halves(code: str) -> tuple[tuple[Kind, str], tuple[Kind, str]]:
    return (Kind.OUTCODE, outcode_of(code)), (Kind.SECTOR, code[:-2])


def _live_codes(outcodes: Iterable[str]) -> QuerySet[Postcode, str]:
    """Return the live postcodes of outcodes, and of those that begin alike, by ranges of the primary key."""
    ranges = Q()
    for outcode in outcodes:
        ranges |= Q(code__gte=f"{outcode}0AA", code__lte=f"{outcode}9ZZ")
    return Postcode.objects.filter(ranges, terminated="").order_by().values_list("code", flat=True)


def change_days(council: Council, after: datetime.date) -> list[datetime.date]:
    """Return the days after a day on which a rule of the council's teams begins, or first no longer holds."""
    days: set[datetime.date] = set()
    rules = LocalityRule.objects.filter(locality__council=council)
    for starts, ends in rules.values_list("valid_from", "valid_to").distinct().order_by():
        days.add(starts)
        if ends:
            days.add(ends + datetime.timedelta(days=1))
    return sorted(day for day in days if day > after)


def _ward_names() -> dict[str, str]:
    """Return what wards are called: as the map says, else as a rule ever did."""
    named = LocalityRule.objects.filter(kind=Kind.WARD).exclude(name="").order_by("valid_from")
    names = dict(named.values_list("code", "name"))
    return names | {area.code: area.name for area in boundaries.chart().areas if area.kind == Kind.WARD}
