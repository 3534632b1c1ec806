"""Boundaries on file: loading them, and asking what lies at a point or near it.

Every process keeps an index of its own in memory. Rows are never edited and releases never get an old id, so the
releases and how much is left of each say whether the index is still true: one small query each time, right for any
number of processes.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians

import shapely
from django.db import transaction
from django.db.models import Count, Q
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from . import authorities
from .boundary_files import Outline
from .geo import EARTH_RADIUS_M, Point
from .models import Boundary, BoundaryRelease, LocalityRule

Kind = Boundary.Kind

METRES_PER_DEGREE = radians(1) * EARTH_RADIUS_M
ROUND = 16
"""Corners in a quarter of a circle: what is 100 metres away is found from 99.9 metres on."""


@dataclass(frozen=True)
class Area:
    """One boundary, in memory. `shape` is in WGS84 degrees, longitude first."""

    kind: Kind
    code: str
    name: str
    district: str
    shape: BaseGeometry = field(compare=False, repr=False)


class Chart:
    """All boundaries on file, indexed."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self.areas = areas
        self._tree = shapely.STRtree([area.shape for area in areas])
        self._by_code: dict[tuple[str, str], Area] = {(area.kind.value, area.code): area for area in areas}

    def __bool__(self) -> bool:
        return bool(self.areas)

    def get(self, kind: str, code: str) -> Area | None:
        """Return the boundary of a kind and code; None when it is not on file."""
        return self._by_code.get((kind, code))

    def at(self, point: Point) -> list[Area]:
        """Return the areas that a point lies in."""
        return self.at_each([point])[0]

    def at_each(self, points: Iterable[Point]) -> list[list[Area]]:
        """Return the areas that each point lies in, of all points at once."""
        places = [(point.longitude, point.latitude) for point in points]
        found: list[list[Area]] = [[] for _ in places]
        if self and places:
            for number, area in self._tree.query(shapely.points(places), predicate="intersects").T:
                found[number].append(self.areas[area])
        return found

    def touching(self, shape: BaseGeometry) -> list[Area]:
        """Return the areas of which some part lies in `shape`."""
        return (
            [self.areas[number] for number in self._tree.query(shape, predicate="intersects")] if self else []
        )


def circle(middle: Point, metres: float) -> BaseGeometry:
    """Return the polygon of all that is within `metres` of a point, in degrees, longitude first."""
    one = shapely.Point(middle.longitude, middle.latitude).buffer(1, quad_segs=ROUND)
    up = metres / METRES_PER_DEGREE
    return scale(one, xfact=up / cos(radians(middle.latitude)), yfact=up, origin="centroid")


_chart: tuple[Mapping[object, int], Chart] = ({}, Chart([]))


def chart() -> Chart:
    """Return all boundaries on file as they are now. One query while nothing changes."""
    global _chart
    held = dict(Boundary.objects.order_by().values_list("release").annotate(Count("pk")))
    if held != _chart[0]:
        _chart = (held, _drawn())
    return _chart[1]


def _drawn() -> Chart:
    rows = list(Boundary.objects.order_by())
    shapes = shapely.from_wkb([bytes(row.outline) for row in rows])
    return Chart(
        [
            Area(Kind(row.kind), row.code, row.name, row.district, shape)
            for row, shape in zip(rows, shapes, strict=True)
        ]
    )


@dataclass(frozen=True)
class Changes:
    """What a load did, or would do."""

    new: int
    changed: int
    same: int
    gone: Collection[str]
    """Names of areas that were on file in the same districts and are not in the new file."""

    def summary(self) -> str:
        """Return one line of words."""
        said = f"{self.new:,} new, {self.changed:,} changed, {self.same:,} as before, {len(self.gone):,} gone"
        return f"{said}: {', '.join(sorted(self.gone))}" if self.gone else said


@transaction.atomic
def load(outlines: Sequence[Outline], source: str, *, dry_run: bool = False) -> Changes:
    """Put areas in place of those of the same kind and code, and of those of the same kind and districts.

    So a file of a council's wards replaces all of that council's wards, and a drawn area only itself.
    """
    before = {
        (each.kind, each.code): bytes(each.outline) for each in Boundary.objects.filter(_replaced(outlines))
    }
    now = {(each.kind.value, each.code): shapely.to_wkb(each.shape) for each in outlines}
    there = before.keys() & now.keys()
    same = sum(before[key] == now[key] for key in there)
    gone = Boundary.objects.filter(_replaced(outlines)).values_list("kind", "code", "name")
    changes = Changes(
        new=len(now.keys() - before.keys()),
        changed=len(there) - same,
        same=same,
        gone=[name for kind, code, name in gone if (kind, code) not in now],
    )
    if not dry_run:
        _replace(outlines, now, source)
    return changes


def _replaced(outlines: Sequence[Outline]) -> Q:
    """Return what a load replaces. Few conditions, however many areas there are."""
    codes: dict[str, set[str]] = {}
    districts: dict[str, set[str]] = {}
    for each in outlines:
        codes.setdefault(each.kind, set()).add(each.code)
        if each.district:
            districts.setdefault(each.kind, set()).add(each.district)
    replaced = Q(pk__in=[])
    for kind, each_code in codes.items():
        replaced |= Q(kind=kind, code__in=each_code)
    for kind, each_district in districts.items():
        replaced |= Q(kind=kind, district__in=each_district)
    return replaced


def _replace(outlines: Sequence[Outline], outline_of: Mapping[tuple[str, str], bytes], source: str) -> None:
    Boundary.objects.filter(_replaced(outlines)).delete()
    release = BoundaryRelease.objects.create(source=source[:200])
    Boundary.objects.bulk_create(
        (
            Boundary(
                release=release,
                kind=each.kind,
                code=each.code,
                name=each.name,
                district=each.district,
                outline=outline_of[each.kind.value, each.code],
            )
            for each in outlines
        ),
        batch_size=500,
    )
    BoundaryRelease.objects.filter(boundaries__isnull=True).delete()


def rules_off_the_map(outlines: Sequence[Outline], day: datetime.date) -> list[LocalityRule]:
    """Return the rules, of a day or later, for areas of the same kinds and councils that no boundary on file shows.

    Most are codes that have changed, on the map or in the rules.
    """
    serving = {authorities.serving(outline.district) for outline in outlines}
    councils = {outline.district for outline in outlines} | {each.code for each in serving if each}
    kinds = {outline.kind.value for outline in outlines}
    rules = LocalityRule.objects.exclude(valid_to__lt=day).filter(
        Q(kind=Kind.DRAWN) | Q(locality__council__ons_code__in=councils), kind__in=kinds
    )
    held = set(Boundary.objects.filter(kind__in=kinds).values_list("kind", "code"))
    return [rule for rule in rules.select_related("locality") if (rule.kind, rule.code) not in held]
