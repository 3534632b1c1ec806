"""Reads the postcode directories of the Office for National Statistics: NSPL and ONSPD, every layout since 2021.

Columns are found by pattern, because the year in their names moves with each release (`laua`, `lad25cd`, `lad26cd`).
Nothing here touches the database.
"""

import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

from .postcode_text import FULL, area_of

SOURCES = {
    "NSPL": "National Statistics Postcode Lookup",
    "ONSPD": "ONS Postcode Directory",
}
MONTHS = "January February March April May June July August September October November December"
RELEASE_NAME = re.compile(
    r"(?P<source>NSPL|ONSPD)(?:[0-9]{2})?_(?P<month>[A-Z]{3})_(?P<year>20[0-9]{2})", re.IGNORECASE
)

COLUMNS = {
    "postcode": "pcds",
    "end date": "doterm",
    "country": r"ctry(?:\d\dcd)?",
    "county": r"cty(?:\d\dcd)?|oscty",
    "district": r"lad\d\dcd|laua|oslaua",
    "ward": r"wd\d\dcd|ward|osward",
    "positional quality": "gridind|osgrdind",
    "latitude": "lat",
    "longitude": "long",
}
LSOA_COLUMNS = (r"lsoa21(?:cd)?", r"lsoa11(?:cd)?")
"""The census of 2021 where the release has it, else that of 2011."""

PARISH_COLUMN = r"parncp\d\dcd|parish"
PSEUDO_CODE = re.compile("[A-Z]99999999")
"""ONS's way of saying that there is no such area."""

POSTCODE_LIKE = re.compile("[A-Z]{1,3}[0-9A-Z]{0,2}[0-9][A-Z]{2}")
MISSING_LATITUDE = 99.999999
NO_POSITION = 9
NORTHERN_IRELAND = "BT"


class NotADirectoryFile(ValueError):
    """The file cannot be loaded. `str(error)` says what is wrong with it, and never holds a row of it."""


class Row(NamedTuple):
    """One postcode, in the order of the columns of `Postcode`. Codes are "" where there is no such area."""

    code: str
    latitude: float | None
    longitude: float | None
    country: str
    county: str
    district: str
    ward: str
    lsoa: str
    parish: str
    terminated: str
    quality: int


class Columns(NamedTuple):
    """Where in a line each thing stands, counted from 0."""

    width: int
    code: int
    terminated: int
    country: int
    county: int
    district: int
    ward: int
    quality: int
    latitude: int
    longitude: int
    lsoa: int
    parish: int | None


@dataclass(frozen=True)
class DirectoryFile:
    """A directory on disk: one CSV file, or a zip archive of one or many."""

    path: Path
    source: str
    release: str

    def rows(self, areas: Collection[str] = ()) -> Iterator[Row]:
        """Yield the postcodes, those of the given areas only ("DT", "BH"), without Northern Ireland's.

        Northern Ireland's rows are licensed for internal business use only, so nothing is kept of them.

        Raises:
            NotADirectoryFile: a column is missing or doubled, or a line cannot be read.
        """
        for name in _members(self.path):
            with _opened(self.path, name) as stream:
                yield from _rows(stream, name or self.path.name, frozenset(areas))


def read(path: Path) -> DirectoryFile:
    """Return the directory at `path`, having looked at the header of its first file.

    Raises:
        NotADirectoryFile: it cannot be read, or it is not a directory of a layout we know.
    """
    name = _members(path)[0]
    with _opened(path, name) as stream:
        header = _header(stream, name or path.name)
    find_columns(header)
    source, release = _identity(name, path.name, header)
    return DirectoryFile(path, source, release)


def find_columns(header: Sequence[str]) -> Columns:
    """Return where the columns we need stand.

    Raises:
        NotADirectoryFile: names each that is missing or that two columns could be.
    """
    names = [name.strip().lower() for name in header]
    found = {what: _matching(names, pattern) for what, pattern in COLUMNS.items()}
    found["LSOA"] = next(filter(None, (_matching(names, pattern) for pattern in LSOA_COLUMNS)), [])
    parish = _matching(names, PARISH_COLUMN)
    problems = [f"no column for the {what}" for what, places in found.items() if not places]
    problems += [
        f"more than one column for the {what} ({', '.join(names[place] for place in places)})"
        for what, places in [*found.items(), ("parish", parish)]
        if len(places) > 1
    ]
    if problems:
        raise NotADirectoryFile(f"This is not a postcode directory we can read: {'; '.join(problems)}")
    return Columns(
        width=len(names),
        code=found["postcode"][0],
        terminated=found["end date"][0],
        country=found["country"][0],
        county=found["county"][0],
        district=found["district"][0],
        ward=found["ward"][0],
        quality=found["positional quality"][0],
        latitude=found["latitude"][0],
        longitude=found["longitude"][0],
        lsoa=found["LSOA"][0],
        parish=parish[0] if parish else None,
    )


def _matching(names: Sequence[str], pattern: str) -> list[int]:
    return [place for place, name in enumerate(names) if re.fullmatch(pattern, name)]


def _identity(member: str, file_name: str, header: Sequence[str]) -> tuple[str, str]:
    """Return the source and release by the file's name; the source by its columns when it was renamed."""
    match = RELEASE_NAME.search(member) or RELEASE_NAME.search(file_name)
    if match:
        months = {month[:3].upper(): month for month in MONTHS.split()}
        month = months.get(match["month"].upper(), match["month"])
        return SOURCES[match["source"].upper()], f"{month} {match['year']}"
    kind = "ONSPD" if _matching([name.lower() for name in header], PARISH_COLUMN) else "NSPL"
    return SOURCES[kind], "release not known"


def _members(path: Path) -> list[str]:
    """Return the CSV files of an archive: the whole directory in one file, else its many; [""] for a plain file."""
    try:
        if not zipfile.is_zipfile(path):
            if not path.is_file():
                raise NotADirectoryFile(f"There is no file {path}")
            return [""]
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.lower().endswith(".csv"))
    except (OSError, zipfile.BadZipFile) as problem:
        raise NotADirectoryFile(f"{path.name} cannot be opened: {problem}") from problem
    data = [name for name in names if RELEASE_NAME.search(Path(name).name)]
    whole = [name for name in data if "multi_csv" not in name.lower()]
    if not data:
        raise NotADirectoryFile(f"{path.name} holds no NSPL or ONSPD file")
    return whole or data


@contextmanager
def _opened(path: Path, member: str) -> Iterator[TextIO]:
    """Open a CSV file, from inside the archive at `path` when `member` is named. Skips a byte order mark."""
    with ExitStack() as stack:
        if member:
            archive = stack.enter_context(zipfile.ZipFile(path))
            raw = stack.enter_context(archive.open(member))
        else:
            raw = stack.enter_context(path.open("rb"))
        yield stack.enter_context(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))


def _header(stream: TextIO, name: str) -> list[str]:
    with _readable(name):
        header = next(csv.reader(stream), [])
    if not header:
        raise NotADirectoryFile(f"{name} is empty")
    return header


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as problem:
        raise NotADirectoryFile(f"{name} is not text in UTF-8") from problem
    except (csv.Error, OSError, zipfile.BadZipFile, EOFError) as problem:
        raise NotADirectoryFile(f"{name} cannot be read: {problem}") from problem


def _rows(stream: TextIO, name: str, areas: frozenset[str]) -> Iterator[Row]:
    columns = find_columns(_header(stream, name))
    lines = csv.reader(stream)
    with _readable(name):
        for number, line in enumerate(lines, start=2):
            if not line:
                continue
            try:
                row = _row(line, columns)
            except ValueError as problem:
                raise NotADirectoryFile(f"{name}, line {number}: {problem}") from None
            if _wanted(row.code, areas):
                yield row


def _wanted(code: str, areas: frozenset[str]) -> bool:
    # Girobank's GIR 0AA and Newport's old NPT codes are of shapes that nobody can enter.
    area = area_of(code)
    return bool(FULL.fullmatch(code)) and area != NORTHERN_IRELAND and (not areas or area in areas)


def _row(line: Sequence[str], at: Columns) -> Row:
    if len(line) != at.width:
        raise ValueError(f"has {len(line)} values where the header has {at.width}")
    code = line[at.code].replace(" ", "").upper()
    if not POSTCODE_LIKE.fullmatch(code):
        raise ValueError("does not begin with a postcode")
    latitude, longitude = _position(line[at.latitude], line[at.longitude])
    quality = _quality(line[at.quality])
    return Row(
        code=code,
        latitude=latitude,
        longitude=longitude,
        country=_area_code(line[at.country]),
        county=_area_code(line[at.county]),
        district=_area_code(line[at.district]),
        ward=_area_code(line[at.ward]),
        lsoa=_area_code(line[at.lsoa]),
        parish="" if at.parish is None else _area_code(line[at.parish]),
        terminated=_month(line[at.terminated]),
        quality=NO_POSITION if latitude is None else quality,
    )


def _position(latitude: str, longitude: str) -> tuple[float, float] | tuple[None, None]:
    try:
        position = float(latitude or MISSING_LATITUDE), float(longitude or 0)
    except ValueError:
        raise ValueError("has a latitude or longitude that is not a number") from None
    if position[0] == MISSING_LATITUDE:
        return None, None
    if not (49 <= position[0] <= 61 and -9 <= position[1] <= 2):
        raise ValueError("has a position outside the United Kingdom")
    return position


def _quality(text: str) -> int:
    if not re.fullmatch("[1-9]?", text):
        raise ValueError("has a positional quality that is not 1 to 9")
    return int(text or NO_POSITION)


def _area_code(text: str) -> str:
    code = text.strip()
    if PSEUDO_CODE.fullmatch(code):
        return ""
    if code and not re.fullmatch("[A-Z0-9]{1,9}", code):
        raise ValueError("has an area code of an unknown form")
    return code


def _month(text: str) -> str:
    if not re.fullmatch("(?:[12][0-9]{3}(?:0[1-9]|1[0-2]))?", text):
        raise ValueError("has an end date that is not a year and month")
    return text
