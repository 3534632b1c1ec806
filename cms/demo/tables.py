"""The data files of the demonstration, row by row."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "data"

Row = dict[str, str]


def rows(name: str) -> Iterator[Row]:
    """Yield each row of `data/<name>.csv`, by column. An empty cell is ""."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
