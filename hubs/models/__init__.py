"""The models of *where*, one noun a file."""

from .council import Council, CouncilNumber, TermDates
from .image import Image, Rendition
from .locality import Locality, LocalityRule, Membership
from .location import ACCESS_FACTS, Hub, Location, OpeningException, OpeningHours, Weekday
from .postcode import Outcode, Postcode, PostcodeRelease, Town
from .user import Demonstration, User

__all__ = [
    "ACCESS_FACTS",
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
    "User",
    "Weekday",
]
