"""What a new directory changes, compared in the database before it takes the place of the old one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from .geo import Point, distance_m
from .models import Council, LocalityRule
from .postcode_areas import POSTCODE_AREAS, span
from .postcode_tables import LIVE, STAGE, run
from .postcode_text import AREAS, NATIONS, area_of

Kind = LocalityRule.Kind

MOVED_M = 500
MOVED_DEGREES = (0.0031, 0.0047)
"""Latitude and longitude: whatever moved `MOVED_M` anywhere from 49 to 61 degrees north moved as far in one of them."""

AREAS_NAMED = 12
FEWEST = 20
"""Changes to fewer postcodes than this are never odd."""
MOST_GONE, MOST_MOVED = 0.05, 0.02
"""Shares of an area's live postcodes, and of all. Four years of releases moved 0.2% and took away fewer still."""
FARTHEST_MIDDLE_M = 150_000
"""From the middle of an area's postcodes to its post town. The farthest, Kirkwall, is 60 km."""

AREA = "rtrim(substr(code, 1, 2), '0123456789')"
CODES = {
    Kind.LSOA: ("lsoa",),
    Kind.WARD: ("ward",),
    Kind.PARISH: ("parish",),
    Kind.SECTOR: ("substr(code, 1, length(code) - 2)",),
    Kind.OUTCODE: ("substr(code, 1, length(code) - 3)",),
    Kind.COUNCIL_DEFAULT: ("district", "county"),
}
"""What in a row may be the code of a rule of each kind. Rules for one postcode are looked up; polygons need none."""
HALVES = (Kind.POSTCODE, Kind.SECTOR, Kind.OUTCODE)
"""Kinds whose code says which postcode area it is about."""
ENGLAND = POSTCODE_AREAS.keys() - NATIONS.keys()
"""Areas with homes in England."""
LOOKED_UP_AT_ONCE = 500


@dataclass(frozen=True)
class Area:
    """What there is of one postcode area."""

    rows: int
    live: int
    middle: Point | None


@dataclass(frozen=True)
class Changes:
    """What a load changed, or would have."""

    areas: tuple[str, ...]
    kept_areas: tuple[str, ...]
    """On file and not in the file that was read."""
    rows: int
    ended_rows: int
    new: int = 0
    gone: int = 0
    ended: int = 0
    moved: int = 0
    ward: int = 0
    council: int = 0
    rules_gone: tuple[str, ...] = ()
    """Rules in force whose code was on file until now and no longer is."""
    rules_unknown: tuple[str, ...] = ()
    """Rules in force, of councils with postcodes in the file, whose code was not on file before either."""
    whole: bool = True
    """Whether all of England is on file now. Else what such a rule speaks of may lie in another part of it."""
    doubts: tuple[str, ...] = field(default=())
    """Reasons to think that something is wrong with the file."""

    def counts(self) -> list[str]:
        """Return the changes in numbers, a line each."""
        areas = ", ".join(self.areas) if len(self.areas) <= AREAS_NAMED else f"{len(self.areas)} areas"
        return [
            f"{self.rows:,} postcodes in {areas}, {self.ended_rows:,} of them ended",
            f"{self.new:,} new, {self.gone:,} gone, {self.ended:,} ended since",
            f"{self.moved:,} moved over {MOVED_M} m",
            f"{self.ward:,} in another ward, {self.council:,} in another council",
        ]


def compare() -> Changes:
    """Return what putting the new table in place would change. Reads only."""
    new, old = _areas(STAGE), _areas(LIVE)
    kept_areas = tuple(sorted(old.keys() - new.keys()))
    rows = sum(area.rows for area in new.values())
    both, ended, ward, council, moved = _differences()
    rules_gone, rules_unknown = _rules_without_postcodes(new.keys(), kept_areas)
    return Changes(
        areas=tuple(sorted(new)),
        kept_areas=kept_areas,
        rows=rows,
        ended_rows=rows - sum(area.live for area in new.values()),
        new=rows - both,
        gone=sum(old[name].rows for name in new if name in old) - both,
        ended=ended,
        moved=moved,
        ward=ward,
        council=council,
        rules_gone=rules_gone,
        rules_unknown=rules_unknown,
        whole={*new, *old} >= ENGLAND,
        doubts=tuple(_doubts(new, old, both, moved)),
    )


def _areas(table: str) -> dict[str, Area]:
    """Return what there is of each area, one after the other: together they would have to be sorted."""
    live = "COALESCE(SUM(CASE WHEN terminated = '' THEN 1 ELSE 0 END), 0)"
    select = (
        f"SELECT COUNT(*), {live}, AVG(latitude), AVG(longitude) FROM {table} WHERE code BETWEEN %s AND %s"  # noqa: S608
    )
    found = {}
    for name in sorted(AREAS):
        [(rows, live_rows, latitude, longitude)] = run(select, span(name))
        if rows:
            middle = Point(latitude, longitude) if latitude is not None else None
            found[name] = Area(rows, live_rows, middle)
    return found


def _differences() -> tuple[int, int, int, int, int]:
    """Return how many postcodes are in both tables; and of them ended, in another ward, another council, moved."""
    both = f"{STAGE} new JOIN {LIVE} old ON old.code = new.code"
    far = (
        f"(ABS(new.latitude - old.latitude) > {MOVED_DEGREES[0]} "
        f"OR ABS(new.longitude - old.longitude) > {MOVED_DEGREES[1]})"
    )
    conditions = [
        "old.terminated = '' AND new.terminated <> ''",
        "new.terminated = '' AND new.ward <> old.ward",
        "new.terminated = '' AND (new.district <> old.district OR new.county <> old.county)",
        far,
    ]
    sums = ", ".join(f"COALESCE(SUM(CASE WHEN {each} THEN 1 ELSE 0 END), 0)" for each in conditions)
    [(rows, ended, ward, council, moved)] = run(f"SELECT COUNT(*), {sums} FROM {both}")  # noqa: S608
    if moved:
        moved = sum(1 for metres in _distances(f"{both} WHERE {far}") if metres > MOVED_M)
    return rows, ended, ward, council, moved


def _distances(pairs: str) -> Iterator[float]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT old.latitude, old.longitude, new.latitude, new.longitude FROM {pairs}")  # noqa: S608
        for latitude, longitude, new_latitude, new_longitude in cursor:
            yield distance_m(Point(latitude, longitude), Point(new_latitude, new_longitude))


def _doubts(new: dict[str, Area], old: dict[str, Area], both: int, moved: int) -> Iterator[str]:
    for name, area in sorted(new.items()):
        before = old[name].live if name in old else 0
        if before - area.live > max(FEWEST, before * MOST_GONE):
            yield f"{name} has {area.live:,} live postcodes and had {before:,}"
        town = POSTCODE_AREAS.get(name)
        if town and area.middle and distance_m(area.middle, town.point) > FARTHEST_MIDDLE_M:
            yield f"the postcodes of {name} lie far from where they should"
    if moved > max(FEWEST, both * MOST_MOVED):
        yield f"{moved:,} postcodes moved over {MOVED_M} m"


def _rules_without_postcodes(
    new_areas: Collection[str], kept_areas: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rules in force whose code no postcode will have: those that had one, then others of councils here.

    A rule for (half) a postcode of another area than those read is not asked about: the file cannot tell.
    """
    gone: list[str] = []
    unknown: list[str] = []
    rules = LocalityRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate()))
    here = _codes(STAGE, Kind.COUNCIL_DEFAULT, set(Council.objects.values_list("ons_code", flat=True)))
    for kind in (*CODES, Kind.POSTCODE):
        ours = [
            rule
            for rule in rules.filter(kind=kind).select_related("locality__council")
            if kind not in HALVES or area_of(rule.code) in new_areas
        ]
        codes = {rule.code for rule in ours}
        missing = codes - _codes(STAGE, kind, codes) - _codes(LIVE, kind, codes, kept_areas)
        before = _codes(LIVE, kind, missing)
        for rule in ours:
            if rule.code in before:
                gone.append(_describe(rule))
            elif rule.code in missing and rule.locality.council.ons_code in here:
                unknown.append(_describe(rule))
    return tuple(gone), tuple(unknown)


def _codes(table: str, kind: Kind, codes: set[str], areas: Collection[str] | None = None) -> set[str]:
    """Return which of these codes postcodes have: of all areas, or of the given ones."""
    if not codes or (areas is not None and not areas):
        return set()
    if kind == Kind.POSTCODE:
        return {code for code in _on_file(table, codes) if areas is None or area_of(code) in areas}
    where = f" WHERE {AREA} IN ({', '.join(['%s'] * len(areas))})" if areas else ""
    found: set[str] = set()
    for expression in CODES[kind]:
        select = f"SELECT DISTINCT {expression} FROM {table}{where}"  # noqa: S608
        found.update(code for (code,) in run(select, areas or ()))
    return found & codes


def _on_file(table: str, codes: set[str]) -> Iterator[str]:
    ordered = sorted(codes)
    for start in range(0, len(ordered), LOOKED_UP_AT_ONCE):
        some = ordered[start : start + LOOKED_UP_AT_ONCE]
        marks = ", ".join(["%s"] * len(some))
        yield from (code for (code,) in run(f"SELECT code FROM {table} WHERE code IN ({marks})", some))  # noqa: S608


def _describe(rule: LocalityRule) -> str:
    # A whole postcode stays out of what ends in logs.
    code = rule.code[:-3] if rule.kind == Kind.POSTCODE else rule.code
    name = f"{rule.name}, {code}" if rule.name else code
    return f"{rule.get_kind_display()} {name} ({rule.locality})"
