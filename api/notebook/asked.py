"""A drawing judged on a plot, and the bar that shows how far a long question is.

In: the answers of the platform, a drawing, the number of a plot.  Out: `Checked`; what is told of plots, with a bar on the error stream where they are many.
"""

from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import geopandas
import orjson
import pandas as pd
import shapely
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from shapely.geometry.base import BaseGeometry

from api.answers import LandAnswers, today
from api.plans import check_file, site_of
from gis.crs import to_metric
from gis.place import Jurisdiction
from rules.check_document import document
from rules.checking import PlanCheck
from web.plan_sketch import plan_svg

MANY = 200
"""Plots from which on a bar shows how far the work is."""
Row = dict[str, object]
Told = TypeVar("Told")


def with_progress(
    told: Iterable[Told], what: str, *, total: int | None = None, at_once: int = 1
) -> Iterator[Told]:
    """Numbers, or what is told of `total` plots, one by one or `at_once` together, with a bar where they are many."""
    count = len(told) if isinstance(told, Sized) else total
    if count is not None and count < MANY:
        yield from told
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, done = bar.add_task(what, total=count), 0
        for each in told:
            done += at_once
            bar.update(task, completed=done if count is None else min(done, count))
            yield each


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A judged drawing: the check with its verdict and its drawing (SVG), a row for each finding with the place that decided it."""

    check: PlanCheck
    findings: geopandas.GeoDataFrame

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
    shapes = [_places(each["places"], place.metric) for each in found]
    table = geopandas.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=f"EPSG:{place.metric}")
    table.attrs = {
        "place": place.code,
        "plot": number,
        "on": day.isoformat(),
        "known": site.known.isoformat(),
        "crs": f"EPSG:{place.metric}",
        "synthetic": place.synthetic,
        "layer": "findings",
        "title": {"en": "Findings about the drawing"},
        "units": dict.fromkeys(("measured", "required"), "as the column “unit” says"),
        "sources": orjson.loads(orjson.dumps([asdict(each) for each in site.origins])),
    }
    return Checked(check=check, findings=table)


def _places(found: Sequence[dict[str, Any]], metric: int) -> BaseGeometry | None:
    """What decided, on the ground; None where nothing is shown, or the drawing could not be laid on the plot."""
    shapes = [shapely.from_geojson(orjson.dumps(each["geometry"])) for each in found if each["geometry"]]
    return to_metric(shapely.union_all(shapes), metric) if shapes else None


def _amount(found: dict[str, str] | None) -> float | None:
    return None if found is None else float(found["amount"])
