"""What every test may ask for: a migrated database, a browser, pages of it."""

import gc
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from hubs.kept import Kept
from tests import chromium, databases

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PAGE_TIMEOUT_MS = 20_000

# No test fails for being slow: the machine may be busy with something else.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Replaces pytest-django's: a copy of the migrated template, made afresh after a test that commits.

    Returns the copies, for fixtures that many such tests begin with (`tests.databases.Copies.begin_with`).
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        copies = databases.copies()
        copies.create()
        # Django's own way empties every table, and with them the rows that migrations made.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: copies.restore())
        yield copies
        copies.drop()


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """For what many tests of a module begin with and none commits: made once, rolled back after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def nothing_kept_from_another_test():
    """What a test saves is rolled back without a signal."""
    for kept in Kept.everything:
        kept.forget()


def pytest_collection_finish():
    """Spare the garbage collector everything that is loaded by now and stays: it would go through it every time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """The first process of a run outlives the others, so it tidies up after all of them."""
    if not hasattr(config, "workerinput") and not config.getvalue("reuse_db"):
        databases.drop_template()


@pytest.fixture(scope="session")
def launch():
    """Return a function that starts a Chromium with Playwright's options: `launch(ignore_default_args=[...])`."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        path = chromium.find()
        yield lambda **options: playwright.chromium.launch(
            executable_path=path, args=CHROMIUM_ARGS, **options
        )


@pytest.fixture(scope="session")
def browser(launch):
    """Chromium, started once for each test process."""
    started = launch()
    yield started
    started.close()


@contextmanager
def opened_page(browser: Browser, live_server, **options):
    """Yield a page with cookies of its own; fail if it broke our content policy or threw an error.

    `options` are Playwright's for a browser context. Wagtail's admin is left out: its scripts are not ours.
    """
    context = browser.new_context(
        base_url=live_server.url,
        locale="en-GB",
        timezone_id="Europe/London",
        **{"viewport": DESKTOP} | options,
    )
    page = context.new_page()
    page.set_default_timeout(PAGE_TIMEOUT_MS)
    problems = []

    def ours() -> bool:
        return "/admin/" not in page.url

    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}") if ours() else None)
    page.on(
        "console",
        lambda message: (
            problems.append(f"{page.url}: {message.text}")
            if "Content Security Policy" in message.text and ours()
            else None
        ),
    )
    yield page
    context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(browser, live_server):
    """A page on a desk, 1280 px wide. Paths such as `page.goto("/find/")` lead to the test server."""
    with opened_page(browser, live_server) as opened:
        yield opened


@pytest.fixture
def phone_page(browser, live_server):
    """A page on an old phone, 360 px wide."""
    with opened_page(browser, live_server, viewport=PHONE, has_touch=True) as opened:
        yield opened


@pytest.fixture
def scriptless_page(browser, live_server):
    """A page in a browser that runs no scripts."""
    with opened_page(browser, live_server, viewport=PHONE, java_script_enabled=False) as opened:
        yield opened


@pytest.fixture
def new_page(browser, live_server):
    """Return a function that opens one more page, as another person would: `new_page(viewport=PHONE)`."""
    opened = []

    def open_another(**options):
        manager = opened_page(browser, live_server, **options)
        opened.append(manager)
        return manager.__enter__()

    yield open_another
    for manager in reversed(opened):
        manager.__exit__(None, None, None)
