"""The rules in force on a day: which speak of an address, the most specific first."""

import datetime
from collections.abc import Iterable, Sequence
from math import inf

from django.db.models import Q

from .addresses import Address
from .kept import Kept
from .models import Council, LocalityRule

Kind = LocalityRule.Kind
PRECEDENCE = {kind: place for place, kind in enumerate(Kind)}

CROSS_BORDERS = {Kind.SECTOR, Kind.OUTCODE}
"""Kinds that lie in several councils by their nature. A hand may draw over a border too."""


_served: Kept[None, frozenset[str]] = Kept()
_served.forget_with(Council)


class RuleBook:
    """Rules in force, found by what they speak of."""

    def __init__(self, rules: Iterable[LocalityRule]) -> None:
        self._rules: dict[tuple[str, str], list[LocalityRule]] = {}
        for rule in rules:
            self._rules.setdefault((rule.kind, rule.code), []).append(rule)

    @classmethod
    def on(cls, day: datetime.date, about: Iterable[tuple[str, str]]) -> "RuleBook":
        """Return the rules of a day that hold one of the kinds and codes in `about`. One query, or none."""
        codes: dict[str, set[str]] = {}
        for kind, code in about:
            codes.setdefault(kind, set()).add(code)
        matching = Q()
        for kind, wanted in codes.items():
            matching |= Q(kind=kind, code__in=wanted)
        if not matching:
            return cls([])
        found = LocalityRule.objects.in_force(day).filter(matching)
        return cls(found.select_related("locality__council", "locality__cover"))

    def holding(self, kind: str, code: str) -> Sequence[LocalityRule]:
        """Return the rules for one code, the newest first."""
        rules = self._rules.get((kind, code), [])
        return sorted(rules, key=lambda rule: (-rule.valid_from.toordinal(), rule.pk))

    def about(self, address: Address) -> LocalityRule | None:
        """Return the rule that decides for an address: the most specific, and of those the newest."""
        return next(iter(self.speaking(address)), None)

    def speaking(self, address: Address) -> list[LocalityRule]:
        """Return the rules that speak of an address, the one that decides first.

        Where the district is known: those of its own council, and no council can take from another one served here by
        naming its codes. A neighbour's ward, LSOA, parish or postcode that is not served here may be taken on by name;
        sectors, outcodes and drawn areas reach over borders by accident, so there they do not count.
        """
        speaking = [
            rule
            for kind, codes in address.codes.items()
            for code in codes
            for rule in self._rules.get((kind, code), [])
            if _reaches(rule, address)
        ]
        return sorted(speaking, key=_order)


def _reaches(rule: LocalityRule, address: Address) -> bool:
    places = address.authorities
    if not places or rule.locality.council.ons_code in places:
        return True
    spills = rule.kind in CROSS_BORDERS or rule.kind == Kind.POLYGON
    return not spills and not places & served_codes()


def served_codes() -> frozenset[str]:
    """Return the ONS codes of the councils served here, a few seconds old at most."""
    return _served.get(None, lambda: frozenset(Council.objects.values_list("ons_code", flat=True)))


def _order(rule: LocalityRule) -> tuple[int, int, float]:
    # A rule that is not saved yet will have a higher key than any that is.
    return PRECEDENCE[Kind(rule.kind)], -rule.valid_from.toordinal(), rule.pk or inf


def keys_of(addresses: Iterable[Address]) -> set[tuple[str, str]]:
    """Return every kind and code that a rule for any of the addresses would hold."""
    return {(kind, code) for address in addresses for kind, codes in address.codes.items() for code in codes}
