"""What somebody has told us, in words, for the page where they check it before sending."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.choices import flatten_choices

from hubs.postcodes import format_postcode
from referrals import contact

from .fields import DateParts, Phone
from .route import Route, Step
from .steps import PARTS


@dataclass(frozen=True)
class Row:
    """One line: what was asked, what was said and where to change it."""

    question: str
    answer: str
    change_url: str


@dataclass(frozen=True)
class Section:
    """The lines of one part of the journey."""

    title: str
    rows: list[Row]


def sections(route: Route) -> list[Section]:
    """Return everything on the path, part by part."""
    found = []
    for number, title in enumerate(PARTS, 1):
        steps = [s for s in route.asked if s.part == number and s.slug in route.kept and not s.housekeeping]
        rows = [row for step in steps for row in _rows(route, step)]
        if rows:
            found.append(Section(title, rows))
    return found


def _rows(route: Route, step: Step) -> list[Row]:
    answer: Any = route.kept[step.slug]
    if step.repeats:
        return [
            Row(
                f"Child {n}", child_in_words(child), reverse("journey:item", args=[step.number, child["key"]])
            )
            for n, child in enumerate(answer, 1)
        ]
    form = step.form(answers=route.kept_before(step))
    url = reverse("journey:step", args=[step.number])
    if step.slug == "where":
        return [Row(str(form.fields["postcode"].label), where_in_words(answer), url)]
    if step.slug == "your-age":
        return [Row("How old are you?", age_in_words(answer), url)]
    said = [
        (str(field.label).removesuffix(" (optional)"), in_words(field, answer.get(name)))
        for name, field in form.fields.items()
        if field.required or answer.get(name)
    ]
    if form.heading:
        return [Row(form.heading, "\n".join(_line(question, words) for question, words in said), url)]
    return [Row(question, words, url) for question, words in said]


def _line(question: str, words: str) -> str:
    return f"{question} {words}" if question.endswith("?") else f"{question}: {words}"


def in_words(field: forms.Field, value: Any) -> str:
    """Return an answer as people say it."""
    if isinstance(field, forms.ChoiceField):
        offered: dict[Any, Any] = dict(flatten_choices(field.choices))  # type: ignore[arg-type]
        return str(offered.get(value, value))
    if isinstance(field, Phone) and value:
        return contact.phone_in_words(value)
    if isinstance(field, DateParts) and value:
        return date_in_words(value)
    return str(value or "")


def where_in_words(answer: dict[str, Any]) -> str:
    """Return the answer of the step about the address."""
    if answer["home"] == "postcode":
        return format_postcode(answer["postcode"])
    return {"no_fixed": "I have no fixed address", "secret": "My address must be kept secret"}[answer["home"]]


def child_in_words(child: dict[str, Any]) -> str:
    """Return "Robin, 3 years old"."""
    name = child.get("first_name") or ("Baby" if child.get("known") == "due" else "Child")
    return f"{name}, {age_in_words(child)}"


def age_in_words(person: dict[str, Any]) -> str:
    """Return "3 years old", "born 27 March 2021" or "due 1 May 2027"."""
    if person.get("known") == "due":
        return f"due {date_in_words(person['due'])}" if person.get("due") else "not born yet"
    if person.get("born"):
        return f"born {date_in_words(person['born'])}"
    years = person.get("age") or 0
    return "under 1 year old" if years == 0 else f"{years} year{'' if years == 1 else 's'} old"


def date_in_words(iso: str) -> str:
    """Return "27 March 2021"."""
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
