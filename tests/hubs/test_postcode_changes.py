"""What a load says it changes."""

import datetime

import pytest
from django.core.management import call_command

from hubs import postcode_files, postcode_loads
from hubs.models import LocalityRule
from hubs.postcode_loads import Doubtful
from tests.factories.hubs import CouncilFactory, LocalityFactory, LocalityRuleFactory
from tests.hubs.postcode_samples import NOWHERE, NSPL_2021, ONSPD_2025, code_point, ons

pytestmark = pytest.mark.django_db
Kind = LocalityRule.Kind


@pytest.fixture
def load(tmp_path):
    """Return a function that loads rows and returns the changes."""

    def load(rows, *, header=NSPL_2021, areas=(), **options):
        path = tmp_path / "postcodes.csv"
        path.write_bytes(ons(header, rows))
        return postcode_loads.replace(postcode_files.read(path), postcode_files.Wanted(areas), **options)

    return load


def test_a_first_load_is_all_new(load):
    changes = load({"DT1 1XJ": {}, "DT1 1XL": {"doterm": "201506"}, "BH1 1AA": {}})

    assert (changes.areas, changes.kept_areas) == (("BH", "DT"), ())
    assert (changes.rows, changes.ended_rows, changes.new, changes.gone) == (3, 1, 3, 0)


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        ({}, {"doterm": "202601"}, {"ended"}),
        ({"doterm": "201506"}, {}, set()),
        ({}, {"ward": "E05015779"}, {"ward"}),
        ({}, {"lad": "E06000066"}, {"council"}),
        ({}, {"cty": "E10000019"}, {"council"}),
        ({}, {"ward": "E05015779", "lad": "E06000066"}, {"ward", "council"}),
        ({"doterm": "201506"}, {"doterm": "201506", "ward": "E05015779", "lad": "E06000066"}, set()),
        ({}, {"lsoa": "E01099999"}, set()),
        ({}, {"lat": "50.721133"}, set()),  # 489 m
        ({}, {"lat": "50.721333"}, {"moved"}),  # 511 m
        ({}, {"long": "-2.447598"}, set()),  # 493 m
        ({}, {"long": "-2.447898"}, {"moved"}),  # 514 m
        ({}, {"lat": "50.720033", "long": "-2.445698"}, {"moved"}),  # 512 m
        ({}, {"lat": "50.719733", "long": "-2.445298"}, set()),  # 469 m
        ({}, NOWHERE, set()),
        (NOWHERE, {}, set()),
    ],
)
def test_each_change_is_counted_as_what_it_is(before, after, counted, load):
    load({"DT1 1XJ": before})

    changes = load({"DT1 1XJ": after})

    kinds = ("new", "gone", "ended", "moved", "ward", "council")
    assert {kind for kind in kinds if getattr(changes, kind)} == counted
    assert all(getattr(changes, kind) == 1 for kind in counted)


@pytest.mark.parametrize("latitude", [49.2, 54.0, 60.8])
def test_no_move_is_too_far_north_or_south_to_be_noticed(latitude, load, monkeypatch):
    """Just over 500 m to every side of the compass."""
    monkeypatch.setattr("hubs.postcode_changes.FARTHEST_MIDDLE_M", 2_000_000)
    # Metres per degree on the sphere; the cosines of 49.2, 54 and 60.8 degrees.
    north, east = 505 / 111_195, 505 / 111_195 / {49.2: 0.6534, 54.0: 0.5878, 60.8: 0.4879}[latitude]
    letters = "ABDEFGHJ"
    sides = [(1, 0), (-1, 0), (0, 1), (0, -1), (0.71, 0.71), (0.71, -0.71), (-0.71, 0.71), (-0.71, -0.71)]
    load({f"DT1 1X{letter}": {"lat": str(latitude)} for letter in letters})

    changes = load(
        {
            f"DT1 1X{letter}": {"lat": str(latitude + north * up), "long": str(-2.440598 + east * right)}
            for letter, (up, right) in zip(letters, sides, strict=True)
        }
    )

    assert changes.moved == len(sides)


def test_what_is_left_alone_is_neither_new_nor_gone(load):
    load({"DT1 1XJ": {}, "BH1 1AA": {}, "BH1 1AB": {}})

    changes = load({"DT1 1XL": {}})

    assert (changes.rows, changes.new, changes.gone, changes.kept_areas) == (1, 1, 1, ("BH",))


# Rules


@pytest.fixture
def rule():
    """Return a function that gives the Chesil team a rule."""
    chesil = LocalityFactory(name="Chesil", council=CouncilFactory(dorset=True))
    return lambda kind, code, **more: LocalityRuleFactory(locality=chesil, kind=kind, code=code, **more)


@pytest.mark.parametrize(
    ("kind", "code", "after"),
    [
        (Kind.WARD, "E05012698", {"ward": "E05015779"}),
        (Kind.LSOA, "E01032644", {"lsoa": "E01099999"}),
        (Kind.PARISH, "E04012800", {"parish": "E04099999"}),
        (Kind.COUNCIL_DEFAULT, "E06000059", {"lad": "E06000066"}),
        (Kind.COUNCIL_DEFAULT, "E10000019", {"cty": "E99999999"}),
        (Kind.POSTCODE, "DT1 1XJ", {"pcds": "DT1 1XL"}),
        (Kind.SECTOR, "DT1 1", {"pcds": "DT1 2XJ"}),
        (Kind.OUTCODE, "DT1", {"pcds": "DT2 1XJ"}),
    ],
)
def test_a_rule_whose_code_the_release_no_longer_has_is_named(kind, code, after, rule, load):
    rule(kind, code, name="Somewhere")
    before = {"cty": "E10000019"}
    load({"DT1 1XJ": before}, header=ONSPD_2025)

    same = load({"DT1 1XJ": before}, header=ONSPD_2025)
    changes = load({"DT1 1XJ": {**before, **after}}, header=ONSPD_2025)

    assert (same.rules_gone, same.rules_unknown) == ((), ())
    [named] = changes.rules_gone
    assert "Somewhere" in named
    assert "Chesil, Dorset" in named
    assert changes.rules_unknown == ()


def test_a_whole_postcode_is_not_printed(rule, load):
    rule(Kind.POSTCODE, "DT1 1XJ", name="")
    load({"DT1 1XJ": {}})

    assert load({"DT1 1XL": {}}).rules_gone == ("Postcode DT1 (Chesil, Dorset)",)


def test_a_code_that_other_areas_still_have_is_not_gone(rule, load):
    rule(Kind.WARD, "E05012698")
    rule(Kind.POSTCODE, "BH1 1AA")
    load({"DT1 1XJ": {}, "BH1 1AA": {}})

    changes = load({"DT1 1XJ": {"ward": "E05015779"}})

    assert (changes.rules_gone, changes.rules_unknown) == ((), ())


def test_a_code_that_was_never_on_file_is_told_apart(rule, load):
    rule(Kind.WARD, "E05099999", name="Nowhere")

    changes = load({"DT1 1XJ": {}})

    assert changes.rules_gone == ()
    assert changes.rules_unknown == ("Ward Nowhere, E05099999 (Chesil, Dorset)",)


def test_a_council_with_no_postcode_in_the_file_is_not_asked_after(load):
    """Lincolnshire's wards are no business of the file of Dorchester."""
    lincolnshire = LocalityFactory(council=CouncilFactory(name="Lincolnshire", ons_code="E10000019"))
    LocalityRuleFactory(locality=lincolnshire, code="E05099999", name="Fenside")

    assert load({"DT1 1XJ": {}}).rules_unknown == ()
    assert len(load({"DT1 1XJ": {}, "LN1 1YL": {"cty": "E10000019"}}).rules_unknown) == 1


@pytest.mark.parametrize(
    ("kind", "code"), [(Kind.POSTCODE, "BH19 1AA"), (Kind.SECTOR, "BH19 1"), (Kind.OUTCODE, "BH19")]
)
def test_a_rule_for_postcodes_of_an_area_that_is_not_in_the_file_is_not_named(kind, code, rule, load):
    """Half of Dorset is in BH and SP, of which the file of DT says nothing."""
    rule(kind, code)

    assert load({"DT1 1XJ": {}}).rules_unknown == ()
    assert len(load({"DT1 1XJ": {}, "BH21 1AA": {}}).rules_unknown) == 1


def test_a_rule_of_a_council_whose_areas_are_kept_or_were_never_loaded_is_not_named(load):
    for name, code, ward in (("Lincolnshire", "E10000019", "E05010787"), ("Kent", "E10000016", "E05099999")):
        team = LocalityFactory(council=CouncilFactory(name=name, ons_code=code))
        LocalityRuleFactory(locality=team, code=ward)
        LocalityRuleFactory(locality=team, kind=Kind.COUNCIL_DEFAULT, code=code)
    load({"LN1 1YL": {"cty": "E10000019", "lad": "E07000138", "ward": "E05010787"}, "DT1 1XJ": {}})

    changes = load({"DT1 1XJ": {"ward": "E05015779"}})

    assert (changes.rules_gone, changes.rules_unknown) == ((), ())


def test_england_is_whole_once_every_area_with_homes_in_it_is_on_file(load, monkeypatch):
    monkeypatch.setattr("hubs.postcode_changes.ENGLAND", {"DT", "BH"})

    assert not load({"DT1 1XJ": {}}).whole
    assert load({"BH1 1AA": {}}).whole
    assert load({"DT1 1XJ": {}}).whole


def test_rules_that_have_ended_and_drawn_areas_are_not_named(rule, load):
    rule(Kind.WARD, "E05099999", valid_to=datetime.date(2021, 3, 31))
    LocalityRule.objects.bulk_create(
        [LocalityRule(locality=LocalityFactory(), kind=Kind.POLYGON, code="drawn")]
    )

    changes = load({"DT1 1XJ": {}})

    assert (changes.rules_gone, changes.rules_unknown) == ((), ())


def test_a_directory_without_parishes_or_census_areas_says_which_rules_that_leaves_empty(
    rule, load, tmp_path
):
    rule(Kind.PARISH, "E04012800", name="Chickerell")
    rule(Kind.LSOA, "E01032644", name="Dorset 001A")
    load({"DT1 1XJ": {}}, header=ONSPD_2025)
    path = tmp_path / "dt.csv"
    path.write_bytes(code_point({"DT1 1XJ": {}}))

    changes = postcode_loads.replace(postcode_files.read(path))

    assert [name.split(",")[0] for name in changes.rules_gone] == ["LSOA Dorset 001A", "Parish Chickerell"]


def test_the_command_names_rules_and_shortens_long_lists(rule, load, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("hubs.management.commands.load_postcodes.RULES_SHOWN", 1)
    rule(Kind.WARD, "E05012698", name="Dorchester West")
    rule(Kind.WARD, "E05099998", name="Nowhere")
    rule(Kind.WARD, "E05099999", name="Neverland")
    load({"DT1 1XJ": {}})
    path = tmp_path / "postcodes.csv"
    path.write_bytes(ons(NSPL_2021, {"DT1 1XJ": {"ward": "E05015779"}}))

    call_command("load_postcodes", str(path))

    said = capsys.readouterr().out
    assert (
        "1 rules whose code was on file until now:\n  Ward Dorchester West, E05012698 (Chesil, Dorset)"
        in said
    )
    assert "2 rules whose code is not on file:\n  Ward N" in said
    assert "  and 1 more\nOnly a part of England is on file: what these rules speak of may lie" in said


def test_the_command_speaks_of_other_parts_of_england_only_while_they_are_missing(
    rule, load, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr("hubs.postcode_changes.ENGLAND", {"DT"})
    rule(Kind.WARD, "E05099999", name="Neverland")
    path = tmp_path / "postcodes.csv"
    path.write_bytes(ons(NSPL_2021, {"DT1 1XJ": {}}))

    call_command("load_postcodes", str(path))

    said = capsys.readouterr().out
    assert "Neverland" in said
    assert "part of England" not in said


# Doubts


@pytest.fixture
def two_are_many(monkeypatch):
    """Make the smallest number of postcodes that may be odd 1, so that samples can be small."""
    monkeypatch.setattr("hubs.postcode_changes.FEWEST", 1)


def test_an_area_that_lost_many_of_its_live_postcodes_is_doubted(two_are_many, load):
    load({"DT1 1XJ": {}, "DT1 1XL": {}, "DT1 1XN": {}, "BH1 1AA": {}})

    with pytest.raises(Doubtful, match=r"^DT has 1 live postcodes and had 3$"):
        load({"DT1 1XJ": {}, "DT1 1XL": {"doterm": "202601"}, "BH1 1AA": {}})


def test_ended_postcodes_may_go_as_they_do_in_code_point(two_are_many, load):
    load({"DT1 1XJ": {}, **{f"DT1 1X{letter}": {"doterm": "201506"} for letter in "ABDE"}})

    assert load({"DT1 1XJ": {}}).gone == 4


def test_many_that_moved_are_doubted(two_are_many, load):
    load({"DT1 1XJ": {}, "DT1 1XL": {}})

    with pytest.raises(Doubtful, match=r"^2 postcodes moved over 500 m$"):
        load({"DT1 1XJ": {"lat": "50.73"}, "DT1 1XL": {"lat": "50.73"}})


def test_an_area_that_lies_elsewhere_is_doubted(load):
    """As it does when eastings are taken for northings."""
    with pytest.raises(Doubtful, match="the postcodes of DT lie far from where they should"):
        load({"DT1 1XJ": {"lat": "53.1", "long": "-6.5"}})


def test_a_dry_run_tells_its_doubts_and_goes_on(load):
    changes = load({"DT1 1XJ": {"lat": "53.1", "long": "-6.5"}}, dry_run=True)

    assert changes.doubts == ("the postcodes of DT lie far from where they should",)
