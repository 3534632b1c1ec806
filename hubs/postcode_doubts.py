"""Whether a whole postcode may be out of date or mistyped, so that somebody is asked once whether it is right."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from .models import Postcode
from .postcode_areas import span
from .postcode_text import area_of


class Kind(StrEnum):
    ENDED = "ended"
    UNLISTED = "unlisted"


@dataclass(frozen=True)
class Doubt:
    """Royal Mail ended it, `since` "June 2015"; or it is not in the directory, which knows its area: new, or a slip."""

    kind: Kind
    since: str = ""


def doubt_about(code: str) -> Doubt | None:
    """Return why a postcode may not be right; None when it is in use, or when no directory of its area is loaded."""
    row = Postcode.objects.filter(pk=code).only("terminated").first()
    if row is None:
        first, last = span(area_of(code))
        is_known = Postcode.objects.filter(code__gte=first, code__lte=last).exists()
        return Doubt(Kind.UNLISTED) if is_known else None
    if not row.terminated:
        return None
    ended = datetime.date(int(row.terminated[:4]), int(row.terminated[4:]), 1)
    return Doubt(Kind.ENDED, f"{ended:%B %Y}")
