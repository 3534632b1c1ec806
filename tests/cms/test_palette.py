"""Our colours can be read: the contrast of every pair of them that carries words."""

import re
from pathlib import Path

import pytest

SOURCE = (Path(__file__).resolve().parents[2] / "frontend" / "scss" / "_palette.scss").read_text()
MIX = re.compile(r"color-mix\(in srgb, (.+) (\d+)%, (.+)\)")

PAIRS = [
    ("ink", "paper", 7),
    ("ink", "surface", 7),
    ("ink", "brand-tint", 7),
    ("ink", "accent-tint", 7),
    ("ink", "accent", 4.5),
    ("ink", "focus", 7),
    ("ink-soft", "paper", 4.5),
    ("ink-soft", "surface", 4.5),
    ("ink-soft", "brand-tint", 4.5),
    ("brand", "paper", 4.5),
    ("brand", "surface", 4.5),
    ("brand", "warm-tint", 4.5),
    ("brand", "accent-tint", 4.5),
    ("brand", "brand-tint", 4.5),
    ("on-brand", "brand", 4.5),
    ("brand-dark", "brand-tint", 7),
    ("warm", "warm-tint", 4.5),
    ("plum", "plum-tint", 4.5),
    ("leaf", "leaf-tint", 4.5),
    ("gold", "accent-tint", 4.5),
    ("error", "paper", 4.5),
    ("error", "error-tint", 4.5),
    ("success", "surface", 4.5),
    ("success", "brand-tint", 4.5),
    ("edge", "paper", 3),
    ("edge", "surface", 3),
]


def palette(neutral):
    """Return every custom property's value; `neutral` leaves out the mixes, as an old browser does."""
    source = SOURCE.split("@supports")[0] if neutral else SOURCE
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", source))


def colour(value, properties):
    """Return `(r, g, b)`, 0 to 255, of a hex colour, a `var()` or a mix of two."""
    value = value.strip()
    if found := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return colour(properties[found[1]], properties)
    if found := MIX.fullmatch(value):
        first, second = colour(found[1], properties), colour(found[3], properties)
        share = int(found[2]) / 100
        return tuple(a * share + b * (1 - share) for a, b in zip(first, second, strict=True))
    digits = value.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4))


def luminance(rgb):
    """WCAG 2.2's relative luminance."""
    parts = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other, properties):
    light, dark = sorted(
        (luminance(colour(properties[name], properties)) for name in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("a", "b", {"a": "#fff", "b": "#000"}) == pytest.approx(21)
    assert contrast("a", "b", {"a": "#767676", "b": "#ffffff"}) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("neutral", [False, True], ids=["mixed", "old browser"])
@pytest.mark.parametrize(("words", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_words_can_be_read_on_their_ground(words, ground, least, neutral):
    assert contrast(words, ground, palette(neutral)) >= least


@pytest.mark.parametrize("primary", ["#5b2a86", "#8a1c3b", "#1d4f91", "#595959"])
def test_a_councils_own_colour_keeps_its_tints_readable(primary):
    properties = palette(neutral=False) | {"fh-primary": primary}

    assert contrast("on-brand", "brand", properties) >= 4.5
    assert contrast("brand-dark", "brand-tint", properties) >= 7
    assert contrast("ink", "brand-tint", properties) >= 7
    assert contrast("brand", "brand-tint", properties) >= 4.5


COMMENTED = re.findall(r"--([\w-]+): [^;]+; // ([\d.]+) on white", SOURCE)


@pytest.mark.parametrize(("name", "said"), COMMENTED)
def test_the_figures_beside_the_colours_are_true(name, said):
    assert contrast(name, "surface", palette(neutral=False)) == pytest.approx(float(said), abs=0.06)
