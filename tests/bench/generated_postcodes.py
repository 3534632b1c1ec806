"""Writes a postcode directory in the layout of ONSPD, as large as asked and spread over every area. All invented.

The same numbers give the same file. `python -m tests.bench.generated_postcodes FILE ROWS` writes one to try by hand.
"""

import random
import sys
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

from hubs.postcode_areas import POSTCODE_AREAS, Area
from tests.hubs.postcode_samples import BARE, ONSPD_2025

INWARD = "ABDEFGHJLNPQRSTUWXYZ"
ISLANDS = {"GY", "IM", "JE"}
LEFT_OUT = {"BT"}
UNITS_PER_SECTOR = (90, 210)
SECTORS_PER_DISTRICT = 10
SHARE_ENDED = 0.35
SPREAD_DEGREES = 0.12
VARYING = ["pcd7", "pcd8", "pcds", "doterm", "gridind", "lat", "long"]
BATCH = 10_000


def write(path: Path, rows: int, *, seed: int = 5) -> None:
    """Write `rows` postcodes and a header; about 540 bytes each."""
    lines = islice(_lines(random.Random(seed), rows), rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(f"{ONSPD_2025}\r\n")
        while batch := list(islice(lines, BATCH)):
            file.write("".join(batch))


def _lines(dice: random.Random, rows: int) -> Iterator[str]:
    areas = [(code, area) for code, area in sorted(POSTCODE_AREAS.items()) if code not in LEFT_OUT]
    each = -(-rows // len(areas))
    for number, (code, area) in enumerate(areas):
        yield from islice(_area(dice, code, area, number), each)


def _area(dice: random.Random, code: str, area: Area, number: int) -> Iterator[str]:
    for district, sector in product(range(1, 99), range(SECTORS_PER_DISTRICT)):
        template = _template(code, number, district, sector)
        middle = (
            dice.gauss(area.point.latitude, SPREAD_DEGREES),
            dice.gauss(area.point.longitude, SPREAD_DEGREES),
        )
        units = islice(product(INWARD, repeat=2), dice.randint(*UNITS_PER_SECTOR))
        for first, second in units:
            inward = f"{sector}{first}{second}"
            outward = f"{code}{district}"
            ended = dice.random() < SHARE_ENDED
            values = (
                f"{outward:<4}{inward}",
                f"{outward:<4} {inward}",
                f"{outward} {inward}",
                f"{dice.randint(1990, 2025)}{dice.randint(1, 12):02}" if ended else "",
                "8" if ended and dice.random() < 0.25 else "1",
                *_position(dice, middle),
            )
            yield template % (values if code not in ISLANDS else (*values[:4], "9", "99.999999", "0.000000"))


def _position(dice: random.Random, middle: tuple[float, float]) -> tuple[str, str]:
    latitude = min(max(middle[0] + dice.uniform(-0.01, 0.01), 49.9), 60.8)
    longitude = min(max(middle[1] + dice.uniform(-0.015, 0.015), -7.6), 1.7)
    return f"{latitude:.6f}", f"{longitude:.6f}"


def _template(code: str, number: int, district: int, sector: int) -> str:
    """Return a line with a place for each of `VARYING`; areas get smaller from district to sector."""
    place = number * 1000 + district * 10 + sector
    values = {
        "dointr": "198001",
        "cty25cd": f"E1{number % 40:07}",
        "lad25cd": f"E07{number * 3 + district % 3:06}",
        "wd25cd": f"E05{number * 100 + district:06}",
        "parncp25cd": f"E04{number * 100 + district:06}",
        "usrtypind": "0",
        "east1m": "368730",
        "north1m": "0090722",
        "ctry25cd": "E92000001",
        "lsoa21cd": f"E01{place:06}",
        "lsoa11cd": f"E01{place:06}",
    }
    cells = []
    for name in ONSPD_2025.split(","):
        value = "%s" if name in VARYING else values.get(name, f"E00{place:06}")
        cells.append(value if name in BARE else f'"{value}"')
    return f"{','.join(cells)}\r\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
