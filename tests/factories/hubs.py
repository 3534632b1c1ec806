"""Ordinary councils, teams, people, places and postcodes. Names are invented; ONS codes of Dorset are facts."""

import datetime

import factory
import shapely
from factory.django import DjangoModelFactory

from hubs.models import (
    Boundary,
    BoundaryRelease,
    Council,
    CouncilNumber,
    Hub,
    Locality,
    LocalityRule,
    Location,
    Membership,
    OpeningException,
    OpeningHours,
    Outcode,
    Postcode,
    PostcodeRelease,
    Town,
    User,
)

PASSWORD = "correct-horse-battery-staple"
"""What `UserFactory` people sign in with."""


class CouncilFactory(DjangoModelFactory):
    """A unitary council. Dorset's code is E06000059; others count up from E06900001, which no council has."""

    class Meta:
        model = Council
        django_get_or_create = ["slug"]

    class Params:
        dorset = factory.Trait(name="Dorset", ons_code="E06000059")

    name = factory.Sequence(lambda n: f"Council {n}")
    slug = factory.LazyAttribute(lambda council: council.name.lower().replace(" ", "-"))
    ons_code = factory.Sequence(lambda n: f"E069{n + 1:05}")
    website = "https://council.example.org/"


class CouncilNumberFactory(DjangoModelFactory):
    class Meta:
        model = CouncilNumber

    council = factory.SubFactory(CouncilFactory)
    kind = CouncilNumber.Kind.FRONT_DOOR
    number = "01632 960001"
    hours = "Monday to Friday, 9am to 5pm"
    checked_on = datetime.date(2026, 11, 2)


class LocalityFactory(DjangoModelFactory):
    """One team of a council. `LocalityFactory(duty=True)` for the one that takes what nobody else can."""

    class Meta:
        model = Locality
        django_get_or_create = ["council", "slug"]

    class Params:
        duty = factory.Trait(name="Duty", is_duty=True)

    council = factory.SubFactory(CouncilFactory)
    name = factory.Sequence(lambda n: f"Locality {n}")
    slug = factory.LazyAttribute(lambda locality: locality.name.lower().replace(" ", "-").replace("&", "and"))
    inbox = factory.LazyAttribute(lambda locality: f"{locality.slug}@example.org")
    phone = "01632 960100"


class LocalityRuleFactory(DjangoModelFactory):
    """A ward that belongs to a locality."""

    class Meta:
        model = LocalityRule

    locality = factory.SubFactory(LocalityFactory)
    kind = LocalityRule.Kind.WARD
    code = factory.Sequence(lambda n: f"E059{n:05}")
    name = factory.Sequence(lambda n: f"Ward {n}")


class UserFactory(DjangoModelFactory):
    """Somebody who signs in with `PASSWORD`. No second factor, no team, no groups."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        superuser = factory.Trait(is_staff=True, is_superuser=True)

    first_name = "Bramble"
    last_name = factory.Sequence(lambda n: f"Worker{n}")
    email = factory.Sequence(lambda n: f"worker{n}@example.org")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory):
    """A worker's place in a team since long ago, with no end."""

    class Meta:
        model = Membership

    class Params:
        over = factory.Trait(ends=datetime.date(2021, 1, 1))

    user = factory.SubFactory(UserFactory)
    locality = factory.SubFactory(LocalityFactory)
    role = Membership.Role.WORKER
    starts = datetime.date(2020, 1, 1)


class LocationFactory(DjangoModelFactory):
    """A hall in Dorchester with its position."""

    class Meta:
        model = Location

    name = factory.Sequence(lambda n: f"Hall {n}")
    council = factory.SubFactory(CouncilFactory)
    address_1 = "1 Invented Street"
    city = "Dorchester"
    postal_code = "DT1 1XJ"
    latitude = 50.71673
    longitude = -2.4406


class HubFactory(LocationFactory):
    """A published hub of a team of the same council."""

    class Meta:
        model = Hub

    class Params:
        draft = factory.Trait(live=False)

    name = factory.Sequence(lambda n: f"Family Hub {n}")
    slug = factory.LazyAttribute(lambda hub: hub.name.lower().replace(" ", "-"))
    council = factory.SelfAttribute("team.council")
    team = factory.SubFactory(LocalityFactory)
    summary = "Play, advice and a warm welcome."
    phone = "01632 960200"
    live = True


class OpeningHoursFactory(DjangoModelFactory):
    """Mondays, 9am to 5pm."""

    class Meta:
        model = OpeningHours

    hub = factory.SubFactory(HubFactory)
    byday = "MO"
    opens_at = datetime.time(9)
    closes_at = datetime.time(17)


class OpeningExceptionFactory(DjangoModelFactory):
    """Closed all day."""

    class Meta:
        model = OpeningException

    hub = factory.SubFactory(HubFactory)
    date = datetime.date(2026, 11, 23)
    reason = "Staff training"


class PostcodeReleaseFactory(DjangoModelFactory):
    class Meta:
        model = PostcodeRelease
        django_get_or_create = ["source", "release"]

    source = "National Statistics Postcode Lookup"
    release = "November 2021"


class PostcodeFactory(DjangoModelFactory):
    """A live postcode in Dorchester, well placed."""

    class Meta:
        model = Postcode
        django_get_or_create = ["code"]

    class Params:
        ended = factory.Trait(terminated="201506")
        nowhere = factory.Trait(latitude=None, longitude=None, quality=9)

    code = "DT11XJ"
    latitude = 50.71673
    longitude = -2.4406
    country = "E92000001"
    district = "E06000059"
    ward = "E05012698"
    lsoa = "E01032643"
    quality = 1
    release = factory.SubFactory(PostcodeReleaseFactory)


class BoundaryFactory(DjangoModelFactory):
    """A rectangle about Dorchester, from `west` to `east` and `south` to `north` in degrees."""

    class Meta:
        model = Boundary
        exclude = ["west", "south", "east", "north"]

    west, south, east, north = -2.5, 50.7, -2.4, 50.8
    kind = Boundary.Kind.WARD
    code = factory.Sequence(lambda n: f"E058{n:05}")
    name = factory.Sequence(lambda n: f"Ward {n}")
    district = "E06000059"
    outline = factory.LazyAttribute(lambda a: shapely.to_wkb(shapely.box(a.west, a.south, a.east, a.north)))
    release = factory.LazyFunction(lambda: BoundaryRelease.objects.create(source="drawn.geojson"))


class OutcodeFactory(DjangoModelFactory):
    class Meta:
        model = Outcode
        django_get_or_create = ["code"]

    code = "DT1"
    latitude = 50.71093
    longitude = -2.44052
    place = "Dorchester"


class TownFactory(DjangoModelFactory):
    class Meta:
        model = Town
        django_get_or_create = ["name", "county"]

    name = "Dorchester"
    county = "Dorset"
    latitude = 50.7115
    longitude = -2.4406
    outcode = "DT1"
    district = "E06000059"
    ward = "E05012698"
