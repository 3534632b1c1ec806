"""How the desk puts things: times, ages, next steps, and what to mind before making contact. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from referrals import clock, triage
from referrals.models import QueueEntry

State = QueueEntry.State

NEXT: Mapping[str, str] = {
    State.RECEIVED: "Make contact",
    State.SCREENING: "Make contact",
    State.NEEDS_INFO: "Wait for their answer",
    State.QUEUED: "Make contact",
    State.CONTACTING: "Try again",
    State.SPOKEN: "Decide what happens next",
    State.DECIDED: "Close with an outcome",
    State.OPEN_FAMILY_HELP: "Review the plan",
    State.STEPPED_UP: "Wait for the MASH",
    State.CLOSED: "",
}
TONES: Mapping[str, str] = {
    State.RECEIVED: "accent",
    State.CONTACTING: "brand",
    State.SPOKEN: "plum",
    State.DECIDED: "leaf",
}
THEY_RING = "Wait for them to ring"
NEAR = {0: "today", -1: "yesterday", 1: "tomorrow"}
URGENCY = {1: "Soon", 2: "Now"}
"""A word for the flag in a list; the request page says it in full."""

DANGER = {
    "now": "Someone is being hurt, or in danger of being badly hurt, today",
    "soon": "They worry that someone may be badly hurt soon",
    "unsure": "They do not know, or would rather talk",
    "no": "",
}
DANGER_THEN = {
    "now": "They were shown 999 and the council’s numbers, and sent this as well.",
    "soon": "They come before routine requests.",
    "unsure": "They come before routine requests.",
}
ASKING_FOR = {
    "family": "Their own family",
    "myself": "Themself, a young person",
    "looked_after": "A child they look after",
    "another": "A family they know or work with",
}
HOMES = {"no_fixed": "No fixed address", "secret": "Their address must be kept secret"}


def they_ring(contact: Mapping[str, Any]) -> bool:
    """Say whether the family will ring us, so that nobody contacts them first."""
    return contact.get("way") == "ring"


def next_step(entry: QueueEntry, *, is_offered: bool, they_ring: bool = False) -> str:
    """Say whose move it is and which."""
    if is_offered:
        return "Wait for the other team"
    if entry.state != State.CLOSED and entry.owner_id is None:
        return "Claim it"
    if they_ring and entry.state in triage.AWAITING_CALL:
        return THEY_RING
    return NEXT[entry.state]


def is_late(entry: QueueEntry, now: datetime) -> bool:
    """Say whether a promised date has passed and nobody has spoken with the family."""
    return awaits_promise(entry) and entry.due_at < now


def awaits_promise(entry: QueueEntry) -> bool:
    """Say whether something that we promised is still to be done."""
    return entry.state in triage.AWAITING_CALL and entry.referral.promised_at is not None


def due(entry: QueueEntry, now: datetime) -> str:
    """Return "by 5pm today", "by 5pm on Tuesday 24 November" or, when late, "was due 5pm yesterday"."""
    hour = clock.hour_in_words(timezone.localtime(entry.due_at).time())
    when = day(entry.due_at, now)
    if is_late(entry, now):
        return f"was due {hour} {when}"
    return f"by {hour} {when if when in NEAR.values() else f'on {when}'}"


def day(moment: datetime, now: datetime) -> str:
    """Return "today", "yesterday", "tomorrow" or "Tuesday 24 November"."""
    local = timezone.localtime(moment)
    away = (local.date() - timezone.localdate(now)).days
    return NEAR.get(away) or f"{local:%A} {local.day} {local:%B}"


def when(moment: datetime, now: datetime) -> str:
    """Return "9:12am today" or "4pm on Monday 16 November"."""
    time = clock.hour_in_words(timezone.localtime(moment).time().replace(second=0, microsecond=0))
    on = day(moment, now)
    return f"{time} {on}" if on in NEAR.values() else f"{time} on {on}"


def age_of(moment: datetime, now: datetime) -> str:
    """Return how long ago, in the largest unit that fits: "5 minutes", "3 hours", "2 days"."""
    passed = max(now - moment, timedelta(0))
    for unit, size in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        if passed >= size:
            return _plural(passed // size, unit)
    return "just now"


def initials(name: str) -> str:
    """Return "J T" for Juniper Testwood: all that a list shows of a name."""
    return " ".join(part[0].upper() for part in name.split()[:3]) or "–"


def years(details: Mapping[str, Any], today: date) -> str:
    """Return a child's age as told: "3 years old", "born 27 March 2021 (5 years old)", "due 1 May 2027"."""
    if details.get("expected") or details.get("due"):
        return f"due {_date(details['due'])}" if details.get("due") else "not born yet"
    born = _day(details.get("born"))
    if born:
        whole = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return f"born {_date(details['born'])} ({_old(whole)})"
    age = str(details.get("age") if details.get("age") is not None else "")
    return _old(int(age)) if age.isdigit() else "age not given"


def _old(whole: int) -> str:
    return "under 1 year old" if whole < 1 else f"{_plural(whole, 'year')} old"


def _day(iso: object) -> date | None:
    try:
        return date.fromisoformat(str(iso or ""))
    except ValueError:
        return None


def _date(iso: str) -> str:
    found = _day(iso)
    return f"{found.day} {found:%B %Y}" if found else iso


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Rule:
    """One thing to do or not to do when making contact; `words` are the family's own."""

    text: str
    must_not: bool = False
    words: str = ""


WAYS: Mapping[str, Rule] = {
    "call": Rule("Ring them. Do not text or email."),
    "text": Rule("Send a text only. Do not ring or email.", must_not=True),
    "email": Rule("Send an email only. Do not ring or text.", must_not=True),
    "ring": Rule("Do not contact them. They will ring you.", must_not=True),
}


def contact_rules(contact: Mapping[str, Any]) -> list[Rule]:
    """Return what to mind before making contact, made from the family's answers. Not answered means not safe."""
    safety = contact.get("safety") or {}
    rules = [_way(contact)]
    if not they_ring(contact):
        writes = contact.get("way") in ("text", "email")
        rules += [_may_say_who(safety, writes=writes), _may_leave_message(safety, writes=writes)]
    if safety.get("times"):
        rules.append(Rule("Only at these times:", must_not=True, words=str(safety["times"])))
    if safety.get("anything_else"):
        rules.append(Rule("They also told us:", must_not=True, words=str(safety["anything_else"])))
    if safety.get("keep_from_parent", "no") != "no":
        rules.append(Rule("Do not tell their parent or carer.", must_not=True))
    if (contact.get("address") or {}).get("secret"):
        rules.append(Rule("Their address is secret. Do not write it down or send anything.", must_not=True))
    return rules


def _way(contact: Mapping[str, Any]) -> Rule:
    if contact.get("way") == "someone":
        return Rule("Contact this person instead, not the family:", True, str(contact.get("person") or ""))
    return WAYS.get(str(contact.get("way")), Rule("They did not say which way is safe. Ask a lead.", True))


def _may_say_who(safety: Mapping[str, Any], *, writes: bool) -> Rule:
    if safety.get("say_who") == "yes":
        return Rule("The message may say who you are." if writes else "You may say who you are.")
    if writes:
        return Rule("Do not say in the message who it is from.", must_not=True)
    return Rule(
        "Do not say who you are or where you are calling from. If someone else answers, say it is a wrong number.",
        must_not=True,
    )


def _may_leave_message(safety: Mapping[str, Any], *, writes: bool) -> Rule:
    if safety.get("leave_message") == "yes":
        return Rule("Others may see the message." if writes else "You may leave a message.")
    if writes:
        return Rule("Someone else may read the message. Write nothing that gives it away.", must_not=True)
    return Rule("Do not leave a message or voicemail.", must_not=True)
