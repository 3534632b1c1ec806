"""Whose an outcode is, for half a postcode and for whole ones that are not in our directory."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from . import authorities
from .addresses import Address
from .authorities import Authority
from .models import Council, LocalityRule, Postcode
from .postcode_text import area_of
from .postcodes import units_in

Kind = LocalityRule.Kind


@dataclass(frozen=True)
class Served:
    """Who serves some postcodes: one of our councils, or somebody else, or we cannot tell."""

    council: Council | None
    authority: Authority | None


def served_by(outcode: str) -> list[Served]:
    """Return who serves the postcodes of an outcode, most postcodes first; nothing when none is on file."""
    return _most_first(units_in(outcode))


def council_around(outcode: str, council: Council | None, day: datetime.date) -> Council | None:
    """Return which of our councils an outcode belongs to that nobody knows, or None when it is likely elsewhere.

    In a postcode area of the directory it is new or a slip: that of `council` (whose site was asked) if it has part of
    the area, or of the council with most of the area. Without a directory we can only believe the site, and only
    where the letters are those of some rule of its teams, or where none of its rules has letters.
    """
    letters = area_of(outcode)
    around = _most_first(Postcode.objects.filter(code__gte=f"{letters}0", code__lte=f"{letters}9ZZZZZ"))
    if around:
        here = {served.council for served in around} - {None}
        return council if council in here else around[0].council
    if council is None:
        return None
    with_letters = [Kind.POSTCODE, Kind.SECTOR, Kind.OUTCODE]
    rules = LocalityRule.objects.in_force(day).filter(locality__council=council, kind__in=with_letters)
    known = {area_of(code) for code in rules.values_list("code", flat=True)}
    return council if not known or letters in known else None


def _most_first(units: QuerySet[Postcode]) -> list[Served]:
    named = units.exclude(district="").order_by().values_list("district", "county")
    districts = list(named.annotate(Count("pk")))
    if not districts:
        return []
    ours = {council.ons_code: council for council in Council.objects.all()}
    counted: Counter[Served] = Counter()
    for district, county, number in districts:
        codes = sorted(Address(district=district, county=county).authorities)
        council = next((ours[code] for code in codes if code in ours), None)
        counted[Served(council, authorities.serving(district, county))] += number
    return [served for served, _ in counted.most_common()]
