"""Stored search keys follow the code that makes them: a name is found only by keys of one making.

In: a session.  Out: every stored name with the keys that `gis.names` makes of it now, and the version by which they were made.
Nothing that an answer shows is changed: names, positions and imports stay as they are.
"""

import ast
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.db.sql import statement
from layers.importers.searchable import keys_of

MAKERS = ("names.py", "romanise.py")
"""The modules of `gis` that decide what a key is."""
AT_ONCE = 10_000
Progress = Callable[[int, int], object]

_LOCK = "LOCK TABLE place_name, search_key_version IN SHARE ROW EXCLUSIVE MODE"
_STAGE = "CREATE TEMPORARY TABLE stage_key (id int8, folded text, sound_key text) ON COMMIT DROP"
_FILL = text("INSERT INTO stage_key VALUES (:id, :folded, :sound_key)")


@lru_cache(maxsize=1)
def version() -> str:
    """What names the present key-making: a digest (sha256, hex) of its code, not of its comments or layout."""
    trees = [ast.dump(ast.parse(files("gis").joinpath(name).read_text(encoding="utf-8"))) for name in MAKERS]
    return hashlib.sha256("\n".join(trees).encode()).hexdigest()


def are_current(session: Session) -> bool:
    """Whether every stored key was made as keys are made now."""
    stored = session.scalars(text("SELECT version FROM search_key_version")).all()
    return list(stored) == [version()]


def remake(session: Session, *, progress: Progress | None = None) -> int:
    """Make the keys of every stored name anew where they are not current, and remember by what; how many places had to be.

    Imports wait meanwhile; questions do not.  A name of which the older code made no key at all was never stored: it
    comes with the next import of its file.
    """
    if are_current(session):
        return 0
    session.execute(text(_LOCK))
    if are_current(session):  # another program was quicker
        return 0
    places = _remake(session, progress)
    session.execute(text("DELETE FROM search_key_version"))
    session.execute(text("INSERT INTO search_key_version VALUES (:version)"), {"version": version()})
    return places


def _remake(session: Session, progress: Progress | None) -> int:
    session.execute(text(_STAGE))
    session.execute(statement(__package__, "search_keys_places"))
    total: int = session.execute(text("SELECT count(*) FROM stage_place_of")).scalar_one()
    done = 0
    for places in _in_parts(session):
        rows = [row for place in places for row in _rows(place)]
        if rows:
            session.execute(_FILL, rows)
        done += len(places)
        if progress is not None:
            progress(done, total)
    newest = session.scalar(text("SELECT max(id) FROM place_name"))
    session.execute(statement(__package__, "search_keys_names"))
    session.execute(text("DELETE FROM place_name WHERE id <= :newest"), {"newest": newest})
    session.execute(text("DROP TABLE stage_key, stage_place_of"))
    return total


def _in_parts(session: Session) -> Iterator[Sequence[Any]]:
    after = 0
    query = text(
        "SELECT id, name_en, name_ml FROM stage_place_of WHERE id > :after ORDER BY id LIMIT :at_once"
    )
    while found := session.execute(query, {"after": after, "at_once": AT_ONCE}).all():
        yield found
        after = found[-1].id


def _rows(place: Any) -> Iterator[dict[str, object]]:
    for folded, sound_key in keys_of(place.name_en, place.name_ml):
        yield {"id": place.id, "folded": folded, "sound_key": sound_key}
