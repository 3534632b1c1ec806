"""Form fields that take whatever people type: nothing cut, nothing lost, nothing that breaks a page."""

import calendar
import datetime
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from referrals import contact

KEPT_CONTROLS = "\n\t"
NOT_A_CHARACTER = "\N{REPLACEMENT CHARACTER}"
BYTES_A_CHARACTER = 4


def tidy(text: str) -> str:
    """Return text as it is kept: composed (NFC), line ends as "\\n", no control characters, no half characters."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_safe(c) for c in composed)


def _safe(c: str) -> str:
    kind = unicodedata.category(c)
    if kind == "Cs":
        return NOT_A_CHARACTER
    return "" if kind == "Cc" and c not in KEPT_CONTROLS else c


class Words(forms.CharField):
    """Text in somebody's own words, up to `limit` characters and a limit of bytes.

    `called` begins the error messages: "What is going on" must be 5,000 characters or fewer.
    """

    def __init__(self, *, limit: int, called: str, byte_limit: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = limit
        self.byte_limit = byte_limit or limit * BYTES_A_CHARACTER
        self.called = called
        # Control characters are taken out, so there is none left to refuse.
        self.validators = []

    def to_python(self, value: object) -> str:
        return super().to_python(tidy(str(value or ""))) or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if self.max_length and len(value) > self.max_length:
            over = len(value) - self.max_length
            raise ValidationError(
                f"{self.called} must be {self.max_length:,} characters or fewer. It is {over:,} too long",
                code="max_length",
            )
        if len(value.encode()) > self.byte_limit:
            raise ValidationError(
                f"{self.called} is too long. Use fewer special characters", code="max_bytes"
            )


class Choice(forms.ChoiceField):
    """One of a few, as radio buttons; `hints` are lines under single choices."""

    def __init__(
        self,
        *,
        choices: list[tuple[str, str]],
        ask: str = "",
        hints: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(choices=choices, widget=forms.RadioSelect, **options)
        self.hints = hints or {}
        self.error_messages["invalid_choice"] = ask or self.error_messages["invalid_choice"]
        self.error_messages["required"] = ask or self.error_messages["required"]


class Phone(Words):
    """A phone number, here or abroad; its value is as `contact.phone` returns it."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel"})

    def __init__(self, **options: Any) -> None:
        super().__init__(limit=contact.PHONE_LIMIT, called="Phone number", **options)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        try:
            return contact.phone(text) if text else ""
        except contact.NotAPhone as problem:
            raise ValidationError(str(problem), code="invalid") from None


class Email(Words):
    """An e-mail address, its local part in any script."""

    # Not type=email: browsers refuse what our own check accepts.
    widget = forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none"})

    def __init__(self, **options: Any) -> None:
        super().__init__(limit=contact.EMAIL_LIMIT, called="Email address", **options)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        try:
            return contact.email(text) if text else ""
        except contact.NotAnEmail as problem:
            raise ValidationError(str(problem), code="invalid") from None


class DateBoxes(forms.MultiWidget):
    """Three boxes: day, month, year. They keep exactly what was typed."""

    def __init__(self) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__([forms.TextInput(box), forms.TextInput(box), forms.TextInput(box)])

    def decompress(self, value: object) -> list[str]:
        """Return the boxes for a stored "2026-03-01"."""
        if not value:
            return ["", "", ""]
        year, month, day = str(value).split("-")
        return [day.lstrip("0"), month.lstrip("0"), year]

    def value_from_datadict(self, data: Any, files: MultiValueDict, name: str) -> list[str]:
        return [value or "" for value in super().value_from_datadict(data, files, name)]


MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if number}


class DateParts(forms.Field):
    """A date in three boxes; its value is "2026-03-01", or "" when all are empty. Months may be words."""

    widget = DateBoxes

    def __init__(self, *, called: str, example: str, **options: Any) -> None:
        super().__init__(**options)
        self.called = called
        self.example = example

    def clean(self, value: object) -> str:
        parts = [tidy(str(part)).strip() for part in value] if isinstance(value, list) else []
        if not any(parts):
            if self.required:
                raise ValidationError(f"Enter {self.called}", code="required")
            return ""
        missing = [name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part]
        if missing:
            raise ValidationError(f"{self._opening} must have a {' and a '.join(missing)}", code="incomplete")
        return self._date(*parts).isoformat()

    @property
    def _opening(self) -> str:
        return self.called[:1].upper() + self.called[1:]

    def _date(self, day: str, month: str, year: str) -> datetime.date:
        try:
            if len(year) != 4:
                raise ValueError(year)
            return datetime.date(int(year), MONTHS.get(month[:3].lower()) or int(month), int(day))
        except ValueError:
            raise ValidationError(
                f"{self._opening} must be a real date, like {self.example}", code="invalid"
            ) from None
