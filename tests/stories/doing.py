"""What people do in more than one story."""

import time

from cms.demo import people

CODE_LASTS_S = 30
TYPING_TAKES_S = 5


def sign_in(page, code: str) -> None:
    """Sign in one of the demonstration's people with both steps, as they would by hand."""
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail address").fill(people.find(code)["email"])
    page.get_by_label("Password", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Continue").click()
    wait_for_a_fresh_code()
    page.get_by_label("Code", exact=True).fill(people.current_code(code))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/account/" not in url)


def wait_for_a_fresh_code() -> None:
    """Wait when the code of the moment is about to change, as a person would."""
    left = CODE_LASTS_S - time.time() % CODE_LASTS_S
    if left < TYPING_TAKES_S:
        time.sleep(left + 0.1)


def choose(page, label: str) -> None:
    page.get_by_label(label, exact=True).check()


def go_on(page) -> None:
    page.get_by_role("button", name="Continue").click()
