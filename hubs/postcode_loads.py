"""Replaces the postcodes on file by those of a newer directory: read beside them, compared, swapped at one stroke."""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from .directory_files import DirectoryFile, NotADirectoryFile, Row
from .models import PostcodeRelease
from .postcode_text import area_of

BATCH = 20_000
STAGE = "hubs_postcode_load"
CODES = ("country", "county", "district", "ward", "lsoa", "parish", "terminated")
COLUMNS = ", ".join(Row._fields)
"""Names that go into statements come from here alone; everything read from a file goes in as a parameter."""


@dataclass(frozen=True)
class Changes:
    """What a load changed, or would have."""

    rows: int
    new: int
    ended: int
    moved_ward: int
    gone: int
    areas: tuple[str, ...]

    def summary(self) -> str:
        """Return the changes in one sentence."""
        return (
            f"{self.rows:,} postcodes in {', '.join(self.areas)}: {self.new:,} new, {self.ended:,} ended, "
            f"{self.moved_ward:,} in another ward, {self.gone:,} gone"
        )


def replace(
    directory: DirectoryFile,
    *,
    areas: Collection[str] = (),
    dry_run: bool = False,
    on_batch: Callable[[int], None] = lambda rows: None,
) -> Changes:
    """Put the directory's postcodes in place of those on file for the same postcode areas.

    Rows are streamed into a table beside the real one and swapped in one transaction, so readers see the old
    directory until they see the new one, and a failure changes nothing. `on_batch` hears how many rows were read.

    Raises:
        NotADirectoryFile: the file cannot be read to its end, holds a postcode twice or nothing for `areas`.
    """
    with _stage():
        _fill(directory.rows(areas), on_batch)
        with transaction.atomic():
            changes = _compare()
            if not changes.rows:
                raise NotADirectoryFile(f"{directory.path.name} holds no postcodes to load")
            if not dry_run:
                _swap(directory, changes)
    return changes


@contextmanager
def _stage() -> Iterator[None]:
    """Make the table beside, which this connection alone can see, and drop it in the end."""
    real = "double precision" if connection.vendor == "postgresql" else "real"
    codes = ", ".join(f"{code} varchar(9) NOT NULL" for code in CODES)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {STAGE}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {STAGE} "
            f"(code varchar(7) PRIMARY KEY, latitude {real}, longitude {real}, {codes}, quality smallint NOT NULL)"
        )
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {STAGE}")


def _fill(rows: Iterable[Row], on_batch: Callable[[int], None]) -> None:
    fill = _copy if connection.vendor == "postgresql" else _insert
    try:
        with _unlocked(), connection.wrap_database_errors:
            fill(_counted(rows, on_batch))
    except IntegrityError:
        raise NotADirectoryFile("The file holds a postcode twice") from None


def _counted(rows: Iterable[Row], on_batch: Callable[[int], None]) -> Iterator[list[Row]]:
    """Yield the rows in batches, saying how many there were so far."""
    stream, read = iter(rows), 0
    while batch := list(itertools.islice(stream, BATCH)):
        yield batch
        read += len(batch)
        on_batch(read)


@contextmanager
def _unlocked() -> Iterator[None]:
    """One transaction that on SQLite takes no lock: Django's own would keep every writer waiting for the whole file."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


def _insert(batches: Iterable[list[Row]]) -> None:
    marks = ", ".join(["%s"] * len(Row._fields))
    with connection.cursor() as cursor:
        for batch in batches:
            cursor.executemany(f"INSERT INTO {STAGE} ({COLUMNS}) VALUES ({marks})", batch)  # noqa: S608


def _copy(batches: Iterable[list[Row]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {STAGE} ({COLUMNS}) FROM STDIN") as copy:
        for row in itertools.chain.from_iterable(batches):
            copy.write_row(row)


def _compare() -> Changes:
    areas = _areas()
    old, both = "hubs_postcode old", f"{STAGE} new JOIN hubs_postcode old ON old.code = new.code"
    rows = _count(f"{STAGE}")
    kept = _count(both)
    there = sum(_count(f"{old} WHERE old.code BETWEEN %s AND %s", *_span(area)) for area in areas)
    return Changes(
        rows=rows,
        new=rows - kept,
        ended=_count(f"{both} WHERE old.terminated = '' AND new.terminated <> ''"),
        moved_ward=_count(f"{both} WHERE new.terminated = '' AND old.ward <> new.ward"),
        gone=there - kept,
        areas=areas,
    )


def _areas() -> tuple[str, ...]:
    """Return the postcode areas that were read, in order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT substr(code, 1, 2) FROM {STAGE}")  # noqa: S608
        return tuple(sorted({area_of(start) for (start,) in cursor.fetchall()}))


def _span(area: str) -> tuple[str, str]:
    """Return the first and last code there could be in an area. A digit follows the letters, so M leaves out ME."""
    return f"{area}0", f"{area}9ZZZZZ"


def _count(what: str, *values: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {what}", values)  # noqa: S608
        return cursor.fetchone()[0]


def _swap(directory: DirectoryFile, changes: Changes) -> None:
    release = PostcodeRelease.objects.create(
        source=directory.source, release=directory.release, rows=changes.rows, areas=", ".join(changes.areas)
    )
    with connection.cursor() as cursor:
        for area in changes.areas:
            cursor.execute("DELETE FROM hubs_postcode WHERE code BETWEEN %s AND %s", _span(area))
        cursor.execute(
            f"INSERT INTO hubs_postcode ({COLUMNS}, release_id) SELECT {COLUMNS}, %s FROM {STAGE} ORDER BY code",  # noqa: S608
            [release.pk],
        )
        # A release of which nothing is left on file needs no attribution.
        cursor.execute(
            "DELETE FROM hubs_postcoderelease WHERE NOT EXISTS "
            "(SELECT 1 FROM hubs_postcode WHERE release_id = hubs_postcoderelease.id)"
        )
