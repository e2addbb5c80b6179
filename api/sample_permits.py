"""Building permits of the sample's town hall: one on the licensee's certificate, one refused, one with authorities, one at occupancy.

In: the sample's land and town hall.  Out: four matters with drawings of the convention, checked as any drawing is, so that every page
has something to show; what stands already is left as it is, and a plot that is not there is passed over.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.answers import LandAnswers
from api.permits import OwnChecker, permit_room
from api.plans import site_of
from api.sample_matter import Played
from api.sample_town import BODY
from api.settings import Settings
from api.stores import store_of
from api.trades import listen
from civic.core.bodies import inside, local_bodies
from civic.core.owners import make_up_owner
from civic.core.people import Actor, introduce, person_reached_by, post, roles_on
from civic.permits.asking import Question, answer, ask, queries_of
from civic.permits.audits import nightly
from civic.permits.deciding import point, say
from civic.permits.issuing import permit_of
from civic.permits.room import PermitRoom
from civic.permits.signing import answered
from civic.permits.tables import PermitCaseRow
from gis.db.session import transaction
from gis.errors import Gone, NotFound
from rules.plans.starter import starter

CERTIFIED, REFUSED, CONSULTED, OCCUPIED = "M2-4/3-15", "M2-4/3-13", "M1-2/13-2", "M2-4/3-16"
"""Plots of the sample: three that no theme of a consent touches, and one near the old fort gate."""
LICENSEE = ("Anil Kumar", "anil@citizen.example", "designer", "A")
OWNERS = ("ammini", "kunjumon", "safiya", "ammini")
SET_BACK, TOO_NEAR = 3.1, 1.0
"""Metres that the example house keeps from the boundary: by the rules of yards, and against them."""
OFFICE = ("verifier", "field_inspector", "approver", "counter")


def found_sample_permits(engine: Engine, settings: Settings, *, now: datetime) -> int:
    """Play the sample's matters, each in a transaction of its own; how many were played."""
    with transaction(engine) as session:
        if BODY.code not in {body.code for body in local_bodies(session)}:
            return 0
    with inside(engine, BODY.code) as (session, _):
        if session.scalar(select(PermitCaseRow.case_id).limit(1)) is not None:
            return 0
    land = LandAnswers(engine, rasters=settings.rasters)
    plots = {plot for _, plot in PLAYS if _stands(land, plot)}
    with inside(engine, BODY.code) as (session, _):
        _owners(session, plots, now)
    listen(settings)
    room = permit_room(settings, store_of(settings), OwnChecker(land=land))
    there = [(play, plot) for play, plot in PLAYS if plot in plots]
    for play, plot in there:
        _play(engine, room, land, play, plot, now)
    _draw(engine, now)
    return len(there)


def _draw(engine: Engine, now: datetime) -> None:
    """The last two nights: the pool of the older permit is published, then its lot falls."""
    for night in (now - timedelta(days=1), now):
        with inside(engine, BODY.code) as (session, body):
            nightly(session, body, now=night)


def _stands(land: LandAnswers, plot: str) -> bool:
    """Whether a plot is there: another sample has others."""
    try:
        site_of(land, BODY.jurisdiction, plot, on=None)
    except (NotFound, Gone):
        return False
    return True


def _owners(session: Session, plots: AbstractSet[str], now: datetime) -> None:
    """The plots of the matters belong to made-up citizens, and somebody made up holds a licence."""
    for plot, name in zip((CERTIFIED, REFUSED, CONSULTED, OCCUPIED), OWNERS, strict=True):
        who = person_reached_by(session, f"{name}@citizen.example")
        if who is not None and plot in plots:
            make_up_owner(session, BODY, who, [plot], now=now)
    name, address, licence, grade = LICENSEE
    if person_reached_by(session, address) is None:
        licensee = introduce(session, BODY, name=name, address=address, language="ml", now=now)
        begins = now.date() - timedelta(days=600)
        post(
            session,
            BODY,
            licensee.id,
            role="licensee",
            order_ref="Sample licence 1",
            begins=begins,
            licence=licence,
            grade=grade,
        )


def _play(
    engine: Engine, room: PermitRoom, land: LandAnswers, play: "Play", plot: str, now: datetime
) -> None:
    def drawn(number: str, set_back: float) -> bytes:
        return starter(site_of(land, BODY.jurisdiction, number, on=None), set_back=set_back)

    with inside(engine, BODY.code) as (session, _):
        people = _people(session, now)
        play(Played(session=session, room=room, plot=plot, now=now, people=people, begin_with=drawn))


def _people(session: Session, now: datetime) -> Mapping[str, Actor]:
    addresses = {name: f"{name}@citizen.example" for name in OWNERS}
    addresses |= {role: f"{role}@office.example" for role in OFFICE} | {"licensee": LICENSEE[1]}
    found = {}
    for name, address in addresses.items():
        who = person_reached_by(session, address)
        if who is not None:
            found[name] = Actor(person=who, roles=roles_on(session, who.id, on=now.date()), device=name)
    return found


Play = Callable[[Played], None]


def _certified(matter: Played) -> None:
    """A house of low risk, permitted with its payment."""
    matter.filed_and_paid("A house on two floors", SET_BACK, declares=True)


def _refused(matter: Played) -> None:
    """A house too near to its neighbours, refused with the clauses."""
    matter.owner, matter.now = "kunjumon", matter.now - timedelta(days=5)
    matter.filed_and_paid("A house up to the boundary", TOO_NEAR, declares=False)
    matter.accept_open()
    for each in matter.check.of("fail"):
        rule, subject = point(each)
        words = "The open space that this clause asks for is not there."
        say(
            matter.desk,
            matter.check,
            rule=rule,
            subject=subject,
            stance="refused",
            reason=words,
            actor=matter.people["approver"],
        )
    matter.step(
        "refuse", "approver", "The plan breaks the clauses below; draw it with its yards and apply anew."
    )


def _consulted(matter: Played) -> None:
    """A house near a monument: a question, another drawing in answer, then the authority and the inspection."""
    matter.owner, matter.now = "safiya", matter.now - timedelta(days=4)
    matter.filed_and_paid("A house near the fort gate", TOO_NEAR, declares=False)
    finding = matter.check.of("fail", "unknown")[0]
    question = Question(
        kind="finding",
        words="The house stands too near to the boundary; can it be moved?",
        rule=finding["rule"],
        subject=finding["subject"] or None,
    )
    officer = matter.people["verifier"]
    ask(matter.desk, matter.case, question, actor=officer, version=matter.case.version)
    matter.now += timedelta(days=1)
    matter.draw(SET_BACK)
    (asked,) = queries_of(matter.session, matter.case_id)
    owner = matter.people[matter.owner]
    answer(matter.desk, matter.case, asked.id, "It was moved; see the new drawing.", actor=owner)
    answered(matter.desk, matter.case, actor=owner)
    matter.sign(declares=True)
    matter.accept_open()
    matter.step("verify", "verifier")


def _occupied(matter: Played) -> None:
    """A house permitted some months ago, now finished and before its occupancy certificate."""
    later = matter.now - timedelta(days=1)
    matter.now -= timedelta(days=150)
    matter.filed_and_paid("A house by the lane", SET_BACK, declares=True)
    permit = permit_of(matter.session, matter.case_id)
    if permit is None:
        return
    matter.now = later
    matter.begin("occupancy", "The house by the lane is finished", of_permit=permit.number)
    matter.draw(SET_BACK)
    matter.step("file", "licensee")
    matter.sign(declares=True)
    matter.accept_open()
    matter.step("verify", "verifier")
    matter.visit("completion", "Made up: built as drawn.")
    matter.step("report", "field_inspector", "Made up: built as drawn.")


PLAYS: tuple[tuple[Play, str], ...] = (
    (_certified, CERTIFIED),
    (_refused, REFUSED),
    (_consulted, CONSULTED),
    (_occupied, OCCUPIED),
)
