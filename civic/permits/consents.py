"""Consents: owner and licensee each sign a very drawing, known by its SHA-256; another drawing is not what they signed.

In: who signs, as what, which sentences.  Out: rows with the exact words; who has not signed the newest drawing yet; what the
licensee declared of it.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml
from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased

from civic.core.case import Case, parcels_of, parts_in
from civic.core.desk import Desk, Overtaken
from civic.core.people import Actor, person
from civic.core.tables import CasePartyRow
from civic.permits.checking import Check, newest_check
from civic.permits.declared import Declarable, declarables
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitConsentRow
from gis.errors import Conflict, Invalid, NotAllowed
from layers.extract.model import Words

OWNER, LICENSEE = "owner", "licensee"
PARTS = (OWNER, LICENSEE)
_THEN, _NOW = aliased(PermitCheckRow), aliased(PermitCheckRow)
"""The check that was signed, and the newest one."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Somebody who has to sign, and whether this very drawing was signed."""

    person_id: int
    name: str
    part: str
    is_given: bool


@lru_cache(maxsize=1)
def _sentences() -> Mapping[str, tuple[Words, ...]]:
    text = files("civic.permits").joinpath("sentences.yaml").read_text(encoding="utf-8")
    read = yaml.load(text, Loader=yaml.BaseLoader)
    return {part: tuple(Words(**each) for each in entries) for part, entries in read.items()}


def sentences(part: str, **values: str) -> tuple[Words, ...]:
    """The sentences that a part signs, with what they name filled in."""
    return tuple(
        Words(en=each.en.format(**values), ml=each.ml.format(**values)) for each in _sentences()[part]
    )


def to_sign(session: Session, standing: Case, check: Check, part: str) -> tuple[Words, ...]:
    """The sentences that stand above a signature under a check."""
    number = ", ".join(parcels_of(session, standing.id))
    return sentences(part, number=number, drawing=check.sha256, permit=standing.number)


def signatures(session: Session, case_id: int) -> tuple[Signature, ...]:
    """Everyone who has to sign: each owner and the licensee of today, and whether they signed the newest drawing."""
    check = newest_check(session, case_id)
    given = _given(session, case_id, check) if check else frozenset()
    licensee = session.get_one(PermitCaseRow, case_id, populate_existing=True).licensee_id
    query = (
        select(CasePartyRow.person_id)
        .where(CasePartyRow.case_id == case_id, CasePartyRow.part == OWNER)
        .order_by(CasePartyRow.person_id)
    )
    wanted = [(each, OWNER) for each in session.scalars(query)]
    wanted += [(licensee, LICENSEE)] if licensee is not None else []
    return tuple(
        Signature(person_id=each, name=person(session, each).name, part=part, is_given=(each, part) in given)
        for each, part in wanted
    )


def why_unsigned(session: Session, case_id: int) -> str | None:
    """Whose signature under the newest drawing is missing; None where all are there."""
    found = signatures(session, case_id)
    if not {LICENSEE, OWNER} <= {each.part for each in found}:
        return "An owner and a licensee have to be named."
    missing = [f"{each.name} ({each.part})" for each in found if not each.is_given]
    return f"Not signed under the newest drawing yet: {', '.join(missing)}." if missing else None


def declared_in(session: Session, check: Check) -> frozenset[str]:
    """What the licensee of today declared of a very drawing, by identifiers of the declared list."""
    query = select(PermitConsentRow).where(
        PermitConsentRow.case_id == check.case_id,
        PermitConsentRow.sha256 == check.sha256,
        PermitConsentRow.part == LICENSEE,
        PermitConsentRow.withdrawn.is_(None),
        _told_the_same(check),
    )
    licensee = session.get_one(PermitCaseRow, check.case_id, populate_existing=True).licensee_id
    return frozenset(
        each for row in session.scalars(query) if row.person_id == licensee for each in row.declared
    )


def sign(
    desk: Desk,
    standing: Case,
    *,
    actor: Actor,
    part: str,
    seq: int,
    declared: AbstractSet[str],
    language: str,
) -> None:
    """Sign the newest drawing, in the words of one language; what was declared stands among them."""
    check = newest_check(desk.session, standing.id)
    if check is None or check.seq != seq:
        raise Overtaken("Another drawing was handed in meanwhile; look at it, then sign.")
    _check_part(desk.session, standing, actor, part)
    if not check.fits:
        raise Conflict("This drawing does not lie on the plot, so it cannot be signed.", code="not-this-plot")
    is_signed = (actor.person.id, part) in _given(desk.session, standing.id, check)
    if is_signed and (part == OWNER or declared <= declared_in(desk.session, check)):
        raise Conflict("You have signed this drawing already.", code="signed-already")
    said = [*to_sign(desk.session, standing, check, part)]
    chosen = _chosen(declared) if part == LICENSEE else ()
    said += [each.words for each in chosen]
    _keep(
        desk,
        standing,
        actor,
        part=part,
        check=check,
        words=[each.ml if language == "ml" else each.en for each in said],
        declared=[each.id for each in chosen],
    )


def withdraw_of(desk: Desk, case_id: int, person_id: int, part: str) -> None:
    """Let the signatures of a person in a part count no more."""
    desk.session.execute(
        update(PermitConsentRow)
        .where(
            PermitConsentRow.case_id == case_id,
            PermitConsentRow.person_id == person_id,
            PermitConsentRow.part == part,
            PermitConsentRow.withdrawn.is_(None),
        )
        .values(withdrawn=desk.now)
    )


def keep_change(desk: Desk, standing: Case, actor: Actor, *, name: str, language: str) -> None:
    """Keep the owner's one consent to another licensee."""
    said = sentences("change", name=name, permit=standing.number)
    words = [each.ml if language == "ml" else each.en for each in said]
    _keep(desk, standing, actor, part=OWNER, check=None, words=words, declared=[])


def consents_of(session: Session, case_id: int) -> list[PermitConsentRow]:
    """Every signature of a case, oldest first."""
    query = select(PermitConsentRow).where(PermitConsentRow.case_id == case_id).order_by(PermitConsentRow.id)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def _chosen(declared: AbstractSet[str]) -> list[Declarable]:
    known = {each.id: each for each in declarables()}
    astray = sorted(declared - set(known))
    if astray:
        raise Invalid(f"“{astray[0][:40]}” is not on the list of what a licensee may declare.")
    return [each for each in declarables() if each.id in declared]


def _check_part(session: Session, standing: Case, actor: Actor, part: str) -> None:
    if part not in PARTS or part not in parts_in(session, standing.id, actor.person.id):
        raise NotAllowed(
            "Owner and licensee of this case sign it, each for themselves.", code="not-yours-to-sign"
        )
    licensee = session.get_one(PermitCaseRow, standing.id, populate_existing=True).licensee_id
    if part == LICENSEE and licensee != actor.person.id:
        raise NotAllowed("You are no longer the licensee of this case.", code="not-yours-to-sign")
    if part == LICENSEE and LICENSEE not in actor.roles:
        raise NotAllowed("Your licence does not hold today, so you cannot sign.", code="no-licence")


def _given(session: Session, case_id: int, check: Check) -> frozenset[tuple[int, str]]:
    query = select(PermitConsentRow.person_id, PermitConsentRow.part).where(
        PermitConsentRow.case_id == case_id,
        PermitConsentRow.sha256 == check.sha256,
        PermitConsentRow.withdrawn.is_(None),
        _told_the_same(check),
    )
    return frozenset((person_id, part) for person_id, part in session.execute(query))


def _told_the_same(check: Check) -> ColumnElement[bool]:
    """Signed with the very words told beside the drawing: other answers to the same file are what nobody has signed."""
    return exists().where(
        _NOW.id == check.id,
        _THEN.case_id == check.case_id,
        _THEN.seq == PermitConsentRow.check_seq,
        _THEN.answers.is_not_distinct_from(_NOW.answers),
    )


def _keep(
    desk: Desk,
    standing: Case,
    actor: Actor,
    *,
    part: str,
    check: Check | None,
    words: Sequence[str],
    declared: Sequence[str],
) -> None:
    row = PermitConsentRow(
        body=desk.body.code,
        case_id=standing.id,
        check_seq=check.seq if check else None,
        sha256=check.sha256 if check else None,
        person_id=actor.person.id,
        part=part,
        words="\n".join(words),
        declared=list(declared),
        given=desk.now,
        withdrawn=None,
    )
    desk.session.add(row)
    desk.session.flush()
