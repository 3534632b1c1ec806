"""Sending a request: the one place where a family's answers become a referral in a team's queue."""

import datetime
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from hubs import postcodes

from . import audit, clock, contact, outbox, routing
from .journey.ages import age_on
from .journey.forms import WORDING
from .journey.route import Answers
from .journey.steps import route_of
from .models import Agreement, Event, Message, Person, QueueEntry, Referral, SharingChoice
from .routing import Destination, OutOfArea

__all__ = ["NotSent", "OutOfArea", "Unfinished", "send"]

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No I and no O, which look like figures."""
GROUPS = (3, 4, 3)
TRIES = 5

SOURCES = {
    "family": Referral.Source.SELF,
    "myself": Referral.Source.YOUNG_PERSON,
    "looked_after": Referral.Source.KINSHIP,
    "another": Referral.Source.PROFESSIONAL,
}
URGENCY = {"now": Referral.Urgency.NOW, "soon": Referral.Urgency.SOON, "unsure": Referral.Urgency.SOON}


class NotSent(Exception):
    """A request was not sent and nothing was stored. `str(error)` is fit to show."""


class Unfinished(NotSent):
    """Something that must be answered is not, or an answer leads away from sending."""

    def __init__(self, slugs: list[str]) -> None:
        super().__init__("Some questions still need an answer")
        self.slugs = slugs


def send(answers: Answers, *, submission_key: UUID, received_at: datetime.datetime | None = None) -> Referral:
    """Turn the answers of the journey into a referral in the right team's queue, all or nothing.

    `answers` is as `journey.steps` describes; what lies off the path is dropped. Sending the same key again returns
    the referral that the first sending made, whatever the answers.

    Raises:
        Unfinished: a question on the path is not answered, or the path ends in advice instead.
        OutOfArea: another council serves the address.
    """
    sent = Referral.objects.filter(submission_key=submission_key).first()
    if sent:
        return sent
    route = route_of(answers)
    if route.missing or route.end:
        raise Unfinished([step.slug for step in route.missing] or [route.end.slug if route.end else ""])
    given: dict[str, Any] = route.kept
    if not _can_be_reached(given):
        raise Unfinished(["reach"])
    to = routing.destination(given["where"], given.get("town"), given.get("pass-on"))
    return _store_once(given, to, submission_key, received_at or timezone.now())


def _can_be_reached(given: Mapping[str, Any]) -> bool:
    """Say whether the way that was chosen has the number or address it needs."""
    reach, way = given.get("reach", {}), given["way"]["way"]
    needed = {"call": ["phone"], "text": ["phone"], "email": ["email"], "someone": ["phone", "email"]}
    return way not in needed or any(reach.get(field) for field in needed[way])


def _store_once(
    given: Mapping[str, Any], to: Destination, key: UUID, received_at: datetime.datetime
) -> Referral:
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _store(given, to, key, received_at)
        except IntegrityError:
            # Either this draft was sent by another request meanwhile, or the reference was taken.
            sent = Referral.objects.filter(submission_key=key).first()
            if sent:
                return sent
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _store(given: Mapping[str, Any], to: Destination, key: UUID, received_at: datetime.datetime) -> Referral:
    due_at = _due(given, to, received_at)
    referral = _referral(given, to, key, received_at, promised_at=due_at if _promises(given, to) else None)
    referral.save(force_insert=True)
    Person.objects.bulk_create(_people(referral, given))
    SharingChoice.objects.bulk_create(
        SharingChoice(
            referral=referral, agency=agency, choice=given["sharing"].get(agency, "ask"), at=received_at
        )
        for agency in SharingChoice.Agency.values
    )
    Agreement.objects.create(
        referral=referral, agreed=True, at=received_at, wording_version=referral.wording_version
    )
    entry = QueueEntry.objects.create(
        referral=referral, locality=to.locality, arrived_at=received_at, due_at=due_at
    )
    told: dict[str, Any] = {"source": referral.source, "urgency": referral.urgency}
    placed: dict[str, Any] = {"locality": to.locality.pk, "how": to.how, "sure": to.sure}
    audit.record(referral, Event.Kind.SENT, entry=entry, at=received_at, **told)
    audit.record(referral, Event.Kind.ROUTED, entry=entry, at=received_at, **placed)
    outbox.post(Message.Kind.NEW_ENTRY, to=to.locality, about=entry)
    return referral


def _referral(
    given: Mapping[str, Any],
    to: Destination,
    key: UUID,
    received_at: datetime.datetime,
    *,
    promised_at: datetime.datetime | None,
) -> Referral:
    reach = _reach(given)
    referral = Referral(
        reference=new_reference(),
        submission_key=key,
        source=SOURCES[given["who"]["asking_for"]],
        urgency=_urgency(given),
        wording_version=given["agreement"].get("wording", WORDING),
        council=to.locality.council,
        routed_how=to.how,
        routed_surely=to.sure,
        received_at=received_at,
        promised_at=promised_at,
        phone_index=contact.phone_index(reach["phone"]),
        email_index=contact.email_index(reach["email"]),
        name_index=contact.name_index(reach["name"]),
    )
    referral.contact = reach
    referral.story = _story(given)
    referral.routed_why = to.why
    return referral


def _urgency(given: Mapping[str, Any]) -> int:
    return URGENCY.get(given["right-now"]["danger"], Referral.Urgency.ROUTINE)


def _due(given: Mapping[str, Any], to: Destination, received_at: datetime.datetime) -> datetime.datetime:
    council = to.locality.council
    haste = max(_urgency(given), _haste(given, council, received_at))
    return clock.promised_at(council, received_at, haste)


def _promises(given: Mapping[str, Any], to: Destination) -> bool:
    """Say whether the receipt names a time: for getting in touch, or for passing the request on."""
    return given["way"]["way"] != "ring" or to.to_pass_on


def _haste(given: Mapping[str, Any], council: Any, received_at: datetime.datetime) -> int:
    """Return the urgency that the promise is reckoned by for a young person alone: soon, below the council's age."""
    if "your-age" not in given:
        return Referral.Urgency.ROUTINE
    told = given["your-age"]
    born = told.get("born")
    age = age_on(born, timezone.localdate(received_at)) if born else int(told["age"])
    return Referral.Urgency.SOON if age < council.alert_under_age else Referral.Urgency.ROUTINE


def _reach(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `Referral.contact`."""
    reach = given.get("reach", {})
    where = given["where"]
    safety = {"leave_message": "no", "say_who": "no", "times": "", "anything_else": ""}
    phone = reach.get("phone", "")
    return {
        "name": given["name"]["name"],
        "way": given["way"]["way"],
        "phone": contact.phone(phone) if phone else "",
        "email": reach.get("email", ""),
        "person": reach.get("person", ""),
        "safety": safety | given.get("safely", {}) | given.get("keep-from", {}),
        "address": {
            "home": where["home"],
            "postcode": postcodes.normalise(where["postcode"]) if where.get("postcode") else "",
            "town": given.get("town", {}).get("town", ""),
            "secret": where["home"] == "secret",
            "pass_on_to": where.get("elsewhere", "") if given.get("pass-on") else "",
        },
    }


def _story(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `Referral.story`."""
    return {
        "story": given["story"]["story"],
        "danger": given["right-now"]["danger"],
        "asking_for": given["who"]["asking_for"],
        "family_agrees": given.get("agreed", {}).get("family_agrees", ""),
    }


def _people(referral: Referral, given: Mapping[str, Any]) -> list[Person]:
    """Return the children, or the young person who asks for themself."""
    children = given.get("children")
    if children is None:
        children = [{"first_name": given["name"]["name"], **given["your-age"]}]
    people = []
    for order, child in enumerate(children):
        person = Person(referral=referral, part=Person.Part.CHILD, order=order)
        person.details = {
            "first_name": child.get("first_name", ""),
            "age": child.get("age"),
            "born": child.get("born", ""),
            "due": child.get("due", ""),
            "expected": child.get("known") == "due",
        }
        people.append(person)
    return people


def new_reference() -> str:
    """Return a random reference that can be read out: "KTB-WQRS-HXE". Some 46 bits; it opens nothing."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(size)) for size in GROUPS)
