"""A council's colours can be read."""

import pytest
from django.core.exceptions import ValidationError

from hubs.colours import contrast, validate_colour, validate_readable


def test_black_on_white_has_the_greatest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_known_pair():
    """#767676 is the lightest grey that WCAG lets stand on white."""
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_a_dark_teal_is_taken():
    validate_readable("#0b5a5e")


@pytest.mark.parametrize("colour", ["#f4b740", "#ffffff", "#777777"])
def test_a_colour_too_pale_for_white_words_is_refused(colour):
    with pytest.raises(ValidationError, match="darker"):
        validate_readable(colour)


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "#123456\n", "url(x)", ""])
def test_what_is_no_colour_is_refused(colour):
    with pytest.raises(ValidationError, match="like"):
        validate_colour(colour)
