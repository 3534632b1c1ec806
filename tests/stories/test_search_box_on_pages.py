"""The box for a place on every page that has one, with the whole demonstration behind it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.conftest import PHONE

from .test_accessibility import findings  # noqa: F401 (a fixture)
from .test_search_box import WEYMOUTH, box, here, suggestions

ROUNDED = "50.615,-2.456"
THUMB_PX = 44
IS_ON_TOP = """node => {
    node.scrollIntoView({ block: "center" });
    for (let box = node.parentElement; box !== document.documentElement; box = box.parentElement) {
        if (box.scrollTop) return false;
    }
    const { x, y, width, height } = node.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === node;
}"""
"""Nothing covers the middle of it, nor clips it: a box that clips would have scrolled."""
PAGES = ("/", "/find/?age=3", "/whats-on/", "/hubs/")

pytestmark = [pytest.mark.usefixtures("demo")]


def test_a_thumb_chooses_a_district_on_every_page_with_a_box(phone_page, findings):  # noqa: F811
    page = phone_page
    for path in PAGES:
        page.goto(path)
        box(page).tap()
        box(page).press_sequentially("dt")
        expect(suggestions(page)).to_have_count(8)
        for option in suggestions(page).all():
            assert option.bounding_box()["height"] >= THUMB_PX
            assert option.evaluate(IS_ON_TOP)
        findings.look_at(page)
        box(page).focus()

        page.get_by_role("option", name="DT4, Weymouth").tap()

        expect(box(page)).to_have_value("DT4")
        expect(suggestions(page)).to_have_count(0)


def test_the_list_reaches_below_the_top_of_the_home_page(page):
    page.goto("/")
    box(page).press_sequentially("dt")
    expect(suggestions(page)).to_have_count(8)

    assert all(option.evaluate(IS_ON_TOP) for option in suggestions(page).all())


def test_the_devices_location_is_rounded_before_it_is_sent(new_page):
    page = new_page(viewport=PHONE, has_touch=True, geolocation=WEYMOUTH, permissions=["geolocation"])
    sent = []
    page.on(
        "request", lambda request: sent.append(f"{request.url} {request.all_headers()} {request.post_data}")
    )
    for path in PAGES:
        page.goto(path)
        assert here(page).bounding_box()["height"] >= THUMB_PX

        here(page).tap()
        page.wait_for_url("**near=*")

        address = urlsplit(page.url)
        assert address.path == ("/find/" if path == "/" else urlsplit(path).path)
        assert parse_qs(address.query) == {"near": [ROUNDED]} | ({"age": ["3"]} if "age" in path else {})
        expect(page.get_by_role("heading", level=1)).to_contain_text("near your location")
        expect(box(page)).to_have_value("")
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    expect(page.get_by_role("link", name="Lodmoor Family Hub")).to_be_visible()

    assert len(sent) > len(PAGES)
    assert not [each for each in sent if "50.6148" in each or "2.4576" in each]


def test_a_hub_is_called_from_its_card(phone_page):
    page = phone_page
    page.goto("/find/?near=DT4+9ZZ")
    number = page.locator(".card--hub a[href^='tel:']")

    assert number.get_attribute("href") == "tel:" + number.inner_text().replace(" ", "")
    assert number.evaluate(IS_ON_TOP)
