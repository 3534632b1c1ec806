"""Ordinary topics, organisations and listings. Nothing here is random."""

import datetime

import factory
from factory.django import DjangoModelFactory

from directory.models import (
    Category,
    Check,
    Contact,
    CostOption,
    Organisation,
    Schedule,
    Service,
    ServiceLocation,
)
from tests.factories.hubs import CouncilFactory, LocationFactory

LONG_AGO = datetime.date(2024, 1, 1)


class HeadingFactory(DjangoModelFactory):
    """What gathers topics."""

    class Meta:
        model = Category
        django_get_or_create = ["slug"]

    name = "Pregnancy, birth and early years"
    slug = factory.LazyAttribute(lambda o: o.name.lower().replace(",", "").replace(" ", "-"))


class CategoryFactory(DjangoModelFactory):
    """A topic under a heading."""

    class Meta:
        model = Category
        django_get_or_create = ["slug"]

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.LazyAttribute(lambda o: o.name.lower().replace(",", "").replace(" ", "-"))
    parent = factory.SubFactory(HeadingFactory)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ["name"]

    name = "Invented Families Trust"
    email = "hello@example.org"
    phone = "01632 960300"


class ScheduleFactory(DjangoModelFactory):
    """Tuesdays, 9:30am to 11am, all year. Build it to read the rule, or give a saved `service_location`."""

    class Meta:
        model = Schedule

    class Params:
        once = factory.Trait(freq=Schedule.Freq.ONCE, byday="")
        first_saturday = factory.Trait(freq=Schedule.Freq.MONTHLY, byday="SA", bysetpos=1)

    freq = Schedule.Freq.WEEKLY
    byday = "TU"
    opens_at = datetime.time(9, 30)
    closes_at = datetime.time(11)
    dtstart = LONG_AGO


class ServiceFactory(DjangoModelFactory):
    """A live, free activity for all ages.

    `at` is a place, a list of places, or [None] for online; without it the listing has no places.
    `rules` are dicts for `ScheduleFactory`, each place getting all of them; `topics` are categories.
    Everything is saved together, so sessions and search entries are there afterwards.
    """

    class Meta:
        model = Service

    class Params:
        draft = factory.Trait(live=False)
        offer = factory.Trait(kind=Service.Kind.OFFER)
        online = factory.Trait(delivery=Service.Delivery.ONLINE, coverage=Service.Coverage.COUNCIL)
        national = factory.Trait(coverage=Service.Coverage.NATIONAL)

    kind = Service.Kind.ACTIVITY
    name = factory.Sequence(lambda n: f"Stay and Play {n}")
    slug = factory.Sequence(lambda n: f"stay-and-play-{n}")
    council = factory.SubFactory(CouncilFactory, dorset=True)
    organisation = factory.SubFactory(OrganisationFactory)
    summary = "Toys, songs and a hot drink."
    live = True

    @classmethod
    def _create(cls, model_class, *args, at=(), rules=(), topics=(), **kwargs):
        service = model_class(*args, **kwargs)
        for place in at if isinstance(at, list | tuple) else [at]:
            service.service_locations.add(_service_location(place, rules))
        service.categories.set(topics)
        service.save()
        return service

    @classmethod
    def _build(cls, model_class, *args, at=(), rules=(), topics=(), **kwargs):
        return model_class(*args, **kwargs)


def _service_location(place, rules):
    made = ServiceLocation(location=place)
    for rule in rules:
        made.schedules.add(ScheduleFactory.build(**rule))
    return made


class PlacedServiceFactory(ServiceFactory):
    """Stay and play in a hall in Dorchester, Tuesdays 9:30am to 11am."""

    at = factory.LazyAttribute(lambda o: LocationFactory(council=o.council))
    rules = factory.LazyFunction(lambda: [{}])


class ServiceLocationFactory(DjangoModelFactory):
    """One more place of a saved listing. Save the listing afterwards, so that sessions and search follow."""

    class Meta:
        model = ServiceLocation

    service = factory.SubFactory(ServiceFactory)
    location = factory.SubFactory(LocationFactory)


class CostOptionFactory(DjangoModelFactory):
    class Meta:
        model = CostOption

    service = factory.SubFactory(ServiceFactory)
    option = "A family"
    amount = "2.00"


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    service = factory.SubFactory(ServiceFactory)
    name = "Bramble Placeholder"
    phone = "01632 960301"


class CheckFactory(DjangoModelFactory):
    class Meta:
        model = Check

    service = factory.SubFactory(ServiceFactory)
    on = datetime.date(2026, 11, 2)
