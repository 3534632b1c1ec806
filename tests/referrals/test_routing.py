"""From answers to a desk, once: what was decided and why is kept as it was."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from hubs.models import Boundary, Locality, LocalityRule, Postcode
from hubs.postcodes import NotAPostcode, PostcodeError
from referrals import routing
from referrals.models import Referral
from tests.factories.hubs import (
    BoundaryFactory,
    HubFactory,
    LocalityFactory,
    LocalityRuleFactory,
    PostcodeFactory,
    TownFactory,
)
from tests.referrals.family import dorset
from tests.referrals.test_submission import send

HOME = {"home": "postcode", "postcode": "DT1 1XJ", "site": "dorset"}


@pytest.fixture(autouse=True)
def _here(db):
    """Everything happens in one council, with teams for DT1 and DT4 and a duty team."""
    dorset()


def test_a_postcode_goes_where_its_ward_belongs_and_says_so():
    PostcodeFactory()
    LocalityRuleFactory(
        locality=Locality.objects.get(name="Chesil"), code="E05012698", name="Dorchester West"
    )

    to = routing.destination(HOME)

    assert (to.locality.name, to.how, to.sure) == ("Chesil", "ward", True)
    assert to.why == "Ward Dorchester West belongs to Chesil"
    assert not to.to_pass_on


@pytest.mark.parametrize("typed", ["GIR 0AA", "banana", "DT4 9Z0", "", "DT4"])
def test_what_cannot_be_read_is_never_placed_on_a_guess(typed):
    with pytest.raises(NotAPostcode):
        routing.destination(HOME | {"postcode": typed})


@pytest.mark.parametrize(
    ("site", "team"), [("dorset", "Duty"), ("", None), ("gone", None)], ids=["site", "several", "gone"]
)
def test_an_outcode_nobody_knows_goes_to_the_duty_team_of_the_councils_own_site(site, team):
    where = HOME | {"postcode": "DT99 9ZZ", "site": site}

    if team is None:
        with pytest.raises(routing.OutOfArea) as out:
            routing.destination(where)
        assert out.value.elsewhere == ""
    else:
        assert routing.destination(where).locality.name == team


@pytest.mark.parametrize(
    ("chosen", "team", "how"),
    [
        ("Weymouth, Dorset", "Chesil", "town"),
        ("Nowhere", "Dorchester", "town"),
        ("hub:maumbury", "Dorchester", "hub"),
        ("council:dorset", "Duty", "duty"),
    ],
)
def test_people_without_a_postcode_choose_a_town_a_hub_or_somewhere_else(chosen, team, how):
    TownFactory(name="Nowhere", county="", outcode="DT1", ward="")
    HubFactory(team=Locality.objects.get(name="Dorchester"), slug="maumbury")

    to = routing.destination({"home": "no_fixed"}, {"town": chosen})

    assert (to.locality.name, to.how, to.sure) == (team, how, False)


@pytest.mark.parametrize("chosen", ["Atlantis", "hub:atlantis", "council:atlantis"])
def test_a_place_that_has_gone_says_so(chosen):
    with pytest.raises(routing.NOT_A_PLACE):
        routing.destination({"home": "no_fixed"}, {"town": chosen})


@pytest.mark.parametrize(
    ("where", "offered"),
    [
        ({"served": False, "elsewhere": "E06000058", "site": "dorset"}, True),
        ({"served": False, "elsewhere": "", "site": "dorset"}, True),
        ({"served": False, "elsewhere": "Wales", "site": "dorset"}, False),
        ({"served": False, "elsewhere": "E06000058", "site": ""}, False),
        ({"served": True, "elsewhere": "", "site": "dorset"}, False),
        ({"served": False}, False),
        ({}, False),
    ],
)
def test_passing_on_is_offered_within_england_on_a_councils_own_site(where, offered):
    assert routing.may_be_passed_on(where) is offered


@pytest.fixture
def unsure():
    """A request placed by its ward, with another team's ward 50 metres away."""
    PostcodeFactory()
    for name, code in (("Chesil", "E05012698"), ("Dorchester", "E05012696")):
        LocalityRuleFactory(locality=Locality.objects.get(name=name), code=code, name=f"Ward of {name}")
    BoundaryFactory(code="E05012698", west=-2.45, east=-2.4399)
    BoundaryFactory(code="E05012696", west=-2.4399, east=-2.42)
    return send(where=HOME | {"served": True, "elsewhere": ""})


def change_everything():
    """Take away all that the decision was made from, and put other things in its place."""
    LocalityRule.objects.all().delete()
    Boundary.objects.all().delete()
    Postcode.objects.update(ward="E05012711", terminated="202601")
    other = LocalityFactory(council=Locality.objects.get(name="Chesil").council, name="Purbeck")
    LocalityRuleFactory(locality=other, code="E05012711", valid_from=datetime.date(2020, 1, 1))


WHY = "Ward Ward of Chesil belongs to Chesil, but Dorchester's area begins close by"


def test_the_decision_and_its_reason_are_kept_with_the_request(unsure):
    kept = Referral.objects.get()

    assert (kept.routed_how, kept.routed_surely, kept.routed_why) == ("ward", False, WHY)
    routed = kept.events.get(kind="routed")
    assert routed.facts == {"locality": unsure.entries.get().locality.pk, "how": "ward", "sure": False}
    assert b"Chesil" not in bytes(kept.routed_why_ct)


def test_nothing_decides_anew_when_rules_map_and_directory_change(unsure):
    before = Referral.objects.values().get()

    change_everything()
    with pytest.raises(CommandError):  # Nobody works in these teams.
        call_command("sweep")

    assert Referral.objects.values().get() == before
    assert unsure.entries.get().locality.name == "Chesil"
    assert Referral.objects.get().routed_why == WHY
    assert routing.destination(HOME).locality.name == "Purbeck"


def test_a_postcode_that_has_gone_since_it_was_typed_is_not_placed_silently():
    with pytest.raises(PostcodeError):
        send(where=HOME | {"postcode": "GIR0AA", "served": True})

    assert not Referral.objects.exists()


@pytest.mark.parametrize("county", ["", "Dorset", "Dorset DT2", "Bournemouth, Christchurch and Poole"])
def test_a_chosen_town_is_found_whatever_its_county_is_called(county):
    TownFactory(name="Stoke", county="Devon")
    town = TownFactory(name="Stoke", county=county)

    assert routing.find_town(str(town)) == town
