"""Loads topics, organisations, activities and offers. Safe to run again: dates move to be round today."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import slugify

from directory.models import Category, Check, CostOption, Organisation, Schedule, Service, ServiceLocation
from hubs.models import Council, Hub, Location, User

from . import leaflet
from .people import PLACES
from .tables import Row, rows

BOOKING = {
    "Drop-in": Service.Booking.DROP_IN,
    "Book": Service.Booking.BOOK,
    "Ask us first": Service.Booking.ASK_FIRST,
}
RAN_ALREADY = datetime.timedelta(weeks=8)
"""How long ago something that repeats for ever began."""
CHECKED_WITHIN_DAYS = 45


@dataclass(frozen=True)
class Directory:
    """What a listing may refer to, by the keys of the data files."""

    councils: dict[str, Council]
    hubs: dict[str, Hub]
    places: dict[str, Location]
    topics: dict[str, Category]
    organisations: dict[str, Organisation]


def load_topics() -> dict[str, Category]:
    """Make the headings and topics, each topic with its bit. Returns the topics by slug."""
    headings: dict[str, Category] = {}
    topics = {}
    for number, row in enumerate(rows("headings")):
        headings[row["heading"]] = _category(row["heading"], row["slug"], order=number, icon=row["icon"])
    for number, row in enumerate(rows("topics")):
        topic = _category(
            row["topic"],
            row["slug"],
            order=number,
            parent=headings[row["heading"]],
            aliases=row["aliases"],
            icon=row["icon"],
        )
        topics[topic.slug] = topic
    return topics


def _category(name: str, slug: str, **fields: object) -> Category:
    category, _ = Category.objects.update_or_create(slug=slug, defaults={"name": name, **fields})
    return category


def load_organisations(people: dict[str, User]) -> dict[str, Organisation]:
    """Make the organisations and let their editors edit them. Returns them by key."""
    organisations = {}
    for row in rows("organisations"):
        organisation, _ = Organisation.objects.update_or_create(
            name=row["name"],
            defaults={"description": row["description"], "phone": row["phone"], "email": row["email"]},
        )
        organisations[row["key"]] = organisation
    for code, place in PLACES.items():
        if place.organisation:
            organisations[place.organisation].editors.add(people[code])
    return organisations


def load_listings(directory: Directory) -> list[Service]:
    """Make the activities and offers, each with its times."""
    made = []
    for kind, name, fill in [
        (Service.Kind.ACTIVITY, "activities", _fill_activity),
        (Service.Kind.OFFER, "offers", _fill_offer),
    ]:
        for row in rows(name):
            service = _service(row["title"], kind)
            _fill(service, row, directory)
            fill(service, row, directory)
            service.save()
            made.append(service)
    return made


def _service(title: str, kind: str) -> Service:
    slug = slugify(title)
    return Service.objects.filter(slug=slug).first() or Service(slug=slug, kind=kind)


def _fill(service: Service, row: Row, directory: Directory) -> None:
    """Set what activities and offers have in common."""
    organisation = directory.organisations[row["organisation"]]
    service.name = row["title"]
    service.organisation = organisation
    service.description = leaflet.paragraphs(row["description"])
    service.categories = [directory.topics[slug] for slug in row["topics"].split()]
    service.send_welcome = row["send"] == "send"
    service.email, service.phone = organisation.email, organisation.phone
    service.live = True
    service.has_unpublished_changes = False
    service.first_published_at = service.first_published_at or timezone.now()


def _fill_activity(service: Service, row: Row, directory: Directory) -> None:
    hub = directory.hubs[row["hub"]]
    when = leaflet.when(row["when"], row["runs"])
    service.council = hub.council
    service.summary = row["summary"]
    service.eligibility = "" if row["ages"] == "All ages" else row["ages"]
    service.booking, service.booking_note = BOOKING[row["booking"]], row["booking_note"]
    service.languages = row["languages"].split()
    service.delivery = Service.Delivery.ONLINE if when.online else Service.Delivery.IN_PERSON
    service.coverage = Service.Coverage.COUNCIL if when.online else Service.Coverage.PLACE
    _set_ages(service, row["ages"])
    _set_price(service, row["cost"])
    location = None if when.online else directory.places.get(row["place"], hub)
    at = _at(service, location)
    at.schedules = [_schedule(at, when, row["starts_in_weeks"])]
    service.service_locations = [at]


def _set_ages(service: Service, text: str) -> None:
    ages = leaflet.ages(text)
    service.minimum_age, service.maximum_age = ages.minimum, ages.maximum
    service.for_expecting, service.for_parents = ages.expecting, ages.parents


def _set_price(service: Service, text: str) -> None:
    service.cost, pounds, service.fees_description = leaflet.price(text)
    options = {option.option: option for option in service.cost_options.all()} if service.pk else {}
    if pounds is None:
        service.cost_options = []
        return
    what = "Each family" if "per family" in text else "Each child"
    option = options.get(what) or CostOption(option=what)
    option.amount = pounds
    service.cost_options = [option]


def _at(service: Service, location: Location | None) -> ServiceLocation:
    """Return the row that says a service happens at a place, the one there is or a new one."""
    place = Location.objects.get(pk=location.pk) if location else None
    found = service.service_locations.filter(location=place).first() if service.pk else None
    return found or ServiceLocation(location=place)


def _schedule(at: ServiceLocation, when: leaflet.When, starts_in_weeks: str) -> Schedule:
    schedule = (at.schedules.first() if at.pk else None) or Schedule()
    schedule.freq, schedule.byday, schedule.bysetpos = when.freq, when.byday, when.bysetpos
    schedule.opens_at, schedule.closes_at = when.opens_at, when.closes_at
    schedule.count, schedule.bymonth, schedule.runs = when.count, when.bymonth, when.runs
    today = timezone.localdate()
    away = datetime.timedelta(weeks=int(starts_in_weeks)) if starts_in_weeks else -RAN_ALREADY
    schedule.dtstart = leaflet.weekday_on_or_after(today + away, when.byday)
    return schedule


def _fill_offer(service: Service, row: Row, directory: Directory) -> None:
    service.council = directory.councils[row["council"]]
    service.summary = f"For {row['who'][0].lower()}{row['who'][1:]}. {row['promise']}."
    service.eligibility = row["who"]
    service.booking = Service.Booking.ASK_FIRST
    service.booking_note = row["how"]
    service.delivery = row["delivery"]
    service.coverage = Service.Coverage.COUNCIL
    service.promise = row["promise"]
    _set_ages(service, row["ages"])


def check_listings(services: list[Service], people: dict[str, User]) -> None:
    """Record that each council's content lead confirmed its listings lately, on one day or another."""
    leads = {place.council: people[code] for code, place in PLACES.items() if place.leads_content}
    Check.objects.filter(service__in=services, by__in=leads.values()).delete()
    today = timezone.localdate()
    Check.objects.bulk_create(
        Check(
            service=service,
            by=leads[service.council.name],
            on=today - datetime.timedelta(days=number * 7 % CHECKED_WITHIN_DAYS + 1),
        )
        for number, service in enumerate(services)
    )
