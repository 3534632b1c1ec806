"""The models of *where*, one noun a file."""

from .boundary import Boundary, BoundaryRelease
from .council import Council, CouncilNumber, TermDates
from .image import Image, Rendition
from .locality import Locality, LocalityRule, Membership
from .location import ACCESS_FACTS, Hub, Location, OpeningException, OpeningHours, Weekday
from .postcode import Outcode, Postcode, PostcodeRelease, Town, TownRelease
from .user import Demonstration, User

__all__ = [
    "ACCESS_FACTS",
    "Boundary",
    "BoundaryRelease",
    "Council",
    "CouncilNumber",
    "Demonstration",
    "Hub",
    "Image",
    "Locality",
    "LocalityRule",
    "Location",
    "Membership",
    "OpeningException",
    "OpeningHours",
    "Outcode",
    "Postcode",
    "PostcodeRelease",
    "Rendition",
    "TermDates",
    "Town",
    "TownRelease",
    "User",
    "Weekday",
]
