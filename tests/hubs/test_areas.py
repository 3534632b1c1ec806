"""Which team gets a request, against `tests/data/routing.csv`, and what that costs."""

import csv
import datetime
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hubs.areas import decide
from hubs.models import LocalityRule, Postcode
from hubs.postcodes import PostcodeError, normalise
from tests.factories.hubs import (
    CouncilFactory,
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
    "Wolverhampton": ("E08000031", "Bilston", "Wednesfield"),
    "Lincolnshire": (
        "E10000019",
        "East Lindsey",
        "Lincoln & West Lindsey",
        "Boston & South Holland",
        "North & South Kesteven",
    ),
}

RULE = re.compile(
    r"(?P<kind>postcode|lsoa|ward|parish|sector|outcode|council_default)"
    r" (?P<code>[EW]\d{8}|[A-Z]{1,2}\d{1,2}(?: \d[A-Z]{2}| \d)?)(?: (?P<name>[^=]+?))? = (?P<team>[^()]+?)"
    r"(?: \((?P<note>.+)\))?(?: from (?P<start>[\d-]+))?(?: to (?P<end>[\d-]+))?"
)


@pytest.fixture
def teams():
    """The three councils with their teams, by name."""
    teams = {}
    for name, (code, *localities) in COUNCILS.items():
        council = CouncilFactory(name=name, ons_code=code)
        for locality in localities:
            teams[locality] = LocalityFactory(council=council, name=locality)
        teams[f"{name} duty"] = LocalityFactory(council=council, name=f"{name} duty", is_duty=True)
    return teams


def lay_rules(text, teams):
    for each in filter(None, text.split("; ")):
        rule = RULE.fullmatch(each)
        assert rule, f"Cannot read the rule {each!r}"
        LocalityRuleFactory(
            locality=teams[rule["team"]],
            kind=rule["kind"],
            code=rule["code"],
            name=rule["name"] or "",
            note=rule["note"] or "",
            valid_from=datetime.date.fromisoformat(rule["start"] or "2020-01-01"),
            valid_to=rule["end"] and datetime.date.fromisoformat(rule["end"]),
        )


def lay_place(case):
    """Put into the directory what the case says it holds: the postcode, a neighbour of it or a town."""
    facts = dict(each.split(" ", 1) for each in case["directory"].split("; ") if each)
    codes = {name: facts.get(name, "") for name in ("outcode", "district", "ward")}
    if "town" in facts:
        TownFactory(name=facts["town"], **codes)
        return
    PostcodeFactory(
        code=normalise(facts.get("neighbour", case["postcode"])),
        country=facts.get("country", "E92000001"),
        county=facts.get("county", ""),
        district=codes["district"],
        ward=codes["ward"],
        lsoa=facts.get("lsoa", ""),
        parish=facts.get("parish", ""),
        terminated=facts.get("ended", ""),
        quality=int(facts.get("quality", 1)),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["story"] for case in CASES])
def test_every_row_of_the_routing_table(case, teams):
    lay_rules(case["rules"], teams)
    if case["directory"]:
        lay_place(case)
    given = {
        "postcode": case["postcode"],
        "town": case["town"],
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
    } == {name: case[name] for name in ("council", "team", "how", "sure", "why")}
    assert decision.out_of_area is (case["how"] == "out_of_area")


def test_the_routing_table_holds_every_kind_of_answer():
    assert {case["how"] for case in CASES} == {
        *{str(kind) for kind in LocalityRule.Kind if kind != "polygon"},
        *("town", "duty", "out_of_area", "error"),
    }


@pytest.mark.parametrize("case", [c for c in CASES if c["postcode"]], ids=lambda case: case["story"])
def test_the_reason_never_holds_a_full_postcode(case):
    assert not re.search(r"\b[A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}\b", case["why"].replace("like DT1 1XJ", ""))


def test_a_ward_takes_two_queries(teams, django_assert_num_queries):
    LocalityRuleFactory(locality=teams["Chesil"], code="E05012698")
    PostcodeFactory(code="DT11XJ", ward="E05012698")

    with django_assert_num_queries(2):
        decision = decide(postcode="DT1 1XJ")
        assert (decision.locality.name, decision.council.name) == ("Chesil", "Dorset")


def test_no_answer_takes_more_than_five_queries(teams, django_assert_max_num_queries):
    for postcode in ["DT1 1XJ", "BH1 1AA", "DT1", "EH1 1AA"]:
        with django_assert_max_num_queries(5):
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["banana"], "like DT1 1XJ"), (["--council", "atlantis"], "atlantis|exist"), ([], "like DT1 1XJ")],
)
def test_the_command_says_what_is_wrong(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("route", *arguments)


def test_nothing_is_written_by_a_decision(teams):
    decide(postcode="DT1 1XJ", council=teams["Chesil"].council)

    assert not Postcode.objects.exists()
