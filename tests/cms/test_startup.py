"""Getting ready to serve: what is said, to whom, and what is looked at first."""

import socket

import pytest
from django.db.migrations.recorder import MigrationRecorder
from gunicorn.http.parser import RequestParser

from cms import startup
from cms.demo import people
from cms.management.commands.start import Website
from hubs.models import Demonstration


def test_a_demonstration_says_who_can_sign_in_and_what_to_try(db):
    Demonstration.objects.create()

    said = startup.greeting("127.0.0.1", 8123)

    assert "http://localhost:8123/" in said
    assert people.PASSWORD in said
    assert all(person["email"] in said for person in people.PEOPLE)
    assert "Three things to try" in said


def test_a_database_that_is_no_demonstration_is_told_nobodys_password(db):
    said = startup.greeting("127.0.0.1", 8123)

    assert "http://localhost:8123/" in said
    assert people.PASSWORD not in said
    assert "example.org" not in said


def test_a_port_in_use_gets_a_plain_message():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(startup.CannotStart, match=rf"port {port} .*Choose another: make run PORT=8000"):
            startup.check_port("127.0.0.1", port)


def test_a_port_that_was_let_go_may_be_used():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    assert startup.check_port("127.0.0.1", port) is None


def test_a_search_of_any_length_reaches_our_own_page():
    """What the page says of it is told in `tests/directory/test_views.py`."""
    server = Website(None, host="127.0.0.1", port=8000)
    place = "x" * 10_000

    request = next(
        RequestParser(server.cfg, iter([f"GET /find/?near={place} HTTP/1.1\r\n\r\n".encode()]), None)
    )

    assert request.query == f"near={place}"


def test_migrations_wait_only_when_one_is_not_applied(db):
    assert not startup.needs_migrating()

    MigrationRecorder.Migration.objects.filter(app="referrals").delete()

    assert startup.needs_migrating()


def test_static_files_are_collected_again_only_after_one_changed(tmp_path, settings):
    style = tmp_path / "app.css"
    style.write_text("a{}")
    settings.STATICFILES_DIRS = [tmp_path]
    startup.finders.get_finder.cache_clear()
    before = startup.static_fingerprint()

    unchanged = startup.static_fingerprint()
    style.write_text("a{color:red}")
    changed = startup.static_fingerprint()
    startup.finders.get_finder.cache_clear()

    assert before == unchanged
    assert changed != before
