"""What is kept of one line of a postcode directory, whoever published it, and how its values are read.

Everything that is read here is checked: what comes out is safe to keep, to compare and to show.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .archives import UnreadableFile
from .postcode_text import AREAS, FULL

PSEUDO_CODE = re.compile("[A-Z]99999999")
"""ONS's way of saying that there is no such area."""

POSTCODE_LIKE = re.compile("[A-Z]{1,3}[0-9A-Z]{0,2}[0-9][A-Z]{2}")
NO_POSITION = 9
MEMORY = 100_000
"""Codes and months remembered as good: there are 65,000 in the whole country."""

NORTHERN_IRELAND = "BT"


class NotADirectoryFile(UnreadableFile):
    """The file is no directory, or not a whole one."""


class Row(NamedTuple):
    """One postcode, in the order of the columns of `Postcode`. Codes are "" where there is no such area."""

    code: str
    latitude: float | None
    longitude: float | None
    country: str
    county: str
    district: str
    ward: str
    lsoa: str
    parish: str
    terminated: str
    quality: int


@dataclass(frozen=True)
class Wanted:
    """Which postcodes to keep. Northern Ireland's are licensed for internal business use only, so are asked for."""

    areas: Collection[str] = ()
    """Postcode areas, such as DT; none means all."""
    northern_ireland: bool = False

    @property
    def all_areas(self) -> frozenset[str]:
        return frozenset(self.areas or AREAS) - (set() if self.northern_ireland else {NORTHERN_IRELAND})


def postcode(text: str, areas: Collection[str]) -> str:
    """Return the postcode written in a cell without its spaces; "" when it is none of these areas.

    Left out too are the few that nobody can enter, such as Girobank's GIR 0AA and Newport's old NPT codes.

    Raises:
        ValueError: it is nothing like a postcode.
    """
    code = text.replace(" ", "").upper()
    match = FULL.fullmatch(code)
    if match:
        return code if match["area"] in areas else ""
    if not POSTCODE_LIKE.fullmatch(code):
        raise ValueError("does not begin with a postcode")
    return ""


@lru_cache(maxsize=MEMORY)
def area_code(text: str) -> str:
    """Return an ONS code; "" for none.

    Raises:
        ValueError: it is none.
    """
    code = text.strip()
    if PSEUDO_CODE.fullmatch(code):
        return ""
    if code and not re.fullmatch("[A-Z0-9]{1,9}", code):
        raise ValueError("has an area code of an unknown form")
    return code


@lru_cache(maxsize=MEMORY)
def month(text: str) -> str:
    """Return a month as it is written, YYYYMM; "" for none.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch("(?:[12][0-9]{3}(?:0[1-9]|1[0-2]))?", text):
        raise ValueError("has an end date that is not a year and month")
    return text
