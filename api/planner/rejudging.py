"""Past permits judged again under a reform: each drawing measured anew, judged by the book and by the reform on the reform's first day.

In: a place, a reform, the store of documents.  Out: a row for each permit, one after the other: what it would newly fail, or why that cannot be
told.  Drawings are read in a process of their own, as at the plan desk; nothing is written down anywhere.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from sqlalchemy.orm import Session

from api.answers import LandAnswers, today
from api.plan_work import limited
from api.planner.cores import side_by_side
from api.planner.zones import areas_of
from civic.core.bodies import bodies_of, enter
from civic.core.documents.store import Store
from civic.permits.past import PastPermit, past_permits
from gis.errors import LandError
from gis.site_document import site_from_json, site_to_json
from rules.answers_document import NOTHING, answers_from_json
from rules.reading import library
from rules.redrawing import Area, redrawn
from rules.reform import Reform, reformed
from rules.rejudging import Point, Rejudged, rejudged


class PermitEffect(StrEnum):
    """What a reform means for a permit that was issued."""

    FAILS = "newly fails"
    OPENS = "newly cannot be told"
    MENDS = "no longer fails"
    SAME = "same"
    UNKNOWN = "cannot be judged"


@dataclass(frozen=True, kw_only=True)
class JudgedAgain:
    """A permit before and after a reform; `found` is None where it cannot be judged, and then `reason` says why."""

    body: str
    permit: PastPermit
    effect: PermitEffect
    found: Rejudged | None
    reason: str | None

    @property
    def points(self) -> tuple[Point, ...]:
        """The rules that make the effect."""
        if self.found is None:
            return ()
        return {
            PermitEffect.FAILS: self.found.fails,
            PermitEffect.OPENS: self.found.opens,
            PermitEffect.MENDS: self.found.mends,
        }.get(self.effect, ())


def permits_of(
    session: Session, place: str, *, plots: Collection[str] | None, body: str | None = None
) -> list[tuple[str, PastPermit]]:
    """The permits that every local body of a place, or one of them, has issued, with the body's code."""
    found = []
    for each in bodies_of(session, place):
        if body in (None, each.code):
            enter(session, each.code)
            found += [(each.code, permit) for permit in past_permits(session, plots=plots)]
    return found


def judged_again(
    land: LandAnswers,
    store: Store,
    place: str,
    permits: list[tuple[str, PastPermit]],
    change: Reform,
    *,
    cores: int = 1,
) -> Iterator[JudgedAgain]:
    """Each permit judged with and without the reform, on the reform's first day and the land as it is known now; so many drawings read at a time.

    `Invalid` for a reform that changes nothing the book has, or a zone that cannot be laid on this land.
    """
    reformed(library(), change)
    drawn = areas_of(land, place, change)

    def judged(permit: tuple[str, PastPermit]) -> JudgedAgain:
        return _one(land, store, place, *permit, change, drawn)

    return side_by_side(judged, permits, cores=cores)


def _one(
    land: LandAnswers,
    store: Store,
    place: str,
    body: str,
    permit: PastPermit,
    change: Reform,
    drawn: tuple[Area, ...],
) -> JudgedAgain:
    if permit.place is None:
        return _untold(body, permit, permit.why or "")
    on = change.begins if change.begins < today() else None
    try:
        extract = land.extract(place, number=permit.plots[0], on=on, known=None)
        site = site_from_json(site_to_json(land.site(extract)))
        content = b"".join(store.read([permit.place]))
        if hashlib.sha256(content).hexdigest() != permit.sha256:
            return _untold(body, permit, "The file of its drawing is no longer the one that was permitted.")
        told = answers_from_json(permit.answers) if permit.said else NOTHING
        ask = partial(rejudged, content, site, redrawn(site, drawn), change, on=change.begins, told=told)
        found = limited(ask)
    except LandError as error:
        return _untold(body, permit, error.message)
    return JudgedAgain(body=body, permit=permit, effect=effect_of(found), found=found, reason=None)


def _untold(body: str, permit: PastPermit, reason: str) -> JudgedAgain:
    return JudgedAgain(body=body, permit=permit, effect=PermitEffect.UNKNOWN, found=None, reason=reason)


def effect_of(found: Rejudged) -> PermitEffect:
    """The gravest change of any rule."""
    if found.fails:
        return PermitEffect.FAILS
    if found.opens:
        return PermitEffect.OPENS
    return PermitEffect.MENDS if found.mends else PermitEffect.SAME


def row_of_permit(found: JudgedAgain) -> dict[str, object]:
    """A permit as a row: number, plot, verdict at issue, by the book and under the reform, the rules that newly fail, the reason."""
    permit, again = found.permit, found.found
    return {
        "permit": permit.number,
        "body": found.body,
        "kind": permit.kind,
        "issued": permit.issued,
        "plot": ", ".join(permit.plots),
        "effect": str(found.effect),
        "verdict_at_issue": permit.verdict,
        "verdict_before": again and again.before,
        "verdict_after": again and again.after,
        "newly_fails": "; ".join(told(each) for each in again.fails) if again else None,
        "newly_open": "; ".join(told(each) for each in again.opens) if again else None,
        "no_longer_fails": "; ".join(told(each) for each in again.mends) if again else None,
        "reason": found.reason,
    }


def told(point: Point) -> str:
    """A rule in a line: what it is called, of what, and both amounts where there are any."""
    name = f"{point.title} ({point.subject})" if point.subject else point.title
    if point.measured is None or point.required is None:
        return name
    return f"{name}: {point.measured} of {point.required} {point.unit}"
