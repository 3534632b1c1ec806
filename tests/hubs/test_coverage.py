"""Whether every live postcode has exactly one team: what is found, and that routing would do the same."""

import datetime
from collections import Counter

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubs.areas import How, decide
from hubs.coverage import change_days, coverage, live_addresses, straddlers
from hubs.models import Boundary, BoundaryRelease, Locality, LocalityRule, Postcode
from tests.factories.hubs import (
    CouncilFactory,
    LocalityFactory,
    LocalityRuleFactory,
    PostcodeFactory,
    PostcodeReleaseFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 23)
WEST, EAST = "E05012698", "E05012706"


@pytest.fixture
def dorset():
    return CouncilFactory(dorset=True)


@pytest.fixture
def chesil(dorset):
    return LocalityFactory(council=dorset, name="Chesil")


@pytest.fixture
def purbeck(dorset):
    return LocalityFactory(council=dorset, name="Purbeck")


def lay(*codes, **fields):
    for code in codes:
        PostcodeFactory(code=code, **{"ward": WEST} | fields)


def draw(kind, code, *, west, east, name="", district=""):
    """Put a rectangle as high as England on the map."""
    Boundary.objects.create(
        release=BoundaryRelease.objects.create(source="test.geojson"),
        kind=kind,
        code=code,
        name=name or code,
        district=district,
        outline=shapely.to_wkb(shapely.box(west, 50, east, 56)),
    )


def test_a_council_whose_wards_all_have_a_team_is_whole(dorset, chesil, purbeck):
    lay("DT11AA", "DT11AB")
    lay("DT47AA", ward=EAST)
    LocalityRuleFactory(locality=chesil, code=WEST)
    LocalityRuleFactory(locality=purbeck, code=EAST)

    found = coverage(dorset, DAY)

    assert (found.is_checked, found.is_whole, found.units, found.problems) == (True, True, 3, [])
    assert found.teams == {chesil: Counter(ward=2), purbeck: Counter(ward=1)}


def test_a_gap_is_named_by_its_ward_and_counted(dorset, chesil):
    lay("DT11AA", "DT11AB", "DT12AA")
    lay("DT47AA", ward=EAST)
    LocalityRuleFactory(locality=chesil, code=EAST, name="Rodwell & Wyke")
    LocalityRuleFactory(
        locality=chesil, code=WEST, name="Dorchester West", valid_to=DAY - datetime.timedelta(days=1)
    )

    found = coverage(dorset, DAY)

    (gap,) = found.gaps
    assert (gap.ward, gap.outcode, gap.units) == ("Dorchester West", "DT1", 3)
    assert gap.sectors == (("DT1 1", 2), ("DT1 2", 1))
    assert found.problems == ["No team has 3 postcodes: Dorchester West (3)"]
    assert not found.is_whole
    assert coverage(dorset, DAY - datetime.timedelta(days=1)).is_whole


def test_an_overlap_names_both_teams(dorset, chesil, purbeck):
    lay("DT11AA")
    LocalityRule.objects.bulk_create(
        LocalityRule(locality=team, kind="ward", code=WEST, valid_from=datetime.date(year, 1, 1))
        for year, team in [(2020, chesil), (2024, purbeck)]
    )

    found = coverage(dorset, DAY)

    (overlap,) = found.overlaps
    assert overlap.teams == (purbeck, chesil), "whoever would get it stands first"
    assert decide(postcode="DT1 1AA", on=DAY).locality == purbeck
    assert found.problems == [f"More than one team has 1 postcode: {WEST} (1)"]
    assert found.teams == {}


def test_a_more_specific_rule_is_no_overlap(dorset, chesil, purbeck):
    lay("DT11AA", "DT11AB")
    LocalityRuleFactory(locality=chesil, code=WEST)
    LocalityRuleFactory(locality=purbeck, kind="postcode", code="DT1 1AB")

    found = coverage(dorset, DAY)

    assert found.is_whole
    assert found.teams == {chesil: Counter(ward=1), purbeck: Counter(postcode=1)}


@pytest.mark.parametrize(
    ("kind", "code", "other"),
    [
        ("postcode", "DT11AA", {"code": "DT11AB"}),
        ("lsoa", "E01000001", {"lsoa": "E01000002"}),
        ("ward", WEST, {"ward": EAST}),
        ("parish", "E04000001", {"parish": "E04000002"}),
        ("sector", "DT1 1", {"code": "DT12AA"}),
        ("outcode", "DT1", {"code": "DT21AA"}),
        ("polygon", "NORTH", {"longitude": -2.1}),
    ],
)
def test_of_two_postcodes_alike_but_in_one_thing_a_rule_catches_the_one(dorset, chesil, kind, code, other):
    draw("polygon", "NORTH", west=-2.5, east=-2.3)
    one = {
        "code": "DT11AA",
        "ward": WEST,
        "lsoa": "E01000001",
        "parish": "E04000001",
        "longitude": -2.4,
    }
    two = {**one, "code": "DT11AD"} | other
    lay(one.pop("code"), **one)
    lay(two.pop("code"), **two)
    LocalityRuleFactory(locality=chesil, kind=kind, code=code)

    found = coverage(dorset, DAY)

    assert found.teams == {chesil: Counter({kind: 1})}
    assert [patch.units for patch in found.gaps] == [1]


def test_anywhere_else_leaves_no_gap_but_is_counted_by_itself(dorset, chesil, purbeck):
    lay("DT11AA")
    lay("DT47AA", ward=EAST)
    LocalityRuleFactory(locality=chesil, code=WEST)
    LocalityRuleFactory(locality=purbeck, kind="council_default", code=dorset.ons_code)

    found = coverage(dorset, DAY)

    assert found.is_whole
    assert [(patch.ward, patch.units) for patch in found.by_default] == [(EAST, 1)]


def test_only_live_postcodes_of_the_council_count(dorset):
    lay("DT11AA", terminated="201506")
    lay("BH11AA", district="E06000058")
    lay("DT11AB")

    assert coverage(dorset, DAY).units == 1


def test_a_county_is_known_by_its_own_code():
    county = CouncilFactory(ons_code="E10000019")
    team = LocalityFactory(council=county)
    lay("LN11YL", district="E07000138", county="E10000019")
    lay("NG11AA", district="E06000018", county="")
    LocalityRuleFactory(locality=team, kind="council_default", code="E07000138")

    found = coverage(county, DAY)

    assert (found.units, found.is_whole) == (1, True)


def test_a_neighbours_rule_for_our_ward_does_not_count(dorset):
    lay("DT11AA")
    LocalityRuleFactory(code=WEST, name="")

    found = coverage(dorset, DAY)

    assert found.problems == [f"No team has 1 postcode: {WEST} (1)"]


def test_without_a_directory_nothing_is_said(dorset):
    found = coverage(dorset, DAY)

    assert not found.is_checked


def test_rules_for_codes_that_no_postcode_has_are_listed(dorset, chesil):
    lay("DT11AA")
    LocalityRuleFactory(locality=chesil, code=WEST)
    old = LocalityRuleFactory(locality=chesil, code="E05012686", name="Bridport")
    LocalityRuleFactory(locality=chesil, kind="sector", code="DT1 1")

    assert coverage(dorset, DAY).unused == [old]


def test_a_sector_that_reaches_into_another_council_is_listed(dorset, chesil):
    lay("DT21AA", "DT21AB")
    lay("DT21AC", "DT21AD", "DT21AE", district="E06000058")
    lay("DT22AA")
    lay("DT213AA", district="E06000058")
    rule = LocalityRuleFactory(locality=chesil, kind="sector", code="DT2 1")
    LocalityRuleFactory(locality=chesil, kind="sector", code="DT2 2")

    (found,) = straddlers(coverage(dorset, DAY))

    assert (found.rule, found.here, found.elsewhere) == (rule, 2, 3)


def test_a_drawn_area_catches_what_lies_in_it_and_two_drawn_over_each_other_overlap(dorset, chesil, purbeck):
    draw("polygon", "NORTH", west=-2.5, east=-2.3)
    draw("polygon", "SOUTH", west=-2.4, east=-2.2)
    lay("DT11AA", longitude=-2.45)
    lay("DT11AB", longitude=-2.35)
    lay("DT11AD", longitude=-2.1)
    LocalityRuleFactory(locality=chesil, kind="polygon", code="NORTH")
    LocalityRuleFactory(locality=purbeck, kind="polygon", code="SOUTH")

    found = coverage(dorset, DAY)

    assert found.teams == {chesil: Counter(polygon=1)}
    assert [patch.units for patch in found.overlaps] == [1]
    assert [patch.units for patch in found.gaps] == [1]


def test_wards_are_called_what_the_map_calls_them(dorset):
    draw("ward", WEST, west=-3, east=-2, name="Dorchester West and Poundbury", district="E06000059")
    lay("DT11AA")

    assert [patch.ward for patch in coverage(dorset, DAY).gaps] == ["Dorchester West and Poundbury"]


def test_a_council_that_took_the_place_of_districts_has_their_postcodes():
    """South Somerset became part of Somerset in 2023; older directories still name it."""
    somerset = CouncilFactory(ons_code="E06000066")
    lay("TA181AA", district="E07000189", county="E10000027")
    lay("DT94AA", district="E06000059", county="E10000027")

    assert coverage(somerset, DAY).units == 1


def test_days_of_change_are_first_days_of_rules_and_first_days_without(dorset, chesil):
    LocalityRuleFactory(locality=chesil, valid_to=datetime.date(2027, 3, 31))
    LocalityRuleFactory(locality=chesil, valid_from=datetime.date(2027, 4, 1))
    LocalityRuleFactory(locality=chesil, valid_from=datetime.date(2028, 4, 1))
    LocalityRuleFactory(valid_from=datetime.date(2029, 1, 1))

    assert change_days(dorset, DAY) == [datetime.date(2027, 4, 1), datetime.date(2028, 4, 1)]
    assert change_days(dorset, datetime.date(2027, 4, 1)) == [datetime.date(2028, 4, 1)]


def test_it_takes_five_queries_at_most_however_many_postcodes_and_rules(
    dorset, chesil, django_assert_max_num_queries
):
    for number in range(12):
        lay(f"DT{number % 4 + 1}{number % 9}AA", ward=f"E0501{number:04}")
        LocalityRuleFactory(locality=chesil, code=f"E0501{number:04}")

    lay("DT91AA", ward="E05019999")

    with django_assert_max_num_queries(5):
        found = coverage(dorset, DAY)
        assert [patch.units for patch in found.gaps] == [1]
        assert [team.name for team in found.teams] == ["Chesil"]


def test_straddlers_take_one_more(dorset, chesil, django_assert_num_queries):
    lay("DT11AA")
    for outcode in ("DT1", "DT2", "DT3"):
        LocalityRuleFactory(locality=chesil, kind="outcode", code=outcode)
    found = coverage(dorset, DAY)

    with django_assert_num_queries(1):
        assert straddlers(found) == []


# The oracle: routing itself, asked postcode by postcode

OURS, NEXT_DOOR, COUNTY = "E06000059", "E07000138", "E10000019"
DAYS = [datetime.date(2026, 1, 1), datetime.date(2027, 4, 1)]
WARDS = [WEST, EAST, ""]
RULES = {
    "postcode": ["DT11AA", "DT12AB", "DT111AA"],
    "lsoa": ["E01000001", "E01000002"],
    "ward": [WEST, EAST, "E05015779"],
    "parish": ["E04000001"],
    "sector": ["DT11", "DT12", "DT111"],
    "outcode": ["DT1", "DT11"],
    "polygon": ["NORTH", "SOUTH"],
    "council_default": [OURS, NEXT_DOOR, COUNTY],
}
postcodes = st.builds(
    dict,
    code=st.sampled_from([f"DT{out}{half}" for out in ("1", "11") for half in ("1AA", "1AB", "2AA", "2AB")]),
    ward=st.sampled_from(WARDS),
    lsoa=st.sampled_from(["E01000001", "E01000002", ""]),
    parish=st.sampled_from(["E04000001", ""]),
    longitude=st.sampled_from([-2.45, -2.35, -2.25, -2.1, None]),
    quality=st.sampled_from([1, 1, 8]),
    place=st.sampled_from([(OURS, ""), (NEXT_DOOR, COUNTY)]),
)
rules = st.sampled_from([(kind, code) for kind, codes in RULES.items() for code in codes]).flatmap(
    lambda rule: st.tuples(
        st.just(rule), st.integers(0, 3), st.sampled_from([0, 1, 2]), st.sampled_from([None, 0, 1])
    )
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    units=st.lists(postcodes, min_size=1, max_size=6, unique_by=lambda unit: unit["code"]),
    laid=st.lists(rules, max_size=12, unique_by=lambda rule: (rule[0], rule[2])),
)
def test_coverage_says_of_each_postcode_what_routing_would_do(units, laid):
    councils = [CouncilFactory(slug="ours", ons_code=OURS), CouncilFactory(slug="county", ons_code=COUNTY)]
    teams = [LocalityFactory(council=council, slug=slug) for council in councils for slug in ("a", "b")]
    duty = [LocalityFactory(council=council, duty=True) for council in councils]
    LocalityRule.objects.all().delete()
    Postcode.objects.all().delete()
    Boundary.objects.all().delete()
    # On the map EAST has a newer code, and WEST is not there at all.
    draw("ward", "E05015779", west=-2.4, east=-2.2, district=OURS)
    draw("polygon", "NORTH", west=-2.5, east=-2.3)
    draw("polygon", "SOUTH", west=-2.4, east=-2.2)
    release = PostcodeReleaseFactory()
    for unit in units:
        district, county = unit.pop("place")
        PostcodeFactory(**unit, district=district, county=county, release=release)
    starts = [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1), DAYS[1]]
    LocalityRule.objects.bulk_create(
        LocalityRule(
            locality=teams[team],
            kind=kind,
            code=code,
            valid_from=starts[start],
            valid_to=None if end is None or start == 2 else DAYS[1] - datetime.timedelta(days=1 - end),
        )
        for (kind, code), team, start, end in laid
    )

    for council in councils:
        for day in DAYS:
            found = coverage(council, day)
            assert found.units == len(live_addresses(council))
            for unit, verdict in found.places:
                decision = decide(postcode=unit.code, on=day)
                if verdict.teams:
                    assert (decision.locality, decision.how) == (verdict.teams[0], How(verdict.kind))
                else:
                    assert (decision.how, decision.locality) == (How.DUTY, duty[councils.index(council)])
            assert found.is_whole == all(
                len(verdict.teams) == 1 and verdict.teams[0].council_id == council.pk
                for _, verdict in found.places
            )
    assert Locality.objects.count() == 6
