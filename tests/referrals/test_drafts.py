"""Unfinished stories: opened by their own secret and by nothing else."""

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from referrals import drafts
from referrals.models import Draft
from referrals.sealed import keyring

ANSWERS = {"story": {"story": "He shouts. We are staying at my mum’s."}}

pytestmark = pytest.mark.django_db


def test_the_secret_opens_it():
    draft = drafts.start(ANSWERS)

    assert drafts.read(draft.secret).answers == ANSWERS


def test_the_row_says_nothing():
    draft = drafts.start(ANSWERS)

    row = Draft.objects.get()
    stored = bytes(row.locator) + bytes(row.wrapped_key) + bytes(row.answers_ct)
    assert bytes(row.locator) == hashlib.sha256(draft.secret.encode()).digest()
    assert b"shouts" not in stored
    assert draft.secret.encode() not in stored


def test_the_installations_own_keys_do_not_open_it():
    drafts.start(ANSWERS)
    row = Draft.objects.get()

    for group in ("draft", "draft.answers", "draft.key", "referral.story"):
        with pytest.raises(Exception, match="cannot be opened"):
            keyring().open(group, row.pk, bytes(row.answers_ct))


@pytest.mark.parametrize("wrong", ["", "x", "é", "A" * 10_000, "\x00", "\udcff"])
def test_another_secret_opens_nothing(wrong):
    drafts.start(ANSWERS)

    assert drafts.read(wrong) is None


def test_answers_moved_to_another_row_do_not_open():
    mine, theirs = drafts.start(ANSWERS), drafts.start({"story": {"story": "other"}})
    row, other = Draft.objects.get(pk=mine.id), Draft.objects.get(pk=theirs.id)
    row.answers_ct, row.wrapped_key = other.answers_ct, other.wrapped_key
    row.save()

    assert drafts.read(mine.secret) is None


@pytest.mark.parametrize("column", ["wrapped_key", "answers_ct"])
def test_a_changed_byte_does_not_open(column):
    draft = drafts.start(ANSWERS)
    row = Draft.objects.get()
    flipped = bytearray(getattr(row, column))
    flipped[20] ^= 1
    setattr(row, column, bytes(flipped))
    row.save()

    assert drafts.read(draft.secret) is None


def test_a_change_is_made_to_the_newest_answers():
    draft = drafts.start({"name": {"name": "Juniper"}})
    drafts.change(draft.secret, lambda answers: answers | {"way": {"way": "call"}})

    drafts.change(draft.secret, lambda answers: answers | {"who": {"asking_for": "family"}})

    assert set(drafts.read(draft.secret).answers) == {"name", "way", "who"}
    assert Draft.objects.get().version == 2


def test_it_is_gone_after_its_time():
    draft = drafts.start(ANSWERS)
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert drafts.read(draft.secret) is None
    assert drafts.change(draft.secret, lambda answers: answers) is None
    assert drafts.delete_expired() == 1
    assert not Draft.objects.exists()


def test_it_lives_for_seven_days():
    drafts.start(ANSWERS)
    row = Draft.objects.get()

    assert drafts.delete_expired(row.started_at + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert drafts.delete_expired(row.started_at + timedelta(days=7, seconds=1)) == 1


def test_after_sending_only_the_receipt_is_left():
    draft = drafts.start(ANSWERS)
    before = Draft.objects.get()

    drafts.settle(draft.secret, {"reference": "AAA-BBBB-CCC"})

    after, opened = Draft.objects.get(), drafts.read(draft.secret)
    assert (opened.answers, opened.receipt, opened.sent) == ({}, {"reference": "AAA-BBBB-CCC"}, True)
    assert bytes(after.wrapped_key) != bytes(before.wrapped_key)


def test_a_sent_draft_takes_no_more_answers():
    draft = drafts.start(ANSWERS)
    drafts.settle(draft.secret, {"reference": "AAA-BBBB-CCC"})

    assert drafts.change(draft.secret, lambda answers: ANSWERS).sent
    assert drafts.read(draft.secret).answers == {}


def test_discarding_takes_only_the_one():
    mine, theirs = drafts.start(ANSWERS), drafts.start(ANSWERS)

    drafts.discard(mine.secret)

    assert drafts.read(mine.secret) is None
    assert drafts.read(theirs.secret).answers == ANSWERS


@pytest.mark.django_db(transaction=True)
def test_windows_that_save_at_once_lose_nothing():
    draft, start = drafts.start({}), threading.Barrier(10)

    def one(number):
        start.wait()
        try:
            drafts.change(draft.secret, lambda answers: answers | {f"step-{number}": {"said": number}})
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[n]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(drafts.read(draft.secret).answers) == {f"step-{n}" for n in range(10)}
