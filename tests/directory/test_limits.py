"""Suggestions stop for a while for whoever asks in a loop, and for nobody else."""

import threading

import pytest

from directory import limits
from tests.factories.hubs import TownFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Three requests a minute, in a minute that does not end."""
    monkeypatch.setattr(limits, "suggestions", limits.PerMinute(most=3))
    monkeypatch.setattr(limits.time, "monotonic", lambda: 600.0)
    TownFactory(name="Weymouth")


def ask(client, address="192.0.2.1", **headers):
    return client.get("/places/?q=weym", REMOTE_ADDR=address, headers=headers)


def ask_too_often(client, *args, **headers):
    for _ in range(3):
        assert ask(client, *args, **headers).status_code == 200
    return ask(client, *args, **headers)


def test_one_request_too_many_gives_an_empty_list_that_nobody_keeps(client, django_assert_num_queries):
    ask_too_often(client)

    with django_assert_num_queries(0):
        response = ask(client)

    assert (response.status_code, response.json()) == (429, {"places": []})
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_one_request_too_many_writes_nothing_to_the_log(client, caplog):
    with caplog.at_level("DEBUG"):
        assert ask_too_often(client).status_code == 429

    assert not [record for record in caplog.records if record.name.startswith("django.request")]


def test_others_go_on_being_answered(client):
    ask_too_often(client)

    assert ask(client, "192.0.2.2").json()["places"]


def test_a_minute_later_it_is_forgotten(client, monkeypatch):
    ask_too_often(client)
    monkeypatch.setattr(limits.time, "monotonic", lambda: 660.0)

    assert ask(client).status_code == 200


def test_a_household_with_many_addresses_is_one_visitor(client):
    for host in range(3):
        assert ask(client, f"2001:db8::{host + 1}").status_code == 200

    assert ask(client, "2001:db8::ffff").status_code == 429
    assert ask(client, "2001:db8:0:1::1").status_code == 200


def test_behind_a_proxy_it_is_the_visitor_who_counts_whatever_they_claim(client, settings):
    settings.TRUST_PROXY = True
    for claimed in ("203.0.113.1", "203.0.113.2", "203.0.113.3"):
        assert ask(client, "127.0.0.1", x_forwarded_for=f"{claimed}, 192.0.2.1").status_code == 200

    assert ask(client, "127.0.0.1", x_forwarded_for="203.0.113.4, 192.0.2.1").status_code == 429
    assert ask(client, "127.0.0.1", x_forwarded_for="192.0.2.2").status_code == 200


def test_behind_a_proxy_that_says_nothing_nobody_is_held_back(client, settings):
    settings.TRUST_PROXY = True

    assert ask_too_often(client, "127.0.0.1").status_code == 200


def test_what_a_visitor_claims_means_nothing_without_a_proxy(client):
    for claimed in ("203.0.113.1", "203.0.113.2", "203.0.113.3"):
        ask(client, x_forwarded_for=claimed)

    assert ask(client, x_forwarded_for="203.0.113.4").status_code == 429


def test_no_address_is_kept_in_clear(client):
    ask(client)

    kept = repr(vars(limits.suggestions))
    assert "192.0.2.1" not in kept


def test_a_flood_of_addresses_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "MOST_VISITORS", 5)

    assert not any(limits.suggestions.is_over(f"192.0.2.{n}") for n in range(50))

    assert len(limits.suggestions._counts) == 5


def test_many_threads_are_counted_right():
    counted = limits.PerMinute(most=400)
    over = []

    def ask_often():
        over.extend(counted.is_over("192.0.2.1") for _ in range(100))

    threads = [threading.Thread(target=ask_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert over.count(True) == 400


def test_nobody_who_types_all_the_time_meets_the_real_limit():
    pause_ms = 200
    most_one_can_ask = 60_000 // pause_ms

    assert most_one_can_ask <= limits.MOST_A_MINUTE
