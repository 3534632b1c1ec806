"""Opens a postcode directory, whichever it is: a CSV file, or a zip archive of one or of one for each postcode area.

Which of the three it is shows in the file itself. Nothing here touches the database.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from . import archives, postcode_code_point, postcode_ons
from .archives import UnreadableFile
from .postcode_rows import NotADirectoryFile, Row, Wanted
from .postcode_text import AREAS

__all__ = ["DirectoryFile", "NotADirectoryFile", "Row", "UnreadableFile", "Wanted", "read"]

MONTHS = ["January", "February", "March", "April", "May", "June",
          "July", "August", "September", "October", "November", "December"]  # fmt: skip
RELEASE_NAME = re.compile(
    r"(?P<source>NSPL|ONSPD)(?:[0-9]{2})?_(?P<month>[A-Z]{3})_(?P<year>20[0-9]{2})", re.IGNORECASE
)
SOURCES = {"NSPL": postcode_ons.NSPL, "ONSPD": postcode_ons.ONSPD}
UNKNOWN_RELEASE = "release not known"
ONE_AREA = re.compile(r"(?:.*_)?(?P<area>[A-Z]{1,2})", re.IGNORECASE)
"""How the name of a file ends that holds one postcode area: `NSPL_NOV_2021_UK_DT`, `dt`."""

EVERYTHING = Wanted()
MANIFEST, COLUMN_HEADERS = "metadata.txt", "column_headers.csv"
"""Files that come with Code-Point Open."""


@dataclass(frozen=True)
class DirectoryFile:
    """A directory on disk."""

    path: Path
    source: str
    release: str
    members: tuple[str, ...] = ("",)
    """The CSV files in the archive; "" for a file that is no archive."""
    columns: tuple[str, ...] = ()
    """Names of the columns when they stand in a file of their own."""
    expected: Mapping[str, int] | None = None
    """How many postcodes of each area the publisher says there are."""

    def rows(self, wanted: Wanted = EVERYTHING) -> Iterator[Row]:
        """Yield the postcodes.

        Raises:
            NotADirectoryFile: a column is missing or doubled, a line makes no sense, or an area is not whole.
            UnreadableFile: as `archives.tables`.
        """
        areas = wanted.all_areas
        missing = sorted(areas & {*(self.expected or ())} - {_area_of_file(each) for each in self.members})
        if missing:
            raise NotADirectoryFile(f"{self.path.name} has no file for {', '.join(missing)}")
        ours = [each for each in self.members if _area_of_file(each or self.path.name) in {"", *areas}]
        for name, lines in archives.tables(self.path, ours):
            if self.source != postcode_code_point.SOURCE:
                yield from postcode_ons.rows(lines, name, areas)
                continue
            yield from postcode_code_point.rows(
                lines,
                name,
                areas,
                columns=self.columns or postcode_code_point.USUAL_COLUMNS,
                expected=(self.expected or {}).get(_area_of_file(name)),
            )


def read(path: Path) -> DirectoryFile:
    """Return the directory at `path`, having looked at the beginning of its first file.

    Raises:
        UnreadableFile: it cannot be read.
        NotADirectoryFile: it is not a directory of a layout we know.
    """
    members = _members(path)
    first = archives.first_record(path, members[0])
    if postcode_code_point.is_line(first):
        return _code_point(path, members)
    postcode_ons.find_columns(first)
    match = RELEASE_NAME.search(members[0]) or RELEASE_NAME.search(path.name)
    if not match:
        return DirectoryFile(path, postcode_ons.source_of(first), UNKNOWN_RELEASE, members)
    months = {month[:3].upper(): month for month in MONTHS}
    month = months.get(match["month"].upper(), match["month"])
    return DirectoryFile(path, SOURCES[match["source"].upper()], f"{month} {match['year']}", members)


def _code_point(path: Path, members: tuple[str, ...]) -> DirectoryFile:
    headers, manifest = _beside(path, COLUMN_HEADERS), _beside(path, MANIFEST)
    columns = next(csv.reader(headers.splitlines()), []) if headers else postcode_code_point.USUAL_COLUMNS
    postcode_code_point.find_columns(columns)
    months = {f"{number:02}": month for number, month in enumerate(MONTHS, start=1)}
    said = postcode_code_point.read_manifest(manifest, months)
    return DirectoryFile(
        path,
        postcode_code_point.SOURCE,
        said.release or UNKNOWN_RELEASE,
        members,
        tuple(columns),
        said.postcodes or None,
    )


def _area_of_file(name: str) -> str:
    """Return the one postcode area whose postcodes a file holds by its name, else ""."""
    match = ONE_AREA.fullmatch(PurePosixPath(name).stem)
    area = match["area"].upper() if match else ""
    return area if area in AREAS else ""


def _members(path: Path) -> tuple[str, ...]:
    """Return the CSV files that hold postcodes: the whole directory in one file, else its many."""
    names = archives.members(path)
    if not names:
        return ("",)
    tables = [name for name in names if _is_table(name)]
    named = [name for name in tables if RELEASE_NAME.search(PurePosixPath(name).name)]
    whole = [name for name in named if not _area_of_file(name)]
    by_area = [name for name in tables if _area_of_file(name)]
    found = whole or named or by_area
    packed = next((name for name in names if name.lower().endswith(".zip")), "")
    if not tables and packed:
        raise NotADirectoryFile(f"{path.name} holds another zip, {packed}; unpack it and give that")
    if not found and len(tables) != 1:
        raise NotADirectoryFile(f"{path.name} holds no NSPL, ONSPD or Code-Point Open by its name")
    return tuple(found or tables)


def _is_table(name: str) -> bool:
    folders = {part.lower() for part in PurePosixPath(name).parts[:-1]}
    return name.lower().endswith(".csv") and not folders & {"doc", "documents", "__macosx"}


def _beside(path: Path, ending: str) -> str:
    """Return the text of a file that came in the same archive, "" when there is none."""
    found = [name for name in archives.members(path) if name.lower().endswith(ending)]
    return archives.note(path, found[0]) if found else ""
