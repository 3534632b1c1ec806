"""`manage.py load_towns`, from OS Open Names to what families type and choose."""

import csv
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from hubs import areas, places, postcodes
from hubs.models import Town, TownRelease
from hubs.town_files import USUAL_COLUMNS
from tests.factories.hubs import (
    BoundaryFactory,
    CouncilFactory,
    LocalityFactory,
    LocalityRuleFactory,
    PostcodeFactory,
    TownFactory,
)

pytestmark = pytest.mark.django_db

BRIDPORT = {
    "ID": "osgb4000000074563231",
    "TYPE": "populatedPlace",
    "LOCAL_TYPE": "Town",
    "GEOMETRY_X": "346600",
    "GEOMETRY_Y": "92900",
    "POSTCODE_DISTRICT": "DT6",
    "COUNTY_UNITARY": "Dorset",
    "COUNTRY": "England",
}
"""Every row is made up, but for names and about where they are."""


def table(rows, *, columns=USUAL_COLUMNS, header=False, bom=""):
    """Return a CSV file as published: no header, and for each name in `rows` what differs from Bridport's line."""
    text = io.StringIO()
    text.write(bom)
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    if header:
        writer.writeheader()
    for name, differing in rows:
        writer.writerow({**BRIDPORT, "NAME1": name, **differing})
    return text.getvalue().encode()


@pytest.fixture
def pack(tmp_path):
    """Return a function that writes the zip: `sheets` maps names like "SY48" to lists of (name, what differs)."""

    def pack(sheets, *, columns=USUAL_COLUMNS):
        path = tmp_path / "opname_csv_gb.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for sheet, rows in sheets.items():
                archive.writestr(f"Data/{sheet}.csv", table(rows, columns=columns))
            archive.writestr("Doc/OS_Open_Names_Header.csv", "\ufeff" + ",".join(columns) + "\r\n")
            archive.writestr("Doc/licence.txt", "© Crown copyright".encode("latin-1"))
        return path

    return pack


@pytest.fixture
def save(tmp_path):
    """Return a function that writes one CSV file and gives its path."""

    def save(content, name="SY48.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


def load(path, **options):
    call_command("load_towns", str(path), **options)


def names():
    return [str(town) for town in Town.objects.all()]


def test_the_zip_as_published_is_loaded(pack):
    lincoln = {"LOCAL_TYPE": "City", "COUNTY_UNITARY": "Lincolnshire"}

    load(pack({"SY48": [("Bridport", {})], "SK96": [("Lincoln", lincoln)]}), release="October 2026")

    assert names() == ["Bridport, Dorset", "Lincoln, Lincolnshire"]
    town = Town.objects.get(name="Bridport")
    assert (town.latitude, town.longitude) == pytest.approx((50.733, -2.758), abs=0.002)
    assert (town.outcode, town.sheet, town.key) == ("DT6", "SY48", "bridport")
    assert str(town.release) == "OS Open Names, October 2026"
    assert town.release.attributions == ["Contains OS data © Crown copyright and database right 2026"]


def test_columns_are_found_by_name(pack):
    load(pack({"SY48": [("Bridport", {})]}, columns=list(reversed(USUAL_COLUMNS))))

    assert names() == ["Bridport, Dorset"]


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_one_file_is_loaded_with_or_without_a_line_of_names(header, bom, save):
    load(save(table([("Bridport", {})], header=header, bom=bom)))

    assert names() == ["Bridport, Dorset"]


def test_cities_towns_villages_and_suburbs_of_england_are_kept(save):
    kinds = [
        "City",
        "Town",
        "Village",
        "Suburban Area",
        "Hamlet",
        "Other Settlement",
        "Named Road",
        "Postcode",
    ]
    rows = [(kind, {"LOCAL_TYPE": kind}) for kind in kinds]

    load(save(table([*rows, ("Chepstow", {"COUNTRY": "Wales"}), ("Gretna", {"COUNTRY": "Scotland"})])))

    assert {town.name for town in Town.objects.all()} == {"City", "Town", "Village", "Suburban Area"}


def test_the_county_is_the_district_where_there_is_none_and_never_the_town_again(save):
    blank = {"COUNTY_UNITARY": ""}
    load(
        save(
            table(
                [
                    ("Bilston", {**blank, "DISTRICT_BOROUGH": "Wolverhampton"}),
                    ("Wolverhampton", {**blank, "DISTRICT_BOROUGH": "Wolverhampton"}),
                    ("Sleaford", {"COUNTY_UNITARY": "Lincolnshire", "DISTRICT_BOROUGH": "North Kesteven"}),
                ]
            )
        )
    )

    assert names() == ["Bilston, Wolverhampton", "Sleaford, Lincolnshire", "Wolverhampton"]


def test_places_of_one_name_in_one_county_are_told_apart_by_postcode_district(save, capsys):
    def at(outcode, kind):
        return {"POSTCODE_DISTRICT": outcode, "LOCAL_TYPE": kind}

    rows = [
        ("Stoke", at("DT1", "Village")), ("Stoke", at("DT2", "Village")), ("Stoke", at("DT2", "Suburban Area")),
        ("Upton", at("DT3", "Village")), ("Upton", at("BH16", "Town")),
    ]  # fmt: skip

    load(save(table(rows)))

    assert names() == ["Stoke, Dorset DT1", "Stoke, Dorset DT2", "Upton, Dorset", "Upton, Dorset DT3"]
    assert Town.objects.get(county="Dorset").outcode == "BH16"
    assert "1 more are left out: another has all of their name" in capsys.readouterr().out
    assert [str(town) for town in postcodes.towns_called("Stoke, Dorset DT2")] == ["Stoke, Dorset DT2"]


# What it is good for


def test_families_find_what_is_near_a_town(save):
    load(save(table([("Bridport", {})])))

    place = postcodes.find("bridport")

    assert (place.label, place.precision) == ("Bridport, Dorset", postcodes.Precision.TOWN)


def test_the_nearest_live_postcode_tells_whose_a_town_is(save):
    team = LocalityFactory(council=CouncilFactory(dorset=True))
    LocalityRuleFactory(locality=team, code="E05015779")
    near = {"latitude": 50.7335, "longitude": -2.7585}
    PostcodeFactory(code="DT63AA", ward="E05015779", **near)
    PostcodeFactory(code="DT63AB", ward="E05000002", latitude=50.74, longitude=-2.7585)
    PostcodeFactory(code="DT63AD", ward="E05000003", ended=True, **near)

    load(save(table([("Bridport", {})])))

    town = Town.objects.get()
    assert (town.district, town.ward) == ("E06000059", "E05015779")
    assert areas.decide(town=town).locality == team


def test_a_postcode_miles_away_tells_nothing_and_an_outline_tells_the_district(save, capsys):
    PostcodeFactory(code="DT63AA", latitude=50.80, longitude=-2.75)
    rows = table([("Bridport", {})])
    load(save(rows))
    assert Town.objects.get().district == ""
    assert "1 lie in no council that we know of, so forms do not list them" in capsys.readouterr().out

    BoundaryFactory(west=-2.8, east=-2.7, district="E06000059")
    load(save(rows))

    assert Town.objects.get().district == "E06000059"


def test_lists_have_the_towns_of_our_councils_and_those_that_came_in_no_file(save):
    CouncilFactory(dorset=True)
    TownFactory(name="Weymouth", district="")
    PostcodeFactory(code="DT63AA", latitude=50.7335, longitude=-2.7585)
    load(save(table([("Bridport", {}), ("Lincoln", {"POSTCODE_DISTRICT": "LN1"})])))

    assert [town.name for town in places.listed_towns()] == ["Bridport", "Weymouth"]


# Again


def test_loading_twice_changes_nothing(pack, capsys):
    path = pack({"SY48": [("Bridport", {}), ("Burton Bradstock", {"LOCAL_TYPE": "Village"})]})
    load(path)
    before = list(Town.objects.values("pk", "name", "latitude"))
    capsys.readouterr()

    load(path)

    assert "0 new, 0 changed, 2 as before, 0 gone\n" in capsys.readouterr().out
    assert list(Town.objects.values("pk", "name", "latitude")) == before
    assert TownRelease.objects.count() == 1


def test_a_newer_release_takes_the_place_of_the_same_files_and_leaves_others_alone(pack, save, capsys):
    load(pack({"SY48": [("Bridport", {}), ("Loders", {})], "SY46": [("Chideock", {})]}), release="April 2026")
    capsys.readouterr()

    load(save(table([("Bridport", {"GEOMETRY_X": "346700"}), ("Bothenhampton", {})])), release="July 2026")

    assert "1 new, 1 changed, 0 as before, 1 gone: Loders, Dorset\n" in capsys.readouterr().out
    assert {town.name: town.release.release for town in Town.objects.all()} == {
        "Bothenhampton": "July 2026",
        "Bridport": "July 2026",
        "Chideock": "April 2026",
    }


def test_towns_that_came_in_no_file_stay_and_are_brought_up_to_date(save):
    """As the demonstration's do."""
    TownFactory(name="Bridport", county="Dorset", latitude=50.0)
    TownFactory(name="Weymouth", county="Dorset")

    load(save(table([("Bridport", {})])))

    assert names() == ["Bridport, Dorset", "Weymouth, Dorset"]
    assert Town.objects.get(name="Bridport").latitude == pytest.approx(50.733, abs=0.002)


def test_a_dry_run_says_what_would_change_and_changes_nothing(save, capsys):
    load(save(table([("Bridport", {})])), dry_run=True)

    assert capsys.readouterr().out.splitlines()[:2] == [
        "1 towns and villages in SY48.csv",
        "1 new, 0 changed, 0 as before, 0 gone",
    ]
    assert not Town.objects.exists()
    assert not TownRelease.objects.exists()


def test_a_file_that_has_lost_many_towns_is_loaded_only_when_somebody_insists(save, monkeypatch):
    monkeypatch.setattr("hubs.town_loads.FEWEST", 1)
    load(save(table([("Bridport", {}), ("Loders", {}), ("Chideock", {})])))
    torn = save(table([("Bridport", {})]))

    with pytest.raises(
        CommandError, match=r"2 of 3 towns are gone. Is the file whole.*Nothing was.*--anyway"
    ):
        load(torn)
    assert len(names()) == 3

    load(torn, anyway=True)
    assert names() == ["Bridport, Dorset"]


def test_progress_is_shown(pack, capsys, monkeypatch):
    monkeypatch.setattr("hubs.management.commands.load_towns.PROGRESS_EVERY", 2)

    load(pack({f"SY4{number}": [(f"Stoke {number}", {})] for number in range(5)}))

    assert "  4 towns and villages in 4 files read\n" in capsys.readouterr().out


# What is refused


@pytest.mark.parametrize(
    ("differing", "message"),
    [
        ({"GEOMETRY_X": "west"}, "line 2: has eastings or northings that are no metres"),
        ({"GEOMETRY_Y": "1400000"}, "line 2: has eastings or northings outside Great Britain"),
        ({"NAME1": " "}, "line 2: has a name that is empty"),
        ({"NAME1": "x" * 200}, "line 2: has a name that is empty, too long"),
        ({"POSTCODE_DISTRICT": "Dorset"}, "line 2: has a postcode district that is none"),
    ],
)
def test_a_bad_line_changes_nothing(differing, message, pack):
    path = pack({"SY48": [("Bridport", {}), ("Loders", differing)]})

    with pytest.raises(CommandError, match=f"^Data/SY48.csv, {message}.*Nothing was changed"):
        load(path)

    assert not Town.objects.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no towns or villages of England"),
        (table([("Chepstow", {"COUNTRY": "Wales"})]), "holds no towns or villages of England"),
        (b"a,b\r\n", "line 1: has 2 values where 34 are usual"),
        (table([("Bridport", {})])[:-20], "line 1: has [0-9]+ values where 34 are usual"),
        (table([], columns=["NAME1", "COUNTRY"], header=True), "no column for the type of place.*northings"),
        (table([], columns=[*USUAL_COLUMNS, "COUNTRY"], header=True), "more than one column for the country"),
        ("NAME1".encode("utf-16"), "is not text in UTF-8"),
        (b"x" * 200_000, "line 1: is longer than any line should be"),
    ],
)
def test_a_file_of_something_else_is_refused(content, message, save):
    with pytest.raises(CommandError, match=f"{message}.*Nothing was changed"):
        load(save(content))


def test_a_zip_of_something_else_and_a_file_that_is_not_there_are_refused(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("read me.txt", "x")

    with pytest.raises(CommandError, match=r"other.zip holds no CSV files of OS Open Names"):
        load(path)
    with pytest.raises(CommandError, match="There is no file"):
        load(tmp_path / "nothing.zip")


def test_more_places_than_there_are_is_refused(save, monkeypatch):
    monkeypatch.setattr("hubs.town_files.MOST", 2)

    with pytest.raises(CommandError, match="holds more towns and villages than England"):
        load(save(table([(f"Stoke {number}", {}) for number in range(3)])))


def test_the_name_of_a_release_is_never_cut(tmp_path):
    with pytest.raises(CommandError, match="may have 40 characters"):
        call_command("load_towns", str(tmp_path / "towns.csv"), release="October 2026, " * 3)
