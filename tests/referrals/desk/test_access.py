"""Who sees what at the desk: every address, every kind of person, one's own request and every other."""

from itertools import product

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals import triage
from referrals.desk.urls import urlpatterns
from referrals.models import AccessLog, Event, Message
from tests.factories.hubs import LocalityFactory, MembershipFactory, UserFactory
from tests.factories.referrals import QueueEntryFactory, TransferFactory, WorkerFactory
from tests.signin import sign_in

pytestmark = pytest.mark.django_db

NAMES = [pattern.name for pattern in urlpatterns]
ABOUT_ONE = [name for name in NAMES if name not in {"queue", "search"}]
OF_OFFERS = ["offered", "accept"]
METHODS = ["get", "post", "head", "put", "delete"]


def address(name, entry):
    return reverse(f"desk:{name}", args=[entry.referral.reference] if name in ABOUT_ONE else [])


def state_of(*entries):
    for entry in entries:
        entry.refresh_from_db()
    return [(e.state, e.owner_id, e.version) for e in entries], Event.objects.count(), Message.objects.count()


def test_nobody_passes_without_signing_in(entry):
    for name, method in product(NAMES, METHODS):
        response = getattr(Client(), method)(address(name, entry))

        assert response.status_code == 302, (name, method)
        assert response.url.startswith("/account/"), (name, method)


def test_a_password_alone_does_not_open_the_desk(entry, sam):
    client = sign_in(Client(), sam, second_factor=False)

    for name, method in product(NAMES, METHODS):
        response = getattr(client, method)(address(name, entry))

        assert response.status_code == 302, (name, method)
        assert response.url.startswith("/account/"), (name, method)


@pytest.mark.parametrize("who", ["editor", "superuser", "ended"])
def test_people_without_a_team_today_are_refused_and_it_is_on_record(entry, chesil, who):
    user = UserFactory(superuser=who == "superuser", is_staff=who != "ended")
    if who == "ended":
        MembershipFactory(user=user, locality=chesil, over=True)
    client = sign_in(Client(), user)
    before = state_of(entry)

    for times, (name, method) in enumerate(product(NAMES, METHODS), start=1):
        assert getattr(client, method)(address(name, entry)).status_code == 403, (name, method)
        assert AccessLog.objects.count() == times, (name, method)

    assert {log.kind for log in AccessLog.objects.all()} == {"refused"}
    assert state_of(entry) == before


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_anothers_request_is_the_same_404_as_none_at_all(entry, at_north, method):
    before = state_of(entry)

    for name in ABOUT_ONE:
        theirs = getattr(at_north, method)(address(name, entry))
        missing = getattr(at_north, method)(reverse(f"desk:{name}", args=["AAA-AAAA-AAA"]))

        assert theirs.status_code == missing.status_code, name
        assert theirs.content == missing.content, name
        assert theirs.headers == missing.headers, name
        assert theirs.status_code == 404 or theirs["Allow"], (
            f"{name}: only a method that is never allowed may answer otherwise"
        )
        assert state_of(entry) == before, name


def test_a_refused_look_names_the_entry_that_was_asked_for(entry, at_north, nell):
    at_north.get(address("request", entry))
    at_north.get(reverse("desk:request", args=["AAA-AAAA-AAA"]))

    logged = AccessLog.objects.filter(user=nell, kind="refused").order_by("pk")
    assert [log.entry for log in logged] == [entry, None]


def test_after_a_transfer_the_old_team_gets_the_same_404(entry, at_chesil, north, nell):
    offer = TransferFactory(entry=entry, to=north)
    triage.accept(offer, by=nell)

    for name, method in product([name for name in ABOUT_ONE if name not in OF_OFFERS], ["get", "post"]):
        moved = getattr(at_chesil, method)(address(name, entry))
        missing = getattr(at_chesil, method)(reverse(f"desk:{name}", args=["AAA-AAAA-AAA"]))

        assert moved.status_code == missing.status_code, (name, method)
        assert moved.status_code in (404, 405), (name, method)
        assert moved.content == missing.content, (name, method)


def test_a_moved_request_leaves_a_line_and_no_words(entry, at_chesil, north, nell):
    triage.accept(TransferFactory(entry=entry, to=north), by=nell)

    closed = at_chesil.get("/desk/?show=closed").content.decode()
    everything = at_chesil.get("/desk/").content.decode()

    assert f"<strong>{entry.referral.reference}</strong>" in closed and "moved to North" in closed
    assert address("request", entry) not in closed
    assert "J T" not in closed
    assert entry.referral.reference not in everything


def test_an_offer_shows_the_other_team_why_and_nothing_else(entry, at_north, north, sam):
    TransferFactory(entry=entry, to=north, by=sam, reason="Moved to Blandford")

    queue = at_north.get("/desk/").content.decode()
    page = at_north.get(address("offered", entry)).content.decode()

    assert entry.referral.reference in queue and address("request", entry) not in queue
    assert "Moved to Blandford" in page and "Chesil" in page and "Routine" in page
    for private in ("Juniper", "J T", "Robin", "Not sleeping", "960123", "DT4"):
        assert private not in page + queue
    assert at_north.get(address("request", entry)).status_code == 404


@pytest.mark.parametrize("settled", ["withdraw", "return"])
def test_an_offer_that_is_over_is_gone(entry, at_north, north, nell, sam, settled):
    offer = TransferFactory(entry=entry, to=north, by=sam)
    if settled == "withdraw":
        triage.withdraw_offer(offer, by=sam)
    else:
        triage.return_(offer, by=nell, reason="Not ours")

    page = at_north.get(address("offered", entry))

    assert page.status_code == 404
    assert page.content == at_north.get(reverse("desk:offered", args=["AAA-AAAA-AAA"])).content
    assert entry.referral.reference not in at_north.get("/desk/").content.decode()


def test_accepting_opens_the_request_to_the_new_team_with_its_history(entry, at_north, at_chesil, north, sam):
    triage.note(entry, by=sam, text="Spoke to the school")
    TransferFactory(entry=entry, to=north, by=sam)

    response = at_north.post(address("accept", entry), follow=True)

    page = response.content.decode()
    assert response.redirect_chain[-1][0] == address("request", entry)
    assert "Not sleeping" in page and "Spoke to the school" in page
    assert at_chesil.get(address("request", entry)).status_code == 404


def test_accepting_after_a_colleague_leads_to_the_request(entry, at_north, north):
    colleague = WorkerFactory(of=north, first_name="Bea", last_name="Quicker")
    triage.accept(TransferFactory(entry=entry, to=north), by=colleague)

    response = at_north.post(address("accept", entry), follow=True)

    assert response.redirect_chain[-1][0] == address("request", entry)
    assert "Bea Quicker already accepted it" in response.content.decode()


def test_accepting_after_another_team_accepted_is_the_strangers_404(entry, dorset, north, nell, at_chesil):
    triage.accept(TransferFactory(entry=entry, to=north), by=nell)
    stranger = sign_in(Client(), WorkerFactory(of=LocalityFactory(council=dorset, name="Purbeck")))

    for client in (at_chesil, stranger):
        taken = client.post(address("accept", entry))
        missing = client.post(reverse("desk:accept", args=["AAA-AAAA-AAA"]))

        assert taken.status_code == 404
        assert taken.content == missing.content


def test_an_auditor_reads_and_changes_nothing(entry, chesil):
    auditor = WorkerFactory(of=chesil, of__role="auditor")
    client = sign_in(Client(), auditor)
    before = state_of(entry)
    filled = {
        "text": "A note", "way": "call", "result": "spoke", "words": "Agreed", "reason": "Moved", "as_": "finished",
        "to": str(chesil.pk), "outcomes_0": "advice_info", "reason_0": "x",
    }  # fmt: skip

    for name in ABOUT_ONE:
        client.post(address(name, entry), filled)
        assert state_of(entry) == before, name

    read = client.get(address("request", entry))
    assert read.status_code == 200
    assert address("claim", entry) not in read.content.decode()
    assert "You may read this" in read.content.decode()


def test_somebody_who_leaves_the_team_is_out_at_the_next_request(entry, at_chesil, sam):
    assert at_chesil.get(address("request", entry)).status_code == 200

    sam.memberships.update(ends=timezone.localdate() - timezone.timedelta(days=1))

    assert at_chesil.get(address("request", entry)).status_code == 403


def test_somebody_who_changes_teams_loses_the_old_one(entry, at_chesil, sam, north):
    theirs = QueueEntryFactory(locality=north)
    sam.memberships.update(locality=north)

    assert at_chesil.get(address("request", entry)).status_code == 404
    assert at_chesil.get(address("request", theirs)).status_code == 200


def test_no_page_of_the_desk_may_be_kept(entry, at_chesil):
    for name in NAMES:
        response = at_chesil.get(address(name, entry))

        assert response["Cache-Control"] == "no-store", name
        assert response["X-Robots-Tag"] == "noindex", name


def test_every_post_needs_our_own_token(entry, sam):
    client = sign_in(Client(enforce_csrf_checks=True), sam)
    before = state_of(entry)

    for name in NAMES:
        assert client.post(address(name, entry)).status_code == 403, name
        assert state_of(entry) == before, name


@pytest.mark.parametrize("name", ["note", "try", "offer", "close", "decide", "assign"])
def test_fields_that_a_form_does_not_have_change_nothing(entry, at_chesil, north, nell, name):
    stray = {
        "locality": north.pk,
        "owner": nell.pk,
        "state": "closed",
        "id": "1",
        "received_at": "2020-01-01",
    }
    received = entry.referral.received_at
    locality = entry.locality

    at_chesil.post(address(name, entry), {**stray, "text": "x"})

    entry.refresh_from_db()
    assert (entry.locality, entry.owner, entry.state) == (locality, None, "received")
    assert entry.referral.received_at == received


# What is written down


def test_every_look_is_on_record(entry, at_chesil, sam, chesil):
    at_chesil.get("/desk/")
    at_chesil.get(address("request", entry))
    at_chesil.post("/desk/search/", {"q": "Juniper Testwood"})
    at_chesil.post(address("contact", entry), {"read": "on"})

    looks = AccessLog.objects.filter(user=sam).order_by("pk")
    assert [look.kind for look in looks] == ["queue", "opened", "searched", "contact"]
    assert looks[0].seen == looks[2].seen == [str(entry.pk)]
    assert looks[0].locality == chesil
    assert looks[1].entry == looks[3].entry == entry
    assert "Juniper" not in str([look.seen for look in looks])


def test_a_refused_move_is_on_record(entry, at_chesil, chesil):
    triage.claim(entry, by=WorkerFactory(of=chesil, first_name="Wren", last_name="Example"))

    response = at_chesil.post(address("claim", entry), follow=True)

    assert "Already claimed by Wren Example" in response.content.decode()
    assert AccessLog.objects.filter(kind="refused", entry=entry).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_look_stays_on_record_when_the_page_fails(entry, at_chesil, monkeypatch):
    from referrals.desk import views

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(views, "Story", fail)
    at_chesil.raise_request_exception = False

    assert at_chesil.get(address("request", entry)).status_code == 500
    assert AccessLog.objects.get().entry == entry


@pytest.mark.django_db(transaction=True)
def test_a_look_cannot_be_recorded_in_a_transaction_that_may_roll_back(entry, sam):
    from django.db import transaction

    from referrals import audit

    with pytest.raises(RuntimeError), transaction.atomic():
        audit.looked(sam, AccessLog.Kind.OPENED, entry=entry)

    assert not AccessLog.objects.exists()
