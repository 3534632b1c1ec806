"""A small map of who has which part of a council, drawn here: nobody else is asked for pictures of a place.

A ward whose outline is known and whose postcodes all have the same team is filled in. Elsewhere postcodes are gathered
in squares of a few hundred metres, so that the picture stays small and shows no single home. A square with a postcode
of no team, or of two, shows that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, dist, radians
from string import ascii_uppercase
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from hubs.addresses import Address
from hubs.authorities import districts_of
from hubs.boundaries import Chart
from hubs.coverage import Coverage, Verdict
from hubs.geo import Point
from hubs.models import Locality, LocalityRule

WIDTH = 1000
SQUARE = 8
MARGIN = 20
TALLEST = 1400
COLOURS = ("#8ec6e8", "#f4c67a", "#a9d8a0", "#d6b3e0", "#f2a9a0", "#c9cf8a", "#9fd6d0", "#d9c2a6")
LARGEST_OUTLINES = 60_000
"""Characters of all outlines together: they are made simpler until they fit."""

PATTERNS = ("plain", "rising", "falling", "dots")
"""Colours repeat after eight teams, each time with another pattern. Letters tell teams apart without either."""

GAP = "gap"
OVERLAP = "overlap"
PROBLEMS = (OVERLAP, GAP)
"""Drawn over the teams, the worst last."""

Cell = tuple[int, int]
Kind = LocalityRule.Kind


class Label(NamedTuple):
    """A team's letter on the map."""

    x: int
    y: int
    letter: str


@dataclass(frozen=True)
class Layer:
    """All wards and squares of one team, or with one thing wrong, as paths of an SVG."""

    name: str
    letter: str
    fill: str
    """The id of what it is painted with."""
    colour: str
    pattern: str
    wards: str
    squares: str
    units: int


@dataclass(frozen=True)
class AreaMap:
    """What the template draws. Sizes are in the units of the picture's own coordinates."""

    width: int
    height: int
    layers: Sequence[Layer]
    labels: Sequence[Label]
    outlines: str
    """Wards that are not filled in: more than one team has part of them, or nobody lives there."""
    square: int = SQUARE
    square_wrong: int = 2 * SQUARE
    """What is wrong stands out, however little of it there is."""

    @property
    def has_wards(self) -> bool:
        return bool(self.outlines) or any(layer.wards for layer in self.layers)


class _Frame:
    """Where positions fall on the picture."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self._west, self._north = west, north
        high = max(north - south, 0.001)
        self._narrow = cos(radians((north + south) / 2))
        wide = max((east - west) * self._narrow, 0.001)
        self._scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / high)
        self.width = round(wide * self._scale) + 2 * MARGIN
        self.height = round(high * self._scale) + 2 * MARGIN

    def xy(self, longitude: Any, latitude: Any) -> tuple[Any, Any]:
        """Return where a position is on the picture, or where each of two arrays of them is: left, top."""
        x = MARGIN + (longitude - self._west) * self._narrow * self._scale
        return x, MARGIN + (self._north - latitude) * self._scale

    def cell(self, point: Point) -> Cell:
        x, y = self.xy(point.longitude, point.latitude)
        return int(x // SQUARE), int(y // SQUARE)


def area_map(found: Coverage, chart: Chart) -> AreaMap | None:
    """Return the map of a coverage; None when no postcode has a position."""
    placed = [(unit, unit.point, _owner(verdict)) for unit, verdict in found.places if unit.point is not None]
    if not placed:
        return None
    wards = _wards(found, chart)
    points = shapely.multipoints([(point.longitude, point.latitude) for _, point, _ in placed])
    frame = _Frame(*(float(side) for side in shapely.total_bounds([points, *wards.values()])))
    filled = _filled(((_ward_of(unit, chart), owner) for unit, _, owner in placed), wards)
    cells: dict[Cell, Counter[object]] = {}
    for unit, point, owner in placed:
        if _ward_of(unit, chart) not in filled:
            cells.setdefault(frame.cell(point), Counter())[owner] += 1
    return _drawn(found, frame, _paths(wards, frame), filled, {at: _shown(own) for at, own in cells.items()})


def _drawn(
    found: Coverage,
    frame: _Frame,
    paths: Mapping[str, str],
    filled: Mapping[str, object],
    squares: Mapping[Cell, object],
) -> AreaMap:
    letters = letters_of(found)
    owners: list[object] = [*(team.pk for team in letters), *PROBLEMS]
    layers = [
        _layer(
            found,
            owner,
            wards="".join(paths[ward] for ward, whose in filled.items() if whose == owner),
            squares=_strokes(cell for cell, whose in squares.items() if whose == owner),
        )
        for owner in owners
    ]
    labels = _labels(found, frame)
    outlines = "".join(path for ward, path in paths.items() if ward not in filled)
    shown = [layer for layer in layers if layer.wards or layer.squares]
    return AreaMap(frame.width, frame.height, shown, labels, outlines)


def _wards(found: Coverage, chart: Chart) -> dict[str, BaseGeometry]:
    """Return the outlines of the council's wards, by code, as far as they are on file."""
    districts = districts_of(found.council.ons_code)
    return {
        area.code: area.shape for area in chart.areas if area.kind == Kind.WARD and area.district in districts
    }


def _ward_of(unit: Address, chart: Chart) -> str:
    """Return the ward whose outline a postcode counts for: the directory's, or the map's where that is newer."""
    if chart.get(Kind.WARD, unit.ward):
        return unit.ward
    return next(iter(unit.mapped.get(Kind.WARD, ())), "")


def _filled(places: Iterable[tuple[str, object]], wards: Mapping[str, object]) -> dict[str, object]:
    """Return the wards that have one owner throughout, with it."""
    owners: dict[str, set[object]] = {}
    for ward, owner in places:
        owners.setdefault(ward, set()).add(owner)
    return {ward: next(iter(whose)) for ward, whose in owners.items() if ward in wards and len(whose) == 1}


def _paths(wards: Mapping[str, BaseGeometry], frame: _Frame) -> dict[str, str]:
    """Return outlines as paths of an SVG, simple enough to be small."""
    if not wards:
        return {}
    shapes = shapely.transform(list(wards.values()), frame.xy, interleaved=False)
    for tolerance in (1, 1.5, 2, 3, 4, 6, 8, 16):
        simple = shapely.simplify(shapes, tolerance)
        paths = {ward: _outline(shape) for ward, shape in zip(wards, simple, strict=True)}
        if sum(map(len, paths.values())) <= LARGEST_OUTLINES:
            break
    return paths


def _outline(shape: BaseGeometry) -> str:
    """Return a shape in whole units, each corner told from the one before."""
    said = []
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        corners = shapely.get_coordinates(ring).round().astype(int).tolist()
        steps = ((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners[:-1]))
        told = " ".join(f"{x} {y}" for x, y in steps if x or y)
        said.append(f"M{corners[0][0]} {corners[0][1]}l{told}z" if told else "")
    return "".join(said)


def letters_of(found: Coverage) -> dict[Locality, str]:
    """Return each team of the council that has postcodes with its letter on the map: A, B, and AA after Z."""
    return {
        team: ascii_uppercase[number % 26] * (number // 26 + 1) for number, team in enumerate(found.teams)
    }


def _owner(verdict: Verdict) -> object:
    """Return the key of the team that has a postcode, or what is wrong with it."""
    if len(verdict.teams) != 1:
        return OVERLAP if verdict.teams else GAP
    return verdict.teams[0].pk


def _shown(owners: Counter[object]) -> object:
    """Return what a square shows: whatever is wrong in it, else the team with most of it."""
    return next((kind for kind in reversed(PROBLEMS) if kind in owners), owners.most_common(1)[0][0])


def _layer(found: Coverage, owner: object, *, wards: str, squares: str) -> Layer:
    problems = {GAP: ("No team", found.gaps), OVERLAP: ("More than one team", found.overlaps)}
    if isinstance(owner, str):
        name, patches = problems[owner]
        return Layer(
            name, "", f"area-{owner}", "", owner, wards, squares, sum(each.units for each in patches)
        )
    number, (team, letter) = next(
        (number, each) for number, each in enumerate(letters_of(found).items()) if each[0].pk == owner
    )
    return Layer(
        name=team.name,
        letter=letter,
        fill=f"area-team-{number}",
        colour=COLOURS[number % len(COLOURS)],
        pattern=PATTERNS[number // len(COLOURS) % len(PATTERNS)],
        wards=wards,
        squares=squares,
        units=found.teams[team].total(),
    )


def _strokes(cells: Iterable[Cell]) -> str:
    """Return squares as strokes of a line as wide as a square, neighbours in a row as one."""
    strokes: list[list[int]] = []
    for row, column in sorted((row, column) for column, row in cells):
        if strokes and strokes[-1][0] == row and strokes[-1][1] + strokes[-1][2] == column:
            strokes[-1][2] += 1
        else:
            strokes.append([row, column, 1])
    return "".join(
        f"M{column * SQUARE} {row * SQUARE + SQUARE // 2}h{length * SQUARE}"
        for row, column, length in strokes
    )


def _labels(found: Coverage, frame: _Frame) -> list[Label]:
    """Put each team's letter on the postcode of its own that is nearest to the middle of them."""
    points: dict[object, list[tuple[float, float]]] = {}
    for unit, verdict in found.places:
        if unit.point is not None:
            place = frame.xy(unit.point.longitude, unit.point.latitude)
            points.setdefault(_owner(verdict), []).append(place)
    return [
        Label(round(place[0]), round(place[1]), letter)
        for team, letter in letters_of(found).items()
        if team.pk in points and (place := _most_central(points[team.pk]))
    ]


def _most_central(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    middle = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
    return min(points, key=lambda point: dist(point, middle))
