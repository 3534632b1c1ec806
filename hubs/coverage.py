"""Whether every live postcode of a council belongs to exactly one team on a day, and where not.

What is asked of each postcode is what `areas.decide` asks: the most specific rules that speak of it. A *gap* is a
postcode that no rule speaks of, so that only the duty team would get it. An *overlap* is one that rules of the same
kind give to two teams. "Anywhere else in the council" is a rule like any other, so what it alone catches is no gap;
that is counted by itself, so that a forgotten ward shows. A team of another council is as wrong as none.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from .areas import CROSS_BORDERS, PRECEDENCE, Address
from .models import Council, Locality, LocalityRule, Postcode
from .postcode_text import outcode_of

Kind = LocalityRule.Kind
EXAMPLES = 3
"""Sectors named for each patch. Never a list of postcodes."""


class Unit(NamedTuple):
    """A live postcode."""

    code: str
    latitude: float | None
    longitude: float | None
    lsoa: str
    ward: str
    parish: str
    district: str
    county: str

    @property
    def outcode(self) -> str:
        return outcode_of(self.code)

    @property
    def sector(self) -> str:
        """As people write it: "DT4 7"."""
        return f"{self.outcode} {self.code[-3]}"


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
    places: Sequence[tuple[Unit, Verdict]]
    """Every live postcode of the council and who gets it."""
    gaps: Sequence[Patch]
    overlaps: Sequence[Patch]
    elsewhere: Sequence[Patch]
    """Postcodes that a rule gives to another council's team."""
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
        return not (self.gaps or self.overlaps or self.elsewhere)

    @property
    def problems(self) -> list[str]:
        """What is wrong, a line each, fit to show."""
        said = (
            (self.gaps, "No team has {}"),
            (self.overlaps, "More than one team has {}"),
            (self.elsewhere, "A team of another council has {}"),
        )
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


class Rulebook:
    """The rules in force on a day, asked as `areas.decide` asks them."""

    def __init__(self, rules: Iterable[LocalityRule]) -> None:
        self.rules = list(rules)
        self.used: set[tuple[Kind, str]] = set()
        self._by_code: dict[tuple[Kind, str], list[LocalityRule]] = {}
        for rule in self.rules:
            self._by_code.setdefault((Kind(rule.kind), rule.code), []).append(rule)
        self.postcodes = {rule.code for rule in self.rules if rule.kind == Kind.POSTCODE}

    def verdict(self, address: Address) -> Verdict:
        """Return which teams the most specific rules give an address to, the one that would get it first."""
        codes = address.codes
        winner: Verdict | None = None
        for kind in PRECEDENCE:
            speaking = [rule for code in codes.get(kind, ()) for rule in self._speaking(kind, code, address)]
            if speaking and winner is None:
                speaking.sort(key=lambda rule: (-rule.valid_from.toordinal(), rule.pk or 0))
                winner = Verdict(tuple(dict.fromkeys(rule.locality for rule in speaking)), kind)
        return winner or Verdict(())

    def _speaking(self, kind: Kind, code: str, address: Address) -> list[LocalityRule]:
        rules = self._by_code.get((kind, code), [])
        if kind in CROSS_BORDERS:
            rules = [rule for rule in rules if rule.locality.council.ons_code in address.authorities]
        if rules:
            self.used.add((kind, code))
        return rules


def rules_on(day: datetime.date) -> QuerySet[LocalityRule]:
    """Return every rule in force on a day, of all councils: a neighbour's may speak of our postcodes too."""
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    return LocalityRule.objects.filter(in_force, valid_from__lte=day).select_related("locality__council")


def live_units(council: Council) -> list[Unit]:
    """Return the live postcodes of a council, which the directory knows by its district or its county. One query."""
    rows = Postcode.objects.filter(
        Q(district=council.ons_code) | Q(county=council.ons_code), terminated=""
    ).order_by()
    return [Unit._make(row) for row in rows.values_list(*Unit._fields)]


def coverage(
    council: Council,
    day: datetime.date,
    *,
    units: Sequence[Unit] | None = None,
    rules: Iterable[LocalityRule] | None = None,
) -> Coverage:
    """Return who gets each live postcode of a council on a day, and what is wrong with that.

    `units` are `live_units(council)` where somebody has them already; `rules` are what would be in force (with
    `locality` and its council), saved or not. Takes at most three queries, however large the council.
    """
    book = Rulebook(rules_on(day) if rules is None else rules)
    places = list(_places(book, live_units(council) if units is None else units))
    names = _ward_names()
    teams: dict[Locality, Counter[Kind]] = {}
    for _, (holders, kind) in places:
        if len(holders) == 1 and holders[0].council_id == council.pk and kind:
            teams.setdefault(holders[0], Counter())[kind] += 1
    ours = [rule for rule in book.rules if rule.locality.council_id == council.pk]
    return Coverage(
        council=council,
        day=day,
        places=places,
        gaps=_patches(names, (p for p in places if not p[1].teams)),
        overlaps=_patches(names, (p for p in places if len(p[1].teams) > 1)),
        elsewhere=_patches(names, (p for p in places if _is_elsewhere(p[1], council))),
        by_default=_patches(names, (p for p in places if p[1].kind == Kind.COUNCIL_DEFAULT)),
        teams=dict(sorted(teams.items(), key=lambda item: item[0].name)),
        rules=ours,
        unused=[rule for rule in ours if (rule.kind, rule.code) not in book.used],
    )


def _is_elsewhere(verdict: Verdict, council: Council) -> bool:
    return len(verdict.teams) == 1 and verdict.teams[0].council_id != council.pk


def _places(book: Rulebook, units: Iterable[Unit]) -> Iterator[tuple[Unit, Verdict]]:
    """Judge postcodes. Those alike in all that rules can speak of are judged once: thousands, not tens of thousands."""
    judged: dict[tuple[str, ...], Verdict] = {}
    for unit in units:
        alike = (unit.code if unit.code in book.postcodes else unit.sector, *unit[3:])
        if alike not in judged:
            judged[alike] = book.verdict(address_of(unit))
        yield unit, judged[alike]


def address_of(unit: Unit) -> Address:
    return Address(
        code=unit.code,
        outcode=unit.outcode,
        sector=unit.code[-3],
        lsoa=unit.lsoa,
        ward=unit.ward,
        parish=unit.parish,
        district=unit.district,
        county=unit.county,
    )


def _patches(names: Mapping[str, str], places: Iterable[tuple[Unit, Verdict]]) -> list[Patch]:
    """Gather postcodes by ward, outcode and teams, the largest first."""
    found: dict[tuple[str, str, tuple[Locality, ...]], Counter[str]] = {}
    for unit, verdict in places:
        found.setdefault((unit.ward, unit.outcode, verdict.teams), Counter())[unit.sector] += 1
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
    """Return what wards are called, as far as any rule ever said."""
    named = LocalityRule.objects.filter(kind=Kind.WARD).exclude(name="")
    return dict(named.order_by("valid_from").values_list("code", "name"))
