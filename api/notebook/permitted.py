"""What stands permitted on each plot on a day: which permits count, and what the checked drawing of each measures.

In: a session in the reading role, a place, a point in both times.  Out: a row for each building permit with floor area, covered ground and cars, and
how it counts.  A drawing shows all that stands and is to stand on its plots, so the newest one of a plot counts and takes the place of those before.
What a drawing does not tell is empty, never 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from civic.core.bodies import bodies_of, enter
from civic.permits.open_data import LICENCES
from gis.asof import AsOf
from gis.errors import NotFound
from gis.parcels.tables import ParcelRow
from gis.place import Jurisdiction

BUILDING = ("new", "addition", "change_of_use", "revision", "regularisation", "occupancy")
"""Kinds of permits whose drawing shows what stands on the plot."""
DEMOLITION, OCCUPANCY = "demolition", "occupancy"
COUNTS, REPLACED, LAPSED, REVOKED, NOT_TOLD = "counts", "replaced", "lapsed", "revoked", "not told"
"""How a permit stands in the sum: it counts; newer drawings stand for all its plots; it ended without an occupancy certificate; it was taken
back; or it counts and its drawing tells no floor area."""
MEASURES = ("floor_area", "built_up_area", "covered", "cars_asked", "cars_drawn", "rain_asked", "rain_drawn")
COLUMNS = (
    "permit", "body", "kind", "route", "plots", "issued", "until", "revoked", "follows", "stands",
    "floor_area", "built_up_area", "height", "storeys", "covered", "cars_asked", "cars_drawn",
    "rain_asked", "rain_drawn", "is_declared", "checked",
)  # fmt: skip
UNITS = {
    "floor_area": "m²",
    "built_up_area": "m²",
    "height": "m",
    "covered": "m² of ground",
    "cars_asked": "cars the rules ask room for",
    "cars_drawn": "cars the drawing has room for",
    "rain_asked": "litres of rain water that rule 76 has stored",
    "rain_drawn": "litres that the drawing's tanks hold",
}
_PERMITS = text(
    "SELECT m.*, (SELECT array_agg(p.number ORDER BY p.number) FROM case_parcel p"
    " WHERE p.body = m.body AND p.case_id = m.case_id) AS plots"
    " FROM permit_measured m WHERE m.issued <= :day ORDER BY m.issued, m.number"
)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A permit as far as it matters which of several counts."""

    number: str
    kind: str
    plots: frozenset[str]
    issued: date
    until: date | None
    revoked: date | None
    follows: str | None
    is_told: bool


def permitted(session: Session, place: Jurisdiction, *, at: AsOf) -> pd.DataFrame:
    """A row for each permit of a building issued up to a day in every town hall on this land, with how it stands on that day."""
    bodies = bodies_of(session, place.code)
    if not bodies:
        raise NotFound(f"{place.name_en} has no town hall here, so there are no permits.")
    rows: list[dict[str, Any]] = []
    for body in bodies:
        enter(session, body.code)
        told = session.execute(_PERMITS, {"day": at.on}).mappings()
        rows += [row for row in (_row(dict(each)) for each in told) if row is not None]
    table = standing_on(pd.DataFrame(rows, columns=list(COLUMNS)), on=at.on)
    figures = [*MEASURES, "height", "storeys"]
    table[figures] = table[figures].astype(float)
    return table


PERMITS = "Register of building permits, and the checked drawings behind it"
CASES = "Cases of the town hall, without anything about persons"


def sources_of(session: Session, place: Jurisdiction, what: str = PERMITS) -> list[dict[str, Any]]:
    """Whose permits or cases they are, and on what terms they may be used further."""
    return [
        {
            "title": what,
            "publisher": body.name_en,
            "licence": LICENCES[body.synthetic][1],
        }
        for body in bodies_of(session, place.code)
    ]


def standing_on(table: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """The permits of a table that were issued up to a day, with how each stands on it."""
    is_issued = np.array([issued <= on for issued in table["issued"]], dtype=bool)
    there = table[is_issued].reset_index(drop=True)
    stand: dict[tuple[str, str], str] = {}
    for body, permits in there.groupby("body"):
        told = stands([_held(each) for each in permits.to_dict("records")], on=on)
        stand |= {(str(body), number): word for number, word in told.items()}
    words = [stand[body, number] for body, number in zip(there["body"], there["permit"], strict=True)]
    return there.assign(stands=pd.Series(words, index=there.index, dtype=object))


def stands(permits: Sequence[Held], *, on: date) -> dict[str, str]:
    """How each permit of a local body stands on a day, by number; the sum takes those that count.

    A permit that ended counts only where an occupancy certificate followed it.  After a demolition nobody is told what is left, so nothing of its
    plots counts any more.
    """
    finished = {
        each.follows
        for each in permits
        if each.kind == OCCUPANCY and each.issued <= on and not _is_revoked(each, on)
    }
    found: dict[str, str] = {}
    standing: list[Held] = []
    for each in sorted(permits, key=lambda each: (each.issued, each.number)):
        if each.issued > on:
            continue
        if _is_revoked(each, on):
            found[each.number] = REVOKED
        elif _has_ended(each, on) and each.number not in finished:
            found[each.number] = LAPSED
        else:
            standing.append(each)
    later: set[str] = set()
    for each in reversed(standing):
        is_replaced = bool(each.plots) and each.plots <= later
        told = COUNTS if each.is_told else NOT_TOLD
        found[each.number] = REPLACED if is_replaced else told
        later |= each.plots
    return found


def _has_ended(permit: Held, on: date) -> bool:
    """Whether it ran out before the day; whether a demolition was done in time nobody tells, so it is never taken for not done."""
    return permit.kind != DEMOLITION and permit.until is not None and permit.until < on


def _is_revoked(permit: Held, on: date) -> bool:
    return permit.revoked is not None and permit.revoked <= on


def _held(row: Mapping[str, Any]) -> Held:
    return Held(
        number=row["permit"],
        kind=row["kind"],
        plots=frozenset(row["plots"]),
        issued=row["issued"],
        until=row["until"],
        revoked=row["revoked"],
        follows=row["follows"],
        is_told=row["kind"] != DEMOLITION and bool(pd.notna(row["floor_area"])),
    )


def _row(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """A permit of a building; None for what shows no building: a well, a wall, a layout, a renewal."""
    if told["kind"] not in (*BUILDING, DEMOLITION):
        return None
    measures = told["measures"] or {}
    findings = told["findings"] or {}
    declared = [each["is_declared"] for each in measures.values() if each]
    return {
        "permit": told["number"],
        "body": told["body"],
        "kind": told["kind"],
        "route": told["route"],
        "plots": tuple(told["plots"] or ()),
        "issued": told["issued"],
        "until": told["until"],
        "revoked": told["revoked"],
        "follows": told["of_permit"],
        **{
            name: _amount(measures.get(name), "amount")
            for name in ("floor_area", "built_up_area", "height", "storeys")
        },
        "covered": _covered(told, findings.get("coverage")),
        "cars_asked": _asked(findings.get("parking_count")),
        "cars_drawn": _amount(findings.get("parking_count"), "measured"),
        "rain_asked": _asked(findings.get("rain_water")),
        "rain_drawn": _amount(findings.get("rain_water"), "measured"),
        "is_declared": any(declared) if declared else None,
        "checked": told["checked"],
    }


def _amount(told: Mapping[str, Any] | None, name: str) -> float | None:
    return None if told is None or told[name] is None else float(told[name])


def _asked(finding: Mapping[str, Any] | None) -> float | None:
    """Cars or litres that the rules ask room for; 0 only where the law itself asks for none."""
    if finding is not None and finding["outcome"] == "not applicable":
        return 0.0
    return _amount(finding, "required")


def _covered(told: Mapping[str, Any], finding: Mapping[str, Any] | None) -> float | None:
    """Covered ground in m², from its share of the plot's area: the lesser of the recorded and the measured one (rule 2(1)(cg))."""
    share = _amount(finding, "measured")
    areas = [each for each in (told["plot_recorded"], told["plot_measured"]) if each is not None]
    return None if share is None or not areas else share * min(areas) / 100


def plots_of(
    session: Session, place: Jurisdiction, permits: pd.DataFrame, *, at: AsOf
) -> list[BaseGeometry | None]:
    """The ground of each permit's plots together, as they were on the day it was issued, else as they last stood; None for unknown numbers."""
    numbers = sorted({number for plots in permits["plots"] for number in plots})
    query = (
        select(
            ParcelRow.number,
            func.lower(ParcelRow.valid),
            func.upper(ParcelRow.valid),
            func.ST_AsBinary(ParcelRow.boundary),
        )
        .where(ParcelRow.jurisdiction == place.code, ParcelRow.number.in_(numbers))
        .where(ParcelRow.recorded.contains(at.known))
        .order_by(ParcelRow.number, func.lower(ParcelRow.valid))
    )
    states: dict[str, list[tuple[date, date | None, BaseGeometry]]] = {}
    for number, begins, ends, shape in session.execute(query):
        states.setdefault(number, []).append((begins, ends, shapely.from_wkb(bytes(shape))))
    found: list[BaseGeometry | None] = []
    for plots, issued in zip(permits["plots"], permits["issued"], strict=True):
        there = [_state(states[number], issued) for number in plots if number in states]
        found.append(shapely.union_all(there) if there else None)
    return found


def _state(states: Sequence[tuple[date, date | None, BaseGeometry]], on: date) -> BaseGeometry:
    held = [shape for begins, ends, shape in states if begins <= on and (ends is None or on < ends)]
    return held[0] if held else states[-1][2]
