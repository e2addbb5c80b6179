"""After an import: layers that cover the ground are simplified as one, for every process that will draw them.

In: an engine, a place, the state folder.  Out: files below `coverages`, from which tiles are drawn.
"""

from pathlib import Path

from sqlalchemy import Engine

from api.answers import as_of
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from tiles.coverages import keep_in
from tiles.vector import simplify_coverages

COVERAGES = "coverages"
"""The folder below the state."""


def simplify_after_import(engine: Engine, code: str, state: Path) -> None:
    """Simplify the coverages of a place as it stands today."""
    keep_in(engine, state / COVERAGES)
    with transaction(engine) as session:
        place = jurisdiction(session, code)
        simplify_coverages(session, place, at=as_of(session, place, on=None, known=None))
