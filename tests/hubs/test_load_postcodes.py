"""`manage.py load_postcodes`, from a file to what families and staff see of it."""

import pytest
from django.core.management import CommandError, call_command

from hubs import postcodes
from hubs.models import Postcode, PostcodeRelease
from hubs.postcodes import Precision
from tests.factories.hubs import OutcodeFactory
from tests.hubs.postcode_samples import (
    LAYOUTS,
    NSPL_2021,
    NSPL_2026,
    code_point_archive,
    ons,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(tmp_path):
    """Return a function that writes a directory of November 2021 and gives its path."""

    def save(rows, *, name="NSPL_NOV_2021_UK_DT.csv", header=NSPL_2021):
        path = tmp_path / name
        path.write_bytes(ons(header, rows))
        return path

    return save


def load(path, **options):
    call_command("load_postcodes", str(path), **options)


def codes():
    return {row.code for row in Postcode.objects.all()}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_loaded(name, save):
    header, _, release = LAYOUTS[name]

    load(save({"DT1 1XJ": {}, "DT10 1AA": {"doterm": "201506"}}, name=name, header=header))

    row = Postcode.objects.get(pk="DT11XJ")
    assert (row.latitude, row.longitude, row.quality) == (50.716733, -2.440598, 1)
    assert (row.country, row.county, row.district, row.ward, row.lsoa, row.terminated) == (
        "E92000001", "", "E06000059", "E05012698", "E01032644", "",
    )  # fmt: skip
    assert Postcode.objects.get(pk="DT101AA").terminated == "201506"
    kept = PostcodeRelease.objects.get(pk=row.release_id)
    assert (kept.release, kept.rows, kept.areas) == (release, 2, "DT")


def test_code_point_open_is_loaded(tmp_path, capsys):
    load(code_point_archive(tmp_path / "codepo_gb.zip", {"dt": {"DT1 1XJ": {}}, "bh": {"BH1 1AA": {}}}))

    assert codes() == {"DT11XJ", "BH11AA"}
    assert str(PostcodeRelease.objects.get()) == "OS Code-Point Open, April 2026"
    assert "Reading OS Code-Point Open, April 2026" in capsys.readouterr().out


def test_families_get_exact_answers_with_no_other_change(save):
    OutcodeFactory(code="DT1", place="Dorchester")
    assert postcodes.find("DT1 1XJ").approximate

    load(save({"DT1 1XJ": {}}))

    place = postcodes.find("DT1 1XJ")
    assert (place.precision, place.approximate, place.label) == (Precision.UNIT, False, "DT1 1XJ")
    assert place.point == (50.716733, -2.440598)


def test_a_load_says_what_it_did(save, capsys):
    load(save({"DT1 1XJ": {}, "DT1 1XL": {"doterm": "201506"}}))

    assert capsys.readouterr().out.splitlines() == [
        "Reading National Statistics Postcode Lookup, November 2021",
        "2 postcodes in DT, 1 of them ended",
        "2 new, 0 gone, 0 ended since",
        "0 moved over 500 m",
        "0 in another ward, 0 in another council",
        "Loaded",
    ]


def test_loading_twice_changes_nothing(save, capsys):
    path = save({"DT1 1XJ": {}, "DT1 1XL": {}})
    load(path)
    before = list(Postcode.objects.values_list("code", "ward", "latitude"))
    capsys.readouterr()

    load(path)

    said = capsys.readouterr().out
    assert "0 new, 0 gone, 0 ended since\n0 moved over 500 m\n0 in another ward" in said
    assert list(Postcode.objects.values_list("code", "ward", "latitude")) == before
    assert PostcodeRelease.objects.count() == 1


def test_a_newer_release_takes_the_place_of_the_old_one(save, capsys):
    load(save({"DT1 1XJ": {}, "DT1 1XL": {}, "DT1 1XN": {}, "DT1 1XP": {}}))

    load(
        save(
            {"DT1 1XJ": {}, "DT1 1XL": {"doterm": "202601"}, "DT1 1XN": {"ward": "E05015779"}, "DT1 1XQ": {}},
            name="NSPL_FEB_2026_UK_DT.csv",
        )
    )

    said = capsys.readouterr().out
    assert "1 new, 1 gone, 1 ended since" in said
    assert "1 in another ward" in said
    assert codes() == {"DT11XJ", "DT11XL", "DT11XN", "DT11XQ"}
    assert [release.release for release in PostcodeRelease.objects.all()] == ["February 2026"]


def test_one_area_leaves_the_others_alone(save, capsys):
    load(save({"DT1 1XJ": {}, "D1 1AA": {}, "DL1 1AA": {}, "M1 1AE": {}}, name="NSPL_NOV_2021_UK.csv"))

    load(save({"DT2 8AA": {}}, name="NSPL_FEB_2026_UK_DT.csv"))

    assert codes() == {"DT28AA", "DL11AA", "M11AE"}
    assert "Not in this file, so left as on file: DL, M" in capsys.readouterr().out
    of = {row.code: row.release.release for row in Postcode.objects.select_related("release")}
    assert of == {"DT28AA": "February 2026", "DL11AA": "November 2021", "M11AE": "November 2021"}


def test_birmingham_leaves_bournemouth_alone(save):
    load(save({"B1 1AA": {}, "B98 9ZZ": {}, "BH21 1AA": {}}, name="NSPL_NOV_2021_UK.csv"))

    load(save({"B1 1AB": {}}))

    assert codes() == {"B11AB", "BH211AA"}


def test_only_the_areas_asked_for_are_loaded(save):
    load(save({"DT1 1XJ": {}, "BH21 1AA": {}, "M1 1AE": {}, "ME1 1AA": {}}), areas="dt, M")

    assert codes() == {"DT11XJ", "M11AE"}


def test_northern_ireland_is_loaded_only_when_asked_for(save):
    path = save({"DT1 1XJ": {}, "BT1 1AA": {"ctry": "N92000002"}})

    load(path)
    assert codes() == {"DT11XJ"}

    load(path, northern_ireland=True)
    assert codes() == {"DT11XJ", "BT11AA"}


def test_a_dry_run_says_what_would_change_and_changes_nothing(save, capsys):
    load(save({"DT1 1XJ": {}}))
    capsys.readouterr()

    load(save({"DT1 1XJ": {}, "DT1 1XL": {}}, name="NSPL_FEB_2026_UK_DT.csv"), dry_run=True)

    said = capsys.readouterr().out
    assert "2 postcodes in DT, 0 of them ended\n1 new" in said
    assert said.endswith("Nothing was changed\n")
    assert codes() == {"DT11XJ"}
    assert [release.release for release in PostcodeRelease.objects.all()] == ["November 2021"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (NSPL_2026.replace("wd26cd,", ""), "no column for the ward"),
        (NSPL_2026.replace("rgn26cd", "lad25cd"), r"than one column for the district \(lad26cd, lad25cd\)"),
    ],
)
def test_nothing_is_loaded_when_a_column_is_missing_or_doubled(header, message, save):
    load(save({"DT1 1XJ": {}}))

    with pytest.raises(CommandError, match=f"{message}.*Nothing was changed"):
        load(save({"DT1 1XL": {}}, header=header))

    assert codes() == {"DT11XJ"}


@pytest.mark.parametrize(
    ("differing", "message"),
    [
        ({"lat": "north"}, "line 3: has a latitude or longitude that is not a number"),
        ({"pcds": "DT1 1XJ"}, "holds a postcode twice"),
        ({"pcds": "dt11xj"}, "holds a postcode twice"),
    ],
)
def test_a_bad_line_changes_nothing(differing, message, save):
    load(save({"DT1 1XJ": {}}))

    with pytest.raises(CommandError, match=f"{message}.*Nothing was changed"):
        load(save({"DT1 1XJ": {"ward": "E05015779"}, "DT1 1XL": differing, "DT1 1XN": {}}))

    assert [(row.code, row.ward) for row in Postcode.objects.all()] == [("DT11XJ", "E05012698")]
    assert PostcodeRelease.objects.count() == 1


@pytest.mark.parametrize("rows", [{}, {"BT1 1AA": {}}])
def test_a_directory_of_nothing_is_refused(rows, save):
    with pytest.raises(CommandError, match="holds no postcodes to load"):
        load(save(rows))


def test_a_file_that_is_not_there_and_an_area_that_is_not_are_named(tmp_path, save):
    with pytest.raises(CommandError, match=r"There is no file .*nothing.csv. Nothing was changed"):
        load(tmp_path / "nothing.csv")
    with pytest.raises(CommandError, match="There is no postcode area QQ"):
        load(save({"DT1 1XJ": {}}), areas="DT,QQ")


def test_a_line_without_end_changes_nothing(save):
    load(save({"DT1 1XJ": {}}))
    path = save({"DT1 1XL": {}, "DT1 1XN": {}})
    with path.open("ab") as file:
        file.write(b"x" * 1_000_000)

    with pytest.raises(
        CommandError, match=r"UK_DT.csv, line 4: is longer than any line.*Nothing was changed"
    ):
        load(path)

    assert codes() == {"DT11XJ"}
    assert PostcodeRelease.objects.count() == 1


def test_a_file_that_has_lost_much_is_loaded_only_when_somebody_insists(save, capsys, monkeypatch):
    monkeypatch.setattr("hubs.postcode_changes.FEWEST", 1)
    load(save({"DT1 1XJ": {}, "DT1 1XL": {}, "DT1 1XN": {}}))
    torn = save({"DT1 1XJ": {}}, name="NSPL_FEB_2026_UK_DT.csv")

    with pytest.raises(CommandError, match=r"Is the file whole.*Nothing was changed.*--anyway"):
        load(torn)
    assert "Odd: DT has 1 live postcodes and had 3" in capsys.readouterr().out
    assert codes() == {"DT11XJ", "DT11XL", "DT11XN"}

    load(torn, anyway=True)
    assert codes() == {"DT11XJ"}


def test_progress_is_shown(save, capsys, monkeypatch):
    monkeypatch.setattr("hubs.postcode_tables.BATCH", 2)
    monkeypatch.setattr("hubs.management.commands.load_postcodes.PROGRESS_EVERY", 4)

    load(save({f"DT1 1X{letter}": {} for letter in "ABDEF"}))

    assert "  4 postcodes read\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "release", "lines"),
    [
        (
            "National Statistics Postcode Lookup",
            "November 2021",
            [
                "Contains OS data © Crown copyright and database right 2021",
                "Contains Royal Mail data © Royal Mail copyright and database right 2021",
                "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
            ],
        ),
        (
            "OS Code-Point Open",
            "April 2026",
            [
                "Contains OS data © Crown copyright and database right 2026",
                "Contains Royal Mail data © Royal Mail copyright and database right 2026",
                "Contains National Statistics data © Crown copyright and database right 2026",
            ],
        ),
    ],
)
def test_a_release_names_what_its_licence_asks_for(source, release, lines):
    assert PostcodeRelease(source=source, release=release).attributions == lines
