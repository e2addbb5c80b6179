"""The officer's side of the findings: a word on each that is open, an override of one that fails, what a refusal rests on.

In: a case with its newest check, an officer's words.  Out: rows that are only added to; which findings still fail, which have
no word yet.  The newest word on a finding of a check holds; an override's reason is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import case
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.said import add_act
from civic.permits.built import tolerated_on
from civic.permits.checking import Check, newest_check
from civic.permits.consents import declared_in
from civic.permits.consultations import consent_rules
from civic.permits.declared import declarables
from civic.permits.judgement import route_of
from civic.permits.publishing import check_publishable
from civic.permits.tables import PermitOverrideRow, PermitWordRow
from gis.errors import Conflict, Invalid, NotAllowed, NotFound

ACCEPTED, CONDITION, REFUSED = "accepted", "condition", "refused"
STANCES = (ACCEPTED, CONDITION, REFUSED)
SPEAKERS = frozenset({"verifier", "approver", "secretary"})
DECIDERS = frozenset({"approver", "secretary"})
BEFORE_THE_OFFICE = frozenset({"rechecking", "verifying", "asked", "consulting", "deciding", "council"})
"""States in which officers say a word on a case: it was paid for, and is not decided yet."""
LONGEST = 2000
OVERRULED = "finding_overruled"
"""What the history of a case calls it."""

Point = tuple[str, str]
"""A finding by rule and subject."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A finding with what officers said of it."""

    finding: Mapping[str, Any]
    stance: str | None
    reason: str | None
    is_overruled: bool
    override: str | None
    is_declared: bool
    is_tolerated: bool = False
    """Whether it is a yard of the finished building that is short by no more than rule 20 tolerates."""

    @property
    def fails(self) -> bool:
        """Whether it fails, nobody overruled it, and no tolerance of the finished building covers it."""
        return self.finding["outcome"] == "fail" and not (self.is_overruled or self.is_tolerated)

    @property
    def is_spoken(self) -> bool:
        """Whether something was said of it: a word, or the licensee's declaration."""
        return self.stance is not None or self.is_declared


@dataclass(frozen=True, kw_only=True)
class Said:
    """A word as an officer says it: of which case and check, about which finding or reason, for or against."""

    case_id: int
    check_seq: int | None
    about: Point
    stance: str


def point(finding: Mapping[str, Any]) -> Point:
    """How a finding is named."""
    return finding["rule"], finding["subject"] or ""


def judged(session: Session, check: Check) -> tuple[Judged, ...]:
    """The findings of a check that do not pass by themselves, in the order of the check."""
    words = words_on(session, check)
    overrides = overrides_on(session, check)
    way = route_of(check.found, declarables(), declared_in(session, check))
    declared = {(each.rule, each.subject) for each in way.declared}
    tolerated = tolerated_on(session, check)
    return tuple(
        Judged(
            finding=each,
            stance=words[point(each)].stance if point(each) in words else None,
            reason=words[point(each)].reason if point(each) in words else None,
            is_overruled=point(each) in overrides,
            override=overrides[point(each)].reason if point(each) in overrides else None,
            is_declared=point(each) in declared,
            is_tolerated=point(each) in tolerated,
        )
        for each in check.of("fail", "unknown")
    )


def words_on(session: Session, check: Check) -> dict[Point, PermitWordRow]:
    """The newest word on each finding of a check."""
    query = (
        select(PermitWordRow)
        .where(PermitWordRow.case_id == check.case_id, PermitWordRow.check_seq == check.seq)
        .order_by(PermitWordRow.id)
    )
    return {(row.rule, row.subject or ""): row for row in session.scalars(query)}


def overrides_on(session: Session, check: Check) -> dict[Point, PermitOverrideRow]:
    """The overrides of a check."""
    query = (
        select(PermitOverrideRow)
        .where(PermitOverrideRow.case_id == check.case_id, PermitOverrideRow.check_seq == check.seq)
        .order_by(PermitOverrideRow.id)
    )
    return {(row.rule, row.subject or ""): row for row in session.scalars(query)}


def say(desk: Desk, check: Check, *, rule: str, subject: str, stance: str, reason: str, actor: Actor) -> None:
    """Say of an open finding why it is accepted or refused, or on what condition; the same again changes nothing."""
    _check_officer(actor, SPEAKERS)
    if stance not in STANCES:
        raise Invalid("A finding is accepted, accepted on a condition, or refused.")
    _finding(check, rule, subject, outcomes=("fail", "unknown"))
    if stance == CONDITION:  # the register publishes conditions
        check_publishable(desk, check.case_id, reason)
    before = words_on(desk.session, check).get((rule, subject))
    said = Said(case_id=check.case_id, check_seq=check.seq, about=(rule, subject), stance=stance)
    keep_word(desk, said, reason, before=before, actor=actor)


def keep_word(desk: Desk, said: Said, reason: str, *, before: PermitWordRow | None, actor: Actor) -> None:
    """Keep an officer's word with its reason; one that says the same as the word before it is not kept again."""
    _check_officer(actor, SPEAKERS)
    _check_before_office(desk, said.case_id)
    words = _words(reason)
    if before is not None and (before.stance, before.reason) == (said.stance, words):
        return
    rule, subject = said.about
    row = PermitWordRow(
        body=desk.body.code,
        case_id=said.case_id,
        check_seq=said.check_seq,
        rule=rule,
        subject=subject or None,
        stance=said.stance,
        reason=words,
        by_id=actor.person.id,
        made=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()


def overrule(desk: Desk, check: Check, *, rule: str, subject: str, reason: str, actor: Actor) -> None:
    """Overrule a finding that fails, once, by whoever decides, with the reason that is published; the parties hear of it at once."""
    _check_officer(actor, DECIDERS)
    _check_before_office(desk, check.case_id)
    words = _words(reason)
    finding = _finding(check, rule, subject, outcomes=("fail",))
    check_publishable(desk, check.case_id, words)
    if (rule, subject) in overrides_on(desk.session, check):
        raise Conflict("This finding is overruled already.", code="overruled-already")
    row = PermitOverrideRow(
        body=desk.body.code,
        case_id=check.case_id,
        check_seq=check.seq,
        rule=rule,
        subject=subject or None,
        outcome_before=finding["outcome"],
        reason=words,
        by_id=actor.person.id,
        made=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    clause = f" ({finding['clause']})" if finding["clause"] else ""
    about = {
        "en": f"{finding['title']}{clause}",
        "ml": f"{finding['title_ml'] or finding['title']}{clause}",
    }
    told = {"rule": rule, "subject": subject, "check": check.seq, "about": about}
    role = min(actor.roles & DECIDERS)
    add_act(desk, check.case_id, OVERRULED, role=role, actor=actor, note=words, told=told)


def carry_over(desk: Desk, before: Check | None, after: Check) -> None:
    """Let words and overrides hold for a newer check of the same file where the finding is word for word the same, but for the day."""
    if before is None or before.sha256 != after.sha256:
        return
    same = {point(each): _undated(each, after.on) for each in after.of("fail", "unknown")}
    old = {point(each): _undated(each, before.on) for each in before.findings}
    for which, word in words_on(desk.session, before).items():
        if which in same and same[which] == old[which]:
            desk.session.add(_again(word, after.seq))
    for which, override in overrides_on(desk.session, before).items():
        if which in same and same[which] == old[which]:
            desk.session.add(_again(override, after.seq))
    desk.session.flush()


def _undated(finding: Mapping[str, Any], on: date) -> str:
    """What a finding says, without the day of its check: the book is silent on another day as it was on this one."""
    return orjson.dumps(finding, option=orjson.OPT_SORT_KEYS).decode().replace(on.isoformat(), "day")


def _again(row: PermitWordRow | PermitOverrideRow, seq: int) -> PermitWordRow | PermitOverrideRow:
    """The same row for another check."""
    values = {each.name: getattr(row, each.name) for each in row.__table__.columns if each.name != "id"}
    return type(row)(**values | {"check_seq": seq})


def failing(session: Session, case_id: int) -> list[str]:
    """What fails in the newest check and was not overruled, by title."""
    check = newest_check(session, case_id)
    return [] if check is None else _titles(each for each in judged(session, check) if each.fails)


def unspoken(session: Session, case_id: int) -> list[str]:
    """Open findings of the newest check of which nobody has said anything, by title; consents of others speak for themselves."""
    check = newest_check(session, case_id)
    if check is None:
        return []
    return _titles(
        each
        for each in judged(session, check)
        if each.finding["outcome"] == "unknown"
        and not each.is_spoken
        and each.finding["rule"] not in consent_rules()
    )


def ground_of_refusal(session: Session, case_id: int) -> bool:
    """Whether a refusal would rest on something: a finding that fails, or an officer's word of refusal."""
    check = newest_check(session, case_id)
    return check is not None and any(each.fails or each.stance == REFUSED for each in judged(session, check))


def _titles(found: Iterable[Judged]) -> list[str]:
    return list(dict.fromkeys(str(each.finding["title"]) for each in found))


def _finding(check: Check, rule: str, subject: str, *, outcomes: Sequence[str]) -> Mapping[str, Any]:
    for each in check.of(*outcomes):
        if point(each) == (rule, subject):
            return each
    raise NotFound("The newest check has no such open finding; look at it again.", code="no-finding")


def _check_officer(actor: Actor, roles: frozenset[str]) -> None:
    if not actor.roles & roles:
        named = ", ".join(sorted(roles))
        raise NotAllowed(f"This is said by: {named}.")


def _check_before_office(desk: Desk, case_id: int) -> None:
    """Nothing is said of a draft, and nothing is added to what was decided."""
    if case(desk.session, case_id).state not in BEFORE_THE_OFFICE:
        raise Conflict(
            "This case is not before the office now: findings are spoken of between the payment and the decision.",
            code="not-before-office",
        )


def _words(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > LONGEST:
        raise Invalid(f"Give the reason in 1 to {LONGEST} characters.", code="reason-missing")
    return words
