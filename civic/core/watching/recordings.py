"""Watchers are told what was recorded around their plots: an import or a granted change, once for each wish.

In: wishes that are watched, with the last recording that each has been looked at for; what was recorded since.  Out: messages, and that instant
moved on.  It is looked every hour, in every local body.  Rights are not asked: who holds a plot is nobody's news.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.jobs import Doer, Every, Repeated, Work, whole
from civic.core.messages.outbox import tell
from civic.core.messages.tables import PlotWatchRow
from civic.core.messages.telling import Teller
from civic.core.tables import PersonRow
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.errors import Gone, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.neighbours import NARROWEST_WAY
from gis.parcels.queries import parcel, parcels_touching
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.recorded_since import touched_since

RECORDED = "watching.recorded"
HOURLY = Repeated(kind=RECORDED, every=Every.HOUR)


@dataclass(frozen=True, kw_only=True)
class Recordings:
    """Tells watchers of recordings, by the links of a teller."""

    teller: Teller

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {RECORDED: whole(self.tell_of_recordings)}

    def tell_of_recordings(self, session: Session, body: LocalBody, work: Work) -> None:
        """Tell each watcher whose plot was touched since the last look; where nothing is recorded yet, nobody."""
        try:
            last = last_recording(session, body.jurisdiction)
        except NotFound:
            return
        place, today = jurisdiction(session, body.jurisdiction), day_there(work.now, body.time_zone)
        for row in session.scalars(_behind(last)).all():
            if _is_touched(session, place, row, last=AsOf(on=today, known=last)):
                if last_recording(session, place.code) != last:
                    continue  # what was seen may have come in just now: the next look tells of all of it, once
                self._tell(session, body, row, now=work.now)
            row.known = last
        session.flush()

    def _tell(self, session: Session, body: LocalBody, row: PlotWatchRow, *, now: datetime) -> None:
        language = session.scalar(select(PersonRow.language).where(PersonRow.id == row.person_id))
        values = {
            "body": body.name_ml if language == "ml" else body.name_en,
            "plot": row.number,
            "link": self.teller.plot_link(body, row.number),
            "stop": self.teller.link(body, f"watch/stop/{row.stop}"),
        }
        tell(session, case_id=None, person_id=row.person_id, template="plot_recorded", values=values, now=now)


def _behind(last: datetime) -> Select[Any]:
    """Wishes that were not looked at since an instant; nobody else changes them until the look is over."""
    return (
        select(PlotWatchRow)
        .where(PlotWatchRow.state == "watching")
        .where(or_(PlotWatchRow.known.is_(None), PlotWatchRow.known < last))
        .order_by(PlotWatchRow.id)
        .with_for_update()
    )


def _is_touched(session: Session, place: Jurisdiction, row: PlotWatchRow, *, last: AsOf) -> bool:
    """Whether what was recorded since the last look concerns a plot, or what had become of it by then."""
    if row.known is None:  # watched before recordings were told of: begins with the next one
        return False
    before = AsOf(on=last.on, known=row.known)
    return any(
        touched_since(session, place, each, judged=before, on=last.on)
        or _is_anew_beside(session, place, each, before=before, last=last)
        for each in _standing(session, place, row.number, at=before)
    )


def _standing(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> tuple[str, ...]:
    """The number, or those of what became of its land; none where the land is under no number."""
    try:
        return (parcel(session, place, number, at=at).number.whole,)
    except Gone as gone:
        return gone.successors
    except NotFound:
        return ()


def _is_anew_beside(session: Session, place: Jurisdiction, number: str, *, before: AsOf, last: AsOf) -> bool:
    """Whether a neighbour beyond a strip too narrow to be a way was recorded anew: those that touch are asked with the plot."""
    shape = parcel(session, place, number, at=before).boundary.buffer(NARROWEST_WAY)
    beside = parcels_touching(session, place, shape, at=last)
    return any(each.recorded.begins > before.known for each in beside)
