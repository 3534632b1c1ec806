"""Puts the towns of a file in place of those that came in the same sheets of an earlier release."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from django.db import connection, transaction

from . import addresses, boundaries
from .addresses import Address
from .geo import Point, distance_m
from .models import Town, TownRelease
from .models.postcode import name_key
from .places import TownRow
from .postcode_rows import NO_POSITION
from .postcodes import units_in
from .town_files import SOURCE, TownFile

FEWEST, MOST_GONE = 20, 0.05
"""Towns that may be gone, and their share of those on file from the same sheets: more of both is odd."""
FARTHEST_M = 2_000
"""From the middle of a town to the postcode that tells its district and ward."""

Key = tuple[str, str]
"""A town's name and county."""
COLUMNS = ("name", "county", "latitude", "longitude", "outcode", "district", "ward", "sheet")
Values = tuple[str, str, float, float, str, str, str, str]


class Doubtful(RuntimeError):
    """The file can be read, and lacks so many towns of earlier ones that something may be wrong with it."""


@dataclass(frozen=True)
class Changes:
    """What a load changed, or would have."""

    new: int
    changed: int
    same: int
    gone: Sequence[Key]
    nowhere: int
    """Towns of which nothing on file, postcodes or outlines, says which council's they are."""


def replace(
    file: TownFile,
    release: str,
    *,
    dry_run: bool = False,
    doubts_settled: bool = False,
    on_compared: Callable[[Changes], None] = lambda changes: None,
) -> Changes:
    """Load the towns. Those that an earlier load brought in the same sheets, and this one does not, go.

    Towns that came in no file stay, and are brought up to date where the file has them. All is worked out before
    anything is written, so the one transaction is short, and a load that fails or is killed changes nothing.

    Raises:
        Doubtful: it lacks too many to be true, and `doubts_settled` does not say otherwise.
    """
    now: dict[Key, Values] = {
        (row.name, row.county): (*row, sheet)
        for row, sheet in zip(placed(file.towns), file.sheet_of, strict=True)
    }
    before: dict[Key, Values] = {(row[0], row[1]): row for row in Town.objects.values_list(*COLUMNS)}
    there = [key for key, values in before.items() if values[-1] in file.sheets]
    gone = [key for key in there if key not in now]
    same = sum(before.get(key) == values for key, values in now.items())
    new = len(now.keys() - before.keys())
    nowhere = sum(not values[COLUMNS.index("district")] for values in now.values())
    changes = Changes(new, len(now) - new - same, same, gone, nowhere)
    on_compared(changes)
    if dry_run:
        return changes
    if len(gone) > max(FEWEST, len(there) * MOST_GONE) and not doubts_settled:
        raise Doubtful(f"{len(gone):,} of {len(there):,} towns are gone")
    _write(now, gone, release)
    return changes


def placed(towns: Sequence[TownRow]) -> list[TownRow]:
    """Return the towns with the district and ward of the nearest postcode; failing that, the district on the map."""
    found = list(towns)
    in_outcode: dict[str, list[int]] = {}
    for number, town in enumerate(towns):
        in_outcode.setdefault(town.outcode, []).append(number)
    for outcode in sorted(in_outcode.keys() - {""}):
        _place(found, in_outcode[outcode], outcode)
    rest = [number for number, town in enumerate(found) if not town.district]
    here = [Address(point=Point(found[number].latitude, found[number].longitude)) for number in rest]
    for number, address in zip(rest, addresses.on_the_map(here, boundaries.chart()), strict=True):
        found[number] = found[number]._replace(district=address.district)
    return found


def _place(towns: list[TownRow], numbers: Sequence[int], outcode: str) -> None:
    live = units_in(outcode).filter(terminated="", quality__lt=NO_POSITION).exclude(district="")
    units = [
        (Point(latitude, longitude), district, ward)
        for latitude, longitude, district, ward in live.values_list(
            "latitude", "longitude", "district", "ward"
        )
        if latitude is not None and longitude is not None
    ]
    for number in numbers if units else ():
        town = towns[number]
        middle = Point(town.latitude, town.longitude)
        narrow = cos(radians(town.latitude))
        # As if the Earth were flat, which is near enough to compare and a third of the time.
        nearest, district, ward = min(
            units, key=lambda unit: hypot(unit[0][0] - middle[0], (unit[0][1] - middle[1]) * narrow)
        )
        if distance_m(middle, nearest) <= FARTHEST_M:
            towns[number] = town._replace(district=district, ward=ward)


def _write(now: Mapping[Key, Values], gone: Sequence[Key], release: str) -> None:
    updated = ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS[2:], "release_id"))
    upsert = (
        f"INSERT INTO {Town._meta.db_table} ({', '.join(COLUMNS)}, key, release_id) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * (len(COLUMNS) + 2))}) ON CONFLICT (name, county) DO UPDATE SET {updated}"
    )
    rows = [(*values, name_key(values[0])) for values in sorted(now.values())]
    with transaction.atomic(), connection.cursor() as cursor:
        made = TownRelease.objects.create(source=SOURCE, release=release)
        cursor.executemany(upsert, [(*row, made.pk) for row in rows])
        cursor.executemany(f"DELETE FROM {Town._meta.db_table} WHERE name = %s AND county = %s", gone)  # noqa: S608
        # A release of which nothing is left on file needs no attribution.
        TownRelease.objects.filter(towns__isnull=True).delete()
