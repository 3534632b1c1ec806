"""Reads outlines of areas from GeoJSON (RFC 7946) and says plainly what is wrong with a file."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from .models import Boundary

Kind = Boundary.Kind

LARGEST_MB = 64
"""Every ward of a region in full detail, or every district of the country generalised, is smaller."""
MOST_LISTS, MOST_VALUES = 2_500_000, 7_500_000
"""In a file, by its brackets and commas: one that is all brackets would take twenty times its size of memory."""
MOST_AREAS = 20_000
LONGEST_NAME = 120
LONGEST_CODE = 20

ONS_COLUMNS = {
    Kind.LSOA: r"LSOA\d\dCD",
    Kind.WARD: r"WD\d\dCD",
    Kind.PARISH: r"PAR(NCP)?\d\dCD",
    Kind.DISTRICT: r"LAD\d\dCD",
    Kind.COUNTY: r"CTY(UA)?\d\dCD|UTLA\d\dCD",
}
"""What the ONS calls the column with the code; the year in it moves. Most particular first: wards name districts."""

ONS_CODE = re.compile(r"[EWSN]\d{8}")
WGS84 = re.compile(
    r"urn:ogc:def:crs:OGC:[\d.]*:CRS84|(urn:ogc:def:crs:)?EPSG:{1,2}[\d.]*:?4326", re.IGNORECASE
)
LONGITUDES, LATITUDES = (-9.0, 2.5), (49.0, 61.5)
"""Of the United Kingdom and the islands around it."""


class NotABoundaryFile(ValueError):
    """A file cannot be used. `str(error)` says what is wrong and what to do, and is fit to show."""


@dataclass(frozen=True)
class Outline:
    """One area as a file gives it. `shape` is valid, flat, in WGS84 degrees, longitude first."""

    kind: Kind
    code: str
    name: str
    district: str
    shape: BaseGeometry


def read_file(path: Path, kind: Kind | None = None) -> list[Outline]:
    """Do as `read` with the file at `path`.

    Raises:
        NotABoundaryFile: as `read`, or there is no such file.
    """
    try:
        if path.exists() and not path.is_file():
            raise NotABoundaryFile(f"{path} is a folder, or nothing that can be loaded; give one file")
        with path.open("rb") as file:
            data = file.read(int(LARGEST_MB * 1_000_000) + 1)
    except OSError as problem:
        raise NotABoundaryFile(f"The file cannot be opened: {problem.strerror}") from problem
    return read(data, kind)


def read(data: bytes, kind: Kind | None = None) -> list[Outline]:
    """Return the areas in a GeoJSON file. Without `kind` the columns say what they are.

    Files from the ONS name codes in columns such as WD25CD; other files must have `code` or `name`, or both.

    Raises:
        NotABoundaryFile: it is something else, or any area in it cannot be used.
    """
    if len(data) > LARGEST_MB * 1_000_000:
        raise _too_large()
    features = _features(_json(data))
    found = list(_outlines(features, kind))
    _refuse_doubles(found)
    return found


def _too_large() -> NotABoundaryFile:
    return NotABoundaryFile(
        f"The file is larger than {LARGEST_MB} MB. Save only your own area and its neighbours, or take a "
        "generalised version (ONS calls it BGC or BUC)"
    )


def _json(data: bytes) -> Any:
    if data[:2] == b"PK" or data[:4] == b"\x00\x00\x27\x0a":
        raise NotABoundaryFile("That is a zip or a shapefile. Save the areas as GeoJSON")
    if data.count(b"[") + data.count(b"{") > MOST_LISTS or data.count(b",") > MOST_VALUES:
        raise NotABoundaryFile(
            "There are too many corners in the file. Save only your own area and its neighbours, or take a "
            "generalised version (ONS calls it BGC or BUC)"
        )
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise NotABoundaryFile("That is not GeoJSON: the file cannot be read") from problem


def _no_number(name: str) -> float:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(name)


def _features(document: Any) -> Sequence[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        document = {"type": "FeatureCollection", "features": [document]}
    elif kind != "FeatureCollection":
        raise NotABoundaryFile("That is not GeoJSON with areas: it must be a FeatureCollection")
    _check_system(document.get("crs"))
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise NotABoundaryFile("There are no areas in the file")
    if len(features) > MOST_AREAS:
        raise NotABoundaryFile(
            f"There are more than {MOST_AREAS:,} areas in the file. Save only your own and its neighbours"
        )
    return features


def _check_system(crs: Any) -> None:
    """Refuse a coordinate system other than WGS84, where an older file names one."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name", "") if isinstance(properties, dict) else ""
    if not WGS84.fullmatch(str(name)):
        raise NotABoundaryFile(
            f"The coordinates are in {_short(name) or 'an unnamed system'}. "
            "Save the file as GeoJSON in WGS84 (EPSG:4326), with longitude and latitude"
        )


def _outlines(features: Sequence[Any], kind: Kind | None) -> Iterator[Outline]:
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        columns = {
            str(name): _plain(value)
            for name, value in (properties if isinstance(properties, dict) else {}).items()
            if value is not None
        }
        is_kind = kind or _kind_of(columns)
        name, code = _name(columns, is_kind), _code(columns, is_kind)
        title = f"“{_short(name or code)}”" if name or code else f"Area {number}"
        code = code or re.sub("[^A-Z0-9]", "", name.upper())[:LONGEST_CODE]
        if not code:
            raise NotABoundaryFile(f"{title} has no name and no code. Add a column called name or code")
        if len(code) > LONGEST_CODE or len(name) > LONGEST_NAME:
            raise NotABoundaryFile(
                f"{title} has a longer name or code than {LONGEST_NAME} or {LONGEST_CODE} letters. Shorten it"
            )
        outline = _outline(feature.get("geometry") if isinstance(feature, dict) else None, title)
        yield Outline(is_kind, code, name or code, _district(columns, is_kind), outline)


def _plain(value: object) -> str:
    """Return words as databases take them: no control characters, no half characters, single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def _kind_of(columns: Mapping[str, str]) -> Kind:
    return next((kind for kind, pattern in ONS_COLUMNS.items() if _column(columns, pattern)), Kind.DRAWN)


def _column(columns: Mapping[str, str], pattern: str) -> str:
    """Return what the first column whose name matches holds, in whatever case it is written, or ""."""
    found = (value for name, value in columns.items() if re.fullmatch(pattern, name, re.IGNORECASE))
    return next(found, "")


def _code(columns: Mapping[str, str], kind: Kind) -> str:
    given = _column(columns, ONS_COLUMNS[kind]) if kind in ONS_COLUMNS else ""
    return (given or _column(columns, "code|id")).replace(" ", "").upper()


def _name(columns: Mapping[str, str], kind: Kind) -> str:
    given = _column(columns, _names(ONS_COLUMNS[kind])) if kind in ONS_COLUMNS else ""
    return given or _column(columns, "name|title")


def _names(pattern: str) -> str:
    return pattern.replace("CD", "NM")


def _district(columns: Mapping[str, str], kind: Kind) -> str:
    """Return the code of the authority that an area lies in, or is."""
    own = _code(columns, kind) if kind in (Kind.DISTRICT, Kind.COUNTY) else ""
    given = own or _column(columns, ONS_COLUMNS[Kind.DISTRICT]) or _column(columns, ONS_COLUMNS[Kind.COUNTY])
    return given if ONS_CODE.fullmatch(given) else ""


def _outline(geometry: Any, title: str) -> BaseGeometry:
    """Return the polygon or polygons of one area.

    Raises:
        NotABoundaryFile: there is none, it crosses itself or it lies somewhere else.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind is None:
        raise NotABoundaryFile(f"{title} has no outline")
    if kind not in ("Polygon", "MultiPolygon"):
        raise NotABoundaryFile(f"{title} is a {_short(kind)}, not an area. Draw it as a polygon")
    try:
        outline = shapely.force_2d(shape(geometry))
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as problem:
        raise NotABoundaryFile(f"The outline of {title} cannot be read") from problem
    _check_place(outline, title)
    return _sound(outline, title)


def _check_place(outline: BaseGeometry, title: str) -> None:
    if outline.is_empty:
        raise NotABoundaryFile(f"{title} has no outline")
    if not all(map(math.isfinite, shapely.get_coordinates(outline).flat)):
        raise NotABoundaryFile(f"The outline of {title} cannot be read")
    west, south, east, north = outline.bounds
    if _within(west, east, LONGITUDES) and _within(south, north, LATITUDES):
        return
    if _within(west, east, LATITUDES) and _within(south, north, LONGITUDES):
        raise NotABoundaryFile(
            f"{title} has latitude and longitude the wrong way round: longitude comes first"
        )
    if max(abs(west), abs(east), abs(south), abs(north)) > 180:
        raise NotABoundaryFile(
            f"{title} is not in degrees; it may be in eastings and northings. "
            "Save the file as GeoJSON in WGS84 (EPSG:4326)"
        )
    raise NotABoundaryFile(f"{title} lies outside the United Kingdom")


def _within(low: float, high: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= low and high <= limits[1]


def _sound(outline: BaseGeometry, title: str) -> BaseGeometry:
    if not outline.convex_hull.area:
        raise NotABoundaryFile(f"{title} has no area")
    reason = shapely.is_valid_reason(outline)
    if reason.startswith("Ring Self-intersection"):
        # It touches itself in a point, as generalised islands do: there is only one way to read that.
        outline, reason = shapely.make_valid(outline), "Valid Geometry"
    if reason != "Valid Geometry":
        place = re.search(r"\[(\S+) (\S+)\]", reason)
        where = f" near {float(place[2]):.4f}, {float(place[1]):.4f}" if place else ""
        raise NotABoundaryFile(f"The outline of {title} crosses itself{where}. Mend it and try again")
    return outline


def _refuse_doubles(found: Sequence[Outline]) -> None:
    seen: dict[tuple[Kind, str], Outline] = {}
    for each in found:
        other = seen.setdefault((each.kind, each.code), each)
        if other is not each:
            raise NotABoundaryFile(
                f"“{_short(each.name)}” is in the file twice, or two areas have the code {_short(each.code)}"
            )


def _short(text: object) -> str:
    return str(text)[:60]
