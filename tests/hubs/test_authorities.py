"""Who serves where: facts that add up."""

import csv
from collections import Counter

import pytest

from hubs import authorities
from hubs.postcode_text import COUNTRIES, NATIONS

ROWS = list(csv.DictReader((authorities.DATA / "authorities.csv").open(encoding="utf-8")))


def test_england_has_153_councils_with_childrens_services_and_164_districts_under_counties():
    kinds = Counter(row["kind"] for row in ROWS)

    assert {kind: kinds[kind] for kind in ("county", "unitary", "metropolitan", "london", "district")} == {
        "county": 21,
        "unitary": 63,
        "metropolitan": 36,
        "london": 33,
        "district": 164,
    }


def test_every_code_is_there_once_and_has_the_form_of_its_kind():
    letters = {"county": "E10", "unitary": "E06", "metropolitan": "E08", "london": "E09", "district": "E07"}
    codes = [row["code"] for row in ROWS]

    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes)
    for row in ROWS:
        assert len(row["code"]) == 9
        assert row["code"].startswith(letters.get(row["kind"], "E")), row


def test_every_council_has_a_name_and_a_secure_website_and_every_district_a_council():
    serving = {row["code"] for row in ROWS if not row["served_by"]}
    for row in ROWS:
        if row["served_by"]:
            assert row["served_by"] in serving, row
            assert not row["website"], row
        else:
            assert row["kind"] in authorities.UPPER_TIER, row
            assert row["website"].startswith("https://") and row["website"].endswith(".gov.uk/"), row
        assert row["name"].strip() == row["name"] != ""
    sites = [row["website"] for row in ROWS if row["website"]]
    assert len(set(sites)) == len(sites)


@pytest.mark.parametrize(
    ("district", "county", "name"),
    [
        ("E06000059", "", "Dorset Council"),
        ("E06000058", "E99999999", "Bournemouth, Christchurch and Poole Council"),
        ("E07000137", "E10000019", "Lincolnshire County Council"),
        ("E07000137", "", "Lincolnshire County Council"),
        ("", "E10000019", "Lincolnshire County Council"),
        ("E07000040", "", "Devon County Council"),
        ("E08000031", "", "City of Wolverhampton Council"),
        ("E09000001", "", "City of London Corporation"),
        # Made since 2021, by codes of then and now.
        ("E07000189", "E10000027", "Somerset Council"),
        ("", "E10000027", "Somerset Council"),
        ("E06000066", "", "Somerset Council"),
        ("E07000165", "E10000023", "North Yorkshire Council"),
        ("E07000029", "E10000006", "Cumberland Council"),
        ("E07000030", "E10000006", "Westmorland and Furness Council"),
        ("E07000150", "E10000021", "North Northamptonshire Council"),
        ("E07000154", "E10000021", "West Northamptonshire Council"),
        ("E08000016", "", "Barnsley Council"),
        ("E08000039", "", "Sheffield City Council"),
    ],
)
def test_a_district_is_served_by_its_county_or_itself_and_by_whatever_took_its_place(district, county, name):
    assert authorities.serving(district, county).name == name


@pytest.mark.parametrize(
    "codes", [("", ""), ("E06999999", ""), ("W06000001", ""), ("L99999999", "E99999999")]
)
def test_codes_that_mean_nothing_here_mean_nobody(codes):
    assert authorities.serving(*codes) is None


def test_only_codes_of_today_name_an_authority():
    assert authorities.authority("E10000008").website == "https://www.devon.gov.uk/"
    assert authorities.authority("E07000040") is None
    assert authorities.authority("") is None


@pytest.mark.parametrize("name", sorted({*NATIONS.values(), *COUNTRIES.values()}))
def test_every_nation_and_island_has_its_own_answer(name):
    nation = authorities.nation(name)

    assert nation.link.startswith("https://")
    assert nation.helped_by.endswith(".")
    assert nation.link_text


def test_england_and_places_nobody_lives_in_have_none():
    assert authorities.nation("England") is None
    assert authorities.nation("the Falkland Islands") is None
