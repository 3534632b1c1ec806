"""Which team a request goes to. `hubs.areas` answers where an address belongs; this turns that into a desk."""

from collections.abc import Mapping
from dataclasses import dataclass

from hubs import areas
from hubs.models import Council, Locality, Town

SOMEWHERE_IN = "council:"
"""How the answer "somewhere else in Dorset" begins; the council's slug follows."""


class OutOfArea(ValueError):
    """No council of this installation serves the address. Nothing may be stored."""

    def __init__(self) -> None:
        super().__init__("That place is outside the area we cover")


class NoDutyTeam(LookupError):
    """A council has nobody to take what cannot be placed. A system check keeps this from happening."""

    def __init__(self, council: Council) -> None:
        super().__init__(f"{council} has no duty team")


@dataclass(frozen=True)
class Destination:
    """The team a request goes to, by what kind of rule, whether that is sure, and why (holds the address)."""

    locality: Locality
    how: str
    sure: bool
    why: str


def destination(where: Mapping[str, object], town: Mapping[str, object] | None = None) -> Destination:
    """Return the team for the answers of the steps `where` and `town`.

    Raises:
        OutOfArea: another council serves the place.
        hubs.postcodes.PostcodeError: the postcode cannot be read or is not known.
    """
    decision = _decide(where, town or {})
    if decision.council is None:
        raise OutOfArea
    locality = decision.locality or duty_team(decision.council)
    return Destination(locality, decision.how, decision.sure, decision.why)


def _decide(where: Mapping[str, object], town: Mapping[str, object]) -> areas.Decision:
    if where.get("home") == "postcode":
        return areas.decide(postcode=str(where["postcode"]))
    chosen = str(town["town"])
    if chosen.startswith(SOMEWHERE_IN):
        return areas.decide(council=Council.objects.get(slug=chosen.removeprefix(SOMEWHERE_IN)))
    return areas.decide(town=find_town(chosen))


def find_town(words: str) -> Town:
    """Return the town that `str(town)` stands for: "Skegness, Lincolnshire".

    Raises:
        Town.DoesNotExist: no town of that name and county is loaded.
    """
    name, _, county = words.rpartition(", ")
    return Town.objects.get(name=name or county, county=county if name else "")


def duty_team(council: Council) -> Locality:
    """Return the team that takes what nobody else can."""
    found = council.localities.filter(is_duty=True).first()
    if found is None:
        raise NoDutyTeam(council)
    return found
