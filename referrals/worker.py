"""The one worker: sends what is due every few seconds, tidies every minute, looks a day ahead once a day.

Several may run at once: each job is taken by a conditional update of its `Chore`. A job that fails is logged by the
type of its error, never with data, and tried again later; it stops neither the others nor the worker.
"""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from directory import schedules
from hubs import staffing, statistics

from . import drafts, outbox
from .models import Chore

log = logging.getLogger(__name__)

PAUSE_S = 3.0
TRY_AGAIN_AFTER = timedelta(minutes=10)
BEAT = "beat"
SILENT_TOO_LONG = timedelta(minutes=5)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Job:
    """Something to do again and again, and how often. Its name is the key of its `Chore`."""

    name: str
    every: timedelta
    work: Callable[[], object]


JOBS = (
    Job("outbox", timedelta(0), outbox.deliver),
    Job("drafts", timedelta(minutes=1), drafts.delete_expired),
    Job("sessions", timedelta(days=1), schedules.rebuild_all),
    Job("statistics", timedelta(days=1), statistics.refresh),
    Job("publishing", timedelta(minutes=5), lambda: call_command("publish_scheduled")),
    Job("teams", timedelta(days=1), staffing.tell_of_empty_teams),
    # Last, so that a worker which cannot get through its round falls silent.
    Job(BEAT, timedelta(seconds=15), lambda: None),
)


def run(stop: threading.Event | None = None) -> None:
    """Work until `stop` is set; without it, until SIGTERM or SIGINT, after the message in hand."""
    stop = stop or _stop_when_told()
    while not stop.is_set():
        go_round(stop=stop)
        close_old_connections()
        stop.wait(PAUSE_S)


def go_round(jobs: tuple[Job, ...] = JOBS, stop: threading.Event | None = None) -> None:
    """Do every job that is due, once."""
    for job in jobs:
        if stop is not None and stop.is_set():
            return
        try:
            _do(job, timezone.now())
        except Exception as problem:
            log.error("The job “%s” failed: %s", job.name, type(problem).__name__)


def last_beat() -> datetime | None:
    """Return when a worker last finished a round; None when none ever did."""
    beat = Chore.objects.filter(name=BEAT).first()
    return beat.done_at if beat else None


def _do(job: Job, now: datetime) -> None:
    if not job.every:
        job.work()
        return
    if not _take(job, now):
        return
    try:
        job.work()
    except Exception:
        Chore.objects.filter(name=job.name).update(done_at=now - job.every + min(job.every, TRY_AGAIN_AFTER))
        raise


def _take(job: Job, now: datetime) -> bool:
    """Say whether the job is due and ours: one UPDATE, so that two workers never both do it."""
    due = Chore.objects.filter(name=job.name, done_at__lte=now - job.every)
    if due.update(done_at=now):
        return True
    made = Chore.objects.get_or_create(name=job.name, defaults={"done_at": LONG_AGO})[1]
    return bool(made and due.update(done_at=now))


def _stop_when_told() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Under a supervisor Ctrl-C is ignored here on purpose: the supervisor passes it on once.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    return stop
