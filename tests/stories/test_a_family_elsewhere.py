"""A parent lives across the border, or where the postcode has ended: told plainly, and never stopped."""

import pytest
from playwright.sync_api import expect

from tests.factories.hubs import PostcodeFactory

from .doing import choose, go_on
from .test_accessibility import findings, see_mistakes_then

__all__ = ["findings"]
pytestmark = [pytest.mark.usefixtures("demo")]


@pytest.fixture
def of_dorset(live_server, settings):
    """Return the address of Dorset's own site."""
    settings.ALLOWED_HOSTS = [".localhost"]
    PostcodeFactory(code="BH213AA", district="E06000058", ward="")
    return f"http://dorset.localhost:{live_server.url.rsplit(':', 1)[1]}"


def come_to_the_postcode(page, site):
    page.goto(f"{site}/help/q/1/")
    choose(page, "No")
    go_on(page)
    choose(page, "My family")
    go_on(page)


def test_a_family_across_the_border_is_told_who_helps_and_may_be_passed_on(page, of_dorset, findings):
    come_to_the_postcode(page, of_dorset)
    page.get_by_label("What is your postcode?").fill("bh21 3aa")
    go_on(page)

    council = "Bournemouth, Christchurch and Poole Council"
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{council} helps people where you live")
    expect(page.get_by_role("link", name=f"go to {council}")).to_have_attribute(
        "href", "https://www.bcpcouncil.gov.uk/"
    )
    see_mistakes_then(page, findings, lambda: choose(page, "Yes, carry on and pass it on"))

    expect(page.get_by_text(f"They pass it on to {council}")).to_be_visible()
    findings.look_at(page)


def test_no_is_an_answer_and_leaves_the_way_to_the_other_council(page, of_dorset, findings):
    come_to_the_postcode(page, of_dorset)
    page.get_by_label("What is your postcode?").fill("bh21 3aa")
    go_on(page)
    choose(page, "No, I will ask them myself")
    go_on(page)

    expect(page.get_by_text("Nothing has been sent, and we do not keep your postcode")).to_be_visible()
    expect(page.get_by_role("link", name="Go to Bournemouth, Christchurch and Poole Council")).to_be_visible()
    findings.look_at(page)


def test_a_family_in_wales_is_sent_to_wales(page, of_dorset, findings):
    come_to_the_postcode(page, of_dorset)
    page.get_by_label("What is your postcode?").fill("CF10 1AA")
    go_on(page)

    expect(page.get_by_role("link", name="Find your council in Wales")).to_be_visible()
    findings.look_at(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_family_whose_postcode_has_ended_is_asked_once_and_goes_on(new_page, of_dorset, findings, scripts):
    PostcodeFactory(code="DT47AA", ward="E05012708", ended=True)
    page = new_page(java_script_enabled=scripts)
    come_to_the_postcode(page, of_dorset)
    page.get_by_label("What is your postcode?").fill("dt4 7aa")
    go_on(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Is DT4 7AA still your postcode?")
    expect(page.get_by_label("Or give another postcode")).to_have_value("dt4 7aa")
    if scripts:
        findings.look_at(page)
    page.get_by_role("button", name="Yes, it is still right").click()

    expect(page.get_by_label("What is going on?")).to_be_visible()
