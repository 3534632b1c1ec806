"""What a listing says of itself."""

import pytest

from directory import words
from tests.factories.directory import ServiceFactory
from tests.factories.hubs import LocationFactory


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, "All ages"),
        (0, 12, "0 to 12 months"),
        (1, 6, "1 to 6 months"),
        (18, 59, "18 months to 4 years"),
        (12, 59, "1 to 4 years"),
        (0, 71, "0 to 5 years"),
        (132, 203, "11 to 16 years"),
        (132, None, "11 years and over"),
        (None, 71, "up to 5 years"),
        (0, 311, "0 to 25 years"),
        (36, 47, "3 years"),
        (0, 1, "0 to 1 month"),
        (0, 0, "newborn babies"),
        (0, None, "All ages"),
    ],
)
def test_ages(low, high, expected):
    assert words.ages_in_words(ServiceFactory.build(minimum_age=low, maximum_age=high)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"for_expecting": True}, "Expecting a baby"),
        ({"for_parents": True}, "Parents and carers"),
        (
            {"for_expecting": True, "minimum_age": 0, "maximum_age": 12},
            "Expecting a baby, and 0 to 12 months",
        ),
    ],
)
def test_stages(fields, expected):
    assert words.ages_in_words(ServiceFactory.build(**fields)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cost": "free", "fees_description": "certificates cost extra"}, "Free"),
        ({"cost": "some", "fees_description": "£2 a family"}, "£2 a family"),
        ({"cost": "depends"}, "Depends"),
    ],
)
def test_cost(fields, expected):
    assert words.cost_in_words(ServiceFactory.build(**fields)) == expected


def test_a_place_says_its_town_once():
    assert words.place_in_words(LocationFactory.build(name="Corn Hall", city="Dorchester")) == (
        "Corn Hall, Dorchester"
    )
    assert words.place_in_words(LocationFactory.build(name="Dorchester Library", city="Dorchester")) == (
        "Dorchester Library"
    )


def test_a_secret_address_is_the_town_and_nothing_else():
    refuge = LocationFactory.build(name="Rose Cottage", city="Dorchester", masked=True)

    assert words.place_in_words(refuge) == "Dorchester"
    assert words.address_lines(refuge) == ["Dorchester"]
