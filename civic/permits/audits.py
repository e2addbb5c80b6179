"""Self-certified permits looked at afterwards: the pool of a day is published with its seed, the lot falls a night later.

In: a session inside a local body, an instant.  Out: draws that anybody can make again, audits with their outcome: nothing, a
notice, or that revocation is proposed to the Secretary, who alone revokes.  A draw is only added to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import roles_in
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.steps import NOTE, again, locked
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from civic.permits.audit_risk import counted, is_looked_at, rules
from civic.permits.draws import METHOD, Lot, drawn, how_many, in_order, seed_of
from civic.permits.tables import PermitAppealRow, PermitAuditRow, PermitCaseRow, PermitDrawRow, PermitRow
from civic.permits.visits import visits_of
from gis.errors import Conflict, Invalid, NotAllowed, NotFound

NOTHING, NOTICE, REVOCATION = "nothing", "notice", "revocation"
OUTCOMES = (NOTHING, NOTICE, REVOCATION)
RANDOM, RISK = "random", "risk"
AUDIT = "audit"
"""The stage of a visit that an audit rests on."""
APPEAL = "Against it an appeal lies to the Tribunal for Local Self Government Institutions (rule 108)."
LONGEST = 2000
MOST = 60


class NoSuchAudit(NotFound):
    """No audit or draw has this name here."""

    code = "no-audit"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """A permit that is looked at, and what was found."""

    id: int
    number: str
    case_id: int
    drawn: date
    why: str
    seed: str
    reasons: tuple[Mapping[str, Any], ...]
    outcome: str | None
    words: str | None
    done: datetime | None


@dataclass(frozen=True, kw_only=True)
class Draw:
    """The draw of a day: everything that is needed to make it again."""

    day: date
    method: str
    pool: tuple[Lot, ...]
    seed: str
    taken: int
    published: datetime
    audits: tuple[Audit, ...]

    @property
    def numbers(self) -> list[str]:
        """The permits on which the lot falls."""
        return drawn(self.pool, self.seed, self.taken)


def nightly(session: Session, body: LocalBody, *, now: datetime) -> None:
    """Draw from the pools that were published before today, and publish the pool of every day that is over; again changes nothing."""
    today = day_there(now, body.time_zone)
    _draw_published(session, body, today)
    for day in _days_over(session, today):
        _publish(session, body, day, today=today, now=now)


def draws(session: Session, *, most: int = MOST) -> list[Draw]:
    """The last draws, the newest first."""
    rows = session.scalars(select(PermitDrawRow).order_by(PermitDrawRow.day.desc()).limit(most)).all()
    audits = _audits(session, [each.seed for each in rows])
    return [_draw(each, audits) for each in rows]


def draw_of(session: Session, body: LocalBody, day: date) -> Draw:
    """The draw of a day."""
    row = session.get(PermitDrawRow, (body.code, day))
    if row is None:
        raise NoSuchAudit(
            "No self-certified permit was issued on this day, or its draw is not published yet."
        )
    return _draw(row, _audits(session, [row.seed]))


def audits_by_risk(session: Session, *, most: int = MOST) -> list[Audit]:
    """What is looked at for its own sake, the newest first."""
    query = select(PermitAuditRow).where(PermitAuditRow.why == RISK).order_by(PermitAuditRow.id.desc())
    return [_audit(each) for each in session.scalars(query.limit(most))]


def open_audits(session: Session, *, most: int = MOST) -> list[Audit]:
    """What waits for an outcome, the oldest first."""
    query = select(PermitAuditRow).where(PermitAuditRow.outcome.is_(None))
    rows = session.scalars(query.order_by(PermitAuditRow.drawn, PermitAuditRow.id).limit(most))
    return [_audit(each) for each in rows]


def proposed(session: Session, *, most: int = MOST) -> list[Audit]:
    """What an auditor proposes to revoke and the Secretary has not revoked, the oldest first; not what the Tribunal let stand again."""
    let_stand = (
        select(PermitAppealRow.of_permit)
        .join(CaseRow, CaseRow.id == PermitAppealRow.case_id)
        .where(PermitAppealRow.of_permit == PermitAuditRow.number, CaseRow.state == "set_aside")
    )
    query = (
        select(PermitAuditRow)
        .join(
            PermitRow, (PermitRow.body == PermitAuditRow.body) & (PermitRow.number == PermitAuditRow.number)
        )
        .where(PermitAuditRow.outcome == REVOCATION, PermitRow.revoked.is_(None), ~let_stand.exists())
        .order_by(PermitAuditRow.id)
    )
    return [_audit(each) for each in session.scalars(query.limit(most))]


def conclude(desk: Desk, identifier: int, outcome: str, words: str, *, actor: Actor) -> Audit:
    """Write what an audit found; a notice or a proposed revocation rests on a visit to the plot and gives its reason."""
    query = select(PermitAuditRow).where(PermitAuditRow.id == identifier).with_for_update()
    row = desk.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise NoSuchAudit("There is no such audit here.")
    _check_who(desk, row, actor)
    said = words.strip()
    if outcome not in OUTCOMES:
        raise Invalid(f"An audit ends in one of: {', '.join(OUTCOMES)}.")
    if len(said) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters are taken for the words of an audit.")
    if outcome != NOTHING:
        _check_grounds(desk, row, said)
    values = {"outcome": outcome, "words": said or None, "done": desk.now, "done_by": actor.person.id}
    desk.session.execute(update(PermitAuditRow).where(PermitAuditRow.id == identifier).values(values))
    desk.session.refresh(row)
    against = "" if outcome == NOTHING else f" {APPEAL}"
    note = f"Audit of permit {row.number}: {outcome}.{' ' + said if said else ''}{against}"
    standing = locked(desk, row.case_id)
    again(desk, standing, NOTE, role="auditor", actor=actor, note=note, seen="parties", told={})
    return _audit(row)


def _check_who(desk: Desk, row: PermitAuditRow, actor: Actor) -> None:
    if "auditor" not in roles_in(desk.session, row.case_id, actor):
        raise NotAllowed("An auditor concludes an audit, and nobody in a matter of their own.")
    if row.outcome is not None:
        raise Conflict(f"This audit was concluded already: {row.outcome}.", code="audit-done")


def _check_grounds(desk: Desk, row: PermitAuditRow, said: str) -> None:
    if not said:
        raise Invalid("Say in words what was found; whom it concerns reads it.", code="reason-missing")
    zone = desk.body.time_zone
    if not any(
        each.stage == AUDIT and each.is_whole and row.drawn <= day_there(each.ended, zone) <= desk.today
        for each in visits_of(desk.session, row.case_id)
    ):
        raise Conflict(
            "Nothing is held against a permit before its plot was visited: no visit for the audit, of a day since it was drawn, has arrived whole.",
            code="not-visited",
        )


def _days_over(session: Session, today: date) -> Sequence[date]:
    """Days before today on which permits were certified and whose pool is not published."""
    published = select(PermitDrawRow.day)
    query = (
        select(PermitRow.issued)
        .where(
            PermitRow.route == "self_certified", PermitRow.issued < today, PermitRow.issued.not_in(published)
        )
        .distinct()
        .order_by(PermitRow.issued)
    )
    return session.scalars(query).all()


def _publish(session: Session, body: LocalBody, day: date, *, today: date, now: datetime) -> None:
    rows = session.scalars(
        select(PermitRow)
        .where(PermitRow.route == "self_certified", PermitRow.issued == day)
        .order_by(PermitRow.number)
    ).all()
    pool = in_order([Lot(number=each.number, digest=_digest(each)) for each in rows])
    asked = rules().by_lot
    values = {
        "body": body.code,
        "day": day,
        "method": METHOD,
        "pool": [asdict(each) for each in pool],
        "seed": seed_of(body.code, day, pool),
        "taken": how_many(len(pool), per_hundred=asked.per_hundred, at_least=asked.at_least),
        "published": now,
    }
    if session.execute(insert(PermitDrawRow).values(values).on_conflict_do_nothing()).rowcount:  # type: ignore[attr-defined]
        for row in rows:
            _weigh(session, row, today=today)


def _digest(row: PermitRow) -> str:
    return str((row.terms.get("check") or {}).get("digest") or "-")


def _weigh(session: Session, row: PermitRow, *, today: date) -> None:
    """Have a permit looked at for what it shows."""
    reasons = counted(row.terms, _held_before(session, row), rules())
    if is_looked_at(reasons, rules()):
        told = [asdict(each) for each in reasons]
        _have_looked_at(session, row, today, RISK, seed=f"audit.yaml {rules().edition}", reasons=told)


def _held_before(session: Session, row: PermitRow) -> int:
    """How many earlier audits of the same licensee ended in a notice or a revocation."""
    licensee = session.scalar(select(PermitCaseRow.licensee_id).where(PermitCaseRow.case_id == row.case_id))
    if licensee is None:
        return 0
    query = (
        select(func.count())
        .select_from(PermitAuditRow)
        .join(PermitCaseRow, PermitCaseRow.case_id == PermitAuditRow.case_id)
        .where(PermitCaseRow.licensee_id == licensee, PermitAuditRow.outcome.in_((NOTICE, REVOCATION)))
    )
    return session.scalar(query) or 0


def _draw_published(session: Session, body: LocalBody, today: date) -> None:
    """Let the lot fall for every pool that was published before today."""
    made = select(PermitAuditRow.seed).where(PermitAuditRow.why == RANDOM)
    query = select(PermitDrawRow).where(PermitDrawRow.taken > 0, PermitDrawRow.seed.not_in(made))
    for row in session.scalars(query.order_by(PermitDrawRow.day)).all():
        if day_there(row.published, body.time_zone) < today:
            for number in _draw(row, {}).numbers:
                permit = session.scalars(select(PermitRow).where(PermitRow.number == number)).one()
                _have_looked_at(session, permit, today, RANDOM, seed=row.seed, reasons=[])


def _have_looked_at(
    session: Session, row: PermitRow, on: date, why: str, *, seed: str, reasons: list[dict[str, Any]]
) -> None:
    values = {
        "body": row.body,
        "number": row.number,
        "case_id": row.case_id,
        "drawn": on,
        "why": why,
        "seed": seed,
        "reasons": reasons,
    }
    session.execute(insert(PermitAuditRow).values(values).on_conflict_do_nothing())


def _audits(session: Session, seeds: Sequence[str]) -> dict[str, list[Audit]]:
    query = select(PermitAuditRow).where(PermitAuditRow.seed.in_(seeds)).order_by(PermitAuditRow.id)
    found: dict[str, list[Audit]] = {}
    for row in session.scalars(query):
        found.setdefault(row.seed, []).append(_audit(row))
    return found


def _draw(row: PermitDrawRow, audits: Mapping[str, Sequence[Audit]]) -> Draw:
    return Draw(
        day=row.day,
        method=row.method,
        pool=tuple(Lot(**each) for each in row.pool),
        seed=row.seed,
        taken=row.taken,
        published=row.published,
        audits=tuple(audits.get(row.seed, ())),
    )


def _audit(row: PermitAuditRow) -> Audit:
    return Audit(
        id=row.id,
        number=row.number,
        case_id=row.case_id,
        drawn=row.drawn,
        why=row.why,
        seed=row.seed,
        reasons=tuple(row.reasons),
        outcome=row.outcome,
        words=row.words,
        done=row.done,
    )
