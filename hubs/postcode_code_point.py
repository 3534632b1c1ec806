"""Reads Code-Point Open of the Ordnance Survey: Great Britain's live postcodes, without census areas.

Its files have no header; a list of columns and the number of postcodes of each area come in the same archive. Grid
references become degrees.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from . import grid
from .archives import Record
from .geo import Point
from .postcode_rows import NO_POSITION, NotADirectoryFile, Row, area_code, postcode

SOURCE = "OS Code-Point Open"
USUAL_COLUMNS = ("PC", "PQ", "EA", "NO", "CY", "RH", "LH", "CC", "DC", "WC")
COLUMNS = {
    "PC": "postcode",
    "PQ": "positional quality",
    "EA": "eastings",
    "NO": "northings",
    "CY": "country",
    "CC": "county",
    "DC": "district",
    "WC": "ward",
}
"""What we need of a line, in the order in which `_read` takes it."""

QUALITIES = {"10": 1, "20": 2, "30": 3, "40": 4, "50": 5, "60": 6, "90": NO_POSITION}
"""Their positional quality indicators as those of ONS."""

BATCH = 5_000
"""Grid references converted at a time: one by one takes twenty times as long."""


class Manifest(NamedTuple):
    """What `metadata.txt` says of an archive."""

    release: str
    """The month of its copyright date, like "April 2026"; "" when it gives none."""
    postcodes: Mapping[str, int]
    """How many there are in each postcode area."""


class _Place(NamedTuple):
    """A line, before its grid reference is converted."""

    code: str
    east_m: int
    north_m: int
    country: str
    county: str
    district: str
    ward: str
    quality: int


def is_line(values: Sequence[str]) -> bool:
    """Say whether these are the values of a line of Code-Point Open, or of nothing we would take for one."""
    return len(values) == len(USUAL_COLUMNS) and values[1].strip() in QUALITIES


def read_manifest(text: str, months: Mapping[str, str]) -> Manifest:
    """Return what `metadata.txt` says. `months` are names by number: {"04": "April"}."""
    date = re.search(r"^COPYRIGHT DATE:\s*(\d{4})(\d\d)", text, re.MULTILINE)
    counts = re.findall(r"^\s*([A-Z]{1,2})\s+(\d+)\s*$", text, re.MULTILINE)
    return Manifest(
        f"{months.get(date[2], '')} {date[1]}".strip() if date else "",
        {area: int(count) for area, count in counts},
    )


def find_columns(names: Sequence[str]) -> list[int]:
    """Return where the columns of `COLUMNS` stand.

    Raises:
        NotADirectoryFile: names each that is missing or doubled.
    """
    short = [name.strip().upper() for name in names]
    problems = [f"no column for the {what} ({name})" for name, what in COLUMNS.items() if name not in short]
    problems += [
        f"more than one column for the {what} ({name})"
        for name, what in COLUMNS.items()
        if short.count(name) > 1
    ]
    if problems:
        raise NotADirectoryFile(f"This is not a Code-Point Open we can read: {'; '.join(problems)}")
    return [short.index(name) for name in COLUMNS]


def rows(
    records: Iterator[Record],
    name: str,
    areas: Collection[str],
    *,
    columns: Sequence[str] = USUAL_COLUMNS,
    expected: int | None = None,
) -> Iterator[Row]:
    """Yield the postcodes of these areas.

    Raises:
        NotADirectoryFile: a line makes no sense, or there are not as many as `expected`.
    """
    lines = enumerate(records, start=1)
    read, at = 0, find_columns(columns)
    while batch := [(number, line) for number, line in islice(lines, BATCH) if line]:
        read += len(batch)
        places = []
        for number, line in batch:
            try:
                places.append(_read(line, at, len(columns), areas))
            except ValueError as problem:
                raise NotADirectoryFile(f"{name}, line {number}: {problem}") from None
        kept = [place for place in places if place]
        yield from map(
            _row, kept, grid.points([each.east_m for each in kept], [each.north_m for each in kept])
        )
    if expected is not None and read != expected:
        raise NotADirectoryFile(f"{name} should hold {expected:,} postcodes and holds {read:,}")


def _read(line: Sequence[str], places: Sequence[int], width: int, areas: Collection[str]) -> _Place | None:
    if len(line) != width:
        raise ValueError(f"has {len(line)} values where {width} are usual")
    text, quality, east, north, country, county, district, ward = (line[place] for place in places)
    code = postcode(text, areas)
    if not code:
        return None
    if quality not in QUALITIES:
        raise ValueError("has a positional quality that is none of Code-Point's")
    return _Place(
        code,
        *_grid_reference(east, north),
        area_code(country),
        area_code(county),
        area_code(district),
        area_code(ward),
        QUALITIES[quality],
    )


def _grid_reference(east: str, north: str) -> tuple[int, int]:
    if not (re.fullmatch(r"\d*", east) and re.fullmatch(r"\d*", north)):
        raise ValueError("has eastings or northings that are not whole metres")
    east_m, north_m = int(east or 0), int(north or 0)
    if east_m > grid.EAST_M or north_m > grid.NORTH_M:
        raise ValueError("has eastings or northings outside Great Britain")
    return east_m, north_m


def _row(place: _Place, point: Point) -> Row:
    known = place.quality != NO_POSITION
    return Row(
        code=place.code,
        latitude=round(point.latitude, 6) if known else None,
        longitude=round(point.longitude, 6) if known else None,
        country=place.country,
        county=place.county,
        district=place.district,
        ward=place.ward,
        lsoa="",
        parish="",
        terminated="",
        quality=place.quality,
    )
