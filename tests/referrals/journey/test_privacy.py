"""Where a family's words are not: the database in clear, mails, logs, sessions, other addresses."""

import base64
import logging
import sqlite3

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client

from referrals.models import Draft, Referral
from tests.referrals.family import dorset, url, walk

CANARIES = {
    "story": {"story": "canary-story-heron"},
    "children": {
        "first_name": "canary-child-wren",
        "known": "born",
        "born_0": "27",
        "born_1": "3",
        "born_2": "2021",
    },
    "name": {"name": "canary-name-robin"},
    "way": {"way": "someone"},
    "reach": {
        "person": "canary-person-gran",
        "phone": "07700 900417",
        "email": "canary-mail@example.org",
    },
    "safely": {"times": "canary-times-noon", "anything_else": "canary-word-kingfisher"},
}
SECRETS = [
    "canary",
    "heron",
    "kingfisher",
    "7700900417",
    "900417",
    "DT49ZZ",
    "DT4 9ZZ",
    "2021-03-27",
]


def disguises(word):
    """Return a word in the forms in which it might lie about."""
    raw = word.encode()
    # The middle of base64 is the same at one of three offsets.
    coded = [base64.b64encode(b"x" * n + raw)[4:-4] for n in range(3)]
    return [
        raw,
        word.upper().encode(),
        raw.hex().encode(),
        word.encode("utf-16-le"),
        *[c for c in coded if len(c) > 6],
    ]


def everything_stored():
    """Return all the bytes of the database: SQLite's files as they lie on the disk, elsewhere every value."""
    if connection.vendor == "sqlite":
        path = connection.settings_dict["NAME"]
        with sqlite3.connect(path) as own:
            own.execute("PRAGMA wal_checkpoint(PASSIVE)")
        parts = []
        for suffix in ("", "-wal"):
            try:
                with open(path + suffix, "rb") as file:  # noqa: PTH123
                    parts.append(file.read())
            except FileNotFoundError:
                continue
        return b"".join(parts)
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [
                bytes(value) if isinstance(value, memoryview) else str(value).encode()
                for row in cursor.fetchall()
                for value in row
            ]
        return b"\n".join(found)


def found_in(data):
    return [word for word in SECRETS for form in disguises(word) if form in data]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("send", [False, True], ids=["unfinished", "sent"])
def test_no_word_lies_anywhere_in_clear(send, caplog):
    dorset()
    client = Client()
    caplog.set_level(logging.DEBUG)

    walk(client, **CANARIES)
    client.post(url("reach"), {"person": "canary", "phone": "canary-not-a-phone"})
    client.get("/help/check/")
    if send:
        client.post("/help/check/")
        client.get("/help/sent/")

    assert Referral.objects.count() == send
    assert found_in(everything_stored()) == []
    assert found_in(caplog.text.encode()) == []
    assert not Session.objects.exists()
    assert not mail.outbox
    assert found_in(str(client.cookies).encode()) == []


@pytest.mark.django_db(transaction=True)
def test_the_search_for_words_would_find_one():
    dorset()
    Draft.objects.create(
        locator=b"x" * 32, wrapped_key=b"", answers_ct=b"canary-plain", expires_at="2030-01-01T00:00Z"
    )

    assert "canary" in found_in(everything_stored())


@pytest.mark.django_db
def test_a_crash_says_nothing_of_the_words(caplog, monkeypatch):
    dorset()
    client = Client(raise_request_exception=False)
    walk(client, until="story")

    def fail(*args, **options):
        raise RuntimeError("broken")

    monkeypatch.setattr("referrals.drafts.change", fail)

    response = client.post(url("story"), CANARIES["story"])

    assert response.status_code == 500
    assert found_in(response.content) == []
    assert found_in(caplog.text.encode()) == []
    assert "broken" in caplog.text


@pytest.mark.django_db
def test_the_cookie_alone_opens_the_draft():
    dorset()
    client = Client()
    walk(client, **CANARIES)
    stranger = Client()
    stranger.cookies[settings.DRAFT_COOKIE_NAME] = bytes(Draft.objects.get().locator).hex()

    assert stranger.get("/help/check/").url == "/help/again/"
