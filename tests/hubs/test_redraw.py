"""One change of a council's areas: what a line says, what ends and begins, and that nothing is lost."""

import datetime

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubs.models import Boundary, BoundaryRelease, LocalityRule
from hubs.redraw import (
    Area,
    ChangedMeanwhile,
    UnreadableArea,
    area_in,
    areas_on,
    fingerprint,
    line_of,
    plan,
)
from tests.factories.hubs import CouncilFactory, LocalityFactory, LocalityRuleFactory, PostcodeFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 23)
APRIL = datetime.date(2027, 4, 1)
LAST_OF_MARCH = datetime.date(2027, 3, 31)
WEST, EAST = "E05012698", "E05012706"


@pytest.fixture
def dorset():
    return CouncilFactory(dorset=True)


@pytest.fixture
def chesil(dorset):
    return LocalityFactory(council=dorset, name="Chesil")


@pytest.fixture
def purbeck(dorset):
    return LocalityFactory(council=dorset, name="Purbeck")


@pytest.mark.parametrize(
    ("line", "area"),
    [
        ("E05012698", Area("ward", WEST)),
        ("e05012698 | Dorchester West", Area("ward", WEST, "Dorchester West")),
        (
            "E05012698\tDorchester  West\tNear the border",
            Area("ward", WEST, "Dorchester West", "Near the border"),
        ),
        ("E05012698 Dorchester West", Area("ward", WEST, "Dorchester West")),
        ("E05005645, Donington, Quadring", Area("ward", "E05005645", "Donington, Quadring")),
        ("E01032643 |  | touches BCP", Area("lsoa", "E01032643", "", "touches BCP")),
        ("E04003368 | Portland", Area("parish", "E04003368", "Portland")),
        ("dt4 7aa", Area("postcode", "DT47AA")),
        ("DT47AA", Area("postcode", "DT47AA")),
        ("DT1 1", Area("sector", "DT11")),
        ("DT11", Area("outcode", "DT11")),
        ("anywhere else", Area("council_default", "E06000059")),
        ("E06000059", Area("council_default", "E06000059")),
    ],
)
def test_a_line_names_an_area(dorset, line, area):
    assert area_in(line, dorset) == area


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Dorchester", "We cannot read “Dorchester”"),
        ("1 High Street, Dorchester DT1 1XJ", "We cannot read"),
        ("E12000009", "is not the code of a ward"),
        ("E06000058", "is the code of another council"),
        ("E07000136", "is the code of another council"),
        ("E05012698 | a | b | c", "too many parts"),
        ("E05012698 | " + "a" * 121, "The name of E05012698 is too long"),
        ("| Dorchester", "We cannot read “”"),
    ],
)
def test_a_line_that_names_none_says_what_to_write(dorset, line, problem):
    with pytest.raises(UnreadableArea, match=problem):
        area_in(line, dorset)


def draw(kind, code, name):
    Boundary.objects.create(
        release=BoundaryRelease.objects.create(source="test.geojson"),
        kind=kind,
        code=code,
        name=name,
        outline=shapely.to_wkb(shapely.box(-3, 50, -2, 51)),
    )


def test_a_drawn_area_is_named_by_its_code_once_it_is_on_the_map(dorset, chesil):
    with pytest.raises(UnreadableArea, match="No area called “North Quay” is on the map"):
        area_in("Drawn area North Quay", dorset)
    draw("polygon", "NORTHQUAY", "The North Quay")

    assert area_in("drawn area north quay", dorset) == Area("polygon", "NORTHQUAY")

    (begun,) = plan(dorset, TODAY, {chesil: [area_in("Drawn area North Quay", dorset)]}).begun
    assert line_of(begun) == "Drawn area NORTHQUAY | The North Quay"


def test_an_area_without_a_name_is_called_what_the_map_calls_it(dorset, chesil):
    draw("ward", WEST, "Dorchester West")

    assert [rule.name for rule in plan(dorset, TODAY, {chesil: [Area("ward", WEST)]}).begun] == [
        "Dorchester West"
    ]


def test_a_county_may_give_away_one_of_its_districts():
    county = CouncilFactory(ons_code="E10000019")

    assert area_in("E07000136 | East Lindsey", county).kind == "council_default"


@pytest.mark.parametrize(
    ("kind", "code", "line"),
    [
        ("sector", "DT11", "DT1 1"),
        ("outcode", "DT11", "DT11"),
        ("postcode", "DT47AA", "DT4 7AA"),
        ("council_default", "E06000059", "Anywhere else"),
    ],
)
def test_a_rule_is_written_as_it_is_read(dorset, chesil, kind, code, line):
    rule = LocalityRuleFactory(locality=chesil, kind=kind, code=code, name="", note="")

    assert line_of(rule) == line
    assert area_in(line, dorset) == Area(kind, code)


def drawn(dorset, day, **areas):
    """The plan in which teams, by slug, hold the areas of these lines."""
    teams = {team.slug: team for team in dorset.localities.all()}
    return plan(
        dorset, day, {teams[slug]: [area_in(line, dorset) for line in lines] for slug, lines in areas.items()}
    )


def test_nothing_changes_when_nothing_was_changed(dorset, chesil):
    LocalityRuleFactory(locality=chesil, code=WEST, name="Dorchester West", note="By the border")
    lines = {team.slug: [line_of(rule) for rule in rules] for team, rules in areas_on(dorset, TODAY).items()}

    assert drawn(dorset, TODAY, **lines).is_empty


def test_a_ward_that_moves_ends_the_day_before_and_begins_at_the_other_team(dorset, chesil, purbeck):
    old = LocalityRuleFactory(locality=chesil, code=WEST, name="Dorchester West")
    LocalityRuleFactory(locality=chesil, code=EAST, name="Rodwell")
    redraw = drawn(dorset, APRIL, chesil=[EAST], purbeck=[WEST])

    redraw.make(seen=fingerprint(dorset, APRIL))

    old.refresh_from_db()
    new = LocalityRule.objects.get(locality=purbeck)
    assert (old.locality, old.valid_to) == (chesil, LAST_OF_MARCH)
    assert (new.code, new.name, new.valid_from, new.valid_to) == (WEST, "Dorchester West", APRIL, None)
    assert [tuple(step) for step in redraw.steps] == [(f"{WEST} | Dorchester West", chesil, purbeck)]
    assert [rule.code for rule in areas_on(dorset, TODAY)[chesil]] == [WEST, EAST]
    assert [rule.code for rule in areas_on(dorset, APRIL)[chesil]] == [EAST]


def test_a_change_from_today_leaves_what_was_entered_for_april(dorset, chesil, purbeck):
    LocalityRuleFactory(locality=chesil, code=WEST)
    drawn(dorset, APRIL, purbeck=[WEST]).make(seen=fingerprint(dorset, APRIL))
    north = LocalityFactory(council=dorset, name="North")

    drawn(dorset, TODAY, north=[WEST]).make(seen=fingerprint(dorset, TODAY))

    held = [
        (rule.locality.name, rule.valid_from, rule.valid_to)
        for rule in LocalityRule.objects.order_by("valid_from")
    ]
    assert held == [
        ("Chesil", datetime.date(2020, 1, 1), TODAY - datetime.timedelta(days=1)),
        ("North", TODAY, LAST_OF_MARCH),
        ("Purbeck", APRIL, None),
    ]
    assert north.rules.get().name


def test_an_area_that_was_to_end_still_ends_when_it_changes_hands(dorset, chesil, purbeck):
    LocalityRuleFactory(locality=chesil, code=WEST, valid_to=LAST_OF_MARCH)

    drawn(dorset, TODAY, purbeck=[WEST]).make(seen=fingerprint(dorset, TODAY))

    assert purbeck.rules.get().valid_to == LAST_OF_MARCH


def test_a_rule_that_never_began_is_taken_away(dorset, chesil, purbeck):
    LocalityRuleFactory(locality=chesil, code=WEST, valid_to=LAST_OF_MARCH)
    LocalityRuleFactory(locality=purbeck, code=WEST, valid_from=APRIL)

    drawn(dorset, APRIL, chesil=[WEST]).make(seen=fingerprint(dorset, APRIL))

    assert not purbeck.rules.exists()
    assert [(rule.valid_from, rule.valid_to) for rule in chesil.rules.order_by("valid_from")] == [
        (datetime.date(2020, 1, 1), LAST_OF_MARCH),
        (APRIL, None),
    ]


def test_an_area_that_nobody_lists_any_more_ends(dorset, chesil):
    LocalityRuleFactory(locality=chesil, code=WEST, name="")

    redraw = drawn(dorset, APRIL, chesil=[])
    redraw.make(seen=fingerprint(dorset, APRIL))

    assert chesil.rules.get().valid_to == LAST_OF_MARCH
    assert [tuple(step) for step in redraw.steps] == [(WEST, chesil, None)]


def test_a_new_name_changes_no_dates_and_a_new_note_does(dorset, chesil):
    LocalityRuleFactory(locality=chesil, code=WEST, name="Dorch West")

    drawn(dorset, APRIL, chesil=[f"{WEST} | Dorchester West"]).make(seen=fingerprint(dorset, APRIL))
    assert [(rule.name, rule.valid_to) for rule in chesil.rules.all()] == [("Dorchester West", None)]

    drawn(dorset, APRIL, chesil=[f"{WEST} || By the border"]).make(seen=fingerprint(dorset, APRIL))
    assert [(rule.name, rule.note, rule.valid_to) for rule in chesil.rules.order_by("valid_from")] == [
        ("Dorchester West", "", LAST_OF_MARCH),
        ("Dorchester West", "By the border", None),
    ]


def test_what_changed_meanwhile_is_not_overwritten(dorset, chesil, purbeck):
    LocalityRuleFactory(locality=chesil, code=WEST)
    seen = fingerprint(dorset, TODAY)
    redraw = drawn(dorset, TODAY, purbeck=[WEST])
    LocalityRuleFactory(locality=chesil, code=EAST)

    with pytest.raises(ChangedMeanwhile):
        redraw.make(seen=seen)

    assert not purbeck.rules.exists()


def test_a_ward_that_another_council_took_meanwhile_stays_there(dorset, chesil, purbeck):
    LocalityRuleFactory(locality=chesil, code=EAST)
    redraw = drawn(dorset, TODAY, chesil=[WEST], purbeck=[EAST])
    LocalityRuleFactory(code=WEST, valid_from=TODAY)

    with pytest.raises(ChangedMeanwhile):
        redraw.make(seen=fingerprint(dorset, TODAY))

    assert [rule.valid_to for rule in chesil.rules.all()] == [None]
    assert not purbeck.rules.exists()


def test_another_councils_ward_is_not_taken(dorset, chesil):
    LocalityRuleFactory(code=WEST, name="", locality__name="Bilston", locality__council__name="Wolverhampton")

    assert drawn(dorset, TODAY, chesil=[WEST]).conflicts == [
        f"{WEST} already belongs to Bilston, Wolverhampton"
    ]


@pytest.fixture
def bilston():
    council = CouncilFactory(name="Wolverhampton", ons_code="E08000031")
    return LocalityFactory(council=council, name="Bilston")


def test_what_lies_in_another_council_served_here_cannot_be_taken(dorset, chesil, bilston):
    PostcodeFactory(code="DT11AA", ward=WEST)
    PostcodeFactory(code="WV140AA", ward="E05014839", lsoa="E01010492", district="E08000031")

    wanted = [WEST, "E05014839", "E01010492", "WV14 0AA", "WV14 0", "WV14", "E05099999"]
    redraw = drawn(dorset, TODAY, chesil=wanted)

    assert redraw.misplaced == [
        f"{code} lies in Wolverhampton, so no team of Dorset can have it" for code in wanted[1:-1]
    ]


def test_half_a_postcode_that_lies_in_both_councils_is_not_misplaced(dorset, chesil, bilston):
    PostcodeFactory(code="DT11AA", ward=WEST)
    PostcodeFactory(code="DT11AB", district="E08000031")

    assert drawn(dorset, TODAY, chesil=["DT1 1"]).misplaced == []


def test_a_council_takes_back_what_lies_in_it(dorset, chesil, bilston):
    PostcodeFactory(code="DT11AA", ward=WEST)
    taken = LocalityRuleFactory(locality=bilston, code=WEST, valid_to=LAST_OF_MARCH)
    LocalityRuleFactory(locality=bilston, code=WEST, valid_from=APRIL)

    redraw = drawn(dorset, TODAY, chesil=[WEST])
    redraw.make(seen=fingerprint(dorset, TODAY))

    taken.refresh_from_db()
    assert redraw.conflicts == []
    assert (redraw.steps[0].before, redraw.steps[0].after) == (bilston, chesil)
    assert taken.valid_to == TODAY - datetime.timedelta(days=1)
    assert [(rule.valid_from, rule.valid_to) for rule in chesil.rules.all()] == [(TODAY, None)]


def test_the_day_itself_and_every_later_change_are_looked_at(dorset, chesil, purbeck):
    PostcodeFactory(code="DT11AA", ward=WEST)
    PostcodeFactory(code="DT47AA", ward=EAST)
    LocalityRuleFactory(locality=chesil, code=WEST)
    LocalityRuleFactory(locality=chesil, code=EAST, valid_to=LAST_OF_MARCH)

    found = drawn(dorset, TODAY, purbeck=[WEST], chesil=[EAST]).coverages()

    assert [(each.day, each.is_whole) for each in found] == [(TODAY, True), (APRIL, False)]
    assert not LocalityRule.objects.filter(locality=purbeck).exists(), "looking saves nothing"


@pytest.mark.parametrize("saved", [True, False], ids=["one begins today already", "both are new"])
def test_two_catch_alls_of_one_day_overlap(dorset, saved):
    county = CouncilFactory(ons_code="E10000019")
    north, south = (LocalityFactory(council=county, slug=slug) for slug in ("north", "south"))
    PostcodeFactory(code="LN11YL", district="E07000138", county="E10000019", ward="E05010787")
    if saved:
        LocalityRuleFactory(
            locality=north, kind="council_default", code="E10000019", name="", valid_from=TODAY
        )
    wanted = {north: [area_in("Anywhere else", county)], south: [area_in("E07000138", county)]}

    (found,) = plan(county, TODAY, wanted).coverages()

    assert [set(patch.teams) for patch in found.overlaps] == [{north, south}]


CODES = [WEST, EAST, "E01032643", "DT4 7", "DT11", "DT4 7AA", "Anywhere else"]
DAYS = [TODAY, APRIL, datetime.date(2028, 4, 1)]
drawings = st.tuples(
    st.sampled_from(DAYS),
    st.dictionaries(st.sampled_from(CODES), st.sampled_from(["a", "b", "c"]), max_size=5),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(drawings, min_size=1, max_size=4))
def test_whatever_is_drawn_in_whatever_order_holds_from_its_day_and_no_code_has_two_teams(drawn_in_turn):
    council = CouncilFactory(dorset=True)
    teams = {name: LocalityFactory(council=council, name=name, slug=name) for name in "abc"}
    LocalityRule.objects.all().delete()

    for day, owners in drawn_in_turn:
        yesterday = day - datetime.timedelta(days=1)
        before = areas_on(council, yesterday)
        redraw = plan(
            council,
            day,
            {
                team: [area_in(line, council) for line, owner in owners.items() if owner == name]
                for name, team in teams.items()
            },
        )
        foreseen = {(rule.kind, rule.code, rule.locality_id) for rule in redraw.rules_on(day)}
        redraw.make(seen=fingerprint(council, day))

        after = areas_on(council, day)
        assert {line_of(rule): team.name for team, rules in after.items() for rule in rules} == owners
        assert foreseen == {
            (rule.kind, rule.code, team.pk) for team, rules in after.items() for rule in rules
        }
        assert areas_on(council, yesterday) == before
    for rule in LocalityRule.objects.all():
        rule.full_clean()
