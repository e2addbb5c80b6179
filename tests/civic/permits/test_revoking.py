"""A revocation is kept with who, why, when and under which clause, and told at once to everybody whom it concerns."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.jobs import Work
from civic.core.messages.telling import WATCHERS
from civic.core.people import Actor
from civic.core.tables import CasePartyRow, PersonRow
from civic.core.watching.watches import ask_to_watch, decide_watch
from civic.permits.issuing import permit_of
from civic.permits.register import permit_shown
from civic.permits.revoking import revoke
from civic.permits.tables import PermitRow
from gis.errors import Conflict, Invalid, NotAllowed
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tests.builders import a_parcel
from tests.civic.builders import an_actor
from tests.civic.permits.hearing import TELLER, heard, last, told
from tests.civic.permits.matters import Matter, a_matter

WHY, CLAUSE = "Got by a false drawing.", "Rule 16(1)"
WORDLESS = (
    {"why": " ", "clause": CLAUSE},
    {"why": WHY, "clause": " "},
    {"why": WHY, "clause": "x" * 201},
)


@pytest.fixture
def permitted(town: Session, body: LocalBody, tmp_path: Path) -> Iterator[Matter]:
    """A house that is permitted; its owner reads Malayalam, and from now on people are told."""
    made = a_matter(town, body, tmp_path)
    made.filed()
    made.pay()
    town.execute(update(PersonRow).where(PersonRow.id == made.owner.person.id).values(language="ml"))
    with heard():
        yield made


def number_of(matter: Matter) -> str:
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    return permit.number


def watching(matter: Matter, number: str) -> Actor:
    who, officer = (
        an_actor(matter.session, matter.body),
        an_actor(matter.session, matter.body, "front_office"),
    )
    wish = ask_to_watch(
        matter.session,
        matter.body,
        SERVICES,
        person_id=who.person.id,
        number=number,
        reason="my deed",
        now=matter.now,
    )
    decide_watch(matter.session, wish.id, grants=True, by=officer.person.id, now=matter.now)
    return who


def neighbours_of(matter: Matter) -> tuple[str, str]:
    """A plot beside that of the house, and one far off; the day is one on which both are known."""
    place = jurisdiction(matter.session, matter.body.jurisdiction)
    plots = f"{matter.plot}8", f"{matter.plot}9"
    for plot, metres in zip(plots, (20, 300), strict=True):
        a_parcel(matter.session, place, plot, x=metres)
    matter.now = max(matter.now, last_recording(matter.session, place.code)) + timedelta(days=1)
    return plots


def tell_watchers(matter: Matter) -> None:
    """Do the job that the last thing in the history of the case asked for."""
    line = last(matter.session, matter.number)
    waits = text(
        "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = :kind"
        " AND (args->'values'->>'case')::int = :case AND (args->'values'->>'seq')::int = :seq"
    )
    asked = {"kind": WATCHERS, "case": matter.number, "seq": line.seq}
    if matter.session.scalar(waits, asked):
        values = {"case": matter.number, "seq": line.seq}
        TELLER.tell_watchers(
            matter.session,
            matter.body,
            Work(engine=None, job=1, kind=WATCHERS, body=matter.body.code, values=values, now=matter.now),  # type: ignore[arg-type]
        )


def test_a_revocation_is_kept_and_told_to_parties_and_watchers(permitted: Matter) -> None:
    session, number = permitted.session, number_of(permitted)
    beside, far = neighbours_of(permitted)
    near = {watching(permitted, plot).person.id for plot in (permitted.plot, beside)}
    watching(permitted, far)
    for words in WORDLESS:
        with pytest.raises(Invalid):
            revoke(permitted.desk, number, actor=permitted.secretary, **words)
    with pytest.raises(NotAllowed):
        revoke(permitted.desk, number, why=WHY, clause=CLAUSE, actor=permitted.approver)
    assert last(session, permitted.number).step != "permit_revoked"
    revoke(permitted.desk, number, why=WHY, clause=CLAUSE, actor=permitted.secretary)
    _is_kept(permitted, number)
    _is_told_to_the_parties(permitted, number)
    tell_watchers(permitted)
    assert set(told(session, "plot_event")) == near
    assert all("The permit was revoked" in each for each in told(session, "plot_event").values())
    with pytest.raises(Conflict, match="already"):
        revoke(permitted.desk, number, why=WHY, clause=CLAUSE, actor=permitted.secretary)
    with pytest.raises(IntegrityError), session.begin_nested():  # nobody revoked it, and yet somebody did
        session.execute(update(PermitRow).values(revoked=None, revoked_why=None))


def _is_kept(matter: Matter, number: str) -> None:
    row = matter.session.scalars(select(PermitRow).where(PermitRow.number == number)).one()
    matter.session.refresh(row)
    assert (row.revoked, row.revoked_why, row.revoked_clause) == (matter.desk.today, WHY, CLAUSE)
    assert row.revoked_by == matter.secretary.person.id
    line = last(matter.session, matter.number)
    assert (line.step, line.role, line.person_id) == ("permit_revoked", "secretary", row.revoked_by)
    assert (line.note, line.instant, line.told["clause"]) == (WHY, matter.now, CLAUSE)
    shown = permit_shown(matter.session, number, on=matter.desk.today)
    assert (shown.line.state, shown.revoked_why, shown.revoked_clause) == ("revoked", WHY, CLAUSE)


def _is_told_to_the_parties(matter: Matter, number: str) -> None:
    words = told(matter.session, "permit_revoked")
    assert set(words) == {matter.owner.person.id, matter.licensee.person.id}
    for each in words.values():
        assert all(said in each for said in (number, WHY, CLAUSE, f"/cases/{matter.case.number}"))
    assert "റദ്ദാക്കി" in words[matter.owner.person.id]
    assert "has revoked permit" in words[matter.licensee.person.id]


def test_whoever_holds_or_follows_a_revoked_permit_is_told_too(permitted: Matter) -> None:
    session, number, first = permitted.session, number_of(permitted), permitted.number
    permitted.begin("transfer", of_permit=number, transferred=str(permitted.desk.today))
    transfer = permitted.number
    permitted.step("file_plain", permitted.owner)
    permitted.pay()
    permitted.step("verify_plain", permitted.verifier)
    permitted.step("approve", permitted.approver)
    line = last(session, first)
    assert (line.step, line.note, line.role) == ("permit_transferred", number_of(permitted), "approver")
    assert permitted.licensee.person.id in told(session, "case_act")
    permitted.begin("occupancy", of_permit=number)
    revoke(permitted.desk, number, why=WHY, clause=CLAUSE, actor=permitted.secretary)
    for hanging in (transfer, permitted.number):
        assert last(session, hanging).step == "of_permit_revoked"
    query = select(CasePartyRow.person_id).where(
        CasePartyRow.case_id == transfer, CasePartyRow.part == "owner"
    )
    assert WHY in told(session, "case_act")[session.scalars(query).one()]
