"""`bhumika overlaps`: the ground that parcels share with layers, measured where something has changed, with its progress.

In: an engine of the owner, a place.  Out: the facts made fresh, and for each import how many there are and since when.
"""

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from api.importing import progress_bars
from api.printing import print_json
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.imports import standing
from layers.overlaps.queries import counts, kept
from layers.overlaps.refresh import Refreshed, refresh


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of an import."""

    layer: str
    source: str
    state: str
    """Fresh, behind (parcels have changed since), or never measured."""
    known: datetime | None
    pairs: int | None
    """Pairs that share ground, as known then; None where nobody has measured."""
    unknown: int | None
    """Pairs of which nobody can tell."""


def make_fresh(
    engine: Engine, code: str, *, anew: bool, cores: int | None, out: Console, err: Console, as_json: bool
) -> None:
    """Measure what has changed and print what there is."""
    with transaction(engine) as session, progress_bars(err) as bars:
        place = jurisdiction(session, code)
        done = refresh(session, place, anew=anew, cores=cores, progress=bars.moved)
    _print(engine, place, done, out, as_json=as_json)


def show_kept(engine: Engine, code: str, *, out: Console, as_json: bool) -> None:
    """Print what there is, and measure nothing."""
    with transaction(engine) as session:
        place = jurisdiction(session, code)
    _print(engine, place, None, out, as_json=as_json)


def _print(
    engine: Engine, place: Jurisdiction, done: Refreshed | None, out: Console, *, as_json: bool
) -> None:
    found = _kept(engine, place)
    if as_json:
        print_json({"done": done and _values(done), "imports": [vars(each) for each in found]})
        return
    table = Table("layer", "facts", "as known (UTC)", "pairs", "not known")
    for each in found:
        since = "" if each.known is None else f"{each.known:%Y-%m-%d %H:%M}"
        table.add_row(each.layer, each.state, since, _number(each.pairs), _number(each.unknown))
    out.print(table)
    if done is not None:
        out.print(
            f"{done.measured} pairs measured, {done.taken_over} taken over; {done.states} states of parcels read for"
            f" {len(done.imports)} imports.",
            highlight=False,
        )


def _number(pairs: int | None) -> str:
    return "" if pairs is None else str(pairs)


def _values(done: Refreshed) -> dict[str, object]:
    return {
        "measured": done.measured,
        "taken_over": done.taken_over,
        "imports": len(done.imports),
        "states": done.states,
    }


def _kept(engine: Engine, place: Jurisdiction) -> list[Kept]:
    with transaction(engine) as session:
        known = last_recording(session, place.code)
        names = {each.id: each.name for each in standing(session, place, known=known)}
        found = kept(session, place, known=known)
        pairs = counts(session, [each.import_id for each in found])
    return [
        Kept(
            layer=each.target,
            source=names[each.import_id],
            state="never measured" if each.parcels_to is None else "fresh" if each.is_fresh else "behind",
            known=each.known,
            pairs=None if each.parcels_to is None else pairs.get(each.import_id, (0, 0))[0],
            unknown=None if each.parcels_to is None else pairs.get(each.import_id, (0, 0))[1],
        )
        for each in found
    ]
