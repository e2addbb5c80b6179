"""Past permits under a reform, on the command line: how many would newly fail and by which rules, and a file of all of them.

In: the file of a reform, a place or a ward of it, the store of documents.  Out: lines on a console; CSV.
"""

from collections import Counter
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.answers import LandAnswers
from api.planner.cores import processors
from api.planner.reforming import reform_in
from api.planner.rejudging import JudgedAgain, PermitEffect, judged_again, permits_of, row_of_permit, told
from civic.core.documents.store import Store
from civic.permits.past import PastPermit
from gis.errors import Invalid

CHANGED = (PermitEffect.FAILS, PermitEffect.OPENS, PermitEffect.UNKNOWN)
"""Effects of which every permit is named."""


def print_permits(
    land: LandAnswers,
    store: Store,
    place: str,
    path: Path,
    ward: str | None,
    *,
    output: Path | None,
    out: Console,
    err: Console,
) -> None:
    """Judge the permits of a place or a ward again, tell what comes of it, and write a row for each beside `output`."""
    change, engine = reform_in(path), land.engine
    numbers = land.numbers_of_ward(place, ward, on=None) if ward else None
    permits = _permits(engine, place, numbers)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    again = judged_again(land, store, place, permits, change, cores=processors())
    with Progress(*columns, console=err, transient=True) as progress:
        found = list(progress.track(again, total=len(permits), description="Permits"))
    _print(found, out)
    if output is not None and found:
        _write(found, output.with_name(f"{output.stem}-permits.csv"), out)


def _permits(engine: Engine, place: str, numbers: list[str] | None) -> list[tuple[str, PastPermit]]:
    with Session(engine) as session, session.begin():
        return permits_of(session, place, plots=numbers)


def _print(found: list[JudgedAgain], out: Console) -> None:
    counts = Counter(each.effect for each in found)
    if not found:
        out.print("No permit was issued for these plots.", highlight=False)
    for effect in PermitEffect:
        if counts[effect]:
            out.print(f"{counts[effect]} of {len(found)} permits: {effect}", highlight=False)
    for each in found:
        if each.effect in CHANGED:
            name = f"{each.permit.number} (plot {', '.join(each.permit.plots)}): {each.effect}"
            out.print(f"  {escape(name)}", highlight=False, soft_wrap=True)
            for point in each.points:
                line = f"{told(point)}. {point.clause}"
                out.print(f"    {escape(line)}", highlight=False, soft_wrap=True)
            if each.reason:
                out.print(f"    {escape(each.reason)}", highlight=False, soft_wrap=True)


def _write(found: list[JudgedAgain], path: Path, out: Console) -> None:
    try:
        pd.DataFrame([row_of_permit(each) for each in found]).to_csv(path, index=False)
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error
    out.print(f"{path}: {len(found)} permits.", highlight=False)
