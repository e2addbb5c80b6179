"""A reform as a notebook gives it, and the permits that were issued judged again under it.

In: a `Reform`, its text or its file; a place and the store of drawings.  Out: a table with a row for each permit.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

import geopandas
import pandas as pd
import pyarrow as pa
from sqlalchemy.orm import Session

from api.answers import LandAnswers
from api.notebook.asked import with_progress
from api.planner.cores import processors
from api.planner.reforming import reform_in
from api.planner.rejudging import judged_again, permits_of, row_of_permit
from api.planner.simulating import Simulated, row_of
from api.planner.tracts import AT_ONCE, in_pieces
from civic.core.documents.store import Store
from civic.reforms.rows import batch, columns
from gis.errors import Unavailable
from gis.place import Jurisdiction
from rules.reform import Reform, reform


def meant(change: Reform | Path | str) -> Reform:
    """The reform that is meant: itself, a text, or the path of a file where it is one line; shapes that a file names lie beside it."""
    if isinstance(change, Reform):
        return change
    return reform(change) if isinstance(change, str) and "\n" in change else reform_in(Path(change))


def before_and_after(found: Iterable[Simulated], change: Reform) -> pd.DataFrame:
    """Simulated plots as a table, put together column by column, so that no more than the table itself is ever in memory."""
    kinds = columns(with_zones=bool(change.zones))
    parts = [batch([row_of(each) for each in some], kinds) for some in in_pieces(found, AT_ONCE)]
    return pa.Table.from_batches(parts, schema=kinds).to_pandas()


def again(
    land: LandAnswers,
    store: Store | None,
    place: Jurisdiction,
    change: Reform,
    plots: Collection[str] | None,
    there: geopandas.GeoDataFrame,
) -> geopandas.GeoDataFrame:
    """Every permit of the plots, or of all, judged with and without a reform; the geometry is that of its plot today."""
    if store is None:
        raise Unavailable("This notebook was not told where drawings lie; connect with connect(place).")
    with Session(land.engine) as session, session.begin():
        permits = permits_of(session, place.code, plots=plots)
    found = judged_again(land, store, place.code, permits, change, cores=processors())
    numbers = with_progress([permit.number for _, permit in permits], "Permits")
    rows = [row_of_permit(each) for _, each in zip(numbers, found, strict=True)]
    table = pd.DataFrame(rows, columns=None if rows else COLUMNS)
    joined = table.merge(
        there[["number", "geometry"]].rename(columns={"number": "plot"}), on="plot", how="left"
    )
    result = geopandas.GeoDataFrame(joined, geometry="geometry", crs=there.crs)
    result.attrs = {
        **{name: there.attrs[name] for name in ("place", "on", "known", "crs", "synthetic")},
        "layer": "permits under a reform",
        "title": {"en": change.title.en, "ml": change.title.ml or change.title.en},
        "reform": change.model_dump(mode="json", by_alias=True),
        "units": {"geometry": "m, grid of the place"},
        "caveat": "What officers accepted or overruled is not weighed again.",
    }
    return result


COLUMNS = [
    "permit",
    "body",
    "kind",
    "issued",
    "plot",
    "effect",
    "verdict_at_issue",
    "verdict_before",
    "verdict_after",
    "newly_fails",
    "newly_open",
    "no_longer_fails",
    "reason",
]
"""What stands in a row."""
