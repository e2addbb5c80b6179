"""Cases that divide land: their drawing is a layout file, which rule 31 judges, and without that judgement nothing is granted.

In: a case, the parcel as it is recorded.  Out: whether it divides land, why it was not judged, and a layout file to begin with.
"""

import orjson
import shapely
from sqlalchemy.orm import Session

from civic.core.case import Case, parcels_of
from civic.core.desk import Desk
from civic.permits.checking import newest_check
from civic.permits.model import Kind
from civic.permits.tables import PermitCaseRow, PermitRow
from gis.asof import AsOf
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from layers.site import frame_of
from rules.reckoning.layout import RULE


def divides(session: Session, case_id: int) -> bool:
    """Whether a case asks to divide land, by itself or by revising the permit of a layout."""
    row = session.get_one(PermitCaseRow, case_id)
    if row.kind != Kind.REVISION or row.of_permit is None:
        return row.kind == Kind.LAYOUT
    return session.get_one(PermitRow, (row.body, row.of_permit)).kind == Kind.LAYOUT


def why_not_judged(session: Session, case_id: int) -> str | None:
    """Why a division of land was not judged by the rules of layouts; None where it was, or none is asked for."""
    check = newest_check(session, case_id)
    if check is None or not divides(session, case_id):
        return None
    is_judged = any(each["rule"] == RULE for each in check.findings)
    return (
        None
        if is_judged
        else "What was handed in is no layout, so rule 31 was not judged; hand in a layout file."
    )


def layout_to_begin_with(desk: Desk, standing: Case) -> bytes:
    """A layout file of the case's plot: its boundary in true metres, north up, as land and as one plot to be divided.

    Raises `Invalid` where the plot lies in several parts.
    """
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    (number,) = parcels_of(desk.session, standing.id)
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    boundary = parcel(desk.session, place, number, at=at).boundary
    if not isinstance(boundary, shapely.Polygon):
        raise Invalid(f"Plot {number} lies in several parts; a layout divides one plot of one part.")
    ground = frame_of(boundary, place.metric).from_grid(boundary)
    ring = [[round(x, 3), round(y, 3)] for x, y in shapely.get_coordinates(ground.exterior)[:-1].tolist()]
    told = {
        "kind": "residential",
        "land": ring,
        "turn": 0,
        "plots": [{"number": "1", "outline": ring, "frontage": None}],
        "streets": [],
        "open_spaces": [],
        "splays": [],
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"
