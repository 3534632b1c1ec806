"""Places that begin as typed, or look like it: for a box that suggests, and for "Did you mean"."""

import difflib
import re
from typing import NamedTuple

from django.db.models.functions import Length

from .models.postcode import Outcode, Town, name_key
from .postcode_text import NotAPostcode, clean, outside_england
from .postcodes import key_begins, towns_beginning

MOST = 8
"""As many as can be read at a glance on a phone."""
SHORTEST = 2
LONGEST = 40
"""Characters. Nothing longer is the name of a town, and it may be an address."""
SHORTEST_MISSPELT = 5
MOST_ALIKE = 3
ALIKE = 0.75
"""`difflib`'s ratio: two letters changed places in a word of eight give 0.88."""
MOST_COMPARED = 3000
MOST_OUTCODES = 100

OUTCODE = re.compile("[A-Z]{1,2}[0-9][A-Z0-9]?")
AREA = re.compile("[A-Z]{2}")


class Suggestion(NamedTuple):
    """A place that `hubs.postcodes.find` understands by its `name`, and more words about it."""

    name: str
    about: str = ""


def suggest(typed: str) -> list[Suggestion]:
    """Return at most eight towns and halves of postcodes that begin as typed; failing those, towns that look alike.

    At most two queries, and none for what cannot be either: a whole postcode or an address is not looked up.
    """
    words = _words(typed)
    if not SHORTEST <= len(words) <= LONGEST:
        return []
    if re.search("[0-9]", words):
        return _outcodes(words) if OUTCODE.fullmatch(words) else []
    towns = [Suggestion(str(town)) for town in towns_beginning(words, at_least=SHORTEST)]
    if AREA.fullmatch(words):
        towns += _outcodes(words)
    return towns[:MOST] or [Suggestion(str(town)) for town in towns_like(words)]


def towns_like(typed: str) -> list[Town]:
    """Return up to three towns whose names differ from `typed` by a slip or two, the likest first, by one query."""
    key = name_key(_words(typed))
    if not SHORTEST_MISSPELT <= len(key) <= LONGEST:
        return []
    # An extra first letter, or one that changed places with the second, leaves the real one second.
    candidates = (
        Town.objects.filter(key_begins(key[0]) | key_begins(key[1]))
        .alias(letters=Length("key"))
        .filter(letters__gte=len(key) - 2, letters__lte=len(key) + 2)
        .only("name", "county", "key")
        .order_by("key", "county")[:MOST_COMPARED]
    )
    by_key: dict[str, list[Town]] = {}
    for town in candidates:
        by_key.setdefault(town.key, []).append(town)
    likest = difflib.get_close_matches(key, by_key, n=MOST_ALIKE, cutoff=ALIKE)
    return [town for found in likest for town in by_key[found]][:MOST_ALIKE]


def _words(typed: str) -> str:
    try:
        return clean(typed)
    except NotAPostcode:
        return ""


def _outcodes(beginning: str) -> list[Suggestion]:
    rows = Outcode.objects.filter(code__gte=beginning, code__lte=f"{beginning}ZZZ")
    found = rows.order_by(Length("code"), "code")[:MOST_OUTCODES]
    return [Suggestion(row.code, row.place) for row in found if not outside_england(row.code)][:MOST]
