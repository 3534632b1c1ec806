"""The report of a county's areas and a check of a change, out of a whole country's postcodes. `POSTCODES=100000`."""

import os

import shapely
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubs import coverage, redraw
from hubs.models import Boundary, BoundaryRelease, Council, Locality, LocalityRule, PostcodeRelease
from tests.bench.measuring import Row, measure
from tests.factories.hubs import CouncilFactory, LocalityFactory, UserFactory
from tests.signin import sign_in

RUNS = 5
OURS = 25_000
"""Live postcodes of the county: as many as Lincolnshire has."""
DISTRICTS, WARDS, LSOAS, TEAMS = 7, 210, 420, 5


def run() -> list[Row]:
    postcodes = int(os.environ.get("POSTCODES", "2700000"))
    county = CouncilFactory(name="Lincolnshire", ons_code="E10000019")
    _teams(county)
    _postcodes(postcodes)
    client = sign_in(Client(), UserFactory(superuser=True))
    page = reverse("areas:coverage", args=[county.pk])
    rows = [
        measure(f"{OURS:,} of {postcodes:,} postcodes", [lambda: coverage.live_addresses(county)] * RUNS),
        measure("the report, as a page", [lambda: client.get(page)] * RUNS),
        measure("check of a change", [lambda: _change(county).coverages()] * RUNS),
    ]
    _outlines()
    return [*rows, measure("the report, with outlines of wards", [lambda: client.get(page)] * RUNS)]


def _teams(county: Council) -> list[Locality]:
    teams = [LocalityFactory(council=county, name=f"Team {number}") for number in range(TEAMS)]
    LocalityRule.objects.bulk_create(
        LocalityRule(locality=teams[number % TEAMS], kind="ward", code=f"E0501{number:04}")
        for number in range(WARDS - 1)
    )
    return teams


def _postcodes(rows: int) -> None:
    """Fill the table in one statement. The county's come first; every third postcode has ended."""
    release = PostcodeRelease.objects.create(source="Generated", release="Bench", rows=rows)
    series = "SELECT n FROM generate_series(0, %s) AS numbers(n)"
    if connection.vendor == "sqlite":
        series = (
            "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) "
            "SELECT n FROM numbers"
        )
    ours = f"n < {OURS * 3 // 2}"
    text = "CAST({} AS text)".format
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hubs_postcode (code, latitude, longitude, country, county, district, ward, lsoa, parish, "
            "terminated, quality, release_id) SELECT "
            f"substr('LMNPRS', n / 1000000 + 1, 1) || substr({text('1000000 + n %% 1000000')}, 2), "
            "52.7 + n %% 10007 * 7919 %% 10007 / 10007.0, -0.8 + n %% 9973 * 104729 %% 9973 / 9000.0, 'E92000001', "
            f"CASE WHEN {ours} THEN 'E10000019' ELSE 'E99999999' END, "
            f"CASE WHEN {ours} THEN 'E0700013' || {text(f'n %% {DISTRICTS}')} ELSE 'E0600000' || {text('n %% 9')} END, "
            f"'E0501' || substr({text(f'10000 + n %% {WARDS}')}, 2), "
            f"'E0100' || substr({text(f'10000 + n %% {LSOAS}')}, 2), '', "
            f"CASE WHEN n %% 3 = 0 THEN '202001' ELSE '' END, 1, %s FROM ({series}) AS each_number",
            [release.pk, rows - 1],
        )


def _change(county: Council) -> redraw.Redraw:
    """The change in which the first team gives all it has to the second."""
    held = redraw.areas_on(county, timezone.localdate())
    first, second, *_ = held
    wanted = {
        team: [redraw.Area(LocalityRule.Kind(rule.kind), rule.code) for rule in rules]
        for team, rules in held.items()
    }
    wanted[second] += wanted.pop(first)
    return redraw.plan(county, timezone.localdate(), wanted)


def _outlines() -> None:
    """Draw each ward as a square of its own with 500 corners."""
    release = BoundaryRelease.objects.create(source="bench")
    Boundary.objects.bulk_create(
        Boundary(
            release=release,
            kind="ward",
            code=f"E0501{number:04}",
            name=f"Ward {number}",
            district=f"E0700013{number % DISTRICTS}",
            outline=shapely.to_wkb(_square(-0.8 + number % 15 / 14, 52.7 + number // 15 / 14)),
        )
        for number in range(WARDS)
    )


def _square(west: float, south: float) -> shapely.Geometry:
    return shapely.box(west, south, west + 1 / 14, south + 1 / 14).segmentize(4 / 14 / 500)
