"""The record of what was done to a request and of who looked at it. Both only ever grow."""

import datetime
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hubs.models import Locality, User

from .models import AccessLog, Event, QueueEntry, Referral


def record(
    referral: Referral,
    kind: Event.Kind,
    *,
    entry: QueueEntry | None = None,
    by: User | None = None,
    at: datetime.datetime | None = None,
    **facts: object,
) -> Event:
    """Write down one change, in the transaction of that change. `facts` are ids and codes, never words.

    It happened now unless `at` says when.
    """
    return Event.objects.create(
        referral=referral, entry=entry, kind=kind, by=by, at=at or timezone.now(), facts=facts
    )


def looked(
    user: User,
    kind: AccessLog.Kind,
    *,
    entry: QueueEntry | None = None,
    locality: Locality | None = None,
    seen: Iterable[UUID] = (),
) -> AccessLog:
    """Write down that somebody looked, or was refused.

    Call it before the page is made and outside any transaction: it commits by itself, so that it stays when what
    follows fails. Inside a transaction it raises `RuntimeError`.
    """
    with transaction.atomic(durable=True, savepoint=False):
        return AccessLog.objects.create(
            user=user, kind=kind, entry=entry, locality=locality, seen=[str(each) for each in seen]
        )
