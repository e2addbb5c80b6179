"""What a check of one drawing costs, part by part: the one definition by which `bench.plans` and `bench.checks` go.

In: the Kerala drawings beside the checkout (`../shared/plans/kerala`), or drawings made here where there are none; each on a plot of its own outline
on one street, centred in the frame of its site and turned by 35 degrees, as a drawing is that was not made in the grid.
Out: `Parts`, processor seconds, each the best of several rounds.

*Read* is `ezdxf.readfile`.  *Checking* is everything that we do once ezdxf has the document, until the bytes of the findings document are made:
*measuring* (outlines, areas, lengths; the plot laid on its parcel, everything drawn carried there, front, streets and
open spaces), *asking* every rule (`check_all`), and telling (class of risk, fees, time limits, the report, the document as JSON).  `checking` is clocked as
a whole, by the service's own way, and not added up from its parts.  The file is read anew in each round, so that nothing of it is kept; the book of the
law and the meanings of the names of layers are those of a warm process, as in the service.
"""

import gc
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TypeVar

import ezdxf
import shapely
from shapely import Polygon, affinity, set_precision
from shapely.geometry.polygon import orient

from gis.site import LocalBody, Site
from rules.check_document import to_json
from rules.checking import judged, laid
from rules.checks import RULES
from rules.plans import measure as plan
from rules.plans.moved import moved
from rules.plans.problems import Problems
from rules.plans.reader import read
from rules.plans.starter import starter
from rules.proposal import Answers
from rules.proposing import propose
from rules.reading import library
from tests.rules.plan_builders import a_site
from tests.rules.plans.builders import a_drawing, a_small_house

DRAWINGS = Path(__file__).resolve().parents[1].parent / "shared" / "plans" / "kerala"
ROUNDS = 7
DAY = date(2026, 1, 1)
TURN = 35.0
"""Degrees by which the plot lies turned on its site."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Processor seconds; `has_plot` is false for a drawing that shows none, which is no plan on a parcel."""

    read: float
    outlines: float
    laying: float
    yards: float
    asking: float
    checking: float
    has_plot: bool

    @property
    def measuring(self) -> float:
        """All that makes the document that was read a measured plan on its parcel."""
        return self.outlines + self.laying + self.yards


@contextmanager
def drawings() -> Iterator[list[Path]]:
    """The drawings that are checked."""
    if DRAWINGS.is_dir():
        yield sorted(DRAWINGS.glob("*.dxf"))
        return
    made = {
        "house": a_drawing(),
        "small-house": a_small_house(),
        "starter": starter(a_site({}), set_back=3.0),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, content in made.items():
            Path(folder, f"{name}.dxf").write_bytes(content)
        yield sorted(Path(folder).glob("*.dxf"))


def parts_of(path: Path) -> Parts:
    """What a check of one drawing costs, each part the best of several rounds."""
    rounds = [_round(path) for _ in range(ROUNDS)]
    best = {each.name: min(getattr(one, each.name) for one in rounds) for each in fields(Parts)}
    return Parts(**best)


def _round(path: Path) -> Parts:
    """Every part once, of a document that was never measured before."""
    content, book = path.read_bytes(), library().on(DAY, LocalBody.MUNICIPALITY)
    by_ezdxf, _ = _clocked(lambda: ezdxf.readfile(path))
    problems = Problems()
    sheet = read(content, problems)
    outlines, drawing = _clocked(lambda: plan.measured(sheet, problems))
    site = _site(shapely.box(0, 0, 20, 25) if drawing.plot is None else drawing.plot.outline.shape)
    turn = math.radians(TURN)
    laying, (placement, note) = _clocked(lambda: laid(drawing, site, turn=turn))
    is_there = placement is not None and placement.matches
    yards, proposal = _clocked(
        lambda: propose(
            moved(drawing, placement) if placement is not None and is_there else drawing,
            site,
            Answers(),
            placement,
            note=note,
        )
    )
    asking, _ = _clocked(lambda: RULES.check_all(proposal, site, book))
    after, _ = _clocked(
        lambda: to_json(
            judged(drawing, site, library(), content=content, on=DAY, answers=Answers(), turn=turn)
        )
    )
    return Parts(
        read=by_ezdxf,
        outlines=outlines,
        laying=laying,
        yards=yards,
        asking=asking,
        checking=outlines + after,
        has_plot=drawing.plot is not None,
    )


def _clocked(act: Callable[[], T]) -> tuple[float, T]:
    """Processor seconds of one act, without what others left to be collected."""
    gc.collect()
    start = time.process_time()
    found = act()
    return time.process_time() - start, found


def _site(plot: Polygon) -> Site:
    there = affinity.translate(plot, -plot.centroid.x, -plot.centroid.y)
    there = set_precision(affinity.rotate(there, TURN, origin=(0, 0)), 0.001)
    said = {"roads": [{"side": 1}], "slope": 5, "overlays": {"zoning": "affected"}}
    return a_site(said, plot=list(orient(there).exterior.coords[:-1]))
