"""Timing and tables for the benches."""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import databases


class Row(NamedTuple):
    """One measurement in milliseconds, by the clock; and by the processor, which a busy machine disturbs less."""

    what: str
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    runs: int
    queries: int
    target_ms: float | None = None


@contextmanager
def scratch_database() -> Iterator[None]:
    """Give the benches a migrated database of their own, and serve pages as a process of production does."""
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
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
    # Counted now: the next request empties the log.
    queries = len(captured)
    # As `cms.wsgi` does; and what was made to be measured against would not be in a process that serves.
    gc.collect()
    gc.freeze()
    times, worked = [], []
    for call in pending:
        start, busy = time.perf_counter(), time.thread_time()
        call()
        worked.append((time.thread_time() - busy) * 1000)
        times.append((time.perf_counter() - start) * 1000)
    cuts, cpu = statistics.quantiles(times, n=100), statistics.quantiles(worked, n=100)
    return Row(what, cuts[49], cuts[94], cuts[98], cpu[49], cpu[94], len(times), queries, target_ms)


def show(rows: list[Row]) -> None:
    """Print a table."""
    out = sys.stdout
    out.write(f"\n{connection.vendor}\n")
    heads = ("p50 ms", "p95 ms", "p99 ms", "cpu p50", "cpu p95", "runs", "queries")
    out.write(f"{'':<40}{''.join(f'{head:>9}' for head in heads)}  target\n")
    for row in rows:
        verdict = ""
        if row.target_ms is not None:
            verdict = f"p95 < {row.target_ms:.0f}: {'met' if row.p95_ms < row.target_ms else 'MISSED'}"
        times = "".join(f"{value:>9.1f}" for value in row[1:6])
        out.write(f"{row.what:<40}{times}{row.runs:>9}{row.queries:>9}  {verdict}\n")


def progress(what: str, done: int, total: int) -> None:
    """Show on the error stream how far a long step has come."""
    sys.stderr.write(f"\r{what}: {done} of {total}{chr(10) if done >= total else ''}")
    sys.stderr.flush()
