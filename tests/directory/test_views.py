"""The public pages: what they show, to whom, and with which headers."""

import datetime
import re

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import hub_pages, listings
from directory.filters import LONGEST_PLACE, LONGEST_WORDS
from directory.models import Service
from hubs.geo import Point
from tests.factories.directory import (
    CategoryFactory,
    CheckFactory,
    ContactFactory,
    CostOptionFactory,
    OrganisationFactory,
    PlacedServiceFactory,
    ServiceFactory,
)
from tests.factories.hubs import (
    CouncilFactory,
    HubFactory,
    LocationFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    OutcodeFactory,
    PostcodeFactory,
    TownFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
EVERY_DAY = [{"byday": day} for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")]
ALL_DAY = {"opens_at": datetime.time(0, 1), "closes_at": datetime.time(23, 58)}


@pytest.fixture
def dorchester():
    """A postcode, its district and its town."""
    OutcodeFactory()
    TownFactory()
    return PostcodeFactory()


def hall(name, miles_north, **fields):
    """A place so many miles north of the postcode DT1 1XJ."""
    return LocationFactory(name=name, latitude=50.71673 + miles_north / 69.1, **fields)


def titles(response):
    return re.findall(r'class="card__link" href="[^"]*">([^<]*)<', response.content.decode())


def words_of(response):
    """The text of a page, without markup and with single spaces."""
    body = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))


# Find


def coming_tuesday():
    today = timezone.localdate()
    return today + datetime.timedelta(days=(1 - today.weekday()) % 7)


def test_the_nearest_comes_first_with_its_distance(client, dorchester):
    PlacedServiceFactory(name="Far", at=hall("Far Hall", 4))
    PlacedServiceFactory(name="Close", at=hall("Close Hall", 1.5))
    for number in range(3):
        PlacedServiceFactory(name=f"Between {number}", at=hall("Mid Hall", 2))

    response = client.get("/find/?near=DT1+1XJ")

    assert titles(response)[0] == "Close"
    assert titles(response)[4] == "Far"
    assert "1.5 miles" in words_of(response)
    assert "5 things within 5 miles" in words_of(response)


def test_too_little_nearby_looks_further_and_says_so(client, dorchester):
    for number in range(6):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Far Hall", 8))
    PlacedServiceFactory(name="Too far", at=hall("Hall beyond", 20))

    shown = words_of(client.get("/find/?near=DT1+1XJ"))

    assert "6 things within 10 miles" in shown
    assert "little within 5 miles, so we looked within 10 miles" in shown
    assert "Too far" not in shown


def test_it_looks_thirty_miles_away_when_ten_are_not_enough(client, dorchester):
    PlacedServiceFactory(name="Lonely", at=hall("Hall beyond", 25))

    shown = words_of(client.get("/find/?near=DT1+1XJ"))

    assert "1 thing within 30 miles" in shown


@pytest.mark.parametrize(("usual", "away", "told"), [(1, 2, 3), (2, 6, 10), (20, 25, 30)])
def test_it_looks_three_ten_then_thirty_miles_away(client, dorchester, usual, away, told):
    HubFactory(team__council=CouncilFactory(dorset=True, search_miles=usual), latitude=50.72)
    for number in range(5):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Hall beyond", away))

    shown = words_of(client.get("/find/?near=DT1+1XJ"))

    assert f"5 things within {told} miles" in shown


def test_a_council_that_looks_furthest_of_all_looks_no_further(client, dorchester):
    HubFactory(team__council=CouncilFactory(dorset=True, search_miles=40), latitude=50.72)
    PlacedServiceFactory(name="Lonely", at=hall("Hall beyond", 35))

    assert "1 thing within 40 miles" in words_of(client.get("/find/?near=DT1+1XJ"))


@pytest.mark.parametrize(
    ("groups", "told"), [(6, "6 things within 10 miles"), (2, "2 things within 10 miles")]
)
def test_by_name_it_looks_as_far(client, dorchester, groups, told):
    for number in range(groups):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Far Hall", 8))

    assert told in words_of(client.get("/find/?near=DT1+1XJ&sort=name"))


@pytest.mark.parametrize("order", ["", "&sort=name"])
@pytest.mark.parametrize(("chosen", "away", "told"), [(1, 2, 3), (5, 8, 10), (2, 25, 30), (20, 25, 30)])
def test_a_chosen_distance_with_too_little_widens_and_says_so(client, dorchester, chosen, away, told, order):
    PlacedServiceFactory(name="Close", at=hall("Close Hall", 0.5))
    for number in range(4):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Far Hall", away))

    response = client.get(f"/find/?near=DT1+1XJ&within={chosen}{order}")

    shown = words_of(response)
    assert f"5 things within {told} miles" in shown
    miles = "1 mile" if chosen == 1 else f"{chosen} miles"
    assert f"There is little within {miles}, so we looked within {told} miles." in shown
    assert len(titles(response)) == 5
    assert f"Remove Within {miles}" in shown


@pytest.mark.parametrize("order", ["", "&sort=name"])
def test_a_chosen_distance_with_enough_is_kept(client, dorchester, order):
    for number in range(5):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Close Hall", 1))
    PlacedServiceFactory(name="Further", at=hall("Far Hall", 8))

    shown = words_of(client.get(f"/find/?near=DT1+1XJ&within=5{order}"))

    assert "5 things within 5 miles" in shown
    assert "There is little" not in shown


@pytest.mark.parametrize("order", ["", "&sort=name"])
def test_a_chosen_distance_that_widening_adds_nothing_to_is_kept(client, dorchester, order):
    PlacedServiceFactory(name="The only one", at=hall("Close Hall", 1))

    shown = words_of(client.get(f"/find/?near=DT1+1XJ&within=2{order}"))

    assert "1 thing within 2 miles" in shown
    assert "There is little" not in shown


@pytest.mark.parametrize("order", ["", "&sort=name"])
@pytest.mark.parametrize("chosen", [2, 30])
def test_it_never_looks_further_than_thirty_miles(client, dorchester, chosen, order):
    PlacedServiceFactory(name="Too far", at=hall("Hall beyond", 35))

    shown = words_of(client.get(f"/find/?near=DT1+1XJ&within={chosen}{order}"))

    assert "Nothing within 30 miles" in shown
    assert "Too far" not in shown
    assert "There is little" not in shown


def test_the_councils_usual_distance_is_used(client, dorchester):
    council = CouncilFactory(dorset=True, search_miles=2)
    HubFactory(team__council=council, latitude=50.72)
    for number in range(6):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Close Hall", 1))

    assert "6 things within 2 miles" in words_of(client.get("/find/?near=DT1+1XJ"))


def test_a_service_at_two_places_is_shown_at_each(client, dorchester):
    ServiceFactory(name="Twice", at=[hall("One", 1), hall("Two", 2)], rules=[{}])

    assert titles(client.get("/find/?near=DT1+1XJ&within=5")) == ["Twice", "Twice"]


def test_online_and_county_wide_help_stands_in_a_band_of_its_own(client, dorchester):
    dorset = CouncilFactory(dorset=True)
    ServiceFactory(name="Online group", council=dorset, online=True, at=[None], rules=[{}])
    ServiceFactory(name="National line", council=CouncilFactory(), national=True, delivery="telephone")
    ServiceFactory(name="Another county’s", council=CouncilFactory(), online=True)

    response = client.get("/find/?near=DT1+1XJ")

    assert titles(response) == ["Online group", "National line"]
    assert "Online, by phone, or wherever you live" in words_of(response)


def test_who_asks_for_help_from_home_is_not_told_that_nothing_is_near(client, dorchester):
    ServiceFactory(name="Online group", council=CouncilFactory(dorset=True), online=True)

    online = client.get("/find/?near=DT1+1XJ&delivery=online")
    by_phone = client.get("/find/?near=DT1+1XJ&delivery=telephone")

    assert titles(online) == ["Online group"]
    assert "Nothing within" not in words_of(online)
    assert "We found nothing" not in words_of(online)
    assert "We found nothing like that" in words_of(by_phone)


def test_filters_narrow_the_band_too(client, dorchester):
    ServiceFactory(name="For babies", council=CouncilFactory(dorset=True), online=True, maximum_age=11)

    assert titles(client.get("/find/?near=DT1+1XJ&age=9")) == []


def test_the_nearest_hub_leads(client, dorchester):
    HubFactory(name="Far Hub", latitude=50.9)
    hub = HubFactory(name="Close Hub", latitude=50.73)
    OpeningHoursFactory(hub=hub)

    response = client.get("/find/?near=DT1+1XJ")

    assert titles(response)[0] == "Close Hub"
    assert "Your nearest family hub" in words_of(response)
    assert "Far Hub" not in words_of(response)


def test_the_nearest_hub_knows_its_hours_and_exceptions():
    hub = HubFactory(latitude=50.73)
    for day in ("MO", "TU"):
        OpeningHoursFactory(hub=hub, byday=day)
    today = timezone.localdate()
    for days in (1, 2, 30):
        OpeningExceptionFactory(hub=hub, date=today + datetime.timedelta(days=days))
    found = hub_pages.nearest_hub(Point(50.71, -2.44))

    assert found == hub
    assert [hours.byday for hours in found.opening_hours.all()] == ["MO", "TU"]
    assert len(found.exceptions.all()) == 2


def test_half_a_postcode_says_the_distance_is_rough(client, dorchester):
    PlacedServiceFactory(at=hall("Hall", 3))

    shown = words_of(client.get("/find/?near=dt1"))

    assert "Distances are from the middle of DT1" in shown
    assert "about" in shown


def test_results_come_twenty_to_a_page(client, dorchester):
    for number in range(23):
        PlacedServiceFactory(name=f"Group {number}", at=hall("Hall", number / 10))

    first, second = client.get("/find/?near=DT1+1XJ"), client.get("/find/?near=DT1+1XJ&page=2")

    assert len(titles(first)) == 20
    assert titles(second) == ["Group 20", "Group 21", "Group 22"]
    assert "23 things" in words_of(second)


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "1e9", "²", "99999999999999999999"])
def test_a_senseless_page_is_the_first(client, page):
    PlacedServiceFactory(name="Here")

    assert titles(client.get("/find/", {"page": page})) == ["Here"]


def test_nothing_found_offers_ways_on(client, dorchester):
    shown = words_of(client.get("/find/?near=DT1+1XJ&q=unicycle&within=2"))

    assert "We found nothing like that near DT1 1XJ" in shown
    assert "See the family hubs, nearest first" in shown
    assert "Clear the filters" in shown
    assert "Ask for help" in shown


def test_each_filter_that_is_on_can_be_taken_off(client, dorchester):
    CategoryFactory(name="Sleep", slug="sleep")

    page = client.get("/find/?near=DT1+1XJ&category=sleep&day=MO&day=TU&age=3").content.decode()

    assert 'href="?near=DT1+1XJ&amp;age=3&amp;category=sleep&amp;day=TU"' in page
    assert 'href="?near=DT1+1XJ&amp;age=3&amp;day=MO&amp;day=TU"' in page


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("category=sleep", {"Sleep group"}),
        ("category=family-support", {"Sleep group"}),
        ("age=3", {"Toddlers", "Sleep group"}),
        ("age=baby", {"Bumps", "Sleep group"}),
        ("cost=some", {"Paid"}),
        ("cost=some&cost=depends", {"Paid", "Depends"}),
        ("day=SA", {"Saturdays"}),
        ("day=SA&day=SU", {"Saturdays"}),
        ("delivery=online", {"Online"}),
        ("language=pl", {"Polish"}),
        ("access=step_free&access=lift", {"Lift"}),
        ("send=on", {"SEND"}),
        ("q=toddler", {"Toddlers"}),
        ("q=toddler&cost=some", set()),
    ],
)
def test_each_filter_keeps_what_it_says(client, query, kept):
    grown = {"minimum_age": 240, "maximum_age": 300}
    topic = CategoryFactory(name="Sleep", slug="sleep", parent__name="Family support")
    PlacedServiceFactory(name="Sleep group", topics=[topic])
    PlacedServiceFactory(name="Toddlers", minimum_age=12, maximum_age=47)
    PlacedServiceFactory(name="Bumps", for_expecting=True)
    PlacedServiceFactory(name="Paid", cost="some", **grown)
    PlacedServiceFactory(name="Depends", cost="depends", **grown)
    PlacedServiceFactory(name="Saturdays", rules=[{"first_saturday": True}], **grown)
    ServiceFactory(name="Online", online=True, **grown)
    PlacedServiceFactory(name="Polish", languages=["pl"], **grown)
    PlacedServiceFactory(name="Lift", at=LocationFactory(access=["step_free", "lift"]), **grown)
    PlacedServiceFactory(name="Step free", at=LocationFactory(access=["step_free"]), **grown)
    PlacedServiceFactory(name="SEND", send_welcome=True, **grown)

    assert set(titles(client.get(f"/find/?{query}"))) == kept


def test_a_value_that_makes_no_sense_is_told_of_and_the_others_hold(client, dorchester):
    PlacedServiceFactory(name="For babies", maximum_age=11)
    PlacedServiceFactory(name="For teenagers", minimum_age=156)

    response = client.get("/find/?near=DT1+1XJ&age=0&cost=gold")

    assert titles(response) == ["For babies"]
    assert "Choose from the list" in words_of(response)
    assert response.content.decode().split("<title>")[1].startswith("Error: ")


# Postcodes as people type them


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("DT1 1XJ", "near DT1 1XJ"),
        ("dt11xj", "near DT1 1XJ"),
        ("  dt1   1xj ", "near DT1 1XJ"),
        ("DT1-1XJ", "near DT1 1XJ"),
        ("DTI 1XJ", "near DT1 1XJ"),
        ("DT1", "near DT1, Dorchester"),
        ("dorchester", "near Dorchester"),
        ("DT1 9ZZ", "near DT1"),
        ("ZZ99 9ZZ", "error"),
        ("EH1 1AA", "Scotland"),
        ("JE2 3AB", "Jersey"),
        ("🧸🧸", "error"),
        ("x" * 10_000, "error"),
        ('"; DROP TABLE', "error"),
        ("\x00", "error"),
    ],
)
def test_a_postcode_as_people_type_it(client, dorchester, typed, says):
    response = client.get("/find/", {"near": typed})

    assert response.status_code == 200
    page = response.content.decode()
    if says.startswith("near "):
        assert f"<h1>Activities and help {says}" in page
        assert "search__error" not in page
    else:
        assert 'class="search__error"' in page
        assert says == "error" or says in page


def test_a_place_that_makes_no_sense_lists_nothing_and_keeps_the_rest(client):
    PlacedServiceFactory(name="Anywhere")

    response = client.get("/find/?near=Nowhereville&age=3")

    page = response.content.decode()
    assert titles(response) == []
    assert "We cannot search near there" in page
    assert 'href="?age=3"' in page
    assert 'value="Nowhereville"' in page
    assert titles(client.get("/find/?age=3")) == ["Anywhere"]


@pytest.mark.parametrize(("name", "longest"), [("near", LONGEST_PLACE), ("q", LONGEST_WORDS)])
def test_a_box_takes_no_more_than_is_read(client, name, longest):
    page = client.get("/find/").content.decode()

    (box,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert f'maxlength="{longest}"' in box.lower()


def test_an_o_for_a_nought_is_understood(client):
    PostcodeFactory(code="BH101AA")

    page = client.get("/find/", {"near": "BH1O 1AA"}).content.decode()

    assert "near BH10 1AA" in page


FIELDS = [
    "near",
    "q",
    "age",
    "category",
    "day",
    "cost",
    "within",
    "delivery",
    "language",
    "access",
    "send",
    "sort",
    "page",
    "on",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.dictionaries(
        st.sampled_from(FIELDS), st.text(max_size=60) | st.sampled_from(["\x00", "1", "MO"])
    ),
    path=st.sampled_from(["/find/", "/whats-on/", "/hubs/"]),
)
def test_any_text_in_any_field_gets_an_answer(client, asked, path):
    assert client.get(path, asked).status_code == 200


# One listing


def test_a_listing_tells_what_a_parent_needs(client):
    hub = HubFactory(name="Lodmoor Family Hub", city="Weymouth", access=["step_free"], transportation="Bus 1")
    listing = PlacedServiceFactory(
        name="Tiny Toes",
        slug="tiny-toes",
        at=hub,
        rules=[{"runs": "term"}],
        minimum_age=0,
        maximum_age=12,
        cost=Service.Cost.SOME,
        fees_description="£2 a family",
        booking=Service.Booking.BOOK,
        booking_note="Ring on Mondays.",
        languages=["pl"],
        eligibility="Families in Weymouth",
    )
    CheckFactory(service=listing)
    ContactFactory(service=listing, phone="01632 960999")
    CostOptionFactory(service=listing, option="Each more child", amount="1.50")

    page = words_of(client.get("/find/tiny-toes/"))

    for told in (
        "Tiny Toes",
        "Tuesdays, 9:30am to 11am, in term time",
        "Lodmoor Family Hub, Weymouth",
        "0 to 12 months",
        "£2 a family",
        "Each more child",
        "£1.50",
        "You need to book a place",
        "Ring on Mondays",
        "Families in Weymouth",
        "Step-free",
        "Bus 1",
        "Polish",
        "Run by Invented Families Trust",
        "We checked this on 2 November 2026",
        "01632 960999",
        "More about Lodmoor Family Hub",
        "Ask for help",
        "Next times",
    ):
        assert told in page, told


def test_a_draft_is_not_found(client):
    PlacedServiceFactory(slug="secret", draft=True)

    assert client.get("/find/secret/").status_code == 404
    assert "secret" not in client.get("/find/").content.decode()


def test_an_unpublished_listing_vanishes_from_every_page_at_once(client):
    hub = HubFactory(slug="hub")
    listing = PlacedServiceFactory(
        name="Vanishing", slug="vanishing", at=hub, rules=[{**day, **ALL_DAY} for day in EVERY_DAY]
    )
    pages = ("/find/", "/whats-on/?on=week", "/hubs/hub/", "/hubs/hub/timetable/")
    assert all("Vanishing" in client.get(path).content.decode() for path in pages)

    listing.unpublish()

    assert not any("Vanishing" in client.get(path).content.decode() for path in pages)
    assert client.get("/find/vanishing/").status_code == 404


def test_markup_in_a_listing_is_only_text(client):
    attack = "<script>alert(1)</script>"
    PlacedServiceFactory(
        name=f"Name {attack}",
        slug="attack",
        summary=f"Summary {attack}",
        description=f'<p onclick="x()">Hello {attack}<img src=x onerror=y()><a href="javascript:z()">go</a></p>',
        booking_note=attack,
        at=LocationFactory(name=f"Hall {attack}", transportation=attack),
        rules=[{**day, **ALL_DAY} for day in EVERY_DAY],
    )

    for path in ("/find/", "/find/attack/", "/whats-on/?on=week"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "onclick" not in page
        assert "onerror" not in page
        assert "javascript:" not in page


def test_rich_text_is_cleaned_when_saved():
    listing = PlacedServiceFactory(
        description='<p style="x">Hi <b>you</b><script>bad()</script></p><iframe src="//e.example"></iframe>'
    )

    assert Service.objects.get(pk=listing.pk).description == "<p>Hi <b>you</b></p>"


def test_a_draft_can_be_previewed_as_it_will_look(client, rf):
    listing = PlacedServiceFactory(name="As it was", slug="p", draft=True)
    listing.name = "As it will be"
    draft = listing.save_revision().as_object()

    response = draft.make_preview_request()

    assert "As it will be" in response.content.decode()
    assert "Tuesdays, 9:30am to 11am" in response.content.decode()


def test_a_brand_new_draft_can_be_previewed():
    draft = ServiceFactory.build(
        name="Never saved", council=CouncilFactory(), organisation=OrganisationFactory()
    )

    page = listings.service_page(draft)

    assert page["checked_on"] is None


# Secret addresses


def test_a_secret_address_shows_its_town_and_no_distance(client, dorchester):
    refuge = LocationFactory(
        name="Rose Cottage", address_1="5 Hidden Lane", city="Dorchester", postal_code="DT1 1XJ", masked=True
    )
    PlacedServiceFactory(
        name="Safe place", slug="safe", at=refuge, rules=[{**day, **ALL_DAY} for day in EVERY_DAY]
    )

    for path in ("/find/?near=DT1+1XJ&within=5", "/find/safe/", "/whats-on/?near=DT1+1XJ&on=week"):
        page = words_of(client.get(path)).replace("near DT1 1XJ", "")
        assert "Safe place" in page
        assert "Dorchester" in page
        assert not re.search(
            r"Rose|Hidden|DT1 1XJ|\bunder half|\d mile(?!s\b)|\d miles(?! away)",
            page.split("Safe place")[1][:200],
        )


# What's on


def test_whats_on_shows_the_day_asked_for(client, dorchester):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    code = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[tomorrow.weekday()]
    PlacedServiceFactory(name="Only tomorrow", at=hall("Hall", 1), rules=[{"byday": code}])

    assert titles(client.get("/whats-on/?near=DT1+1XJ&on=today")) == []
    assert titles(client.get("/whats-on/?near=DT1+1XJ&on=tomorrow")) == ["Only tomorrow"]
    assert titles(client.get(f"/whats-on/?near=DT1+1XJ&on={tomorrow}")) == ["Only tomorrow"]
    assert titles(client.get("/whats-on/?near=DT1+1XJ&on=week")) == ["Only tomorrow"]


def test_a_quiet_day_shows_what_comes_next(client, dorchester):
    """Nobody chose a day, and an empty page would help nobody."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    code = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[tomorrow.weekday()]
    PlacedServiceFactory(name="Only tomorrow", at=hall("Hall", 1), rules=[{"byday": code}])

    response = client.get("/whats-on/?near=DT1+1XJ")

    assert titles(response) == ["Only tomorrow"]
    assert "Nothing today. Here is what comes next." in response.content.decode()


def test_whats_on_leaves_out_what_is_too_far(client, dorchester):
    everyday = [{**day, **ALL_DAY} for day in EVERY_DAY]
    PlacedServiceFactory(name="Close", at=hall("Hall", 1), rules=everyday)
    PlacedServiceFactory(name="Far", at=hall("Far Hall", 15), rules=everyday)

    assert titles(client.get("/whats-on/?near=DT1+1XJ&on=tomorrow")) == ["Close"]
    assert titles(client.get("/whats-on/?near=DT1+1XJ&on=tomorrow&within=20")) == ["Close", "Far"]


@pytest.mark.parametrize("on", ["yesterday", "2020-01-01", "2999-01-01", "99-99", "x" * 300])
def test_a_day_that_cannot_be_shown_is_today(client, on):
    response = client.get("/whats-on/", {"on": on})

    assert response.status_code == 200
    assert "What’s on today" in response.content.decode()


# Hubs


def test_hubs_come_nearest_first(client, dorchester):
    HubFactory(name="A Far Hub", latitude=51.2)
    HubFactory(name="Z Close Hub", latitude=50.73)

    assert titles(client.get("/hubs/")) == ["A Far Hub", "Z Close Hub"]
    assert titles(client.get("/hubs/?near=DT1+1XJ")) == ["Z Close Hub", "A Far Hub"]


def test_a_hub_tells_what_a_parent_needs(client):
    hub = HubFactory(slug="lodmoor", name="Lodmoor", access=["hearing_loop"], transportation="Bus 1")
    OpeningHoursFactory(hub=hub, byday="MO")
    OpeningExceptionFactory(hub=hub, date=coming_tuesday())
    PlacedServiceFactory(name="Group here", at=hub, rules=EVERY_DAY)
    ServiceFactory(name="Help here", offer=True, at=hub)

    page = words_of(client.get("/hubs/lodmoor/"))

    for told in (
        "Monday",
        "9am to 5pm",
        "Staff training",
        "Hearing loop",
        "Bus 1",
        "Group here",
        "Help here",
    ):
        assert told in page, told


def test_a_draft_hub_is_not_found(client):
    HubFactory(slug="not-yet", draft=True)

    assert client.get("/hubs/not-yet/").status_code == 404
    assert client.get("/hubs/not-yet/timetable/").status_code == 404
    assert "not-yet" not in client.get("/hubs/").content.decode()


def test_the_timetable_has_every_regular_activity_by_day(client):
    hub = HubFactory(slug="lodmoor")
    PlacedServiceFactory(name="Later", at=hub, rules=[{"opens_at": datetime.time(10)}])
    PlacedServiceFactory(name="Sooner", at=hub, rules=[{"first_saturday": True}, {}])
    PlacedServiceFactory(name="Over", at=hub, rules=[{"until": datetime.date(2025, 1, 1)}])

    page = words_of(client.get("/hubs/lodmoor/timetable/"))

    assert page.index("Tuesday") < page.index("Sooner") < page.index("Later") < page.index("Saturday")
    assert "First Saturday of the month" in page
    assert "Over" not in page


# Headers and queries


@pytest.fixture
def full(dorchester):
    """A directory with something of everything."""
    dorset = CouncilFactory(dorset=True)
    hub = HubFactory(slug="hub", team__council=dorset)
    OpeningHoursFactory(hub=hub)
    topic = CategoryFactory(name="Sleep", slug="sleep")
    for number in range(25):
        listing = PlacedServiceFactory(
            slug=f"listing-{number}", council=dorset, at=hub, topics=[topic], rules=EVERY_DAY
        )
    CheckFactory(service=listing)
    ServiceFactory(online=True, council=dorset, at=[None], rules=EVERY_DAY)
    return listing


PAGES = ["/find/", "/find/listing-3/", "/whats-on/", "/hubs/", "/hubs/hub/", "/hubs/hub/timetable/"]
NEAR_PAGES = ["/find/?near=DT1+1XJ", "/whats-on/?near=DT1+1XJ", "/hubs/?near=DT1+1XJ"]


NARROWED_PAGES = [
    "/find/?near=DT1+9ZZ&category=sleep&age=3&q=stay&day=MO&cost=free",
    "/find/?near=DT1+9ZZ&q=unicycle",
    "/find/?near=DT1+9ZZ&q=unicycle&sort=name",
    "/find/?near=DT1+9ZZ&q=unicycle&within=2",
    "/find/?near=DT1+9ZZ&q=unicycle&page=7",
    "/whats-on/?near=DT1+9ZZ&on=week&category=sleep",
]


def test_a_page_costs_few_queries(client, full, django_assert_max_num_queries):
    for path in PAGES + NEAR_PAGES + NARROWED_PAGES:
        client.get(path)

        with django_assert_max_num_queries(MOST_QUERIES, info=path):
            assert client.get(path).status_code == 200, path


def test_a_public_page_may_be_shared_and_sets_no_cookie(client, full):
    for path in PAGES:
        response = client.get(path)

        assert response["Cache-Control"] == "public, max-age=60", path
        assert not response.cookies, path
        assert "Cookie" not in response.get("Vary", ""), path
        again = client.get(path, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304, path


def test_a_page_for_a_place_is_kept_by_one_browser_only(client, full):
    for path in NEAR_PAGES:
        response = client.get(path)

        assert response["Cache-Control"] == "private, max-age=60", path
        assert not response.cookies, path


def test_titles_differ(client, full):
    found = [
        client.get(path).content.decode().split("<title>")[1].split("<")[0] for path in PAGES + NEAR_PAGES
    ]

    assert len(set(found)) == len(found)


def test_a_page_of_results_is_small_on_the_wire(client, full):
    response = client.get("/find/?near=DT1+1XJ", headers={"Accept-Encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 12_000


def test_nothing_may_be_posted(client, full):
    for path in PAGES:
        assert client.post(path).status_code == 405, path


def test_no_postcode_is_logged_in_full(client, dorchester, caplog):
    with caplog.at_level("DEBUG"):
        client.get("/find/?near=DT1+1XJ")

    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("1XJ" in record.getMessage() for record in ours)


@pytest.mark.parametrize("near", ["GIR+0AA", "ZZ99+3VZ"])
def test_a_postcode_where_nobody_lives_is_told_from_a_place_unknown(client, near):
    shown = words_of(client.get(f"/find/?near={near}"))

    assert "We cannot find that place" not in shown
    assert "nobody" in shown.lower()
