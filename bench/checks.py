"""What asking every rule costs beside measuring the plan.

In: the Kerala drawings beside the checkout (`../shared/plans/kerala`), or an example house where there are none; each on a plot of its own outline with one
street.  Out: a table on the terminal: seconds of measuring (reading included), of laying on the parcel, of making the proposal, and of asking every
rule, with the ratio rules / measuring.  The bound is 0.2.  Processor time, the best of several runs.  Run: `python -m bench.checks`.
"""

import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from shapely import set_precision
from shapely.geometry.polygon import orient

from bench.plans import DRAWINGS, RUNS, best
from gis.site import LocalBody, Site
from rules.checking import laid
from rules.checks import RULES
from rules.plans.measure import measure
from rules.plans.moved import moved
from rules.plans.starter import starter
from rules.proposal import Answers, Proposal
from rules.proposing import propose
from rules.reading import library
from tests.rules.plan_builders import a_site

BOUND = 0.2
BOOK = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)


def row(path: Path) -> float | None:
    """Print one drawing's times; the ratio of asking to measuring, None where no plot is drawn."""
    content = path.read_bytes()
    drawing = measure(content)
    if drawing.plot is None:
        return None
    site = _site(drawing.plot.outline.shape)
    placement, note = laid(drawing, site, turn=0.0)
    there = moved(drawing, placement) if placement is not None and placement.matches else drawing
    propose(there, site, Answers(), placement, note=note)
    measuring = best(lambda: measure(content))
    laying = best(lambda: laid(drawing, site, turn=0.0))
    proposing = best(lambda: propose(there, site, Answers(), placement, note=note))
    asking = _asking([propose(there, site, Answers(), placement, note=note) for _ in range(RUNS)], site)
    ratio = asking / measuring
    print(f"{path.stem:<28}{measuring:11.3f}{laying:10.3f}{proposing:11.3f}{asking:10.3f}{ratio:8.2f}")
    return ratio


def _asking(plans: Sequence[Proposal], site: Site) -> float:
    """Least processor seconds of asking every rule of a proposal that was never asked before."""
    fresh = iter(plans)
    return best(lambda: RULES.check_all(next(fresh), site, BOOK))


def _site(plot: object) -> Site:
    corners = list(orient(set_precision(plot, 0.001)).exterior.coords[:-1])
    return a_site({"roads": [{"side": 1}], "slope": 5, "overlays": {"zoning": "affected"}}, plot=corners)


def _drawings(folder: Path) -> list[Path]:
    if DRAWINGS.is_dir():
        return sorted(DRAWINGS.glob("*.dxf"))
    (folder / "example-house.dxf").write_bytes(starter(a_site({}), set_back=3.0))
    return sorted(folder.glob("*.dxf"))


def main() -> int:
    """Print the table; 1 where a ratio is over the bound."""
    print(f"{'seconds':<28}{'measuring':>11}{'laying':>10}{'proposing':>11}{'asking':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        ratios = [ratio for path in _drawings(Path(folder)) if (ratio := row(path)) is not None]
    print(f"worst ratio {max(ratios):.2f}, bound {BOUND}")
    return int(max(ratios) > BOUND)


if __name__ == "__main__":
    sys.exit(main())
