"""Two hubs, two organisations, and everybody who might come to the admin."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, time

import pytest
from django.contrib.auth.models import Group

from cms.models import Activity, HelpOffer, OtherService
from directory.models import Organisation, Schedule, ServiceLocation
from hubs.models import Council, Hub, Locality, Location, User
from tests.factories.directory import CategoryFactory
from tests.factories.hubs import (
    CouncilFactory,
    HubFactory,
    LocalityFactory,
    LocationFactory,
    MembershipFactory,
    OutcodeFactory,
    UserFactory,
)
from tests.factories.referrals import ManagerFactory

KINDS = {"activity": Activity, "helpoffer": HelpOffer, "otherservice": OtherService}


@dataclass
class World:
    """`mine` and `theirs` hold one record of each model: ours, and another hub's or organisation's."""

    council: Council
    locality: Locality
    hub: Hub
    other_hub: Hub
    hall: Location
    people: dict[str, User]
    mine: dict[str, object] = field(default_factory=dict)
    theirs: dict[str, object] = field(default_factory=dict)


def in_group(name: str, **fields) -> User:
    user = UserFactory(**fields)
    user.groups.add(Group.objects.get(name=name))
    return user


def make_listing(model, name, place, organisation, council, **fields):
    listing = model(
        name=name,
        slug=name.lower().replace(" ", "-"),
        council=council,
        organisation=organisation,
        summary="Toys, songs and a cup of tea.",
        **fields,
    )
    at = ServiceLocation(location=Location.objects.get(pk=place.pk))
    at.schedules = [Schedule(byday="TU", opens_at=time(9, 30), closes_at=time(11), dtstart=date(2026, 9, 1))]
    listing.service_locations = [at]
    listing.save()
    return listing


@pytest.fixture
def world(shared_world, db) -> World:
    """A copy for each test, as Django makes of its `setUpTestData`. What a test does to the rows is undone."""
    return deepcopy(shared_world)


@pytest.fixture(scope="module")
def shared_world(module_db) -> World:
    OutcodeFactory(code="DT1")
    council = CouncilFactory(name="Sampleshire")
    locality = LocalityFactory(council=council, name="North")
    hub = HubFactory(name="Our Hub", slug="our-hub", council=council, team=locality)
    other_hub = HubFactory(name="Other Hub", slug="other-hub", council=council, team=locality)
    hall = LocationFactory(name="Village Hall", council=council)
    people = {
        "hub staff": in_group("Hub staff"),
        "partner": in_group("Partners"),
        "content lead": in_group("Content leads"),
        "council settings": ManagerFactory(of=locality),
        "desk worker": MembershipFactory(locality=locality).user,
        "superuser": UserFactory(is_superuser=True, is_staff=True),
    }
    hub.editors.set([people["hub staff"]])
    hub.save()
    runs_ours = Organisation.objects.create(name="Our Trust")
    runs_ours.editors.set([people["partner"]])
    runs_theirs = Organisation.objects.create(name="Other Trust")
    world = World(council, locality, hub, other_hub, hall, people)
    for name, model in KINDS.items():
        world.mine[name] = make_listing(model, f"Our {name}", hub, runs_ours, council)
        world.theirs[name] = make_listing(model, f"Other {name}", other_hub, runs_theirs, council)
    world.mine |= {"hub": hub, "organisation": runs_ours}
    world.theirs |= {"hub": other_hub, "organisation": runs_theirs, "location": hall, "council": council}
    world.theirs |= {"locality": locality, "category": CategoryFactory()}
    return world
