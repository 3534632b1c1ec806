"""Loading a postcode directory of national size beside one that is in use, and looking one postcode up.

`ROWS=100000` makes it smaller. Plain is what the load is measured against: the same file read with `csv`, the same
columns put into a table with the same key as they stand, by one `COPY` or by `executemany` in one transaction.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction

from hubs import postcode_ons, postcode_rows
from hubs.models import Outcode, Postcode
from tests import databases
from tests.bench import generated_postcodes
from tests.bench.measuring import Row, measure

ROWS = 2_700_000
LOOK_UPS = 5_000
MOST_TIMES_PLAIN, MOST_MEMORY_MB, LOOK_UP_MS, LONGEST_WAIT_MS = 2.5, 400, 0.2, 1000
PAUSE_S = 0.05
PLAIN, KEPT = "plain_postcodes", len(postcode_rows.Row._fields)


LOAD = """
import json, resource, sys, time
import django
django.setup()
from django.core.management import call_command
start, cpu = time.perf_counter(), time.process_time()
call_command("load_postcodes", sys.argv[1], stdout=sys.stderr)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - start, time.process_time() - cpu, memory]))
"""
"""The load as a process of its own, which tells its seconds, its seconds of processor and its most megabytes."""


class Took(NamedTuple):
    """How long something took: by the clock, and on its processor (a server's own work is not in it)."""

    seconds: float
    cpu: float


class Meanwhile(threading.Thread):
    """Families: write a row and look a postcode up all the time, and remember how long they waited at the most."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.longest_write_ms = self.longest_read_ms = 0.0
        self.turns = 0

    def run(self) -> None:
        Outcode.objects.get_or_create(code="ZZ9", defaults={"latitude": 50, "longitude": 0})
        while not self.over.wait(PAUSE_S):
            self.turns += 1
            self.longest_write_ms = max(self.longest_write_ms, self._write_ms())
            read = _timed(lambda: Postcode.objects.filter(pk="DT11AA").first())
            self.longest_read_ms = max(self.longest_read_ms, read.seconds * 1000)
        connection.close()

    def _write_ms(self) -> float:
        """Return how long it took to be let in: what the disk then needs to keep it is not the load's doing."""
        start = time.perf_counter()
        with transaction.atomic():
            Outcode.objects.filter(code="ZZ9").update(place=str(self.turns))
            return (time.perf_counter() - start) * 1000

    def __enter__(self) -> "Meanwhile":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.join()


def run() -> list[Row]:
    rows = int(os.environ.get("ROWS", ROWS))
    with tempfile.TemporaryDirectory(prefix="family-hubs-bench-") as folder:
        path = Path(folder) / "ONSPD_AUG_2025_UK.csv"
        generated_postcodes.write(path, rows)
        _say(f"\n{connection.vendor}: {rows:,} rows in {path.stat().st_size / 1e6:,.0f} MB")
        _say_time("reading the file, no more", _timed(lambda: sum(1 for _ in _lines(path))))
        for what in ("load_postcodes", "load_postcodes again"):
            # Each time anew: a machine that others use too is not as quick at one time as at another.
            plain = _timed(lambda: _load_plainly(path))
            _say_time("plain", plain)
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE {PLAIN}")
            _load(what, path, rows, plain)
    return _look_ups()


def _load(what: str, path: Path, rows: int, plain: Took) -> None:
    environment = {**os.environ, "DATABASE_URL": databases.address()}
    with Meanwhile() as meanwhile:
        done = subprocess.run(
            [sys.executable, "-c", LOAD, str(path)], env=environment, stdout=subprocess.PIPE, check=True
        )
    *took, memory = json.loads(done.stdout)
    if Postcode.objects.count() != rows:
        raise RuntimeError(f"{Postcode.objects.count()} of {rows} postcodes were loaded")
    times = took[0] / plain.seconds
    _say_time(what, Took(*took), f"{times:.2f} times plain {_verdict(times, MOST_TIMES_PLAIN)}")
    _say(f"{'  most memory':<40}{memory:>7.0f} MB {_verdict(memory, MOST_MEMORY_MB)}")
    for did, wait in (("writes", meanwhile.longest_write_ms), ("reads", meanwhile.longest_read_ms)):
        waited = f"  longest wait of {meanwhile.turns:,} {did}"
        _say(f"{waited:<40}{wait:>7.0f} ms {_verdict(wait, LONGEST_WAIT_MS)}")


def _look_ups() -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM hubs_postcode ORDER BY random() LIMIT %s", [LOOK_UPS])
        codes = [code for (code,) in cursor.fetchall()]
        sql = str(Postcode.objects.filter(pk="DT11AA").query).replace("DT11AA", "%s")
        row = measure("look-up, the query alone", [partial(_fetch, cursor, sql, code) for code in codes])
    _say(f"{row.what + ', p50':<40}{row.p50_ms:>7.3f} ms {_verdict(row.p50_ms, LOOK_UP_MS)}")
    return [
        row,
        measure("look-up, through the model", [partial(Postcode.objects.get, pk=code) for code in codes]),
    ]


def _fetch(cursor: Any, sql: str, code: str) -> None:
    cursor.execute(sql, [code])
    if cursor.fetchone()[0] != code:
        raise RuntimeError(f"{code} is not there")


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)


def _load_plainly(path: Path) -> None:
    lines = _lines(path)
    pick = itemgetter(*postcode_ons.find_columns(next(lines)))
    kept = [f"c{number} varchar(12)" for number in range(KEPT)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {PLAIN} ({', '.join(kept)}, PRIMARY KEY (c0))")
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {PLAIN} FROM STDIN") as copy:
                for line in lines:
                    copy.write("\t".join(pick(line)) + "\n")
        else:
            marks = ", ".join(["?"] * KEPT)
            # Not by Django's cursor, which remembers every row until the last is in.
            connection.connection.executemany(f"INSERT INTO {PLAIN} VALUES ({marks})", map(pick, lines))


def _timed(call: Callable[[], object]) -> Took:
    start, cpu = time.perf_counter(), time.process_time()
    call()
    return Took(time.perf_counter() - start, time.process_time() - cpu)


def _verdict(value: float, most: float) -> str:
    return f"(< {most}: {'met' if value < most else 'MISSED'})"


def _say_time(what: str, took: Took, more: str = "") -> None:
    _say(f"{what:<40}{took.seconds:>7.1f} s  ({took.cpu:.1f} s of our processor)  {more}".rstrip())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
