"""A parent with a toddler and an old phone looks for something to do this week."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("demo")]


def find_near_weymouth(page):
    page.goto("/")
    page.get_by_label("Your postcode or town").fill("dt4 9zz")
    page.get_by_role("button", name="Find help").click()


@pytest.mark.parametrize("scripts", ["with scripts", "without scripts"])
def test_from_the_home_page_to_a_group_nearby(scripts, new_page):
    page = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=scripts == "with scripts")
    find_near_weymouth(page)

    names = page.locator("main .cards").first.get_by_role("heading").all_inner_texts()
    assert names[0] == "Lodmoor Family Hub"
    assert (
        names.index("Tiny Toes baby group")
        < names.index("Portland pop-up play")
        < names.index("Feeding friends")
    )
    expect(page.get_by_text("under a mile").first).to_be_visible()

    page.get_by_role("link", name="Tiny Toes baby group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tiny Toes baby group")
    expect(page.get_by_text("Mondays, 10am to 11:30am, in term time")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("1 Lodmoor Way")).to_be_visible()
    expect(page.get_by_role("link", name="01632 960103")).to_be_visible()


def test_a_town_will_do_for_a_postcode(scriptless_page):
    page = scriptless_page
    page.goto("/")
    page.get_by_label("Your postcode or town").fill("skegness")
    page.get_by_role("button", name="Find help").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Skegness")
    expect(page.get_by_role("link", name="Seaside stay and play")).to_be_visible()


def test_a_postcode_we_cannot_read_is_explained_and_kept(scriptless_page):
    page = scriptless_page
    page.goto("/find/?near=DT4+9Z%F0%9F%8D%8E")

    expect(page.get_by_label("Your postcode or town")).to_have_value("DT4 9Z🍎")
    expect(page.locator("#near-error")).to_be_visible()
