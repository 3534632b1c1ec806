"""A small map of who has which part of a council, drawn here: nobody else is asked for pictures of a place.

Postcodes are gathered in squares of a few hundred metres, so that the picture stays small and shows no single home.
A square with a postcode of no team, or of two, shows that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from string import ascii_uppercase
from typing import NamedTuple

from hubs.coverage import Coverage, Verdict
from hubs.models import Locality

WIDTH = 1000
SQUARE = 8
MARGIN = 20
TALLEST = 1400
COLOURS = ("#8ec6e8", "#f4c67a", "#a9d8a0", "#d6b3e0", "#f2a9a0", "#c9cf8a", "#9fd6d0", "#d9c2a6")
PATTERNS = ("plain", "rising", "falling", "dots")
"""Colours repeat after eight teams, each time with another pattern. Letters tell teams apart without either."""

GAP = "gap"
OVERLAP = "overlap"
ELSEWHERE = "elsewhere"
PROBLEMS = (ELSEWHERE, OVERLAP, GAP)
"""Drawn over the teams, the worst last."""

Cell = tuple[int, int]


class Label(NamedTuple):
    """A team's letter on the map."""

    x: int
    y: int
    letter: str


@dataclass(frozen=True)
class Layer:
    """All squares of one team, or with one thing wrong, as the path of an SVG."""

    name: str
    letter: str
    fill: str
    """The id of what it is painted with."""
    colour: str
    pattern: str
    path: str
    units: int


@dataclass(frozen=True)
class AreaMap:
    """What the template draws. Sizes are in the units of the picture's own coordinates."""

    width: int
    height: int
    layers: Sequence[Layer]
    labels: Sequence[Label]
    square: int = SQUARE


class _Grid:
    """Where positions fall on the picture."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        self._north = max(latitude for latitude, _ in points)
        self._west = min(longitude for _, longitude in points)
        high = max(self._north - min(latitude for latitude, _ in points), 0.001)
        self._narrow = cos(radians(self._north - high / 2))
        wide = max((max(longitude for _, longitude in points) - self._west) * self._narrow, 0.001)
        self._scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / high)
        self.width = round(wide * self._scale) + 2 * MARGIN
        self.height = round(high * self._scale) + 2 * MARGIN

    def xy(self, latitude: float, longitude: float) -> tuple[float, float]:
        return (
            MARGIN + (longitude - self._west) * self._narrow * self._scale,
            MARGIN + (self._north - latitude) * self._scale,
        )

    def cell(self, latitude: float, longitude: float) -> Cell:
        x, y = self.xy(latitude, longitude)
        return int(x // SQUARE), int(y // SQUARE)


def area_map(found: Coverage) -> AreaMap | None:
    """Return the map of a coverage; None when no postcode has a position."""
    placed = [
        (unit.point.latitude, unit.point.longitude, verdict)
        for unit, verdict in found.places
        if unit.point is not None
    ]
    if not placed:
        return None
    grid = _Grid([(latitude, longitude) for latitude, longitude, _ in placed])
    cells: dict[Cell, Counter[object]] = {}
    for latitude, longitude, verdict in placed:
        cells.setdefault(grid.cell(latitude, longitude), Counter())[_owner(found, verdict)] += 1
    squares = {cell: _shown(owners) for cell, owners in cells.items()}
    letters = letters_of(found)
    layers = [_team(number, team, found, squares) for number, team in enumerate(letters)]
    layers += [_problem(kind, found, squares) for kind in PROBLEMS]
    labels = [
        _label(letter, [cell for cell, owner in squares.items() if owner == team])
        for team, letter in letters.items()
        if team in squares.values()
    ]
    return AreaMap(grid.width, grid.height, [layer for layer in layers if layer.path], labels)


def letters_of(found: Coverage) -> dict[Locality, str]:
    """Return each team of the council that has postcodes with its letter on the map: A, B, and AA after Z."""
    return {
        team: ascii_uppercase[number % 26] * (number // 26 + 1) for number, team in enumerate(found.teams)
    }


def _owner(found: Coverage, verdict: Verdict) -> object:
    if len(verdict.teams) != 1:
        return OVERLAP if verdict.teams else GAP
    return verdict.teams[0] if verdict.teams[0].council_id == found.council.pk else ELSEWHERE


def _shown(owners: Counter[object]) -> object:
    """Return what a square shows: whatever is wrong in it, else the team with most of it."""
    return next((kind for kind in reversed(PROBLEMS) if kind in owners), owners.most_common(1)[0][0])


def _team(number: int, team: Locality, found: Coverage, squares: Mapping[Cell, object]) -> Layer:
    return Layer(
        name=team.name,
        letter=letters_of(found)[team],
        fill=f"area-team-{number}",
        colour=COLOURS[number % len(COLOURS)],
        pattern=PATTERNS[number // len(COLOURS) % len(PATTERNS)],
        path=_path(cell for cell, owner in squares.items() if owner == team),
        units=found.teams[team].total(),
    )


def _problem(kind: str, found: Coverage, squares: Mapping[Cell, object]) -> Layer:
    names = {
        GAP: ("No team", found.gaps),
        OVERLAP: ("More than one team", found.overlaps),
        ELSEWHERE: ("A team of another council", found.elsewhere),
    }
    name, patches = names[kind]
    return Layer(
        name=name,
        letter="",
        fill=f"area-{kind}",
        colour="",
        pattern=kind,
        path=_path(cell for cell, owner in squares.items() if owner == kind),
        units=sum(patch.units for patch in patches),
    )


def _path(cells: Iterable[Cell]) -> str:
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


def _label(letter: str, cells: Sequence[Cell]) -> Label:
    """Put the letter on the team's own square that is nearest to the middle of them."""
    middle = [sum(cell[axis] for cell in cells) / len(cells) for axis in (0, 1)]
    x, y = min(cells, key=lambda cell: ((cell[0] - middle[0]) ** 2 + (cell[1] - middle[1]) ** 2, cell))
    return Label(x * SQUARE + SQUARE // 2, y * SQUARE + SQUARE // 2, letter)
