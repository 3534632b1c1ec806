"""Loading postcode directories. The samples are made up, true to the layouts that ONS has published."""

import csv
import io
import re
import zipfile

import pytest
from django.core.management import CommandError, call_command

from hubs import directory_files, postcode_loads
from hubs.directory_files import NotADirectoryFile
from hubs.models import Postcode, PostcodeRelease

NSPL_2021 = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,"
    "pcon,eer,teclec,ttwa,pct,itl,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,"
    "calncv,stp"
)
NSPL_2026 = (
    "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty26cd,ced25cd,lad26cd,wd26cd,nhser24cd,"
    "ctry26cd,rgn26cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl26cd,bua24cd,ruc21ind,"
    "oac21ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd25ind,icb26cd"
)
ONSPD_2024 = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,"
    "ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,npark,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,"
    "msoa11,wz11,sicbl,bua24,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
)
ONSPD_2025 = (
    "pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,parncp25cd,usrtypind,east1m,north1m,gridind,"
    "hlth19cd,nhser24cd,ctry25cd,rgn25cd,ssr95cd,pcon24cd,eer20cd,educ23cd,ttwa15cd,pco19cd,itl25cd,wdstl05cd,"
    "oa01cd,wdcas03cd,npark16cd,lsoa01cd,msoa01cd,ruc01ind,oac01ind,oa11cd,lsoa11cd,msoa11cd,wz11cd,sicbl24cd,"
    "bua24cd,ruc11ind,oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,cal24cd,icb23cd,oa21cd,lsoa21cd,msoa21cd,"
    "ruc21ind"
)
LAYOUTS = {
    "NSPL_NOV_2021_UK_DT.csv": (NSPL_2021, 41, "National Statistics Postcode Lookup", "November 2021"),
    "NSPL21_AUG_2026_UK_DT.csv": (NSPL_2026, 35, "National Statistics Postcode Lookup", "August 2026"),
    "ONSPD_FEB_2024_UK_DT.csv": (ONSPD_2024, 52, "ONS Postcode Directory", "February 2024"),
    "ONSPD_AUG_2025_UK_DT.csv": (ONSPD_2025, 53, "ONS Postcode Directory", "August 2025"),
}

DORSET = {
    "ctry": "E92000001",
    "cty": "E99999999",
    "lad": "E06000059",
    "ward": "E05012698",
    "lsoa": "E01032644",
    "parish": "E04012800",
    "grid": "1",
    "lat": "50.716733",
    "long": "-2.440598",
    "doterm": "",
}
NOWHERE = {"lat": "99.999999", "long": "0.000000", "grid": "9"}


def column_fact(name):
    """Return which fact a column of any layout holds, or None."""
    facts = {
        "pcds": "pcds",
        "doterm": "doterm",
        "lat": "lat",
        "long": "long",
        "ctry": r"ctry(\d\dcd)?",
        "cty": r"cty(\d\dcd)?|oscty",
        "lad": r"lad\d\dcd|laua|oslaua",
        "ward": r"wd\d\dcd|ward|osward",
        "grid": r"(os)?gr(i)?dind|gridind",
        "parish": r"parish|parncp\d\dcd",
    }
    if name in {"lsoa21cd", "lsoa21"}:
        return "lsoa"
    return next((fact for fact, pattern in facts.items() if re.fullmatch(pattern, name)), None)


def directory(header, rows, *, bom="\ufeff", ending="\r\n"):
    """Return the bytes of a directory: `rows` maps postcodes to what differs from an ordinary one of Dorchester."""
    names = header.split(",")
    has_lsoa21 = any(name.startswith("lsoa21") for name in names)
    text = io.StringIO()
    text.write(bom + header + ending)
    writer = csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_ALL)
    for code, differing in rows.items():
        facts = {**DORSET, "pcds": code, **differing}
        line = [facts.get(column_fact(name) or "", "X") for name in names]
        if not has_lsoa21:
            line[names.index("lsoa11")] = facts["lsoa"]
        writer.writerow(line)
    return text.getvalue().encode()


@pytest.fixture
def save(tmp_path):
    """Return a function that writes a directory of November 2021 and gives its path."""

    def save(rows, *, name="NSPL_NOV_2021_UK_DT.csv", header=NSPL_2021, **options):
        path = tmp_path / name
        path.write_bytes(directory(header, rows, **options))
        return path

    return save


def load(path, **options):
    call_command("load_postcodes", str(path), **options)


@pytest.mark.django_db
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_read_alike(name, save):
    header, width, source, release = LAYOUTS[name]
    assert len(header.split(",")) == width

    load(save({"DT1 1XJ": {}, "DT10 1AA": {"doterm": "201506"}}, name=name, header=header))

    row = Postcode.objects.get(pk="DT11XJ")
    assert (row.latitude, row.longitude, row.quality) == (50.716733, -2.440598, 1)
    assert (row.country, row.district, row.ward) == ("E92000001", "E06000059", "E05012698")
    assert (row.lsoa, row.county, row.terminated) == ("E01032644", "", "")
    assert row.parish == ("E04012800" if "ONSPD" in name else "")
    assert Postcode.objects.get(pk="DT101AA").terminated == "201506"
    assert (row.release.source, row.release.release) == (source, release)
    assert (row.release.rows, row.release.areas) == (2, "DT")


@pytest.mark.django_db
@pytest.mark.parametrize(("bom", "ending"), [("", "\n"), ("\ufeff", "\n"), ("", "\r\n")])
def test_marks_and_line_endings_do_not_matter(bom, ending, save):
    load(save({"DT1 1XJ": {}}, bom=bom, ending=ending))

    assert Postcode.objects.get().code == "DT11XJ"


@pytest.mark.django_db
def test_what_ons_writes_for_nothing_becomes_nothing(save):
    load(
        save(
            {
                "DT1 1XJ": {
                    **NOWHERE,
                    "ward": "E99999999",
                    "lad": "W99999999",
                    "lsoa": "",
                    "cty": "E10000019",
                },
                "IM1 1AA": {**NOWHERE, "ctry": "M99999999", "lad": "M99999999", "grid": ""},
            }
        )
    )

    row = Postcode.objects.get(pk="DT11XJ")
    assert (row.latitude, row.longitude, row.quality) == (None, None, 9)
    assert (row.ward, row.district, row.lsoa, row.county) == ("", "", "", "E10000019")
    assert (Postcode.objects.get(pk="IM11AA").country, Postcode.objects.get(pk="IM11AA").quality) == ("", 9)


@pytest.mark.django_db
def test_northern_ireland_is_left_out(save):
    load(save({"DT1 1XJ": {}, "BT1 1AA": {"ctry": "N92000002"}, "B1 1AA": {}, "GIR 0AA": NOWHERE}))

    assert {row.code for row in Postcode.objects.all()} == {"DT11XJ", "B11AA"}


@pytest.mark.django_db
def test_loading_twice_changes_nothing(save, capsys):
    path = save({"DT1 1XJ": {}, "DT1 1XL": {}})
    load(path)
    before = list(Postcode.objects.values_list("code", "ward", "latitude"))

    load(path)

    assert "2 postcodes in DT: 0 new, 0 ended, 0 in another ward, 0 gone" in capsys.readouterr().out
    assert list(Postcode.objects.values_list("code", "ward", "latitude")) == before
    assert PostcodeRelease.objects.count() == 1


@pytest.mark.django_db
def test_a_newer_release_says_what_it_changed(save, capsys):
    load(save({"DT1 1XJ": {}, "DT1 1XL": {}, "DT1 1XN": {}, "DT1 1XP": {}}))

    load(
        save(
            {"DT1 1XJ": {}, "DT1 1XL": {"doterm": "202601"}, "DT1 1XN": {"ward": "E05015779"}, "DT1 1XQ": {}},
            name="NSPL_FEB_2026_UK_DT.csv",
        )
    )

    assert "4 postcodes in DT: 1 new, 1 ended, 1 in another ward, 1 gone" in capsys.readouterr().out
    assert {row.code for row in Postcode.objects.all()} == {"DT11XJ", "DT11XL", "DT11XN", "DT11XQ"}
    assert [release.release for release in PostcodeRelease.objects.all()] == ["February 2026"]


@pytest.mark.django_db
def test_one_area_leaves_the_others_alone(save):
    load(save({"DT1 1XJ": {}, "D1 1AA": {}, "DL1 1AA": {}, "M1 1AE": {}}, name="NSPL_NOV_2021_UK.csv"))

    load(save({"DT2 8AA": {}}))

    assert {row.code for row in Postcode.objects.all()} == {"DT28AA", "D11AA", "DL11AA", "M11AE"}
    assert PostcodeRelease.objects.count() == 2


@pytest.mark.django_db
def test_birmingham_leaves_bournemouth_alone(save):
    load(save({"B1 1AA": {}, "B98 9ZZ": {}, "BH21 1AA": {}}, name="NSPL_NOV_2021_UK.csv"))

    load(save({"B1 1AB": {}}))

    assert {row.code for row in Postcode.objects.all()} == {"B11AB", "BH211AA"}


@pytest.mark.django_db
def test_only_the_areas_asked_for_are_loaded(save):
    path = save({"DT1 1XJ": {}, "BH21 1AA": {}, "D1 1AA": {}, "M1 1AE": {}, "ME1 1AA": {}})

    load(path, areas="dt, M")

    assert {row.code for row in Postcode.objects.all()} == {"DT11XJ", "M11AE"}


@pytest.mark.django_db
def test_a_dry_run_says_what_would_change_and_changes_nothing(save, capsys):
    load(save({"DT1 1XJ": {}}), dry_run=True)

    said = capsys.readouterr().out
    assert "1 postcodes in DT: 1 new" in said
    assert "Nothing was changed" in said
    assert not Postcode.objects.exists()
    assert not PostcodeRelease.objects.exists()


@pytest.mark.django_db
def test_the_zip_as_published_is_read_from_its_one_big_file(tmp_path):
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Data/ONSPD_AUG_2025_UK.csv", directory(ONSPD_2025, {"DT1 1XJ": {}, "BH21 1AA": {}}))
        archive.writestr("Data/multi_csv/ONSPD_AUG_2025_UK_DT.csv", directory(ONSPD_2025, {"DT9 9ZZ": {}}))
        archive.writestr("Documents/BUA Built Up Area names and codes.csv", "code,name\r\n")

    load(path)

    assert {row.code for row in Postcode.objects.all()} == {"DT11XJ", "BH211AA"}
    assert str(PostcodeRelease.objects.get()) == "ONS Postcode Directory, August 2025"


@pytest.mark.django_db
def test_a_zip_of_one_file_an_area_is_read_whole(tmp_path):
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for area in ("DT", "BH"):
            name = f"Data/multi_csv/NSPL_NOV_2021_UK_{area}.csv"
            archive.writestr(name, directory(NSPL_2021, {f"{area}1 1AA": {}}))

    load(path)

    assert {row.code for row in Postcode.objects.all()} == {"DT11AA", "BH11AA"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "message"),
    [
        (NSPL_2026.replace("lad26cd", "lad"), "no column for the district"),
        (NSPL_2026.replace("wd26cd,", ""), "no column for the ward"),
        (NSPL_2026.replace("lsoa21cd", "lsoa31cd"), "no column for the LSOA"),
        (
            NSPL_2026.replace("rgn26cd", "lad25cd"),
            r"more than one column for the district \(lad26cd, lad25cd\)",
        ),
        (NSPL_2026.replace("rgn26cd", "lat"), "more than one column for the latitude"),
        (ONSPD_2025.replace("rgn25cd", "parncp24cd"), "more than one column for the parish"),
        ("DT1 1AA,10,368730,90722,E92000001", "no column for the postcode.*no column for the end date"),
    ],
)
def test_a_column_that_is_missing_or_doubled_is_named_and_nothing_loaded(header, message, tmp_path, save):
    load(save({"DT1 1XJ": {}}))
    path = tmp_path / "odd.csv"
    path.write_text(header + "\r\n")

    with pytest.raises(CommandError, match=message):
        load(path)

    assert Postcode.objects.get().code == "DT11XJ"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("differing", "message"),
    [
        ({"lat": "north"}, "line 3: has a latitude or longitude that is not a number"),
        ({"lat": "nan"}, "line 3: has a position outside the United Kingdom"),
        ({"lat": "-2.44", "long": "50.7"}, "line 3: has a position outside"),
        ({"doterm": "June 2015"}, "line 3: has an end date"),
        ({"grid": "12"}, "line 3: has a positional quality"),
        ({"ward": "Rodwell & Wyke"}, "line 3: has an area code"),
        ({"pcds": "Dorchester"}, "line 3: does not begin with a postcode"),
        ({"pcds": "DT1 1XJ"}, "holds a postcode twice"),
    ],
)
def test_a_bad_line_is_named_without_its_content_and_nothing_is_changed(differing, message, save):
    load(save({"DT1 1XJ": {}}))

    with pytest.raises(CommandError, match=message) as refused:
        load(save({"DT1 1XJ": {"ward": "E05015779"}, "DT1 1XL": differing, "DT1 1XN": {}}))

    assert "Nothing was changed" in str(refused.value)
    assert "1XL" not in str(refused.value)
    assert [(row.code, row.ward) for row in Postcode.objects.all()] == [("DT11XJ", "E05012698")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("NSPL.csv", b"", "is empty"),
        ("NSPL.csv", b"\xff\xfe\x00pcds", "not text in UTF-8"),
        ("NSPL.csv", directory(NSPL_2021, {}), "holds no postcodes"),
        ("NSPL.csv", directory(NSPL_2021, {"BT1 1AA": {}}), "holds no postcodes"),
        (
            "NSPL.csv",
            directory(NSPL_2021, {"DT1 1XJ": {}})[:-30],
            "has [0-9]+ values where the header has 41",
        ),
        ("NSPL.zip", b"PK\x03\x04 torn off", "no column|not text|cannot be opened"),
    ],
)
def test_a_file_that_is_no_directory_is_refused(name, content, message, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        load(path)


@pytest.mark.django_db
def test_a_file_that_is_not_there_and_an_area_that_is_not_are_named(tmp_path, save):
    with pytest.raises(CommandError, match="There is no file"):
        load(tmp_path / "nothing.csv")
    with pytest.raises(CommandError, match="There is no postcode area QQ"):
        load(save({"DT1 1XJ": {}}), areas="DT,QQ")


@pytest.mark.django_db(transaction=True)
def test_readers_see_the_old_directory_until_the_new_one_is_whole(save, monkeypatch):
    load(save({"DT1 1XJ": {}}))
    swap = postcode_loads._swap

    def swap_and_fail(*arguments):
        swap(*arguments)
        raise RuntimeError("the power failed")

    monkeypatch.setattr(postcode_loads, "_swap", swap_and_fail)
    newer = directory_files.read(save({"DT1 1XL": {}}, name="NSPL_FEB_2026_UK_DT.csv"))
    with pytest.raises(RuntimeError):
        postcode_loads.replace(newer)

    assert [row.code for row in Postcode.objects.all()] == ["DT11XJ"]
    assert PostcodeRelease.objects.get().release == "November 2021"
    monkeypatch.undo()
    assert postcode_loads.replace(newer).new == 1


@pytest.mark.django_db(transaction=True)
def test_a_torn_file_leaves_no_trace_outside_a_transaction_either(save):
    load(save({"DT1 1XJ": {}}))

    with pytest.raises(CommandError, match="line 3"):
        load(save({"DT1 1XJ": {"ward": "E05015779"}, "DT1 1XL": {"lat": "north"}}))
    load(save({"DT1 1XJ": {}, "DT1 1XL": {}}))

    assert Postcode.objects.count() == 2


@pytest.mark.django_db
def test_progress_is_reported_in_batches(save, monkeypatch):
    monkeypatch.setattr(postcode_loads, "BATCH", 2)
    heard = []

    postcode_loads.replace(
        directory_files.read(save({f"DT1 1X{letter}": {} for letter in "ABDEF"})), on_batch=heard.append
    )

    assert heard == [2, 4, 5]


def test_a_renamed_file_is_told_by_its_columns(save):
    nspl = directory_files.read(save({}, name="postcodes.csv"))
    onspd = directory_files.read(save({}, name="postcodes.csv", header=ONSPD_2025))

    assert (nspl.source, nspl.release) == ("National Statistics Postcode Lookup", "release not known")
    assert onspd.source == "ONS Postcode Directory"


def test_a_release_names_what_its_licence_asks_for():
    release = PostcodeRelease(source="National Statistics Postcode Lookup", release="November 2021")

    assert release.attributions == [
        "Contains OS data © Crown copyright and database right 2021",
        "Contains Royal Mail data © Royal Mail copyright and database right 2021",
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    ]


def test_the_reader_says_what_is_missing_without_a_database():
    with pytest.raises(NotADirectoryFile, match="no column for the postcode"):
        directory_files.find_columns(["a", "b"])
