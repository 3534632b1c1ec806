"""How old somebody is, however it is easiest to say: years, a date of birth, or when a baby is due."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from .fields import DateParts, Words
from .step_form import NOT_FILLED_IN, StepForm

MONTHS_UNTIL_DUE = 10


class AgeFields(StepForm):
    """A person's age in years or their date of birth, whichever is easier to say."""

    def check_age(self, given: dict[str, Any], *, oldest: int, too_old: str) -> None:
        known = given.get("known")
        if known == "age":
            self._check_years(given, oldest, too_old)
        elif known == "born":
            self._check_born(given, oldest, too_old)
        elif known == "due":
            self._check_due(given)
        for field, way in (("age", "age"), ("born", "born"), ("due", "due")):
            if known and known != way:
                given[field] = "" if field != "age" else None
                self.errors.pop(field, None)

    def _check_years(self, given: dict[str, Any], oldest: int, too_old: str) -> None:
        years = given.get("age") or ""
        if "age" in self.errors:
            return
        if not years:
            self.add_error("age", "Enter an age in years. For a baby under 1, enter 0")
        elif not years.isascii() or not years.isdigit():
            self.add_error("age", "Enter the age as a number of years, like 4. For a baby under 1, enter 0")
        elif len(years.lstrip("0")) > 3 or int(years) > oldest:
            self.add_error("age", too_old)
        else:
            given["age"] = int(years)

    def _check_born(self, given: dict[str, Any], oldest: int, too_old: str) -> None:
        born = given.get("born")
        today = timezone.localdate()
        if "born" in self.errors:
            return
        if not born:
            self.add_error("born", "Enter a date of birth")
        elif datetime.date.fromisoformat(born) > today:
            self.add_error(
                "born", "Date of birth must be in the past. If the baby is not born yet, say so above"
            )
        elif age_on(born, today) > oldest:
            self.add_error("born", too_old)

    def _check_due(self, given: dict[str, Any]) -> None:
        due = given.get("due")
        if "due" in self.errors or not due:
            return
        days_away = (datetime.date.fromisoformat(due) - timezone.localdate()).days
        if not -31 <= days_away <= MONTHS_UNTIL_DUE * 31:
            self.add_error("due", "The date the baby is due must be within the next 10 months")


def age_on(born: str, day: datetime.date) -> int:
    """Return somebody's age in whole years on a day."""
    birth = datetime.date.fromisoformat(born)
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_field() -> Words:
    return Words(
        label="Age in years",
        limit=20,
        called="Age",
        required=False,
        widget=forms.TextInput({**NOT_FILLED_IN, "inputmode": "numeric"}),
    )


def born_field() -> DateParts:
    return DateParts(
        label="Date of birth",
        called="date of birth",
        example="27 3 2021",
        required=False,
        help_text="For example, 27 3 2021",
    )
