"""On which way a paid case goes: issued on the licensee's certificate, to an officer with the reasons, or checked again first.

In: a case with its newest check and signatures, on a day.  Out: a `Route` of `civic.permits.judgement` with what the town hall
itself adds: kinds that always go to an officer, and owners who are not known as such in the register.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, parcels_of
from civic.core.desk import Desk
from civic.core.documents.tables import DocumentVersionRow
from civic.core.jobs import later
from civic.core.owners import owns
from civic.core.people import roles_on
from civic.core.steps import advance_when_paid
from civic.permits.built import as_built
from civic.permits.checking import Check, newest_check, why_stale
from civic.permits.co_owners import owners_missing
from civic.permits.consents import LICENSEE, OWNER, declared_in, signatures, why_unsigned
from civic.permits.declared import declarables
from civic.permits.following import comes_from_holder
from civic.permits.judgement import Reason, Route, route_of
from civic.permits.model import CERTIFIABLE, UNDRAWN, Kind
from civic.permits.same_plot import one_at_a_time, permits_beside
from civic.permits.tables import PermitCaseRow, PermitRow

CERTIFIED, OFFICER = "self_certified", "officer"
RECHECK = "permits.check_again"
KIND, OWNER_UNKNOWN, STALE, NO_DRAWING = "kind", "owner_unknown", "stale", "no_drawing"
LICENCE_ENDED, NOT_HOLDER = "licence_ended", "not_holder"
CO_OWNER, OTHER_PERMIT = "co_owner", "other_permit"
BUILT_BEYOND, BUILT_AREA, BUILT_UNTOLD = "built_beyond", "built_area", "built_untold"
"""Codes of the town hall's own reasons; those of the law are the judgement's."""
HOLDERS_OWN = frozenset({Kind.EXTENSION, Kind.RENEWAL, Kind.TRANSFER, Kind.OCCUPANCY, Kind.REVISION})
"""Kinds that an owner of the permit asks for; somebody else may, before an officer."""


def way_of(
    session: Session,
    body: LocalBody,
    check: Check,
    *,
    kind: Kind,
    on: date,
    signed: frozenset[str] | None = None,
) -> Route:
    """The way of a check as it is signed now; `signed` asks what it would be with other signatures."""
    given = declared_in(session, check) if signed is None else signed
    found = route_of(check.found, declarables(), given)
    added = [*_of_kind(kind), *of_the_town(session, body, check.case_id, kind=kind, on=on)]
    if not added:
        return found
    return replace(found, instant=False, reasons=(*added, *found.reasons))


def of_the_town(session: Session, body: LocalBody, case_id: int, *, kind: Kind, on: date) -> list[Reason]:
    """What the town hall itself has an officer look at: title, licence, who follows another's permit, what is permitted there already."""
    drawn = [] if kind in UNDRAWN else [*_of_owners(session, body, case_id, on=on)]
    drawn += [] if kind in UNDRAWN else [*_of_licence(session, case_id, on=on)]
    drawn += _of_plot(session, case_id, on=on) if kind in CERTIFIABLE else []
    return [*drawn, *_of_holder(session, body, case_id, kind=kind, on=on), *_of_built(session, case_id, kind)]


def why_not_fresh(session: Session, body: LocalBody, check: Check, *, on: date) -> str | None:
    """Why nothing may be decided on a check before it is made again: another file, another book, other land."""
    last = select(DocumentVersionRow.seq).where(
        DocumentVersionRow.document_id == check.document_id, DocumentVersionRow.record == check.record
    )
    if session.scalar(last.order_by(DocumentVersionRow.seq.desc()).limit(1)) != check.document_seq:
        return f"The drawing was changed after the check of {check.made:%Y-%m-%d}."
    return why_stale(session, body, check, on=on)


def settle(desk: Desk, standing: Case, *, told: Mapping[str, Any]) -> Case | None:
    """Send a paid case on its way; None where a signature is missing, or something else holds it still."""
    session, kind = desk.session, kind_of(desk.session, standing.id)
    if kind not in UNDRAWN and why_unsigned(session, standing.id) is not None:
        return None
    check = newest_check(session, standing.id)
    one_at_a_time(session, standing.body, standing.id)
    if kind in UNDRAWN or check is None:
        added = of_the_town(session, desk.body, standing.id, kind=kind, on=desk.today)
        keep_way(session, standing.id, OFFICER, [*added, Reason(code=NO_DRAWING)])
    elif stale := why_not_fresh(session, desk.body, check, on=desk.today):
        keep_way(session, standing.id, None, [Reason(code=STALE, told=stale)])
    else:
        way = way_of(session, desk.body, check, kind=kind, on=desk.today)
        keep_way(session, standing.id, CERTIFIED if way.instant else OFFICER, way.reasons)
    moved = advance_when_paid(desk, standing.id, told=told)
    if moved is not None and moved.state == "rechecking":
        later(session, RECHECK, turn=f"permit {standing.id}", case=standing.id)
    return moved


def kind_of(session: Session, case_id: int) -> Kind:
    """Of what kind a case is."""
    return Kind(session.get_one(PermitCaseRow, case_id).kind)


def keep_way(session: Session, case_id: int, way: str | None, why: tuple[Reason, ...] | list[Reason]) -> None:
    """Write on which way a case goes, and why."""
    session.execute(
        update(PermitCaseRow)
        .where(PermitCaseRow.case_id == case_id)
        .values(route=way, why=[asdict(each) for each in why])
    )


def _of_kind(kind: Kind) -> list[Reason]:
    return [] if kind in CERTIFIABLE else [Reason(code=KIND, told=kind)]


def _of_licence(session: Session, case_id: int, *, on: date) -> list[Reason]:
    """A certificate is a licensee's: one whose licence has ended since the signature certifies nothing."""
    licensee = session.get_one(PermitCaseRow, case_id, populate_existing=True).licensee_id
    is_held = licensee is None or LICENSEE in roles_on(session, licensee, on=on)
    return [] if is_held else [Reason(code=LICENCE_ENDED)]


def _of_plot(session: Session, case_id: int, *, on: date) -> list[Reason]:
    """A house that is permitted and not built yet stands on no drawing: two certificates would each use the whole of the plot."""
    there = permits_beside(session, case_id, on=on)
    return [Reason(code=OTHER_PERMIT, told=", ".join(there))] if there else []


def _of_holder(session: Session, body: LocalBody, case_id: int, *, kind: Kind, on: date) -> list[Reason]:
    """What changes a permit is its holder's to ask for; a stranger's application is looked at by an officer."""
    number = session.get_one(PermitCaseRow, case_id, populate_existing=True).of_permit
    permit = session.get(PermitRow, (body.code, number)) if number and kind in HOLDERS_OWN else None
    if permit is None or comes_from_holder(session, body, case_id, permit, on=on):
        return []
    return [Reason(code=NOT_HOLDER, told=permit.number)]


def _of_built(session: Session, case_id: int, kind: Kind) -> Iterator[Reason]:
    """What of the finished building is beyond what the law tolerates, or cannot be held against what was permitted."""
    check = newest_check(session, case_id) if kind is Kind.OCCUPANCY else None
    built = None if check is None else as_built(session, check)
    if built is None:
        return
    for each in built.beyond:
        sides = each.change.measured_after, each.change.required_after
        told = "{}; asked for: {}".format(*sides) if all(sides) else ""
        yield Reason(
            code=BUILT_BEYOND,
            rule=each.change.rule,
            clause=each.change.clause,
            subject=each.change.subject,
            title=each.change.title,
            title_ml=each.change.title_ml,
            told=told,
        )
    if built.area is None:
        yield Reason(code=BUILT_UNTOLD)
    elif not built.area.is_free:
        yield Reason(code=BUILT_AREA, clause=str(built.area.citation), told=f"{built.area.percent:.2f} %")


def _of_owners(session: Session, body: LocalBody, case_id: int, *, on: date) -> list[Reason]:
    """A certificate takes the place of a look at the title only where every owner of the register is known and signs."""
    numbers = parcels_of(session, case_id)
    owners = [each.person_id for each in signatures(session, case_id) if each.part == OWNER]
    if not any(owns(session, body, each, numbers, on=on) for each in owners):
        return [Reason(code=OWNER_UNKNOWN)]
    is_missing = owners_missing(session, body, case_id, owners, on=on)
    return [Reason(code=CO_OWNER)] if is_missing else []
