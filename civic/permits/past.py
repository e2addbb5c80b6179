"""The permits that were issued, with what was drawn for each, to be judged again; nothing of any person is read.

In: a session inside a local body, in the service's role or the planner's.  Out: frozen values by number.  A permit of which no drawing can be
judged is among them, with the reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from civic.permits.model import UNDRAWN

DRAWN_AS = ("image/vnd.dxf", "application/x-step")
"""Media types of drawings that can be measured."""
_DRAWN = text(
    "SELECT d.number, d.kind, d.issued, d.verdict, d.said, d.sha256, d.media_type, d.place, d.scan,"
    " array(SELECT c.number FROM case_parcel c WHERE c.body = d.body AND c.case_id = d.case_id ORDER BY c.number) AS plots"
    " FROM permit_drawn d WHERE d.revoked IS NULL AND NOT d.kind = ANY(:undrawn) ORDER BY d.issued, d.number"
)


@dataclass(frozen=True, kw_only=True)
class PastPermit:
    """A permit: of what kind, when and for which plots it was issued, with which verdict of its check, and where its drawing lies.

    `place` is None where there is no drawing that can be measured, and then `why` says so.
    """

    number: str
    kind: str
    issued: date
    plots: tuple[str, ...]
    verdict: str | None
    said: Mapping[str, Any] | None
    """What was said beside the drawing, without who said it."""
    sha256: str | None
    place: str | None
    why: str | None

    @property
    def answers(self) -> bytes:
        """What was said beside the drawing, as the checker reads it."""
        return orjson.dumps(dict(self.said)) if self.said else b""


def past_permits(session: Session, *, plots: Collection[str] | None = None) -> list[PastPermit]:
    """Every permit that stands and brought a drawing of its own, the oldest first; with `plots` only those on any of them."""
    wanted = None if plots is None else set(plots)
    rows = session.execute(_DRAWN, {"undrawn": [str(each) for each in UNDRAWN]})
    found = [_permit(row) for row in rows]
    return [each for each in found if wanted is None or wanted & set(each.plots)]


def _permit(row: Any) -> PastPermit:
    why = _why_not(row)
    return PastPermit(
        number=row.number,
        kind=row.kind,
        issued=row.issued,
        plots=tuple(row.plots),
        verdict=row.verdict,
        said=row.said,
        sha256=row.sha256,
        place=None if why else row.place,
        why=why,
    )


def _why_not(row: Any) -> str | None:
    """Why a permit cannot be judged again; None where nothing is known against it."""
    if row.place is None:
        return "No drawing is kept with this permit."
    if row.scan == "infected":
        return "The scanner found harmful software in its drawing, so nobody opens it."
    if row.media_type not in DRAWN_AS:
        return "Its plan is kept as a picture or print, which cannot be measured."
    if len(row.plots) != 1:
        return f"It is for {len(row.plots)} plots, and a drawing is laid on one."
    return None
