"""Which open requests a change of areas would give to another team. It only tells: a request moves when its team
offers it and the other accepts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hubs import addresses, boundaries
from hubs.addresses import Address
from hubs.models import Council, Locality, LocalityRule, Postcode, Town
from hubs.postcode_text import outcode_of
from hubs.rules import RuleBook

from . import routing
from .models import QueueEntry
from .sealed import SealedError


@dataclass(frozen=True)
class Move:
    """An open request that would belong to another team."""

    entry: UUID
    reference: str
    """"" where the address is secret: it would tell where somebody is."""
    now: Locality
    then: Locality


def would_move(
    council: Council, user: object, *, before: Iterable[LocalityRule], after: Iterable[LocalityRule]
) -> list[Move]:
    """Return a council's open requests that one set of rules gives to another team than a second one does.

    Only those that `user` may open at the desk: by trying one line after the other, a list of others would tell
    where each family lives.

    A request that its team took on by hand although it lives elsewhere is left out, unless the rules for its address
    change. Rules come with `locality` and its council. Takes a handful of queries; a page for staff may call it.
    """
    waiting = QueueEntry.objects.open().visible_to(user).filter(locality__council=council)
    waiting = waiting.select_related("referral", "locality__council").order_by("referral__reference")
    entries = list(waiting)
    duty = council.localities.select_related("council").filter(is_duty=True).first()
    old, new = RuleBook(before), RuleBook(after)
    moves = []
    for entry, secret, address in _placed(entries):
        was, then = (_team(book, address, duty) for book in (old, new))
        if then and then != was and then != entry.locality:
            reference = "" if secret else entry.referral.reference
            moves.append(Move(entry.pk, reference, entry.locality, then))
    return moves


def _team(book: RuleBook, address: Address, duty: Locality | None) -> Locality | None:
    rule = book.about(address)
    return rule.locality if rule else duty


def _placed(entries: Sequence[QueueEntry]) -> list[tuple[QueueEntry, bool, Address]]:
    """Return entries with whether the address is secret and what it is. Without an address nothing can move."""
    said = {entry.pk: _said(entry) for entry in entries}
    units = _units({str(each["postcode"]) for each in said.values() if each.get("postcode")})
    towns = _towns({str(each["town"]) for each in said.values() if each.get("town")})
    found = []
    for entry in entries:
        each = said[entry.pk]
        address = units.get(str(each.get("postcode"))) or towns.get(str(each.get("town")))
        if address:
            found.append((entry, bool(each.get("secret")), address))
    return found


def _said(entry: QueueEntry) -> Mapping[str, Any]:
    try:
        return (entry.referral.contact or {}).get("address") or {}
    except SealedError:
        # `manage.py sweep` tells of it; no page for editors should break.
        return {}


def _units(codes: set[str]) -> dict[str, Address]:
    """Return the addresses of normalised postcodes; of those not in the directory, what the letters tell."""
    rows = Postcode.objects.in_bulk(list(codes))
    known = {address.code: address for address in addresses.of_rows(rows.values(), boundaries.chart())}
    return {code: known.get(code) or Address(code, outcode_of(code), code[-3]) for code in codes}


def _towns(names: set[str]) -> dict[str, Address]:
    """Return the addresses of towns by what `str(town)` says. "Somewhere else in Dorset" is no address."""
    found = {}
    for name in names:
        if name.startswith(routing.SOMEWHERE_IN):
            continue
        try:
            found[name] = addresses.of_town(routing.find_town(name), boundaries.chart())
        except Town.DoesNotExist:
            continue
    return found
