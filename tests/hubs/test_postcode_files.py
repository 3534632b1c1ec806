"""Reading postcode directories, without a database."""

import random
import zipfile

import pytest

from hubs import postcode_files, postcode_ons
from hubs.postcode_files import NotADirectoryFile, UnreadableFile, Wanted
from tests.hubs.postcode_samples import (
    CODE_POINT,
    LAYOUTS,
    NOWHERE,
    NSPL_2021,
    NSPL_2026,
    ONSPD_2024,
    ONSPD_2025,
    code_point,
    code_point_archive,
    ons,
)


@pytest.fixture
def save(tmp_path):
    """Return a function that writes a file of a directory and gives its path."""

    def save(content, name="NSPL_NOV_2021_UK_DT.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


def rows(path, wanted=postcode_files.EVERYTHING):
    return list(postcode_files.read(path).rows(wanted))


def codes(path, **wanted):
    return [row.code for row in rows(path, Wanted(**wanted))]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_since_2021_is_read_alike(name, save):
    header, width, release = LAYOUTS[name]
    assert len(header.split(",")) == width

    path = save(ons(header, {"DT1 1XJ": {}, "DT10 1AA": {"doterm": "201506"}}), name)

    first, second = rows(path)
    assert first == (
        "DT11XJ", 50.716733, -2.440598, "E92000001", "", "E06000059", "E05012698", "E01032644",
        "E04012800" if "ONSPD" in name else "", "", 1,
    )  # fmt: skip
    assert (second.code, second.terminated) == ("DT101AA", "201506")
    directory = postcode_files.read(path)
    assert directory.release == release
    assert directory.source == (postcode_ons.ONSPD if "ONSPD" in name else postcode_ons.NSPL)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_and_the_case_of_columns_do_not_matter(seed, save):
    names = NSPL_2026.split(",")
    random.Random(seed).shuffle(names)

    shuffled = save(ons(",".join(names), {"DT1 1XJ": {}}).upper())

    assert rows(shuffled) == rows(save(ons(NSPL_2026, {"DT1 1XJ": {}}), "other.csv"))


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", [True, False])
def test_marks_line_endings_and_quotes_do_not_matter(bom, ending, quoted, save):
    path = save(ons(NSPL_2021, {"DT1 1XJ": {}, "DT1 1XL": {}}, bom=bom, ending=ending, quoted=quoted))

    assert codes(path) == ["DT11XJ", "DT11XL"]


def test_blank_lines_at_the_end_do_not_matter(save):
    assert codes(save(ons(NSPL_2021, {"DT1 1XJ": {}}) + b"\r\n\r\n")) == ["DT11XJ"]


def test_what_ons_writes_for_nothing_becomes_nothing(save):
    odd = {**NOWHERE, "ward": "E99999999", "lad": "W99999999", "lsoa": "", "cty": "E10000019"}

    [row] = rows(save(ons(NSPL_2021, {"DT1 1XJ": odd})))

    assert (row.latitude, row.longitude, row.quality) == (None, None, 9)
    assert (row.ward, row.district, row.lsoa, row.county) == ("", "", "", "E10000019")


@pytest.mark.parametrize(
    ("code", "pseudo"), [("IM1 1AA", "M99999999"), ("JE2 3AB", "L99999999"), ("GY1 1AA", "L99999999")]
)
def test_the_islands_come_without_a_place(code, pseudo, save):
    island = {**NOWHERE, "ctry": pseudo, "lad": pseudo, "ward": pseudo, "grid": ""}

    [row] = rows(save(ons(NSPL_2021, {code: island})))

    assert (row.code, row.latitude, row.country, row.district, row.quality) == (
        code.replace(" ", ""),
        None,
        "",
        "",
        9,
    )


def test_northern_ireland_comes_only_when_asked_for(save):
    path = save(ons(NSPL_2021, {"DT1 1XJ": {}, "BT1 1AA": {"ctry": "N92000002"}, "B1 1AA": {}}))

    assert codes(path) == ["DT11XJ", "B11AA"]
    assert codes(path, areas={"BT", "DT"}) == ["DT11XJ"]
    assert codes(path, northern_ireland=True) == ["DT11XJ", "BT11AA", "B11AA"]


def test_what_nobody_can_enter_is_left_out(save):
    path = save(ons(NSPL_2021, {"DT1 1XJ": {}, "GIR 0AA": NOWHERE, "NPT 0AA": {}, "ZZ9 9ZZ": {}}))

    assert codes(path) == ["DT11XJ"]


def test_only_the_areas_asked_for_are_read(save):
    path = save(ons(NSPL_2021, {"DT1 1XJ": {}, "D1 1AA": {}, "M1 1AE": {}, "ME1 1AA": {}}), "all.csv")

    assert codes(path, areas={"DT", "M"}) == ["DT11XJ", "M11AE"]


def test_a_renamed_file_is_told_by_its_columns(save):
    nspl = postcode_files.read(save(ons(NSPL_2021, {}), "postcodes.csv"))
    onspd = postcode_files.read(save(ons(ONSPD_2025, {}), "others.csv"))

    assert (nspl.source, nspl.release) == (postcode_ons.NSPL, "release not known")
    assert onspd.source == postcode_ons.ONSPD


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (NSPL_2026.replace("lad26cd", "lad"), "no column for the district"),
        (NSPL_2026.replace("wd26cd,", ""), "no column for the ward"),
        (NSPL_2026.replace("lsoa21cd", "lsoa31cd"), "no column for the LSOA"),
        (NSPL_2026.replace("rgn26cd", "lad25cd"), r"than one column for the district \(lad26cd, lad25cd\)"),
        (NSPL_2021.replace("rgn", "oslaua"), r"more than one column for the district \(laua, oslaua\)"),
        (NSPL_2026.replace("rgn26cd", "lat"), "more than one column for the latitude"),
        (NSPL_2026.replace("pcd7", "pcds"), r"more than one column for the postcode \(pcds, pcds\)"),
        (NSPL_2026.replace("msoa21cd", "lsoa21"), "more than one column for the LSOA"),
        (ONSPD_2025.replace("rgn25cd", "parncp24cd"), "more than one column for the parish"),
        ("DT1 1AA,368730,90722,E92000001", "no column for the postcode.*no column for the end date"),
    ],
)
def test_a_column_that_is_missing_or_doubled_is_named(header, message, save):
    with pytest.raises(NotADirectoryFile, match=message):
        postcode_files.read(save(header.encode() + b"\r\n"))


def test_the_census_of_2021_is_preferred(save):
    header = ONSPD_2024.replace("msoa21", "X")

    [row] = rows(save(ons(header, {"DT1 1XJ": {"lsoa": "E01033000"}})))

    assert row.lsoa == "E01033000"


@pytest.mark.parametrize(
    ("differing", "message"),
    [
        ({"lat": "north"}, "line 3: has a latitude or longitude that is not a number"),
        ({"lat": "nan"}, "line 3: has a position outside the United Kingdom"),
        ({"lat": "-2.44", "long": "50.7"}, "line 3: has a position outside"),
        ({"doterm": "June 2015"}, "line 3: has an end date"),
        ({"doterm": "201513"}, "line 3: has an end date"),
        ({"grid": "12"}, "line 3: has a positional quality"),
        ({"ward": "Rodwell & Wyke"}, "line 3: has an area code"),
        ({"pcds": "Dorchester"}, "line 3: does not begin with a postcode"),
    ],
)
def test_a_bad_line_is_named_without_its_content(differing, message, save):
    path = save(ons(NSPL_2021, {"DT1 1XJ": {}, "DT1 1XL": differing, "DT1 1XN": {}}))

    with pytest.raises(NotADirectoryFile, match=message) as refused:
        rows(path)

    assert "1XL" not in str(refused.value)
    assert "Wyke" not in str(refused.value)


def test_a_line_torn_off_is_named(save):
    torn = ons(NSPL_2021, {"DT1 1XJ": {}, "DT1 1XL": {}})[:-30]

    with pytest.raises(NotADirectoryFile, match=r"line 3: has [0-9]+ values where the header has 41"):
        rows(save(torn))


# Archives


@pytest.fixture
def archive(tmp_path):
    """Return a function that zips files up and gives the path."""

    def archive(files, name="download.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for member, content in files.items():
                made.writestr(member, content)
        return path

    return archive


def test_the_zip_as_published_is_read_from_its_one_big_file(archive):
    path = archive(
        {
            "Data/ONSPD_AUG_2025_UK.csv": ons(ONSPD_2025, {"DT1 1XJ": {}, "BH21 1AA": {}}),
            "Data/multi_csv/ONSPD_AUG_2025_UK_DT.csv": ons(ONSPD_2025, {"DT9 9ZZ": {}}),
            "Documents/BUA Built Up Area names and codes.csv": "code,name\r\n",
            "Documents/ONSPD_AUG_2025 notes.csv": "code,name\r\n",
            "__MACOSX/Data/._ONSPD_AUG_2025_UK.csv": "\x00",
        }
    )

    assert codes(path) == ["DT11XJ", "BH211AA"]
    assert postcode_files.read(path).release == "August 2025"


def test_a_zip_of_one_file_an_area_is_read_whole_or_by_area(archive):
    path = archive(
        {
            f"Data/multi_csv/NSPL21_NOV_2025_UK_{area}.csv": ons(NSPL_2021, {f"{area}1 1AA": {}})
            for area in ("B", "BH", "BT", "DT")
        }
    )

    assert codes(path) == ["B11AA", "BH11AA", "DT11AA"]
    assert codes(path, areas={"DT"}) == ["DT11AA"]
    assert codes(path, northern_ireland=True) == ["B11AA", "BH11AA", "BT11AA", "DT11AA"]


def test_a_file_that_somebody_zipped_is_found_whatever_it_is_called(archive):
    assert codes(archive({"postcodes.csv": ons(NSPL_2021, {"DT1 1XJ": {}})})) == ["DT11XJ"]


def test_columns_may_differ_from_file_to_file_but_not_be_missing(archive):
    good = {"Data/multi_csv/NSPL_NOV_2021_UK_BH.csv": ons(NSPL_2021, {"BH1 1AA": {}})}
    other = {"Data/multi_csv/NSPL_NOV_2021_UK_DT.csv": ons(NSPL_2026, {"DT1 1AA": {}})}
    lacking = {"Data/multi_csv/NSPL_NOV_2021_UK_DT.csv": ons(NSPL_2021.replace("ward", "w"), {"DT1 1AA": {}})}

    assert codes(archive({**good, **other})) == ["BH11AA", "DT11AA"]
    with pytest.raises(NotADirectoryFile, match="no column for the ward"):
        codes(archive({**good, **lacking}))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("NSPL.csv", b"", "is empty"),
        ("NSPL.csv", b"\xff\xfe\x00pcds", "not text in UTF-8"),
        ("NSPL.zip", b"PK\x03\x04 torn off", "NSPL.zip is a zip that is not whole"),
    ],
)
def test_a_file_that_is_no_directory_is_refused(name, content, message, save):
    with pytest.raises(UnreadableFile, match=message):
        rows(save(content, name))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match=r"There is no file .*nothing.csv"):
        postcode_files.read(tmp_path / "nothing.csv")


def test_an_archive_of_something_else_is_refused(archive):
    with pytest.raises(UnreadableFile, match="holds no NSPL, ONSPD or Code-Point Open"):
        postcode_files.read(archive({"roads.csv": "a", "rivers.csv": "b"}))


def test_a_zip_in_a_zip_is_named(archive):
    with pytest.raises(NotADirectoryFile, match=r"holds another zip, ONSPD.zip; unpack it and give that"):
        postcode_files.read(archive({"ONSPD.zip": b"PK", "read me.txt": "x"}))


@pytest.mark.parametrize("at", [0.3, 0.6])
def test_an_archive_damaged_on_the_way_is_refused(at, archive):
    path = archive(
        {"NSPL_NOV_2021_UK.csv": random.Random(1).randbytes(2000) + ons(NSPL_2021, {"DT1 1XJ": {}})}
    )
    damaged = bytearray(path.read_bytes())
    damaged[int(len(damaged) * at)] ^= 0xFF
    path.write_bytes(damaged)

    with pytest.raises(UnreadableFile, match=r"NSPL_NOV_2021_UK.csv"):
        rows(path)


def test_an_archive_under_a_password_is_refused(archive):
    path = archive({"NSPL_NOV_2021_UK.csv": ons(NSPL_2021, {"DT1 1XJ": {}})})
    locked = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + flags] |= 1
    path.write_bytes(locked)

    with pytest.raises(UnreadableFile, match=r"NSPL_NOV_2021_UK.csv is under a password"):
        rows(path)


# Code-Point Open


def test_code_point_open_is_told_by_its_lines_and_its_grid_references_become_degrees(tmp_path):
    path = code_point_archive(
        tmp_path / "codepo_gb.zip",
        {"dt": {"DT1 1XJ": {"EA": "368730", "NO": "90722"}}, "b": {"B1  1AA": {"CC": "E11000005"}}},
    )

    birmingham, dorchester = rows(path)

    assert dorchester.code == "DT11XJ"
    # The same point by the Ordnance Survey's own conversion, which is good to a centimetre.
    assert (dorchester.latitude, dorchester.longitude) == pytest.approx((50.715280, -2.444281), abs=0.00003)
    assert dorchester[3:] == ("E92000001", "", "E06000059", "E05012698", "", "", "", 1)
    assert (birmingham.code, birmingham.county) == ("B11AA", "E11000005")
    directory = postcode_files.read(path)
    assert (directory.source, directory.release) == ("OS Code-Point Open", "April 2026")


def test_the_conversion_agrees_with_the_ordnance_surveys_own_example(save):
    """Caister water tower, from "A guide to coordinate systems in Great Britain"."""
    [row] = rows(save(code_point({"NR30 5AA": {"EA": "651410", "NO": "313177"}}), "nr.csv"))

    assert (row.latitude, row.longitude) == pytest.approx((52.657977, 1.716038), abs=0.00004)


@pytest.mark.parametrize("padded", ["DT1 1XJ", "DT11XJ ", "DT1  1XJ", "DT11XJ"])
def test_code_point_pads_postcodes_in_more_than_one_way(padded, save):
    assert codes(save(code_point({padded: {}}), "dt.csv")) == ["DT11XJ"]


@pytest.mark.parametrize(
    ("theirs", "ours"), [("10", 1), ("20", 2), ("30", 3), ("40", 4), ("50", 5), ("60", 6)]
)
def test_code_points_qualities_are_read_as_those_of_ons(theirs, ours, save):
    [row] = rows(save(code_point({"DT1 1XJ": {"PQ": theirs}}), "dt.csv"))

    assert (row.quality, row.latitude is None) == (ours, False)


@pytest.mark.parametrize("blank", ["0", ""])
def test_code_points_that_lie_nowhere_have_no_position(blank, save):
    nowhere = {"PQ": "90", "EA": blank, "NO": blank, "DC": "", "WC": ""}

    [row] = rows(save(code_point({"DT1 1XJ": nowhere}), "dt.csv"))

    assert (row.latitude, row.longitude, row.quality, row.district) == (None, None, 9, "")


def test_code_point_of_one_area_needs_no_archive(save):
    directory = postcode_files.read(save(code_point({"DT1 1XJ": {}}), "dt.csv"))

    assert (directory.source, directory.release) == ("OS Code-Point Open", "release not known")


def test_more_lines_than_are_converted_at_once_stay_in_order(monkeypatch, save):
    monkeypatch.setattr("hubs.postcode_code_point.BATCH", 2)
    lines = {f"DT1 1X{letter}": {"EA": str(369000 + place)} for place, letter in enumerate("ABDEF")}

    found = rows(save(code_point(lines), "dt.csv"))

    assert [row.code for row in found] == ["DT11XA", "DT11XB", "DT11XD", "DT11XE", "DT11XF"]
    assert [row.longitude for row in found] == sorted(row.longitude for row in found)


def test_code_points_columns_are_read_by_name_when_the_archive_names_them(tmp_path):
    columns = ["PC", "PQ", "NO", "EA", "CY", "RH", "LH", "CC", "WC", "DC"]

    [row] = rows(code_point_archive(tmp_path / "codepo_gb.zip", {"dt": {"DT1 1XJ": {}}}, columns=columns))

    assert (row.district, row.ward) == ("E06000059", "E05012698")
    assert row.latitude == pytest.approx(50.717, abs=0.001)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["ZZ" if name == "DC" else name for name in CODE_POINT], r"no column for the district \(DC\)"),
        (
            ["EA" if name == "NO" else name for name in CODE_POINT],
            "no column for the northings.*more than one",
        ),
    ],
)
def test_code_points_columns_that_are_missing_or_doubled_are_named(columns, message, tmp_path):
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Data/CSV/dt.csv", code_point({"DT1 1XJ": {}}))
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", ",".join(columns))

    with pytest.raises(NotADirectoryFile, match=message):
        postcode_files.read(path)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"DT": 2}, r"Data/CSV/dt.csv should hold 2 postcodes and holds 1"),
        ({"DT": 1, "BH": 3}, "codepo_gb.zip has no file for BH"),
    ],
)
def test_an_archive_that_is_not_whole_by_its_own_count_is_refused(counts, message, tmp_path):
    path = code_point_archive(tmp_path / "codepo_gb.zip", {"dt": {"DT1 1XJ": {}}}, counts=counts)

    with pytest.raises(NotADirectoryFile, match=message):
        rows(path)


@pytest.mark.parametrize(
    ("differing", "message"),
    [
        ({"EA": "36.9"}, "line 2: has eastings or northings that are not whole metres"),
        ({"EA": "800000"}, "line 2: has eastings or northings outside Great Britain"),
        ({"PQ": "70"}, "line 2: has a positional quality that is none of Code-Point's"),
        ({"WC": "Rodwell & Wyke"}, "line 2: has an area code"),
    ],
)
def test_a_bad_line_of_code_point_is_named(differing, message, save):
    with pytest.raises(NotADirectoryFile, match=message):
        rows(save(code_point({"DT1 1XJ": {}, "DT1 1XL": differing}), "dt.csv"))


def test_a_line_of_code_point_that_is_too_short_is_named(save):
    with pytest.raises(NotADirectoryFile, match="line 2: has 3 values where 10 are usual"):
        rows(save(code_point({"DT1 1XJ": {}}) + b"DT1 1XL,10,369000\r\n", "dt.csv"))
