"""What editors may type, and what they are told when it cannot be so. Nothing typed is lost."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.forms import AgeField, age_in_words, free_slug
from cms.models import Activity
from directory.models import Check, Organisation, Service
from hubs.models import Council, Hub, Location
from tests.cms.conftest import KINDS, make_listing
from tests.factories.hubs import CouncilFactory
from tests.signin import sign_in

SCRIPT = "<script>alert(1)</script>"


def formset(prefix, count=0, start=0):
    return {
        f"{prefix}-TOTAL_FORMS": count,
        f"{prefix}-INITIAL_FORMS": start,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }


def filled_in(world, **changes):
    """Return a whole new activity at our hub, Tuesdays from 9:30am to 11am, as the browser posts it."""
    place, time = "service_locations-0", "service_locations-0-schedules-0"
    posted = {
        "name": "Messy play",
        "summary": "Paint, sand and water.",
        "description": '{"blocks":[{"key":"a","text":"Old clothes!","type":"unstyled","depth":0,'
        '"inlineStyleRanges":[],"entityRanges":[],"data":{}}],"entityMap":{}}',
        "minimum_age": "18 months",
        "maximum_age": "5 years",
        "cost": "free",
        "booking": "drop_in",
        "organisation": world.mine["organisation"].pk,
        "council": world.council.pk,
        **formset("service_locations", 1),
        f"{place}-id": "",
        f"{place}-ORDER": 1,
        f"{place}-location": world.hub.pk,
        **formset(f"{place}-schedules", 1),
        f"{time}-id": "",
        f"{time}-ORDER": 1,
        f"{time}-freq": "WEEKLY",
        f"{time}-interval": 1,
        f"{time}-byday": "TU",
        f"{time}-opens_at": "9:30",
        f"{time}-closes_at": "11am",
        f"{time}-dtstart": "2026-09-01",
        f"{time}-runs": "all_year",
        **formset("cost_options"),
        **formset("contacts"),
        **formset("comments"),
    }
    return {name: value for name, value in {**posted, **changes}.items() if value is not None}


@pytest.fixture
def staff(world) -> Client:
    return sign_in(Client(), world.people["hub staff"])


@pytest.fixture
def partner(world) -> Client:
    return sign_in(Client(), world.people["partner"])


@pytest.fixture
def lead(world) -> Client:
    return sign_in(Client(), world.people["content lead"])


def add(client, posted, model="activity", **more):
    return client.post(reverse(f"wagtailsnippets_cms_{model}:add"), {**posted, **more})


def test_hub_staff_publish_a_weekly_activity_at_their_hub(world, staff):
    answer = add(staff, filled_in(world), **{"action-publish": "1"})

    assert answer.status_code == 302
    made = Service.objects.get(name="Messy play")
    [at] = made.service_locations.all()
    [rule] = at.schedules.all()
    assert (made.kind, made.live, made.slug) == ("activity", True, "messy-play")
    assert (made.minimum_age, made.maximum_age) == (18, 60)
    assert at.location_id == world.hub.pk
    assert (rule.byday, f"{rule.opens_at:%H:%M}", f"{rule.closes_at:%H:%M}") == ("TU", "09:30", "11:00")
    assert at.sessions.exists()


def test_what_somebody_publishes_is_checked_by_them_today(world, staff, client):
    add(staff, filled_in(world), **{"action-publish": "1"})

    made = Service.objects.get(name="Messy play")
    assert [(check.by, check.on) for check in made.checks.all()] == [
        (world.people["hub staff"], timezone.localdate())
    ]
    assert "We checked this on" in client.get(made.get_absolute_url()).content.decode()


def test_what_is_approved_is_checked_by_the_content_lead_alone(world, partner, lead):
    add(partner, filled_in(world), **{"action-submit": "1"})
    listing = Activity.objects.get(name="Messy play")
    assert not listing.checks.exists()

    task = listing.current_workflow_task_state
    lead.post(reverse("wagtailsnippets_cms_activity:workflow_action", args=[listing.pk, "approve", task.pk]))

    assert [check.by for check in listing.checks.all()] == [world.people["content lead"]]


def test_what_goes_live_later_is_not_checked_yet(world, staff):
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)

    add(staff, filled_in(world, go_live_at=f"{tomorrow:%d/%m/%Y %H:%M}"), **{"action-publish": "1"})

    assert Activity.objects.get(name="Messy play").scheduled_revision
    assert not Check.objects.exists()


def test_what_a_clock_publishes_nobody_checked(world, staff):
    add(staff, filled_in(world))

    Activity.objects.get(name="Messy play").latest_revision.publish()

    assert Activity.objects.get(name="Messy play").live
    assert not Check.objects.exists()


@pytest.mark.parametrize(("name", "model"), KINDS.items())
def test_each_screen_makes_its_own_kind(world, lead, name, model):
    extra = {"delivery": "in_person", "coverage": "place", "promise": ""}

    add(lead, filled_in(world), name, **extra)

    assert model.objects.get(name="Messy play").kind == model.of_kind


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"service_locations-0-schedules-0-closes_at": "9:00"}, "The end must be later than the start"),
        ({"service_locations-0-schedules-0-closes_at": "9:30"}, "The end must be later than the start"),
        (
            {"service_locations-0-schedules-0-until": "2026-08-01"},
            "The last date must be on or after the first",
        ),
        ({"service_locations-0-schedules-0-opens_at": "half nine"}, "Enter a time like 9:30 or 2pm"),
        ({"service_locations-0-schedules-0-byday": ""}, "Choose a day"),
        ({"service_locations-0-schedules-0-freq": "MONTHLY"}, "Say which one in the month"),
        ({"minimum_age": "5", "maximum_age": "18 months"}, "The oldest age must be the same"),
        ({"minimum_age": "small"}, "Enter an age like 18 months or 5 years"),
        ({"maximum_age": "90"}, "The oldest age we list for is 25 years"),
        ({"name": ""}, "This field is required"),
        ({"organisation": ""}, "Choose who runs it"),
        ({"booking_url": "javascript:alert(1)"}, "Enter a valid URL"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(world, staff, changes, told):
    answer = add(staff, filled_in(world, **changes), **{"action-publish": "1"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert told in page
    assert "Paint, sand and water." in page
    assert "Old clothes!" in page
    assert not Service.objects.filter(summary="Paint, sand and water.").exists()


TIME = "service_locations-0-schedules-0"


def fold(page: str, name: str) -> str:
    """Return the classes of the first folding part whose name ends like this."""
    return re.search(rf'<section class="([^"]*)" id="[^"]*{name}-section"', page)[1]


def test_a_new_activity_begins_at_our_hub_with_a_time_to_fill_in_and_the_rest_folded(world, staff):
    page = staff.get(reverse("wagtailsnippets_cms_activity:add")).content.decode()

    assert f'name="{TIME}-byday"' in page
    assert f"{timezone.localdate():%d/%m/%Y}" in page
    for name in ("dates_or_not_every_week", "prices", "people_to_get_in_touch_with"):
        assert "collapsed" in fold(page, name)


def who_runs_a_new_activity(client):
    form = client.get(reverse("wagtailsnippets_cms_activity:add")).context["form"]
    return form["organisation"].value()


def test_hub_staff_say_themselves_who_runs_a_new_activity_whoever_runs_most_at_their_hub(world, staff):
    assert world.mine["activity"].organisation == world.mine["organisation"]
    assert who_runs_a_new_activity(staff) is None


def test_a_new_activity_is_run_by_the_editors_own_organisation_when_there_is_one(world, partner):
    assert who_runs_a_new_activity(partner) == world.mine["organisation"].pk

    world.theirs["organisation"].editors.add(world.people["partner"])

    assert who_runs_a_new_activity(partner) is None


def test_who_runs_it_is_asked_beside_the_name(staff):
    page = staff.get(reverse("wagtailsnippets_cms_activity:add")).content.decode()

    places = [page.index(f'name="{name}"') for name in ("name", "organisation", "summary", "phone")]

    assert places == sorted(places)


def test_hub_staff_do_not_list_for_an_organisation_of_another_council(world, staff):
    elsewhere = CouncilFactory(name="Elsewhereshire")
    theirs = Organisation.objects.create(name="Far Trust")
    make_listing(Activity, "Far play", world.hall, theirs, elsewhere)

    answer = add(staff, filled_in(world, organisation=theirs.pk), **{"action-publish": "1"})

    assert answer.status_code == 200
    assert "Far Trust" not in answer.content.decode()
    assert not Service.objects.filter(name="Messy play").exists()


def test_a_time_that_nobody_filled_in_is_not_there(world, staff):
    empty = {f"{TIME}-{name}": "" for name in ("byday", "opens_at", "closes_at")}

    answer = add(staff, filled_in(world, **empty), **{"action-publish": "1"})

    assert answer.status_code == 302
    assert not Service.objects.get(name="Messy play").service_locations.get().schedules.exists()


def test_a_time_that_is_filled_in_by_half_is_refused(world, staff):
    answer = add(staff, filled_in(world, **{f"{TIME}-closes_at": ""}), **{"action-publish": "1"})

    assert answer.status_code == 200
    assert not Service.objects.filter(name="Messy play").exists()


def test_what_is_out_of_the_ordinary_lies_open_when_it_is_edited_again(world, staff):
    unusual = {
        **{f"{TIME}-interval": 2, f"{TIME}-bymonth": ["6", "7"]},
        **{
            **formset("cost_options", 1),
            "cost_options-0-option": "Each family",
            "cost_options-0-amount": "2",
        },
        **{**formset("contacts", 1), "contacts-0-name": "Kim Sample", "contacts-0-phone": "01632 960001"},
        **{"cost_options-0-ORDER": 1, "contacts-0-ORDER": 1},
    }
    add(staff, filled_in(world, **unusual), **{"action-publish": "1"})
    made = Service.objects.get(name="Messy play")

    page = staff.get(reverse("wagtailsnippets_cms_activity:edit", args=[made.pk])).content.decode()

    assert made.service_locations.get().schedules.get().bymonth == [6, 7]
    assert [str(price) for price in made.cost_options.all()] == ["Each family: £2.00"]
    assert [contact.phone for contact in made.contacts.all()] == ["01632 960001"]
    for name in ("dates_or_not_every_week", "prices", "people_to_get_in_touch_with"):
        assert "collapsed" not in fold(page, name)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {**formset("contacts", 1), "contacts-0-name": "Kim Sample", "contacts-0-ORDER": 1},
            "Enter a phone number or an e-mail address",
        ),
        (
            {
                **formset("cost_options", 1),
                "cost_options-0-option": "A child",
                "cost_options-0-amount": "-1",
                "cost_options-0-ORDER": 1,
            },
            "A cost cannot be less than nothing",
        ),
    ],
)
def test_a_price_below_nothing_and_a_person_nobody_can_reach_are_refused(world, staff, changes, told):
    answer = add(staff, filled_in(world, **changes), **{"action-publish": "1"})

    assert answer.status_code == 200
    assert told in answer.content.decode()


def test_editors_choose_a_place_and_read_no_word_of_locations(world, staff):
    pages = [
        staff.get(reverse(name)).content.decode()
        for name in ("wagtailsnippets_cms_activity:add", "wagtailsnippets_hubs_location:list")
    ]
    choose = reverse("wagtailsnippetchoosers_hubs_location:choose")
    window, nothing = (staff.get(choose, {"q": name}).json()["html"] for name in ("", "zz"))

    assert "Choose a place" in pages[0]
    assert "Add a place" in pages[1]
    assert "2 places" in window
    assert "Nothing is called “zz”" in nothing
    for page in [*pages, window, nothing]:
        read = re.sub(r"<script.*?</script>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert not re.search(r"(?<!/)\blocations?\b(?!/)", read, re.IGNORECASE)


def test_the_same_place_twice_is_refused(world, staff):
    twice = {
        **formset("service_locations", 2),
        "service_locations-1-id": "",
        "service_locations-1-ORDER": 2,
        "service_locations-1-location": world.hub.pk,
        **formset("service_locations-1-schedules"),
    }

    answer = add(staff, filled_in(world, **twice), **{"action-publish": "1"})

    assert answer.status_code == 200
    assert "That place is listed twice" in answer.content.decode()


@pytest.mark.parametrize("place", ["other_hub", None])
def test_hub_staff_cannot_list_elsewhere(world, staff, place):
    elsewhere = getattr(world, place).pk if place else ""

    answer = add(staff, filled_in(world, **{"service_locations-0-location": elsewhere}))

    assert answer.status_code == 200
    assert not Service.objects.filter(name="Messy play").exists()


def test_a_draft_cannot_be_moved_to_a_hub_that_is_not_ones_own(world, staff):
    listing = world.mine["activity"]
    at = listing.service_locations.get()
    moved = filled_in(
        world,
        **formset("service_locations", 1, 1),
        **{
            "service_locations-0-id": at.pk,
            "service_locations-0-location": world.other_hub.pk,
            **formset("service_locations-0-schedules"),
        },
    )

    answer = staff.post(reverse("wagtailsnippets_cms_activity:edit", args=[listing.pk]), moved)

    assert answer.status_code == 200
    assert not listing.revisions.exists()


def test_a_partner_cannot_publish_nor_write_for_another_organisation(world, partner):
    theirs = add(partner, filled_in(world, organisation=world.theirs["organisation"].pk))
    own = add(partner, filled_in(world), **{"action-publish": "1"})

    assert theirs.status_code == 200
    assert own.status_code == 302
    assert not Service.objects.get(name="Messy play").live


def test_hub_staff_cannot_publish_a_new_listing_where_the_council_says_no(world, staff):
    Council.objects.update(hub_staff_may_publish=False)

    add(staff, filled_in(world), **{"action-publish": "1"})

    assert not Service.objects.filter(name="Messy play", live=True).exists()


def test_what_a_partner_submits_a_content_lead_approves(world, partner, lead):
    add(partner, filled_in(world), **{"action-submit": "1"})
    listing = Activity.objects.get(name="Messy play")
    state = listing.current_workflow_task_state
    assert not listing.live

    path = reverse("wagtailsnippets_cms_activity:workflow_action", args=[listing.pk, "approve", state.pk])
    refused = partner.post(path)
    lead.post(path)

    listing.refresh_from_db()
    assert refused.status_code == 302
    assert listing.live
    assert listing.search_entries.exists()


def test_hub_staff_cannot_appoint_staff_move_a_hub_to_another_team_or_mask_it(world, staff):
    other = world.people["partner"]
    posted = {
        "name": "Our Hub, repainted",
        "postal_code": "DT1 1XJ",
        "city": "Dorchester",
        "editors": [other.pk],
        "team": 999,
        "slug": "hijacked",
        "masked": "on",
        **formset("opening_hours"),
        **formset("exceptions"),
        **formset("comments"),
        "action-publish": "1",
    }

    answer = staff.post(reverse("wagtailsnippets_hubs_hub:edit", args=[world.hub.pk]), posted)

    hub = Hub.objects.get(pk=world.hub.pk)
    assert answer.status_code == 302
    assert (hub.name, hub.slug, hub.team, hub.masked) == (
        "Our Hub, repainted",
        "our-hub",
        world.locality,
        False,
    )
    assert list(hub.editors.all()) == [world.people["hub staff"]]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"postal_code": "BH1 1AA"}, "We do not know that postcode"),
        ({"postal_code": "nonsense"}, "postcode"),
        ({"name": "village hall", "postal_code": "dt11xj"}, "is already on the list of places"),
    ],
)
def test_a_place_with_an_unknown_postcode_or_one_that_is_there_is_refused(world, lead, changes, told):
    posted = {
        "name": "New Hall",
        "postal_code": "DT1 1XJ",
        "council": world.council.pk,
        "address_1": "9 Long Lane",
    }

    answer = lead.post(reverse("wagtailsnippets_hubs_location:add"), {**posted, **changes})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert told in page
    assert "9 Long Lane" in page
    assert not Location.objects.filter(address_1="9 Long Lane").exists()


def test_hub_staff_add_a_place_without_having_to_say_which_council_it_is_in(world, staff):
    CouncilFactory(name="Elsewhereshire")
    address = reverse("wagtailsnippets_hubs_location:add")

    offered = staff.get(address).context["form"]["council"].value()
    staff.post(address, {"name": "New Hall", "postal_code": "DT1 1XJ", "council": offered})

    assert Location.objects.get(name="New Hall").council == world.council


def test_a_content_lead_of_several_councils_says_which_a_new_place_is_in(world, lead):
    CouncilFactory(name="Elsewhereshire")

    page = lead.get(reverse("wagtailsnippets_hubs_location:add"))

    assert page.context["form"]["council"].value() is None


def test_a_script_in_a_description_does_nothing(world, staff, client):
    described = filled_in(world)["description"].replace("Old clothes!", SCRIPT)
    add(
        staff, filled_in(world, name=SCRIPT, summary=SCRIPT, description=described), **{"action-publish": "1"}
    )

    page = client.get(reverse("service", args=[Service.objects.get(name=SCRIPT).slug])).content.decode()

    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


@given(st.integers(min_value=0, max_value=300))
def test_an_age_is_read_as_it_is_written(months):
    assert AgeField().clean(age_in_words(months)) == months


@given(st.text(max_size=40))
def test_no_words_for_an_age_break_the_form(text):
    field = AgeField(required=False)
    try:
        age = field.clean(text)
    except Exception as problem:
        assert "age" in str(problem) or "Null" in str(problem)
    else:
        assert age is None or 0 <= age <= 300


def test_two_listings_of_one_name_have_two_addresses(world):
    first = free_slug(Activity, "Stay & play!")
    make_listing(Activity, "Stay play", world.hub, world.mine["organisation"], world.council)

    assert (first, free_slug(Activity, "Stay & play!")) == ("stay-play", "stay-play-2")
    assert free_slug(Activity, "早") == "listing"


def test_a_second_window_that_adds_a_place_again_is_told_so_and_loses_nothing(world, staff):
    add(staff, filled_in(world), **{"action-publish": "1"})
    made = Service.objects.get(name="Messy play")
    again = filled_in(world, summary="Written in the second window")

    answer = staff.post(
        reverse("wagtailsnippets_cms_activity:edit", args=[made.pk]), {**again, "action-publish": "1"}
    )

    assert answer.status_code == 200
    assert "That place is listed twice" in answer.text
    assert "Written in the second window" in answer.text
