"""Watchers are told what was recorded or came into force around their plots: an import, a granted change, a day of the law, once for each wish.

In: wishes that are watched, with the last recording and the last day that each has been looked at for; what was recorded since, what began or
ended with the days since.  Out: messages, and both moved on.  It is looked every hour, in every local body; of a plot, its neighbours and the
layers on both it is asked in one statement.  Rights are not asked: who holds a plot is nobody's news.
"""

from dataclasses import dataclass
from datetime import date, datetime
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
from gis.db.sql import statement
from gis.errors import Gone, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.neighbours import NARROWEST_WAY
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.catalogue import load
from layers.extract.theme import target_of

RECORDED = "watching.recorded"
_AROUND = statement(__package__, "around")
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
        """Tell each watcher whose plot, or one beside it, was touched since the last look; where nothing is recorded yet, nobody."""
        try:
            last = last_recording(session, body.jurisdiction)
        except NotFound:
            return
        place, today = jurisdiction(session, body.jurisdiction), day_there(work.now, body.time_zone)
        for row in session.scalars(_behind(last, today)).all():
            if _is_touched(session, place, row, last=AsOf(on=today, known=last)):
                if last_recording(session, place.code) != last:
                    continue  # what was seen may have come in just now: the next look tells of all of it, once
                self._tell(session, body, row, now=work.now)
            row.known, row.looked = last, today
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


def _behind(last: datetime, today: date) -> Select[Any]:
    """Wishes that were not looked at since an instant or on a day; nobody else changes them until the look is over."""
    wish = PlotWatchRow
    is_behind = or_(wish.known.is_(None), wish.known < last, wish.looked.is_(None), wish.looked < today)
    return select(wish).where(wish.state == "watching").where(is_behind).order_by(wish.id).with_for_update()


def _is_touched(session: Session, place: Jurisdiction, row: PlotWatchRow, *, last: AsOf) -> bool:
    """Whether what was recorded or began since the last look concerns a plot, or what had become of it by then, or a neighbour."""
    if row.known is None:  # watched before recordings were told of: begins with the next one
        return False
    before = AsOf(on=row.looked or last.on, known=row.known)
    numbers = _standing(session, place, row.number, at=before)
    asked = {
        "jurisdiction": place.code,
        "numbers": list(numbers),
        "strip": NARROWEST_WAY,
        "judged": before.on,
        "known": before.known,
        "on": last.on,
        "targets": sorted({target_of(layer) for layer in load(place.catalogue).layers}),
    }
    return bool(numbers) and bool(session.execute(_AROUND, asked).scalar_one())


def _standing(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> tuple[str, ...]:
    """The number, or those of what became of its land; none where the land is under no number."""
    try:
        return (parcel(session, place, number, at=at).number.whole,)
    except Gone as gone:
        return gone.successors
    except NotFound:
        return ()
