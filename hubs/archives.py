"""Opens the CSV files that people give to the load commands, alone or in a zip, and trusts neither.

However large a file unpacks and however far a line or a quotation runs on, little of it is held at a time.
"""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LONGEST_LINE = 65_536
"""Bytes, to within a few thousand. The longest of any file we know is under 2,000."""
MOST_TIMES_PACKED = 200
"""What a file unpacks to, beside the size of the archive. What is published shrinks to a tenth."""
MOST_UNPACKED = 16 * 10**9
"""Bytes of one file. The largest published has a tenth of it."""
MOST_FILES = 10_000
"""In one archive. OS Open Names has 830."""
LONGEST_LIST = 2_000_000
"""Bytes of an archive's list of what is in it, which is read at one go."""
LARGEST_NOTE = 1_000_000
"""Bytes of a file that is read at one go, such as a list of columns."""

Record = list[str]


class UnreadableFile(ValueError):
    """A file that cannot be loaded. `str(error)` says what is wrong with it, and never holds a line of it."""


def members(path: Path) -> tuple[str, ...]:
    """Return the names of the files in a zip in their order; none when `path` is no zip.

    Raises:
        UnreadableFile: it is not there, is no file, or is a zip that cannot be read.
    """
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder; give one file")
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path}")
    with _readable(path.name):
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                if file.read(4) == b"PK\x03\x04":
                    raise UnreadableFile(f"{path.name} is a zip that is not whole; download it again")
            return ()
    with _unzipped(path) as archive:
        names = tuple(sorted(archive.namelist()))
    if not names:
        raise UnreadableFile(f"{path.name} is an empty zip")
    return names


def tables(path: Path, names: Sequence[str]) -> Iterator[tuple[str, Iterator[Record]]]:
    """Yield the records of CSV files of a zip, one file after the other, each under its name.

    The name "" stands for `path` itself, which then is no zip. Each line is a record; a blank line is an empty one.

    Raises:
        UnreadableFile: from the iterators too, wherever a file turns out to be damaged, no text in UTF-8 or too large.
    """
    if "" in names:
        with _readable(path.name), path.open("rb") as file:
            yield path.name, _records(file, path.name, MOST_UNPACKED)
        return
    most = min(MOST_UNPACKED, path.stat().st_size * MOST_TIMES_PACKED)
    with _unzipped(path) as archive:
        for name in names:
            with _member(archive, name) as file:
                yield name, _records(file, name, most)


def first_record(path: Path, name: str) -> Record:
    """Return the first line of a file, as `tables` does.

    Raises:
        UnreadableFile: as `tables`, or the file is empty.
    """
    for called, records in tables(path, [name]):
        record = next(records, [])
        if not record:
            raise UnreadableFile(f"{called} is empty")
        return record
    return []


def note(path: Path, name: str) -> str:
    """Return the text of a small file of a zip.

    Raises:
        UnreadableFile: it is damaged or not small.
    """
    with _unzipped(path) as archive, _member(archive, name) as file:
        data = file.read(LARGEST_NOTE + 1)
    if len(data) > LARGEST_NOTE:
        raise UnreadableFile(f"{name} is too large to be what it should be")
    # What they hold is plain ASCII, but nothing promises so.
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1").replace("\r\n", "\n")


def _records(file: IO[bytes], name: str, most: int) -> Iterator[Record]:
    watched = _Watched(file, name, most)
    with _readable(name):
        reader = csv.reader(io.TextIOWrapper(watched, encoding="utf-8-sig", newline=""))
        try:
            for record in reader:
                # All that is done for each of millions of lines.
                watched.run = 0
                yield record
        except (csv.Error, _EndlessLine):
            raise UnreadableFile(
                f"{name}, line {reader.line_num + 1}: is longer than any line should be, "
                "or a quotation mark is missing"
            ) from None


class _EndlessLine(Exception):
    """A line goes on and on, or a quotation does."""


class _Watched(io.RawIOBase):
    """The bytes of a file on their way to be read. Stops at a line without end and at more bytes than there may be."""

    run = 0
    """Bytes since the last line that somebody has read to its end."""

    def __init__(self, file: IO[bytes], name: str, most: int) -> None:
        self._file, self.name, self._left = file, name, most

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.run += len(data)
        self._left -= len(data)
        if self.run > LONGEST_LINE:
            raise _EndlessLine
        if self._left < 0:
            raise UnreadableFile(f"{self.name} unpacks to far more than such a file holds")
        if b"\0" in data:
            raise UnreadableFile(f"{self.name} is not text in UTF-8: it holds empty bytes")
        return data


class _Packed(io.BufferedReader):
    """The bytes of a zip, of whose list of contents no more is read at one go than an honest one has."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LONGEST_LIST:
            raise UnreadableFile(f"{Path(self.name).name} holds more files than it should")
        return super().read(size)


@contextmanager
def _unzipped(path: Path) -> Iterator[zipfile.ZipFile]:
    with _readable(path.name), _Packed(io.FileIO(path)) as raw, zipfile.ZipFile(raw) as archive:
        if len(archive.filelist) > MOST_FILES:
            raise UnreadableFile(f"{path.name} holds more files than it should")
        yield archive


@contextmanager
def _member(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    with _readable(name):
        about = archive.getinfo(name)
        if about.flag_bits & 1:
            raise UnreadableFile(f"{name} is under a password; unpack it and give the file")
        if about.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # Of the others `zipfile` unpacks as much at a time as there is.
            raise UnreadableFile(f"{name} is packed in an unusual way; unpack it and give the file")
        with archive.open(about) as file:
            yield file


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Say of whatever goes wrong with a file or an archive that it is the file's fault, and which file's."""
    try:
        yield
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"{name} is not text in UTF-8") from problem
    except (OSError, EOFError, zlib.error, struct.error, zipfile.BadZipFile, NotImplementedError) as problem:
        raise UnreadableFile(f"{name} cannot be read: {problem or 'it is damaged'}") from problem
