"""Hub staff put an activity on the website, with a weekly time, and families find it."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from directory.models import Service

from .doing import sign_in

pytestmark = [pytest.mark.usefixtures("demo")]

NAME = "Puppets and porridge"
SUMMARY = "A puppet show and breakfast, for little ones and whoever brings them"
RUNS = {
    "Lodmoor Family Hub": "Dorset Family Hubs",
    "Bilston Bridge Family Hub": "Wolverhampton Family Hubs",
}


def write_an_activity(page, hub: str) -> None:
    """Fill in the form for a new activity at `hub`, Tuesdays from half past nine."""
    page.get_by_role("button", name="Listings").click()
    page.get_by_role("link", name="Activities", exact=True).click()
    page.get_by_role("link", name=re.compile("Add activity", re.IGNORECASE)).first.click()
    page.get_by_label("Name", exact=False).first.fill(NAME)
    page.locator("[name=summary]").fill(SUMMARY)
    choose_who_runs_it(page, RUNS[hub])
    choose_the_place(page, hub)
    at_a_weekly_time(page)


def choose_who_runs_it(page, organisation: str) -> None:
    page.get_by_role("button", name="Choose an organisation").click()
    page.locator(".modal-dialog").get_by_role("link", name=organisation).click()
    expect(page.locator(".chooser__title").filter(has_text=organisation)).to_be_visible()


def choose_the_place(page, hub: str) -> None:
    if not page.locator("[name=service_locations-0-location]").count():
        page.get_by_role("button", name="Add place").click()
    if not page.locator("[name=service_locations-0-location]").input_value():
        page.get_by_role("button", name="Choose a place").click()
        page.locator(".modal-dialog").get_by_role("link", name=hub).click()
    expect(page.locator(".chooser__title").filter(has_text=hub)).to_be_visible()


def at_a_weekly_time(page) -> None:
    time = "[name=service_locations-0-schedules-0-{}]"
    if not page.locator(time.format("byday")).count():
        page.get_by_role("button", name="Add time").first.click()
    page.locator(time.format("byday")).select_option("TU")
    page.locator(time.format("opens_at")).fill("09:30")
    page.locator(time.format("closes_at")).fill("11:00")


def finish(page, action: str) -> None:
    """Press the main button, which has to be this one."""
    main = page.locator(".footer .w-dropdown-button > .button")
    expect(main).to_have_text(re.compile(rf"^\s*{action}\s*$"))
    main.click()
    expect(page.locator(".messages .success")).to_be_visible()


def look_for_it(new_page, near: str):
    """Search as a parent whose phone has kept no earlier answer."""
    page = new_page(java_script_enabled=False)
    page.goto(f"/find/?near={near}&q=puppets")
    return page.get_by_role("link", name=NAME)


def test_what_hub_staff_publish_is_found_at_once(new_page):
    editor = new_page()
    expect(look_for_it(new_page, "DT4+9ZZ")).to_have_count(0)

    sign_in(editor, "hana")
    write_an_activity(editor, "Lodmoor Family Hub")
    finish(editor, "Publish")

    found = look_for_it(new_page, "DT4+9ZZ")
    parent = found.page
    found.click()
    expect(parent.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(parent.get_by_text("Tuesdays, 9:30am to 11am")).to_be_visible()
    expect(parent.get_by_text(next_tuesday())).to_be_visible()
    expect(parent.get_by_text("Run by Dorset Family Hubs")).to_be_visible()


def next_tuesday() -> str:
    today = timezone.localdate()
    day = today + datetime.timedelta(days=(1 - today.weekday()) % 7 or 7)
    return f"{day.day} {day:%B}" if day - today > datetime.timedelta(days=1) else "Tomorrow"


def test_where_a_council_wants_it_a_content_lead_looks_first(new_page):
    staff, lead = new_page(), new_page()
    sign_in(staff, "jaz")
    write_an_activity(staff, "Bilston Bridge Family Hub")
    staff.get_by_role("button", name="More actions").click()
    expect(staff.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    finish(staff, "Submit for approval")
    expect(look_for_it(new_page, "WV14+9ZZ")).to_have_count(0)
    assert Service.objects.filter(name=NAME).count() == 1, "saved by itself while it was being submitted"

    sign_in(lead, "dot")
    lead.get_by_role("link", name=NAME).first.click()
    finish(lead, "Approve and publish")

    expect(look_for_it(new_page, "WV14+9ZZ")).to_be_visible()


def test_a_button_that_is_not_shown_does_not_work_either(new_page):
    staff = new_page()
    sign_in(staff, "jaz")
    write_an_activity(staff, "Bilston Bridge Family Hub")
    staff.evaluate("document.querySelector('[name=action-submit]').name = 'action-publish'")
    staff.get_by_role("button", name="Submit for approval").click()
    staff.wait_for_load_state()

    assert not Service.objects.filter(name=NAME, live=True).exists()
    expect(look_for_it(new_page, "WV14+9ZZ")).to_have_count(0)


def test_the_enter_key_saves_a_draft_and_never_publishes(new_page):
    editor = new_page()
    sign_in(editor, "hana")
    write_an_activity(editor, "Lodmoor Family Hub")

    editor.locator("[name=summary]").press("Enter")
    expect(editor.locator(".messages .success")).to_be_visible()

    assert not Service.objects.get(name=NAME).live


def test_what_is_wrong_in_a_fold_opens_it(new_page):
    editor = new_page()
    sign_in(editor, "hana")
    write_an_activity(editor, "Lodmoor Family Hub")
    first_date = editor.locator("[name=service_locations-0-schedules-0-dtstart]")
    last_date = editor.locator("[name=service_locations-0-schedules-0-until]")
    expect(first_date).to_be_hidden()

    fold = editor.get_by_role("button", name="Toggle section", exact=False).and_(
        editor.locator("[aria-describedby$=dates_or_not_every_week-heading]")
    )
    fold.press("Enter")
    last_date.fill("01/01/2020")
    fold.press("Enter")
    expect(last_date).to_be_hidden()
    editor.locator("[name=action-publish]").click()

    expect(editor.get_by_text("The last date must be on or after the first").first).to_be_visible()
    expect(last_date).to_be_visible()


def test_a_parent_reads_the_prices_that_an_editor_wrote(new_page):
    editor = new_page()
    sign_in(editor, "hana")
    write_an_activity(editor, "Lodmoor Family Hub")
    editor.get_by_role("heading", name="Prices").click()
    editor.get_by_role("button", name="Add price").click()
    editor.locator("[name=cost_options-0-option]").fill("Each family")
    editor.locator("[name=cost_options-0-amount]").fill("2.50")
    editor.locator("[name=cost]").select_option("some")
    finish(editor, "Publish")

    found = look_for_it(new_page, "DT4+9ZZ")
    parent = found.page
    found.click()
    expect(parent.get_by_text("£2.50").first).to_be_visible()
