"""Whether another team's or council's area begins close to an address, so that the answer may be wrong for some homes.

A postcode is the middle of some fifteen homes. Where the map shows the area that decided, the distance to the next
area that belongs to somebody else is exact; lines between wards of one team do not count. Where it does not, the
nearest postcodes of the directory tell: of two postcodes on different sides and within 200 metres, one is within 100
metres of the line between them. They show fewer edges than the map does, and only where people live.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, radians

import shapely
from shapely.geometry.base import BaseGeometry

from . import addresses, authorities, geo
from .addresses import DRAWABLE, Address
from .boundaries import METRES_PER_DEGREE, Area, Chart, circle
from .geo import Point
from .models import Council, LocalityRule, Postcode
from .postcodes import WORST_EXACT_QUALITY, units_in
from .rules import RuleBook, keys_of

Kind = LocalityRule.Kind

EDGE_M = 100
BETWEEN_POSTCODES_M = 2 * EDGE_M
MOST_NEIGHBOURS = 500


@dataclass(frozen=True)
class Surroundings:
    """What lies around an address: areas on the map within `EDGE_M`, postcodes within `BETWEEN_POSTCODES_M`."""

    areas: Sequence[Area] = ()
    neighbours: Sequence[Address] = ()
    off_the_map: Sequence[Address] = ()
    """Those of the neighbours where no boundary is on file."""

    @property
    def keys(self) -> set[tuple[str, str]]:
        """Every kind and code that a rule for some place around would hold."""
        return keys_of(self.neighbours) | {(area.kind.value, area.code) for area in self.areas}


def around(address: Address, chart: Chart) -> Surroundings:
    """Return what lies around an address. One query, within its outcode, if its position is known."""
    if address.point is None:
        return Surroundings()
    neighbours = addresses.of_rows(_units_near(address.outcode, address.point), chart)
    covered = chart.at_each(point for each in neighbours if (point := each.point))
    return Surroundings(
        areas=chart.touching(circle(address.point, EDGE_M)),
        neighbours=neighbours,
        off_the_map=[each for each, here in zip(neighbours, covered, strict=True) if not here],
    )


def _units_near(outcode: str, point: Point) -> list[Postcode]:
    up = BETWEEN_POSTCODES_M / METRES_PER_DEGREE
    across = up / cos(radians(point.latitude))
    box = units_in(outcode).filter(
        latitude__range=(point.latitude - up, point.latitude + up),
        longitude__range=(point.longitude - across, point.longitude + across),
        quality__lte=WORST_EXACT_QUALITY,
        terminated="",
    )
    return [row for row in box.order_by()[:MOST_NEIGHBOURS] if _distance_m(row, point) <= BETWEEN_POSTCODES_M]


def _distance_m(row: Postcode, point: Point) -> float:
    return geo.distance_m(Point(row.latitude or 0.0, row.longitude or 0.0), point)


def beyond(
    address: Address,
    near: Surroundings,
    rule: LocalityRule | None,
    book: RuleBook,
    chart: Chart,
    councils: Mapping[str, Council],
) -> str:
    """Return whose area begins close to an address that `rule` decided, or that no council serves; "" if nobody's.

    `book` holds the rules of `near.keys`; `councils`, needed without a `rule`, are all of ours by ONS code.
    """
    if address.point is None:
        return ""
    if _is_on_the_map(rule, chart):
        disc = circle(address.point, EDGE_M)
        found = next(_on_the_map(disc, near.areas, rule, book, councils), "")
        return found or next(_by_postcodes(address, near.off_the_map, rule, book, councils), "")
    return next(_by_postcodes(address, near.neighbours, rule, book, councils), "")


def _is_on_the_map(rule: LocalityRule | None, chart: Chart) -> bool:
    return bool(chart) and (rule is None or chart.get(rule.kind, rule.code) is not None)


def _on_the_map(
    disc: BaseGeometry,
    areas: Sequence[Area],
    rule: LocalityRule | None,
    book: RuleBook,
    councils: Mapping[str, Council],
) -> Iterator[str]:
    """Yield whose areas lie in a disc, leaving out what more specific rules give to the team of `rule`."""
    left = disc
    for kind in DRAWABLE:
        for area in areas:
            rules = book.holding(kind, area.code) if area.kind == kind else ()
            if not rules or not _overlap(left, area):
                continue
            if rule is None or rules[0].locality_id != rule.locality_id:
                yield f"{rules[0].locality.name}'s area"
            left = shapely.difference(left, area.shape)
    for area in areas:
        if area.district and _overlap(left, area):
            yield from _of_authority(area.district, "", rule, councils)


def _overlap(left: BaseGeometry, area: Area) -> bool:
    """Say whether an area has a part of the disc, not merely a point or a line of its edge."""
    return bool(shapely.relate_pattern(left, area.shape, "T********"))


def _of_authority(
    district: str, county: str, rule: LocalityRule | None, councils: Mapping[str, Council]
) -> Iterator[str]:
    """Yield the council of a district, unless it is that of `rule`; for an address elsewhere, only one of ours."""
    codes = Address(district=district, county=county).authorities
    if rule is None:
        yield from (f"{councils[code].name}'s area" for code in sorted(codes) if code in councils)
    elif codes and rule.locality.council.ons_code not in codes:
        serving = authorities.serving(district, county)
        yield f"{serving.name}'s area" if serving else "another council's area"


def _by_postcodes(
    address: Address,
    neighbours: Sequence[Address],
    rule: LocalityRule | None,
    book: RuleBook,
    councils: Mapping[str, Council],
) -> Iterator[str]:
    """Yield whose this postcode would be if it lay where a neighbour lies."""
    for neighbour in neighbours:
        there = replace(neighbour, code=address.code, outcode=address.outcode, sector=address.sector)
        other = book.about(there)
        if other is None:
            yield from _of_authority(there.district, there.county, rule, councils)
        elif rule is None or other.locality_id != rule.locality_id:
            yield f"{other.locality.name}'s area"
