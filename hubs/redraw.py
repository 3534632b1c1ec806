"""One change of all of a council's areas from a day on: read as typed, compared with what holds, made at one stroke.

A ward that moves leaves one team and joins another in the same change, so that no day is without a team for it. What
has held stays on file: a rule that ends gets a last day, and only one that never began is taken away.
"""

import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q

from . import boundaries
from .addresses import Address
from .coverage import Coverage, coverage, live_addresses
from .models import Council, Locality, LocalityRule
from .postcode_text import PartialPostcode, PostcodeError, format_postcode, normalise
from .rules import CROSS_BORDERS, PRECEDENCE, keys_of

Kind = LocalityRule.Kind
ANYWHERE_ELSE = "Anywhere else"
DRAWN = "Drawn area"
BAR = " | "
ONS_KINDS = {"E05": Kind.WARD, "E01": Kind.LSOA, "E04": Kind.PARISH, "E43": Kind.PARISH}
AUTHORITIES = {"E06", "E07", "E08", "E09", "E10"}
LONGEST_POSTCODE = 8
LONGEST_NAME: int = LocalityRule._meta.get_field("name").max_length  # type: ignore[assignment, union-attr]
LONGEST_NOTE: int = LocalityRule._meta.get_field("note").max_length  # type: ignore[assignment, union-attr]
ONE_DAY = datetime.timedelta(days=1)


class Area(NamedTuple):
    """Something that can belong to a team, as `LocalityRule` holds it."""

    kind: Kind
    code: str
    name: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.code


class UnreadableArea(ValueError):
    """A line that names no area. `str(error)` says what to write instead."""


class ChangedMeanwhile(RuntimeError):
    """Somebody else changed the council's areas after they were shown."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has changed these areas since this page was opened, so nothing was saved. "
            "Open the page again and make your change to what holds now"
        )


def area_in(line: str, council: Council) -> Area:
    """Return the area that a line names: a code, and after bars its name and why an answer by it is not sure.

    Raises:
        UnreadableArea: there is no code that we know the kind of, or too much else.
    """
    code, *rest = (" ".join(part.split()) for part in re.split(r"[|\t]", line))
    named = re.fullmatch(r"([A-Z]\d{8})\W+(.*)", code, re.IGNORECASE)
    if named and not rest:
        code, rest = named[1], [named[2]]
    name, note = (*rest, "", "")[:2]
    if any(rest[2:]):
        raise UnreadableArea(f"“{line}” has too many parts. Write a code, a name and a note, with | between")
    for words, field, most in ((name, "name", LONGEST_NAME), (note, "note", LONGEST_NOTE)):
        if len(words) > most:
            raise UnreadableArea(f"The {field} of {code} is too long. It may have {most} characters")
    return Area(*_kind_and_code(code, council), name, note)


def _kind_and_code(text: str, council: Council) -> tuple[Kind, str]:
    if text.casefold() == ANYWHERE_ELSE.casefold():
        return Kind.COUNCIL_DEFAULT, council.ons_code
    code = text.replace(" ", "").upper()
    drawn = re.fullmatch(rf"{DRAWN} +(\S.*)", text, re.IGNORECASE)
    if drawn:
        return Kind.POLYGON, _drawn(drawn[1])
    if re.fullmatch(r"[A-Z]\d{8}", code):
        return _of_ons(code, council)
    try:
        if len(text) > LONGEST_POSTCODE:
            raise UnreadableArea
        return Kind.POSTCODE, normalise(text)
    except PartialPostcode as half:
        return (Kind.SECTOR if half.sector else Kind.OUTCODE), half.outcode + half.sector
    except (PostcodeError, UnreadableArea):
        raise UnreadableArea(
            f"We cannot read “{text}”. Begin each line with a code, like E05012698, DT4 7 or DT4 7AA"
        ) from None


def _drawn(text: str) -> str:
    code = text.replace(" ", "").upper()
    if not boundaries.chart().get(Kind.POLYGON, code):
        raise UnreadableArea(
            f"No area called “{text}” is on the map. Load its outline first, with manage.py load_boundaries"
        )
    return code


def _of_ons(code: str, council: Council) -> tuple[Kind, str]:
    kind = ONS_KINDS.get(code[:3])
    if kind:
        return kind, code
    if code[:3] not in AUTHORITIES:
        raise UnreadableArea(f"{code} is not the code of a ward, parish or LSOA in England")
    is_district = council.ons_code.startswith("E10") and code.startswith("E07")
    if code != council.ons_code and not is_district:
        raise UnreadableArea(f"{code} is the code of another council")
    return Kind.COUNCIL_DEFAULT, code


def line_of(rule: LocalityRule) -> str:
    """Return the line that `area_in` reads back as this rule's area."""
    parts = [code_as_written(rule), rule.name, rule.note]
    while not parts[-1]:
        parts.pop()
    return BAR.join(parts)


def code_as_written(rule: LocalityRule) -> str:
    """Return the code as people write it. Without its space the sector DT1 1 would be the postcode district DT11."""
    if rule.kind == Kind.POSTCODE:
        return format_postcode(rule.code)
    if rule.kind == Kind.SECTOR:
        return f"{rule.code[:-1]} {rule.code[-1]}"
    if rule.kind == Kind.POLYGON:
        return f"{DRAWN} {rule.code}"
    if rule.kind == Kind.COUNCIL_DEFAULT and rule.code == rule.locality.council.ons_code:
        return ANYWHERE_ELSE
    return rule.code


class Step(NamedTuple):
    """What happens to one area. No team before: it is new. None after: it is nobody's any more."""

    area: str
    before: Locality | None
    after: Locality | None


@dataclass(frozen=True)
class Redraw:
    """What has to change for a council's teams to hold certain areas from a day on."""

    council: Council
    day: datetime.date
    ended: Sequence[LocalityRule]
    begun: Sequence[LocalityRule]
    """Not saved yet."""
    renamed: Sequence[LocalityRule]
    """With their new names."""
    kept: Sequence[LocalityRule]
    """Rules of every council that hold on the day or later and do not change."""
    conflicts: Sequence[str]
    """What another council's team holds already, a line each."""

    @cached_property
    def units(self) -> list[Address]:
        """The council's live postcodes."""
        return live_addresses(self.council)

    @property
    def misplaced(self) -> list[str]:
        """Say which new areas lie in other councils served here and not in this one, as far as the directory tells."""
        here = keys_of(self.units)
        doubtful = [rule for rule in self.begun if (rule.kind, rule.code) not in here]
        if not doubtful:
            return []
        others = Council.objects.exclude(pk=self.council.pk)
        around = {other.name: keys_of(live_addresses(other)) for other in others}
        return [
            f"{code_as_written(rule)} lies in {name}, so no team of {self.council} can have it"
            for rule in doubtful
            for name, there in around.items()
            if (rule.kind, rule.code) in there
        ]

    @property
    def is_empty(self) -> bool:
        return not (self.ended or self.begun or self.renamed)

    @property
    def steps(self) -> list[Step]:
        """What changes hands, in the order of the areas' names."""
        before = {(rule.kind, rule.code): rule for rule in self.ended}
        after = {(rule.kind, rule.code): rule for rule in self.begun}
        steps = [
            Step(
                line_of(after.get(key) or before[key]),
                before[key].locality if key in before else None,
                after[key].locality if key in after else None,
            )
            for key in before.keys() | after.keys()
        ]
        return sorted(steps, key=lambda step: step.area)

    def rules_on(self, day: datetime.date) -> list[LocalityRule]:
        """Return the rules of every council that would hold on the day of the change, or a later one."""
        return [rule for rule in (*self.kept, *self.begun) if _holds(rule, day)]

    def coverages(self) -> list[Coverage]:
        """Return how the council would be covered on the day, and on each later day that something changes."""
        days = {self.day}
        for rule in (*self.kept, *self.begun):
            if rule.locality.council_id == self.council.pk:
                days |= {rule.valid_from} | ({rule.valid_to + ONE_DAY} if rule.valid_to else set())
        return [
            coverage(self.council, day, units=self.units, rules=self.rules_on(day))
            for day in sorted(days)
            if day >= self.day
        ]

    @transaction.atomic
    def make(self, *, seen: str) -> None:
        """Make the change. `seen` is the `fingerprint` of what it was worked out from.

        Raises:
            ChangedMeanwhile: that is no longer what holds. Nothing is changed.
        """
        Council.objects.select_for_update().get(pk=self.council.pk)
        if fingerprint(self.council, self.day) != seen:
            raise ChangedMeanwhile
        never = [rule.pk for rule in self.ended if rule.valid_from >= self.day]
        LocalityRule.objects.filter(pk__in=never).delete()
        past = [rule for rule in self.ended if rule.valid_from < self.day]
        for rule in past:
            rule.valid_to = self.day - ONE_DAY
        LocalityRule.objects.bulk_update(past, ["valid_to"], batch_size=200)
        LocalityRule.objects.bulk_update(self.renamed, ["name"], batch_size=200)
        try:
            LocalityRule.objects.bulk_create(self.begun, batch_size=200)
        except IntegrityError:
            # Another council took one of the areas on the same day just now.
            raise ChangedMeanwhile from None


def areas_on(council: Council, day: datetime.date) -> dict[Locality, list[LocalityRule]]:
    """Return each team of a council with its rules in force on a day, the broadest kinds last."""
    teams: dict[Locality, list[LocalityRule]] = {team: [] for team in council.localities.all()}
    for rule in _from(day, council):
        if _holds(rule, day):
            teams[rule.locality].append(rule)
    for rules in teams.values():
        rules.sort(key=lambda rule: (PRECEDENCE[Kind(rule.kind)], rule.name or rule.code, rule.code))
    return teams


def fingerprint(council: Council, day: datetime.date) -> str:
    """Return a text that is the same as long as the council's rules for a day and later ones are."""
    rows = [
        (rule.pk, rule.locality_id, rule.code, rule.name, rule.note, rule.valid_from, rule.valid_to)
        for rule in _from(day, council)
    ]
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def plan(council: Council, day: datetime.date, wanted: Mapping[Locality, Iterable[Area]]) -> Redraw:
    """Return what has to change so that from a day on the teams hold these areas and no others.

    `wanted` names an area once. What has been entered for later days stays.
    """
    rules = _from(day)
    to_do = {area.key: (team, area) for team, areas in wanted.items() for area in areas}
    ended: list[LocalityRule] = []
    renamed: list[LocalityRule] = []
    kept: list[LocalityRule] = []
    for rule in rules:
        if rule.locality.council_id != council.pk or not _holds(rule, day):
            kept.append(rule)
            continue
        team, area = to_do.get((Kind(rule.kind), rule.code), (None, None))
        if area is None or team != rule.locality or area.note != rule.note:
            ended.append(rule)
            continue
        kept.append(rule)
        if area.name not in ("", rule.name):
            rule.name = area.name
            renamed.append(rule)
        del to_do[area.key]
    chart = boundaries.chart()
    begun = []
    for team, area in to_do.values():
        on_map = chart.get(area.kind, area.code)
        begun.append(_rule(team, area, day, ended, kept, name=on_map.name if on_map else ""))
    others = _held_elsewhere(council, begun, kept)
    taken_back = _lying_in(council, others)
    kept = [rule for rule in kept if rule not in taken_back]
    conflicts = [
        f"{line_of(rule)} already belongs to {rule.locality}" for rule in others if rule not in taken_back
    ]
    return Redraw(council, day, [*ended, *taken_back], begun, renamed, kept, conflicts)


def _rule(
    team: Locality,
    area: Area,
    day: datetime.date,
    ended: Iterable[LocalityRule],
    kept: Iterable[LocalityRule],
    *,
    name: str,
) -> LocalityRule:
    """Return a rule that begins on a day, called `name` if nobody ever named it.

    It ends where what it takes the place of would have, or the day before the next begins.
    """
    before = [rule for rule in ended if (rule.kind, rule.code) == area.key]
    later = [
        rule
        for rule in kept
        if (rule.kind, rule.code) == area.key and rule.valid_from > day and _concerns(rule, team.council_id)
    ]
    ends = [rule.valid_to for rule in before if rule.valid_to] + [rule.valid_from - ONE_DAY for rule in later]
    names = [area.name, *(rule.name for rule in before), name]
    return LocalityRule(
        locality=team,
        kind=area.kind,
        code=area.code,
        name=next(filter(None, names), ""),
        note=area.note,
        valid_from=day,
        valid_to=min(ends, default=None),
    )


def _concerns(rule: LocalityRule, council: int) -> bool:
    """Say whether a council has to make room for a rule: its own, or a neighbour's for half a postcode."""
    return rule.locality.council_id == council or rule.kind in CROSS_BORDERS


def _held_elsewhere(
    council: Council, begun: Iterable[LocalityRule], kept: Iterable[LocalityRule]
) -> list[LocalityRule]:
    """Return the rules of other councils, on the first day, for what begins here. Later `_rule` has made room."""
    first = {(rule.kind, rule.code): rule.valid_from for rule in begun}
    others = (rule for rule in kept if rule.locality.council_id != council.pk)
    return [rule for rule in others if (day := first.get((rule.kind, rule.code))) and _holds(rule, day)]


def _lying_in(council: Council, others: Iterable[LocalityRule]) -> list[LocalityRule]:
    """Return those rules of other councils that speak of a place in this one. They do not count: it takes it back.

    Half a postcode may lie in both councils.
    """
    exact = [rule for rule in others if rule.kind not in CROSS_BORDERS]
    here = keys_of(live_addresses(council)) if exact else set()
    return [rule for rule in exact if (rule.kind, rule.code) in here]


def _from(day: datetime.date, council: Council | None = None) -> list[LocalityRule]:
    """Return the rules that hold on a day or later, of one council or all."""
    rules = LocalityRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    if council:
        rules = rules.filter(locality__council=council)
    return list(rules.select_related("locality__council").order_by("pk"))


def _holds(rule: LocalityRule, day: datetime.date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or rule.valid_to >= day)
