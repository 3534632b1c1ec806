"""One request as its worker reads it: the family's own words, what is safe, what was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from phonenumbers import NumberParseException

from hubs.areas import How
from hubs.models import User
from hubs.postcodes import format_postcode
from referrals import clock, triage
from referrals.contact import phone_in_words, phone_link
from referrals.models import ContactTry, Event, Note, Person, QueueEntry, SharingChoice, Transfer
from referrals.sealed import SealedError

from . import wording


@dataclass(frozen=True)
class Line:
    """One line of the history: what, by whom, when and, for a note, the words."""

    title: str
    by: str
    when: str
    text: str = ""


@dataclass(frozen=True)
class Story:
    """All that the page of one request shows. Sealed parts are opened as they are asked for."""

    entry: QueueEntry
    now: datetime
    is_offered: bool = False

    @cached_property
    def contact(self) -> Mapping[str, Any]:
        return self.entry.referral.contact or {}

    @cached_property
    def told(self) -> Mapping[str, Any]:
        return self.entry.referral.story or {}

    @cached_property
    def can_be_opened(self) -> bool:
        """Say whether every sealed part opens. The page says so plainly when one does not."""
        try:
            self.contact, self.told, self.rules, self.doubt, self.children_in_words, self.history  # noqa: B018
            self.outcomes_in_words  # noqa: B018
        except SealedError:
            return False
        return True

    @property
    def next_step(self) -> str:
        return wording.next_step(self.entry, is_offered=self.is_offered, they_ring=self.they_ring)

    @property
    def name(self) -> str:
        return str(self.contact.get("name") or "Somebody")

    @property
    def words(self) -> str:
        return str(self.told.get("story") or "")

    @property
    def danger(self) -> str:
        return wording.DANGER.get(str(self.told.get("danger")), "")

    @property
    def danger_then(self) -> str:
        return wording.DANGER_THEN.get(str(self.told.get("danger")), "")

    @property
    def about(self) -> str:
        return wording.ASKING_FOR.get(str(self.told.get("asking_for")), "")

    @property
    def sent(self) -> str:
        return wording.when(self.entry.referral.received_at, self.now)

    @property
    def promised(self) -> str:
        """By when something was promised that is still to be done, or nothing."""
        promised = self.entry.referral.promised_at
        return clock.in_words(promised) if promised and wording.awaits_promise(self.entry) else ""

    @property
    def they_ring(self) -> bool:
        return wording.they_ring(self.contact)

    @property
    def is_late(self) -> bool:
        return wording.is_late(self.entry, self.now)

    @property
    def awaits_call(self) -> bool:
        return self.entry.state in triage.AWAITING_CALL

    @property
    def family_sees(self) -> str:
        return triage.family_sees(self.entry)

    @property
    def doubt(self) -> str:
        """Why the area should be checked, or nothing when routing was sure or nobody can move it any more."""
        referral = self.entry.referral
        if referral.routed_surely or self.entry.state == QueueEntry.State.CLOSED:
            return ""
        return str(referral.routed_why or "It could not be placed for certain")

    @property
    def doubt_title(self) -> str:
        return "Pass this on" if self.entry.referral.routed_how == How.OUT_OF_AREA else "Check the area"

    @cached_property
    def rules(self) -> list[wording.Rule]:
        return wording.contact_rules(self.contact)

    @cached_property
    def children(self) -> list[Person]:
        return [person for person in self._people if person.part == Person.Part.CHILD]

    @cached_property
    def children_in_words(self) -> list[dict[str, str]]:
        today = timezone.localdate(self.now)
        return [
            {
                "name": str((child.details or {}).get("first_name") or "Name not given"),
                "age": wording.years(child.details or {}, today),
                "note": str((child.details or {}).get("note") or ""),
            }
            for child in self.children
        ]

    @cached_property
    def _people(self) -> list[Person]:
        return list(self.entry.referral.people.all())

    @cached_property
    def sharing(self) -> list[dict[str, str]]:
        """The latest choice for each agency that was asked about."""
        latest = {choice.agency: choice for choice in self.entry.referral.sharing_choices.all()}
        tones: dict[str, str] = {SharingChoice.Choice.YES: "leaf", SharingChoice.Choice.NO: "warm"}
        return [
            {
                "agency": choice.get_agency_display(),
                "choice": choice.get_choice_display(),
                "tone": tones.get(choice.choice, ""),
            }
            for choice in latest.values()
        ]

    @property
    def reach(self) -> dict[str, str]:
        """How to reach the family. Ask for it only when somebody has read what is safe: the look is recorded."""
        address = self.contact.get("address") or {}
        postcode = str(address.get("postcode") or "")
        return {
            "person": str(self.contact.get("person") or ""),
            "phone": _phone(str(self.contact.get("phone") or "")),
            "link": phone_link(str(self.contact.get("phone") or "")),
            "email": str(self.contact.get("email") or ""),
            "postcode": format_postcode(postcode) if postcode else "",
            "home": wording.HOMES.get(str(address.get("home")), ""),
            "town": str(address.get("town") or ""),
        }

    @property
    def tries(self) -> str:
        """How often somebody tried, or nothing: "2 tries on 1 day"."""
        days = {timezone.localdate(tried.at) for tried in self._tries.values()}
        if not days:
            return ""
        tries = len(self._tries)
        return f"{tries} tr{'y' if tries == 1 else 'ies'} on {len(days)} day{'' if len(days) == 1 else 's'}"

    @cached_property
    def outcomes_in_words(self) -> list[dict[str, str]]:
        """What came of it for each child, for a closed entry."""
        if self.entry.state != QueueEntry.State.CLOSED:
            return []
        outcomes = self.entry.outcomes.select_related("child")
        return [
            {
                "child": str((outcome.child.details or {}).get("first_name") or "Child"),
                "what": outcome.get_code_display(),
                "reason": outcome.reason or "",
            }
            for outcome in outcomes
        ]

    @cached_property
    def _tries(self) -> dict[str, ContactTry]:
        tries = ContactTry.objects.filter(entry__referral=self.entry.referral_id)
        return {str(tried.pk): tried for tried in tries}

    @cached_property
    def history(self) -> list[Line]:
        """What was done, newest first, in every team's turn: the record follows the family."""
        referral = self.entry.referral
        events = list(referral.events.select_related("by", "entry__locality__council"))
        turns = {"entry__referral": referral}
        notes = Note.objects.filter(**turns)
        return _History(
            notes={str(note.pk): note.text for note in notes},
            tries=self._tries,
            offers={
                str(offer.pk): offer
                for offer in Transfer.objects.filter(**turns).select_related("to__council")
            },
            people=_people_in(events),
            now=self.now,
        ).lines(events)


def _people_in(events: list[Event]) -> dict[int, User]:
    named = {event.facts["owner"] for event in events if event.kind == Event.Kind.ASSIGNED}
    return User.objects.in_bulk(named) if named else {}


def _phone(e164: str) -> str:
    try:
        return phone_in_words(e164) if e164 else ""
    except NumberParseException:
        return e164


@dataclass(frozen=True)
class _History:
    """Turns events into lines, with the words of the rows they point to."""

    notes: Mapping[str, str]
    tries: Mapping[str, ContactTry]
    offers: Mapping[str, Transfer]
    people: Mapping[int, User]
    now: datetime

    def lines(self, events: list[Event]) -> list[Line]:
        return [
            Line(
                title=self._title(event),
                by=str(event.by) if event.by else "",
                when=wording.when(event.at, self.now),
                text=self.notes.get(str(event.facts.get("note")), ""),
            )
            for event in reversed(events)
        ]

    def _title(self, event: Event) -> str:
        kinds = Event.Kind
        sayings: dict[str, Callable[[Event], str]] = {
            kinds.ROUTED: self._routed,
            kinds.MOVED: self._moved,
            kinds.ASSIGNED: self._assigned,
            kinds.TRIED: self._tried,
            kinds.TRANSFER_OFFERED: self._offered,
            kinds.TRANSFER_ACCEPTED: self._accepted,
            kinds.TRANSFER_RETURNED: self._returned,
            kinds.CLOSED: self._closed,
        }
        says = sayings.get(event.kind)
        return (says(event) if says else "") or event.get_kind_display()

    def _routed(self, event: Event) -> str:
        return f"Placed with the {event.entry.locality.team}" if event.entry else ""

    def _moved(self, event: Event) -> str:
        return str(dict(QueueEntry.State.choices).get(event.facts.get("state"), ""))

    def _assigned(self, event: Event) -> str:
        person = self.people.get(event.facts["owner"])
        return f"Given to {person}" if person else ""

    def _tried(self, event: Event) -> str:
        tried = self.tries.get(str(event.facts.get("try")))
        return f"{tried.get_way_display()}: {tried.get_result_display().lower()}" if tried else ""

    def _offered(self, event: Event) -> str:
        offer = self.offers.get(str(event.facts.get("offer")))
        return f"Offered to the {offer.to.team}" if offer else ""

    def _accepted(self, event: Event) -> str:
        return f"Accepted by the {event.entry.locality.team}" if event.entry else ""

    def _returned(self, event: Event) -> str:
        offer = self.offers.get(str(event.facts.get("offer")))
        return f"Returned by the {offer.to.team}" if offer else ""

    def _closed(self, event: Event) -> str:
        as_ = dict(QueueEntry.ClosedAs.choices).get(event.facts.get("closed_as"))
        return f"Closed: {str(as_).lower()}" if as_ else ""
