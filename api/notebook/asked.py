"""Plots asked one by one: what lies on each, what each can carry, and a drawing judged.

In: the answers of the platform, numbers of plots.  Out: rows for a table, and `Checked`.  A plot that cannot be answered has a row
that says why.
"""

from collections.abc import Iterable, Iterator, Sized
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import orjson
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from shapely.geometry.base import BaseGeometry

from api.answers import LandAnswers, today
from api.envelopes import carried
from api.plans import check_file, site_of
from gis.errors import LandError
from gis.place import Jurisdiction
from rules.check_document import document
from rules.checking import PlanCheck
from rules.envelopes.model import Envelope
from web.plan_sketch import plan_svg

MANY = 200
"""Plots from which on a bar shows how far the work is."""
Row = dict[str, object]
Told = TypeVar("Told")


def with_progress(told: Iterable[Told], what: str, *, total: int | None = None) -> Iterator[Told]:
    """Numbers, or what is told of `total` plots, one by one, with a bar where they are many."""
    count = len(told) if isinstance(told, Sized) else total
    if count is not None and count < MANY:
        yield from told
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(told, total=count, description=what)


def extract_rows(land: LandAnswers, place: str, number: str, on: date | None) -> Iterator[Row]:
    """A row for each theme of a plot."""
    extract = land.extract(place, number=number, on=on, known=None)
    for theme in extract.themes:
        yield {
            "number": number,
            "theme": theme.layer,
            "title": theme.title.en,
            "status": str(theme.status),
            "reason": theme.reason.en,
            "area": theme.area,
            "percent": theme.share_of_measured,
            "length": theme.length,
            "count": theme.count,
            "distance": theme.distance,
            "law": theme.law.text.en if theme.law.text else None,
            "clause": theme.law.clause,
            "authority": theme.law.authority.en,
            "consult": theme.law.consult.en if theme.law.consult else None,
        }


def envelope_row(
    land: LandAnswers, place: Jurisdiction, number: str, day: date, *, occupancy: str, storey_height: Decimal
) -> Row:
    """What a plot can carry, or the reason why that cannot be told."""
    empty: Row = dict.fromkeys(
        ("front", "plot_area", "ground", "footprint", "floor_area", "storeys", "decider", "certain")
    )
    try:
        site = site_of(land, place.code, number, on=day)
        found = carried(site, day, occupancy=occupancy, storey_height=storey_height, front=None)
    except LandError as error:
        return {"number": number, **empty, "reason": error.message, "geometry": None}
    shape: BaseGeometry | None = None
    if found.choice is not None:
        shape = site.frame.to_grid(found.choice.ground)
    return {"number": number, **empty, **_carried(found), "geometry": shape}


def _carried(found: Envelope) -> Row:
    choice = found.choice
    if choice is None:
        reason = f"the front is not known; {len(found.candidates)} candidates"
        return {"plot_area": float(found.plot_area), "certain": False, "reason": reason}
    largest = choice.carried[0] if choice.carried else None
    return {
        "front": choice.title,
        "plot_area": float(found.plot_area),
        "ground": float(choice.bands[0].area) if choice.bands else 0.0,
        "footprint": None if choice.footprint is None else float(choice.footprint),
        "floor_area": None if choice.floor_area is None else float(choice.floor_area),
        "storeys": choice.storeys,
        "decider": str(largest.decider) if largest else None,
        "certain": found.is_certain,
        "reason": "; ".join(gap.reason for gap in found.gaps) or None,
    }


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A judged drawing: the verdict, a row for each finding, the document as JSON values, the drawing as SVG."""

    check: PlanCheck
    findings: pd.DataFrame

    @property
    def verdict(self) -> str:
        """Pass, fail or unknown."""
        return str(self.check.report.verdict)

    def _repr_html_(self) -> str:
        """The drawing with what decided, and the verdict, in a notebook."""
        return (
            f"<p><strong>{self.verdict}</strong>, plot {self.check.site.number}, by the rules of {self.check.on}</p>"
            f"{plan_svg(self.check, title=self.check.site.number)}"
        )


def checked(land: LandAnswers, place: Jurisdiction, plan: Path, number: str, on: date | None) -> Checked:
    """A drawing judged on a plot."""
    day = on or today()
    site = site_of(land, place.code, number, on=day)
    check = check_file(plan, site, on=day, turn=None, answers=None)
    found = orjson.loads(orjson.dumps(document(check)))["findings"]
    rows = [
        {
            **{
                name: each[name]
                for name in ("rule", "title", "subject", "clause", "outcome", "force", "reason", "remedy")
            },
            "measured": _amount(each["measured"]),
            "required": _amount(each["required"]),
            "unit": (each["required"] or each["measured"] or {}).get("unit"),
            "handles": ", ".join(handle for place in each["places"] for handle in place["handles"]),
        }
        for each in found
    ]
    table = pd.DataFrame(rows)
    table.attrs = {
        "place": place.code,
        "plot": number,
        "on": day.isoformat(),
        "known": site.known.isoformat(),
        "crs": f"EPSG:{place.metric}",
        "synthetic": place.synthetic,
        "units": dict.fromkeys(("measured", "required"), "as the column “unit” says"),
        "sources": orjson.loads(orjson.dumps([asdict(each) for each in site.origins])),
    }
    return Checked(check=check, findings=table)


def _amount(found: dict[str, str] | None) -> float | None:
    return None if found is None else float(found["amount"])
