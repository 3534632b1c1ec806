"""What we know of the country before a directory is loaded."""

import pytest

from hubs.geo import Point, distance_m
from hubs.postcode_areas import POSTCODE_AREAS, span
from hubs.postcode_text import AREAS
from hubs.postcodes import Precision, UnknownPlace, UnknownPostcode, find, locate
from tests.factories.hubs import OutcodeFactory, PostcodeFactory


def test_there_are_124_and_only_two_areas_are_nowhere_to_go_to():
    assert len(POSTCODE_AREAS) == 124
    assert AREAS - POSTCODE_AREAS.keys() == {"BF", "GX"}
    assert POSTCODE_AREAS.keys() <= AREAS


def test_each_lies_somewhere_of_its_own():
    places = {area.point for area in POSTCODE_AREAS.values()}

    assert len(places) >= 123
    assert all(49 < point.latitude < 60.5 and -7 < point.longitude < 2 for point in places)


@pytest.mark.parametrize(
    ("code", "point"),
    [("DT", (50.711, -2.441)), ("WV", (52.587, -2.130)), ("LN", (53.231, -0.546)), ("TR", (50.263, -5.051))],
)
def test_the_post_town_is_where_it_is(code, point):
    assert distance_m(POSTCODE_AREAS[code].point, Point(*point)) < 2_000


def test_a_span_holds_an_area_and_nothing_of_one_that_begins_alike():
    first, last = span("M")

    assert all(first <= code <= last for code in ("M11AE", "M90AA", "M999ZZ"))
    assert not any(first <= code <= last for code in ("ME11AA", "L11AA", "N11AA", "MK11AA"))


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["EX4 3SR", "ex4", "EX4 3"])
def test_without_a_directory_the_area_answers_and_says_how_roughly(typed):
    place = find(typed)

    assert (place.label, place.precision, place.approximate) == ("EX4, Exeter area", Precision.AREA, True)
    assert place.point == pytest.approx((50.72, -3.53))
    assert (
        place.reason == "We know only that EX4 is somewhere around Exeter, so distances may be wrong by miles"
    )


@pytest.mark.django_db
def test_the_outcode_knows_better_than_the_area():
    OutcodeFactory(code="EX4", place="Exeter", latitude=50.735, longitude=-3.537)

    assert find("EX4 3SR").precision is Precision.OUTCODE


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "refused"), [("EX99 9ZZ", UnknownPostcode), ("EX99", UnknownPlace)])
def test_once_a_directory_is_loaded_an_outcode_it_lacks_is_a_mistake(typed, refused):
    PostcodeFactory(code="EX43SR")

    with pytest.raises(refused):
        find(typed)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["EX4 3SR", "EX4"])
def test_nothing_is_put_on_the_map_by_its_area_alone(typed):
    with pytest.raises((UnknownPostcode, UnknownPlace)):
        locate(typed)
