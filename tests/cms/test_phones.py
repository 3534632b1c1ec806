"""Which telephone numbers editors may publish."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cms.phones import check_phone
from directory.models import Service
from hubs.models import CouncilNumber, Hub
from tests.cms.test_forms import add, filled_in, formset
from tests.signin import sign_in

ADVICE = "Enter one phone number, like 01632 960 001, 0800 1111 or 111"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "01632 960 001", "(01632) 960001", "020 7946 0000", "07700 900982", "+48 22 123 45 67"),
        *("111", "999", "101", "116 123", "116123", "0800 1111", "0845 46 47", "0300 123 1000"),
    ],
)
def test_a_number_that_somebody_can_ring_is_taken(typed):
    check_phone(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("123", "12", "0", "01632", "221000", "1234567", "0800 1234", "ring the office", "☎", "٣٣٣"),
        *("01632 960001 or 01632 960002", "01632 960001 960001 960001", "1" * 30),
    ],
)
def test_what_nobody_can_ring_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match=ADVICE):
        check_phone(typed)


def signed_in(world, role) -> Client:
    return sign_in(Client(), world.people[role])


def test_a_listings_phone_that_nobody_can_ring_is_not_published_and_stays_in_the_box(world):
    client = signed_in(world, "hub staff")

    page = add(client, filled_in(world, phone="123"), **{"action-publish": "1"}).content.decode()

    assert ADVICE in page
    assert 'value="123"' in page
    assert not Service.objects.filter(name="Messy play").exists()


def test_a_listing_may_have_a_helpline_as_its_phone(world):
    client = signed_in(world, "hub staff")

    add(client, filled_in(world, phone="116 123"), **{"action-publish": "1"})

    assert Service.objects.get(name="Messy play").phone == "116 123"


def test_a_person_with_a_phone_that_nobody_can_ring_is_told_that_alone(world):
    person = {**formset("contacts", 1), "contacts-0-phone": "123", "contacts-0-ORDER": 1}

    page = add(signed_in(world, "hub staff"), filled_in(world, **person)).content.decode()

    assert ADVICE in page
    assert "Enter a phone number or an e-mail address" not in page


def test_a_hubs_phone_that_nobody_can_ring_is_refused_and_stays_in_the_box(world):
    posted = {
        **{"name": "Our Hub", "postal_code": "DT1 1XJ", "city": "Dorchester", "phone": "123"},
        **{**formset("opening_hours"), **formset("exceptions"), **formset("comments"), "action-publish": "1"},
    }

    page = signed_in(world, "hub staff").post(
        reverse("wagtailsnippets_hubs_hub:edit", args=[world.hub.pk]), posted
    )

    assert ADVICE in page.content.decode()
    assert 'value="123"' in page.content.decode()
    assert Hub.objects.get(pk=world.hub.pk).phone != "123"


@pytest.mark.parametrize(("name", "role"), [("organisation", "partner"), ("locality", "council settings")])
def test_who_runs_things_and_teams_have_phones_that_can_be_rung(world, name, role):
    record = {**world.mine, "locality": world.locality}[name]
    address = reverse(f"wagtailsnippets_{record._meta.app_label}_{name}:edit", args=[record.pk])

    page = signed_in(world, role).post(address, {"phone": "123"}).content.decode()

    assert ADVICE in page


def test_a_councils_numbers_can_be_rung(world):
    row = {"numbers-0-kind": "family_hubs", "numbers-0-number": "123", "numbers-0-hours": "Always"}

    page = signed_in(world, "council settings").post(
        reverse("wagtailsnippets_hubs_council:edit", args=[world.council.pk]),
        {**formset("numbers", 1), **formset("terms"), **row},
    )

    assert ADVICE in page.content.decode()
    assert not CouncilNumber.objects.exists()
