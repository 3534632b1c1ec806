"""The tables behind `Postcode` while a directory is loaded: filled beside the live one, then put in its place.

The new table is made from the live one's own definition, so it is what the migrations say it is. A killed load leaves
at most tables that nobody reads, and the next load clears them away.
"""

import fcntl
import itertools
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction

from .models import Postcode
from .postcode_areas import span
from .postcode_rows import Row

LIVE = Postcode._meta.db_table
STAGE, OLD = f"{LIVE}_load", f"{LIVE}_old"
COLUMNS = ", ".join(Row._fields)
"""Names that go into statements come from here alone; everything read from a file goes in as a parameter."""

BATCH = 5_000
"""Rows written at a time. On SQLite nobody else can write meanwhile: a few hundredths of a second."""

OnStep = Callable[[str, int], None]
"""Hears what was done, one of the three below, and to how many rows so far."""
READ, KEPT, SWAPPED = "read", "kept", "swapped"
"""The last is heard where there is still something to tidy up."""


class Busy(RuntimeError):
    """The tables are in use. `str(error)` says by whom."""


def run(statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return cursor.fetchall() if cursor.description else []


class SqliteTables:
    """Every batch is a transaction of its own, and what takes long is done between them, so that others can write."""

    TIDIES_ITSELF = False
    """Whether a load leaves nothing beside the live table, however it ends."""

    def __init__(self) -> None:
        self._last_turn = (0.0, 0.0)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other loads out. The lock goes with the process, whatever ends that.

        Raises:
            Busy: another load is running.
        """
        with Path(f"{connection.settings_dict['NAME']}-postcodes").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("Another load of postcodes is running") from None
            yield

    def make_stage(self, *, temporary: bool) -> None:
        """Make the table beside; a temporary one, which a dry run needs, is in a file of its own."""
        [(definition,)] = run("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [LIVE])
        create = f'CREATE {"TEMPORARY " if temporary else ""}TABLE "{STAGE}"'
        definition = re.sub(rf'^CREATE TABLE "?{LIVE}"?', create, definition)
        # One tree instead of a table and an index: a third smaller and a quarter quicker.
        run(definition if definition.endswith("WITHOUT ROWID") else f"{definition} WITHOUT ROWID")

    def fill(self, rows: Iterable[Row], release: int, on_step: OnStep) -> None:
        with self._without("synchronous", "NORMAL"):
            self._insert(rows, f"{int(release)}", on_step, READ)

    def keep(self, areas: Collection[str], on_step: OnStep) -> None:
        """Take over what is on file for these areas."""
        live = itertools.chain.from_iterable(map(self._live_rows, areas))
        with self._without("synchronous", "NORMAL"):
            self._insert(live, "%s", on_step, KEPT)

    def swap(self, settle: Callable[[], None], on_step: OnStep) -> None:
        """Put the new table in place of the live one, and do with it what `settle` does."""
        with transaction.atomic():
            settle()
            run(f'ALTER TABLE "{LIVE}" RENAME TO "{OLD}"')
            run(f'ALTER TABLE "{STAGE}" RENAME TO "{LIVE}"')
        on_step(SWAPPED, 0)

    def clear(self) -> None:
        """Remove what is not the live table."""
        for table in (STAGE, OLD):
            if table in connection.introspection.table_names():
                # Dropped from memory and without being wiped it is gone in a moment; else in seconds.
                run(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608
                with self._without("secure_delete", "OFF"):
                    run(f'DROP TABLE "{table}"')
        run(f'DROP TABLE IF EXISTS "{STAGE}"')

    @contextmanager
    def _without(self, care: str, instead: str) -> Iterator[None]:
        """Do without a safeguard that data which are public and can be loaded again have no need of."""
        if connection.in_atomic_block:
            yield
            return
        [(before,)] = run(f"PRAGMA {care}")
        run(f"PRAGMA {care} = {instead}")
        try:
            yield
        finally:
            run(f"PRAGMA {care} = {before}")

    def _insert(self, rows: Iterable[tuple[Any, ...]], release: str, on_step: OnStep, what: str) -> None:
        marks = ", ".join(["%s"] * len(Row._fields))
        insert = f'INSERT INTO "{STAGE}" ({COLUMNS}, release_id) VALUES ({marks}, {release})'  # noqa: S608
        stream, done = iter(rows), 0
        # The next batch is read outside the transaction: reading is what takes long.
        while batch := list(itertools.islice(stream, BATCH)):
            with self._turn(), connection.cursor() as cursor:
                cursor.executemany(insert, batch)
            done += len(batch)
            on_step(what, done)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Write for a moment, when others have had at least as long as our last turn took.

        Whoever waits for SQLite looks again now and then, and would find it taken again and again.
        """
        took, ended = self._last_turn
        time.sleep(max(0.0, took - (time.monotonic() - ended)))
        with transaction.atomic():
            began = time.monotonic()
            yield
        ended = time.monotonic()
        self._last_turn = (ended - began, ended)

    def _live_rows(self, area: str) -> Iterator[tuple[Any, ...]]:
        last, end = span(area)
        select = f'SELECT {COLUMNS}, release_id FROM "{LIVE}" WHERE code > %s AND code <= %s ORDER BY code LIMIT %s'  # noqa: S608
        while rows := run(select, [last, end, BATCH]):
            yield from rows
            last = rows[-1][0]


class PostgresTables:
    """One transaction from end to end: nobody waits for it, and a server that loses us undoes all of it."""

    TIDIES_ITSELF = True
    ATTEMPTS, PAUSE_S = 40, 1
    LOCK_TIMEOUT_MS = 500
    """How long readers may have to wait behind us while we wait for somebody else's long transaction to end."""
    LOCK_NOT_AVAILABLE = "55P03"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other loads out.

        Raises:
            Busy: another load is running.
        """
        with transaction.atomic():
            [(ours,)] = run("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [STAGE])
            if not ours:
                raise Busy("Another load of postcodes is running")
            yield

    def make_stage(self, *, temporary: bool) -> None:
        create, end = ("CREATE TEMPORARY TABLE", " ON COMMIT DROP") if temporary else ("CREATE TABLE", "")
        run(f'{create} "{STAGE}" (LIKE "{LIVE}" INCLUDING ALL){end}')

    def fill(self, rows: Iterable[Row], release: int, on_step: OnStep) -> None:
        copy_in = f'COPY "{STAGE}" ({COLUMNS}, release_id) FROM STDIN'
        # Nothing in a `Row` needs escaping.
        somewhere = "\t".join(["%s"] * len(Row._fields)) + f"\t{release}\n"
        nowhere = somewhere.replace("%s\t%s\t%s", "%s\t\\N\t\\N", 1)
        stream, done = iter(rows), 0
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            while batch := list(itertools.islice(stream, BATCH)):
                copy.write(
                    "".join(
                        nowhere % (row[0], *row[3:]) if row[1] is None else somewhere % row for row in batch
                    )
                )
                done += len(batch)
                on_step(READ, done)
        run(f'ANALYZE "{STAGE}"')

    def keep(self, areas: Collection[str], on_step: OnStep) -> None:
        """Take over what is on file for these areas."""
        done = 0
        for area in areas:
            with connection.cursor() as cursor:
                cursor.execute(
                    f'INSERT INTO "{STAGE}" ({COLUMNS}, release_id) SELECT {COLUMNS}, release_id FROM "{LIVE}" '  # noqa: S608
                    "WHERE code BETWEEN %s AND %s ORDER BY code",
                    span(area),
                )
                done += cursor.rowcount
            on_step(KEPT, done)

    def swap(self, settle: Callable[[], None], on_step: OnStep) -> None:
        """Put the new table in place of the live one. Nothing may follow: readers wait until we commit.

        Raises:
            Busy: somebody has been reading the live table all the time.
        """
        settle()
        for _ in range(self.ATTEMPTS):
            try:
                with transaction.atomic():
                    run(f"SET LOCAL lock_timeout = {self.LOCK_TIMEOUT_MS}")
                    run(f'DROP TABLE "{LIVE}"')
                    run(f'ALTER TABLE "{STAGE}" RENAME TO "{LIVE}"')
                    run(f'ALTER INDEX "{STAGE}_pkey" RENAME TO "{LIVE}_pkey"')
                return
            except OperationalError as problem:
                if getattr(problem.__cause__, "sqlstate", "") != self.LOCK_NOT_AVAILABLE:
                    raise
            time.sleep(self.PAUSE_S)
        raise Busy("Something has been reading the postcodes for a minute, perhaps a backup")

    def clear(self) -> None:
        run(f'DROP TABLE IF EXISTS "{STAGE}"')


Tables = SqliteTables | PostgresTables


def for_this_database() -> Tables:
    return PostgresTables() if connection.vendor == "postgresql" else SqliteTables()
