"""What we know of where somebody lives: from the directory, from the map, or only from what they typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import authorities
from .boundaries import Area, Chart
from .geo import Point
from .models import LocalityRule, Postcode, Town
from .postcode_text import outcode_of
from .postcodes import WORST_EXACT_QUALITY

Kind = LocalityRule.Kind
DRAWABLE = (Kind.LSOA, Kind.WARD, Kind.PARISH, Kind.POLYGON)


@dataclass(frozen=True)
class Address:
    """What we know of where somebody lives; "" where we do not."""

    code: str = ""
    outcode: str = ""
    sector: str = ""
    lsoa: str = ""
    ward: str = ""
    parish: str = ""
    district: str = ""
    county: str = ""
    doubt: str = ""
    """Why we may be wrong about all of it, as the end of a sentence."""
    point: Point | None = None
    """Where it is, when that is good enough to look up on the map."""
    mapped: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    """Codes that the map adds to the above: drawn areas, and what the directory does not say or says out of date."""

    @property
    def authorities(self) -> set[str]:
        """ONS codes of the district, the county where there are two tiers, and whatever took their place since."""
        serving = authorities.serving(self.district, self.county)
        return {self.district, self.county, serving.code if serving else ""} - {""}

    @property
    def codes(self) -> Mapping[Kind, set[str]]:
        """The codes that a rule of each kind would have to hold."""
        known = {
            Kind.POSTCODE: {self.code} - {""},
            Kind.LSOA: {self.lsoa} - {""},
            Kind.WARD: {self.ward} - {""},
            Kind.PARISH: {self.parish} - {""},
            Kind.SECTOR: {self.outcode + self.sector} if self.sector else set(),
            Kind.OUTCODE: {self.outcode} - {""},
            Kind.COUNCIL_DEFAULT: self.authorities,
        }
        return known | {kind: known.get(kind, set()) | codes for kind, codes in self.mapped.items()}


def of_rows(rows: Iterable[Postcode], chart: Chart) -> list[Address]:
    """Return the addresses of postcodes in the directory, with what the map adds."""
    return on_the_map([_of_row(row) for row in rows], chart)


def of_town(town: Town, chart: Chart) -> Address:
    """Return the address of the middle of a town."""
    place = Point(town.latitude, town.longitude)
    known = Address(outcode=town.outcode, ward=town.ward, district=town.district, point=place)
    return on_the_map([known], chart)[0]


def _of_row(row: Postcode) -> Address:
    return Address(
        code=row.code,
        outcode=outcode_of(row.code),
        sector=row.code[-3],
        lsoa=row.lsoa,
        ward=row.ward,
        parish=row.parish,
        district=row.district,
        county=row.county,
        doubt=_doubt(row),
        point=_place(row),
    )


def _place(row: Postcode) -> Point | None:
    if row.latitude is None or row.longitude is None or row.quality > WORST_EXACT_QUALITY:
        return None
    return Point(row.latitude, row.longitude)


def _doubt(row: Postcode) -> str:
    if row.terminated:
        return "the postcode is no longer in use"
    if row.quality > WORST_EXACT_QUALITY:
        return "the postcode's position is not exact"
    return ""


def on_the_map(addresses: Sequence[Address], chart: Chart) -> list[Address]:
    """Return the addresses with what the map adds to those that have a position.

    The directory goes before the map, which tells the ward only where the directory names none, or one that the map of
    the same district does not have: wards change their codes, and the two are seldom of one year.
    """
    placed = [number for number, address in enumerate(addresses) if chart and address.point]
    found = list(addresses)
    areas = chart.at_each(point for number in placed if (point := addresses[number].point))
    for number, here in zip(placed, areas, strict=True):
        found[number] = _with_areas(addresses[number], here, chart)
    return found


def _with_areas(address: Address, here: Sequence[Area], chart: Chart) -> Address:
    district = address.district or next((area.district for area in here if area.district), "")
    known = {Kind.LSOA: address.lsoa, Kind.WARD: address.ward, Kind.PARISH: address.parish, Kind.POLYGON: ""}
    mapped: dict[Kind, frozenset[str]] = {}
    for kind in DRAWABLE:
        if known[kind] and chart.get(kind, known[kind]):
            continue
        codes = frozenset(area.code for area in here if area.kind == kind and area.district in ("", district))
        if codes:
            mapped[kind] = codes
    return replace(address, district=district, mapped=mapped)
