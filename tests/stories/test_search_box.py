"""A parent types with one thumb, or lets the phone say where it is; nothing stays on the device."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories.hubs import OutcodeFactory, TownFactory

from .test_accessibility import NARROW, findings  # noqa: F401 (a fixture)

WEYMOUTH = {"latitude": 50.6148371, "longitude": -2.4576219}
PARIS = {"latitude": 48.8570001, "longitude": 2.3520001}
SLOWLY_MS = 300


@pytest.fixture
def places(transactional_db):
    """Two towns and eleven districts."""
    for name, outcode, latitude in (("Weymouth", "DT4", 50.618), ("Bridport", "DT6", 50.739)):
        TownFactory(name=name, outcode=outcode, latitude=latitude, longitude=-2.463)
    for number in range(1, 12):
        OutcodeFactory(code=f"DT{number}", place="Weymouth" if number == 4 else "")


pytestmark = [pytest.mark.usefixtures("places")]


def box(page):
    return page.locator("#near")


def suggestions(page):
    return page.get_by_role("listbox", name="Places").get_by_role("option")


def here(page):
    return page.get_by_role("button", name="Use my location")


def told(page):
    return page.locator(".search__told")


def asked(page):
    """Return a list that fills with what is sent to the suggestions while the page is used."""
    sent = []

    def note(request):
        address = urlsplit(request.url)
        if address.path == "/places/":
            sent.append(parse_qs(address.query)["q"][0])

    page.on("request", note)
    return sent


# Suggestions


def test_a_town_is_chosen_by_keyboard(page):
    page.goto("/find/")
    box(page).press_sequentially("brid")

    expect(suggestions(page)).to_have_text(["Bridport, Dorset"])
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=status]", has_text="1 place suggested")).to_have_count(1)

    page.keyboard.press("ArrowDown")
    chosen = suggestions(page).first
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    expect(box(page)).to_be_focused()

    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Bridport, Dorset")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(suggestions(page)).to_have_count(0)
    expect(page.locator("[role=status]", has_text="Bridport, Dorset chosen")).to_have_count(1)

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Activities and help near Bridport, Dorset")


def test_escape_and_leaving_close_the_list_and_keep_what_was_typed(page):
    page.goto("/find/")
    box(page).press_sequentially("brid")
    expect(suggestions(page)).to_have_count(1)

    page.keyboard.press("Escape")
    expect(suggestions(page)).to_have_count(0)
    expect(box(page)).to_have_value("brid")

    box(page).press_sequentially("p")
    expect(suggestions(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(suggestions(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Search")).to_be_focused()
    expect(box(page)).to_have_value("bridp")


def test_without_a_choice_enter_searches_for_what_was_typed(page):
    page.goto("/find/")
    box(page).press_sequentially("brid")
    expect(suggestions(page)).to_have_count(1)

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bridport")
    assert "near=brid" in page.url


def test_slips_are_forgiven_while_typing(page):
    page.goto("/find/")
    box(page).press_sequentially("weymuoth")

    expect(suggestions(page)).to_have_text(["Weymouth, Dorset"])


@pytest.mark.parametrize("typed", ["DT4 9ZZ", "dt49zz, 12 the street"])
def test_no_more_than_half_of_a_postcode_is_ever_sent(typed, page):
    sent = asked(page)
    page.goto("/find/")

    box(page).press_sequentially(typed, delay=SLOWLY_MS)
    page.wait_for_timeout(SLOWLY_MS)

    assert sent == ["dt", "dt4"]


def test_a_whole_postcode_that_is_pasted_is_not_sent(page):
    sent = asked(page)
    page.goto("/find/")

    for pasted in ("DT4 9ZZ", "dt49zz", "12 The Street, Weymouth, DT4 9ZZ", "DT4 9"):
        box(page).fill(pasted)
        page.wait_for_timeout(SLOWLY_MS)

    assert sent == []


def test_what_is_known_is_not_asked_again(page):
    sent = asked(page)
    page.goto("/find/")

    box(page).press_sequentially("weymo", delay=SLOWLY_MS)
    expect(suggestions(page)).to_have_text(["Weymouth, Dorset"])

    assert sent == ["we"]


def test_chosen_colours_of_the_device_show_what_is_chosen(new_page):
    page = new_page(forced_colors="active")
    page.goto("/find/")
    box(page).press_sequentially("dt")
    expect(suggestions(page)).to_have_count(8)
    page.keyboard.press("ArrowDown")

    outlines = suggestions(page).evaluate_all("all => all.map(each => getComputedStyle(each).outlineStyle)")

    assert outlines == ["solid"] + ["none"] * 7


def test_what_helps_is_fetched_only_once_somebody_comes_to_the_box(page):
    fetched = []
    page.on("request", lambda request: fetched.append(urlsplit(request.url).path))
    page.goto("/find/", wait_until="networkidle")
    assert "/static/app.js" in fetched
    assert "/static/places.js" not in fetched

    with page.expect_response("**/static/places.js"):
        box(page).focus()


def test_a_box_whose_help_does_not_arrive_is_a_plain_one(page):
    page.route("**/places.js", lambda route: route.abort())
    page.goto("/find/")
    here(page).click()
    expect(told(page)).to_have_text("That did not work. Enter a postcode or town instead.")

    box(page).fill("Bridport")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bridport")


def test_suggestions_that_fail_leave_a_plain_box(page):
    page.route("**/places/?*", lambda route: route.fulfill(status=500, body="no"))
    page.goto("/find/")
    with page.expect_response("**/places/?*"):
        box(page).press_sequentially("brid")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bridport")


def note_cache(response, from_cache):
    """Note whether suggestions came out of the browser's own cache."""
    if urlsplit(response["url"]).path == "/places/":
        from_cache.append(response["fromDiskCache"])


def test_the_device_remembers_nothing(page):
    from_cache = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.responseReceived", lambda event: note_cache(event["response"], from_cache))
    for _ in range(2):
        page.goto("/find/")
        expect(box(page)).to_have_attribute("autocomplete", "off")
        box(page).press_sequentially("brid")
        expect(suggestions(page)).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

    assert from_cache == [False, False]
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("Promise.all([caches.keys(), indexedDB.databases()])") == [[], []]
    assert page.context.cookies() == []


def test_without_scripts_a_misspelt_town_is_linked(scriptless_page):
    page = scriptless_page
    page.goto("/find/")
    expect(here(page)).to_be_hidden()
    box(page).fill("Weymuoth")
    page.get_by_role("button", name="Search").click()

    page.get_by_role("link", name="Weymouth, Dorset").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Activities and help near Weymouth, Dorset")
    expect(box(page)).to_have_value("Weymouth, Dorset")


def test_a_misspelt_town_passes_axe(page, findings):  # noqa: F811
    page.goto("/find/?near=Weymuoth")
    findings.look_at(page)


# Where the device is


def test_nothing_is_asked_of_the_device_until_the_button_is_pressed(new_page):
    page = new_page(geolocation=WEYMOUTH, permissions=["geolocation"])
    page.add_init_script(
        "window.asks = 0; for (const name of ['getCurrentPosition', 'watchPosition']) {"
        "const real = Geolocation.prototype[name];"
        "Geolocation.prototype[name] = function (...all) { window.asks += 1; return real.apply(this, all) } }"
    )
    page.goto("/find/")
    box(page).press_sequentially("brid")
    expect(suggestions(page)).to_have_count(1)
    assert page.evaluate("window.asks") == 0

    with page.expect_navigation():
        here(page).click()


def press_and_hear(page, words):
    page.goto("/find/")
    box(page).fill("Bridport")
    here(page).click()
    expect(told(page)).to_have_text(words)
    expect(told(page)).to_have_role("status")
    expect(here(page)).to_be_focused()
    expect(box(page)).to_have_value("Bridport")
    assert urlsplit(page.url).query == ""


def test_a_device_that_refuses_is_no_dead_end(new_page, findings):  # noqa: F811
    page = new_page(viewport=NARROW, permissions=[])

    press_and_hear(page, "We are not allowed to see where you are. Enter a postcode or town instead.")

    findings.look_at(page)


def test_a_device_that_does_not_know_where_it_is(new_page):
    page = new_page(permissions=["geolocation"])
    page.context.set_geolocation(None)

    press_and_hear(page, "We could not find where you are. Enter a postcode or town instead.")


def test_a_device_that_takes_too_long(new_page):
    page = new_page(permissions=["geolocation"])
    page.add_init_script(
        "Geolocation.prototype.getCurrentPosition = (_, failed, options) =>"
        "{ if (options.timeout <= 15000) setTimeout(failed, 50, { code: 3 }) }"
    )

    press_and_hear(page, "Finding where you are is taking too long. Enter a postcode or town instead.")


def test_outside_great_britain_it_is_said_plainly(new_page, findings):  # noqa: F811
    page = new_page(geolocation=PARIS, permissions=["geolocation"])
    page.goto("/find/")
    here(page).click()

    expect(page.locator("#near-error")).to_contain_text("You seem to be outside Great Britain")
    expect(box(page)).to_have_value("")
    findings.look_at(page)


@pytest.mark.parametrize(
    "missing",
    [
        "delete Navigator.prototype.geolocation",
        "Object.defineProperty(window, 'isSecureContext', { value: false })",
    ],
)
def test_a_device_without_a_location_is_not_offered_it(missing, new_page):
    page = new_page()
    page.add_init_script(missing)
    page.goto("/find/")

    expect(page.locator("body.js-enabled")).to_have_count(1)
    expect(here(page)).to_be_hidden()
