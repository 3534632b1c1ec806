"""Families who live where no council of ours is: told who helps them there, and asked whether to pass it on."""

import re

import pytest
from wagtail.models import Site

from cms.models import SiteBrand
from hubs.models import Locality
from referrals import submission
from referrals.models import Draft, Referral
from tests.factories.hubs import (
    CouncilFactory,
    HubFactory,
    LocalityFactory,
    LocalityRuleFactory,
    OutcodeFactory,
    PostcodeFactory,
    TownFactory,
)
from tests.referrals.family import POSTS, tell, url, walk
from tests.referrals.journey.test_views import errors, kept, words
from tests.referrals.test_submission import send

pytestmark = pytest.mark.usefixtures("council")
NOWHERE_KEPT = {"home": "postcode", "postcode": "", "served": False, "site": ""}


@pytest.fixture
def bournemouth():
    """A postcode of Bournemouth, Christchurch and Poole."""
    return PostcodeFactory(code="BH213AA", district="E06000058", ward="E05012650")


def ask(client, typed):
    tell(client, until="where")
    return client.post(url("where"), {"postcode": typed})


@pytest.mark.parametrize(
    ("typed", "nation", "said", "link"),
    [
        ("EH1 1AA", "Scotland", "In Scotland the council where you live helps", "mygov.scot"),
        ("CF10 1AA", "Wales", "Family Information Service", "gov.wales"),
        ("BT1 1AA", "Northern Ireland", "Family Support Hubs", "familysupportni.gov.uk"),
        ("JE2 3XP", "Jersey", "Children and Families Hub", "gov.je"),
        ("GY1 1AA", "Guernsey", "States of Guernsey", "gov.gg"),
        ("IM1 1AA", "the Isle of Man", "On the Isle of Man", "gov.im"),
        ("GX11 1AA", "Gibraltar", "In Gibraltar", "gibraltar.gov.gi"),
    ],
)
def test_every_nation_has_its_own_answer_and_nothing_is_kept(client, typed, nation, said, link):
    response = ask(client, typed)

    assert response.url == "/help/p/4/"
    assert kept(client)["where"] == NOWHERE_KEPT | {"elsewhere": nation}
    page = client.get(response.url)
    assert "We help people in England only" in words(page)
    assert said in words(page)
    assert link in page.content.decode()


def test_another_council_is_named_and_linked_and_may_be_asked_to_take_it(client, bournemouth):
    response = ask(client, "BH21 3AA")

    assert response.url == url("pass-on")
    page = client.get(response.url)
    assert "Bournemouth, Christchurch and Poole Council helps people where you live" in words(page)
    assert 'href="https://www.bcpcouncil.gov.uk/"' in page.content.decode()
    assert kept(client)["where"]["postcode"] == "BH213AA"


def test_an_answer_is_needed(client, bournemouth):
    ask(client, "BH21 3AA")

    assert errors(client.post(url("pass-on"), {})) == [
        "Select yes if you would like us to pass your request on"
    ]


def test_no_forgets_the_postcode_and_ends_in_advice(client, bournemouth):
    ask(client, "BH21 3AA")

    response = client.post(url("pass-on"), {"pass_on": "no"})

    assert response.url == "/help/p/4/"
    assert kept(client)["where"] == NOWHERE_KEPT | {"elsewhere": "E06000058"}
    assert "pass-on" not in kept(client)
    page = client.get(response.url)
    assert "Bournemouth, Christchurch and Poole Council helps people where you live" in words(page)
    assert "Nothing has been sent, and we do not keep your postcode" in words(page)
    assert 'href="https://www.bcpcouncil.gov.uk/"' in page.content.decode()
    assert client.get(url("pass-on")).url == "/help/p/4/"


def test_yes_goes_to_the_duty_team_to_be_passed_on(client, council, bournemouth):
    ask(client, "BH21 3AA")
    assert client.post(url("pass-on"), {"pass_on": "yes"}).url == url("story")
    assert "They pass it on to Bournemouth, Christchurch and Poole Council" in words(client.get(url("story")))

    walk_on(client)
    assert "They pass it on to Bournemouth" in words(client.get("/help/check/"))
    sent = client.get(client.post("/help/check/").url)

    assert "Bournemouth, Christchurch and Poole Council helps people where you live" in words(sent)
    referral = Referral.objects.get()
    assert referral.entries.get().locality.is_duty
    assert (referral.council, referral.routed_how, referral.routed_surely) == (council, "out_of_area", False)
    assert referral.routed_why == (
        "The address is in the area of Bournemouth, Christchurch and Poole Council. They ask us to pass this on to "
        "Bournemouth, Christchurch and Poole Council, https://www.bcpcouncil.gov.uk/"
    )
    assert referral.contact["address"] == {
        "home": "postcode",
        "postcode": "BH213AA",
        "town": "",
        "secret": False,
        "pass_on_to": "E06000058",
    }


def test_the_receipt_says_who_has_it_who_gets_it_by_when_and_what_to_do_otherwise(client, bournemouth):
    sent = words(send_to_pass_on(client, "BH21 3AA"))

    them = "Bournemouth, Christchurch and Poole Council"
    assert f"{them} helps people where you live. We pass your request on to them, as you asked" in sent
    assert "Who has it Family Help duty team in Dorset" in sent
    assert re.search(rf"passes it on to {them} by 5pm on \w+day \d+ \w+", sent)
    assert "By then we also get in touch with you" in sent
    assert "If nobody has been in touch by then Please ring us on 01632 960003" in sent
    assert f"You can also ask {them} yourself" in sent


def test_the_receipt_is_honest_when_we_cannot_tell_whose_area_it_is(client):
    sent = words(send_to_pass_on(client, "SW1A 1AA"))

    assert "Another council may be the one that helps where you live. We find out which" in sent
    assert "passes it on to the council where you live by" in sent
    assert "You can also ask" not in sent


def test_the_receipt_of_somebody_who_will_ring_promises_no_call(client, bournemouth):
    sent = words(send_to_pass_on(client, "BH21 3AA", way={"way": "ring"}))

    assert "passes it on to Bournemouth, Christchurch and Poole Council by 5pm" in sent
    assert "We do not contact you first" in sent
    assert "get in touch" not in sent
    assert "Someone will contact you" not in sent


def test_somebody_who_will_ring_is_not_told_that_we_let_them_know(client, bournemouth):
    ask(client, "BH21 3AA")
    client.post(url("pass-on"), {"pass_on": "yes"})
    walk_on(client)
    assert "let you know in the way you choose" in words(client.get("/help/check/"))

    client.post(url("way"), {"way": "ring"})

    assert "let you know" not in words(client.get("/help/check/"))


def send_to_pass_on(client, postcode, **changed):
    """Walk from another council's postcode to the receipt, and return that page."""
    ask(client, postcode)
    client.post(url("pass-on"), {"pass_on": "yes"})
    for slug, data in (POSTS | changed).items():
        if list(POSTS).index(slug) >= list(POSTS).index("story"):
            client.post(url(slug), data)
    return client.get(client.post("/help/check/").url)


def walk_on(client):
    for slug in list(POSTS)[list(POSTS).index("story") :]:
        assert client.post(url(slug), POSTS[slug]).status_code == 302, slug


def test_another_postcode_asks_anew(client, bournemouth):
    ask(client, "BH21 3AA")
    client.post(url("pass-on"), {"pass_on": "yes"})
    PostcodeFactory(code="DT93AA", district="E06000066")

    client.post(url("where"), {"postcode": "DT9 3AA"})

    assert "pass-on" not in kept(client)
    assert "Somerset Council helps" in words(client.get(url("pass-on")))


def test_a_postcode_of_ours_after_one_elsewhere_goes_on_as_if_nothing_were(client, bournemouth):
    ask(client, "BH21 3AA")
    client.post(url("pass-on"), {"pass_on": "yes"})

    client.post(url("where"), {"postcode": "DT4 9ZZ"})

    assert "This goes to the Chesil Family Help team" in words(client.get(url("story")))


def test_where_we_cannot_tell_the_council_we_offer_to_find_out(client):
    response = ask(client, "SW1A 1AA")

    assert response.url == url("pass-on")
    page = client.get(response.url)
    assert "Another council may be the one that helps where you live" in words(page)
    assert "https://www.gov.uk/find-local-council" in page.content.decode()
    client.post(url("pass-on"), {"pass_on": "yes"})
    assert "They pass it on to the council where you live" in words(client.get(url("story")))


def test_a_site_of_several_councils_offers_nothing_and_keeps_nothing(client, bournemouth):
    CouncilFactory()

    response = ask(client, "BH21 3AA")

    assert response.url == "/help/p/4/"
    assert kept(client)["where"] == NOWHERE_KEPT | {"elsewhere": "E06000058"}
    assert "Bournemouth, Christchurch and Poole Council" in words(client.get(response.url))


def test_nobody_is_told_that_we_do_not_know_the_council_when_we_do_not(client):
    CouncilFactory()

    page = client.get(ask(client, "SW1A 1AA").url)

    assert "Another council helps people where you live" in words(page)
    assert "https://www.gov.uk/find-local-council" in page.content.decode()


def test_an_outcode_nobody_knows_goes_to_the_duty_team_of_the_site(client):
    assert ask(client, "DT99 9ZZ").url == url("story")
    assert "This goes to the Family Help duty team" in words(client.get(url("story")))
    assert kept(client)["where"]["site"] == "dorset"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("GIR 0AA", "Nobody lives at that postcode"),
        ("ZZ99 3VZ", "Nobody lives at that postcode"),
        ("DT4 9Z0", "Check the last two letters of your postcode"),
        ("DT4", "Enter all of your postcode"),
        ("DT4 9ZZ, was DT1 1XJ", "Enter one postcode, like DT1 1XJ. That is more than one"),
        ("BFPO 57", "That is a Forces (BFPO) address"),
        ("BF1 3AA", "That is a Forces (BFPO) address"),
        ("FIQQ 1ZZ", "That postcode is in the Falkland Islands"),
        ("banana", "Enter a full UK postcode, like DT1 1XJ. If you do not have one, press"),
        ("Weymouth", "Enter a full UK postcode, like DT1 1XJ. If you do not have one, press"),
    ],
)
def test_what_is_no_home_in_england_is_asked_for_again_and_kept_in_the_box(client, typed, said):
    response = ask(client, typed)

    assert response.status_code == 200
    assert errors(response)[0].startswith(said)
    assert f'value="{typed}"' in response.content.decode()
    assert "where" not in kept(client)


@pytest.mark.parametrize("typed", ["GIR 0AA", "ZZ99 3VZ", "BFPO 57", "BF1 3AA", "FIQQ 1ZZ", "AB", "Weymouth"])
def test_nobody_is_told_to_enter_a_town_where_only_a_postcode_is_taken(client, typed):
    response = ask(client, typed)

    [error] = errors(response)
    assert "press “I have no fixed address” to choose a town instead" in error
    assert "or town" not in error
    assert "or the town" not in error
    assert "Or ring the family hubs in Dorset on 01632 960003" in words(response)
    assert client.post(url("where"), {"home": "no_fixed", "postcode": typed}).url == url("town")


def test_a_rule_made_meanwhile_takes_the_request_in(council, bournemouth):
    east = Locality.objects.get(name="Chesil")
    LocalityRuleFactory(locality=east, kind="ward", code="E05012650", name="Bearwood & Merley")
    where = {
        "home": "postcode",
        "postcode": "BH213AA",
        "served": False,
        "elsewhere": "E06000058",
        "site": "dorset",
    }
    referral = send(where=where, pass_on={"pass_on": "yes"})

    assert referral.entries.get().locality == east


def test_nothing_is_stored_without_the_family_asking(council, bournemouth):
    where = {
        "home": "postcode",
        "postcode": "BH213AA",
        "served": False,
        "elsewhere": "E06000058",
        "site": "dorset",
    }
    with pytest.raises(submission.Unfinished):
        send(where=where)

    assert not Referral.objects.exists()


def test_a_posted_no_before_any_address_breaks_nothing(client):
    response = client.post(url("pass-on"), {"pass_on": "no"})

    assert response.url == "/help/again/"
    assert Draft.objects.count() == 1
    tell(client, until="where")
    assert client.post(url("pass-on"), {"pass_on": "no"}).url == url("where")


@pytest.mark.parametrize("home", ["no_fixed", "secret"])
def test_people_without_a_postcode_may_choose_the_hub_they_go_to(client, council, home):
    team = Locality.objects.get(name="Dorchester")
    hub = HubFactory(team=team, name="Maumbury Family Hub")
    hidden = HubFactory(team=team, draft=True)
    walk(client, until="story", where={"home": home})

    page = client.get(url("town"))
    assert "Near Maumbury Family Hub" in words(page) and hidden.name not in words(page)
    assert client.post(url("town"), {"town": f"hub:{hub.slug}"}).url == url("story")
    assert "This goes to the Dorchester Family Help team" in words(client.get(url("story")))
    walk_on(client)
    assert "Near Maumbury Family Hub" in words(client.get("/help/check/"))
    client.post("/help/check/")

    referral = Referral.objects.get()
    assert referral.entries.get().locality == team
    assert (referral.routed_how, referral.routed_surely) == ("hub", False)


def test_a_hub_that_closed_meanwhile_is_asked_for_again(client):
    hub = HubFactory(team=Locality.objects.get(name="Dorchester"))
    walk(client, until="story", where={"home": "no_fixed"})
    client.post(url("town"), {"town": f"hub:{hub.slug}"})
    walk_on(client)
    hub.live = False
    hub.save()

    response = client.post("/help/check/")

    assert response.url == url("where")
    assert not Referral.objects.exists()


# Several councils of one installation


@pytest.fixture
def wolverhampton(council):
    """A second council, with a team for Bilston."""
    other = CouncilFactory(name="Wolverhampton", ons_code="E08000031")
    bilston = LocalityFactory(council=other, name="Bilston")
    LocalityFactory(council=other, duty=True)
    LocalityRuleFactory(locality=bilston, kind="outcode", code="WV14", name="WV14")
    OutcodeFactory(code="WV14", place="Bilston")
    TownFactory(name="Bilston", county="West Midlands", outcode="WV14", district="E08000031", ward="")
    return other


def make_site_of(council):
    brand = SiteBrand.for_site(Site.objects.get())
    brand.council = council
    brand.save()


def listed(client):
    """The list of places as it stands on the page: each group's heading with what is under it, in order."""
    drawn = client.get(url("town")).content.decode().split("<select")[1].split("</select>")[0]
    groups = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>|<option[^>]*>([^<]*)', drawn, re.DOTALL)
    return [
        (head, re.findall(r"<option[^>]*>([^<]*)", inside)) if head else alone
        for head, inside, alone in groups
    ]


@pytest.mark.parametrize(
    ("site", "first", "second"), [("Dorset", 0, 1), ("Wolverhampton", 1, 0), (None, 0, 1)]
)
def test_places_stand_under_their_council_that_of_the_site_first(
    client, council, wolverhampton, site, first, second
):
    HubFactory(team=Locality.objects.get(name="Bilston"), name="Bilston Family Hub")
    TownFactory(name="Bridport", county="Dorset", district="", ward="")
    if site:
        make_site_of({"Dorset": council, "Wolverhampton": wolverhampton}[site])
    walk(client, until="story", where={"home": "no_fixed"})
    groups = [
        ("Dorset", ["Bridport, Dorset", "Weymouth, Dorset", "Somewhere else in Dorset"]),
        (
            "Wolverhampton",
            ["Bilston, West Midlands", "Near Bilston Family Hub", "Somewhere else in Wolverhampton"],
        ),
    ]

    assert listed(client) == [
        "Choose a place",
        groups[first],
        groups[second],
        "Somewhere outside these areas",
    ]


def test_a_town_of_no_council_of_ours_is_listed_last(client, wolverhampton):
    TownFactory(name="Nowhere", county="", district="", ward="")
    walk(client, until="story", where={"home": "no_fixed"})

    assert listed(client)[-2:] == [("Other places", ["Nowhere"]), "Somewhere outside these areas"]


def test_the_places_of_one_council_need_no_heading(client, council):
    walk(client, until="story", where={"home": "no_fixed"})

    assert listed(client) == [
        "Choose a place",
        "Weymouth, Dorset",
        "Somewhere else in Dorset",
        "Somewhere outside Dorset",
    ]


def test_a_place_under_a_heading_is_shown_in_words_before_sending(client, wolverhampton):
    walk(client, until="story", where={"home": "no_fixed"})
    client.post(url("town"), {"town": "council:wolverhampton"})
    walk_on(client)

    assert "Somewhere else in Wolverhampton" in words(client.get("/help/check/"))


@pytest.mark.parametrize("home", ["no_fixed", "secret"])
def test_somewhere_outside_ends_in_advice_and_nothing_is_sent(client, council, home):
    walk(client, until="story", where={"home": home})

    response = client.post(url("town"), {"town": "outside"})

    assert response.url == "/help/p/4/"
    page = client.get(response.url)
    assert "Another council helps people where you live" in words(page)
    assert "https://www.gov.uk/find-local-council" in page.content.decode()
    assert "postcode" not in words(page)
    assert f'href="{url("town")}">Change it' in page.content.decode()
    assert client.post("/help/check/").url == response.url
    assert not Referral.objects.exists()


def test_who_chose_outside_may_choose_again(client, council):
    walk(client, until="story", where={"home": "no_fixed"})
    client.post(url("town"), {"town": "outside"})

    assert client.post(url("town"), {"town": "Weymouth, Dorset"}).url == url("story")


def test_no_place_chosen_is_told_beside_the_list(client, wolverhampton):
    walk(client, until="story", where={"home": "no_fixed"})

    response = client.post(url("town"), {"town": ""})

    page = response.content.decode()
    assert errors(response) == ["Select a town or village"]
    assert 'class="govuk-select govuk-select--error"' in page
    assert 'id="id_town_error"' in page
    assert 'aria-describedby="id_town_helptext id_town_error"' in page


@pytest.mark.parametrize(
    ("site", "typed", "said"),
    [
        ("Dorset", "WV14 0AA", "This goes to the Bilston Family Help team in Wolverhampton."),
        ("Dorset", "DT4 9ZZ", "This goes to the Chesil Family Help team ."),
        ("Wolverhampton", "DT4 9ZZ", "This goes to the Chesil Family Help team in Dorset."),
        (None, "WV14 0AA", "This goes to the Bilston Family Help team in Wolverhampton."),
    ],
)
def test_a_team_of_another_council_than_the_sites_says_which(
    client, council, wolverhampton, site, typed, said
):
    if site:
        make_site_of({"Dorset": council, "Wolverhampton": wolverhampton}[site])
    walk(client, until="story", where={"home": "postcode", "postcode": typed})

    assert said in words(client.get(url("story")))
    walk_on(client)
    assert said in words(client.get("/help/check/"))
