"""Ways to reach somebody: reading what people type, and finding it again without storing it in clear."""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .sealed import keyring

PHONE_LIMIT = 40
EXTENSION = " ext. "
EMAIL_LIMIT = 254


class ContactError(ValueError):
    """Something is wrong with a phone number or an e-mail address. `str(error)` is fit to show."""


class NotAPhone(ContactError):
    def __init__(self) -> None:
        super().__init__("Enter a phone number, like 01632 960 001, 07700 900 982 or +48 22 123 45 67")


class NotAnEmail(ContactError):
    def __init__(self) -> None:
        super().__init__("Enter an email address in the correct format, like name@example.org")


def phone(text: str) -> str:
    """Return a phone number in E.164 form ("+447700900982"), an extension after it ("+441632960001 ext. 5").

    Numbers without a country are British.

    Raises:
        NotAPhone: there is no such number, here or abroad.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > PHONE_LIMIT:
        raise NotAPhone
    try:
        number = phonenumbers.parse(plain, "GB")
    except phonenumbers.NumberParseException:
        raise NotAPhone from None
    if not _is_likely(number):
        raise NotAPhone
    return _with_extension(number, phonenumbers.PhoneNumberFormat.E164)


def _with_extension(number: phonenumbers.PhoneNumber, form: int) -> str:
    """Put the extension in words that anybody knows; the library writes "x5" for British numbers."""
    extension = f"{EXTENSION}{number.extension}" if number.extension else ""
    number.extension = None
    return phonenumbers.format_number(number, form) + extension


def _is_likely(number: phonenumbers.PhoneNumber) -> bool:
    """Say whether a number can be rung from anywhere. Nothing stricter than length and start: new ranges open often."""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return False
    british = number.country_code == 44
    return not british or (str(number.national_number)[0] in "12378" and not number.italian_leading_zero)


def phone_in_words(e164: str) -> str:
    """Return a number as people write it: national at home, international abroad."""
    number = phonenumbers.parse(e164)
    at_home = number.country_code == 44
    form = phonenumbers.PhoneNumberFormat
    return _with_extension(number, form.NATIONAL if at_home else form.INTERNATIONAL)


def phone_link(e164: str) -> str:
    """Return a number as the address of a link that rings it."""
    return f"tel:{e164.replace(EXTENSION, ';ext=')}"


def email(text: str) -> str:
    """Return an e-mail address, in composed form. Letters of any script may stand before the @.

    Raises:
        NotAnEmail: it does not have the shape of an address.
    """
    address = unicodedata.normalize("NFC", text).strip()
    shape = "".join("a" if not c.isascii() and c.isalnum() else c for c in address)
    try:
        validate_email(shape)
    except ValidationError:
        raise NotAnEmail from None
    if len(address.encode()) > EMAIL_LIMIT:
        raise NotAnEmail
    return address


def name_index(name: str) -> bytes | None:
    """Return the blind index of a name: equal however it is cased, spaced or composed."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return keyring().index("referral.name", plain) if plain else None


def phone_index(e164: str) -> bytes | None:
    """Return the blind index of a phone number in E.164 form, whatever its extension."""
    plain = e164.partition(EXTENSION)[0]
    return keyring().index("referral.phone", plain) if plain else None


def email_index(address: str) -> bytes | None:
    """Return the blind index of an e-mail address, its case folded."""
    plain = unicodedata.normalize("NFKC", address).casefold()
    return keyring().index("referral.email", plain) if plain else None
