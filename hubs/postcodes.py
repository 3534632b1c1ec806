"""Where a postcode, half of one or a town is. Answers come from our own tables and are asked of nobody else."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Avg, Q, QuerySet
from django.db.models.functions import Length

from . import positions
from .geo import Point
from .models.postcode import Outcode, Postcode, Town, name_key
from .postcode_areas import POSTCODE_AREAS, span
from .postcode_text import (
    COUNTRIES,
    NoSuchPlace,
    NotAPostcode,
    NotServed,
    PartialPostcode,
    PostcodeError,
    SeveralPostcodes,
    area_of,
    clean,
    format_postcode,
    normalise,
    outcode_of,
    outside_england,
)

__all__ = [
    "NoPosition",
    "NotAPostcode",
    "NotServed",
    "OutsideBritain",
    "PartialPostcode",
    "Place",
    "PostcodeError",
    "Precision",
    "SeveralPostcodes",
    "UnknownPlace",
    "UnknownPostcode",
    "find",
    "find_town",
    "format_postcode",
    "key_begins",
    "locate",
    "normalise",
    "towns_beginning",
    "towns_called",
    "units_in",
]

WORST_EXACT_QUALITY = 5
"""ONS positional quality: 6 and 8 are far from the door, 9 is nowhere."""

SHORTEST_TOWN = 3
MOST_TOWNS = 50


class UnknownPostcode(PostcodeError):
    def __init__(self) -> None:
        super().__init__("We do not know that postcode. Check it, or enter a town, like Weymouth")


class NoPosition(UnknownPostcode):
    """On file, but not on the map: mostly PO boxes."""

    def __init__(self) -> None:
        PostcodeError.__init__(
            self, "We do not know where that postcode is. Enter a town instead, like Weymouth"
        )


class UnknownPlace(PostcodeError):
    def __init__(self) -> None:
        super().__init__(
            "We cannot find that place. Enter a postcode, like DT1 1XJ, or the name of a town nearby"
        )


class OutsideBritain(PostcodeError):
    """A device says that it is somewhere else."""

    def __init__(self) -> None:
        super().__init__(
            "You seem to be outside Great Britain. We cover England. Enter a postcode or town in England"
        )


class Precision(StrEnum):
    """How much of England a place covers, smallest first."""

    UNIT = "unit"
    POSITION = "position"
    SECTOR = "sector"
    OUTCODE = "outcode"
    TOWN = "town"
    AREA = "area"


@dataclass(frozen=True)
class Place:
    """Somewhere to search from. ONS codes are "" where not known."""

    label: str
    point: Point
    precision: Precision
    outcode: str = ""
    country: str = ""
    county: str = ""
    district: str = ""
    ward: str = ""
    lsoa: str = ""
    reason: str = ""
    """Why distances from here are rough, as a sentence fit to show; "" when they are good."""
    twins: tuple[str, ...] = ()
    """Other towns of the same name, each with its county."""

    @property
    def approximate(self) -> bool:
        return bool(self.reason) or self.precision is not Precision.UNIT


def find(text: str) -> Place:
    """Return the place a family means by `text`: a postcode, the first part of one, a town, or a device's position.

    Raises:
        PostcodeError: one of this module's kinds; `str(error)` says what to do and is fit to show.
    """
    position = positions.read(text)
    if position:
        return _where_you_are(position)
    try:
        place = locate(text)
    except (UnknownPostcode, UnknownPlace):
        area = _area(_outcode_in(text))
        if area is None:
            raise
        return area
    if place.country in COUNTRIES:
        raise NotServed(COUNTRIES[place.country])
    return place


def locate(text: str) -> Place:
    """Do as `find` for something to be put on the map: anywhere in Britain, but never by the postcode area alone."""
    try:
        return _unit(normalise(text))
    except PartialPostcode as half:
        return _half(half.outcode, half.sector)
    except (NoSuchPlace, SeveralPostcodes):
        raise
    except NotAPostcode:
        return find_town(text)


def find_town(name: str) -> Place:
    """Return the place of the town called `name`: the first of `towns_called`.

    Raises:
        UnknownPlace: no town is called anything like it.
    """
    first, *others = towns_called(name)
    return _town(first, others)


def towns_called(name: str) -> list[Town]:
    """Return the towns called `name`, of several counties perhaps; failing that, one whose name begins so.

    Case, spaces and punctuation do not matter. "Newport, Shropshire" tells two towns of one name apart.

    Raises:
        UnknownPlace: no town is called anything like it.
    """
    words, _, county = clean(name).partition(",")
    likely = towns_beginning(words, at_least=SHORTEST_TOWN)
    exact = [each for each in likely if each.key == name_key(words)]
    there = [each for each in exact if name_key(each.county) == name_key(county)]
    found = there or exact or likely[:1]
    if not found:
        raise UnknownPlace
    return found


def towns_beginning(name: str, *, at_least: int = 1) -> list[Town]:
    """Return the towns whose name, or name and county, begin so; shortest first, none for fewer letters."""
    key = name_key(name)
    if len(key) < at_least:
        return []
    names_before = [key[:length] for length in range(SHORTEST_TOWN, len(key))]
    likely = key_begins(key) | Q(key__in=names_before)
    found = Town.objects.filter(likely).order_by(Length("key"), "name", "county")[:MOST_TOWNS]
    return [town for town in found if (town.key + name_key(town.county)).startswith(key)]


def key_begins(letters: str) -> Q:
    """Return the condition on towns whose key begins so, which an index answers on both databases."""
    return Q(key__gte=letters, key__lte=f"{letters}zzzz")


def units_in(outcode: str, sector: str = "") -> QuerySet[Postcode]:
    """Return the postcodes of an outcode, or of the sector whose digit is given."""
    first, last = f"{outcode}{sector or 0}AA", f"{outcode}{sector or 9}ZZ"
    units = Postcode.objects.filter(code__gte=first, code__lte=last)
    # By text alone DT4 1AA to DT4 9ZZ would take in DT41 1AA.
    return units.alias(size=Length("code")).filter(size=len(outcode) + 3)


def _unit(code: str) -> Place:
    row = Postcode.objects.filter(pk=code).first()
    if row is None:
        return _neighbours(code)
    if row.latitude is None or row.longitude is None:
        raise NoPosition
    return Place(
        label=format_postcode(code),
        point=Point(row.latitude, row.longitude),
        precision=Precision.UNIT,
        outcode=outcode_of(code),
        country=row.country,
        county=row.county,
        district=row.district,
        ward=row.ward,
        lsoa=row.lsoa,
        reason=_doubt(row),
    )


def _doubt(row: Postcode) -> str:
    if row.terminated:
        ended = datetime.datetime.strptime(row.terminated, "%Y%m")  # noqa: DTZ007 (a month has no time zone)
        return f"Royal Mail stopped using this postcode in {ended:%B %Y}, so distances may be wrong"
    if row.quality > WORST_EXACT_QUALITY:
        return "We know only roughly where this postcode is, so distances may be wrong"
    return ""


def _neighbours(code: str) -> Place:
    """Return the nearest thing to a postcode that is not on file: its sector or its outcode."""
    where = outside_england(code)
    if where:
        raise NotServed(where)
    try:
        return _half(outcode_of(code), code[-3])
    except UnknownPlace:
        raise UnknownPostcode from None


def _half(outcode: str, sector: str = "") -> Place:
    where = outside_england(outcode)
    if where:
        raise NotServed(where)
    middle = _middle(outcode, sector) if sector else None
    if middle:
        return _rough(f"{outcode} {sector}", outcode, middle, Precision.SECTOR)
    row = Outcode.objects.filter(pk=outcode).first()
    if row:
        label = f"{outcode}, {row.place}" if row.place else outcode
        return _rough(label, outcode, Point(row.latitude, row.longitude), Precision.OUTCODE)
    middle = _middle(outcode)
    if middle:
        return _rough(outcode, outcode, middle, Precision.OUTCODE)
    raise UnknownPlace


def _outcode_in(text: str) -> str:
    try:
        return outcode_of(normalise(text))
    except PartialPostcode as half:
        return half.outcode
    except PostcodeError:
        return ""


def _area(outcode: str) -> Place | None:
    """Return where an outcode is by its letters alone; None when a directory knows them, and so that it is wrong."""
    letters = area_of(outcode)
    area = POSTCODE_AREAS.get(letters)
    first, last = span(letters)
    if area is None or Postcode.objects.filter(code__gte=first, code__lte=last).exists():
        return None
    return Place(
        label=f"{outcode}, {area.town} area",
        point=area.point,
        precision=Precision.AREA,
        outcode=outcode,
        reason=f"We know only that {outcode} is somewhere around {area.town}, so distances may be wrong by miles",
    )


def _middle(outcode: str, sector: str = "") -> Point | None:
    placed = units_in(outcode, sector).filter(quality__lte=WORST_EXACT_QUALITY, terminated="")
    middle = placed.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
    return None if middle["latitude"] is None else Point(middle["latitude"], middle["longitude"])


def _rough(label: str, outcode: str, point: Point, precision: Precision) -> Place:
    middle = label.split(",")[0]
    return Place(
        label=label,
        point=point,
        precision=precision,
        outcode=outcode,
        reason=f"Distances are from the middle of {middle}",
    )


def _where_you_are(position: Point) -> Place:
    if not positions.in_great_britain(position):
        raise OutsideBritain
    return Place(
        label="your location",
        point=position,
        precision=Precision.POSITION,
        reason="Distances are from about where you are",
    )


def _town(town: Town, others: list[Town]) -> Place:
    return Place(
        label=str(town),
        point=Point(town.latitude, town.longitude),
        precision=Precision.TOWN,
        outcode=town.outcode,
        district=town.district,
        ward=town.ward,
        reason=f"Distances are from the middle of {town.name}",
        twins=tuple(str(other) for other in others),
    )
