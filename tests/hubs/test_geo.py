"""Distances, against geopy's exact ones."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from hubs.geo import METRES_PER_MILE, Point, distance_m, metres, miles

ENGLAND = st.builds(Point, st.floats(49.9, 55.8), st.floats(-6.4, 1.8))


@given(ENGLAND, ENGLAND)
def test_a_distance_is_within_half_a_percent_of_the_exact_one(a, b):
    exact = geodesic(a, b).meters

    assert distance_m(a, b) == pytest.approx(exact, rel=0.005, abs=0.01)


@given(ENGLAND, ENGLAND)
def test_there_and_back_are_the_same_distance(a, b):
    assert distance_m(a, b) == distance_m(b, a)
    assert distance_m(a, a) == 0


def test_weymouth_is_seven_miles_from_dorchester():
    dorchester, weymouth = Point(50.7115, -2.4406), Point(50.6097, -2.4548)

    assert miles(distance_m(dorchester, weymouth)) == pytest.approx(7.06, abs=0.02)


def test_opposite_sides_of_the_earth_are_half_its_girth_apart():
    assert distance_m(Point(0, 0), Point(0, 180)) == pytest.approx(20_015_115, abs=1)


@given(st.floats(0, 1e6))
def test_miles_and_metres_undo_each_other(length):
    assert miles(metres(length)) == pytest.approx(length)
    assert metres(1) == METRES_PER_MILE == 1609.344
