"""Every council in England that is responsible for children's services, and who helps families elsewhere.

Facts from `data/`, read once. Nothing here knows which of them this installation serves.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
UPPER_TIER = frozenset({"county", "unitary", "metropolitan", "london"})


@dataclass(frozen=True)
class Authority:
    """A county, a unitary authority, a metropolitan district or a London borough."""

    code: str
    name: str
    website: str


@dataclass(frozen=True)
class Nation:
    """Somewhere outside England, as people say it ("the Isle of Man"), and who helps families there."""

    name: str
    helped_by: str
    link_text: str
    link: str


def serving(district: str, county: str = "") -> Authority | None:
    """Return who serves a district, by ONS codes of today or of the last few years; None when they mean nothing.

    The district is asked first: two unitary authorities may have taken the place of one county.
    """
    for code in (district, county):
        found = _serving().get(code)
        if found:
            return found
    return None


def districts_of(code: str) -> set[str]:
    """Return the codes, of today or of the last few years, of every place that an authority serves, and its own."""
    return {code} | {each for each, found in _serving().items() if found.code == code}


def authority(code: str) -> Authority | None:
    """Return the authority with a code of today; None when there is none."""
    found = _serving().get(code)
    return found if found and found.code == code else None


def nation(name: str) -> Nation | None:
    """Return what is known of a nation or island; None for England and for places nobody lives in."""
    return _nations().get(name)


@cache
def _serving() -> Mapping[str, Authority]:
    rows = _read("authorities.csv")
    upper = {
        row["code"]: Authority(row["code"], row["name"], row["website"])
        for row in rows
        if row["kind"] in UPPER_TIER
    }
    return upper | {row["code"]: upper[row["served_by"]] for row in rows if row["served_by"]}


@cache
def _nations() -> Mapping[str, Nation]:
    return {row["name"]: Nation(**row) for row in _read("nations.csv")}


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
