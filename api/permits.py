"""The building permit put together: its checks are those of the plan desk, its letters those of the print shop.

In: settings, the plan desk of the process.  Out: the `PermitRoom` behind the doors, and what a worker does for permits.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, event
from sqlalchemy.pool import NullPool

from api.answers import LandAnswers
from api.plan_desk import PlanDesk
from api.plans import site_of
from api.settings import Settings
from civic.core.documents.store import Store
from civic.permits.checking import Checked, PlanChecker
from civic.permits.rechecking import Rechecker
from civic.permits.room import PermitRoom
from gis.db.session import make_engine
from rules.answers_document import NOTHING, answers_from_json
from rules.check_document import to_json
from rules.checking import check
from rules.reading import library
from web.check_map import plan_features
from web.plan_sketch import plan_svg
from web.print.permit_letter import PermitLetters


@dataclass(frozen=True, kw_only=True)
class DeskChecker:
    """Checks drawings at the plan desk, each in a process of its own; what was checked before is not checked twice."""

    desk: PlanDesk

    def check(self, *, jurisdiction: str, number: str, content: bytes, answers: bytes, on: date) -> Checked:
        """What was found of a drawing on a plot by the rules of a day."""
        key = self.desk.check(jurisdiction, number, content, on=on, turn=None, answers=answers)
        kept = self.desk.kept(jurisdiction, key)
        return Checked(
            found=kept.document, svg=kept.svg, ground=kept.ground or None, marked=kept.marked or None
        )


@dataclass(frozen=True, kw_only=True)
class OwnChecker:
    """Checks drawings in the process itself: for drawings that this very program made."""

    land: LandAnswers

    def check(self, *, jurisdiction: str, number: str, content: bytes, answers: bytes, on: date) -> Checked:
        """What was found of a drawing on a plot by the rules of a day."""
        there = site_of(self.land, jurisdiction, number, on=on)
        told = answers_from_json(answers) if answers else NOTHING
        found = check(content, there, library(), on=on, told=told)
        return Checked(
            found=to_json(found), svg=plan_svg(found, title=number), ground=plan_features(found), marked=None
        )


def permit_room(settings: Settings, store: Store, checker: PlanChecker) -> PermitRoom:
    """What the doors and jobs of permits need."""
    return PermitRoom(
        checker=checker,
        letters=PermitLetters(),
        store=store,
        largest=settings.largest_document,
        front=settings.front,
    )


def desk_checker(settings: Settings, engine: Engine) -> DeskChecker:
    """A checker over the folder of checks that the pages use, on connections of its own: a door that waits for a check keeps
    one of the pool in hand, and as many of them as the pool has would wait for each other for ever.
    """
    own = make_engine(engine.url, poolclass=NullPool)
    event.listen(engine, "engine_disposed", lambda _: own.dispose())
    return DeskChecker(desk=PlanDesk(LandAnswers(own, rasters=settings.rasters), settings.state / "checks"))


def rechecker(settings: Settings, store: Store) -> Rechecker:
    """Who checks paid drawings again in a worker; one desk for each database, so that checks take turns."""
    checkers: dict[Engine, DeskChecker] = {}

    def room(engine: Engine) -> PermitRoom:
        return permit_room(settings, store, checkers.setdefault(engine, desk_checker(settings, engine)))

    return Rechecker(room=room)
