"""Which button stands first under an editor's form, and which are not there at all."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Service
from hubs.models import Council
from tests.cms.test_forms import add, filled_in, formset
from tests.signin import sign_in

ADD = reverse("wagtailsnippets_cms_activity:add")
BUTTON = re.compile(r"<(?:button|a)\b[^>]*>(.*?)</(?:button|a)>", re.DOTALL)


def client_of(world, role: str) -> Client:
    return sign_in(Client(), world.people[role])


def edit(listing) -> str:
    return reverse("wagtailsnippets_cms_activity:edit", args=[listing.pk])


def buttons(client: Client, path: str) -> list[str]:
    """Return the words of the form's own buttons, the main one first, without the hidden one and the menu's own."""
    footer = client.get(path).content.decode().split('<footer class="footer')[1].split("</footer>")[0]
    words = [" ".join(re.sub(r"<[^>]+>", " ", button).split()) for button in BUTTON.findall(footer)]
    return [each for each in words if each not in ("", "More actions")]


@pytest.mark.parametrize(
    ("role", "first"),
    [("hub staff", "Publish"), ("content lead", "Publish"), ("partner", "Submit for approval")],
)
def test_the_main_button_of_a_new_listing_is_what_its_writer_is_here_to_do(world, role, first):
    offered = buttons(client_of(world, role), ADD)

    assert offered[0] == first
    assert "Save draft" in offered
    assert ("Publish" in offered) == (first == "Publish")


def test_where_the_council_says_no_hub_staff_submit(world):
    Council.objects.update(hub_staff_may_publish=False)
    client = client_of(world, "hub staff")

    for path in (ADD, edit(world.mine["activity"])):
        assert buttons(client, path) == ["Submit for approval", "Save draft"]


def test_what_is_public_can_be_taken_off_the_website_by_those_who_may_publish_it(world):
    staff = buttons(client_of(world, "hub staff"), edit(world.mine["activity"]))
    partner = buttons(client_of(world, "partner"), edit(world.mine["activity"]))

    assert staff[0] == "Publish"
    assert "Take off the website" in staff
    assert partner == ["Submit for approval", "Save draft"]


def test_a_listing_that_waits_is_approved_by_a_lead_and_only_taken_back_by_its_writer(world):
    partner, lead = client_of(world, "partner"), client_of(world, "content lead")
    add(partner, filled_in(world), **{"action-submit": "1"})
    path = edit(Service.objects.get(name="Messy play"))

    assert buttons(partner, path) == ["Take out of approval"]
    offered = buttons(lead, path)
    assert offered[0] == "Approve and publish"
    assert "Send back with a comment" in offered
    assert "Publish" not in offered


def as_it_is(listing) -> dict:
    """Return what a form says of a listing's one place and time so that they are the same ones again."""
    [at] = listing.service_locations.all()
    [time] = at.schedules.all()
    place = "service_locations"
    return {
        **{**formset(place, 1, 1), f"{place}-0-id": at.pk},
        **{**formset(f"{place}-0-schedules", 1, 1), f"{place}-0-schedules-0-id": time.pk},
    }


@pytest.mark.parametrize(
    ("decision", "told", "live"),
    [
        ("approve", "Messy play is approved", True),
        ("reject", "Messy play goes back to whoever wrote it", False),
    ],
)
def test_a_content_lead_is_told_what_became_of_the_listing(world, decision, told, live):
    lead = client_of(world, "content lead")
    add(client_of(world, "partner"), filled_in(world), **{"action-submit": "1"})
    made = Service.objects.get(name="Messy play")
    decided = {
        "action-workflow-action": "1",
        "workflow-action-name": decision,
        "workflow-action-extra-data": "{}",
    }

    answer = lead.post(edit(made), {**filled_in(world), **as_it_is(made), **decided})

    made.refresh_from_db()
    assert answer.status_code == 302
    assert told in lead.get(answer.url).content.decode()
    assert made.live is live


def test_whoever_submits_is_told_who_looks_next(world):
    partner = client_of(world, "partner")

    answer = add(partner, filled_in(world), **{"action-submit": "1"})
    after = partner.get(answer.url).content.decode()
    dashboard = partner.get(reverse("wagtailadmin_home")).content.decode()

    assert "Messy play waits for a content lead to approve it" in after
    assert "Messy play</a>: waits for a content lead to approve it" in dashboard
