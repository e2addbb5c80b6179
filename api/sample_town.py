"""The town hall of the sample: made-up people in every role, a made-up fee, a case in each state.

In: the sample's land.  Out: the local body `kl-sample` with its people, its calendar and its cases, so that every page has
something to show; all of it is marked synthetic, and a town hall that stands already is left as it is.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from api.town import SERVICES, listen
from civic.core.bodies import LocalBody, bodies_of, enter, found_body
from civic.core.case import Case, case, tasks_of
from civic.core.desk import Desk
from civic.core.money.counter import take_cash
from civic.core.money.demands import demands_of
from civic.core.owners import make_up_owner
from civic.core.paper import RECORDERS, set_paper_rule
from civic.core.people import Actor, introduce, post, roles_on
from civic.core.steps import advance, answer_task
from civic.core.tables import HolidayRow
from civic.core.workflow import STAFF
from civic.land_records.model import Kind, Wanted
from civic.land_records.service import apply
from civic.land_records.tables import LandRecordFeeRow
from gis.db.session import transaction

SAMPLE = "kl-sample"
BODY = LocalBody(
    code=SAMPLE,
    jurisdiction=SAMPLE,
    name_en="Sample Municipality",
    name_ml="സാമ്പിൾ നഗരസഭ",
    kind="municipality",
    time_zone="Asia/Kolkata",
    rest_days="7,6/2",
    synthetic=True,
)
CITIZENS = (("Ammini Varghese", "ammini"), ("Kunjumon Pillai", "kunjumon"), ("Safiya Rahman", "safiya"))
OFFICERS = {
    "front_office": "Biju Front",
    "verifier": "Leela Verifier",
    "field_inspector": "Suresh Inspector",
    "approver": "Mary Approver",
    "secretary": "Gopalan Secretary",
    "agency": "Village Office",
    "auditor": "Nisha Auditor",
    "counter": "Raju Counter",
    "admin": "Deepa Administrator",
}
FEE = 5000
"""Paise of every made-up fee."""
MADE_UP = "made up for the sample; no order sets it"


def found_sample_town(engine: Engine, *, now: datetime) -> bool:
    """Open the sample's town hall, all or nothing; False where it stands already."""
    with transaction(engine) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(7259, 2)"))
        if bodies_of(
            session, BODY.jurisdiction
        ):  # this one, or one that somebody opened on the sample's land
            return False
        found_body(session, BODY)
        enter(session, BODY.code)
        listen()
        people = _people(session, now)
        _calendar(session, now.date())
        _fees(session)
        set_paper_rule(session, BODY, roles=RECORDERS, source=MADE_UP, by=None, now=now)
        _cases(session, people, now)
    return True


def _people(session: Session, now: datetime) -> dict[str, Actor]:
    begins = now.date() - timedelta(days=365)
    made: dict[str, Actor] = {}
    for name, address in CITIZENS:
        who = introduce(
            session, BODY, name=name, address=f"{address}@citizen.example", language="ml", now=now
        )
        made[address] = Actor(person=who, device=address)
    for role in STAFF:
        who = introduce(
            session, BODY, name=OFFICERS[role], address=f"{role}@office.example", language="en", now=now
        )
        post(session, BODY, who.id, role=role, order_ref="Sample order 1", begins=begins)
        made[role] = Actor(person=who, roles=roles_on(session, who.id, on=now.date()), device=role)
    return made


def _calendar(session: Session, today: date) -> None:
    """A made-up holiday in the coming month: which days are holidays is the office's to say."""
    day = today + timedelta(days=30)
    names = {"name_en": "A made-up holiday", "name_ml": "സാങ്കൽപ്പിക അവധി"}
    session.execute(insert(HolidayRow).values(body=BODY.code, day=day, **names))


def _fees(session: Session) -> None:
    rows = [
        {"body": BODY.code, "kind": str(kind), "begins": date(2020, 1, 1), "paise": FEE, "source": MADE_UP}
        for kind in Kind
    ]
    session.execute(insert(LandRecordFeeRow), rows)


_PLOTS = text(
    "SELECT number FROM parcel WHERE jurisdiction = :j AND upper_inf(valid) AND upper_inf(recorded)"
    " AND land_type <> 'thottam' ORDER BY number LIMIT 6"
)


def _cases(session: Session, people: dict[str, Actor], now: datetime) -> None:
    """One case in each place: unpaid, being checked, asked, being visited, being decided, refused."""
    plots = list(session.scalars(_PLOTS, {"j": BODY.jurisdiction}))
    last = ("fee_due", "checking", "asked", "visiting", "deciding", "refused")
    for place, (_, address) in enumerate(CITIZENS):
        who = people[address].person
        make_up_owner(session, BODY, who, plots[place :: len(CITIZENS)], now=now)
    for day, (state, plot) in enumerate(zip(last, plots, strict=False)):
        desk = SERVICES["land_records"].desk(session, BODY, now=now - timedelta(days=6 - day))
        owner = people[CITIZENS[day % len(CITIZENS)][1]]
        kind = Kind.DIVIDE if state == "visiting" else Kind.LAND_TYPE
        wanted = Wanted(
            kind=kind,
            numbers=(plot,),
            why="Made up, to show a case.",
            deed=f"Sample deed {day + 1}",
            land_type="thottam" if kind is Kind.LAND_TYPE else None,
            parts=2 if kind is Kind.DIVIDE else None,
        )
        _led_to(desk, apply(desk, wanted, actor=owner), state, people=people)


def _led_to(desk: Desk, opened: Case, state: str, *, people: dict[str, Actor]) -> None:
    """Take a case along its way until it stands in a state."""
    if state == "fee_due":
        return
    (owed,) = demands_of(desk.session, opened.id)
    take_cash(
        desk.session, desk.body, owed.id, amount=owed.amount, by=people["counter"].person.id, now=desk.now
    )
    way = {
        "asked": [("ask", "verifier")],
        "visiting": [("verify", "verifier")],
        "deciding": [("verify", "verifier"), ("report", "field_inspector")],
        "refused": [("refuse", "approver")],
    }
    for step, role in way.get(state, []):
        version = case(desk.session, opened.id).version
        note = "Which deed shows this? The copy cannot be read." if step == "ask" else "Made up."
        advance(desk, opened.id, step, actor=people[role], version=version, note=note)
    if state == "deciding":
        for task in tasks_of(desk.session, opened.id):
            answer_task(desk, task.id, "agrees", actor=people["agency"], told={})
