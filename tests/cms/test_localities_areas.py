"""Pages about a council's areas: what is wrong with them, a change of them, and which team a postcode belongs to."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubs.models import LocalityRule, User
from hubs.redraw import areas_on, line_of
from referrals.models import AccessLog, QueueEntry
from tests.factories.hubs import (
    CouncilFactory,
    LocalityFactory,
    LocalityRuleFactory,
    MembershipFactory,
    PostcodeFactory,
    UserFactory,
)
from tests.factories.referrals import ManagerFactory, QueueEntryFactory, ReferralFactory, WorkerFactory
from tests.signin import sign_in

pytestmark = pytest.mark.django_db

WEST, EAST = "E05012698", "E05012706"
APRIL = datetime.date(timezone.localdate().year + 1, 4, 1)


@pytest.fixture
def dorset():
    return CouncilFactory(dorset=True)


@pytest.fixture
def chesil(dorset):
    return LocalityFactory(council=dorset, name="Chesil")


@pytest.fixture
def purbeck(dorset):
    return LocalityFactory(council=dorset, name="Purbeck")


@pytest.fixture
def wards(chesil, purbeck):
    """Two wards of three postcodes each, one for each team."""
    for place, (ward, outcode) in enumerate([(WEST, "DT1"), (EAST, "DT4")]):
        for letter in "ABD":
            PostcodeFactory(code=f"{outcode}1A{letter}", ward=ward, latitude=50.7 + place / 10)
    LocalityRuleFactory(locality=chesil, code=WEST, name="Dorchester West")
    LocalityRuleFactory(locality=purbeck, code=EAST, name="Rodwell & Wyke")


def in_groups(*names):
    person = UserFactory()
    person.groups.set(Group.objects.filter(name__in=names))
    return person


@pytest.fixture
def client(client, purbeck):
    return sign_in(client, ManagerFactory(of=purbeck))


def report(council, **on):
    return reverse("areas:coverage", args=[council.pk]), on


def change(council):
    return reverse("areas:redraw", args=[council.pk])


# Who


@pytest.mark.parametrize(
    ("groups", "role", "areas", "route"),
    [
        (["Council settings"], "manager", 200, 200),
        (["Council settings"], "lead", 404, 404),
        (["Council settings"], "", 404, 404),
        (["Content leads"], "", 404, 200),
        (["Content leads", "Council settings"], "", 404, 200),
        (["Content leads", "Council settings"], "manager", 200, 200),
        (["Hub staff"], "manager", 404, 404),
        (["Partners"], "", 404, 404),
    ],
    ids=str,
)
def test_each_page_opens_only_to_whom_it_should(dorset, chesil, groups, role, areas, route):
    person = in_groups(*groups)
    if role:
        MembershipFactory(user=person, locality=chesil, role=role)
    client = sign_in(Client(), person)

    for name in ("councils", "coverage", "redraw"):
        path = reverse(f"areas:{name}", args=[] if name == "councils" else [dorset.pk])
        assert client.get(path).status_code == areas, name
        assert client.post(path).status_code == (areas if name == "redraw" else 404 if areas == 404 else 405)
    assert client.get(reverse("areas:route")).status_code == route
    assert client.post(reverse("areas:route"), {"where": "DT1 1XJ"}).status_code == route


def test_desk_workers_and_visitors_do_not_come_here(dorset, chesil):
    worker = sign_in(Client(), WorkerFactory(of=chesil, of__role="manager"))

    for name in ("councils", "coverage", "redraw", "route"):
        path = reverse(f"areas:{name}", args=[] if name in ("councils", "route") else [dorset.pk])
        assert worker.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_a_council_that_is_not_there_is_not_found(client):
    assert client.get(reverse("areas:coverage", args=[4711])).status_code == 404


def test_the_menu_leads_to_the_areas_and_for_content_leads_only_to_the_question(client):
    settings = client.get("/admin/").content.decode()
    lead = sign_in(Client(), in_groups("Content leads", "Council settings")).get("/admin/").content.decode()
    staff = sign_in(Client(), in_groups("Hub staff")).get("/admin/").content.decode()

    assert reverse("areas:councils") + '"' in settings
    assert reverse("areas:councils") + '"' not in lead
    assert reverse("areas:route") in lead
    assert reverse("areas:route") not in staff


# The report


def test_a_whole_council_is_said_to_be_whole(client, dorset, wards):
    page = client.get(*report(dorset)).content.decode()

    assert "Each of the 6 live postcodes of Dorset that we know belongs to exactly one team" in page
    assert "No team" not in page


def test_a_gap_and_an_overlap_are_shown_with_counts(client, dorset, wards, chesil, purbeck):
    LocalityRule.objects.filter(code=WEST).delete()
    LocalityRule.objects.bulk_create(
        [LocalityRule(locality=chesil, kind="ward", code=EAST, valid_from=datetime.date(2021, 1, 1))]
    )

    page = client.get(*report(dorset)).content.decode()

    assert f"No team has 3 postcodes: {WEST} (3)." in page
    assert "More than one team has 3 postcodes: Rodwell &amp; Wyke (3)." in page
    assert "DT1 1 (3)" in page
    assert "Chesil and Purbeck" in page
    assert 'id="area-gap"' in page
    assert 'id="area-overlap"' in page
    assert "DT1 1AA" not in page


def test_the_report_is_of_the_day_asked_for_and_names_the_days_of_change(client, dorset, wards):
    LocalityRule.objects.filter(code=WEST).update(valid_to=APRIL - datetime.timedelta(days=1))

    today = client.get(*report(dorset)).content.decode()
    april = client.get(*report(dorset, on=APRIL.isoformat())).content.decode()

    assert f"?on={APRIL:%Y-%m-%d}" in today
    assert "exactly one team" in today
    assert "No team has 3 postcodes: Dorchester West (3)." in april


@pytest.mark.parametrize("day", ["31/13/2027", "soon", "1066-10-14", "9999-12-31", "\x00"])
def test_a_day_that_is_none_is_said_to_be_none(client, dorset, wards, day):
    response = client.get(*report(dorset, on=day))

    assert response.status_code == 200
    assert "Enter a date" in response.content.decode()


def test_without_postcodes_the_page_says_that_it_cannot_tell(client, dorset, chesil):
    page = client.get(*report(dorset)).content.decode()

    assert "We cannot check these areas" in page
    assert "exactly one team" not in page


def test_the_page_takes_as_many_queries_for_many_wards(client, dorset, chesil, django_assert_max_num_queries):
    for number in range(12):
        PostcodeFactory(code=f"DT{number % 3 + 1}{number % 9}AA", ward=f"E0501{number:04}")
        LocalityRuleFactory(locality=chesil, code=f"E0501{number:04}")
        LocalityRuleFactory(locality=chesil, kind="sector", code=f"DT{number + 1} 1")

    with django_assert_max_num_queries(23):
        assert client.get(*report(dorset)).status_code == 200


# A change


def boxes(council, day=None, **lines):
    """The fields as the page gives them, with some teams' boxes typed over."""
    day = day or timezone.localdate()
    page = {"first_day": day.isoformat(), "seen": seen(council, day)}
    for team, rules in areas_on(council, day).items():
        held = [line_of(rule) for rule in rules]
        page[f"team-{team.pk}"] = "\r\n".join(lines.get(team.slug, held))
    return page


def seen(council, day):
    client = sign_in(Client(), ManagerFactory(of=council.localities.first()))
    page = client.get(change(council), {"first_day": day.isoformat()}).content.decode()
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def test_the_boxes_hold_what_the_teams_have_on_the_day(client, dorset, wards, purbeck):
    LocalityRule.objects.filter(code=WEST).update(valid_to=APRIL - datetime.timedelta(days=1))
    LocalityRuleFactory(locality=purbeck, code=WEST, name="Dorchester West", valid_from=APRIL)

    today = client.get(change(dorset))
    april = client.get(change(dorset), {"first_day": APRIL.isoformat()})

    assert [box.value() for box in today.context["form"].boxes] == [
        f"{WEST} | Dorchester West",
        f"{EAST} | Rodwell & Wyke",
    ]
    assert [box.value() for box in april.context["form"].boxes] == [
        "",
        f"{WEST} | Dorchester West\n{EAST} | Rodwell & Wyke",
    ]


def test_a_ward_moves_from_one_team_to_another_in_one_change(client, dorset, wards, chesil, purbeck):
    data = boxes(dorset, APRIL, chesil=[], purbeck=[WEST, EAST])

    asked = client.post(change(dorset), data)
    nothing_yet = LocalityRule.objects.filter(locality=purbeck).count()
    done = client.post(change(dorset), data | {"confirm": "1"})

    page = asked.content.decode()
    assert f"{WEST} | Dorchester West: moves from Chesil to Purbeck" in page
    assert "exactly one team" in page
    assert nothing_yet == 1
    assert done.status_code == 302
    assert done.url == reverse("areas:coverage", args=[dorset.pk]) + f"?on={APRIL}"
    old, new = LocalityRule.objects.filter(code=WEST).order_by("valid_from")
    assert (old.locality, old.valid_to) == (chesil, APRIL - datetime.timedelta(days=1))
    assert (new.locality, new.valid_from) == (purbeck, APRIL)


def test_what_the_confirmation_sends_is_what_was_typed(client, dorset, wards, purbeck):
    data = boxes(dorset, APRIL, chesil=[], purbeck=[f"{WEST} | Dorchester “West” & more", EAST])

    page = client.post(change(dorset), data)

    hidden = {field.html_name: field.value() for field in page.context["form"]}
    assert hidden == data
    assert 'value="E05012698 | Dorchester “West” &amp; more' in page.content.decode()


def test_no_id_is_given_twice(client, dorset, wards):
    pages = [
        client.get(change(dorset)),
        client.post(change(dorset), boxes(dorset, chesil=[], purbeck=[WEST, EAST])),
        client.post(change(dorset), boxes(dorset, chesil=[])),
        client.get(*report(dorset)),
    ]

    for page in pages:
        ours = page.content.decode().partition('<div class="areas">')[2]
        ids = re.findall(r'\sid="([^"]+)"', ours)
        assert len(ids) == len(set(ids))


def test_going_back_keeps_what_was_typed(client, dorset, wards):
    data = boxes(dorset, chesil=["E05012699 | New"])

    page = client.post(change(dorset), data | {"back": "1"})

    assert page.templates[0].name == "cms/areas/redraw.html"
    assert "E05012699 | New" in page.content.decode()


@pytest.mark.parametrize("confirm", [{}, {"confirm": "1"}], ids=["checked", "confirmed"])
def test_a_change_that_leaves_a_gap_is_refused_and_what_was_typed_is_kept(
    client, dorset, wards, confirm, purbeck
):
    data = boxes(dorset, chesil=["E05012699 | Typed here"]) | confirm

    page = client.post(change(dorset), data).content.decode()

    assert "no team has 3 postcodes: Dorchester West (3)" in page
    assert "E05012699 | Typed here" in page
    assert "Nothing was saved" in page
    assert not LocalityRule.objects.filter(code="E05012699").exists()
    assert LocalityRule.objects.filter(code=WEST, valid_to=None).exists()


def test_a_change_that_breaks_what_was_entered_for_april_is_refused(client, dorset, wards, purbeck):
    LocalityRule.objects.filter(code=WEST).update(valid_to=APRIL - datetime.timedelta(days=1))
    LocalityRuleFactory(locality=purbeck, code=WEST, valid_from=APRIL)
    LocalityRule.objects.filter(code=EAST).update(valid_to=APRIL - datetime.timedelta(days=1))

    page = client.post(change(dorset), boxes(dorset, chesil=[EAST], purbeck=[WEST])).content.decode()

    assert f"On {APRIL:%-d %B %Y}: no team has 3 postcodes: Rodwell &amp; Wyke (3)" in page


def test_a_county_with_two_catch_alls_overlaps(client):
    county = CouncilFactory(ons_code="E10000019")
    north = LocalityFactory(council=county, name="North", slug="north")
    south = LocalityFactory(council=county, name="South", slug="south")
    at_the_desk(client, south, role="manager")
    PostcodeFactory(code="LN11YL", district="E07000138", county="E10000019", ward="E05010787")
    LocalityRuleFactory(locality=north, kind="council_default", code="E10000019", name="")

    page = client.post(
        change(county), boxes(county, north=["Anywhere else"], south=["E07000138 | Lincoln"])
    ).content.decode()

    assert "more than one team has 1 postcode" in page
    assert not LocalityRule.objects.filter(code="E07000138").exists()


def test_a_line_in_two_boxes_or_unreadable_is_shown_beside_its_box(client, dorset, wards):
    data = boxes(dorset, chesil=[WEST, "Weymouth"], purbeck=[WEST, EAST, EAST])

    page = client.post(change(dorset), data).content.decode()

    assert "We cannot read “Weymouth”" in page
    assert f"“{WEST}” is in the box of Chesil too" in page
    assert f"“{EAST}” is there twice" in page
    assert LocalityRule.objects.count() == 2


def test_another_councils_ward_is_refused(client, dorset, wards):
    LocalityRuleFactory(code="E05014839", locality__name="Bilston", locality__council__name="Wolverhampton")

    page = client.post(change(dorset), boxes(dorset, chesil=[WEST, "E05014839"])).content.decode()

    assert "already belongs to Bilston, Wolverhampton" in page


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(client, dorset, wards, chesil):
    data = boxes(dorset, purbeck=[EAST, "DT1 1"])
    LocalityRuleFactory(locality=chesil, kind="sector", code="DT4 1")

    page = client.post(change(dorset), data | {"confirm": "1"}).content.decode()

    assert "Somebody else has changed these areas" in page
    assert "DT1 1" in page
    assert LocalityRule.objects.filter(kind="sector").count() == 1


def test_nothing_to_save_is_said(client, dorset, wards):
    assert "Nothing is different" in client.post(change(dorset), boxes(dorset)).content.decode()


@pytest.mark.parametrize("day", ["2020-01-01", "", "soon", "9999-01-01"])
def test_what_has_held_is_not_rewritten(client, dorset, wards, day):
    data = boxes(dorset, chesil=[], purbeck=[WEST, EAST]) | {"first_day": day, "confirm": "1"}

    response = client.post(change(dorset), data)

    assert response.status_code == 200
    assert "Enter" in response.content.decode()
    assert LocalityRule.objects.filter(valid_to=None).count() == 2


def test_where_no_postcode_is_loaded_the_change_is_allowed_and_the_page_says_so(client, dorset, chesil):
    data = boxes(dorset, chesil=[f"{WEST} | Dorchester West"])

    asked = client.post(change(dorset), data).content.decode()
    done = client.post(change(dorset), data | {"confirm": "1"})

    assert "We could not check this" in asked
    assert "exactly one team" not in asked
    assert done.status_code == 302
    assert chesil.rules.get().code == WEST


def test_a_change_is_in_the_history_of_the_teams_it_touches(client, dorset, wards, chesil, purbeck):
    north = LocalityFactory(council=dorset, name="North")
    data = boxes(dorset, APRIL, chesil=[], purbeck=[WEST, EAST])
    client.post(change(dorset), data | {"confirm": "1"})

    history = [
        client.get(reverse("wagtailsnippets_hubs_locality:history", args=[team.pk])).content.decode()
        for team in (chesil, purbeck, north)
    ]

    words = f"Areas changed from {APRIL}: "
    assert words + f"gave away {WEST} | Dorchester West" in history[0]
    assert words + f"got {WEST} | Dorchester West" in history[1]
    assert words not in history[2]


# Open requests


@pytest.fixture
def waiting(wards, chesil):
    referral = ReferralFactory(
        contact={"name": "Juniper Testwood", "address": {"home": "postcode", "postcode": "DT11AA"}}
    )
    return QueueEntryFactory(locality=chesil, referral=referral)


def at_the_desk(client, locality, role="worker"):
    user = User.objects.get(pk=client.session["_auth_user_id"])
    MembershipFactory(user=user, locality=locality, role=role)


def test_who_does_not_work_there_is_not_told_which_requests_would_move(client, dorset, waiting, purbeck):
    asked = client.post(
        change(dorset), boxes(dorset, APRIL, chesil=[], purbeck=[WEST, EAST])
    ).content.decode()

    assert "Make the change" in asked
    assert waiting.referral.reference not in asked


def test_open_requests_that_would_move_are_named_and_asked_about(client, dorset, waiting, purbeck):
    at_the_desk(client, waiting.locality)
    data = boxes(dorset, APRIL, chesil=[], purbeck=[WEST, EAST])

    asked = client.post(change(dorset), data).content.decode()
    again = client.post(change(dorset), data | {"confirm": "1"}).content.decode()
    nothing_yet = purbeck.rules.count()
    done = client.post(change(dorset), data | {"confirm": "1", "read": "1"})

    assert waiting.referral.reference in asked
    assert "Nothing moves by itself" in asked
    assert "Tick the box" not in asked
    assert "Tick the box" in again
    assert nothing_yet == 1
    assert done.status_code == 302
    assert purbeck.rules.count() == 2


def test_the_change_moves_no_request_and_shows_nothing_about_the_family(client, dorset, waiting, chesil):
    data = boxes(dorset, chesil=[], purbeck=[WEST, EAST])
    before = QueueEntry.objects.values().get()

    asked = client.post(change(dorset), data)
    client.post(change(dorset), data | {"confirm": "1", "read": "1"})

    assert QueueEntry.objects.values().get() == before
    page = asked.content.decode()
    assert "Juniper" not in page
    assert "DT1 1AA" not in page
    assert str(waiting.pk) not in page


def test_that_somebody_saw_the_references_is_written_down(client, dorset, waiting):
    at_the_desk(client, waiting.locality)
    client.post(change(dorset), boxes(dorset, chesil=[], purbeck=[WEST, EAST]))

    look = AccessLog.objects.get()
    assert look.seen == [str(waiting.pk)]
    assert look.user == User.objects.get(pk=client.session["_auth_user_id"])


def test_the_report_of_a_day_to_come_names_them_too(client, dorset, waiting, purbeck):
    at_the_desk(client, waiting.locality)
    LocalityRule.objects.filter(code=WEST).update(valid_to=APRIL - datetime.timedelta(days=1))
    LocalityRuleFactory(locality=purbeck, code=WEST, valid_from=APRIL)

    today = client.get(*report(dorset)).content.decode()
    april = client.get(*report(dorset, on=APRIL.isoformat())).content.decode()

    assert waiting.referral.reference not in today
    assert waiting.referral.reference in april


# Which team


def ask(client, **data):
    return client.post(reverse("areas:route"), data)


def test_a_postcode_is_answered_with_how_and_why_and_kept_nowhere(client, dorset, wards, caplog):
    caplog.set_level("DEBUG")

    response = ask(client, where="dt1 1aa")

    page = response.content.decode()
    assert "Chesil, Dorset" in page
    assert "Ward Dorchester West belongs to Chesil" in page
    assert "no-store" in response["Cache-Control"]
    assert "dt1 1aa" not in " ".join(record.getMessage() for record in caplog.records).lower()
    assert "1aa" not in str(dict(client.session)).lower()


def test_out_of_area_it_links_to_the_council_that_helps_there(client, dorset, wards):
    PostcodeFactory(code="BH213AA", district="E06000058", ward="E05012650")

    page = ask(client, where="BH21 3AA").content.decode()

    assert "Out of area" in page
    assert 'href="https://www.bcpcouncil.gov.uk/"' in page
    assert ">Bournemouth, Christchurch and Poole Council</a>" in page


def test_no_other_council_is_linked_where_a_team_of_ours_helps(client, dorset, wards):
    assert "Who helps there" not in ask(client, where="DT1 1AA").content.decode()


def test_the_day_counts(client, dorset, wards, purbeck):
    LocalityRule.objects.filter(code=WEST).update(valid_to=APRIL - datetime.timedelta(days=1))
    LocalityRuleFactory(locality=purbeck, code=WEST, name="Dorchester West", valid_from=APRIL)

    assert "Chesil, Dorset" in ask(client, where="DT1 1AA").content.decode()
    assert "Purbeck, Dorset" in ask(client, where="DT1 1AA", on=APRIL.isoformat()).content.decode()


@pytest.mark.parametrize("where", ["banana", "", "x" * 300, "\x00", "DT1 1AA\x00"])
def test_what_is_no_postcode_is_said_to_be_none(client, dorset, wards, where):
    response = ask(client, where=where)

    assert response.status_code == 200
    assert response.context["form"].errors["where"]
    assert "Why" not in response.content.decode()


def test_an_address_is_not_taken_from_the_page_address(client, dorset, wards):
    page = client.get(reverse("areas:route"), {"where": "DT1 1AA"}).content.decode()

    assert "Chesil" not in page
    assert "DT1 1AA" not in page
