"""Telephone numbers that editors publish: as families are asked for theirs, and the short ones of helplines."""

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from referrals import contact

HELPLINES = {
    *("101", "105", "111", "112", "119", "999"),
    *("116000", "116006", "116111", "116117", "116123"),
}
"""Of three digits, and those that have one meaning all over Europe (116 123 is the Samaritans')."""

WHOLE_NUMBER_DIGITS = 9
"""British numbers have this many digits after the 0, or one more. Of shorter ones there are a few, by name."""


def check_phone(text: str) -> None:
    """Refuse what nobody could ring.

    Raises:
        ValidationError: it is neither a whole number nor one of a helpline.
    """
    if text and not (_digits(text) in HELPLINES or _is_whole(text)):
        raise ValidationError("Enter one phone number, like 01632 960 001, 0800 1111 or 111")


def _digits(text: str) -> str:
    return "".join(text.split())


def _is_whole(text: str) -> bool:
    try:
        number = phonenumbers.parse(contact.phone(text))
    except contact.NotAPhone:
        return False
    british_and_short = number.country_code == 44 and len(str(number.national_number)) < WHOLE_NUMBER_DIGITS
    return not british_and_short or phonenumbers.is_valid_number(number)


class PhoneForm(WagtailAdminModelForm):
    """Keeps a number as it was typed when somebody can ring it."""

    def clean_phone(self) -> Any:
        check_phone(self.cleaned_data["phone"])
        return self.cleaned_data["phone"]


class NumberForm(WagtailAdminModelForm):
    """One of a council's numbers."""

    def clean_number(self) -> Any:
        check_phone(self.cleaned_data["number"])
        return self.cleaned_data["number"]
