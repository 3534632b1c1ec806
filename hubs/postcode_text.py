"""Reading postcodes the way people type them. Pure: knows their shape, not which ones exist."""

import itertools
import re
import unicodedata
from collections.abc import Iterator

LONGEST_TEXT = 200
"""Characters read. Longer than any address in England, short enough to be quick whatever it holds."""

LETTERS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX "
    "FK FY G GL GU GX GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE "
    "NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR "
    "TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
AREAS = frozenset(LETTERS.split())
"""Every postcode area there is, with those of the islands, the Forces (BF) and Gibraltar (GX)."""

OUTWARD = r"(?P<area>[A-Z]{1,2})(?:[1-9][0-9]?|(?<=[A-Z]{2})0|[1-9][ABCDEFGHJKMNPRSTUVWXY])"
FULL = re.compile(OUTWARD + "[0-9][ABD-HJLNP-UW-Z]{2}")
OUTCODE = re.compile(OUTWARD)
INWARD = 3
"""Letters and digits in the second half of every postcode."""
ORDINAL = re.compile("1ST|2ND|3RD|[04-9]TH")
AFTER_ORDINALS = frozenset({"FLOOR", "FLR", "AVENUE", "STREET"})
"""Words that make "Unit B1, 4th floor" no postcode, although its shape is that of one."""
NOWHERE = re.compile("GIR0AA|SAN1TA|SANTA1|XM45HQ|ZZ99[0-9][A-Z]{2}")
"""Girobank, Father Christmas, and what the NHS writes for patients without a postcode: nobody lives there."""

ALIKE = {"O": "O0", "0": "0O", "I": "I1", "1": "1I", "L": "L1"}
"""What a letter or digit may have been meant as, itself first."""

OVERSEAS = {
    "ASCN1ZZ": "Ascension Island",
    "BBND1ZZ": "the British Indian Ocean Territory",
    "BIQQ1ZZ": "the British Antarctic Territory",
    "FIQQ1ZZ": "the Falkland Islands",
    "PCRN1ZZ": "the Pitcairn Islands",
    "SIQQ1ZZ": "South Georgia",
    "STHL1ZZ": "St Helena",
    "TDCU1ZZ": "Tristan da Cunha",
    "TKCA1ZZ": "the Turks and Caicos Islands",
    "AI2640": "Anguilla",
}
SCOTLAND = "AB DD DG EH FK G HS IV KA KW KY ML PA PH ZE"
NATIONS = {
    **dict.fromkeys(SCOTLAND.split(), "Scotland"),
    **dict.fromkeys(["CF", "LL", "SA"], "Wales"),
    "BT": "Northern Ireland",
    "GX": "Gibraltar",
    "GY": "Guernsey",
    "IM": "the Isle of Man",
    "JE": "Jersey",
}
"""Areas that lie outside England. Areas with homes on both sides of a border are not here."""

NATION_OUTCODES = {
    **dict.fromkeys(["CH6", "CH7", "CH8"], "Wales"),
    **dict.fromkeys(["LD1", "LD2", "LD3", "LD4", "LD5", "LD6"], "Wales"),
    **{f"NP{district}": "Wales" for district in (4, 8, 10, 11, 12, 13, 15, 18, 19, 20, 22, 23, 24, 26, 44)},
    **{f"SY{district}": "Wales" for district in range(16, 26)},
    **{f"TD{district}": "Scotland" for district in (1, 2, 3, 4, 6, 7, 10, 11, 13, 14)},
}

COUNTRIES = {"N92000002": "Northern Ireland", "S92000003": "Scotland", "W92000004": "Wales"}
COUNTRIES |= {"L93000001": "the Channel Islands", "M83000003": "the Isle of Man"}
"""ONS country codes of everywhere in the directory but England."""

FORCES = "a Forces (BFPO) address"


class PostcodeError(ValueError):
    """Something is wrong with a postcode or place. `str(error)` is safe to show to the public."""


class NotAPostcode(PostcodeError):
    def __init__(self, message: str = "Enter a full UK postcode, like DT1 1XJ") -> None:
        super().__init__(message)


class PartialPostcode(NotAPostcode):
    """The first half of a postcode, with or without the digit that follows: `.outcode`, `.sector`.

    `.doubt` says what is missing, as the end of a sentence for staff.
    """

    doubt = "only half a postcode was given"
    message = "Enter all of your postcode, like DT1 1XJ. That is only the first part"

    def __init__(self, outcode: str, sector: str = "") -> None:
        super().__init__(self.message)
        self.outcode = outcode
        self.sector = sector


class MistypedEnd(PartialPostcode):
    """All but the last two letters can be read. They are never C, I, K, M, O or V, so "DT4 9Z0" is no slip for O."""

    doubt = "the last two letters of the postcode cannot be right"
    message = "Check the last two letters of your postcode. No postcode ends like that"


class NoSuchPlace(NotAPostcode):
    """It has the shape of a postcode and stands for no place: the NHS's ZZ99, Girobank's, Father Christmas's."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody lives at that postcode: it is used in offices for something else. "
            "Enter the postcode or the town where you live"
        )


class SeveralPostcodes(NotAPostcode):
    """Two or more postcodes in one answer: a guess would send a family's story to the wrong team."""

    def __init__(self) -> None:
        super().__init__("Enter one postcode, like DT1 1XJ. That is more than one")


class NotServed(PostcodeError):
    """A real place, outside England: `.where` says which."""

    def __init__(self, where: str) -> None:
        if where == FORCES:
            message = (
                "That is a Forces (BFPO) address. We cover England. "
                "Enter the postcode or town in England where you are staying"
            )
        else:
            message = f"That postcode is in {where}. We cover England. Enter a postcode or town in England"
        super().__init__(message)
        self.where = where


def format_postcode(code: str) -> str:
    """Return the postcode as people write it: "DT11XJ" becomes "DT1 1XJ"."""
    return f"{code[:-3]} {code[-3:]}"


def outcode_of(code: str) -> str:
    """Return the first half of a normalised full postcode."""
    return code[:-3]


def area_of(code: str) -> str:
    """Return the letters a postcode or outcode begins with: "DT" of "DT1"."""
    return re.match("[A-Z]*", code)[0]  # type: ignore[index]


def clean(text: str) -> str:
    """Return `text` in plain capitals, one space between words, without marks that cannot be seen.

    Raises:
        NotAPostcode: `text` is too long to be a postcode, a town or an address.
    """
    if len(text) > LONGEST_TEXT:
        raise NotAPostcode("That is too long. Enter only a postcode, like DT1 1XJ, or a town")
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(" " if c.isspace() else c for c in plain if c.isspace() or _is_seen(c))
    return " ".join(seen.upper().split())


def _is_seen(character: str) -> bool:
    # Control and format marks, halves of emoji and NUL: databases refuse some of them.
    return not unicodedata.category(character).startswith("C")


def normalise(text: str) -> str:
    """Return the postcode typed in `text`, capitals without a space: "dt1 ixj." gives "DT11XJ".

    Reads O for 0 and I or L for 1 (and the other way about) where the position demands it, and finds the
    postcode in a pasted address. Says nothing about whether such a postcode exists.

    Raises:
        NotAPostcode: there is no full postcode in `text`; `PartialPostcode` when there is half of one, `MistypedEnd`
            when it goes wrong at the end, `NoSuchPlace` when nobody can live there, `SeveralPostcodes` when there are
            different ones.
        NotServed: a Forces or overseas address, which has no UK postcode to look up.
    """
    words = clean(text)
    if NOWHERE.fullmatch(_squeeze(words)):
        raise NoSuchPlace
    code = _as_full(_squeeze(words)) or _in_address(words)
    if code:
        return code
    where = _beyond(words)
    if where:
        raise NotServed(where)
    partial = _as_partial(words)
    if partial:
        raise PartialPostcode(*partial)
    start = _as_all_but_the_end(_squeeze(words))
    if start:
        raise MistypedEnd(*start)
    raise NotAPostcode


def outside_england(code: str) -> str:
    """Return where a full postcode or outcode lies when its first letters say it is not in England, else ""."""
    if area_of(code) == "BF":
        return FORCES
    outcode = code[:-3] if FULL.fullmatch(code) else code
    return NATIONS.get(area_of(code), "") or NATION_OUTCODES.get(outcode, "")


def _squeeze(words: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", words)


def _as_full(squeezed: str) -> str:
    """Return the postcode `squeezed` stands for, with look-alikes put right, or ""."""
    if not 5 <= len(squeezed) <= 7 or not re.search("[0-9]", squeezed):
        return ""
    return next((code for code in _readings(squeezed) if _is_shaped(code, FULL)), "")


def _is_shaped(code: str, shape: re.Pattern[str]) -> bool:
    match = shape.fullmatch(code)
    return match is not None and match["area"] in AREAS


def _readings(squeezed: str) -> Iterator[str]:
    """Yield what was typed, then what may have been meant, fewest changes first."""
    readings = ("".join(letters) for letters in itertools.product(*(ALIKE.get(c, c) for c in squeezed)))
    return iter(
        sorted(readings, key=lambda reading: sum(a != b for a, b in zip(reading, squeezed, strict=True)))
    )


def _in_address(words: str) -> str:
    """Return the full postcode written among other words, once or several times, or "".

    Raises:
        SeveralPostcodes: there are different ones.
    """
    found = set(_among(re.findall(r"[A-Z0-9]+", words)))
    if len(found) > 1:
        raise SeveralPostcodes
    return found.pop() if found else ""


def _among(parts: list[str]) -> Iterator[str]:
    """Yield the full postcodes among the words of an address. Look-alikes are put right only at the end."""
    last = len(parts)
    if last > 2 and len(parts[-1]) == INWARD and (code := _as_full("".join(parts[-2:]))):
        yield code
        last -= 2
    while last > 0:
        size = _size_of_postcode(parts, last)
        if size:
            yield "".join(parts[last - size : last])
        last -= size or 1


def _size_of_postcode(parts: list[str], last: int) -> int:
    """Return how many words, two or one, of those that go before `last` are a postcode; 0 when they are not."""
    if ORDINAL.fullmatch(parts[last - 1]) and AFTER_ORDINALS.intersection(parts[last : last + 1]):
        return 0
    sizes = (size for size in (2, 1) if size <= last)
    return next((size for size in sizes if _is_shaped("".join(parts[last - size : last]), FULL)), 0)


def _as_all_but_the_end(squeezed: str) -> tuple[str, str] | None:
    """Return the outcode and the sector's digit of a postcode whose last two letters cannot be right, or None."""
    start = squeezed[:-2]
    if not 5 <= len(squeezed) <= 7 or not re.search("[0-9]", start):
        return None
    for reading in _readings(start):
        if _is_shaped(reading[:-1], OUTCODE) and reading[-1].isdigit():
            return reading[:-1], reading[-1]
    return None


def _beyond(words: str) -> str:
    """Return where an address without a UK postcode is: the Forces or an overseas territory, else ""."""
    squeezed = _squeeze(words)
    if re.fullmatch("BFPO[0-9]{0,4}", squeezed) or re.search(r"\bBFPO\b", words):
        return FORCES
    return OVERSEAS.get(squeezed, "")


def _as_partial(words: str) -> tuple[str, str] | None:
    """Return the outcode, and the sector's digit if typed, of half a postcode; None when it is not one.

    "DT4 7A" gives ("DT4", "7"), as "DT4 7" does. Without a space "DT47" is the outcode DT47. What stands after a comma
    is the name of a place, as in our own labels "DT4, Weymouth" and "EX7, Exeter area".
    """
    half = re.sub("(?<=[A-Z0-9]), ?[^0-9,]+$", "", words)
    outward, _, rest = half.rstrip(" .,").partition(" ")
    if not re.search("[0-9]", half) or not re.fullmatch("[A-Z0-9]{2,4}", outward):
        return None
    if not re.fullmatch("(?:[0-9][A-Z]?)?", rest):
        return None
    for outcode in _readings(outward):
        if _is_shaped(outcode, OUTCODE):
            return outcode, rest[:1]
    return None
