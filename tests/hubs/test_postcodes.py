"""Where a postcode, half of one or a town is."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hubs.postcodes import (
    NoPosition,
    NotServed,
    OutsideBritain,
    Place,
    PostcodeError,
    Precision,
    UnknownPlace,
    UnknownPostcode,
    find,
    find_town,
    locate,
    units_in,
)
from tests.factories.hubs import OutcodeFactory, PostcodeFactory, TownFactory

pytestmark = pytest.mark.django_db


def test_a_postcode_on_file_is_exact_and_knows_where_it_lies(django_assert_num_queries):
    PostcodeFactory(code="DT11XJ")

    with django_assert_num_queries(1):
        place = find("dt1 ixj")

    assert (place.label, place.precision, place.approximate) == ("DT1 1XJ", Precision.UNIT, False)
    assert place.point == (50.71673, -2.4406)
    assert (place.outcode, place.district, place.ward) == ("DT1", "E06000059", "E05012698")


def test_a_postcode_no_longer_in_use_is_approximate_and_says_since_when():
    PostcodeFactory(code="DT11XJ", ended=True)

    place = find("DT1 1XJ")

    assert place.approximate
    assert "June 2015" in place.reason


@pytest.mark.parametrize(("quality", "approximate"), [(1, False), (5, False), (6, True), (8, True)])
def test_a_postcode_placed_roughly_is_approximate(quality, approximate):
    PostcodeFactory(code="DT11XJ", quality=quality)

    assert find("DT1 1XJ").approximate is approximate


def test_a_postcode_without_a_position_asks_for_a_town():
    PostcodeFactory(code="DT11XJ", nowhere=True)

    with pytest.raises(NoPosition, match="Enter a town"):
        find("DT1 1XJ")


def test_a_postcode_newer_than_the_directory_is_placed_by_its_sector():
    PostcodeFactory(code="DT47AA", latitude=50.60, longitude=-2.40)
    PostcodeFactory(code="DT47AB", latitude=50.62, longitude=-2.44)
    PostcodeFactory(code="DT47AD", latitude=51.9, longitude=0.1, ended=True)
    PostcodeFactory(code="DT48AA", latitude=50.9, longitude=-2.0)

    place = find("DT4 7ZZ")

    assert (place.label, place.precision, place.approximate) == ("DT4 7", Precision.SECTOR, True)
    assert place.point == pytest.approx((50.61, -2.42))
    assert place.reason == "Distances are from the middle of DT4 7"


@pytest.mark.parametrize("typed", ["DT1 1XJ", "DT1", "dt1 1"])
def test_without_a_directory_the_outcode_answers(typed):
    OutcodeFactory(code="DT1", place="Dorchester")

    place = find(typed)

    assert (place.label, place.precision, place.approximate) == ("DT1, Dorchester", Precision.OUTCODE, True)
    assert place.reason == "Distances are from the middle of DT1"


def test_an_outcode_that_only_the_directory_knows_is_the_middle_of_its_postcodes():
    PostcodeFactory(code="DT47AA", latitude=50.60, longitude=-2.40)
    PostcodeFactory(code="DT48AA", latitude=50.62, longitude=-2.44)
    PostcodeFactory(code="DT411AA", latitude=51.9, longitude=0.1)

    place = find("DT4")

    assert (place.label, place.precision) == ("DT4", Precision.OUTCODE)
    assert place.point == pytest.approx((50.61, -2.42))


def test_the_postcodes_of_an_outcode_are_not_those_of_a_longer_one():
    for code in ["DT40AA", "DT49ZZ", "DT41AA", "DT411AA", "DT401AA", "DT31AA", "DT51AA"]:
        PostcodeFactory(code=code)

    assert {row.code for row in units_in("DT4")} == {"DT40AA", "DT41AA", "DT49ZZ"}
    assert {row.code for row in units_in("DT4", "1")} == {"DT41AA"}


def test_of_two_postcodes_the_search_asks_for_one():
    with pytest.raises(PostcodeError, match="Enter one postcode"):
        find("DT1 1XJ DT4 7AA")


def test_a_postcode_nobody_knows_says_what_to_do():
    PostcodeFactory(code="DT61AA")

    with pytest.raises(UnknownPostcode, match="Check it, or enter a town"):
        find("DT1 1XJ")


@pytest.mark.parametrize(
    "typed", ["EH1 1YZ", "EH1", "JE2 3AB", "BT1 1AA", "CF10 1AA", "IM1", "BF1 3AA", "BFPO 57"]
)
def test_outside_england_is_declined_politely(typed):
    with pytest.raises(NotServed, match="We cover England"):
        find(typed)


def test_the_directory_knows_better_than_the_first_letters():
    PostcodeFactory(code="TD91AA", country="E92000001")
    PostcodeFactory(code="CH51AA", country="W92000004")

    assert find("TD9 1AA").precision is Precision.UNIT
    with pytest.raises(NotServed, match="Wales"):
        find("CH5 1AA")
    assert locate("CH5 1AA").country == "W92000004"


@pytest.mark.parametrize(
    "typed", ["Weymouth", "weymouth", " WEYMOUTH. ", "Weymouth, Dorset", "Weymouth, DT4", "Weym"]
)
def test_a_town_is_found_by_its_name_or_the_beginning_of_it(typed, django_assert_num_queries):
    TownFactory(name="Weymouth", county="Dorset", outcode="DT4", ward="E05012706")

    with django_assert_num_queries(1):
        place = find(typed)

    assert (place.label, place.precision, place.outcode) == ("Weymouth, Dorset", Precision.TOWN, "DT4")
    assert place.approximate


def test_the_whole_name_of_a_town_wins_over_longer_ones():
    TownFactory(name="Bournemouth", county="Dorset")
    TownFactory(name="Bourne", county="Lincolnshire")

    assert find("bourne").label == "Bourne, Lincolnshire"
    assert find("bournem").label == "Bournemouth, Dorset"


def test_the_county_tells_two_towns_of_one_name_apart():
    TownFactory(name="Stoke", county="Dorset")
    TownFactory(name="Stoke", county="Lincolnshire")

    assert find("stoke, lincolnshire").label == "Stoke, Lincolnshire"
    assert find("stoke").label == "Stoke, Dorset"


def test_apostrophes_are_read_either_way():
    TownFactory(name="Bishop's Caundle", county="Dorset")

    assert find("bishop’s caundle").label == "Bishop's Caundle, Dorset"


@pytest.mark.parametrize(
    "typed", ["Atlantis", "", "  ", "We", "😀", "\0\0\0", "%%%", "___", "\ud800\ud800\ud800"]
)
def test_a_town_nobody_knows_says_what_to_enter(typed):
    TownFactory(name="Weymouth", county="Dorset")

    with pytest.raises(UnknownPlace, match="like DT1 1XJ, or the name of a town"):
        find_town(typed)


@pytest.mark.parametrize("typed", ["", "x" * 10_000, "😀", "\0", "DT1 1XJ\0\0", "\ud800", "' OR 1=1 --", "%"])
def test_bad_input_is_a_plain_error_or_a_place(typed):
    PostcodeFactory(code="DT11XJ")

    try:
        assert find(typed).label == "DT1 1XJ"
    except PostcodeError as problem:
        assert "like DT1 1XJ" in str(problem)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.one_of(
        st.text(max_size=250), st.from_regex(r"(?i)dt ?[0-9oil]{1,2} ?[0-9oil][a-z]{2}", fullmatch=True)
    )
)
@example("Weym\0outh")
@example("DT4 7")
@example("ß" * 200)
def test_any_text_is_a_place_or_a_plain_error(db, text):
    PostcodeFactory(code="DT11XJ")
    OutcodeFactory(code="DT4")
    TownFactory(name="Weymouth", county="Dorset")

    try:
        place = find(text)
    except PostcodeError as problem:
        assert str(problem)[0].isupper()
    else:
        assert isinstance(place, Place)
        assert 49 < place.point.latitude < 61
        assert place.approximate == bool(place.reason)


@pytest.mark.parametrize("typed", ["DT1 1XJ", "EH1 1YZ", "DT1 1"])
def test_no_error_repeats_what_was_typed(typed):
    PostcodeFactory(code="DT61AA")

    with pytest.raises(PostcodeError) as problem:
        find(typed)

    assert typed not in str(problem.value).replace("like DT1 1XJ", "")
    assert typed not in repr(problem.value).replace("like DT1 1XJ", "")


# A device's position


def test_a_position_is_rounded_and_says_that_it_is_rough(django_assert_num_queries):
    with django_assert_num_queries(0):
        place = find("50.71499,-2.43017")

    assert (place.label, place.precision) == ("your location", Precision.POSITION)
    assert place.point == (50.715, -2.432)
    assert place.approximate
    assert place.reason == "Distances are from about where you are"


@pytest.mark.parametrize("typed", ["48.857,2.352", "54.150,-4.480", "0.0,0.0", "999.9,999.9"])
def test_a_position_outside_great_britain_is_declined_politely(typed):
    with pytest.raises(OutsideBritain, match=r"outside Great Britain.*Enter a postcode or town in England"):
        find(typed)


def test_a_listing_cannot_be_placed_by_a_position():
    with pytest.raises(UnknownPlace):
        locate("50.715,-2.432")


# Towns, however they are written


@pytest.mark.parametrize(
    "typed", ["Stratford-upon-Avon", "stratford upon avon", "STRATFORD UPON AVON.", "stratford upon av"]
)
def test_hyphens_and_spaces_do_not_matter(typed):
    TownFactory(name="Stratford-upon-Avon", county="Warwickshire")

    assert find(typed).label == "Stratford-upon-Avon, Warwickshire"


@pytest.mark.parametrize("typed", ["St Ives", "st. ives", "ST.IVES"])
def test_full_stops_do_not_matter(typed):
    TownFactory(name="St Ives", county="Cornwall")

    assert find(typed).label == "St Ives, Cornwall"


@pytest.mark.parametrize("typed", ["Newport, Shropshire", "newport shropshire", "Newport (Shropshire)"])
def test_the_county_may_follow_in_any_way(typed, django_assert_num_queries):
    TownFactory(name="Newport", county="Isle of Wight")
    TownFactory(name="Newport", county="Shropshire")
    TownFactory(name="Newport Pagnell", county="Buckinghamshire")

    with django_assert_num_queries(1):
        place = find(typed)

    assert place.label == "Newport, Shropshire"
    assert place.twins == ()


def test_a_name_that_several_towns_share_names_the_others():
    TownFactory(name="Newport", county="Isle of Wight")
    TownFactory(name="Newport", county="Shropshire")

    place = find("newport")

    assert (place.label, place.twins) == ("Newport, Isle of Wight", ("Newport, Shropshire",))


def test_the_whole_name_is_found_among_many_that_begin_so():
    for number in range(60):
        TownFactory(name=f"Stoke {number:02}", county="Devon")
    TownFactory(name="Stoke", county="Dorset")

    assert find("stoke").label == "Stoke, Dorset"


@pytest.fixture
def places(db):
    """What our labels are made of: outcodes with and without a place, a postcode in a sector, twin towns."""
    OutcodeFactory(code="DT4", place="Weymouth")
    OutcodeFactory(code="WV4", place="Penn/Parkfields")
    OutcodeFactory(code="DT1", place="")
    PostcodeFactory(code="DT49ZZ")
    TownFactory(name="Newport", county="Shropshire", outcode="TF10")
    TownFactory(name="Newport", county="Isle of Wight", outcode="PO30")


@pytest.mark.parametrize(
    "typed", ["DT4", "WV4", "DT1", "DT4 9", "DT4 9AB", "DT4 9ZZ", "EX7", "Newport, Isle of Wight"]
)
def test_a_label_that_we_show_is_understood_when_it_is_typed_back(places, typed):
    place = find(typed)

    assert find(place.label) == place
    assert find(f" {place.label.lower()}. ") == place


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("DT4 9ZZ, Weymouth", "DT4 9ZZ"),
        ("dt49zz weymouth", "DT4 9ZZ"),
        ("Weymouth, DT4 9ZZ", "DT4 9ZZ"),
        ("DT4 9, Weymouth", "DT4 9"),
        ("DT4,Weymouth", "DT4, Weymouth"),
        ("EX7, Exeter area", "EX7, Exeter area"),
    ],
)
def test_a_town_may_follow_a_postcode_or_part_of_one(places, typed, label):
    assert find(typed).label == label


@pytest.mark.parametrize("typed", ["B1, Harbour House, Weymouth", "DT4, 12 High Street", "Flat B1, Weymouth"])
def test_the_number_of_a_house_is_no_half_of_a_postcode(places, typed):
    with pytest.raises(UnknownPlace):
        find(typed)
