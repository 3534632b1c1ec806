"""Which team an address belongs to, how we know, and whether we are sure."""

import datetime
from dataclasses import dataclass

from django.db import models

from .models import Council, Locality, Town


class How(models.TextChoices):
    """What decided. The first eight are kinds of `LocalityRule`."""

    POSTCODE = "postcode", "Postcode"
    LSOA = "lsoa", "LSOA"
    WARD = "ward", "Ward"
    PARISH = "parish", "Parish"
    SECTOR = "sector", "Postcode sector"
    OUTCODE = "outcode", "Postcode district"
    POLYGON = "polygon", "Drawn area"
    COUNCIL_DEFAULT = "council_default", "Anywhere else in the council"
    TOWN = "town", "Town"
    DUTY = "duty", "Duty team"
    OUT_OF_AREA = "out_of_area", "Out of area"


@dataclass(frozen=True)
class Decision:
    """Where a request belongs. No locality and no council: out of area."""

    locality: Locality | None
    council: Council | None
    how: How
    sure: bool
    why: str
    """One plain sentence for staff. Holds no postcode."""
    covered_by: Locality | None = None
    """The team that stands in today. The request still goes to `locality`'s queue."""

    @property
    def out_of_area(self) -> bool:
        return self.council is None


def decide(
    *,
    postcode: str | None = None,
    town: Town | str | None = None,
    council: Council | None = None,
    on: datetime.date | None = None,
) -> Decision:
    """Return which locality's queue a request belongs in. See the rest of this module."""
    raise NotImplementedError
