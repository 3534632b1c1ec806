"""Whether a council's colours can be read (WCAG 2.2 contrast)."""

import re

from django.core.exceptions import ValidationError

HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
WHITE = "#ffffff"
READABLE = 4.5
"""WCAG 2.2 AA for text of ordinary size (success criterion 1.4.3)."""


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour such as "#0b5a5e"."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def validate_colour(colour: str) -> None:
    """Refuse anything but a colour like #0b5a5e."""
    if not HEX.match(colour):
        raise ValidationError("Enter a colour like #0b5a5e")


def validate_readable(colour: str) -> None:
    """Refuse a colour on which white words, or which on white, could not be read."""
    validate_colour(colour)
    if contrast(colour, WHITE) < READABLE:
        raise ValidationError("White words cannot be read on this colour. Choose a darker one")
