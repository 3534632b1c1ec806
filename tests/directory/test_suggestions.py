"""What the box for a place offers, a device's position, and what neither leaves behind."""

import io
import json
import logging
import logging.config

import pytest
from django.conf import settings as django_settings
from django.test import Client

from hubs.suggestions import MOST
from tests.factories.directory import PlacedServiceFactory
from tests.factories.hubs import HubFactory, OutcodeFactory, PostcodeFactory, TownFactory

from .test_views import EVERY_DAY, dorchester, hall, titles, words_of  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


@pytest.fixture
def places():
    """Two towns of one name, one of another, and a district."""
    TownFactory(name="Newport", county="Shropshire", latitude=52.769, longitude=-2.379)
    TownFactory(name="Newport", county="Isle of Wight", latitude=50.701, longitude=-1.288)
    TownFactory(name="Weymouth", county="Dorset", latitude=50.618, longitude=-2.463)
    OutcodeFactory(code="DT4", place="Weymouth")
    PostcodeFactory(code="DT49ZZ")


def suggested(client, typed):
    return json.loads(client.get("/places/", {"q": typed}).content)["places"]


# Suggestions


def test_towns_and_districts_are_suggested(client, places):
    assert suggested(client, "weym") == [{"name": "Weymouth, Dorset", "about": ""}]
    assert suggested(client, "dt") == [{"name": "DT4", "about": "Weymouth"}]
    assert [place["name"] for place in suggested(client, "newport")] == [
        "Newport, Isle of Wight",
        "Newport, Shropshire",
    ]
    assert suggested(client, "weymuoth") == [{"name": "Weymouth, Dorset", "about": ""}]


@pytest.mark.parametrize(
    "typed", ["", "w", "DT4 9ZZ", "dt49zz", "DT4 9", "1 High Street", "\0", "💩💩", "x" * 5000]
)
def test_nothing_is_suggested_for_anything_else_and_nothing_is_asked(
    client, places, typed, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert suggested(client, typed) == []


@pytest.mark.parametrize("typed", ["we", "dt", "dt4", "newport", "weymuoth", "nowhere"])
def test_two_queries_answer(client, places, typed, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        suggested(client, typed)


def test_there_are_never_more_than_eight_and_the_answer_stays_small(client):
    for number in range(40):
        TownFactory(name=f"Stoke {'x' * 100}{number}", county="y" * 120)

    response = client.get("/places/?q=stoke")

    assert len(response.json()["places"]) == MOST
    assert len(response.content) < 3000


def test_the_answer_is_the_same_for_everybody_and_may_be_kept_by_caches(client, places):
    response = client.get("/places/?q=weym")

    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Content-Type"] == "application/json"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


# Misspelt, and of several


@pytest.mark.parametrize("path", ["/find/", "/whats-on/", "/hubs/"])
def test_a_misspelt_town_is_explained_kept_and_linked(client, places, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(path, {"near": "Weymuoth", "age": "3"})

    body = response.content.decode()
    assert "We cannot find that place" in words_of(response)
    assert 'value="Weymuoth"' in body
    assert "Did you mean: Weymouth, Dorset" in words_of(response)
    assert 'href="?near=Weymouth%2C+Dorset&amp;age=3"' in body


def test_nothing_is_offered_instead_of_nonsense_or_of_an_unknown_postcode(client, places):
    for typed in ("Xyzzy Plugh", "ZE1 1AA", "TQ1 1AA", ""):
        assert "Did you mean" not in words_of(client.get("/find/", {"near": typed}))


def test_a_town_with_twins_offers_the_others(client, places):
    response = client.get("/find/?near=newport")

    assert "near Newport, Isle of Wight" in words_of(response)
    assert "There is also: Newport, Shropshire" in words_of(response)
    assert "There is also" not in words_of(client.get("/find/?near=Newport,+Shropshire"))


def test_a_place_that_makes_no_sense_lists_no_sessions_from_anywhere(client, places):
    PlacedServiceFactory(name="Rhyme time", at=hall("Hall", 1), rules=EVERY_DAY)
    assert "Rhyme time" in words_of(client.get("/whats-on/?on=week"))

    response = client.get("/whats-on/?on=week&near=nowhere+at+all")

    assert "Rhyme time" not in words_of(response)
    assert "We cannot search near there" in words_of(response)
    assert 'href="?on=week">Look everywhere' in response.content.decode()


# A device's position


@pytest.mark.parametrize("path", ["/find/", "/whats-on/", "/hubs/"])
def test_a_position_is_searched_from_and_never_shown(client, dorchester, path, django_assert_max_num_queries):  # noqa: F811
    HubFactory(name="Lodmoor", latitude=50.72, longitude=-2.44)

    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(path, {"near": "50.715,-2.432"})

    body = response.content.decode()
    assert "near your location" in words_of(response)
    assert "Distances are from about where you are" in words_of(response) or path == "/whats-on/"
    assert response["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in body
    assert "50.715" not in words_of(response)
    assert 'id="near" name="near" type="text" maxlength="100" value=""' in body


def test_distances_from_a_position_are_rough_and_in_whole_miles(client, dorchester):  # noqa: F811
    for miles in (0.4, 1.2, 4.6):
        PlacedServiceFactory(name=f"Group {miles}", at=hall("Hall", miles))

    shown = words_of(client.get("/find/?near=50.715,-2.440&within=10"))

    assert titles(client.get("/find/?near=50.715,-2.440")) == ["Group 0.4", "Group 1.2", "Group 4.6"]
    assert "under a mile" in shown
    assert "about 1 mile" in shown
    assert "about 5 miles" in shown
    assert "1.2 miles" not in shown


def test_a_more_precise_position_is_rounded_before_anything_uses_it(client, dorchester):  # noqa: F811
    PlacedServiceFactory(at=hall("Hall", 1))

    precise = client.get("/find/", {"near": "50.7149912,-2.4312345", "age": "3"})
    rounded = client.get("/find/", {"near": "50.715,-2.432", "age": "3"})

    assert "50.7149912" not in precise.content.decode()
    assert "4312345" not in precise.content.decode()
    assert precise.content == rounded.content


@pytest.mark.parametrize("path", ["/find/", "/whats-on/", "/hubs/"])
def test_outside_great_britain_is_said_plainly(client, places, path):
    response = client.get(path, {"near": "48.857,2.352"})

    assert response.status_code == 200
    assert "You seem to be outside Great Britain" in words_of(response)
    assert 'value="48.857' not in response.content.decode().split("search__row")[1]


# What neither leaves behind


@pytest.fixture
def logged(settings):
    """Everything that our logging writes, as text."""
    stream = io.StringIO()
    handlers = {**settings.LOGGING["handlers"]}
    handlers["console"] = {**handlers["console"], "stream": stream}
    logging.config.dictConfig({**settings.LOGGING, "handlers": handlers})
    yield stream
    logging.config.dictConfig(django_settings.LOGGING)


def test_no_log_holds_what_was_typed_or_where_somebody_is(logged, dorchester, monkeypatch):  # noqa: F811
    client = Client(raise_request_exception=False)
    for near in ("50.7149912,-2.4312345", "Weymuoth"):
        for path in ("/find/", "/whats-on/", "/hubs/", "/places/", "/no-such-page/"):
            client.get(path, {"near": near, "q": near})
            client.post(path, {"near": near, "q": near}, QUERY_STRING=f"near={near}&q={near}")
    monkeypatch.setattr("directory.results.search", lambda *args: 1 / 0)
    assert client.get("/find/", {"near": "50.7149912,-2.4312345"}).status_code == 500

    for server in ("django.server", "gunicorn.error"):
        logging.getLogger(server).warning('"GET /find/?near=50.715,-2.432&q=Weymuoth HTTP/1.1" 200 5')

    written = logged.getvalue()

    assert written.count("GET /find/") == 2
    assert "/no-such-page/" in written
    assert "ZeroDivisionError" in written
    assert not [word for word in ("50.7", "4312", "432", "Weymuoth", "near=", "q=") if word in written]


def test_the_website_that_we_start_writes_no_access_log():
    from cms.management.commands.start import Website

    assert Website(None, host="127.0.0.1", port=8000).cfg.accesslog is None


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/find/", True),
        ("/hubs/", True),
        ("/help/", False),
        ("/desk/", False),
        ("/admin/", False),
    ],
)
def test_only_public_pages_may_ask_where_somebody_is(client, path, allowed):
    policy = client.get(path)["Permissions-Policy"]

    assert ("geolocation=(self)" in policy) is allowed
    assert ("geolocation=()" in policy) is not allowed
    assert "camera=()" in policy
