"""Reads what the Office for National Statistics publishes: NSPL and ONSPD, every layout since 2021.

Columns are found by pattern, because the year in their names moves with each release (`laua`, `lad25cd`, `lad26cd`).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from operator import itemgetter

from .archives import Record
from .postcode_rows import NO_POSITION, NotADirectoryFile, Row, area_code, month, postcode

NSPL = "National Statistics Postcode Lookup"
ONSPD = "ONS Postcode Directory"

COLUMNS = {
    "postcode": "pcds",
    "end date": "doterm",
    "country": r"ctry(?:\d\d)?(?:cd)?",
    "county": r"cty(?:\d\d)?(?:cd)?|oscty",
    "district": r"lad\d\d(?:cd)?|(?:os)?laua",
    "ward": r"wd\d\d(?:cd)?|(?:os)?ward",
    "positional quality": "(?:os)?gr(?:i)?dind",
    "latitude": "lat",
    "longitude": "long",
}
"""What we need of a line and how its column may be called, in the order in which `_row` takes them."""

LSOA_COLUMNS = (r"lsoa21(?:cd)?", r"lsoa11(?:cd)?")
"""The census of 2021 where the release has it, else that of 2011."""

PARISH_COLUMN = r"parncp\d\d(?:cd)?|parish"
"""Only the ONS Postcode Directory has it."""

MISSING_LATITUDE = 99.999999
SOUTH, NORTH, WEST, EAST = 49, 61, -9, 2
"""Degrees that hold every postcode of the United Kingdom, and none whose two were taken for one another."""


def source_of(header: Sequence[str]) -> str:
    """Return which of the two directories has these columns."""
    return ONSPD if _matching(_names(header), PARISH_COLUMN) else NSPL


def find_columns(header: Sequence[str]) -> list[int]:
    """Return where the columns of `COLUMNS` stand, then LSOA and parish. A missing parish is one past the last.

    Raises:
        NotADirectoryFile: names each that is missing or that two columns could be.
    """
    names = _names(header)
    found = {what: _matching(names, pattern) for what, pattern in COLUMNS.items()}
    found["LSOA"] = next(filter(None, (_matching(names, pattern) for pattern in LSOA_COLUMNS)), [])
    problems = [f"no column for the {what}" for what, places in found.items() if not places]
    found["parish"] = _matching(names, PARISH_COLUMN) or [len(names)]
    problems += [
        f"more than one column for the {what} ({', '.join(names[place] for place in places)})"
        for what, places in found.items()
        if len(places) > 1
    ]
    if problems:
        raise NotADirectoryFile(f"This is not a postcode directory we can read: {'; '.join(problems)}")
    return [places[0] for places in found.values()]


def rows(lines: Iterator[Record], name: str, areas: Collection[str]) -> Iterator[Row]:
    """Yield the postcodes of these areas, from a file's lines with the names of its columns first.

    Raises:
        NotADirectoryFile: a column is missing or doubled, or a line makes no sense.
    """
    header = next(lines, [])
    pick, width = itemgetter(*find_columns(header)), len(header)
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        try:
            if len(line) != width:
                raise ValueError(f"has {len(line)} values where the header has {width}")
            line.append("")
            row = _row(pick(line), areas)
        except ValueError as problem:
            raise NotADirectoryFile(f"{name}, line {number}: {problem}") from None
        if row:
            yield row


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip().lower() for name in header]


def _matching(names: Sequence[str], pattern: str) -> list[int]:
    return [place for place, name in enumerate(names) if re.fullmatch(pattern, name)]


def _row(values: tuple[str, ...], areas: Collection[str]) -> Row | None:
    text, end, country, county, district, ward, quality, latitude, longitude, lsoa, parish = values
    code = postcode(text, areas)
    if not code:
        return None
    north, east = _position(latitude, longitude)
    worth = _quality(quality)
    # `_make` takes a third of the time that names take, and this runs three million times.
    return Row._make(
        (
            code,
            north,
            east,
            area_code(country),
            area_code(county),
            area_code(district),
            area_code(ward),
            area_code(lsoa),
            area_code(parish),
            month(end),
            worth if north is not None else NO_POSITION,
        )
    )


def _position(latitude: str, longitude: str) -> tuple[float, float] | tuple[None, None]:
    try:
        north, east = float(latitude or MISSING_LATITUDE), float(longitude or 0)
    except ValueError:
        raise ValueError("has a latitude or longitude that is not a number") from None
    if north == MISSING_LATITUDE:
        return None, None
    if not (SOUTH <= north <= NORTH and WEST <= east <= EAST):
        raise ValueError("has a position outside the United Kingdom")
    return north, east


@cache
def _quality(text: str) -> int:
    if not re.fullmatch("[1-9]?", text):
        raise ValueError("has a positional quality that is not 1 to 9")
    return int(text or NO_POSITION)
