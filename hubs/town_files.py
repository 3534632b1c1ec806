"""Reads OS Open Names of the Ordnance Survey: the cities, towns, villages and suburbs of England in it.

The zip holds a CSV file for each square of the grid, and the names of their columns in a file of their own. Hamlets are
left out: there are more of them than of all else, their families know the village, and lists of places get too long.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from . import archives, grid
from .archives import Record, UnreadableFile
from .geo import Point
from .models.postcode import name_key
from .places import TownRow

SOURCE = "OS Open Names"
KINDS = ("City", "Town", "Village", "Suburban Area")
"""Local types that are loaded, the most eminent first."""
COUNTRY = "England"
USUAL_COLUMNS = [
    "ID", "NAMES_URI", "NAME1", "NAME1_LANG", "NAME2", "NAME2_LANG", "TYPE", "LOCAL_TYPE", "GEOMETRY_X",
    "GEOMETRY_Y", "MOST_DETAIL_VIEW_RES", "LEAST_DETAIL_VIEW_RES", "MBR_XMIN", "MBR_YMIN", "MBR_XMAX",
    "MBR_YMAX", "POSTCODE_DISTRICT", "POSTCODE_DISTRICT_URI", "POPULATED_PLACE", "POPULATED_PLACE_URI",
    "POPULATED_PLACE_TYPE", "DISTRICT_BOROUGH", "DISTRICT_BOROUGH_URI", "DISTRICT_BOROUGH_TYPE",
    "COUNTY_UNITARY", "COUNTY_UNITARY_URI", "COUNTY_UNITARY_TYPE", "REGION", "REGION_URI", "COUNTRY",
    "COUNTRY_URI", "RELATED_SPATIAL_OBJECT", "SAME_AS_DBPEDIA", "SAME_AS_GEONAMES"
]  # fmt: skip
"""For a CSV file that somebody took out of the zip."""
COLUMNS = {
    "LOCAL_TYPE": "type of place",
    "COUNTRY": "country",
    "NAME1": "name",
    "GEOMETRY_X": "eastings",
    "GEOMETRY_Y": "northings",
    "POSTCODE_DISTRICT": "postcode district",
    "DISTRICT_BOROUGH": "district",
    "COUNTY_UNITARY": "county",
}
"""What we need of a line, in the order in which `_read` takes it."""
HEADER = "open_names_header.csv"
MOST = 200_000
"""Places of these kinds. England has a tenth of it."""
LONGEST_NAME = 110
"""Of a town and its county together."""


class _Place(NamedTuple):
    """A line before its grid reference is converted."""

    name: str
    kind: str
    county: str
    outcode: str
    east_m: float
    north_m: float
    sheet: str


@dataclass(frozen=True)
class TownFile:
    """What a file holds. The Ordnance Survey gives `towns` an outcode, and no code of a district or ward."""

    towns: Sequence[TownRow]
    sheets: Sequence[str]
    """The files read, such as SY48: of whatever else is on file for them, nothing is left."""
    sheet_of: Sequence[str]
    """For each town the one that it is in."""
    left_out: int
    """Places whose name, county and postcode district another has too."""


def read(path: Path, on_step: Callable[[int, int], None] = lambda files, towns: None) -> TownFile:
    """Return the towns in a CSV file or in the zip as published. `on_step` hears how many files and towns were read.

    Raises:
        UnreadableFile: it cannot be read, it is not OS Open Names, or a line makes no sense.
    """
    names = archives.members(path)
    tables = [name for name in names if _is_table(name)] if names else [""]
    if not tables:
        raise UnreadableFile(f"{path.name} holds no CSV files of {SOURCE}")
    header = next((name for name in names if name.lower().endswith(HEADER)), "")
    columns = archives.first_record(path, header) if header else USUAL_COLUMNS
    places: list[_Place] = []
    sheets = []
    for name, records in archives.tables(path, tables):
        sheets.append(PurePosixPath(name).stem[:40])
        places += islice(_places(records, name, columns), MOST + 1 - len(places))
        if len(places) > MOST:
            raise UnreadableFile(f"{path.name} holds more towns and villages than England")
        on_step(len(sheets), len(places))
    if not places:
        raise UnreadableFile(f"{path.name} holds no towns or villages of England")
    return _told_apart(places, sheets)


def _is_table(name: str) -> bool:
    folders = {part.lower() for part in PurePosixPath(name).parts[:-1]}
    return name.lower().endswith(".csv") and not folders & {"doc", "docs", "__macosx"}


def _places(records: Iterator[Record], name: str, columns: Sequence[str]) -> Iterator[_Place]:
    sheet = PurePosixPath(name).stem[:40]
    at: list[int] = []
    for number, record in enumerate(records, start=1):
        if number == 1:
            named = "NAME1" in _plain(record)
            columns = record if named else columns
            at = _find_columns(columns)
            if named:
                continue
        if not record:
            continue
        try:
            place = _read(record, at, len(columns), sheet)
        except ValueError as problem:
            raise UnreadableFile(f"{name}, line {number}: {problem}") from None
        if place:
            yield place


def _plain(names: Sequence[str]) -> list[str]:
    return [name.strip().upper() for name in names]


def _find_columns(names: Sequence[str]) -> list[int]:
    plain = _plain(names)
    problems = [f"no column for the {what} ({name})" for name, what in COLUMNS.items() if name not in plain]
    problems += [
        f"more than one column for the {what} ({name})"
        for name, what in COLUMNS.items()
        if plain.count(name) > 1
    ]
    if problems:
        raise UnreadableFile(f"This is not an {SOURCE} we can read: {'; '.join(problems)}")
    return [plain.index(name) for name in COLUMNS]


def _read(line: Record, at: Sequence[int], width: int, sheet: str) -> _Place | None:
    if len(line) != width:
        raise ValueError(f"has {len(line)} values where {width} are usual")
    kind, country, name, east, north, outcode, district, county = (line[place].strip() for place in at)
    if kind not in KINDS or country != COUNTRY:
        return None
    # A comma parts a name from its county wherever people write both.
    name = " ".join(name.replace(",", " ").split())
    county = county or district
    if not name_key(name) or not (name + county).isprintable() or len(name + county) > LONGEST_NAME:
        raise ValueError("has a name that is empty, too long or no text")
    if not re.fullmatch("(?:[A-Z]{1,2}[0-9][A-Z0-9]?)?", outcode):
        raise ValueError("has a postcode district that is none")
    if name_key(county) == name_key(name):
        county = ""
    return _Place(name, kind, county, outcode, *_grid_reference(east, north), sheet)


def _grid_reference(east: str, north: str) -> tuple[float, float]:
    if not (re.fullmatch(r"\d{1,7}(?:\.\d+)?", east) and re.fullmatch(r"\d{1,7}(?:\.\d+)?", north)):
        raise ValueError("has eastings or northings that are no metres")
    east_m, north_m = float(east), float(north)
    if east_m > grid.EAST_M or north_m > grid.NORTH_M:
        raise ValueError("has eastings or northings outside Great Britain")
    return east_m, north_m


def _told_apart(places: Sequence[_Place], sheets: Sequence[str]) -> TownFile:
    """Give places of one name in one county their postcode district, but for the one that is alone the most eminent."""
    twins: dict[tuple[str, str], list[_Place]] = {}
    for place in sorted(places, key=lambda each: KINDS.index(each.kind)):
        twins.setdefault((name_key(place.name), name_key(place.county)), []).append(place)
    named: dict[tuple[str, str], tuple[str, _Place]] = {}
    for first, *others in twins.values():
        eminent = not others or first.kind != others[0].kind
        for place in (first, *others):
            plain = place is first and eminent
            county = place.county if plain else f"{place.county} {place.outcode}".strip()
            named.setdefault((name_key(place.name), name_key(county)), (county, place))
    kept = list(named.values())
    points = grid.points([place.east_m for _, place in kept], [place.north_m for _, place in kept])
    return TownFile(
        [_row(place, county, point) for (county, place), point in zip(kept, points, strict=True)],
        sheets,
        [place.sheet for _, place in kept],
        len(places) - len(kept),
    )


def _row(place: _Place, county: str, point: Point) -> TownRow:
    return TownRow(place.name, county, round(point.latitude, 5), round(point.longitude, 5), place.outcode)
