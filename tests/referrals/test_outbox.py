"""Messages are posted once, sent once, retried when that may help, and say nothing about a family."""

import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Locmem
from django.db import connection, transaction
from django.utils import timezone

from referrals import outbox
from referrals.models import Message
from tests.factories.hubs import LocalityFactory
from tests.factories.referrals import MessageFactory, QueueEntryFactory

pytestmark = pytest.mark.django_db


class Sink(Locmem):
    """A mail server that does to an address what `Sink.does` says: an error to raise, or nothing."""

    does: dict = {}
    accepts_first = False

    def send_messages(self, messages):
        for message in messages:
            problem = self.does.get(message.to[0]) or self.does.get("*")
            if self.accepts_first or not problem:
                super().send_messages([message])
            if problem:
                raise problem
        return len(messages)


@pytest.fixture
def sink(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.referrals.test_outbox.Sink"
    monkeypatch.setattr(Sink, "does", {})
    monkeypatch.setattr(Sink, "accepts_first", False)
    return Sink


def refused(code):
    return smtplib.SMTPRecipientsRefused({"x": (code, b"no")})


def test_posting_the_same_thing_twice_makes_one_message():
    entry = QueueEntryFactory()

    first = outbox.post(Message.Kind.NEW_ENTRY, to=entry.locality, about=entry)
    second = outbox.post(Message.Kind.NEW_ENTRY, to=entry.locality, about=entry)
    other = outbox.post(Message.Kind.NEW_ENTRY, to=LocalityFactory(), about=entry)

    assert first == second != other
    assert Message.objects.count() == 2


def test_a_message_is_part_of_the_work_it_tells_of():
    entry = QueueEntryFactory()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.post(Message.Kind.NEW_ENTRY, to=entry.locality, about=entry)
        raise ZeroDivisionError

    assert not Message.objects.exists()


def test_the_longest_key_fits_its_column():
    entry = QueueEntryFactory()
    longest = max(Message.Kind.values, key=len)

    message = outbox.post(longest, to=entry.locality, about=entry, because=entry.pk)

    assert len(message.key) <= 100 - 15


def test_delivering_tells_the_teams_inbox_once(sink):
    message = MessageFactory(to=LocalityFactory(inbox="chesil@example.org"))

    assert (outbox.deliver(), outbox.deliver()) == (1, 0)

    message.refresh_from_db()
    assert mail.outbox[0].to == ["chesil@example.org"]
    assert (bool(message.sent_at), message.attempts, message.lease_until) == (True, 1, None)


def test_a_message_not_yet_due_waits(sink):
    MessageFactory(due_at=timezone.now() + timedelta(minutes=5))

    assert outbox.deliver() == 0


@pytest.mark.parametrize("kind", Message.Kind.values)
def test_a_message_says_where_to_look_and_nothing_about_the_family(sink, settings, kind):
    settings.WAGTAILADMIN_BASE_URL = "https://hubs.example.org/"
    message = MessageFactory(
        kind=kind,
        about__referral__contact={
            "name": "CANARY-name",
            "phone": "+447700900111",
            "email": "canary@example.org",
        },
        about__referral__story={"story": "CANARY-story"},
        about__referral__children__names=["CANARY-child"],
        to=LocalityFactory(name="North & <West>", inbox="north@example.org"),
    )

    outbox.deliver()

    sent = mail.outbox[0]
    everything = sent.message().as_string() + sent.subject + sent.body
    assert "CANARY" not in everything and "canary" not in everything and "900111" not in everything
    assert "https://hubs.example.org/desk/" in sent.body
    assert message.about.referral.reference in sent.body
    assert "North & <West>" in sent.subject + sent.body or "other team" in sent.body
    assert "\n" not in sent.subject and message.about.referral.reference not in sent.subject


def test_a_temporary_failure_is_tried_again_later_and_later(sink):
    message = MessageFactory()
    sink.does = {"*": ConnectionRefusedError()}
    now = timezone.now()
    waits = []

    for _ in range(14):
        assert outbox.deliver(now) == 0
        message.refresh_from_db()
        waits.append(int((message.due_at - now).total_seconds() / 60))
        assert outbox.deliver(message.due_at - timedelta(seconds=1)) == 0
        now = message.due_at
    sink.does = {}

    assert waits[:5] == [1, 2, 4, 8, 16]
    assert max(waits) == waits[-1] == 24 * 60
    assert (outbox.deliver(now), message.failed_at) == (1, None)


@pytest.mark.parametrize(
    "problem",
    [
        TimeoutError(),
        refused(450),
        smtplib.SMTPServerDisconnected(),
        smtplib.SMTPDataError(554, b"no"),
        smtplib.SMTPAuthenticationError(535, b"no"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_what_may_pass_is_not_given_up(sink, problem):
    message = MessageFactory()
    sink.does = {"*": problem}

    outbox.deliver()

    message.refresh_from_db()
    assert (message.failed_at, message.sent_at) == (None, None)


@pytest.mark.parametrize(
    "inbox", ["gone@example.org", "not an address", "two@example.org\nBcc: x@example.org"]
)
def test_an_address_that_is_wrong_is_given_up_and_holds_up_nobody(sink, inbox):
    bad = MessageFactory(to=LocalityFactory(inbox=inbox))
    good = MessageFactory()
    sink.does = {"gone@example.org": refused(550)}

    assert outbox.deliver() == 1

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bool(bad.failed_at), bool(good.sent_at)) == (True, True)
    assert len(mail.outbox) == 1


def test_a_mended_address_gets_what_it_missed(sink):
    message = MessageFactory(to=LocalityFactory(inbox="gone@example.org"))
    sink.does = {"gone@example.org": refused(550)}
    outbox.deliver()
    sink.does = {}

    assert (outbox.deliver(), outbox.resend_failed(), outbox.deliver()) == (0, 1, 1)

    message.refresh_from_db()
    assert message.failed_at is None and message.sent_at


def test_a_repeat_carries_the_same_message_id(sink):
    MessageFactory()
    MessageFactory()
    sink.does, sink.accepts_first = {"*": TimeoutError()}, True
    outbox.deliver()
    sink.does = {}

    outbox.deliver(timezone.now() + timedelta(minutes=2))

    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert len(ids) == 4
    assert ids[:2] == ids[2:] and len(set(ids)) == 2


def test_a_worker_that_died_loses_its_lease(sink):
    message = MessageFactory()
    now = timezone.now()
    assert outbox._take(now) == message

    assert outbox.deliver(now + outbox.LEASE - timedelta(seconds=1)) == 0
    assert outbox.deliver(now + outbox.LEASE) == 1

    message.refresh_from_db()
    assert message.attempts == 2


def test_a_slow_worker_does_not_undo_what_a_quicker_one_did(sink):
    MessageFactory()
    now = timezone.now()
    slow = outbox._take(now)
    outbox.deliver(now + outbox.LEASE)
    sink.does = {"*": TimeoutError()}

    outbox._attempt(slow, now)

    slow.refresh_from_db()
    assert slow.sent_at and slow.due_at <= now


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_messages_and_send_each_once(sink):
    for _ in range(30):
        MessageFactory()
    sent, start = [], threading.Barrier(4)

    def work():
        try:
            start.wait(timeout=20)
            sent.append(outbox.deliver())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert sum(sent) == 30 == len({email.extra_headers["Message-ID"] for email in mail.outbox})
    assert len(mail.outbox) == 30
    assert not Message.objects.exclude(attempts=1).exists()
