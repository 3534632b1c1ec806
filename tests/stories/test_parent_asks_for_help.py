"""A parent asks for help, telling it once. The right team reads it; another team finds nothing there."""

import re

import pytest
from playwright.sync_api import expect

from referrals.models import AccessLog, Event, Referral

from .doing import choose, go_on, sign_in

STORY = "Robin wakes all night and I am on my own in the week. I don't know where to start – “tired” is not the word."
CALLED = "Juniper Testwood"

pytestmark = [pytest.mark.usefixtures("demo")]


def ask_for_help(page) -> str:
    """Answer every question, send, and return the reference on the receipt."""
    page.goto("/")
    page.get_by_role("link", name="Ask for help").first.click()
    page.get_by_role("button", name="Start").click()
    go_on_from_the_page_about_leaving(page)
    choose(page, "No")
    go_on(page)
    choose(page, "My family")
    go_on(page)
    page.get_by_label("What is your postcode?").fill("dt4 9zz")
    go_on(page)
    expect(page.get_by_text("Chesil Family Help team")).to_be_visible()
    page.get_by_label("What is going on?").fill(STORY)
    go_on(page)
    tell_of_a_child(page)
    page.get_by_label("What should we call you?").fill(CALLED)
    go_on(page)
    say_how_to_be_reached(page)
    choose(page, "Yes, please contact me about this")
    go_on(page)
    go_on(page)
    return check_and_send(page)


def go_on_from_the_page_about_leaving(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("If you need to leave quickly")
    page.get_by_role("button", name="Continue").click()


def tell_of_a_child(page):
    page.get_by_label("First name").fill("Robin")
    choose(page, "I will give their age")
    page.get_by_label("Age in years").fill("3")
    go_on(page)
    choose(page, "No")
    go_on(page)


def say_how_to_be_reached(page):
    choose(page, "Call me")
    go_on(page)
    page.get_by_label("What is your phone number?").fill("07700 900 101")
    go_on(page)
    for answer in page.get_by_role("radio", name="No").all():
        answer.check()
    go_on(page)


def check_and_send(page) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.get_by_text(STORY)).to_be_visible()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/help/sent/")
    return page.locator(".receipt__reference").inner_text()


@pytest.mark.parametrize("scripts", ["with scripts", "without scripts"])
def test_the_right_team_reads_it_and_another_cannot(scripts, new_page):
    parent = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=scripts == "with scripts")
    reference = ask_for_help(parent)
    expect(parent.get_by_text("Chesil Family Help team").first).to_be_visible()
    expect(parent.get_by_text(re.compile(r"by 5pm on \w+day"))).not_to_have_count(0)

    worker = new_page()
    sign_in(worker, "sam")
    worker.get_by_role("link", name=reference).click()
    expect(worker.get_by_text(STORY)).to_be_visible()
    worker.get_by_role("button", name="Claim it").click()
    expect(worker.get_by_text("Claimed").first).to_be_visible()

    stranger = new_page()
    sign_in(stranger, "noor")
    assert stranger.goto(f"/desk/{reference}/").status == 404
    assert STORY not in stranger.content()
    assert CALLED not in stranger.content()

    editor = new_page()
    sign_in(editor, "cora")
    assert editor.goto(f"/desk/{reference}/").status in (403, 404)
    assert STORY not in editor.content()


def test_what_was_sent_and_seen_is_on_record(new_page):
    reference = ask_for_help(new_page(java_script_enabled=False))
    worker = new_page()
    sign_in(worker, "sam")
    worker.get_by_role("link", name=reference).click()
    expect(worker.get_by_text(STORY)).to_be_visible()

    referral = Referral.objects.get(reference=reference)
    assert referral.story["story"] == STORY
    assert [event.kind for event in referral.events.all()] == [Event.Kind.SENT, Event.Kind.ROUTED]
    looked = AccessLog.objects.get(kind=AccessLog.Kind.OPENED, entry__referral=referral)
    assert looked.user.email == "sam@example.org"


def test_somebody_who_stops_half_way_leaves_nothing_behind(new_page):
    before = Referral.objects.count()
    page = new_page(java_script_enabled=False)
    page.goto("/help/q/1/")
    choose(page, "No")
    go_on(page)
    choose(page, "My family")
    go_on(page)
    page.get_by_label("What is your postcode?").fill("DT4 9ZZ")
    go_on(page)
    page.get_by_label("What is going on?").fill(STORY)
    go_on(page)

    page.context.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="Sunny spells"))
    page.get_by_role("link", name="Exit this page").or_(
        page.get_by_role("button", name="Exit this page")
    ).first.click()
    expect(page.get_by_text("Sunny spells")).to_be_visible()
    page.goto("/help/q/7/")

    assert STORY not in page.content()
    assert Referral.objects.count() == before
