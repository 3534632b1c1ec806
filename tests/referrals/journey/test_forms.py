"""Whatever is typed into any box of any form: no crash, nothing lost, nothing cut."""

import html
import re
import unicodedata

import pytest
from django.db import transaction
from django.utils.choices import flatten_choices
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from referrals import drafts
from referrals.journey.fields import tidy
from referrals.journey.steps import STEPS, route_of
from tests.referrals.family import ANSWERS, tell, url

pytestmark = pytest.mark.usefixtures("council")

AWKWARD = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\r\n\r\n",
    "\u202eevil",
    "e\u0301" * 50,
    "👩‍👩‍👧‍👦",
    "O'Brien",
    "<script>alert(1)</script>",
    "</textarea><b>",
    "{{ 7*7 }}",
    "null",
    "\ufeff",
    "\ud800",
    "x" * 6_000,
    "é" * 5_000,
    "&amp;",
    "ـةحمد",
    "2021",
    "-1",
    "1e308",
    "٣",
    "0",
]
TEXT = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=300))
FORMS = {step.slug: step for step in STEPS}
BEFORE = {
    "danger-now": {"right-now": {"danger": "now"}},
    "agreed": {"who": {"asking_for": "another"}},
    "town": {"where": {"home": "no_fixed", "postcode": "", "served": True}},
    "pass-on": {"where": ANSWERS["where"] | {"served": False, "elsewhere": "E06000058", "site": "dorset"}},
    "your-age": {"who": {"asking_for": "myself"}},
    "keep-from": {"who": {"asking_for": "myself"}},
}


def boxes(form):
    """Return the names under which a browser posts the boxes of a form."""
    for name in form.fields:
        widget = form.fields[name].widget
        yield from ([f"{name}_{n}" for n in range(3)] if hasattr(widget, "widgets") else [name])


def choices(form):
    """Return what a browser may post for a choice."""
    return {
        name: [str(value) for value, _ in flatten_choices(field.choices)]
        for name, field in form.fields.items()
        if hasattr(field, "choices")
    }


def posted(slug):
    """Return a strategy: what somebody, or something, posts to a step."""
    form = FORMS[slug].form(answers=ANSWERS | BEFORE.get(slug, {}))
    offered = choices(form)
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(st.sampled_from(offered[name]), TEXT) if offered.get(name) else TEXT
            for name in boxes(form)
        },
    )


def as_sent(text):
    """Return text as it comes over the wire and back: half characters cannot be sent, line ends are one."""
    sent = text.encode("utf-8", "replace" if "\ud800" in text else "strict").decode()
    return sent.replace("\r\n", "\n").replace("\r", "\n")


def shown(page):
    """Return every value on a page, as the browser would read it."""
    areas = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    values = re.findall(r'value="([^"]*)"', page)
    return [as_sent(html.unescape(value)) for value in areas + values]


def bare(text, name):
    """Leave out white space in the small boxes under a choice: the macro indents what it is given."""
    return "".join(text.split()) if name.startswith(("age", "born", "due")) else text


@pytest.mark.parametrize("slug", list(FORMS))
def test_nothing_typed_breaks_a_page_or_is_lost(client, slug):
    tell(client)
    before = ANSWERS | BEFORE.get(slug, {})
    secret = client.cookies["fh-draft"].value
    drafts.change(secret, lambda _: dict(before))

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(posted(slug))
    @example({})
    def check(data):
        data = {name: as_sent(value) for name, value in data.items()}
        drafts.change(secret, lambda _: dict(before))
        with transaction.atomic():
            response = client.post(url(slug), data)

        if response.status_code == 302:
            route_of(drafts.read(secret).answers)
            return
        assert response.status_code == 200
        on_page = shown(response.content.decode())
        form = response.context["form"]
        for name, value in data.items():
            if name in choices(form) or not value:
                continue
            assert bare(value, name) in {bare(each, name) for each in on_page}, name

    check()


@settings(max_examples=200)
@given(st.text(max_size=200))
@example("\ud800")
@example("a\r\nb\rc\x00\x1b[31m\x7f\x85")
@example("e\u0301")
def test_tidying_keeps_every_character_that_can_be_seen(text):
    tidied = tidy(text)

    tidied.encode()
    assert unicodedata.is_normalized("NFC", tidied)
    assert tidy(tidied) == tidied
    seen = [c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in ("Cc", "Cs")]
    assert [c for c in tidied if c not in "\n\t\ufffd"] == [c for c in seen if c != "\ufffd"]


@settings(max_examples=40)
@given(st.text(min_size=1, max_size=400).filter(lambda text: tidy(text).strip()))
@example("مرحبا 👩‍👩‍👧 Zażółć gęślą jaźń")
@example("x" * 5_000)
def test_a_story_is_kept_to_the_letter(text):
    form = FORMS["story"].form({"story": text})

    assert form.is_valid(), form.errors
    assert form.answer()["story"] == tidy(text).strip()


@pytest.mark.parametrize("slug", [slug for slug in FORMS if slug not in ("more-children", "children")])
def test_an_answer_shown_again_and_posted_unchanged_is_the_same(slug):
    before = ANSWERS | BEFORE.get(slug, {})
    answer = (
        before.get(slug)
        or {
            "danger-now": {"also_call": "yes"},
            "agreed": {"family_agrees": "yes"},
            "town": {"town": "Weymouth, Dorset"},
            "pass-on": {"pass_on": "yes"},
            "your-age": {"known": "born", "age": None, "born": "2010-03-01", "due": ""},
            "keep-from": {"keep_from_parent": "unsure"},
        }[slug]
    )
    empty = FORMS[slug].form(initial=answer, answers=before)
    data = {}
    for bound in empty:
        widget = bound.field.widget
        if hasattr(widget, "widgets"):
            data |= {
                f"{bound.html_name}_{n}": part for n, part in enumerate(widget.decompress(bound.value()))
            }
        else:
            data[bound.html_name] = "" if bound.value() is None else bound.value()

    form = FORMS[slug].form(data, answers=before)

    assert form.is_valid(), form.errors
    assert form.answer() == answer


def test_an_abbreviation_keeps_its_capitals_in_a_message(client):
    tell(client, until="sharing")

    response = client.post(url("sharing"), {})

    assert response.context["form"].errors["health"] == [
        "Select whether we may talk to: health visitor or GP"
    ]
