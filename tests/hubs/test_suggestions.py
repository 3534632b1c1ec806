"""What is suggested for the beginning of a place, and for one that is misspelt."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubs.places import TownRow, load_towns
from hubs.postcodes import find
from hubs.suggestions import LONGEST, MOST, suggest, towns_like
from tests.factories.hubs import OutcodeFactory, PostcodeFactory, TownFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dorset():
    """Three towns and the districts round them."""
    for name in ("Weymouth", "Wareham", "Dorchester"):
        TownFactory(name=name, county="Dorset")
    for code, place in {"DT1": "Dorchester", "DT2": "", "DT4": "Weymouth", "DT10": ""}.items():
        OutcodeFactory(code=code, place=place)
    PostcodeFactory(code="DT49ZZ")


def names(typed):
    return [suggestion.name for suggestion in suggest(typed)]


@pytest.mark.parametrize("typed", ["we", "Wey", " WEYM ", "wey.", "weymouth", "Weymouth, dor"])
def test_a_town_is_suggested_from_its_first_letters(dorset, typed):
    assert names(typed) == ["Weymouth, Dorset"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("dt", ["DT1", "DT2", "DT4", "DT10"]), ("DT1", ["DT1", "DT10"]), ("dt4", ["DT4"]), ("DT9", [])],
)
def test_districts_are_suggested_shortest_first(dorset, typed, expected):
    assert names(typed) == expected


def test_a_district_says_what_is_there(dorset):
    assert suggest("DT4") == [("DT4", "Weymouth")]


def test_two_letters_may_begin_either(dorset):
    TownFactory(name="Dtown", county="Dorset")

    assert names("dt")[:2] == ["Dtown, Dorset", "DT1"]


def test_twins_are_told_apart():
    TownFactory(name="Newport", county="Shropshire")
    TownFactory(name="Newport", county="Isle of Wight")

    assert names("newp") == ["Newport, Isle of Wight", "Newport, Shropshire"]
    assert names("newport s") == ["Newport, Shropshire"]


def test_districts_outside_england_are_not_suggested():
    OutcodeFactory(code="EH1", place="Edinburgh")

    assert names("EH1") == []


@pytest.mark.parametrize(
    "typed",
    [
        "DT4 9ZZ",
        "dt49zz",
        "DT4 9",
        "DT4 9Z",
        "DT49Z",
        "4",
        "1 High Street",
        "50.715,-2.432",
        "x" * 41,
        "",
        "w",
    ],
)
def test_what_is_neither_a_town_nor_half_a_postcode_is_not_looked_up(
    dorset, typed, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert suggest(typed) == []


@pytest.mark.parametrize("typed", ["we", "dt", "dt4", "weym", "weymuoth", "nowhere at all"])
def test_two_queries_are_enough(dorset, typed, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        suggest(typed)


def test_there_are_never_more_than_eight():
    load_towns(TownRow(f"Stoke {number}", "Devon", 50.5, -3.5) for number in range(30))
    for number in range(1, 40):
        OutcodeFactory(code=f"ST{number}")

    assert len(suggest("st")) == len(suggest("sto")) == len(suggest("st1")) == MOST


@pytest.mark.parametrize(
    "typed", ["weymuoth", "Weymoth", "wemouth", "Weymouthh", "Ewymouth", "waymouth", "Wey mowth"]
)
def test_a_slip_or_two_is_forgiven(dorset, typed):
    assert names(typed) == ["Weymouth, Dorset"]


@pytest.mark.parametrize(
    "typed", ["plymouth", "weston", "xyzzy", "weym", "wq", "北京市朝阳区", "w" * LONGEST]
)
def test_another_name_is_not_taken_for_a_slip(dorset, typed):
    assert towns_like(typed) == []


def test_every_twin_of_a_misspelt_name_is_offered():
    TownFactory(name="Newport", county="Shropshire")
    TownFactory(name="Newport", county="Isle of Wight")

    assert [str(town) for town in towns_like("newprot")] == ["Newport, Isle of Wight", "Newport, Shropshire"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.one_of(st.text(max_size=60), st.from_regex(r"(?i)(dt|we|st)[a-z0-9 .,'-]{0,9}", fullmatch=True)))
def test_whatever_is_typed_every_suggestion_is_a_place_that_is_found(dorset, text):
    for suggestion in suggest(text):
        assert find(suggestion.name).label.startswith(suggestion.name)
