"""Self-certified permits are looked at by a lot that nobody chose and anybody can draw again, or for what they show."""

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.case import case, history
from civic.core.desk import Desk
from civic.permits.audit_risk import counted, is_looked_at, rules
from civic.permits.audits import (
    NoSuchAudit,
    audits_by_risk,
    conclude,
    draw_of,
    draws,
    nightly,
    open_audits,
    proposed,
)
from civic.permits.checklist import checklist
from civic.permits.draws import Lot, drawn, how_many, seed_of
from civic.permits.register import permit_shown
from civic.permits.revoking import revoke
from civic.permits.visit_keeping import receive
from civic.permits.visit_said import Seen, VisitSaid
from gis.errors import Conflict, Invalid, NotAllowed
from gis.jurisdictions import jurisdiction
from tests.builders import a_parcel
from tests.civic.builders import NOW, an_actor
from tests.civic.hall import a_hall
from tests.civic.permits.issued import POINT, PRIVATE, a_permit
from tests.civic.permits.visiting import a_plot

DAY = NOW.date()
NEXT, AFTER = NOW + timedelta(days=1), NOW + timedelta(days=2)
POOL = [Lot(number=f"P-2026-{each:05d}", digest=f"{each:064x}") for each in range(1, 31)]
QUIET: dict[str, Any] = {"measured": [], "declared": []}


def test_whoever_hashes_the_pool_finds_the_seed_and_the_numbers() -> None:
    written = "bhumika-draw-1\nkochi\n2026-11-18\n" + "".join(
        f"{each.number} {each.digest}\n" for each in POOL
    )
    seed = hashlib.sha256(written.encode()).hexdigest()
    assert seed_of("kochi", DAY, list(reversed(POOL))) == seed
    lots = {hashlib.sha256(f"{seed} {each.number}".encode()).hexdigest(): each.number for each in POOL}
    assert drawn(POOL, seed, 3) == [lots[lot] for lot in sorted(lots)[:3]]


def test_the_seed_is_of_one_body_one_day_and_every_permit_of_it() -> None:
    seed = seed_of("kochi", DAY, POOL)
    assert seed != seed_of("thrissur", DAY, POOL)
    assert seed != seed_of("kochi", DAY + timedelta(days=1), POOL)
    assert seed != seed_of("kochi", DAY, POOL[:-1])
    assert seed != seed_of("kochi", DAY, [*POOL[:-1], Lot(number=POOL[-1].number, digest="f" * 64)])


@pytest.mark.parametrize(
    ("pool", "per_hundred", "at_least", "taken"),
    [
        (0, 10, 1, 0),
        (1, 10, 1, 1),
        (10, 10, 1, 1),
        (11, 10, 1, 2),
        (3, 10, 5, 3),
        (50, 0, 0, 0),
        (7, 100, 1, 7),
    ],
)
def test_how_many_are_drawn(pool: int, per_hundred: int, at_least: int, taken: int) -> None:
    assert how_many(pool, per_hundred=per_hundred, at_least=at_least) == taken


def test_every_permit_is_drawn_about_equally_often() -> None:
    counts = dict.fromkeys((each.number for each in POOL), 0)
    for each in range(3000):
        for number in drawn(POOL, hashlib.sha256(str(each).encode()).hexdigest(), 3):
            counts[number] += 1
    assert min(counts.values()) > 230
    assert max(counts.values()) < 370  # 300 each, six standard deviations


def test_the_pool_is_published_before_the_lot_falls(town: Session, body: LocalBody) -> None:
    numbers = {a_permit(town, body, **QUIET) for _ in range(12)}
    a_permit(town, body, route="officer")
    nightly(town, body, now=NOW)
    assert draws(town) == [], "the day is not over"
    nightly(town, body, now=NEXT)
    (draw,) = draws(town)
    assert {each.number for each in draw.pool} == numbers
    assert draw.audits == ()
    assert draw.taken == 2
    nightly(town, body, now=NEXT)
    assert open_audits(town) == [], "not in the night of its publication"
    nightly(town, body, now=AFTER)
    nightly(town, body, now=AFTER)
    assert [each.number for each in open_audits(town)] == draw.numbers
    assert {each.why for each in open_audits(town)} == {"random"}
    assert draw.seed == seed_of(body.code, DAY, draw.pool)


def test_a_missed_night_is_made_up_for(town: Session, body: LocalBody) -> None:
    for day in (date(2026, 11, 3), date(2026, 11, 5)):
        a_permit(town, body, issued=day, **QUIET)
    nightly(town, body, now=NEXT)
    assert [each.day for each in draws(town)] == [date(2026, 11, 5), date(2026, 11, 3)]
    with pytest.raises(NoSuchAudit):
        draw_of(town, body, date(2026, 11, 4))


def test_a_draw_is_never_changed(town: Session, body: LocalBody) -> None:
    a_permit(town, body, **QUIET)
    nightly(town, body, now=NEXT)
    for statement in ("UPDATE permit_draw SET taken = 0", "DELETE FROM permit_draw"):
        tried = town.begin_nested()
        with pytest.raises(ProgrammingError):
            town.execute(text(statement))
        tried.rollback()


def measured(amount: str, required: str = "2 m") -> dict[str, str]:
    return POINT | {"measured": amount, "required": required}


@pytest.mark.parametrize(
    ("terms", "earlier", "points"),
    [
        ({"measured": [measured("2.04 m")]}, 0, 1),
        ({"measured": [measured("2.041 m")]}, 0, 0),
        ({"measured": [measured("1.96 m")]}, 0, 1),
        ({"measured": [measured("2.04 m2")]}, 0, 0),
        ({"measured": [measured("0 m", "0 m"), measured("", ""), measured("yes", "yes")]}, 0, 0),
        ({"measured": [measured("2 m")] * 4}, 0, 3),
        ({"declared": [POINT] * 5}, 0, 0),
        ({"declared": [POINT] * 6}, 0, 2),
        ({"declared": [POINT] * 20}, 0, 2),
        ({}, 1, 3),
        ({}, 4, 3),
    ],
)
def test_points_are_counted_up_to_their_limits(terms: dict[str, Any], earlier: int, points: int) -> None:
    found = counted(terms, earlier, rules())
    assert sum(each.points for each in found) == points
    assert is_looked_at(found, rules()) is (points >= 3)


def test_a_permit_full_of_declared_words_at_the_limit_is_looked_at(town: Session, body: LocalBody) -> None:
    number = a_permit(town, body, declared=[POINT] * 6, measured=[measured("2.01 m")])
    a_permit(town, body, declared=[POINT] * 6, measured=[measured("3 m")])
    nightly(town, body, now=NEXT)
    (audit,) = audits_by_risk(town)
    assert audit.number == number
    assert {each["name"] for each in audit.reasons} == {"many_declared", "near_limit"}


@pytest.fixture
def desk(town: Session, body: LocalBody) -> Desk:
    """The permits' desk two nights later."""
    return SERVICES["permits"].desk(town, body, now=AFTER)


@pytest.fixture
def number(town: Session, body: LocalBody, desk: Desk) -> str:
    """A drawn permit on a plot that can be visited."""
    a_parcel(town, jurisdiction(town, body.jurisdiction), "77/1")
    made = a_permit(town, body, "77/1", licensee=an_actor(town, body, "licensee"), **QUIET)
    nightly(town, body, now=NEXT)
    nightly(town, body, now=AFTER)
    return made


def visit_it(desk: Desk, stage: str = "audit", *, at: datetime = AFTER) -> None:
    (audit,) = open_audits(desk.session)
    said = VisitSaid(
        id=hashlib.md5(f"{stage} {at}".encode(), usedforsecurity=False).hexdigest(),
        stage=stage,
        edition=checklist().edition,
        begun=at,
        ended=at,
        answers={"declared": Seen(said="yes")},
        words="",
        fix=None,
        photos=(),
    )
    receive(
        desk,
        case(desk.session, audit.case_id),
        said,
        actor=an_actor(desk.session, desk.body, "field_inspector"),
    )


def test_nothing_is_held_against_a_permit_before_its_plot_was_visited(desk: Desk, number: str) -> None:
    auditor = an_actor(desk.session, desk.body, "auditor")
    (audit,) = open_audits(desk.session)
    with pytest.raises(Invalid, match="in words"):
        conclude(desk, audit.id, "notice", " ", actor=auditor)
    with pytest.raises(Conflict, match="visited"):
        conclude(desk, audit.id, "notice", "A yard of 1.4 m.", actor=auditor)
    visit_it(desk, "site")
    for day in (
        audit.drawn - timedelta(days=1),
        desk.today + timedelta(days=1),
    ):  # before the lot fell on it, and on a day to come
        visit_it(desk, at=datetime.combine(day, NOW.timetz()))
    with pytest.raises(Conflict, match="visited"):
        conclude(desk, audit.id, "revocation", "A yard of 1.4 m.", actor=auditor)
    visit_it(desk)
    assert conclude(desk, audit.id, "notice", "A yard of 1.4 m.", actor=auditor).outcome == "notice"
    note = str(history(desk.session, audit.case_id, for_staff=False)[-1].note)
    assert "A yard of 1.4 m." in note
    assert "appeal lies to the Tribunal" in note
    with pytest.raises(Conflict, match="concluded already"):
        conclude(desk, audit.id, "nothing", "", actor=auditor)


def test_a_proposed_revocation_waits_for_the_secretary(desk: Desk, number: str) -> None:
    (audit,) = open_audits(desk.session)
    visit_it(desk)
    auditor = an_actor(desk.session, desk.body, "auditor")
    conclude(desk, audit.id, "revocation", "Built into the street.", actor=auditor)
    assert [each.number for each in proposed(desk.session)] == [number]
    assert permit_shown(desk.session, number, on=AFTER.date()).line.state == "in_force", (
        "an audit revokes nothing"
    )
    revoke(
        desk,
        number,
        why="Built into the street.",
        clause="Rule 16",
        actor=an_actor(desk.session, desk.body, "secretary"),
    )
    desk.session.expire_all()
    assert proposed(desk.session) == []
    assert permit_shown(desk.session, number, on=AFTER.date()).line.state == "revoked"


def test_only_an_auditor_concludes(desk: Desk, number: str) -> None:
    (audit,) = open_audits(desk.session)
    with pytest.raises(NotAllowed):
        conclude(desk, audit.id, "nothing", "", actor=an_actor(desk.session, desk.body, "approver"))
    with pytest.raises(Invalid, match="ends in one of"):
        conclude(desk, audit.id, "prison", "", actor=an_actor(desk.session, desk.body, "auditor"))
    with pytest.raises(NoSuchAudit):
        conclude(desk, 10**12, "nothing", "", actor=an_actor(desk.session, desk.body, "auditor"))


def test_a_licensee_once_held_to_account_is_looked_at_again(
    town: Session, body: LocalBody, desk: Desk, number: str
) -> None:
    (audit,) = open_audits(town)
    visit_it(desk)
    conclude(desk, audit.id, "notice", "A yard of 1.4 m.", actor=an_actor(town, body, "auditor"))
    licensee = town.scalar(text("SELECT licensee_id FROM permit_case WHERE licensee_id IS NOT NULL"))
    later = a_permit(town, body, issued=NEXT.date(), **QUIET)
    town.execute(
        text(
            "UPDATE permit_case SET licensee_id = :l WHERE case_id = (SELECT case_id FROM permit WHERE number = :n)"
        ),
        {"l": licensee, "n": later},
    )
    nightly(town, body, now=NOW + timedelta(days=3))
    assert [each.number for each in audits_by_risk(town)] == [later]


def test_the_page_shows_the_draw_to_everyone_and_the_grounds_to_the_office(
    service_engine: Engine, engine: Engine, own_body: LocalBody, tmp_path: Path
) -> None:
    a_plot(engine, own_body)
    hall = a_hall(service_engine, own_body, tmp_path)
    with hall.inside() as session:
        for _ in range(3):
            a_permit(session, own_body, **QUIET)
        nightly(session, own_body, now=NEXT)
        nightly(session, own_body, now=AFTER)
        (audit,) = open_audits(session)
    stranger, auditor = hall.client(), hall.client(hall.person("auditor"))
    told = stranger.get(f"/api{hall.path}/post-audit/{DAY}").json()
    written = "\n".join([told["method"], told["body"], told["day"], *told["pool"], ""])
    assert hashlib.sha256(written.encode()).hexdigest() == told["seed"]
    assert told["drawn"] == [audit.number]
    at = f"{hall.path}/post-audit"
    for language in ("en", "ml"):
        for path in (at, f"{at}/{DAY}"):
            shown = stranger.get(f"{path}?lang={language}")
            assert shown.status_code == 200
            assert told["seed"] in shown.text
            assert not [mark for mark in PRIVATE if mark in shown.text]
    assert f"/audits/{audit.id}" not in stranger.get(at).text
    assert f"/audits/{audit.id}" in auditor.get(at).text
    assert "rule 108" in auditor.get(at).text
    assert stranger.post(f"{at}/audits/{audit.id}", data={"outcome": "nothing"}).status_code in (303, 401)
    refused = auditor.post(f"{at}/audits/{audit.id}", data={"outcome": "notice", "words": "Kept words"})
    assert refused.status_code == 409
    assert "Kept words" in refused.text
    assert auditor.post(f"{at}/audits/{audit.id}", data={"outcome": "nothing"}).status_code == 303
    assert json.loads(stranger.get(f"/api{at}/{DAY}").text)["outcomes"] == {audit.number: "nothing"}
    assert stranger.get(f"{at}/2026-01-01").status_code == 404
    assert stranger.get(f"{at}/yesterday").status_code == 422
