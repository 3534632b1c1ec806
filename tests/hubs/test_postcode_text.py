"""Reading what people type."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubs.postcode_text import (
    FULL,
    MistypedEnd,
    NoSuchPlace,
    NotAPostcode,
    NotServed,
    PartialPostcode,
    PostcodeError,
    SeveralPostcodes,
    area_of,
    format_postcode,
    normalise,
    outcode_of,
    outside_england,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("DT1 1XJ", "DT11XJ"),
        ("dt1 1xj", "DT11XJ"),
        ("dt11xj", "DT11XJ"),
        ("  DT1  1XJ. ", "DT11XJ"),
        ("DT1–1XJ", "DT11XJ"),
        ("DT1\u00a01XJ", "DT11XJ"),
        ("DT1\u200b1XJ\ufeff", "DT11XJ"),
        ("D T 1 1 X J", "DT11XJ"),
        ("(DT1 1XJ)", "DT11XJ"),
        ("DT1 11XJ", "DT111XJ"),
        ("ＤＴ１　１ＸＪ", "DT11XJ"),
        ("DT1\0 1XJ", "DT11XJ"),
        ("DT1 1XJ 😀", "DT11XJ"),
        ("DTI 1XJ", "DT11XJ"),
        ("DT1 IXJ", "DT11XJ"),
        ("dtl 1xj", "DT11XJ"),
        ("WV14 OAA", "WV140AA"),
        ("BH2O 5AA", "BH205AA"),
        ("S015 3AA", "SO153AA"),
        ("S01 1AA", "SO11AA"),
        ("0X1 1AA", "OX11AA"),
        ("1P1 1AA", "IP11AA"),
        ("SL0 0AA", "SL00AA"),
        ("SW1A 1AA", "SW1A1AA"),
        ("EC1A 1BB", "EC1A1BB"),
        ("W1A 0AX", "W1A0AX"),
        ("E1W 1AA", "E1W1AA"),
        ("M1 1AE", "M11AE"),
        ("L1 8JQ", "L18JQ"),
        ("LL1 1AA", "LL11AA"),
        ("JE2 3AB", "JE23AB"),
        ("3 Invented Street, Weymouth, Dorset, DT4 7AA", "DT47AA"),
        ("Flat 2\n3 Invented Street\nWeymouth\nDT47AA", "DT47AA"),
        ("my postcode is dt4 7aa thanks", "DT47AA"),
        ("3 Invented Street, Bilston WV14 OAA.", "WV140AA"),
        ("Flat 1, Weymouth, dti 1xj", "DT11XJ"),
        ("DT1 1XJ DT1 1XJ", "DT11XJ"),
        ("DT1 1XJ, 1 Invented Road, dt11xj", "DT11XJ"),
        ("DT4 0AA, DT4 OAA", "DT40AA"),
        ("Flat S, E11AA", "SE11AA"),
        ("Unit B1, 4th floor, 3 Invented Street, DT4 7AA", "DT47AA"),
        ("Flat E1 1st Floor Invented House DT4 7AA", "DT47AA"),
        ("Flat N1, Lee House, Weymouth, DT4 7AA", "DT47AA"),
        ("Flat 2, DT1 1ST", "DT11ST"),
    ],
)
def test_a_postcode_is_read_however_it_is_typed(typed, meant):
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", ".", "banana", "Dorchester", "12345", "DT", "DT1 1XJJ", "DT123 1XJ", "ZZ1 1AA"),
        *(
            "Q1 1AA",
            "AA1 OLD HOUSE",
            "😀",
            "\0",
            "\ud800",
            "DTI IXJ",
            "null",
            "' OR 1=1 --",
            "<script>",
            "०DT१",
        ),
    ],
)
def test_anything_else_is_not_a_postcode_and_the_message_gives_an_example(typed):
    with pytest.raises(NotAPostcode, match="like DT1 1XJ"):
        normalise(typed)


@pytest.mark.parametrize(
    ("typed", "outcode", "sector"),
    [
        ("DT1", "DT1", ""),
        ("dt1 ", "DT1", ""),
        ("DT1 1", "DT1", "1"),
        ("DT1 1X", "DT1", "1"),
        ("DT11", "DT11", ""),
        ("BH2I", "BH21", ""),
        ("SW1A", "SW1A", ""),
        ("e1", "E1", ""),
    ],
)
def test_half_a_postcode_is_told_apart(typed, outcode, sector):
    with pytest.raises(PartialPostcode, match="Enter all of your postcode") as half:
        normalise(typed)

    assert (half.value.outcode, half.value.sector) == (outcode, sector)


@pytest.mark.parametrize(
    ("typed", "outcode", "sector"),
    [
        ("DT4 9Z0", "DT4", "9"),
        ("DT4 9ZO", "DT4", "9"),
        ("dt49z0", "DT4", "9"),
        ("DT1 1XC", "DT1", "1"),
        ("WV14 O12", "WV14", "0"),
        ("BH21 1I1", "BH21", "1"),
    ],
)
def test_a_wrong_end_is_told_apart_from_a_half(typed, outcode, sector):
    with pytest.raises(MistypedEnd, match="Check the last two letters") as wrong:
        normalise(typed)

    assert (wrong.value.outcode, wrong.value.sector) == (outcode, sector)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "DT1 1XJ DT4 7AA",
            "DT1 1XJ, was DT4 7AA",
            "dt11xj dt47aa",
            "DT1 1XJ/DT4 7AA",
            "DT4 7AA or BH21 3AA?",
        ),
        "We moved from 3 Invented Street, DT1 1XJ to Weymouth, DT4 7AA in May",
        "DT1 1XJ, now WV14 OAA",
        "DT1 1ST, was DT4 7AA",
        "DT1 1XJ " * 20 + "DT4 7AA",
    ],
)
def test_of_different_postcodes_in_one_answer_none_is_guessed(typed):
    with pytest.raises(SeveralPostcodes, match=r"Enter one postcode, like DT1 1XJ\. That is more than one"):
        normalise(typed)


@pytest.mark.parametrize("typed", ["GIR 0AA", "gir0aa", "SAN TA1", "XM4 5HQ", "ZZ99 3VZ", "zz99 3wz"])
def test_postcodes_that_offices_use_for_something_else_are_no_place(typed):
    with pytest.raises(NoSuchPlace, match="Nobody lives at that postcode"):
        normalise(typed)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("BFPO 57", "Forces"),
        ("bfpo57", "Forces"),
        ("HMS Invented, BFPO 400", "Forces"),
        ("FIQQ 1ZZ", "the Falkland Islands"),
        ("ascn1zz", "Ascension Island"),
        ("AI-2640", "Anguilla"),
    ],
)
def test_forces_and_overseas_addresses_are_known_and_politely_declined(typed, where):
    with pytest.raises(NotServed, match=where) as declined:
        normalise(typed)

    assert "We cover England" in str(declined.value)
    assert "invalid" not in str(declined.value)


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("EH11YZ", "Scotland"),
        ("G11AA", "Scotland"),
        ("GL11AA", ""),
        ("CF101AA", "Wales"),
        ("LD11AA", "Wales"),
        ("LD71AA", ""),
        ("SY161AA", "Wales"),
        ("SY11AA", ""),
        ("TD124AA", ""),
        ("TD11AA", "Scotland"),
        ("BT11AA", "Northern Ireland"),
        ("JE23AB", "Jersey"),
        ("GY11AA", "Guernsey"),
        ("IM11AA", "the Isle of Man"),
        ("GX111AA", "Gibraltar"),
        ("BF13AA", "a Forces (BFPO) address"),
        ("DT11XJ", ""),
        ("EH1", "Scotland"),
        ("SY16", "Wales"),
    ],
)
def test_the_first_letters_tell_what_is_not_england(code, where):
    assert outside_england(code) == where


def test_the_parts_of_a_postcode():
    assert format_postcode("DT11XJ") == "DT1 1XJ"
    assert outcode_of("BH211AA") == "BH21"
    assert (area_of("M11AE"), area_of("ME11AE"), area_of("")) == ("M", "ME", "")


@pytest.mark.parametrize(
    "text", ["9" * 10_000, "DT1 1XJ " * 1_250, "😀" * 10_000, "\0" * 10_000, "0O" * 5_000]
)
def test_ten_thousand_characters_are_refused(text):
    with pytest.raises(NotAPostcode, match="too long"):
        normalise(text)


@given(st.text(max_size=300))
@example("0" * 200)
@example("O0I1L" * 40)
@example("ﷺ" * 200)
@example("\ud800")
def test_any_text_is_a_postcode_or_a_plain_error(text):
    try:
        code = normalise(text)
    except PostcodeError as problem:
        assert str(problem)[0].isupper()
        assert len(str(problem)) < 150
    else:
        assert FULL.fullmatch(code)
        assert normalise(format_postcode(code)) == code


@given(st.from_regex(FULL, fullmatch=True), st.sampled_from(["", " ", "  ", "-", "\u00a0"]))
def test_every_well_formed_postcode_is_read_with_any_gap(code, gap):
    typed = f"{code[:-3]}{gap}{code[-3:]}".lower()

    try:
        assert normalise(typed) == code
    except NotAPostcode as refused:
        assert not isinstance(refused, PartialPostcode)
        with pytest.raises(NotAPostcode):
            normalise(code)
