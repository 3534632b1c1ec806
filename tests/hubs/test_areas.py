"""Which team gets a request, against `tests/data/routing.csv`, and what that costs.

The table says what we know of an address, which rules are in force, and which team must get it. Rows with a `source`
are facts about postcodes of area DT. Everywhere else only the codes and outcodes are facts: the postcodes stand in for
any that has them. `map` draws areas as strips from west to east of the address, `nearby` places other postcodes.
"""

import csv
import datetime
import re
from math import cos, radians
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hubs.areas import decide
from hubs.boundaries import METRES_PER_DEGREE
from hubs.geo import Point
from hubs.models import LocalityRule, Postcode
from hubs.postcodes import PostcodeError, normalise
from tests.factories.hubs import (
    BoundaryFactory,
    CouncilFactory,
    HubFactory,
    LocalityFactory,
    LocalityRuleFactory,
    OutcodeFactory,
    PostcodeFactory,
    TownFactory,
)

pytestmark = pytest.mark.django_db

CASES = list(csv.DictReader((Path(__file__).parent.parent / "data" / "routing.csv").open(encoding="utf-8")))

COUNCILS = {
    "Dorset": ("E06000059", "Chesil", "Dorchester", "East Dorset", "North Dorset", "Purbeck", "West Dorset"),
    "Wolverhampton": ("E08000031", "Bilston", "Bushbury, Low Hill & Pendeford"),
    "Lincolnshire": (
        "E10000019",
        "East Lindsey",
        "Lincoln & West Lindsey",
        "Boston & South Holland",
        "North & South Kesteven",
    ),
}

HERE = Point(50.71673, -2.4406)
"""Where every address of the table is put: only distances from it matter."""

EAST = re.compile(r"(\d+) m (east|west)")
RULE = re.compile(
    r"(?P<kind>postcode|lsoa|ward|parish|sector|outcode|polygon|council_default)"
    r" (?P<code>[EW]\d{8}|[A-Z]{1,2}\d{1,2}(?: \d[A-Z]{2}| \d)?|[A-Z]+)(?: (?P<name>[^=]+?))? = (?P<team>[^()]+?)"
    r"(?: \((?P<note>.+)\))?(?: from (?P<start>[\d-]+))?(?: to (?P<end>[\d-]+))?"
)
AREA = re.compile(
    r"(?P<kind>lsoa|ward|parish|polygon|district) (?P<code>\w+)(?: (?P<name>.+?))?(?: of (?P<district>\w+))?"
    r" from (?P<west>\d+ m \w+) to (?P<east>\d+ m \w+)"
)
NEARBY = re.compile(r"(?P<postcode>\S+ \S+) (?P<where>\d+ m \w+): (?P<facts>.+)")


@pytest.fixture
def teams():
    """The three councils with their teams, by name."""
    teams = {}
    for name, (code, *localities) in COUNCILS.items():
        council = CouncilFactory(name=name, ons_code=code)
        for locality in localities:
            teams[locality] = LocalityFactory(
                council=council, name=locality, slug=locality.split(",")[0].lower()
            )
        teams[f"{name} duty"] = LocalityFactory(council=council, name=f"{name} duty", is_duty=True)
    return teams


def read(pattern, text):
    """Return the parts of each of several things, set apart by semicolons, that all have one form."""
    for each in filter(None, text.split("; ")):
        found = pattern.fullmatch(each)
        assert found, f"Cannot read {each!r}"
        yield found.groupdict()


def longitude(words):
    """Return where "60 m east" is."""
    metres, side = EAST.fullmatch(words).groups()
    degrees = int(metres) / METRES_PER_DEGREE / cos(radians(HERE.latitude))
    return HERE.longitude + (degrees if side == "east" else -degrees)


def lay_rules(text, teams):
    for rule in read(RULE, text):
        LocalityRuleFactory(
            locality=teams[rule["team"]],
            kind=rule["kind"],
            code=rule["code"],
            name=rule["name"] or "",
            note=rule["note"] or "",
            valid_from=datetime.date.fromisoformat(rule["start"] or "2020-01-01"),
            valid_to=rule["end"] and datetime.date.fromisoformat(rule["end"]),
        )


def draw_map(text):
    for area in read(AREA, text):
        BoundaryFactory(
            kind=area["kind"],
            code=area["code"],
            name=area["name"] or area["code"],
            district=area["code"] if area["kind"] == "district" else area["district"] or "",
            west=longitude(area["west"]),
            east=longitude(area["east"]),
        )


def lay_place(case):
    """Put into the directory what the case says it holds: the postcode, another one or a town."""
    facts = dict(each.split(" ", 1) for each in case["directory"].split("; ") if each)
    if "town" in facts:
        codes = {name: facts.get(name, "") for name in ("outcode", "district", "ward")}
        TownFactory(name=facts["town"], latitude=HERE.latitude, longitude=HERE.longitude, **codes)
    elif facts:
        lay_postcode(facts.get("of", case["postcode"]), facts, HERE.longitude)
    for other in read(NEARBY, case["nearby"]):
        others = dict(each.split(" ", 1) for each in other["facts"].split(", "))
        lay_postcode(other["postcode"], others, longitude(other["where"]))


def lay_postcode(code, facts, east):
    PostcodeFactory(
        code=normalise(code),
        latitude=HERE.latitude,
        longitude=east,
        country=facts.get("country", "E92000001"),
        county=facts.get("county", ""),
        district=facts.get("district", ""),
        ward=facts.get("ward", ""),
        lsoa=facts.get("lsoa", ""),
        parish=facts.get("parish", ""),
        terminated=facts.get("ended", ""),
        quality=int(facts.get("quality", 1)),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["story"] for case in CASES])
def test_every_row_of_the_routing_table(case, teams):
    lay_rules(case["rules"], teams)
    draw_map(case["map"])
    lay_place(case)
    given = {
        "postcode": case["postcode"],
        "town": case["town"],
        "hub": HubFactory(name="Lodmoor Family Hub", team=teams[case["hub"]]) if case["hub"] else None,
        "point": HERE if case["point"] else None,
        "council": teams[f"{case['site']} duty"].council if case["site"] else None,
        "on": datetime.date.fromisoformat(case["on"] or "2026-11-22"),
    }

    if case["how"] == "error":
        with pytest.raises(PostcodeError) as problem:
            decide(**given)
        assert str(problem.value) == case["why"]
        return
    decision = decide(**given)

    assert {
        "council": decision.council.name if decision.council else "",
        "team": decision.locality.name if decision.locality else "",
        "how": str(decision.how),
        "sure": "yes" if decision.sure else "no",
        "why": decision.why,
        "served_by": decision.nation or (decision.served_by.name if decision.served_by else ""),
    } == {name: case[name] for name in ("council", "team", "how", "sure", "why", "served_by")}
    assert decision.out_of_area is (case["how"] == "out_of_area")


def test_the_routing_table_holds_every_kind_of_answer():
    assert {case["how"] for case in CASES} == {
        *{str(kind) for kind in LocalityRule.Kind},
        *("town", "hub", "duty", "out_of_area", "error"),
    }


@pytest.mark.parametrize("case", [c for c in CASES if c["postcode"]], ids=lambda case: case["story"])
def test_the_reason_never_holds_a_full_postcode(case):
    assert not re.search(r"\b[A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}\b", case["why"].replace("like DT1 1XJ", ""))


def test_a_ward_takes_four_queries(teams, django_assert_num_queries):
    """The postcode, whether the map has changed, the postcodes around it, and the rules for all of them."""
    LocalityRuleFactory(locality=teams["Chesil"], code="E05012698")
    PostcodeFactory(code="DT11XJ", ward="E05012698")
    PostcodeFactory(code="DT11XL", ward="E05012698", longitude=-2.4410)

    with django_assert_num_queries(4):
        decision = decide(postcode="DT1 1XJ")
        assert (decision.locality.name, decision.council.name) == ("Chesil", "Dorset")


@pytest.mark.parametrize(
    "postcode", ["DT1 1XJ", "DT1 1XL", "BH1 1AA", "BH21 9ZZ", "DT1", "DT99 9ZZ", "EH1 1AA"]
)
def test_no_answer_takes_more_than_seven_queries(teams, django_assert_max_num_queries, postcode):
    PostcodeFactory(code="DT11XJ")
    PostcodeFactory(code="BH11AA", district="E06000058")

    with django_assert_max_num_queries(7):
        decide(postcode=postcode, council=teams["Chesil"].council)


def test_a_known_outcode_without_a_team_is_out_of_area_on_any_site(teams):
    OutcodeFactory(code="M1", place="Manchester")

    assert decide(postcode="M1 1AE", council=teams["Chesil"].council).out_of_area


def test_a_team_on_leave_keeps_its_queue_and_says_who_covers(teams):
    LocalityRuleFactory(locality=teams["Chesil"], code="E05012698", name="Dorchester West")
    PostcodeFactory(code="DT11XJ", ward="E05012698")
    chesil = teams["Chesil"]
    chesil.cover, chesil.cover_from = teams["Purbeck"], datetime.date(2026, 11, 1)
    chesil.cover_to = datetime.date(2026, 11, 30)
    chesil.save()

    covered = decide(postcode="DT1 1XJ", on=datetime.date(2026, 11, 30))
    back = decide(postcode="DT1 1XJ", on=datetime.date(2026, 12, 1))

    assert (covered.locality, covered.covered_by) == (chesil, teams["Purbeck"])
    assert covered.why.endswith("(Purbeck covers for Chesil until 30 November 2026)")
    assert (back.locality, back.covered_by) == (chesil, None)
    assert "cover" not in back.why


def test_of_two_towns_with_one_name_the_one_that_the_site_serves_is_meant(teams):
    LocalityRuleFactory(locality=teams["East Lindsey"], kind="outcode", code="LN11")
    LocalityRuleFactory(locality=teams["Purbeck"], kind="outcode", code="BH20")
    TownFactory(name="Stoke", county="Dorset", outcode="BH20", ward="", district="")
    TownFactory(name="Stoke", county="Lincolnshire", outcode="LN11", ward="", district="")

    here = decide(town="Stoke", council=teams["East Lindsey"].council)
    by_county = decide(town="Stoke, Lincolnshire")

    assert here.locality == by_county.locality == teams["East Lindsey"]
    assert decide(town="Stoke", council=teams["Purbeck"].council).locality == teams["Purbeck"]


def test_a_council_without_a_duty_team_is_still_named():
    council = CouncilFactory()

    decision = decide(council=council)

    assert (decision.council, decision.locality) == (council, None)


def test_no_code_belongs_to_two_teams_on_one_day(teams):
    LocalityRuleFactory(locality=teams["Chesil"], code="E05012698", valid_to=datetime.date(2025, 12, 31))

    with pytest.raises(Exception, match="Chesil"):
        LocalityRuleFactory(
            locality=teams["Purbeck"], code="e05012698", valid_from=datetime.date(2025, 12, 31)
        )
    after = LocalityRuleFactory(
        locality=teams["Purbeck"], code="e05012698", valid_from=datetime.date(2026, 1, 1)
    )
    assert after.code == "E05012698"


def test_of_two_rules_that_slipped_in_for_one_day_the_newer_wins(teams):
    PostcodeFactory(code="DT11XJ", ward="E05012698")
    LocalityRule.objects.bulk_create(
        LocalityRule(
            locality=teams[name], kind="ward", code="E05012698", valid_from=datetime.date(year, 1, 1)
        )
        for name, year in [("Chesil", 2021), ("Purbeck", 2024), ("Dorchester", 2022)]
    )

    assert decide(postcode="DT1 1XJ").locality == teams["Purbeck"]


def test_the_command_prints_the_decision_and_why(teams, capsys):
    LocalityRuleFactory(locality=teams["Chesil"], code="E05012698", name="Dorchester West")
    PostcodeFactory(code="DT11XJ", ward="E05012698")

    call_command("route", "dt1 1xj")

    said = capsys.readouterr().out
    assert "Chesil, Dorset" in said
    assert "Ward Dorchester West belongs to Chesil" in said


def test_the_command_takes_a_place_on_the_map_and_names_the_council_next_door(capsys):
    BoundaryFactory(kind="district", code="E06000066", name="Somerset", district="E06000066")

    call_command("route", "--at", "50.75,-2.45")

    assert "There: Somerset Council, https://www.somerset.gov.uk/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "here"], "invalid point value"),
        (["banana"], "like DT1 1XJ"),
        (["--council", "atlantis"], "atlantis|exist"),
        ([], "like DT1 1XJ"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("route", *arguments)


def test_nothing_is_written_by_a_decision(teams):
    decide(postcode="DT1 1XJ", council=teams["Chesil"].council)

    assert not Postcode.objects.exists()
