"""Timing and tables for the benches."""

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import databases


class Row(NamedTuple):
    """One measurement in milliseconds."""

    what: str
    p50_ms: float
    p95_ms: float
    p99_ms: float
    runs: int
    queries: int
    target_ms: float | None = None


@contextmanager
def scratch_database() -> Iterator[None]:
    """Give the benches a migrated database of their own."""
    copies = databases.copies()
    copies.create()
    try:
        yield
    finally:
        copies.drop()
        databases.drop_template()


def measure(what: str, calls: Iterable[Callable[[], object]], target_ms: float | None = None) -> Row:
    """Time each call once; the first goes before, unmeasured but for its queries, to warm caches."""
    pending = list(calls)
    with CaptureQueriesContext(connection) as captured:
        pending[0]()
    times = []
    for call in pending:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(times, n=100)
    return Row(what, cuts[49], cuts[94], cuts[98], len(times), len(captured), target_ms)


def show(rows: list[Row]) -> None:
    """Print a table."""
    out = sys.stdout
    out.write(f"\n{connection.vendor}\n")
    out.write(f"{'':<46}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'runs':>7}{'queries':>9}  target\n")
    for row in rows:
        verdict = ""
        if row.target_ms is not None:
            verdict = f"p95 < {row.target_ms:.0f}: {'met' if row.p95_ms < row.target_ms else 'MISSED'}"
        times = f"{row.p50_ms:>9.1f}{row.p95_ms:>9.1f}{row.p99_ms:>9.1f}"
        out.write(f"{row.what:<46}{times}{row.runs:>7}{row.queries:>9}  {verdict}\n")


def progress(what: str, done: int, total: int) -> None:
    """Show on the error stream how far a long step has come."""
    sys.stderr.write(f"\r{what}: {done} of {total}{chr(10) if done >= total else ''}")
    sys.stderr.flush()
