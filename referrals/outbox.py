"""Messages to teams: posted with the work they tell of, delivered later by the worker.

A message is a row. One conditional UPDATE takes it for a minute, so that no two workers send it at once and none is
stuck when a worker dies; a repeat carries the same Message-ID. The words hold a reference and nothing about a family.
"""

import hashlib
import logging
import smtplib
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from hubs.models import Locality

from .models import Message, QueueEntry

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ANSWER_WITHIN_S = 15
"""How long a mail server may be silent. Less than the lease, so that a slow one does not make duplicates."""
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=24)
AT_ONCE = 100
"""How many messages one call of `deliver` sends at most."""


class Undeliverable(Exception):
    """A message that no repeat will deliver: the address is wrong. `str(error)` names no address."""


def post(
    kind: Message.Kind, *, to: Locality, about: QueueEntry, because: UUID | int | None = None
) -> Message:
    """Have a message sent. Call it in the transaction of the work it tells of.

    The same kind about the same entry to the same team is posted once, however often this is called. `because` is the
    id of what it tells of when an entry can have several: the second offer to a team is not the first.
    """
    message, _ = Message.objects.get_or_create(
        key=f"{kind}:{because or about.pk}:{to.pk}",
        defaults={"kind": kind, "to": to, "about": about, "due_at": timezone.now()},
    )
    return message


def deliver(now: datetime | None = None) -> int:
    """Send what is due and return how many messages went out. One that fails holds up no other.

    `now` is the database's clock unless given: the clocks of workers differ.
    """
    now = now or _database_now()
    sent = 0
    for _ in range(AT_ONCE):
        message = _take(now)
        if message is None:
            break
        sent += _attempt(message, now)
    return sent


def resend_failed() -> int:
    """Make every message that was refused for good due again, and return how many there were."""
    refused = Message.objects.filter(failed_at__isnull=False)
    return refused.update(failed_at=None, attempts=0, due_at=timezone.now())


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: a minute, doubling, at most a day."""
    return min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LAST_RETRY)


def message_id(message: Message) -> str:
    """Return the same Message-ID for every attempt, so that a mail program shows a repeat once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{domain}>"


def compose(message: Message) -> EmailMessage:
    """Return the e-mail for a message: words from `templates/messages/`, to the team's inbox."""
    words = {
        "team": message.to.name,
        "reference": message.about.referral.reference,
        "queue_url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("desk:queue"),
    }
    subject = render_to_string(f"messages/{message.kind}_subject.txt", words)
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string(f"messages/{message.kind}.txt", words),
        to=[message.to.inbox],
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )


def _database_now() -> datetime:
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _take(now: datetime) -> Message | None:
    """Lease the message that is due longest, for this worker alone."""
    wait_for_nobody = (
        "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    )
    table = connection.ops.quote_name(Message._meta.db_table)
    take = f"""
        UPDATE {table} SET lease_until = %s, attempts = attempts + 1 WHERE id = (
            SELECT id FROM {table}
            WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= %s
                AND (lease_until IS NULL OR lease_until <= %s)
            ORDER BY due_at, id LIMIT 1 {wait_for_nobody}
        ) RETURNING id
    """  # noqa: S608 (only our own table's name is put in)
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(take, [adapt(now + LEASE), adapt(now), adapt(now)])
        row = cursor.fetchone()
    if row is None:
        return None
    return Message.objects.select_related("to", "about__referral").get(pk=row[0])


def _attempt(message: Message, now: datetime) -> int:
    """Send one message and write down how it went. Returns 1 when it went out."""
    # Ours only while nobody else has taken it since: a slow send must not undo a quicker worker's result.
    ours = Message.objects.filter(pk=message.pk, attempts=message.attempts)
    try:
        _send(compose(message))
    except Undeliverable:
        ours.update(failed_at=now, lease_until=None)
        return 0
    except Exception as problem:
        # Whatever it was, it must not hold up the messages behind it.
        log.warning("Message %s was not sent: %s", message.pk, type(problem).__name__)
        ours.update(due_at=now + wait_after(message.attempts), lease_until=None)
        return 0
    Message.objects.filter(pk=message.pk).update(sent_at=now, lease_until=None)
    return 1


def _send(email: EmailMessage) -> None:
    """Hand one e-mail over.

    Raises:
        Undeliverable: the address is not one, or its server says for good that there is no such person.
        OSError, smtplib.SMTPException: anything that may pass.
    """
    try:
        validate_email(email.to[0])
    except ValidationError:
        raise Undeliverable("The team has no inbox that mail can be sent to") from None
    email.connection = get_connection(timeout=ANSWER_WITHIN_S)
    try:
        email.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _ in refusal.recipients.values()):
            raise Undeliverable("The team's inbox does not exist") from None
        raise
