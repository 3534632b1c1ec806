"""Which team a request goes to. `hubs.areas` answers where an address belongs; this turns that into a desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubs import areas, authorities, postcodes
from hubs.authorities import Authority
from hubs.models import Council, Hub, Locality, Town
from hubs.postcode_doubts import Kind

SOMEWHERE_IN = "council:"
"""How the answer "somewhere else in Dorset" begins; the council's slug follows."""
NEAR_HUB = "hub:"
"""How the answer "near the hub we go to" begins; the hub's slug follows."""

OUTSIDE = "outside"
"""The answer "somewhere outside these areas". No team takes it: it leads to advice."""

CHECKED = {
    Kind.ENDED: "They were asked, and say that they still use it",
    Kind.UNLISTED: "They were asked, and say that it is right",
}
"""What somebody said of a postcode that we doubted."""

NOT_A_PLACE = (Town.DoesNotExist, Council.DoesNotExist, Hub.DoesNotExist)
"""What `destination` raises for a town, a council or a hub that has gone since it was chosen."""

Answer = Mapping[str, Any]


class OutOfArea(ValueError):
    """No council of this installation serves the address. Nothing may be stored.

    `.elsewhere` is the ONS code of the council that does, or the nation ("Wales"), or "" when we cannot tell.
    """

    def __init__(self, decision: areas.Decision) -> None:
        super().__init__("That place is outside the area we cover")
        self.elsewhere = decision.served_by.code if decision.served_by else decision.nation


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
    to_pass_on: bool = False
    """The family lives elsewhere and asks this team to pass their request on."""
    serves: Authority | None = None
    """The council to pass it on to, where we know which that is."""


def destination(where: Answer, town: Answer | None = None, pass_on: Answer | None = None) -> Destination:
    """Return the team for the answers of the steps `where`, `town` and `pass-on`.

    Raises:
        OutOfArea: another council serves the place, and nobody asked to have the request passed on.
        hubs.postcodes.PostcodeError: the postcode cannot be read or is not known.
        NOT_A_PLACE: the town, council or hub has gone.
    """
    site = _site(where)
    decision = _decide(where, town or {}, site)
    if decision.council is None:
        if site and (pass_on or {}).get("pass_on") == "yes":
            return _to_pass_on(decision, site)
        raise OutOfArea(decision)
    locality = decision.locality or duty_team(decision.council)
    said = "" if decision.sure else CHECKED.get(where.get("checked", ""), "")
    return Destination(
        locality, decision.how, decision.sure, f"{decision.why}. {said}" if said else decision.why
    )


def _site(where: Answer) -> Council | None:
    """Return the council whose site the postcode was typed into; None when the site is nobody's in particular."""
    return Council.objects.filter(slug=where["site"]).first() if where.get("site") else None


def _decide(where: Answer, town: Answer, site: Council | None) -> areas.Decision:
    if where.get("home") == "postcode":
        # A postcode nobody can read is asked for again; the site's own duty team is for those that can be read.
        postcodes.normalise(str(where["postcode"]))
        return areas.decide(postcode=str(where["postcode"]), council=site)
    chosen = str(town["town"])
    if chosen.startswith(SOMEWHERE_IN):
        return areas.decide(council=Council.objects.get(slug=chosen.removeprefix(SOMEWHERE_IN)))
    if chosen.startswith(NEAR_HUB):
        return areas.decide(hub=find_hub(chosen))
    return areas.decide(town=find_town(chosen))


def _to_pass_on(decision: areas.Decision, site: Council) -> Destination:
    serving = decision.served_by
    whom = f"{serving.name}, {serving.website}" if serving else "the council where they live"
    why = f"{decision.why}. They ask us to pass this on to {whom}"
    return Destination(duty_team(site), decision.how, sure=False, why=why, to_pass_on=True, serves=serving)


def may_be_passed_on(where: Answer) -> bool:
    """Say whether a family that lives elsewhere can be offered to have their request passed on: within England."""
    return where.get("served") is False and bool(where.get("site")) and not _nation(where)


def _nation(where: Answer) -> bool:
    elsewhere = str(where.get("elsewhere", ""))
    return bool(elsewhere) and authorities.authority(elsewhere) is None


def find_town(words: str) -> Town:
    """Return the town that `str(town)` stands for: "Skegness, Lincolnshire".

    Raises:
        Town.DoesNotExist: no town of that name and county is loaded.
    """
    # The county may have a comma of its own, as Bournemouth, Christchurch and Poole has.
    name, _, county = words.partition(", ")
    return Town.objects.get(name=name, county=county)


def find_hub(chosen: str) -> Hub:
    """Return the open hub that "hub:lodmoor-family-hub" stands for.

    Raises:
        Hub.DoesNotExist: there is none, or it is not shown any more.
    """
    return Hub.objects.select_related("team__council").get(live=True, slug=chosen.removeprefix(NEAR_HUB))


def duty_team(council: Council) -> Locality:
    """Return the team that takes what nobody else can."""
    found = council.localities.filter(is_duty=True).first()
    if found is None:
        raise NoDutyTeam(council)
    return found
