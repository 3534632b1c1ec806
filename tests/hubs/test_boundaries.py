"""Boundaries on file: what a load replaces, and an index in memory that notices it."""

import pytest
import shapely
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from hubs import boundaries
from hubs.boundaries import Kind, chart, circle, load, rules_off_the_map
from hubs.boundary_files import Outline
from hubs.geo import Point, distance_m
from hubs.models import Boundary, BoundaryRelease
from tests.factories.hubs import BoundaryFactory, CouncilFactory, LocalityFactory, LocalityRuleFactory

pytestmark = pytest.mark.django_db

INSIDE, OUTSIDE = Point(50.75, -2.45), Point(50.75, -2.3)


def outline(code="E05012698", kind=Kind.WARD, district="E06000059", west=-2.5, name="Dorchester West"):
    return Outline(kind, code, name, district, shapely.box(west, 50.7, west + 0.1, 50.8))


def codes(point=INSIDE):
    return sorted(area.code for area in chart().at(point))


def test_a_point_is_found_in_everything_it_lies_in():
    load([outline(), outline("E06000059", Kind.DISTRICT), outline("BEACH", Kind.DRAWN, "")], "a.geojson")

    assert codes() == ["BEACH", "E05012698", "E06000059"]
    assert codes(OUTSIDE) == []
    assert [[area.code for area in here] for here in chart().at_each([OUTSIDE, INSIDE])] == [
        [],
        [area.code for area in chart().at(INSIDE)],
    ]
    assert chart().get("ward", "E05012698").name == "Dorchester West"
    assert chart().get("ward", "E05012699") is None


def test_nothing_on_file_is_nothing_found():
    assert codes() == []
    assert not chart()
    assert chart().touching(circle(INSIDE, 100)) == []


def test_the_index_is_made_once_and_made_again_after_each_load(django_assert_num_queries):
    load([outline()], "a.geojson")
    first = chart()
    with django_assert_num_queries(1):
        assert chart() is first

    load([outline(west=-2.35)], "b.geojson")

    assert codes() == []
    assert codes(OUTSIDE) == ["E05012698"]


def test_the_index_notices_what_somebody_else_deleted():
    load([outline(), outline("BEACH", Kind.DRAWN, "")], "a.geojson")
    assert codes() == ["BEACH", "E05012698"]

    Boundary.objects.filter(code="BEACH").delete()

    assert codes() == ["E05012698"]


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_rolled_back_leaves_the_index_as_it_was():
    load([outline()], "a.geojson")

    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), transaction.atomic():
        load([outline(west=-2.35)], "b.geojson")
        assert codes() == []
        raise Stopped

    assert codes() == ["E05012698"]


def test_a_load_replaces_the_wards_of_its_districts_and_no_others():
    load(
        [
            outline("E05012686", name="Bridport, old"),
            outline(),
            outline("E05014838", district="E08000031"),
            outline("E06000059", Kind.DISTRICT),
            outline("BEACH", Kind.DRAWN, ""),
        ],
        "2024.geojson",
    )

    changes = load([outline(), outline("E05015779"), outline("E05012699", west=-2.4)], "2025.geojson")

    assert (changes.new, changes.changed, changes.same, changes.gone) == (2, 0, 1, ["Bridport, old"])
    assert changes.summary() == "2 new, 0 changed, 1 as before, 1 gone: Bridport, old"
    assert codes() == ["BEACH", "E05012698", "E05014838", "E05015779", "E06000059"]


def test_a_drawn_area_replaces_only_itself():
    load([outline("BEACH", Kind.DRAWN, ""), outline("HARBOUR", Kind.DRAWN, "")], "a.geojson")

    changes = load([outline("BEACH", Kind.DRAWN, "", west=-2.35)], "b.geojson")

    assert (changes.new, changes.changed, changes.gone) == (0, 1, [])
    assert codes() == ["HARBOUR"]
    assert BoundaryRelease.objects.count() == 2


def test_a_release_of_which_nothing_is_left_is_forgotten():
    load([outline()], "a.geojson")
    load([outline()], "b.geojson")

    assert [release.source for release in BoundaryRelease.objects.all()] == ["b.geojson"]


def test_a_dry_run_says_the_same_and_changes_nothing():
    load([outline()], "a.geojson")

    changes = load([outline("E05015779")], "b.geojson", dry_run=True)

    assert (changes.new, changes.gone) == (1, ["Dorchester West"])
    assert codes() == ["E05012698"]


@pytest.mark.parametrize("latitude", [50.0, 52.5, 55.8])
def test_a_circle_is_round_on_the_ground(latitude):
    middle = Point(latitude, -2.0)

    for east, north in circle(middle, 100).exterior.coords:
        assert distance_m(middle, Point(north, east)) == pytest.approx(100, rel=0.001)


def test_rules_for_areas_that_are_not_on_the_map_are_named():
    dorset = LocalityFactory(council=CouncilFactory(dorset=True))
    lincolnshire = LocalityFactory(council=CouncilFactory(ons_code="E10000019"))
    gone = LocalityRuleFactory(locality=dorset, code="E05012686")
    LocalityRuleFactory(locality=dorset, code="E05012698")
    LocalityRuleFactory(locality=dorset, code="E05012688", valid_to="2021-03-31")
    boston = LocalityRuleFactory(locality=lincolnshire, code="E05009621")
    drawn = LocalityRuleFactory(locality=lincolnshire, kind="polygon", code="BEACH")
    here = [outline()]
    load(here, "a.geojson")
    today = timezone.localdate()

    assert rules_off_the_map(here, today) == [gone]
    assert rules_off_the_map([outline("X", district="E07000136")], today) == [boston]
    assert rules_off_the_map([outline("X", Kind.DRAWN, "")], today) == [drawn]


def test_the_command_names_rules_that_are_off_the_map(tmp_path, capsys):
    dorset = LocalityFactory(council=CouncilFactory(dorset=True), name="West Dorset")
    for number in range(7):
        LocalityRuleFactory(locality=dorset, code=f"E0501268{number}", name="Bridport")
    path = tmp_path / "wards.geojson"
    path.write_text(
        shapely.to_geojson(outline().shape).join(
            [
                '{"type": "Feature", "properties": {"WD25CD": "E05012698", "LAD25CD": "E06000059"}, "geometry": ',
                "}",
            ]
        )
    )

    call_command("load_boundaries", str(path))

    said = capsys.readouterr().out
    assert "7 rules for areas that are not on the map:\n  Ward E05012680 Bridport (West Dorset)" in said
    assert "and 2 more" in said


def test_another_process_sees_a_load_at_once():
    """Two processes are two memories: one that has an old index, and one that loads."""
    load([outline()], "a.geojson")
    assert codes() == ["E05012698"]
    elsewhere = boundaries._chart
    load([outline(west=-2.35)], "b.geojson")
    chart()
    boundaries._chart = elsewhere

    assert codes() == []
    assert BoundaryFactory().code in codes()
