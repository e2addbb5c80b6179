"""The whole register as open data: every permit with the place of its plot, a page at a time.

In: a session inside a local body, the key where the last page ended.  Out: `blds.Entry` values, the newest first.
Each page is a question of its own along the index, so that a register of any size is told without holding it.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from civic.permits.blds import Entry
from civic.permits.model import Kind
from civic.permits.register import Key, Line, Wanted, measures_of, permits_in
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitRow
from gis.asof import AsOf
from gis.crs import GEOGRAPHIC
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import holding
from gis.parcels.tables import ParcelRow
from gis.recordings import last_recording

PAGE = 1000
"""Permits that are read at once."""
LICENCES = {
    True: (
        "CC0-1.0",
        "CC0 1.0: made-up permits, nobody's rights",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    False: (
        "other-open",
        "Public register of the local body; for the terms of further use ask the local body, which has set none here",
        "",
    ),
}
"""By whether the local body is made up: name, words, address.  A real body sets its own; none is guessed."""
STATES = {"kl": "Kerala"}
"""States by the beginning of a jurisdiction's code."""


def state_name(body: LocalBody) -> str:
    """The State or province of a body's land; empty where its code does not tell."""
    return STATES.get(body.jurisdiction.partition("-")[0], "")


def all_entries(engine: Engine, code: str, *, on: date) -> Iterator[Entry]:
    """Every permit of a body; each page in a short transaction of its own, so that a slow reader holds none open."""
    after: Key | None = None
    while True:
        with inside(engine, code) as (session, body):
            page = entries(session, body, on=on, after=after)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].line.key


def entries(session: Session, body: LocalBody, *, on: date, after: Key | None = None) -> list[Entry]:
    """A page of the register with what each drawing measures and where it lies."""
    lines = permits_in(session, Wanted(), on=on, after=after, most=PAGE)
    numbers = [each.number for each in lines]
    measures, occupied = _measures(session, numbers), _occupied(session, numbers)
    spots = _spots(session, body, lines, on=on)
    return [
        Entry(
            line=each,
            measures=measures.get(each.number, ()),
            spot=next((spots[plot] for plot in each.plots if plot in spots), None),
            occupied=occupied.get(each.number),
        )
        for each in lines
    ]


def _measures(session: Session, numbers: Sequence[str]) -> dict[str, tuple[tuple[str, str, str], ...]]:
    query = (
        select(PermitRow.number, PermitCheckRow.found["measures"])
        .join(PermitCheckRow, PermitCheckRow.id == PermitRow.check_id)
        .where(PermitRow.number.in_(numbers))
    )
    return {number: measures_of({"measures": told}) for number, told in session.execute(query)}


def _occupied(session: Session, numbers: Sequence[str]) -> dict[str, date]:
    """When the last occupancy certificate was issued for each permit that has one."""
    query = (
        select(PermitCaseRow.of_permit, func.max(PermitRow.issued))
        .join(PermitRow, PermitRow.case_id == PermitCaseRow.case_id)
        .where(
            PermitCaseRow.of_permit.in_(numbers),
            PermitRow.kind == Kind.OCCUPANCY,
            PermitRow.revoked.is_(None),
        )
        .group_by(PermitCaseRow.of_permit)
    )
    return {str(number): issued for number, issued in session.execute(query)}


def _spots(
    session: Session, body: LocalBody, lines: Sequence[Line], *, on: date
) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of a point within each plot as it stands; a plot that stands no more has none."""
    place = jurisdiction(session, body.jurisdiction)
    at = AsOf(on=on, known=last_recording(session, place.code))
    spot = func.ST_Transform(func.ST_PointOnSurface(ParcelRow.boundary), GEOGRAPHIC)
    named = {plot for each in lines for plot in each.plots}
    query = select(ParcelRow.number, func.ST_X(spot), func.ST_Y(spot)).where(
        ParcelRow.jurisdiction == place.code, ParcelRow.number.in_(named), *holding(at)
    )
    return {number: (x, y) for number, x, y in session.execute(query)}
