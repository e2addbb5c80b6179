"""Who answers in the bench of the extract: ours, and the statements by hand beside it.

In: a generated town.  Out: questions about a plot's number, for a session; and whether they say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bench.areas import areas_on
from bench.ground import CODE, Ground
from gis.asof import AsOf
from gis.db.quick import Reading, Row, connection_of
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.extract.assemble import extract_of_number
from layers.extract.footing import Footing, footing
from layers.extract.model import Extract
from layers.imports import standing

ON = date(2026, 1, 1)
FOLDER = Path(__file__).parent
AREAS = (FOLDER / "areas_baseline.sql").read_text(encoding="utf-8")
EXTRACT = (FOLDER / "extract_baseline.sql").read_text(encoding="utf-8")
LEAN = (FOLDER / "extract_lean_baseline.sql").read_text(encoding="utf-8")

Question = Callable[[Session, str], Any]


@dataclass(frozen=True, kw_only=True)
class Town:
    """A generated town, open for questions."""

    ground: Ground
    place: Jurisdiction
    base: Footing
    reading: Reading

    def asked(self, question: Question) -> Callable[[str], Any]:
        """A question about a number, put on the connection that all questions here share."""
        return lambda number: self.reading.answer(lambda session: question(session, number))

    def plots(self, wanted: int) -> list[str]:
        """Numbers drawn from all over the town, always the same."""
        statement = "SELECT number FROM parcel WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY md5(number) LIMIT %s"
        return [row[0] for row in self.reading.answer(lambda s: _fetched(s, statement, (wanted,)))]

    def backend(self) -> int:
        """The process of PostgreSQL that answers."""
        return self.reading.answer(lambda session: connection_of(session).info.backend_pid)


def town(ground: Ground, reading: Reading) -> Town:
    """A town with everything that is worked out once."""

    def opened(session: Session) -> Town:
        place = jurisdiction(session, CODE)
        known = last_recording(session, CODE)
        base = footing(place.catalogue, standing(session, place, known=known), known=known)
        return Town(ground=ground, place=place, base=base, reading=reading)

    return reading.answer(opened)


def our_areas(town: Town) -> Question:
    """Areas by feature."""
    at = AsOf(on=ON, known=town.base.known)
    return town.reading.answer(lambda session: areas_on(session, town.place, town.base, at=at))


def areas_by_hand(session: Session, number: str) -> list[Row]:
    """The same from tables that hold nothing else."""
    return _fetched(session, AREAS, {"number": number})


def our_extract(town: Town) -> Question:
    """The whole answer."""
    rasters = town.ground.state / "rasters"
    return lambda session, number: extract_of_number(session, town.place, number, on=ON, rasters=rasters)


def extract_by_hand(town: Town, statement: str) -> Question:
    """Its rows from one statement."""
    base = town.base
    tilings = [each.id for theme in base.themes if theme.layer.full_coverage for each in theme.imports]
    values = {
        "jurisdiction": CODE,
        "on": ON,
        "imports": list(base.reaches),
        "streets": list(base.streets),
        "tilings": tilings,
        "street_accuracy": max(each.accuracy for each in base.streets.values()),
    }
    return lambda session, number: _fetched(session, statement, values | {"number": number})


def _fetched(session: Session, statement: str, values: Any) -> list[Row]:
    with connection_of(session).cursor(binary=True) as cursor:
        return cursor.execute(statement.encode(), values, prepare=True).fetchall()


def differences(town: Town, number: str) -> list[str]:
    """Where our extract and the statement by hand disagree, beyond 0.02 m, 0.02 m² and the rounding of both."""
    ours: Extract = town.asked(our_extract(town))(number)
    theirs = town.asked(extract_by_hand(town, EXTRACT))(number)
    names = {each.id: each.name for each in town.base.imports}
    hand: dict[str, dict[str, float]] = {"feature": {}, "street": {}, "neighbour": {}}
    for kind, source, position, ref, label, _, _, _, _, area, length, _, _ in theirs:
        if kind == "feature" and area:
            hand[kind][f"{names[source]}:{position}"] = area
        elif kind == "street" and length > town.base.streets[source].accuracy:
            hand[kind][label] = length
        elif kind == "neighbour":
            hand[kind][ref] = length
    hits = [hit for theme in ours.themes for hit in (*theme.hits, *theme.left_out) if hit.area]
    mine = {
        "feature": {hit.feature: hit.area or 0.0 for hit in hits},
        "street": {each.label or each.ref: each.length for each in ours.frontages if each.width},
        "neighbour": {each.number: each.boundary for each in ours.neighbours},
    }
    return [
        f"{number}: {kind} {name}: ours {mine[kind].get(name)}, by hand {hand[kind].get(name)}"
        for kind in hand
        for name in sorted(hand[kind].keys() | mine[kind].keys())
        if abs(hand[kind].get(name, 0.0) - mine[kind].get(name, 0.0)) > _tolerance(kind)
    ]


def _tolerance(kind: str) -> float:
    """A corner where two parcels only meet counts as 0 m in the extract, and as up to twice the accuracy by hand."""
    return 0.25 if kind == "neighbour" else 0.02
