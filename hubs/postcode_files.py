"""Opens a postcode directory, whichever it is: a CSV file, or a zip archive of one or of one for each postcode area.

Which of the three it is shows in the file itself. Nothing here touches the database.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TextIO

from . import postcode_code_point, postcode_ons
from .postcode_rows import NotADirectoryFile, Row, Wanted
from .postcode_text import AREAS

__all__ = ["DirectoryFile", "NotADirectoryFile", "Row", "Wanted", "read"]

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
        """
        areas = wanted.all_areas
        missing = sorted(areas & {*(self.expected or ())} - {_area_of_file(each) for each in self.members})
        if missing:
            raise NotADirectoryFile(f"{self.path.name} has no file for {', '.join(missing)}")
        for member in self.members:
            name = member or self.path.name
            area = _area_of_file(name)
            if area and area not in areas:
                continue
            with _opened(self.path, member) as stream, _readable(name):
                if self.source != postcode_code_point.SOURCE:
                    yield from postcode_ons.rows(stream, name, areas)
                    continue
                yield from postcode_code_point.rows(
                    stream,
                    name,
                    areas,
                    columns=self.columns or postcode_code_point.USUAL_COLUMNS,
                    expected=(self.expected or {}).get(area),
                )


def read(path: Path) -> DirectoryFile:
    """Return the directory at `path`, having looked at the beginning of its first file.

    Raises:
        NotADirectoryFile: it cannot be read, or it is not a directory of a layout we know.
    """
    members = _members(path)
    first = _first_line(path, members[0])
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
    if not path.is_file():
        raise NotADirectoryFile(f"There is no file {path}")
    with _readable(path.name):
        if not zipfile.is_zipfile(path):
            return ("",)
        with zipfile.ZipFile(path) as archive:
            tables = [name for name in sorted(archive.namelist()) if _is_table(name)]
    named = [name for name in tables if RELEASE_NAME.search(PurePosixPath(name).name)]
    whole = [name for name in named if not _area_of_file(name)]
    by_area = [name for name in tables if _area_of_file(name)]
    found = whole or named or by_area
    if not found and len(tables) != 1:
        raise NotADirectoryFile(f"{path.name} holds no NSPL, ONSPD or Code-Point Open by its name")
    return tuple(found or tables)


def _is_table(name: str) -> bool:
    folders = {part.lower() for part in PurePosixPath(name).parts[:-1]}
    return name.lower().endswith(".csv") and not folders & {"doc", "documents", "__macosx"}


def _beside(path: Path, ending: str) -> str:
    """Return the text of a file that came in the same archive, "" when there is none."""
    with _readable(path.name):
        if not zipfile.is_zipfile(path):
            return ""
        with zipfile.ZipFile(path) as archive:
            found = [name for name in archive.namelist() if name.lower().endswith(ending)]
            # It holds plain ASCII, but nothing promises so.
            return archive.read(found[0]).decode("latin-1").replace("\r\n", "\n") if found else ""


def _first_line(path: Path, member: str) -> list[str]:
    name = member or path.name
    with _opened(path, member) as stream, _readable(name):
        line = next(csv.reader(stream), [])
    if not line:
        raise NotADirectoryFile(f"{name} is empty")
    return line


@contextmanager
def _opened(path: Path, member: str) -> Iterator[TextIO]:
    """Open a CSV file, from inside the archive at `path` when `member` is named. Skips a byte order mark."""
    with ExitStack() as stack:
        with _readable(member or path.name):
            archive = stack.enter_context(zipfile.ZipFile(path)) if member else None
            raw = stack.enter_context(_unpacked(archive, member) if archive else path.open("rb"))
        yield stack.enter_context(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))


def _unpacked(archive: zipfile.ZipFile, member: str) -> IO[bytes]:
    try:
        return archive.open(member)
    except (RuntimeError, NotImplementedError) as problem:
        # `zipfile` says so of archives under a password and of compressions it does not know.
        raise NotADirectoryFile(f"{member} cannot be unpacked: {problem}") from problem


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Say of whatever goes wrong with a file or an archive that it is the file's fault, and which file's."""
    try:
        yield
    except UnicodeDecodeError as problem:
        raise NotADirectoryFile(f"{name} is not text in UTF-8") from problem
    except (csv.Error, OSError, EOFError, zlib.error, zipfile.BadZipFile) as problem:
        raise NotADirectoryFile(f"{name} cannot be read: {problem}") from problem
