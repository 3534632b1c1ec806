"""Places find their own position."""

import json

import pytest
from django.core.exceptions import ValidationError

from hubs.models import Hub, Location
from tests.factories.hubs import HubFactory, LocationFactory, OutcodeFactory, PostcodeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dorchester():
    """DT1 1XJ on file, and the middle of DT4."""
    OutcodeFactory(code="DT4", latitude=50.61, longitude=-2.45)
    return PostcodeFactory(code="DT11XJ")


def position(location):
    location = Location.objects.get(pk=location.pk)
    return location.latitude, location.longitude, location.position_is_approximate


def test_a_new_place_is_put_on_the_map_by_its_postcode(dorchester):
    hall = LocationFactory(latitude=None, longitude=None, postal_code="dt1 ixj")

    assert hall.postal_code == "DT1 1XJ"
    assert position(hall) == (50.71673, -2.4406, False)


def test_a_position_from_an_outcode_is_marked_approximate(dorchester):
    hall = LocationFactory(latitude=None, longitude=None, postal_code="DT4 9ZZ")

    assert position(hall) == (50.61, -2.45, True)


def test_a_position_that_came_with_the_place_is_kept(dorchester):
    hall = LocationFactory(latitude=50.5, longitude=-2.5, postal_code="DT1 1XJ")
    hall.name = "Another name"
    hall.save()

    assert position(hall) == (50.5, -2.5, False)


def test_a_place_that_moves_is_looked_up_again(dorchester):
    hall = LocationFactory(latitude=50.5, longitude=-2.5, postal_code="DT1 1XJ")

    hall.postal_code = "DT4 9ZZ"
    hall.save()

    assert position(hall) == (50.61, -2.45, True)


def test_saving_only_the_postcode_saves_the_position_with_it(dorchester):
    hall = LocationFactory(latitude=50.5, longitude=-2.5, postal_code="DT4 9ZZ")

    hall.postal_code = "DT1 1XJ"
    hall.save(update_fields=["postal_code"])

    assert position(hall) == (50.71673, -2.4406, False)


def test_saving_something_else_looks_nothing_up(dorchester):
    hall = LocationFactory(latitude=50.5, longitude=-2.5, postal_code="DT4 9ZZ")

    hall.postal_code = "DT1 1XJ"
    hall.save(update_fields=["name"])

    assert (hall.latitude, hall.longitude) == (50.5, -2.5)
    assert position(hall) == (50.5, -2.5, False)


def test_a_place_that_cannot_be_found_has_no_position_rather_than_a_wrong_one(dorchester):
    hall = LocationFactory(latitude=50.5, longitude=-2.5, postal_code="DT1 1XJ")

    hall.postal_code = "ZZ99 9ZZ"
    hall.save()

    assert position(hall) == (None, None, False)


def test_an_older_draft_does_not_bring_its_position_back(dorchester):
    hub = HubFactory(latitude=50.5, longitude=-2.5, postal_code="DT4 9ZZ")
    draft = hub.save_revision()
    Location.objects.filter(pk=hub.pk).update(latitude=50.6, longitude=-2.6)

    Hub.objects.get(pk=hub.pk).latest_revision.publish()

    assert json.dumps(draft.content["latitude"]) == "50.5"
    assert position(hub)[:2] == (50.6, -2.6)


def test_publishing_a_draft_with_another_postcode_moves_the_hub(dorchester):
    hub = HubFactory(latitude=50.61, longitude=-2.45, postal_code="DT4 9ZZ")
    hub.postal_code = "DT1 1XJ"
    hub.save_revision()

    Hub.objects.get(pk=hub.pk).latest_revision.publish()

    assert position(hub) == (50.71673, -2.4406, False)


@pytest.mark.parametrize(
    ("postcode", "message"),
    [
        ("banana", "like DT1 1XJ"),
        ("DT1", "Enter all of your postcode"),
        ("DT9 9ZZ", "We do not know that postcode"),
        ("EH1 1YZ", "Scotland"),
        ("Dorchester", "like DT1 1XJ"),
    ],
)
def test_a_form_refuses_a_postcode_that_cannot_be_placed(postcode, message, dorchester):
    hall = LocationFactory.build(postal_code=postcode)

    with pytest.raises(ValidationError, match=message) as refused:
        hall.clean()

    assert list(refused.value.message_dict) == ["postal_code"]


def test_a_form_writes_the_postcode_the_usual_way(dorchester):
    hall = LocationFactory.build(postal_code="dt11xj")

    hall.clean()

    assert hall.postal_code == "DT1 1XJ"
