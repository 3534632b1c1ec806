"""The map of a council's areas: what is filled in, what is marked, and how small it stays."""

import datetime
import re
from dataclasses import replace
from math import cos, pi, sin

import pytest
import shapely

from cms.area_map import area_map
from hubs.addresses import Address
from hubs.boundaries import Area, Chart
from hubs.coverage import coverage
from hubs.geo import Point
from hubs.models import Boundary, LocalityRule
from tests.factories.hubs import CouncilFactory, LocalityFactory, LocalityRuleFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 23)
WARDS = ["E05012690", "E05012691", "E05012692", "E05012693"]


@pytest.fixture
def dorset():
    return CouncilFactory(dorset=True)


@pytest.fixture
def teams(dorset):
    return [LocalityFactory(council=dorset, name=name) for name in ("Chesil", "Purbeck")]


def unit(ward, east, north, number=0):
    return Address(
        code=f"DT{ward[-1]}{number % 10}AA",
        outcode=f"DT{int(ward[-1]) + 1}",
        sector=str(number % 10),
        ward=ward,
        district="E06000059",
        point=Point(50.5 + north, -2.5 + east),
    )


def square(ward, east, north, size=0.2):
    return Area(
        Boundary.Kind.WARD,
        ward,
        f"Ward {ward[-1]}",
        "E06000059",
        shapely.box(-2.5 + east, 50.5 + north, -2.5 + east + size, 50.5 + north + size),
    )


def ragged(ward, east, north, size, corners):
    """A ward with a coast: as many corners, in and out by a tenth of its size."""
    coast = []
    for number in range(corners):
        far, angle = size / 2 * (1 - number * 7 % 11 / 50), 2 * pi * number / corners
        coast.append((-2.5 + east + far * cos(angle), 50.5 + north + far * sin(angle)))
    return replace(square(ward, east, north, size), shape=shapely.Polygon(coast))


def drawn(dorset, units, chart=None):
    return area_map(coverage(dorset, DAY, units=units), chart or Chart([]))


def layers(found):
    return {layer.name: (bool(layer.wards), bool(layer.squares), layer.units) for layer in found.layers}


def test_postcodes_of_teams_and_of_nobody_become_squares(dorset, teams):
    LocalityRuleFactory(locality=teams[0], code=WARDS[0])
    LocalityRuleFactory(locality=teams[1], code=WARDS[1])
    LocalityRule.objects.bulk_create(
        [LocalityRule(locality=teams[0], kind="ward", code=WARDS[1], valid_from=datetime.date(2024, 1, 1))]
    )

    found = drawn(dorset, [unit(ward, place / 10, 0.1) for place, ward in enumerate(WARDS[:3])])

    assert layers(found) == {
        "Chesil": (False, True, 1),
        "More than one team": (False, True, 1),
        "No team": (False, True, 1),
    }
    assert [label.letter for label in found.labels] == ["A"]


def test_a_ward_of_one_team_is_filled_in_and_a_shared_one_shows_its_squares(dorset, teams):
    LocalityRuleFactory(locality=teams[0], code=WARDS[0])
    LocalityRuleFactory(locality=teams[0], code=WARDS[1])
    LocalityRuleFactory(locality=teams[1], kind="postcode", code="DT1 5AA")
    units = [unit(WARDS[0], 0.1, 0.1), unit(WARDS[1], 0.25, 0.1), unit(WARDS[1], 0.35, 0.1, 5)]
    chart = Chart([square(ward, place / 5, 0) for place, ward in enumerate(WARDS[:3])])

    found = drawn(dorset, units, chart)

    assert layers(found) == {"Chesil": (True, True, 2), "Purbeck": (False, True, 1)}
    assert found.outlines.count("M") == 2, "the shared ward, and one whose postcodes nobody knows"


def test_a_forgotten_ward_is_filled_in_as_forgotten(dorset, teams):
    chart = Chart([square(WARDS[0], 0, 0)])

    found = drawn(dorset, [unit(WARDS[0], 0.1, 0.1)], chart)

    assert layers(found) == {"No team": (True, False, 1)}


def test_a_square_with_one_postcode_of_nobody_shows_it(dorset, teams):
    LocalityRuleFactory(locality=teams[0], code=WARDS[0])
    units = [unit(WARDS[0], 0.1, 0.1, number) for number in range(9)] + [unit(WARDS[1], 0.1, 0.1)]

    assert layers(drawn(dorset, [*units, unit(WARDS[0], 0.9, 0.9)])) == {
        "Chesil": (False, True, 10),
        "No team": (False, True, 1),
    }


def test_north_is_at_the_top_and_nothing_lies_outside(dorset, teams):
    LocalityRuleFactory(locality=teams[0], code=WARDS[0])
    LocalityRuleFactory(locality=teams[1], code=WARDS[1])

    found = drawn(dorset, [unit(WARDS[0], 0, 0.5), unit(WARDS[1], 0.5, 0)])

    north_west, south_east = found.labels
    assert north_west.x < south_east.x
    assert north_west.y < south_east.y
    for label in found.labels:
        assert 0 < label.x < found.width
        assert 0 < label.y < found.height


@pytest.mark.parametrize("places", [[], [(0, 0)], [(0, 0), (0, 0)]], ids=["none", "one", "two in one place"])
def test_few_places_make_a_picture_too(dorset, places):
    found = drawn(dorset, [unit(WARDS[0], *place) for place in places])

    assert (found is None) == (not places)
    assert found is None or (found.width > 0 and found.height > 0)


def test_a_large_council_stays_small(dorset, teams):
    """12,000 postcodes of two teams all mixed up, and 200 wards of 1,000 corners each."""
    units = [
        unit(WARDS[number % 2], number * 7919 % 10007 / 5000, number * 104729 % 9973 / 9973, number)
        for number in range(12_000)
    ]
    wards = [f"E0502{number:04}" for number in range(200)]
    chart = Chart([ragged(ward, n % 20 / 10, n // 20 / 10, 0.1, 1000) for n, ward in enumerate(wards)])
    for team, ward in zip(teams, WARDS, strict=False):
        LocalityRuleFactory(locality=team, code=ward)

    found = drawn(dorset, units, chart)

    squares = sum(len(layer.squares) for layer in found.layers)
    assert 5_000 < len(found.outlines) <= 60_000
    assert 20_000 < squares < 80_000
    assert re.fullmatch(r"[-Mlhz\d ]+", found.outlines)


def test_the_ninth_team_has_another_pattern_and_every_team_its_letter(dorset):
    units = []
    for number in range(9):
        team = LocalityFactory(council=dorset, name=f"Team {number}")
        LocalityRuleFactory(locality=team, kind="sector", code=f"DT1 {number}")
        units.append(unit(WARDS[0], number / 20, 0, number))

    found = drawn(dorset, units)

    looks = [(layer.colour, layer.pattern) for layer in found.layers]
    assert len(set(looks)) == 9
    assert [layer.letter for layer in found.layers] == list("ABCDEFGHI")
