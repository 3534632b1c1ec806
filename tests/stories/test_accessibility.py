"""Every page, its mistakes included, through axe; and on the narrowest phone nothing scrolls sideways."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from referrals.models import QueueEntry

from .doing import choose, go_on, sign_in

NARROW = {"width": 320, "height": 640}
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}

PUBLIC = [
    "/",
    "/find/",
    "/find/?near=DT4+9ZZ",
    "/find/?near=DT4+9ZZ&age=3&day=MO&cost=free",
    "/find/?near=not+a+place",
    "/find/?near=EH1+1AA",
    "/find/?q=nothingwillmatchthis",
    "/find/tiny-toes-baby-group/",
    "/find/sleep-easy-workshop/",
    "/find/garden-gang/",
    "/find/domestic-abuse-family-worker/",
    "/find/no-such-thing/",
    "/whats-on/",
    "/whats-on/?near=PE25",
    "/hubs/",
    "/hubs/lodmoor-family-hub/",
    "/hubs/lodmoor-family-hub/timetable/",
    "/advice/",
    "/advice/when-sleep-goes-wrong/",
    "/account/sign-in/",
    "/help/",
    "/help/before/",
    "/help/again/",
    "/help/q/1/",
]

DESK = ["/desk/", "/desk/?show=closed", "/desk/search/", "/desk/search/?q=Juniper"]

UPSTREAM = ("aria-allowed-attr", 'class="govuk-radios__input"')
"""GOV.UK's radios that open a box say aria-expanded, which ARIA does not foresee for a radio. It was tested with
screen readers and kept on purpose: https://github.com/alphagov/govuk-frontend/issues/979."""

pytestmark = [pytest.mark.usefixtures("demo")]


class Findings(list):
    """What is wrong, a line each, gathered over many pages so that one run shows it all."""

    def look_at(self, page) -> None:
        """Test the page as it is now, in its own width and at 320 px."""
        self.look_with_axe(page)
        wide = page.viewport_size
        page.set_viewport_size(NARROW)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            self.append(f"{page.url}: scrolls sideways by {overflow} px at 320 px")
        self.look_with_axe(page)
        page.set_viewport_size(wide)

    def look_with_axe(self, page) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES)
        self.extend(
            f"{page.url}: {each['id']}: {node['html'][:160]}"
            for each in found
            for node in each["nodes"]
            if not (each["id"] == UPSTREAM[0] and UPSTREAM[1] in node["html"])
        )


@pytest.fixture
def findings():
    found = Findings()
    yield found
    assert not found, "\n".join(dict.fromkeys(found))


def test_axe_finds_what_is_wrong_with_a_bad_page(page):
    """The tool itself works: an unnamed box and a wide one are both found."""
    found = Findings()
    page.goto("/healthz")
    page.set_content("<main><input style='width: 900px'></main>")

    found.look_at(page)

    assert any("label" in each for each in found)
    assert any("sideways" in each for each in found)


def test_public_pages(page, findings):
    for path in PUBLIC:
        page.goto(path)
        findings.look_at(page)


def test_each_councils_own_colours(page, findings, live_server, settings):
    settings.ALLOWED_HOSTS = [".localhost"]
    port = live_server.url.rsplit(":", 1)[1]
    for council in ("dorset", "wolverhampton", "lincolnshire"):
        page.goto(f"http://{council}.localhost:{port}/")
        assert page.title() == f"{council.title()} Family Hubs"
        findings.look_at(page)


def see_mistakes_then(page, findings, fill) -> None:
    """Look at a question, at what it says when left empty, and go on with a proper answer."""
    findings.look_at(page)
    page.get_by_role("button", name="Continue").click()
    findings.look_at(page)
    fill()
    go_on(page)


def test_every_question_and_its_mistakes(page, findings):
    page.goto("/help/q/1/")
    see_mistakes_then(page, findings, lambda: choose(page, "Yes, now"))
    see_mistakes_then(page, findings, lambda: choose(page, "Yes, carry on and ask for a call too"))
    see_mistakes_then(page, findings, lambda: choose(page, "My family"))
    see_mistakes_then(page, findings, lambda: page.get_by_label("What is your postcode?").fill("DT4 9ZZ"))
    see_mistakes_then(page, findings, lambda: page.get_by_label("What is going on?").fill("Not sleeping"))
    see_mistakes_then(page, findings, lambda: tell_of_a_child(page))
    see_mistakes_then(page, findings, lambda: choose(page, "No"))
    see_mistakes_then(page, findings, lambda: page.get_by_label("What should we call you?").fill("Juniper"))
    see_mistakes_then(page, findings, lambda: choose(page, "Through someone I trust"))
    see_mistakes_then(page, findings, lambda: name_somebody(page))
    findings.look_at(page)
    go_on(page)
    see_mistakes_then(page, findings, lambda: choose(page, "Yes, please contact me about this"))
    findings.look_at(page)
    go_on(page)
    findings.look_at(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/help/sent/")
    findings.look_at(page)


def tell_of_a_child(page) -> None:
    page.get_by_label("First name").fill("Robin")
    choose(page, "I will give their age")
    page.get_by_label("Age in years").fill("3")


def name_somebody(page) -> None:
    page.get_by_label("Their name").fill("Sandy")
    page.get_by_label("Their phone number").fill("07700 900 102")


@pytest.mark.parametrize(
    ("who", "sign"),
    [("Myself", "How old are you?"), ("A family I know or work with", "Have you talked to the family")],
)
def test_the_other_ways_through(who, sign, page, findings):
    page.goto("/help/q/1/")
    choose(page, "No")
    go_on(page)
    choose(page, who)
    go_on(page)
    if who == "Myself":
        page.get_by_role("button", name="I have no fixed address").click()
        see_mistakes_then(
            page, findings, lambda: page.get_by_role("combobox").select_option("Skegness, Lincolnshire")
        )
        page.get_by_label("What is going on?").fill("I look after my mum")
        go_on(page)
    assert sign in page.locator("main").inner_text()
    findings.look_at(page)
    go_on(page)
    findings.look_at(page)


def test_pages_where_the_journey_ends_in_advice(page, findings):
    for number in (1, 2, 3, 4):
        page.goto(f"/help/p/{number}/")
        findings.look_at(page)


def test_signing_in_wrongly(page, findings):
    page.goto("/account/sign-in/")
    go_on(page)
    findings.look_at(page)


def test_the_desk(page, findings):
    sign_in(page, "sam")
    reference = QueueEntry.objects.get(locality__name="Chesil").referral.reference
    offered = QueueEntry.objects.get(locality__name="West Dorset").referral.reference
    of_ours = [f"/desk/{reference}/{move}" for move in ("", "note/", "try/", "offer/")]
    for path in [*DESK, f"/desk/offers/{offered}/", of_ours[0]]:
        page.goto(path)
        findings.look_at(page)
    page.get_by_role("button", name="Claim it").click()
    for path in [*of_ours, f"/desk/{reference}/close/"]:
        page.goto(path)
        findings.look_at(page)
    page.goto("/account/second-factor/")
    findings.look_at(page)


def test_a_request_of_another_team(page, findings):
    sign_in(page, "noor")
    reference = QueueEntry.objects.get(locality__name="Chesil").referral.reference
    page.goto(f"/desk/{reference}/")
    findings.look_at(page)
