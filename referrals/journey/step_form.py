"""What every question of the journey has in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

NOT_FILLED_IN = {"autocomplete": "off"}


def said(answers: Mapping[str, Any], slug: str, field: str) -> str:
    """Return one answer already given, or ""."""
    answer = answers.get(slug)
    return str(answer.get(field, "")) if isinstance(answer, dict) else ""


class StepForm(forms.Form):
    """A question. `answers` are those given before it; `heading` is the page's h1 where no one field is.

    `site` is the slug of the council whose site this is, "" on a site of several.
    """

    use_required_attribute = False
    heading: str = ""
    wonders = False
    """Whether the page comes back to ask if the answer is right. Set by `clean`, which takes it when given again."""
    lead: ClassVar[str] = ""

    def __init__(
        self, *args: Any, answers: Mapping[str, Any] | None = None, site: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": ""} | options)
        self.answers = answers or {}
        self.site = site
        self.adapt()

    def adapt(self) -> None:
        """Put the question to this person: words and choices that depend on what they said before."""

    def offer(self, name: str, choices: list[Any]) -> None:
        """Replace the choices of one field: pairs, or groups of pairs under a heading, as Django takes them."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def answer(self) -> dict[str, Any]:
        """Return what is kept of this step: JSON."""
        return dict(self.cleaned_data)

    @property
    def question(self) -> str:
        return self.heading or str(next(iter(self.fields.values())).label)
