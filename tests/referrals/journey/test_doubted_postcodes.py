"""A postcode that Royal Mail has ended, or that is not in our directory: asked about once, and never in the way."""

import re

import pytest

from hubs.models import Locality
from referrals.desk.story import Story
from referrals.models import Referral
from tests.factories.hubs import LocalityRuleFactory, PostcodeFactory
from tests.referrals.family import tell, url
from tests.referrals.journey.test_elsewhere import walk_on
from tests.referrals.journey.test_views import kept, words

pytestmark = pytest.mark.usefixtures("council")


@pytest.fixture
def ended():
    """DT4 7AA ended in June 2015, in a ward of the Chesil team."""
    LocalityRuleFactory(locality=Locality.objects.get(name="Chesil"), code="E05012708", name="Westham")
    return PostcodeFactory(code="DT47AA", ward="E05012708", ended=True)


def give(client, postcode, **more):
    return client.post(url("where"), {"home": "postcode", "postcode": postcode, **more})


def hidden(response):
    """Return what the page would send along: the value of each hidden box named `asked`."""
    return set(re.findall(r'name="asked" value="([^"]*)"', response.content.decode()))


def test_an_ended_postcode_is_asked_about_with_its_date_and_kept_in_the_box(client, ended):
    tell(client, until="where")

    response = give(client, "dt4 7aa")

    assert response.status_code == 200
    assert "Is DT4 7AA still your postcode?" in words(response)
    assert "Royal Mail stopped using it in June 2015" in words(response)
    assert "Or give another postcode" in words(response)
    assert "There is a problem" not in words(response)
    assert 'value="dt4 7aa"' in response.content.decode()
    assert hidden(response) == {"DT47AA"}
    assert "where" not in kept(client)


@pytest.mark.parametrize("typed", ["DT47AA", "dt4 7aa"], ids=["the button", "Continue once more"])
def test_saying_that_it_is_right_goes_on_and_is_kept(client, ended, typed):
    tell(client, until="where")

    response = give(client, typed, asked="DT47AA")

    assert response.url == url("story")
    assert kept(client)["where"] == {
        "home": "postcode",
        "postcode": "DT47AA",
        "served": True,
        "elsewhere": "",
        "site": "dorset",
        "checked": "ended",
    }
    assert "This goes to the Chesil Family Help team in Dorset. They check" in words(client.get(url("story")))


def test_another_postcode_may_be_given_instead(client, ended):
    PostcodeFactory(code="DT47AB", ward="E05012708")
    tell(client, until="where")

    assert give(client, "DT4 7AB", asked="DT47AA").url == url("story")

    assert "checked" not in kept(client)["where"]


def test_another_doubtful_postcode_is_asked_about_in_its_turn(client, ended):
    tell(client, until="where")

    response = give(client, "DT4 7ZZ", asked="DT47AA")

    assert "Is DT4 7ZZ right?" in words(response)
    assert hidden(response) == {"DT47ZZ"}


def test_people_may_still_have_no_address_or_a_secret_one(client, ended):
    tell(client, until="where")

    assert client.post(url("where"), {"home": "secret", "postcode": "DT4 7AA", "asked": "DT47AA"}).url == url(
        "town"
    )


def test_a_postcode_that_is_not_on_file_is_asked_about_once(client, ended):
    tell(client, until="where")

    response = give(client, "DT4 9ZZ")
    assert "Is DT4 9ZZ right?" in words(response)
    assert "It may be new, or a letter or number may be wrong" in words(response)

    assert give(client, "DT4 9ZZ", asked="DT49ZZ").url == url("story")
    assert kept(client)["where"]["checked"] == "unlisted"


def test_nothing_is_asked_where_no_directory_is_loaded(client):
    tell(client, until="where")

    assert give(client, "DT4 9ZZ").url == url("story")


def test_nothing_is_asked_of_a_postcode_that_a_team_has_by_name(client, ended):
    LocalityRuleFactory(locality=Locality.objects.get(name="Chesil"), kind="postcode", code="DT49ZZ")
    tell(client, until="where")

    assert give(client, "DT4 9ZZ").url == url("story")


def test_of_somebody_elses_family_it_is_asked_so(client, ended):
    tell(client, until="who")
    client.post(url("who"), {"asking_for": "another"})
    client.post(url("agreed"), {"family_agrees": "yes"})

    assert "Is DT4 7AA still the family’s postcode?" in words(give(client, "DT4 7AA"))


def test_changing_nothing_later_asks_nothing_again(client, ended):
    tell(client, until="where")
    give(client, "DT4 7AA", asked="DT47AA")

    page = client.get(url("where"))

    assert "Is DT4 7AA" not in words(page)
    assert hidden(page) == {"DT47AA"}


def test_the_team_is_told_why_to_check_the_area_and_what_the_family_said(client, ended):
    tell(client, until="where")
    give(client, "DT4 7AA", asked="DT47AA")
    walk_on(client)
    client.post("/help/check/")

    referral = Referral.objects.get()
    assert (referral.entries.get().locality.name, referral.routed_surely) == ("Chesil", False)
    story = Story(referral.entries.get(), referral.received_at)
    assert story.doubt_title == "Check the area"
    assert story.doubt == (
        "Ward Westham belongs to Chesil, but the postcode is no longer in use. "
        "They were asked, and say that they still use it"
    )
