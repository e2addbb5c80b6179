"""`bhumika tiles export`: the tiles of a place in one file, with its progress.

In: an engine, a place, names of layers, zooms, a point in both times, a file.  Out: the file, and a line that says what is in it.
"""

from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from api.answers import as_of
from api.importing import progress_bars
from gis.db.session import transaction
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from layers.wards import ground_of_ward
from tiles.archive import export, zooms_of
from tiles.store import shelf_of
from tiles.tilejson import chosen, drawn_layers

ENDING = ".pmtiles"


def export_tiles(
    engine: Engine,
    code: str,
    file: Path,
    *,
    layers: str,
    zooms: str,
    on: date | None,
    known: datetime | None,
    ward: str | None,
    stores: Path,
    out: Console,
    err: Console,
) -> None:
    """Write the archive, of a ward alone where one is named, and say what it holds."""
    wanted = zooms_of(zooms)
    if file.suffix != ENDING:
        raise Invalid(f"{file.name}: the ending says the form; use {ENDING}.")
    with transaction(engine) as session, progress_bars(err) as bars:
        place = jurisdiction(session, code)
        at = as_of(session, place, on=on, known=known)
        names = [name for name in layers.split(",") if name]
        drawn = chosen(drawn_layers(session, place, at=at), names, place)
        written = export(
            session,
            place,
            file,
            drawn=drawn,
            zooms=wanted,
            at=at,
            progress=lambda done, total: bars.moved("tiles", done, total),
            ground=ground_of_ward(session, place, ward, at=at) if ward else None,
            shelf=shelf_of(stores, place.code),
        )
    held = ", ".join(each.id for each in drawn)
    out.print(
        f"{file}: {written.tiles} tiles of {held}, {written.size / 1e6:.1f} MB.",
        highlight=False,
        soft_wrap=True,
    )
