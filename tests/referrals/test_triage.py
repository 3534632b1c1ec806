"""Each verb of triage: what it changes, who may, and that closed means closed."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from hubs.models import Membership
from referrals import triage
from referrals.models import ContactTry, Event, Message, Note, Outcome, QueueEntry, Referral, Transfer
from referrals.triage import ChildOutcome, Move, NotAllowed
from tests.factories.hubs import LocalityFactory
from tests.factories.referrals import QueueEntryFactory, ReferralFactory, TransferFactory, WorkerFactory

pytestmark = pytest.mark.django_db

State = QueueEntry.State


def outcomes_for(entry, code=Outcome.Code.ADVICE_INFO, reason=""):
    return [ChildOutcome(child, code, reason) for child in entry.referral.people.all()]


@pytest.fixture
def entry():
    return QueueEntryFactory()


@pytest.fixture
def worker(entry):
    return WorkerFactory(of=entry.locality, first_name="Wren", last_name="Example")


@pytest.fixture
def lead(entry):
    return WorkerFactory(of=entry.locality, of__role="lead")


@pytest.fixture
def mine(entry, worker):
    """The entry, claimed by the worker."""
    return triage.claim(entry, by=worker)


VERBS = {
    Move.CLAIM: lambda entry, by: triage.claim(entry, by=by),
    Move.RELEASE: lambda entry, by: triage.release(entry, by=by),
    Move.ASSIGN: lambda entry, by: triage.assign(entry, to=WorkerFactory(of=entry.locality), by=by),
    Move.NOTE: lambda entry, by: triage.note(entry, by=by, text="Rang back"),
    Move.RECORD_TRY: lambda entry, by: triage.record_try(entry, by=by, way="call", result="no_answer"),
    Move.START_CONTACTING: lambda entry, by: triage.start_contacting(entry, by=by),
    Move.SPOKEN: lambda entry, by: triage.spoken(entry, by=by),
    Move.DECIDE: lambda entry, by: triage.decide(entry, by=by, words="A group on Tuesdays"),
    Move.OFFER: lambda entry, by: triage.offer(entry, to=LocalityFactory(), by=by, reason="They moved"),
    Move.CLOSE: lambda entry, by: triage.close(entry, by=by, outcomes=outcomes_for(entry)),
}
OF_OFFERS = {
    Move.WITHDRAW_OFFER: lambda offer, by: triage.withdraw_offer(offer, by=by),
    Move.ACCEPT: lambda offer, by: triage.accept(offer, by=by),
    Move.RETURN: lambda offer, by: triage.return_(offer, by=by, reason="Not ours"),
}


def traces():
    return [
        model.objects.count() for model in (Event, Message, Note, ContactTry, Outcome, Transfer, QueueEntry)
    ]


def test_every_move_has_a_verb_here_and_every_state_a_row_in_the_table():
    assert set(VERBS) | set(OF_OFFERS) == set(Move) == set(triage.WHO)
    assert set(triage.STATES) == set(State)


@pytest.mark.parametrize("move", VERBS)
@pytest.mark.parametrize("closed_as", ["finished", "transferred", "withdrawn", "unable_to_contact", "merged"])
def test_nothing_can_be_done_to_a_closed_entry(move, closed_as):
    entry = QueueEntryFactory(closed=True, closed_as=closed_as)
    lead = WorkerFactory(of=entry.locality, of__role="lead")
    before = traces()

    with pytest.raises(NotAllowed, match="closed"):
        VERBS[move](entry, lead)

    entry.refresh_from_db()
    assert traces() == before
    assert (entry.version, entry.owner) == (0, None)


@pytest.mark.parametrize("move", OF_OFFERS)
def test_nothing_can_be_done_to_an_offer_of_a_closed_entry(move):
    offer = TransferFactory(entry__closed=True)
    team = offer.to if move in triage.BY_RECEIVER else offer.entry.locality
    by = WorkerFactory(of=team, of__role="lead")
    before = traces()

    with pytest.raises(NotAllowed, match="closed"):
        OF_OFFERS[move](offer, by)

    assert traces() == before
    assert Transfer.objects.open().get() == offer


@pytest.mark.parametrize("move", VERBS)
@pytest.mark.parametrize("who", ["stranger", "auditor", "ended", "future", "switched off"])
def test_nobody_but_a_working_member_of_the_team_can_do_anything(entry, move, who):
    person = WorkerFactory(of=LocalityFactory())
    if who != "stranger":
        membership = Membership(user=person, locality=entry.locality, role="worker")
        today = timezone.localdate()
        membership.starts = today + timedelta(days=1) if who == "future" else today - timedelta(days=9)
        membership.ends = today - timedelta(days=1) if who == "ended" else None
        membership.role = "auditor" if who == "auditor" else "lead"
        membership.save()
    if who == "switched off":
        person.is_active = False
        person.save()
    before = traces()

    with pytest.raises(NotAllowed):
        VERBS[move](entry, person)

    assert traces()[:3] == before[:3]
    assert not Event.objects.exists()


@pytest.mark.parametrize("state", [state for state in State if state != State.CLOSED])
@pytest.mark.parametrize("move", VERBS)
def test_a_state_allows_the_moves_of_its_row_and_no_others(state, move):
    lead = WorkerFactory()
    entry = QueueEntryFactory(state=state, owner=None if move == Move.CLAIM else lead)
    Membership.objects.create(user=lead, locality=entry.locality, role="lead")

    if move in triage.STATES[state].moves:
        VERBS[move](entry, lead)
        assert Event.objects.filter(entry=entry, by=lead).count() == 1
    else:
        with pytest.raises(NotAllowed, match="cannot be done while"):
            VERBS[move](entry, lead)
        assert not Event.objects.exists()


def test_claiming_makes_the_worker_the_owner(entry, worker):
    claimed = triage.claim(entry, by=worker)

    entry.refresh_from_db()
    assert entry.owner == claimed.owner == worker
    assert (entry.version, claimed.version) == (1, 1)
    assert Event.objects.get().kind == "claimed"


def test_a_second_claim_says_who_was_first(entry, worker, lead):
    triage.claim(entry, by=worker)

    with pytest.raises(NotAllowed, match=r"^Already claimed by Wren Example$"):
        triage.claim(entry, by=lead)
    with pytest.raises(NotAllowed, match="already claimed this"):
        triage.claim(entry, by=worker)

    entry.refresh_from_db()
    assert entry.owner == worker


def test_releasing_gives_it_back_to_the_team(mine, worker):
    triage.release(mine, by=worker)

    mine.refresh_from_db()
    assert mine.owner is None


@pytest.mark.parametrize(
    "move", [Move.RELEASE, Move.START_CONTACTING, Move.SPOKEN, Move.OFFER, Move.CLOSE], ids=str
)
def test_a_colleague_does_not_act_over_the_owners_head(mine, move):
    colleague = WorkerFactory(of=mine.locality)

    with pytest.raises(NotAllowed, match=r"^Wren Example is working on this"):
        VERBS[move](mine, colleague)


@pytest.mark.parametrize("move", [Move.NOTE, Move.RECORD_TRY], ids=str)
def test_a_colleague_may_always_write_down_what_happened(mine, move):
    colleague = WorkerFactory(of=mine.locality)

    VERBS[move](mine, colleague)

    assert Event.objects.filter(entry=mine, by=colleague).exists()


@pytest.mark.parametrize("move", sorted(triage.BY_OWNER), ids=str)
def test_work_starts_with_a_claim(entry, worker, move):
    entry.state = State.CONTACTING if move == Move.DECIDE else State.RECEIVED
    entry.save()

    with pytest.raises(NotAllowed, match="Claim it first"):
        VERBS[move](entry, worker)


def test_only_someone_in_charge_gives_work_out(entry, worker, lead):
    colleague = WorkerFactory(of=entry.locality)

    with pytest.raises(NotAllowed, match="team lead"):
        triage.assign(entry, to=colleague, by=worker)
    triage.assign(entry, to=colleague, by=lead)

    entry.refresh_from_db()
    assert entry.owner == colleague
    assert Event.objects.get().facts == {"owner": colleague.pk, "before": None}


def test_work_is_given_only_to_members_of_the_team(entry, lead):
    stranger = WorkerFactory(of=LocalityFactory())

    with pytest.raises(NotAllowed, match="does not work in this team"):
        triage.assign(entry, to=stranger, by=lead)


def test_a_note_is_sealed_and_kept(entry, worker):
    triage.note(entry, by=worker, text="  Rang her mum.\nShe is well  ")

    note = Note.objects.get()
    assert note.text == "Rang her mum.\nShe is well"
    assert b"mum" not in bytes(note.text_ct)
    assert "mum" not in str(Event.objects.get().facts)


def test_an_empty_note_is_refused(entry, worker):
    with pytest.raises(NotAllowed, match="Write something"):
        triage.note(entry, by=worker, text=" \n ")


@pytest.mark.parametrize(
    ("before", "result", "after"),
    [
        ("received", "no_answer", "contacting"),
        ("contacting", "message_left", "contacting"),
        ("received", "spoke", "spoken"),
        ("contacting", "spoke", "spoken"),
        ("decided", "spoke", "decided"),
    ],
)
def test_a_try_moves_the_entry_on(worker, entry, before, result, after):
    entry.state = before
    entry.save()

    triage.record_try(entry, by=worker, way="call", result=result, text="Engaged")

    entry.refresh_from_db()
    assert entry.state == after
    assert ContactTry.objects.get().result == result
    assert Note.objects.get().text == "Engaged"


def test_a_decision_keeps_what_was_agreed(mine, worker):
    triage.spoken(mine, by=worker)

    decided = triage.decide(mine, by=worker, words="The toddler group on Tuesdays")

    assert decided.state == "decided"
    assert Note.objects.get().text == "The toddler group on Tuesdays"


def test_an_offer_leaves_the_request_where_it_is_and_tells_the_other_team(entry, worker):
    south = LocalityFactory()

    offer = triage.offer(entry, to=south, by=worker, reason="They live there now")

    entry.refresh_from_db()
    assert entry.state == "received"
    assert offer.reason == "They live there now"
    message = Message.objects.get()
    assert (message.kind, message.to, message.about) == ("transfer_offered", south, entry)


def test_there_is_one_open_offer_at_a_time(entry, worker):
    triage.offer(entry, to=LocalityFactory(name="South"), by=worker, reason="Moved")

    with pytest.raises(NotAllowed, match="offered to South"):
        triage.offer(entry, to=LocalityFactory(), by=worker, reason="Moved")


@pytest.mark.parametrize("settled", ["return", "withdraw"])
def test_a_team_can_be_asked_again_and_is_told_again(entry, worker, settled):
    south = LocalityFactory()
    first = triage.offer(entry, to=south, by=worker, reason="Moved")
    if settled == "return":
        triage.return_(first, by=WorkerFactory(of=south), reason="Not yet")
    else:
        triage.withdraw_offer(first, by=worker)

    triage.offer(entry, to=south, by=worker, reason="They have the keys now")

    assert Message.objects.filter(kind="transfer_offered", to=south).count() == 2


def test_a_request_is_not_offered_to_its_own_team_or_without_a_reason(entry, worker):
    with pytest.raises(NotAllowed, match="already"):
        triage.offer(entry, to=entry.locality, by=worker, reason="Ours")
    with pytest.raises(NotAllowed, match="Say why"):
        triage.offer(entry, to=LocalityFactory(), by=worker, reason=" ")


def test_accepting_a_transfer_closes_there_and_opens_here(entry):
    offer = TransferFactory(entry=entry, to__name="South")
    receiver = WorkerFactory(of=offer.to)

    arrived = triage.accept(offer, by=receiver)

    entry.refresh_from_db()
    offer.refresh_from_db()
    assert (entry.state, entry.closed_as) == ("closed", "transferred")
    assert (arrived.locality.name, arrived.state, arrived.came_from) == ("South", "received", entry)
    assert (arrived.owner, arrived.due_at) == (None, entry.due_at)
    assert (offer.settled_by, bool(offer.accepted_at)) == (receiver, True)
    assert Message.objects.get().to == entry.locality
    assert [event.entry for event in Event.objects.all()] == [arrived]


def test_after_a_transfer_the_old_team_sees_only_that_it_moved(entry, worker):
    offer = TransferFactory(entry=entry)
    receiver = WorkerFactory(of=offer.to)
    assert not QueueEntry.objects.visible_to(receiver).exists()

    arrived = triage.accept(offer, by=receiver)

    assert not QueueEntry.objects.visible_to(worker).exists()
    assert QueueEntry.objects.moved_away_from(worker).get() == entry
    assert QueueEntry.objects.visible_to(receiver).get() == arrived


def test_a_request_may_come_back(entry, worker):
    receiver = WorkerFactory(of=LocalityFactory())
    there = triage.accept(
        triage.offer(entry, to=receiver.memberships.get().locality, by=worker, reason="Moved"), by=receiver
    )

    back = triage.accept(triage.offer(there, to=entry.locality, by=receiver, reason="Moved back"), by=worker)

    assert QueueEntry.objects.visible_to(worker).get() == back
    assert not QueueEntry.objects.visible_to(receiver).exists()


def test_returning_leaves_it_with_the_sender_with_the_reason_as_a_note(entry):
    offer = TransferFactory(entry=entry)
    receiver = WorkerFactory(of=offer.to)

    triage.return_(offer, by=receiver, reason="The street is on your side")

    entry.refresh_from_db()
    assert entry.state == "received"
    assert (entry.notes.get().text, entry.notes.get().by) == ("The street is on your side", receiver)
    assert Message.objects.get().kind == "transfer_returned"


@pytest.mark.parametrize("move", OF_OFFERS, ids=str)
def test_offers_are_answered_by_the_receiver_and_taken_back_by_the_sender(entry, move):
    offer = TransferFactory(entry=entry)
    wrong_team = offer.entry.locality if move in triage.BY_RECEIVER else offer.to

    with pytest.raises(NotAllowed, match="do not work in this team"):
        OF_OFFERS[move](offer, WorkerFactory(of=wrong_team, of__role="manager"))

    assert Transfer.objects.open().get() == offer


@pytest.mark.parametrize("first", OF_OFFERS, ids=str)
@pytest.mark.parametrize("second", OF_OFFERS, ids=str)
def test_an_offer_is_settled_once(entry, worker, first, second):
    offer = TransferFactory(entry=entry)
    receiver = WorkerFactory(of=offer.to)
    people = {move: receiver if move in triage.BY_RECEIVER else worker for move in OF_OFFERS}
    OF_OFFERS[first](offer, people[first])
    before = traces()

    with pytest.raises(NotAllowed, match=r"no longer open|closed"):
        OF_OFFERS[second](offer, people[second])

    assert traces() == before


def test_closing_keeps_an_outcome_for_each_child(worker):
    entry = QueueEntryFactory(owner=worker, referral__children__names=["Robin", "Wren"])
    Membership.objects.create(user=worker, locality=entry.locality)

    closed = triage.close(entry, by=worker, outcomes=outcomes_for(entry, reason="A group near home"))

    assert (closed.state, closed.closed_as, bool(closed.closed_at)) == ("closed", "finished", True)
    assert [outcome.reason for outcome in Outcome.objects.all()] == ["A group near home"] * 2
    assert set(Event.objects.get().facts["outcomes"]) == {str(each.pk) for each in Outcome.objects.all()}


def test_closing_needs_an_outcome_for_every_child(mine, worker):
    other = QueueEntryFactory()

    for outcomes in ([], outcomes_for(mine) + outcomes_for(other), outcomes_for(other)):
        with pytest.raises(NotAllowed, match="each child"):
            triage.close(mine, by=worker, outcomes=outcomes)
    with pytest.raises(NotAllowed, match="once"):
        triage.close(mine, by=worker, outcomes=outcomes_for(mine) * 2)

    mine.refresh_from_db()
    assert mine.state == "received"
    assert not Outcome.objects.exists()


def test_a_child_can_have_several_outcomes(mine, worker):
    both = outcomes_for(mine) + outcomes_for(mine, Outcome.Code.SEND)

    triage.close(mine, by=worker, outcomes=both)

    assert {outcome.code for outcome in Outcome.objects.all()} == {"advice_info", "send_route"}


def test_no_further_action_needs_a_reason_and_somebody_senior(mine, worker, lead):
    code = Outcome.Code.NO_FURTHER_ACTION

    with pytest.raises(NotAllowed, match="reason"):
        triage.close(mine, by=lead, outcomes=outcomes_for(mine, code))
    with pytest.raises(NotAllowed, match="team lead or manager"):
        triage.close(mine, by=worker, outcomes=outcomes_for(mine, code, "Already helped"))
    triage.close(mine, by=lead, outcomes=outcomes_for(mine, code, "Already helped"))

    assert Outcome.objects.get().reason == "Already helped"


@pytest.mark.parametrize("as_", ["transferred", "merged", "", "done"])
def test_a_team_cannot_close_in_a_way_that_is_not_its_own(mine, worker, as_):
    with pytest.raises(NotAllowed, match="how it ended"):
        triage.close(mine, by=worker, outcomes=outcomes_for(mine), as_=as_)


def test_a_request_on_offer_is_not_closed(mine, worker):
    triage.offer(mine, to=LocalityFactory(name="South"), by=worker, reason="Moved")

    with pytest.raises(NotAllowed, match="Take the offer back first"):
        triage.close(mine, by=worker, outcomes=outcomes_for(mine))


def test_the_page_offers_what_the_rules_allow(entry, worker, lead):
    by_worker = triage.moves_for(entry, by=worker, roles={"worker"}, offer=None)
    by_lead = triage.moves_for(entry, by=lead, roles={"lead"}, offer=None)
    by_auditor = triage.moves_for(entry, by=lead, roles={"auditor"}, offer=None)

    assert by_worker == {Move.CLAIM, Move.NOTE, Move.RECORD_TRY, Move.OFFER}
    assert by_lead == by_worker | {Move.ASSIGN}
    assert not by_auditor


def test_a_family_reads_plain_words_for_every_state(entry):
    entry.locality.name = "Chesil"
    for state in State:
        entry.state, entry.closed_as = state, "transferred" if state == "closed" else ""
        assert triage.family_sees(entry) and "{" not in triage.family_sees(entry)
    entry.state = State.QUEUED
    assert triage.family_sees(entry).startswith("With the Chesil ")


def test_the_database_itself_refuses_a_second_open_entry(entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueEntryFactory(referral=entry.referral)


def test_a_stale_version_is_not_written_over(entry, worker):
    triage._change(entry, owner=worker)
    stale = QueueEntry.objects.get(pk=entry.pk)
    stale.version -= 1

    with pytest.raises(NotAllowed, match="Somebody else changed"):
        triage._change(stale, owner=None)


def race(*moves):
    """Run `moves` at the same moment, each in a thread with a connection of its own; return their answers."""
    start = threading.Barrier(len(moves))
    answers = [None] * len(moves)

    def run(number, move):
        try:
            start.wait(timeout=20)
            answers[number] = move()
        except Exception as problem:
            answers[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(moves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_eight_workers_claim_and_one_owns():
    referrals = [ReferralFactory() for _ in range(5)]
    entries = [QueueEntryFactory(referral=referral) for referral in referrals]
    for entry in entries:
        workers = [WorkerFactory(of=entry.locality) for _ in range(8)]

        answers = race(*(partial(triage.claim, entry, by=worker) for worker in workers))

        entry.refresh_from_db()
        won = [answer for answer in answers if isinstance(answer, QueueEntry)]
        lost = [answer for answer in answers if isinstance(answer, NotAllowed)]
        assert (len(won), len(lost)) == (1, 7)
        assert entry.owner == won[0].owner
        assert {str(answer) for answer in lost} == {f"Already claimed by {entry.owner}"}
        assert entry.events.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", [Move.WITHDRAW_OFFER, Move.RETURN, Move.ACCEPT])
def test_an_offer_accepted_and_settled_otherwise_at_once_ends_in_one_way(rival):
    for _ in range(4):
        offer = TransferFactory()
        receivers = [WorkerFactory(of=offer.to), WorkerFactory(of=offer.to)]
        other = offer.by if rival == Move.WITHDRAW_OFFER else receivers[1]

        answers = race(
            partial(triage.accept, offer, by=receivers[0]),
            partial(OF_OFFERS[rival], Transfer.objects.get(pk=offer.pk), other),
        )

        offer.refresh_from_db()
        assert [isinstance(answer, NotAllowed) for answer in answers].count(True) == 1
        assert [isinstance(answer, QueueEntry) for answer in answers].count(True) == 1
        accepted = offer.accepted_at is not None
        assert offer.entry.referral.entries.open().get().locality == (
            offer.to if accepted else offer.entry.locality
        )
        assert offer.entry.referral.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_note_written_while_a_request_moves_is_kept_or_refused_never_lost():
    for _ in range(4):
        offer = TransferFactory()
        receiver = WorkerFactory(of=offer.to)

        noted, accepted = race(
            partial(triage.note, offer.entry, by=offer.by, text="She rang"),
            partial(triage.accept, offer, by=receiver),
        )

        assert isinstance(accepted, QueueEntry)
        kept = Note.objects.filter(entry=offer.entry).count()
        assert kept == (1 if isinstance(noted, Note) else 0)
        assert isinstance(noted, Note | NotAllowed)


@pytest.mark.django_db(transaction=True)
def test_a_referral_is_never_open_twice():
    referral = ReferralFactory()
    QueueEntryFactory(referral=referral)

    with pytest.raises(IntegrityError):
        QueueEntryFactory(referral=referral)

    assert Referral.objects.get().entries.open().count() == 1
