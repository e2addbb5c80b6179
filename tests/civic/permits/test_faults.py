"""What goes wrong beside a case: the book turns between signature and payment, an authority never answers, a worker stands alone."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.settings import Settings
from api.town import SERVICES
from api.trades import trade_of
from civic.core import events
from civic.core.bodies import LocalBody, inside
from civic.core.case import case, history, tasks_of
from civic.core.clocks import Escalated, run_clocks
from civic.core.events import listening
from civic.core.jobs import Work
from civic.permits.drawings import bytes_of, keep_again, plan_of
from civic.permits.issuing import permit_of
from civic.permits.lettering import letters_of
from civic.permits.rechecking import Rechecker
from civic.permits.routing import RECHECK, settle
from gis.errors import Conflict
from tests.civic.permits.hearing import TELLER, told
from tests.civic.permits.matters import Matter, a_matter

EVE = datetime(2026, 8, 3, 6, 30, tzinfo=UTC)
"""Noon in Kerala on the day before a number of the book turns."""


def checked_again(matter: Matter) -> Mapping[str, Any]:
    """The drawing checked by the book of the matter's day, as the worker does it; what the history keeps of it for the parties."""
    file = plan_of(matter.session, matter.number)
    checked = matter.checker.check(
        jurisdiction=matter.body.jurisdiction,
        number=matter.plot,
        content=bytes_of(matter.room, file),
        answers=b"",
        on=matter.desk.today,
    )
    told = keep_again(matter.desk, matter.case, checked, file, made_by=None)
    settle(matter.desk, matter.case, told=told)
    return history(matter.session, matter.number, for_staff=False)[-1].told


@pytest.mark.parametrize(("days", "state"), [(0, "permitted"), (1, "rechecking")])
def test_the_book_of_the_day_of_payment_decides(
    town: Session, body: LocalBody, tmp_path: Path, days: int, state: str
) -> None:
    matter = a_matter(town, body, tmp_path, now=EVE)
    matter.filed()
    signed = matter.check
    matter.later(days=days)
    matter.pay()
    permit = permit_of(town, matter.number)
    assert matter.case.state == state
    assert (permit is None) == (state == "rechecking")
    if permit is not None:
        return
    told = checked_again(matter)
    assert matter.check.on == date(2026, 8, 4)
    assert matter.check.book_digest != signed.book_digest
    assert told["check"] == 2
    assert matter.case.state == "permitted"
    permit = permit_of(town, matter.number)
    assert permit is not None
    assert permit.check_id == matter.check.id
    assert permit.terms["check"]["on"] == "2026-08-04"


def test_an_authority_that_never_answers_is_named_and_passed_on_and_never_taken_for_consent(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, themes={"heritage": "affected"})
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.visit()
    matter.step("report", matter.inspector, note="As drawn.")
    last = max(each.due for each in tasks_of(town, matter.number) if each.due is not None)
    late: list[Escalated] = []

    def nights(days: int) -> list[int]:
        """Whose task was told of in the night after some days."""
        late.clear()
        matter.later(days=days)
        for _ in range(2):
            run_clocks(town, body, SERVICES, now=matter.now)
        return [each.task.id for each in late if each.task is not None]

    matter.now += last - matter.desk.today
    with (
        listening(Escalated, lambda _, event: late.append(event)),
        listening(Escalated, TELLER.heard_escalated),
    ):
        assert nights(0) == []  # the last day is not over
        (task,) = nights(1)
        authority = next(each.task.told["authority"]["en"] for each in late if each.task is not None)
        for who, template in ((matter.secretary, "late"), (matter.owner, "late_told")):
            words = told(town, template)[who.person.id]
            assert all(each in words for each in (authority, f"{last:%d-%m-%Y}", matter.case.number))
        assert matter.secretary.person.name in told(town, "late_told")[matter.owner.person.id]
        assert nights(13) == []
        assert nights(1) == [task]  # and again while nothing comes
    with pytest.raises(Conflict, match=r"no answer|Still open"):
        matter.step("approve", matter.approver)
    assert permit_of(town, matter.number) is None


def test_a_worker_that_stands_alone_issues_what_it_grants(
    service_engine: Engine, own_body: LocalBody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(service_engine, own_body.code) as (session, body):
        matter = a_matter(session, body, tmp_path)
        matter.filed()
        matter.land_changes()
        matter.pay()
        assert matter.case.state == "rechecking"
    monkeypatch.setattr(events, "_LISTENERS", defaultdict(list))  # a process in which nobody listens yet
    trade = trade_of(Settings(state=tmp_path))
    assert RECHECK in trade.doers
    work = Work(
        engine=service_engine,
        job=1,
        kind=RECHECK,
        body=own_body.code,
        values={"case": matter.number},
        now=matter.now,
    )
    with inside(service_engine, own_body.code) as (session, _):
        known = session.scalar(
            text("SELECT max(instant) FROM recording WHERE jurisdiction = :j"), {"j": own_body.jurisdiction}
        )
    matter.checker.known = lambda _: known
    Rechecker(room=lambda _: matter.room).do(work)
    with inside(service_engine, own_body.code) as (session, _):
        permit = permit_of(session, matter.number)
        assert case(session, matter.number).state == "permitted"
        assert permit is not None
        assert letters_of(session, case(session, matter.number)) == ("permit",)
