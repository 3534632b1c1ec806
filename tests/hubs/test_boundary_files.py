"""Reading outlines from GeoJSON, and saying plainly what is wrong with a file."""

import json
import os
import tracemalloc
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from hubs import boundary_files
from hubs.boundary_files import Kind, NotABoundaryFile, read, read_file
from hubs.models import Boundary

SQUARE = [[-2.5, 50.7], [-2.4, 50.7], [-2.4, 50.8], [-2.5, 50.8], [-2.5, 50.7]]
CODES = {"WD25CD": "E05012698", "WD25NM": "Dorchester West", "LAD25CD": "E06000059", "LAD25NM": "Dorset"}


def feature(*rings, kind="Polygon", **properties):
    """Return one area of a file: a square near Dorchester unless rings are given."""
    rings = [list(ring) for ring in rings] or [SQUARE]
    coordinates = rings if kind == "Polygon" else [[ring] for ring in rings]
    return {
        "type": "Feature",
        "properties": properties or CODES,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def geojson(*features, **more):
    return json.dumps(
        {"type": "FeatureCollection", "features": list(features or [feature()])} | more
    ).encode()


def moved(ring, east=0.0, north=0.0):
    return [[x + east, y + north] for x, y in ring]


def test_a_file_of_wards_as_the_statistics_office_publishes_them():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}

    [ward] = read(geojson(feature(), name="Wards", crs=crs))

    assert (ward.kind, ward.code, ward.name, ward.district) == (
        Kind.WARD,
        "E05012698",
        "Dorchester West",
        "E06000059",
    )
    assert ward.shape.bounds == (-2.5, 50.7, -2.4, 50.8)


@pytest.mark.parametrize(
    ("properties", "kind", "code", "name", "district"),
    [
        (
            {"LSOA21CD": "E01020556", "LSOA21NM": "Weymouth 008B", "LAD22CD": "E06000059"},
            "lsoa",
            None,
            None,
            None,
        ),
        ({"wd26cd": "E05012698", "wd26nm": "Dorchester West"}, "ward", "E05012698", "Dorchester West", ""),
        (
            {"PARNCP25CD": "E04003417", "PARNCP25NM": "Moreton", "LAD25CD": "E06000059"},
            "parish",
            None,
            None,
            None,
        ),
        ({"PAR23CD": "E04003417", "PAR23NM": "Moreton"}, "parish", "E04003417", "Moreton", ""),
        ({"LAD25CD": "E06000066", "LAD25NM": "Somerset"}, "district", "E06000066", "Somerset", "E06000066"),
        ({"CTYUA24CD": "E10000008", "CTYUA24NM": "Devon"}, "county", "E10000008", "Devon", "E10000008"),
        ({"name": "Chesil north"}, "polygon", "CHESILNORTH", "Chesil north", ""),
        ({"code": "ches 1", "name": "Chesil north"}, "polygon", "CHES1", "Chesil north", ""),
        ({"id": 7, "title": "Chesil north"}, "polygon", "7", "Chesil north", ""),
    ],
)
def test_the_columns_say_what_an_area_is(properties, kind, code, name, district):
    [area] = read(geojson(feature(**properties)))

    assert area.kind == kind
    if code:
        assert (area.code, area.name, area.district) == (code, name, district)
    else:
        assert area.code == next(iter(properties.values()))
        assert area.district == "E06000059"


def test_names_are_kept_as_databases_take_them():
    [area] = read(geojson(feature(name="  Chesil\0 \ud800north\n ")))

    assert (area.name, area.code) == ("Chesil north", "CHESILNORTH")


def test_the_kind_may_be_said_where_the_columns_do_not():
    [area] = read(geojson(feature(code="E05012698", name="Dorchester West")), Kind.WARD)

    assert (area.kind, area.code) == (Kind.WARD, "E05012698")


def test_one_area_by_itself_and_several_islands_are_read_too():
    [alone] = read(json.dumps(feature()).encode())
    [islands] = read(geojson(feature(SQUARE, moved(SQUARE, 0.3), kind="MultiPolygon")))

    assert (alone.code, islands.shape.geom_type) == ("E05012698", "MultiPolygon")


def test_heights_and_a_byte_order_mark_are_left_out():
    ring = [[x, y, 12.0] for x, y in SQUARE]

    [area] = read(b"\xef\xbb\xbf" + geojson(feature(ring)))

    assert not area.shape.has_z


def test_an_outline_that_touches_itself_in_a_point_is_sound():
    ring = [
        [-2.5, 50.7],
        [-2.4, 50.7],
        [-2.45, 50.75],
        [-2.4, 50.8],
        [-2.5, 50.8],
        [-2.45, 50.75],
        [-2.5, 50.7],
    ]

    [area] = read(geojson(feature(ring)))

    assert area.shape.is_valid
    assert area.shape.area == pytest.approx(0.005)


NORTHING = [[368730, 90722], [369730, 90722], [369730, 91722], [368730, 90722]]
SWAPPED = [[y, x] for x, y in SQUARE]
BOW_TIE = [[-2.5, 50.7], [-2.4, 50.8], [-2.4, 50.7], [-2.5, 50.81], [-2.5, 50.7]]
FLAT = [[-2.5, 50.7], [-2.4, 50.7], [-2.45, 50.7], [-2.5, 50.7]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not GeoJSON"),
        (b"\xff\xfe\x00", "not GeoJSON"),
        (b"[" * 100_000, "not GeoJSON"),
        (b"PK\x03\x04 and so on", "a zip or a shapefile"),
        (b"\x00\x00\x27\x0a and so on", "a zip or a shapefile"),
        (b"null", "must be a FeatureCollection"),
        (b"[1, 2]", "must be a FeatureCollection"),
        (b'{"type": "Topology"}', "must be a FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "no areas in the file"),
        (b'{"type": "FeatureCollection", "features": []}', "no areas in the file"),
        (b'{"type": "FeatureCollection", "features": [7]}', "has no name and no code"),
        (geojson(feature(colour="red")), "Area 1 has no name and no code"),
        (
            geojson({"type": "Feature", "properties": CODES, "geometry": None}),
            "“Dorchester West” has no outline",
        ),
        (
            geojson(feature(kind="Polygon") | {"geometry": {"type": "Polygon", "coordinates": []}}),
            "has no outline",
        ),
        (
            geojson(feature() | {"geometry": {"type": "Point", "coordinates": [-2.4, 50.7]}}),
            "is a Point, not an area",
        ),
        (geojson(feature() | {"geometry": {"type": "LineString", "coordinates": SQUARE}}), "not an area"),
        (geojson(feature() | {"geometry": {"type": "Polygon"}}), "cannot be read"),
        (geojson(feature() | {"geometry": {"type": "Polygon", "coordinates": "x"}}), "cannot be read"),
        (geojson(feature([["a", "b"], [1, 2], [2, 3], ["a", "b"]])), "cannot be read"),
        (geojson(feature([[None, 1], [1, 2], [2, 3], [None, 1]])), "cannot be read"),
        (geojson(feature([*SQUARE[:3], [float("nan"), 50.8], SQUARE[0]])), "cannot be read"),
        (geojson(feature([*SQUARE[:3], [float("inf"), 50.8], SQUARE[0]])), "cannot be read"),
        (geojson(feature(SQUARE[:2])), "cannot be read"),
        (geojson(feature(FLAT)), "has no area"),
        (geojson(feature(BOW_TIE)), r"“Dorchester West” crosses itself near 50.7\d+, -2.4\d+"),
        (geojson(feature(SQUARE, moved(SQUARE, 0.05), kind="MultiPolygon")), "crosses itself"),
        (geojson(feature(SWAPPED)), "latitude and longitude the wrong way round"),
        (geojson(feature(NORTHING)), "may be in eastings and northings"),
        (geojson(feature(moved(SQUARE, 20))), "outside the United Kingdom"),
        (
            geojson(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}),
            r"in urn:ogc:def:crs:EPSG::27700. Save the file as GeoJSON in WGS84",
        ),
        (geojson(crs="EPSG:3857"), "in an unnamed system"),
        (geojson(feature(), feature()), "“Dorchester West” is in the file twice"),
        (
            geojson(feature(name="Chesil north"), feature(name="Chesil, North")),
            "two areas have the code CHESILNORTH",
        ),
        (geojson(feature(code="X" * 21, name="Long")), "longer name or code"),
        (geojson(feature(code="X", name="L" * 121)), "longer name or code"),
    ],
)
def test_what_is_wrong_is_said_plainly(data, said):
    with pytest.raises(NotABoundaryFile, match=said) as problem:
        read(data)

    assert str(problem.value)[0] == "“" or str(problem.value)[0].isupper()


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch, tmp_path):
    path = tmp_path / "huge.geojson"
    path.write_bytes(geojson())
    monkeypatch.setattr(boundary_files, "LARGEST_MB", 0.0001)

    for reading in (lambda: read(path.read_bytes()), lambda: read_file(path)):
        with pytest.raises(NotABoundaryFile, match="larger than"):
            reading()


@pytest.mark.parametrize("filling", [b"[],", b"{},", b"1,", b'"ab",'])
def test_a_file_of_brackets_and_commas_is_refused_before_it_takes_many_times_its_size(filling):
    bulk = b'{"type": "FeatureCollection", "features": [' + filling * 8_000_000 + b"[]]}"
    tracemalloc.start()

    with pytest.raises(NotABoundaryFile, match="too many corners in the file"):
        read(bulk)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_folder_and_a_device_are_refused(tmp_path):
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(NotABoundaryFile, match="give one file"):
            read_file(path)


def test_more_areas_than_there_are_wards_are_refused(monkeypatch):
    monkeypatch.setattr(boundary_files, "MOST_AREAS", 1)

    with pytest.raises(NotABoundaryFile, match="more than 1 areas"):
        read(geojson(feature(name="One"), feature(name="Two")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "properties", "geometry", "coordinates"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_any_json_is_read_or_refused_in_words(geometry, properties):
    each = {"type": "Feature", "geometry": geometry, "properties": properties}
    shaped = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": geometry},
        "properties": CODES,
    }
    for document in (geometry, each, {"type": "FeatureCollection", "features": [shaped]}):
        try:
            read(json.dumps(document).encode())
        except NotABoundaryFile as problem:
            assert len(str(problem)) < 300


@pytest.mark.django_db
def test_the_command_loads_a_file_and_says_what_it_did(tmp_path, capsys):
    path = tmp_path / "wards.geojson"
    path.write_bytes(geojson())

    call_command("load_boundaries", str(path), dry_run=True)
    assert not Boundary.objects.exists()
    call_command("load_boundaries", str(path))
    call_command("load_boundaries", str(path))

    said = capsys.readouterr().out
    assert "1 areas (Ward): 1 new, 0 changed, 0 as before, 0 gone\nNothing was changed" in said
    assert "1 areas (Ward): 0 new, 0 changed, 1 as before, 0 gone" in said
    assert Boundary.objects.get().release.source == "wards.geojson"


@pytest.mark.django_db
def test_the_command_loads_nothing_of_a_file_with_one_bad_area(tmp_path):
    path = tmp_path / "wards.geojson"
    path.write_bytes(geojson(feature(), feature(SWAPPED, WD25CD="E05012699", WD25NM="Other")))

    with pytest.raises(CommandError, match="wrong way round"):
        call_command("load_boundaries", str(path))
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("load_boundaries", str(tmp_path / "none.geojson"))

    assert not Boundary.objects.exists()
