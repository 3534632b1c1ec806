"""Somebody leaves in a hurry, and whoever takes the phone presses Back: in a browser that keeps pages for that.

Two things would make this pass for nothing. Playwright switches off the memory of the Back button, so that is taken
back; and Chromium keeps pages that must not be stored only over https, so the site is served over TLS.
"""

import copy

import pytest
from django.test.testcases import _StaticFilesHandler
from playwright.sync_api import expect

from referrals import drafts
from tests.conftest import PAGE_TIMEOUT_MS, PHONE
from tests.referrals.family import ANSWERS, dorset

from .doing import choose, go_on
from .over_tls import Server, write_certificate

STORY = "He reads my phone. We are so tired, and Robin wakes six times a night."
CALLED = "Juniper Testwood"
PRIVATE = ["tired", "Robin", "Juniper", "DT4 9ZZ", "DT49ZZ"]
BACKS = 4
"""One more than there are pages to go back to."""

without_scripts = pytest.mark.parametrize("phone", [False], indirect=True, ids=["without scripts"])


@pytest.fixture
def secure_server(transactional_db, settings, tmp_path):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.CSRF_COOKIE_NAME, settings.DRAFT_COOKIE_NAME = "__Host-fh-csrf", "__Host-fh-draft"
    server = Server("localhost", _StaticFilesHandler, certificate=write_certificate(tmp_path / "tls.pem"))
    server.daemon = True
    server.start()
    assert server.is_ready.wait(10) and not server.error
    # Another site, for the browser: its cookies are its own.
    settings.EXIT_URL = f"https://127.0.0.1:{server.port}/healthz"
    dorset()
    yield f"https://localhost:{server.port}"
    server.terminate()


@pytest.fixture(scope="module")
def remembering_browser(launch):
    """Chromium as people have it, with its memory for the Back button."""
    started = launch(ignore_default_args=["--disable-back-forward-cache"])
    yield started
    started.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request, remembering_browser, secure_server):
    context = remembering_browser.new_context(
        base_url=secure_server, viewport=PHONE, ignore_https_errors=True, java_script_enabled=request.param
    )
    opened = context.new_page()
    opened.set_default_timeout(PAGE_TIMEOUT_MS)
    yield opened
    context.close()


def give_a_draft(page, server, until=None):
    """Give the browser a draft with the answers before the step `until`, as if it had come that far."""
    told = dict(list(ANSWERS.items())[: list(ANSWERS).index(until)]) if until else ANSWERS
    secret = drafts.start(copy.deepcopy(told)).secret
    page.context.add_cookies(
        [{"name": "__Host-fh-draft", "value": secret, "url": server, "secure": True, "httpOnly": True}]
    )


def leave(page):
    page.get_by_role("link", name="Exit this page").or_(
        page.get_by_role("button", name="Exit this page")
    ).first.click()
    page.wait_for_url("**/healthz")


def read_no_private_word(page):
    seen = page.content() + page.title() + page.url
    assert not [word for word in PRIVATE if word in seen], page.url


@without_scripts
def test_this_browser_does_keep_a_page_that_must_not_be_stored(phone):
    """Without it the stories below would prove nothing. Our script would hide such a page and ask for it anew."""
    phone.goto("/help/")
    phone.evaluate("window.kept = true")
    phone.goto("/robots.txt")

    phone.go_back(wait_until="commit")

    assert phone.evaluate("window.kept")


def test_back_after_leaving_shows_nothing_that_was_typed_and_a_blank_start(phone, secure_server):
    give_a_draft(phone, secure_server, until="story")
    phone.goto("/help/q/1/")
    choose(phone, "I am worried it may happen soon")
    go_on(phone)
    phone.get_by_label("What is going on?").fill(STORY)
    go_on(phone)
    phone.get_by_label("First name").fill(CALLED)

    leave(phone)

    for _ in range(BACKS):
        phone.go_back()
        read_no_private_word(phone)
        for box in phone.get_by_role("textbox").all():
            expect(box).to_have_value("")
        expect(phone.locator("input:checked")).to_have_count(0)
    phone.goto("/help/")
    phone.get_by_role("button", name="Start").click()
    go_on(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Is anyone being hurt")
    expect(phone.locator("input:checked")).to_have_count(0)


@without_scripts
def test_back_after_leaving_the_receipt_shows_neither_it_nor_what_was_sent(phone, secure_server):
    give_a_draft(phone, secure_server)
    phone.goto("/help/check/")
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url("**/help/sent/")
    reference = phone.locator(".receipt__reference").inner_text()

    leave(phone)

    for _ in range(BACKS):
        phone.go_back()
        read_no_private_word(phone)
        assert reference not in phone.content()


@without_scripts
def test_somebody_else_who_starts_in_the_same_browser_is_asked_as_if_nobody_had(phone, secure_server):
    give_a_draft(phone, secure_server)
    phone.goto("/help/")
    phone.get_by_role("button", name="Start").click()
    go_on(phone)

    for path in ("/help/q/1/", "/help/q/7/", "/help/check/"):
        phone.goto(path)
        read_no_private_word(phone)
        expect(phone.locator("input:checked")).to_have_count(0)
