"""Founding and finding jurisdictions.

In: a code, or a new jurisdiction.  Out: `Jurisdiction` values.
"""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gis.crs import check_metric
from gis.db.straight import straight
from gis.db.tables import JurisdictionRow
from gis.errors import Conflict, Invalid, NotFound
from gis.place import Jurisdiction

__all__ = ["Jurisdiction", "found", "jurisdiction", "jurisdictions"]

RESERVED = {
    "api",
    "docs",
    "health",
    "law",
    "ogc",
    "openapi.json",
    "redoc",
    "search",
    "static",
    "tiles",
    "town",
    "vendor",
}
"""First parts of addresses that mean something else."""


_ONE = text(
    "SELECT code, name_en, name_ml, metric, catalogue, rule_book, synthetic FROM jurisdiction WHERE code = :code"
)


def _to_jurisdiction(row: Any) -> Jurisdiction:
    return Jurisdiction(
        code=row.code,
        name_en=row.name_en,
        name_ml=row.name_ml,
        metric=row.metric,
        catalogue=row.catalogue,
        rule_book=row.rule_book,
        synthetic=row.synthetic,
    )


def jurisdictions(session: Session) -> list[Jurisdiction]:
    """All jurisdictions, by code."""
    return [
        _to_jurisdiction(row)
        for row in session.scalars(select(JurisdictionRow).order_by(JurisdictionRow.code))
    ]


def jurisdiction(session: Session, code: str) -> Jurisdiction:
    """The jurisdiction with this code, or `NotFound` with the known ones."""
    rows = straight(session, _ONE, {"code": code})
    if not rows:
        known = ", ".join(place.code for place in jurisdictions(session)) or "none yet"
        raise NotFound(f"There is no jurisdiction “{code[:40]}”. Known: {known}.", code="no-place")
    return _to_jurisdiction(rows[0])


_WORDS = {
    "name_en": "English name",
    "name_ml": "Malayalam name",
    "metric": "metric system (EPSG)",
    "catalogue": "catalogue",
    "rule_book": "rule book",
    "synthetic": "mark as synthetic",
}


def _clash(existing: Jurisdiction, other: Jurisdiction) -> str:
    """What differs, each with what stands and what was given."""
    stands, given = asdict(existing), asdict(other)
    return "; ".join(
        f"its {words} is {_told(stands[field])}, not {_told(given[field])}"
        for field, words in _WORDS.items()
        if stands[field] != given[field]
    )


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else f"“{value}”"


def found(session: Session, place: Jurisdiction) -> Jurisdiction:
    """Found a jurisdiction, or confirm that it exists just so; its metric system can never change."""
    check_metric(place.metric)
    if place.code in RESERVED:
        raise Invalid(f"“{place.code}” is an address of the platform itself; choose another code.")
    session.execute(insert(JurisdictionRow).values(asdict(place)).on_conflict_do_nothing())
    existing = jurisdiction(session, place.code)
    if existing != place:
        raise Conflict(
            f"The jurisdiction “{place.code}” exists with other properties: {_clash(existing, place)}."
            " Correct them in the mapping, or use another code."
        )
    return existing
