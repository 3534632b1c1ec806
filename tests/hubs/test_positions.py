"""Positions that a device sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubs.geo import Point, distance_m
from hubs.positions import in_great_britain, read, rounded, written

HERE = {
    "Dorchester": (50.711, -2.44),
    "Land's End": (50.066, -5.715),
    "St Mary's, Scilly": (49.914, -6.31),
    "Lizard Point": (49.959, -5.206),
    "St Catherine's Point, Wight": (50.575, -1.298),
    "Dungeness": (50.913, 0.975),
    "South Foreland": (51.14, 1.373),
    "North Foreland": (51.375, 1.445),
    "Lowestoft Ness": (52.481, 1.763),
    "Skegness": (53.144, 0.343),
    "Spurn Head": (53.575, 0.117),
    "Whitby": (54.489, -0.613),
    "Berwick": (55.77, -2.0),
    "St Bees Head": (54.513, -3.637),
    "Mull of Galloway": (54.635, -4.857),
    "Portpatrick": (54.842, -5.117),
    "Mull of Kintyre": (55.31, -5.803),
    "Islay, Mull of Oa": (55.585, -6.32),
    "Barra Head": (56.785, -7.653),
    "St Kilda": (57.813, -8.58),
    "Butt of Lewis": (58.515, -6.261),
    "Muckle Flugga": (60.855, -0.885),
    "Holyhead": (53.31, -4.63),
    "Ramsey Island": (51.863, -5.343),
    "Lundy": (51.177, -4.67),
}
ELSEWHERE = {
    "Alderney": (49.714, -2.205),
    "St Helier": (49.187, -2.107),
    "Cherbourg": (49.64, -1.622),
    "Dieppe": (49.925, 1.075),
    "Cap Gris-Nez": (50.872, 1.583),
    "Calais": (50.955, 1.858),
    "Ostend": (51.225, 2.919),
    "Point of Ayre, Man": (54.416, -4.368),
    "Douglas, Man": (54.15, -4.482),
    "Calf of Man": (54.053, -4.833),
    "Donaghadee": (54.642, -5.535),
    "Burial Island": (54.482, -5.432),
    "Rathlin": (55.29, -6.19),
    "Portrush": (55.205, -6.655),
    "Rosslare": (52.25, -6.335),
    "Howth Head": (53.362, -6.053),
    "Torshavn": (62.01, -6.77),
    "Bergen": (60.39, 5.32),
    "nowhere": (0.0, 0.0),
    "no place at all": (999.0, -999.0),
}


@pytest.mark.parametrize("name", HERE)
def test_all_of_great_britain_is_in_it(name):
    assert in_great_britain(Point(*HERE[name]))


@pytest.mark.parametrize("name", ELSEWHERE)
def test_its_neighbours_are_not(name):
    assert not in_great_britain(Point(*ELSEWHERE[name]))


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("50.715,-2.432", (50.715, -2.432)),
        (" 50.7149999 , -2.4301234567 ", (50.715, -2.432)),
        ("50.71251,-2.42801", (50.715, -2.432)),
        ("53.1,0.343", (53.1, 0.344)),
    ],
)
def test_a_position_is_read_and_rounded(text, point):
    assert read(text) == point


@pytest.mark.parametrize(
    "text",
    ["", "DT1 1XJ", "50,-2", "50.7", "50.7,-2.4,1.0", "x50.7,-2.4", "50.7,-2.4e5", "٥٠.٧,٢.٤", "1" * 200],
)
def test_anything_else_is_not_a_position(text):
    assert read(text) is None


@given(st.floats(49.9, 55.9), st.floats(-6.4, 1.8))
def test_rounding_hides_the_door_keeps_the_neighbourhood_and_changes_nothing_twice(latitude, longitude):
    exact = Point(latitude, longitude)

    near = rounded(exact)

    assert rounded(near) == near
    assert distance_m(exact, near) < 410
    assert read(written(near)) == near
