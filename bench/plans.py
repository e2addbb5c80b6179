"""What checking a plan costs beside the time ezdxf takes to read its file, and how a check grows with the number of buildings.

In: the drawings of `bench.check_parts`, where read, measuring, asking and checking are defined: checking is everything that we do once ezdxf has the
document, until the bytes of the findings document are made; for the growth, estates of equal houses made here.
Out: two tables on the terminal: seconds of ezdxf's reading, of measuring, of asking every rule and of the whole check, with the ratio
checking / reading of each drawing (bound 0.5); then seconds of the whole check, its marks and its document for 10, 100 and 999 buildings of three
floors, each against ten times fewer buildings (bound: twice the buildings' own growth), the largest within the two minutes that a check may take.
Processor time, the best of several rounds. Run: `python -m bench.plans [--growth]`.
"""

import argparse
import math
import sys
import time
from datetime import date
from pathlib import Path

from bench.check_parts import drawings, parts_of
from gis.site import Site
from rules.check_document import to_json
from rules.checking import check
from rules.plans import measure as plan
from rules.plans.marks import marked
from rules.reading import library
from tests.rules.plan_builders import a_site
from tests.rules.plans.builders import (
    a_document,
    as_bytes,
    dimension,
    moved,
    outline,
    words,
)

BOUND = 0.5
BUILDINGS = (10, 100, 999)
FLOORS = 3
GROWTH = 2.0
"""Times the growth of the buildings that the seconds may grow."""
LONGEST = 120.0
"""Seconds that a check may take where it is served."""
DAY = date(2026, 1, 1)
WIDE = 20.0
"""Metres of ground, either way, for one building of an estate."""


def row(path: Path) -> float:
    """Print one drawing's times; the ratio of the whole check to ezdxf's reading."""
    found = parts_of(path)
    ratio = found.checking / found.read
    print(
        f"{path.stem:<28}{path.stat().st_size / 1e6:7.2f}{found.read:10.4f}{found.measuring:11.4f}{found.asking:10.4f}"
        f"{found.checking:11.4f}{ratio:8.2f}"
    )
    return ratio


def estate(buildings: int, floors: int = FLOORS) -> tuple[bytes, Site]:
    """A drawing of equal houses in rows on one plot, each with yards, stairs and doors on every floor, and that plot on a street."""
    document, space = a_document()
    across = math.ceil(math.sqrt(buildings))
    side = across * WIDE
    plot = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
    outline(space, "PLOT_BOUNDARY", plot)
    for number in range(buildings):
        _house(space, number + 1, (number % across * WIDE, number // across * WIDE), side + 30.0, floors)
    words(space, "PLAN_INFO", f"RS_NO=1\\PPLOT_AREA_M2={side * side:.0f}", at=(-40, 0))
    site = a_site({"roads": [{"side": 1}], "slope": 5, "overlays": {"zoning": "affected"}}, plot=plot)
    return as_bytes(document), site


def _house(space: object, number: int, at: tuple[float, float], beside: float, floors: int) -> None:
    house = moved(((5, 4), (15, 4), (15, 16), (5, 16)), *at)
    outline(space, f"BLK_{number}_LVL_0_BLDG_FOOT_PRINT", house)
    outline(space, f"BLK_{number}_COVERED_AREA", house)
    front = moved(((5, 4), (5, 0), (15, 0), (15, 4)), *at)
    outline(space, f"BLK_{number}_LVL_0_FRONT_YARD", front)
    dimension(space, f"BLK_{number}_HT_OF_BLDG", (-50.0 - number, 0.0), (-50.0 - number, 9.5))
    for floor in range(floors):
        on, x, y = f"BLK_{number}_FLR_{floor}", at[0] + beside * (floor + 1), at[1]
        outline(space, f"{on}_BLT_UP_AREA", moved(house, beside * (floor + 1)), colour=25)
        outline(space, f"{on}_STAIR_1", moved(((6, 5), (9, 5), (9, 10), (6, 10)), x, y))
        flight = moved(((6, 5), (7.2, 5), (7.2, 8), (6, 8)), x, y)
        outline(space, f"{on}_STAIR_1_FLIGHT_1", flight)
        for tread in range(11):
            line = [(x + 6.0, y + 5.0 + 0.3 * tread), (x + 7.2, y + 5.0 + 0.3 * tread)]
            outline(space, f"{on}_STAIR_1_FLIGHT_1", line, close=False)
        dimension(space, f"{on}_EXIT_WIDTH_DOOR", (x + 9.0, y + 4.0), (x + 10.2, y + 4.0))


def grown(buildings: int) -> float:
    """Print the times of one estate, each once; the seconds of the whole check with all that it hands out."""
    content, site = estate(buildings)
    start = time.process_time()
    drawing = plan.measure(content)
    measuring = time.process_time() - start
    start = time.process_time()
    found = check(content, site, library(), on=DAY, turn=0.0)
    checking = time.process_time() - start
    start = time.process_time()
    marked(content, found.report.findings, found.proposal.placement, drawing=drawing)
    marks = time.process_time() - start
    start = time.process_time()
    document = to_json(found)
    said = time.process_time() - start
    print(
        f"{buildings:<12}{len(content) / 1e6:7.2f}{len(found.report.findings):11}{measuring:11.2f}{checking:11.2f}{marks:9.2f}{said:11.2f}"
        f"{len(document) / 1e6:9.1f}"
    )
    return checking + marks + said


def growth() -> bool:
    """Print how a check grows; whether it grows too fast or too long."""
    print(
        f"\n{'buildings':<12}{'MB':>7}{'findings':>11}{'measuring':>11}{'checking':>11}{'marks':>9}{'document':>11}{'MB':>9}"
    )
    library()
    grown(1)
    seconds = [grown(each) for each in BUILDINGS]
    worst = max(
        seconds[at] / seconds[at - 1] / (BUILDINGS[at] / BUILDINGS[at - 1]) for at in range(1, len(seconds))
    )
    print(
        f"the whole check grows {worst:.2f} times as fast as its buildings (bound {GROWTH}); the largest takes {seconds[-1]:.1f} s (bound {LONGEST:g})"
    )
    return worst > GROWTH or seconds[-1] > LONGEST


def main() -> int:
    """Print the tables; 1 where a bound is not kept."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--growth", action="store_true", help="only how a check grows with the buildings")
    if options.parse_args().growth:
        return int(growth())
    print(f"{'seconds':<28}{'MB':>7}{'ezdxf':>10}{'measuring':>11}{'asking':>10}{'checking':>11}{'ratio':>8}")
    with drawings() as paths:
        ratios = [row(path) for path in paths]
    print(f"worst ratio {max(ratios):.2f}, bound {BOUND}")
    return int(max(ratios) > BOUND or growth())


if __name__ == "__main__":
    sys.exit(main())
