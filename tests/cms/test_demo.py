"""The demonstration: whole, invented, the same however often it is loaded, and kept away from real families."""

import csv
import re
from collections import Counter
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cms.demo import people, requests
from cms.demo.tables import FOLDER, rows
from cms.models import ArticlePage, SiteBrand
from directory.models import Category, Check, Organisation, Schedule, Service, Session
from hubs import areas
from hubs.colours import WHITE, contrast
from hubs.models import ACCESS_FACTS, Council, Demonstration, Hub, Locality, Membership, Outcode, Town, User
from referrals.models import Note, QueueEntry, Referral, Transfer
from tests.signin import sign_in

OURS = [
    model
    for model in apps.get_models()
    if model.__module__.split(".")[0] in {"hubs", "directory", "referrals", "cms"}
]
PHONE = re.compile(r"(?<![\w-])(?:\+44 ?|0)\d[\d ]{7,12}\d(?!\w)")
"""Not the digits in the middle of a hash or an id, which may be any."""
FICTION = re.compile(r"(\+44|0)(1632960|7700900)\d{3}\Z")
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+")


def load(**options):
    call_command("demo", verbosity=0, **options)


@pytest.fixture(scope="module")
def loaded(module_db):
    load()


@pytest.fixture
def demo(loaded, db):
    """The loaded demonstration. What a test does to it is undone."""


def counts():
    return {model._meta.label: model._base_manager.count() for model in OURS if not model._meta.proxy}


# What is there


def test_it_is_all_there(demo):
    assert Council.objects.count() == 3
    assert Hub.objects.filter(live=True).count() == 18
    assert Service.objects.listed().filter(kind="activity").count() == 42
    assert Service.objects.listed().filter(kind="offer").count() == 14
    assert Category.objects.filter(parent=None).count() == 6
    assert Category.objects.exclude(parent=None).count() == 43
    assert Referral.objects.count() == len(requests.stories()) == 7
    assert ArticlePage.objects.live().count() == 3
    assert Demonstration.here()


def test_loading_it_again_changes_no_numbers_and_no_addresses(demo):
    before, keys = counts(), set(Service.objects.values_list("pk", "slug"))

    load()

    assert counts() == before
    assert set(Service.objects.values_list("pk", "slug")) == keys


def test_loading_it_again_mends_what_somebody_changed(demo):
    Service.objects.filter(slug="tiny-toes-baby-group").update(name="Spoilt", live=False)

    load()

    mended = Service.objects.get(slug="tiny-toes-baby-group")
    assert (mended.name, mended.live) == ("Tiny Toes baby group", True)


def test_every_activity_has_sessions_to_come_or_a_season_that_explains_why_not(demo):
    to_come = Session.objects.filter(start__gt=timezone.now())
    with_sessions = set(to_come.values_list("service_location__service", flat=True))
    resting = Service.objects.filter(kind="activity").exclude(pk__in=with_sessions)

    for service in resting:
        schedule = Schedule.objects.get(service_location__service=service)
        assert schedule.bymonth, service


def test_there_is_something_on_in_the_coming_week(demo):
    coming = Session.objects.filter(
        start__gt=timezone.now(), start__lt=timezone.now() + timezone.timedelta(days=7)
    )

    assert set(coming.values_list("service_location__service__council__name", flat=True)) == {
        "Dorset",
        "Lincolnshire",
        "Wolverhampton",
    }


def test_every_listing_was_checked_lately_by_its_own_councils_content_lead(demo):
    for service in Service.objects.all():
        check = Check.objects.get(service=service)
        lead = next(
            code
            for code, place in people.PLACES.items()
            if place.leads_content and place.council == service.council.name
        )
        assert check.by.email == f"{lead}@example.org"
        assert 0 < (timezone.localdate() - check.on).days <= 45


def test_every_hub_says_when_it_is_open_and_what_it_offers(demo):
    known = {code for code, _ in ACCESS_FACTS}
    for hub in Hub.objects.prefetch_related("opening_hours", "exceptions"):
        assert len({hours.byday for hours in hub.opening_hours.all()}) >= 5, hub
        assert hub.exceptions.exists()
        assert hub.access and set(hub.access) <= known
        assert hub.latitude and hub.team.council == hub.council


def test_councils_colours_can_be_read(demo):
    for council in Council.objects.all():
        assert contrast(council.primary_colour, WHITE) >= 7
    assert len(set(Council.objects.values_list("primary_colour", flat=True))) == 3


def test_each_council_has_its_own_look_at_an_address_of_its_own(demo):
    worn = {brand.site.hostname: brand.council.name for brand in SiteBrand.objects.exclude(council=None)}

    assert worn == {
        "dorset.localhost": "Dorset",
        "lincolnshire.localhost": "Lincolnshire",
        "wolverhampton.localhost": "Wolverhampton",
    }


# Requests


def test_every_request_landed_with_the_team_it_should(demo):
    for story in requests.stories():
        entry = QueueEntry.objects.get(referral__submission_key=story.key)
        assert (entry.locality.council.name, entry.locality.name) == story.team, story.code


def test_the_data_file_and_the_stories_agree_on_where_requests_go():
    expected = {row["id"]: row["expected_route"] for row in rows("stories")}
    for story in requests.stories():
        team = story.team[1].replace("North & South", "N&S")
        assert team in expected[story.code] or expected[story.code].startswith("Three attempts"), story.code


def test_the_desks_look_alive(demo):
    by_owner = Counter(QueueEntry.objects.values_list("owner__first_name", flat=True))

    assert by_owner == {None: 4, "Eve": 1, "Kit": 1, "Noor": 1}
    assert Transfer.objects.get().to.name == "Chesil"
    assert Note.objects.count() == 2


def test_a_family_frightened_of_somebody_is_marked_amber(demo):
    bilston = QueueEntry.objects.get(locality__name="Bilston")

    assert bilston.referral.urgency == Referral.Urgency.SOON
    assert bilston.referral.contact["safety"]["leave_message"] == "no"


# Places


def test_every_outcode_leads_to_its_team(demo):
    wrong = []
    for row in rows("outcodes"):
        decision = areas.decide(postcode=f"{row['outcode']}9ZZ")
        if decision.locality is None or decision.locality.name != row["locality"] or decision.sure:
            wrong.append((row["outcode"], decision))

    assert not wrong
    assert Outcode.objects.count() == 57


def test_every_town_leads_to_a_team_of_its_council(demo):
    councils = {"Dorset": "Dorset", "West Midlands": "Wolverhampton", "Lincolnshire": "Lincolnshire"}
    for town in Town.objects.all():
        decision = areas.decide(town=town)
        assert decision.locality and decision.council.name == councils[town.county], town


def test_every_team_has_somebody_and_every_council_one_duty_team(demo):
    assert not Locality.objects.exclude(pk__in=Membership.objects.current().values("locality"))
    assert all(council.localities.filter(is_duty=True).count() == 1 for council in Council.objects.all())


# People


def test_everybody_signs_in_with_two_steps_and_only_here(demo):
    assert User.objects.count() == len(people.PEOPLE) == 21
    assert Authenticator.objects.filter(type="totp").count() == 21
    assert not User.objects.filter(for_demonstration=False).exists()
    assert not User.objects.filter(is_superuser=True).exists()
    assert all(user.check_password(people.PASSWORD) for user in User.objects.all()[:2])


def test_every_person_has_a_place_and_every_place_a_person():
    assert {person["code"] for person in people.PEOPLE} == set(people.PLACES)


def test_editors_have_something_to_edit(demo):
    assert {f"{user.first_name} {hub.name}" for hub in Hub.objects.all() for user in hub.editors.all()} == {
        "Hana Lodmoor Family Hub",
        "Jaz Bilston Bridge Family Hub",
        "Sid Seathorne Family Hub",
    }
    assert {user.first_name for run in Organisation.objects.all() for user in run.editors.all()} == {
        "Pip",
        "Olu",
        "Ania",
    }
    assert Counter(User.objects.values_list("groups__name", flat=True)) == {
        None: 9,
        "Hub staff": 3,
        "Partners": 3,
        "Content leads": 3,
        "Council settings": 6,
    }


@pytest.mark.parametrize(
    ("code", "settings", "teams"),
    [
        ("max", {"Dorset"}, {"Dorset"}),
        ("rita", {"Wolverhampton"}, {"Wolverhampton"}),
        ("ursa", {"Lincolnshire"}, {"Lincolnshire"}),
        ("cora", {"Dorset", "Wolverhampton", "Lincolnshire"}, set()),
    ],
)
def test_managers_keep_their_own_council_and_content_leads_the_settings_of_all(
    demo, client, code, settings, teams
):
    sign_in(client, User.objects.get(email=f"{code}@example.org"))

    opened = {
        name: {
            council.name
            for council in Council.objects.all()
            if client.get(reverse(view, args=[council.pk])).status_code == 200
        }
        for name, view in {"settings": "wagtailsnippets_hubs_council:edit", "areas": "areas:coverage"}.items()
    }
    edited = {
        team.council.name
        for team in Locality.objects.filter(is_duty=True)
        if client.get(reverse("wagtailsnippets_hubs_locality:edit", args=[team.pk])).status_code == 200
    }

    assert opened == {"settings": settings, "areas": teams}
    assert edited == teams


def test_the_code_it_prints_signs_in(demo, client):
    client.post("/account/sign-in/", {"login": "sam@example.org", "password": people.PASSWORD})
    printed = StringIO()
    call_command("demo", code="sam", stdout=printed)

    client.post(reverse("mfa_authenticate"), {"code": printed.getvalue().strip()})

    assert client.session["_auth_user_id"] == str(User.objects.get(email="sam@example.org").pk)


def test_asking_for_the_code_of_nobody_lists_who_there_is(demo):
    with pytest.raises(CommandError, match=r"Nobody here is called zed.*sam, lee"):
        call_command("demo", code="zed")


def test_second_factor_seeds_are_not_kept_in_clear(demo):
    kept = Authenticator.objects.get(user__email="sam@example.org").data["secret"]

    assert people.seed("sam@example.org") not in kept


# Nothing real


def texts():
    """Every text in every row of ours, opened where sealed, with where it came from."""
    for model in OURS:
        if model._meta.proxy:
            continue
        names = [
            f.name
            for f in model._meta.local_concrete_fields
            if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        names += [
            f.name.removesuffix("_ct") for f in model._meta.local_concrete_fields if f.name.endswith("_ct")
        ]
        for row in model._base_manager.all():
            for name in names:
                yield f"{model.__name__}.{name}", str(getattr(row, name))


def test_no_telephone_number_outside_the_ranges_kept_for_fiction(demo):
    found = [(where, number) for where, text in texts() for number in PHONE.findall(text)]

    real = [(where, number) for where, number in found if not FICTION.match(number.replace(" ", ""))]
    assert not real
    assert len(found) > 50


def test_no_e_mail_address_of_anybody(demo):
    found = [(where, address) for where, text in texts() for address in EMAIL.findall(text)]

    assert not [pair for pair in found if not pair[1].endswith("@example.org")]
    assert len(found) > 50


def test_no_address_on_the_web_of_anybody():
    links = re.findall(r"https?://[^/\s,]+", "".join(path.read_text() for path in FOLDER.glob("*.csv")))

    assert links
    assert all(link.endswith("example.org") for link in links)


def test_no_row_of_the_data_files_is_ragged():
    for path in FOLDER.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1, path.name
