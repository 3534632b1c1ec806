"""Proves that nothing is stuck: compares what should be there with what is. Speaks of rows by id only."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from hubs.staffing import empty_teams

from . import worker
from .models import Message, NetworkMember, Note, Outcome, Person, QueueEntry, Referral, Transfer
from .sealed import SealedError

UNSENT_TOO_LONG = timedelta(minutes=15)

SEALED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Referral, ("contact", "story", "routed_why")),
    (Person, ("details",)),
    (NetworkMember, ("details",)),
    (Note, ("text",)),
    (Transfer, ("reason",)),
    (Outcome, ("reason",)),
)


def problems(now: datetime | None = None) -> Iterator[str]:
    """Yield one line for each thing that is wrong: a kind of row, its id and what it lacks."""
    now = now or timezone.now()
    yield from _without_a_turn()
    yield from _without_a_message()
    yield from _unsent(now)
    yield from _nobody_to_read_it()
    yield from _cannot_be_opened()
    yield from _silent_worker(now)


def _without_a_turn() -> Iterator[str]:
    for row in Referral.objects.filter(entries__isnull=True).only("pk"):
        yield f"referral {row.pk}: in no team's queue"
    lost = QueueEntry.objects.filter(closed_as=QueueEntry.ClosedAs.TRANSFERRED, went_to__isnull=True)
    for entry in lost.only("pk"):
        yield f"queue entry {entry.pk}: moved to another team, but not there"


def _without_a_message() -> Iterator[str]:
    for entry in QueueEntry.objects.filter(messages__isnull=True).only("pk"):
        yield f"queue entry {entry.pk}: no message to the team was posted"


def _unsent(now: datetime) -> Iterator[str]:
    waiting = Message.objects.filter(sent_at__isnull=True, failed_at__isnull=True)
    for message in waiting.filter(posted_at__lt=now - UNSENT_TOO_LONG).only("pk"):
        minutes = int(UNSENT_TOO_LONG.total_seconds() / 60)
        yield f"message {message.pk}: not sent for more than {minutes} minutes"
    for message in Message.objects.filter(failed_at__isnull=False).only("pk", "to_id"):
        yield f"message {message.pk}: refused for good by the inbox of locality {message.to_id}"


def _nobody_to_read_it() -> Iterator[str]:
    waiting = QueueEntry.objects.open().filter(locality=OuterRef("pk"))
    for team in empty_teams().annotate(is_waited_for=Exists(waiting)):
        yield f"locality {team.pk}: {'has open requests and ' if team.is_waited_for else ''}nobody who works there"


def _cannot_be_opened() -> Iterator[str]:
    for model, names in SEALED:
        columns = [f"{name}_ct" for name in names]
        for row in model.objects.only("pk", *columns).iterator(chunk_size=500):
            for name in names:
                try:
                    getattr(row, name)
                except SealedError:
                    yield f"{model._meta.verbose_name} {row.pk}: {name} cannot be opened"


def _silent_worker(now: datetime) -> Iterator[str]:
    beat = worker.last_beat()
    if beat is None or beat < now - worker.SILENT_TOO_LONG:
        yield f"worker: not seen {f'since {beat:%Y-%m-%d %H:%M} UTC' if beat else 'yet'}"
