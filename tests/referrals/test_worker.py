"""The worker does what is due, outlives failures, and the sweep proves that nothing is stuck."""

import json
import logging
import os
import signal
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hubs.models import Locality
from referrals import checks, sealed, worker
from referrals.models import Chore, Draft, Message, QueueEntry, Referral
from referrals.worker import Job
from tests.factories.hubs import LocalityFactory, MembershipFactory
from tests.factories.referrals import MessageFactory, NoteFactory, ReferralFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def age(name, by):
    chore = Chore.objects.get(name=name)
    Chore.objects.filter(name=name).update(done_at=chore.done_at - by)


def test_a_job_is_done_when_it_is_due_and_not_before():
    done = []
    job = Job("x", HOUR, lambda: done.append(1))

    worker.go_round((job,))
    worker.go_round((job,))
    age("x", HOUR)
    worker.go_round((job,))

    assert len(done) == 2


def test_two_workers_do_not_do_the_same_job(monkeypatch):
    job = Job("x", HOUR, lambda: None)
    now = timezone.now()

    assert [worker._take(job, now), worker._take(job, now)] == [True, False]


def test_a_failing_job_stops_no_other_and_is_tried_again_soon(caplog):
    done = []

    def fail():
        raise ValueError("Juniper Testwood, 01632 960123")

    jobs = (
        Job("bad", 24 * HOUR, fail),
        Job("always-bad", timedelta(0), fail),
        Job("good", HOUR, lambda: done.append(1)),
    )
    with caplog.at_level(logging.INFO):
        worker.go_round(jobs)

    assert done == [1]
    assert "ValueError" in caplog.text and "Juniper" not in caplog.text and "960123" not in caplog.text
    again = Chore.objects.get(name="bad").done_at + 24 * HOUR - timezone.now()
    assert timedelta(minutes=9) < again <= worker.TRY_AGAIN_AFTER


def test_a_round_sends_messages_and_deletes_expired_drafts():
    message = MessageFactory()
    now = timezone.now()
    for number, expires in enumerate((now - HOUR, now + HOUR)):
        Draft.objects.create(
            locator=bytes([number] * 32), wrapped_key=b"k", answers_ct=b"a", expires_at=expires
        )

    call_command("work", "--once")

    message.refresh_from_db()
    assert message.sent_at
    assert Draft.objects.get().expires_at > now
    assert set(Chore.objects.values_list("name", flat=True)) == {
        "drafts",
        "sessions",
        "statistics",
        "publishing",
        "teams",
        "beat",
    }


def test_a_worker_stops_when_told():
    stop = threading.Event()
    stop.set()

    worker.run(stop)

    assert worker.last_beat() is None


@pytest.mark.django_db(transaction=True)
def test_a_signal_ends_the_worker_after_its_round(monkeypatch):
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(worker, "go_round", lambda stop: os.kill(os.getpid(), signal.SIGTERM))
    try:
        worker.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert signal.getsignal(signal.SIGTERM) == before[signal.SIGTERM]


# The sweep


@pytest.fixture
def healthy(capsys):
    """An ordinary request with teams that somebody works in, a message that went out, and a living worker."""
    message = MessageFactory(sent_at=timezone.now())
    for team in Locality.objects.all():
        MembershipFactory(locality=team)
    Chore.objects.create(name="beat", done_at=timezone.now())
    return message.about


def swept(capsys):
    with pytest.raises(CommandError, match="found"):
        call_command("sweep")
    return capsys.readouterr().out.splitlines()


def test_nothing_is_wrong_with_an_ordinary_request(healthy, capsys):
    call_command("sweep")

    assert capsys.readouterr().out.strip() == "Nothing is stuck"


def test_a_request_in_no_queue_is_found(healthy, capsys):
    lost = ReferralFactory()

    assert swept(capsys) == [f"referral {lost.pk}: in no team's queue"]


def test_a_request_that_moved_nowhere_is_found(healthy, capsys):
    QueueEntry.objects.update(state="closed", closed_as="transferred", closed_at=timezone.now())

    assert swept(capsys) == [f"queue entry {healthy.pk}: moved to another team, but not there"]


def test_a_team_that_was_never_told_is_found(healthy, capsys):
    Message.objects.all().delete()

    assert swept(capsys) == [f"queue entry {healthy.pk}: no message to the team was posted"]


@pytest.mark.parametrize(("minutes", "found"), [(16, True), (14, False)])
def test_a_message_that_waits_too_long_is_found(healthy, capsys, minutes, found):
    Message.objects.update(sent_at=None, posted_at=timezone.now() - timedelta(minutes=minutes))

    if found:
        assert "not sent for more than 15 minutes" in swept(capsys)[0]
    else:
        call_command("sweep")


def test_an_inbox_that_refused_is_found_and_can_be_tried_again(healthy, capsys):
    Message.objects.update(sent_at=None, failed_at=timezone.now())

    assert "refused for good" in swept(capsys)[0]
    call_command("sweep", "--resend")

    assert Message.objects.get().failed_at is None


def test_a_team_without_anybody_is_found(healthy, capsys):
    healthy.locality.members.update(ends=timezone.localdate() - timedelta(days=1))
    unused = LocalityFactory()

    assert sorted(swept(capsys)) == sorted(
        [
            f"locality {healthy.locality.pk}: has open requests and nobody who works there",
            f"locality {unused.pk}: nobody who works there",
        ]
    )


def test_what_cannot_be_opened_is_found_and_nothing_personal_is_printed(healthy, capsys):
    note = NoteFactory(entry=healthy, text="Rang Juniper", by=healthy.locality.members.get().user)
    Referral.objects.update(story_ct=b"\x01\x00\x01" + b"x" * 300)

    lines = swept(capsys)

    assert lines == [f"referral {healthy.referral.pk}: story cannot be opened"]
    note.text_ct = b"planted"
    note.save()
    assert f"note {note.pk}: text cannot be opened" in swept(capsys)


@pytest.mark.parametrize("beat", [None, timedelta(minutes=20)])
def test_a_worker_that_is_not_there_is_found(healthy, capsys, beat):
    Chore.objects.all().delete()
    if beat:
        Chore.objects.create(name="beat", done_at=timezone.now() - beat)

    assert swept(capsys)[0].startswith("worker: not seen")


# Keys


def test_keys_are_made_once_and_never_overwritten(settings, tmp_path, capsys):
    path = tmp_path / "secret" / "keys.json"
    settings.DATA_KEYS_FILE = str(path)

    call_command("make_keys")
    written = path.read_text()
    with pytest.raises(CommandError, match="left as it is"):
        call_command("make_keys")

    assert path.read_text() == written
    assert path.stat().st_mode & 0o777 == 0o400
    assert sealed.Keyring(str(path)).newest == 1
    assert json.loads(written)["index"] not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("contents", "production", "level"),
    [
        (None, False, "referrals.W001"),
        (None, True, "referrals.E001"),
        ("{}", False, "referrals.E001"),
        ('{"enc": {"1": "aa"}, "index": "aa", "pepper": "aa"}', True, "referrals.E001"),
    ],
)
def test_missing_or_wrong_keys_are_reported(settings, tmp_path, contents, production, level):
    path = tmp_path / f"{uuid.uuid4()}.json"
    if contents is not None:
        path.write_text(contents)
    settings.DATA_KEYS_FILE = str(path)
    settings.DEMO_REFUSED = production

    assert [message.id for message in checks.data_keys()] == [level]


def test_right_keys_pass_the_check():
    assert checks.data_keys() == []
