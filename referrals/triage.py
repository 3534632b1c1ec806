"""Everything a team may do to an entry in its queue: claim, note, try, decide, transfer, close.

Each verb is one transition. It locks the entry, checks that the move is allowed, makes the change with its `Event` and
any outbox `Message` in one transaction, and returns what it made or changed. Nothing else sets an entry's state.
`STATES` and `WHO` are the whole rule book; the docs and the tests are made from them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hubs.models import Locality, Membership, User

from . import audit, outbox
from .models import ContactTry, Event, Message, Note, Outcome, Person, QueueEntry, Transfer

State = QueueEntry.State
ClosedAs = QueueEntry.ClosedAs
Role = Membership.Role


class NotAllowed(Exception):
    """A move that the rules or a quicker colleague refuse. `str(error)` is fit to show."""


class Move(StrEnum):
    """What can be done to an entry."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    NOTE = "note"
    RECORD_TRY = "record_try"
    START_CONTACTING = "start_contacting"
    SPOKEN = "spoken"
    DECIDE = "decide"
    OFFER = "offer"
    WITHDRAW_OFFER = "withdraw_offer"
    ACCEPT = "accept"
    RETURN = "return"
    CLOSE = "close"


@dataclass(frozen=True)
class Standing:
    """What a state means: what the family reads, and the moves it allows."""

    family_sees: str
    moves: frozenset[Move]


WHILE_OPEN = frozenset(Move) - {Move.START_CONTACTING, Move.SPOKEN, Move.DECIDE}
BEFORE_CONTACT = WHILE_OPEN | {Move.START_CONTACTING, Move.SPOKEN}

STATES: Mapping[str, Standing] = {
    State.RECEIVED: Standing("Sent. Waiting to be read", BEFORE_CONTACT),
    State.SCREENING: Standing("Being read", BEFORE_CONTACT),
    State.NEEDS_INFO: Standing("We need to ask you something", BEFORE_CONTACT),
    State.QUEUED: Standing("With the {team}", BEFORE_CONTACT),
    State.CONTACTING: Standing("We are trying to reach you", WHILE_OPEN | {Move.SPOKEN, Move.DECIDE}),
    State.SPOKEN: Standing("We have talked", WHILE_OPEN | {Move.DECIDE}),
    State.DECIDED: Standing("We have agreed what happens next", WHILE_OPEN),
    State.OPEN_FAMILY_HELP: Standing("You have a worker", WHILE_OPEN),
    State.STEPPED_UP: Standing("We are working on this", WHILE_OPEN),
    State.CLOSED: Standing("Finished", frozenset()),
}
CLOSED_SEEN: Mapping[str, str] = {
    ClosedAs.FINISHED: "Finished",
    ClosedAs.TRANSFERRED: "Now with another team",
    ClosedAs.WITHDRAWN: "You asked us to stop",
    ClosedAs.UNABLE_TO_CONTACT: "We could not reach you",
    ClosedAs.MERGED: "Finished",
}
"""What a family reads of an entry that is closed."""

AWAITING_CALL = frozenset({State.RECEIVED, State.SCREENING, State.NEEDS_INFO, State.QUEUED, State.CONTACTING})
"""While nobody has spoken with the family: the promised date counts."""

TALKED = frozenset(STATES) - AWAITING_CALL - {State.CLOSED}
"""What only a conversation with the family leads to."""

TEAM = frozenset(Role) - {Role.AUDITOR}
LEADS = frozenset({Role.LEAD, Role.MANAGER})
IN_CHARGE = LEADS | {Role.DUTY}

WHO: Mapping[Move, frozenset[Role]] = {move: TEAM for move in Move} | {Move.ASSIGN: IN_CHARGE}
"""The roles that may make a move. An auditor reads and does nothing else."""

BY_RECEIVER = frozenset({Move.ACCEPT, Move.RETURN})
"""Moves of the team that an entry is offered to. All others belong to the team that has it."""

BY_OWNER = frozenset({Move.START_CONTACTING, Move.SPOKEN, Move.DECIDE, Move.CLOSE})
"""Moves that need somebody to have claimed the entry: that person makes them, or someone in charge."""

NOT_OVER_A_COLLEAGUE = BY_OWNER | {Move.RELEASE, Move.OFFER, Move.WITHDRAW_OFFER}
"""Moves that nobody makes over the owner's head, unless in charge. A note or a try is never refused."""

CLOSING = (ClosedAs.FINISHED, ClosedAs.WITHDRAWN, ClosedAs.UNABLE_TO_CONTACT)
"""Ways a team may close an entry itself."""


@dataclass(frozen=True)
class ChildOutcome:
    """What came of it for one child, with the reason in plain words."""

    child: Person
    code: Outcome.Code
    reason: str = ""


def roles_of(user: User, locality: Locality) -> frozenset[str]:
    """Return what `user` is in a team today: nothing, one role or several."""
    memberships = Membership.objects.current().filter(user=user, locality=locality)
    return frozenset(memberships.values_list("role", flat=True))


def family_sees(entry: QueueEntry) -> str:
    """Return what the family reads of this entry."""
    if entry.state == State.CLOSED:
        return CLOSED_SEEN[entry.closed_as]
    return STATES[entry.state].family_sees.format(team=entry.locality.team)


def open_offer(entry: QueueEntry) -> Transfer | None:
    """Return the offer of this entry that nobody has answered yet."""
    return entry.transfers.filter(pk__in=Transfer.objects.open()).select_related("to__council").first()


# What is allowed


@dataclass(frozen=True)
class Case:
    """One person about to make one move."""

    entry: QueueEntry
    move: Move
    by: User
    roles: Collection[str]
    offer: Transfer | None

    @property
    def refusal(self) -> str:
        """Say why not, or nothing when the move is allowed."""
        checks = (self._open, self._role, self._state, self._owner, self._offered)
        return next(filter(None, (check() for check in checks)), "")

    def _open(self) -> str:
        if self.entry.closed_as == ClosedAs.TRANSFERRED:
            return "This request is closed here. It has moved to another team"
        return "This request is closed. Nothing more can be done to it" if _is_closed(self.entry) else ""

    def _role(self) -> str:
        if set(self.roles) & WHO[self.move]:
            return ""
        if not self.roles:
            return "You do not work in this team"
        if set(self.roles) & TEAM:
            return "Only a team lead, duty worker or manager can do that"
        return "You may read this request but not change it"

    def _state(self) -> str:
        if self.move in STATES[self.entry.state].moves:
            return ""
        return f"That cannot be done while the request is “{self.entry.get_state_display()}”"

    def _owner(self) -> str:
        entry = self.entry
        if self.move == Move.CLAIM and entry.owner_id:
            return "You have already claimed this" if self._is_mine else f"Already claimed by {entry.owner}"
        if self.move == Move.RELEASE and not entry.owner_id:
            return "Nobody has claimed this"
        if self.move in BY_OWNER and not entry.owner_id:
            return "Claim it first, so that everybody can see who is working on it"
        over_a_colleague = entry.owner_id and not self._is_mine and not set(self.roles) & IN_CHARGE
        if self.move in NOT_OVER_A_COLLEAGUE and over_a_colleague:
            return f"{entry.owner} is working on this. Ask them, or ask a team lead"
        return ""

    def _offered(self) -> str:
        if self.move in BY_RECEIVER | {Move.WITHDRAW_OFFER} and self.offer is None:
            return "The offer is no longer open"
        if self.move in {Move.OFFER, Move.CLOSE} and self.offer is not None:
            return f"It is offered to {self.offer.to.name}. Take the offer back first"
        return ""

    @property
    def _is_mine(self) -> bool:
        return self.entry.owner_id == self.by.pk


def moves_for(
    entry: QueueEntry, *, by: User, roles: Collection[str], offer: Transfer | None
) -> frozenset[Move]:
    """Return what this person may do to an entry now, as one of the team that has it."""
    own = frozenset(Move) - BY_RECEIVER
    return frozenset(move for move in own if not Case(entry, move, by, roles, offer).refusal)


# One transition each


@transaction.atomic
def claim(entry: QueueEntry, *, by: User) -> QueueEntry:
    """Take an entry that nobody has.

    Raises:
        NotAllowed: a colleague was first, or the rules say no. So do all the functions below.
    """
    entry = _begin(entry, Move.CLAIM, by)
    _change(entry, owner=by)
    _record(entry, Event.Kind.CLAIMED, by)
    return entry


@transaction.atomic
def release(entry: QueueEntry, *, by: User) -> QueueEntry:
    """Give an entry back to the team."""
    entry = _begin(entry, Move.RELEASE, by)
    _record(entry, Event.Kind.RELEASED, by, owner=entry.owner_id)
    return _change(entry, owner=None)


@transaction.atomic
def assign(entry: QueueEntry, *, to: User, by: User) -> QueueEntry:
    """Give an entry to a colleague of the same team."""
    entry = _begin(entry, Move.ASSIGN, by)
    if not roles_of(to, entry.locality) & TEAM:
        raise NotAllowed(f"{to} does not work in this team")
    if entry.owner_id == to.pk:
        raise NotAllowed(f"{to} has it already")
    _record(entry, Event.Kind.ASSIGNED, by, owner=to.pk, before=entry.owner_id)
    return _change(entry, owner=to)


@transaction.atomic
def start_contacting(entry: QueueEntry, *, by: User) -> QueueEntry:
    """Say that we have begun to try to reach the family."""
    return _move_on(_begin(entry, Move.START_CONTACTING, by), State.CONTACTING, by)


@transaction.atomic
def spoken(entry: QueueEntry, *, by: User) -> QueueEntry:
    """Say that we have talked with the family."""
    return _move_on(_begin(entry, Move.SPOKEN, by), State.SPOKEN, by)


@transaction.atomic
def decide(entry: QueueEntry, *, by: User, words: str) -> QueueEntry:
    """Say what was agreed with the family, in plain words, which are kept as a note."""
    entry = _begin(entry, Move.DECIDE, by)
    note = _write(entry, words, by)
    return _move_on(entry, State.DECIDED, by, note=str(note.pk))


@transaction.atomic
def note(entry: QueueEntry, *, by: User, text: str) -> Note:
    """Write something down. A note is never changed; a correction is another note."""
    entry = _begin(entry, Move.NOTE, by)
    written = _write(entry, text, by)
    _record(entry, Event.Kind.NOTED, by, note=str(written.pk))
    return written


@transaction.atomic
def record_try(
    entry: QueueEntry, *, by: User, way: ContactTry.Way, result: ContactTry.Result, text: str = ""
) -> ContactTry:
    """Record one attempt to reach the family. The first one, and one that reached them, move the entry on."""
    entry = _begin(entry, Move.RECORD_TRY, by)
    tried = ContactTry.objects.create(entry=entry, by=by, way=way, result=result, at=timezone.now())
    facts = {"try": str(tried.pk)}
    if text.strip():
        facts["note"] = str(_write(entry, text, by).pk)
    if entry.state in AWAITING_CALL:
        reached = result == ContactTry.Result.SPOKE
        _change(entry, state=State.SPOKEN if reached else State.CONTACTING)
    _record(entry, Event.Kind.TRIED, by, state=entry.state, **facts)
    return tried


@transaction.atomic
def offer(entry: QueueEntry, *, to: Locality, by: User, reason: str) -> Transfer:
    """Offer an entry to another team. It stays with ours until they accept."""
    entry = _begin(entry, Move.OFFER, by)
    if to.pk == entry.locality_id:
        raise NotAllowed("It is with this team already. Choose another one")
    if not reason.strip():
        raise NotAllowed("Say why, so that the other team can decide")
    offered = Transfer(entry=entry, to=to, by=by, offered_at=timezone.now())
    offered.reason = reason.strip()
    offered.save(force_insert=True)
    _record(entry, Event.Kind.TRANSFER_OFFERED, by, offer=str(offered.pk), to=to.pk)
    outbox.post(Message.Kind.TRANSFER_OFFERED, to=to, about=entry, because=offered.pk)
    return offered


@transaction.atomic
def withdraw_offer(offered: Transfer, *, by: User) -> QueueEntry:
    """Take back an offer that nobody has answered."""
    entry = _begin(offered.entry, Move.WITHDRAW_OFFER, by, offered=offered)
    _settle(offered, by, "withdrawn_at")
    _record(entry, Event.Kind.TRANSFER_WITHDRAWN, by, offer=str(offered.pk))
    return entry


@transaction.atomic
def accept(offered: Transfer, *, by: User) -> QueueEntry:
    """Take over an offered request: close the sender's entry, open ours, tell them. Returns ours.

    Until now the sending team kept the request; from now on it sees only that it moved. The family's story is not
    copied, and the date they were promised does not change.
    """
    sent = _begin(offered.entry, Move.ACCEPT, by, offered=offered)
    _settle(offered, by, "accepted_at")
    _close(sent, ClosedAs.TRANSFERRED)
    arrived = QueueEntry.objects.create(
        referral=sent.referral,
        locality=offered.to,
        came_from=sent,
        arrived_at=timezone.now(),
        due_at=sent.due_at,
    )
    _record(arrived, Event.Kind.TRANSFER_ACCEPTED, by, offer=str(offered.pk), came_from=str(sent.pk))
    outbox.post(Message.Kind.TRANSFER_ACCEPTED, to=sent.locality, about=arrived, because=offered.pk)
    return arrived


@transaction.atomic
def return_(offered: Transfer, *, by: User, reason: str) -> QueueEntry:
    """Say no to an offer. The reason becomes a note on the entry, which stays where it is."""
    entry = _begin(offered.entry, Move.RETURN, by, offered=offered)
    _settle(offered, by, "returned_at")
    written = _write(entry, reason, by)
    facts = {"offer": str(offered.pk), "note": str(written.pk), "to": offered.to_id}
    _record(entry, Event.Kind.TRANSFER_RETURNED, by, **facts)
    outbox.post(Message.Kind.TRANSFER_RETURNED, to=entry.locality, about=entry, because=offered.pk)
    return entry


@transaction.atomic
def close(
    entry: QueueEntry, *, by: User, outcomes: Sequence[ChildOutcome], as_: ClosedAs = ClosedAs.FINISHED
) -> QueueEntry:
    """Close an entry with at least one outcome for each child. Closed means closed: nothing can follow."""
    entry = _begin(entry, Move.CLOSE, by)
    if as_ not in CLOSING:
        raise NotAllowed("Choose how it ended")
    _check_outcomes(entry, outcomes, by)
    made = [_outcome(entry, each) for each in outcomes]
    _record(entry, Event.Kind.CLOSED, by, closed_as=str(as_), outcomes=[str(each.pk) for each in made])
    return _close(entry, as_)


# Steps of a transition


def _begin(entry: QueueEntry, move: Move, by: User, *, offered: Transfer | None = None) -> QueueEntry:
    """Lock the entry and return it as it is now, or raise `NotAllowed`."""
    # The owner is not joined: PostgreSQL would give the row as it is now with the owner as it was before we waited.
    entry = (
        QueueEntry.objects.select_for_update(of=("self",))
        .select_related("referral", "locality__council")
        .get(pk=entry.pk)
    )
    current = open_offer(entry)
    if offered is not None and current is not None and current.pk != offered.pk:
        current = None
    team = offered.to if offered is not None and move in BY_RECEIVER else entry.locality
    refusal = Case(entry, move, by, roles_of(by, team), current).refusal
    if refusal:
        raise NotAllowed(refusal)
    return entry


def _change(entry: QueueEntry, **changes: Any) -> QueueEntry:
    """Write `changes` if the entry is still the version we checked."""
    same = QueueEntry.objects.filter(pk=entry.pk, version=entry.version).exclude(state=State.CLOSED)
    if not same.update(version=F("version") + 1, **changes):
        raise NotAllowed("Somebody else changed this request a moment ago. Look at it again")
    entry.version += 1
    for name, value in changes.items():
        setattr(entry, name, value)
    return entry


def _move_on(entry: QueueEntry, state: State, by: User, **facts: object) -> QueueEntry:
    _record(entry, Event.Kind.MOVED, by, state=str(state), **facts)
    return _change(entry, state=state)


def _close(entry: QueueEntry, as_: ClosedAs) -> QueueEntry:
    return _change(entry, state=State.CLOSED, closed_as=as_, closed_at=timezone.now())


def _settle(offered: Transfer, by: User, how: str) -> None:
    open_still = Transfer.objects.open().filter(pk=offered.pk)
    if not open_still.update(settled_by=by, **{how: timezone.now()}):
        raise NotAllowed("The offer is no longer open")


def _record(entry: QueueEntry, kind: Event.Kind, by: User, **facts: Any) -> None:
    audit.record(entry.referral, kind, entry=entry, by=by, **facts)


def _write(entry: QueueEntry, text: str, by: User) -> Note:
    if not text.strip():
        raise NotAllowed("Write something first")
    written = Note(entry=entry, by=by, at=timezone.now())
    written.text = text.strip()
    written.save(force_insert=True)
    return written


def _outcome(entry: QueueEntry, given: ChildOutcome) -> Outcome:
    made = Outcome(entry=entry, child=given.child, code=given.code, at=timezone.now())
    made.reason = given.reason.strip()
    made.save(force_insert=True)
    return made


def _check_outcomes(entry: QueueEntry, outcomes: Sequence[ChildOutcome], by: User) -> None:
    children = set(entry.referral.people.filter(part=Person.Part.CHILD))
    given = {each.child for each in outcomes}
    if given != children:
        raise NotAllowed("Choose at least one outcome for each child, and for nobody else")
    if len({(each.child, each.code) for each in outcomes}) != len(outcomes):
        raise NotAllowed("Choose each outcome once for a child")
    none_needed = [each for each in outcomes if each.code == Outcome.Code.NO_FURTHER_ACTION]
    if any(not each.reason.strip() for each in none_needed):
        raise NotAllowed("Give the reason why no further action is needed")
    if none_needed and not roles_of(by, entry.locality) & LEADS:
        raise NotAllowed("Only a team lead or manager can close with no further action")


def _is_closed(entry: QueueEntry) -> bool:
    return entry.state == State.CLOSED
