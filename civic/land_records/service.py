"""A change of a plot's record as a service: apply, measure, change the land with the decision.

In: forms at the doors, and the ledger's word that a fee was paid.  Out: cases; the land changes in the same transaction as
the decision, or neither does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from civic.core.asking import time_to_answer
from civic.core.bodies import LocalBody
from civic.core.case import Case, case
from civic.core.desk import Advanced, Desk
from civic.core.gone_plots import check_plots_stand, write_held
from civic.core.money.demands import demands_of, is_settled, raise_demand
from civic.core.money.model import Demand, DemandLine, HeldForPayer, Paying, Settled
from civic.core.money.undoing import cancel_demand
from civic.core.owners import RecordedOwner, know_owner, recorded_owners
from civic.core.people import Actor
from civic.core.services import Service, read_workflow
from civic.core.steps import advance_when_paid, open_case
from civic.land_records.interest import interest, lacks_interest
from civic.land_records.land import boundaries, check, make, measured_by, owner_named
from civic.land_records.model import MEASURED, Kind, Wanted, wanted_from
from civic.land_records.tables import LandRecordFeeRow, LandRecordRow
from gis.db.straight import straight
from gis.errors import Conflict, Invalid
from gis.geometry import ground_area
from gis.jurisdictions import jurisdiction

_KEEP = text(
    "INSERT INTO land_record (case_id, body, kind, wanted) VALUES (:case, :body, :kind, CAST(:wanted AS jsonb))"
)
_FEE = text(
    "SELECT paise, source FROM land_record_fee WHERE kind = :kind AND begins <= :on ORDER BY begins DESC LIMIT 1"
)
FEE = DemandLine(
    head="land_record_fee",
    title_en="Fee for a change of a plot's record",
    title_ml="ഭൂരേഖ മാറ്റത്തിനുള്ള ഫീസ്",
    amount=1,
    clause="",
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A parcel to come: its number, its ground area in m²."""

    number: str
    area: float


@dataclass(frozen=True, kw_only=True)
class LandRecord:
    """What the case's page shows of the application."""

    wanted: Wanted
    demands: tuple[Demand, ...]
    parts: tuple[Part, ...]
    made: Mapping[str, list[str]] | None
    suggested: tuple[str, ...]
    """Numbers that the parts could have."""
    interest: str
    """On what the applicant's interest in the plots rests."""
    owners: tuple[RecordedOwner, ...]
    """The register's owners, for whoever checks the papers; empty but then."""

    @property
    def is_measured(self) -> bool:
        """Whether the visit must bring new boundaries."""
        return self.wanted.kind in MEASURED


def fee(session: Session, kind: Kind, *, on: date) -> Any:
    """What a change costs on a day; `Conflict` where the local body has set nothing: a fee is never guessed."""
    rows = straight(session, _FEE, {"kind": kind, "on": on})
    if not rows:
        raise Conflict(
            "The local body has set no fee for this change yet, so it cannot be applied for here; ask at the office.",
            code="no-fee",
        )
    return rows[0]


def fees(session: Session) -> list[LandRecordFeeRow]:
    """Every fee that was ever set, by kind, the newest first."""
    query = select(LandRecordFeeRow).order_by(LandRecordFeeRow.kind, LandRecordFeeRow.begins.desc())
    return list(session.scalars(query))


def set_fee(desk: Desk, kind: Kind, *, paise: int, begins: date, source: str) -> None:
    """Set what a change costs from a day on; what was set stays, so that each case keeps the fee of its day."""
    if not 0 < paise < 10**10:
        raise Invalid("A fee is a sum above nothing.")
    if not source.strip() or len(source) > 300:
        raise Invalid("Say where the fee is written: the order or resolution, its number and date.")
    if begins < desk.today:
        raise Conflict("A fee cannot begin on a day that has been.")
    row = {
        "body": desk.body.code,
        "kind": str(kind),
        "begins": begins,
        "paise": paise,
        "source": source.strip(),
    }
    new = insert(LandRecordFeeRow).values(row).on_conflict_do_nothing().returning(LandRecordFeeRow.begins)
    if desk.session.execute(new).one_or_none() is None:  # perhaps by somebody else at this moment
        raise Conflict(
            f"A fee from {begins} on is set already; look at it, and choose another day if it is wrong."
        )


def apply(desk: Desk, wanted: Wanted, *, actor: Actor) -> Case:
    """Open a case on the plots, with its fee to be paid."""
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    check(desk.session, place, wanted, on=desk.today)
    cost = fee(desk.session, wanted.kind, on=desk.today)
    opened = open_case(desk, parcels=wanted.numbers, actor=actor, told={"kind": str(wanted.kind)})
    kept = {
        "case": opened.id,
        "body": desk.body.code,
        "kind": wanted.kind,
        "wanted": json.dumps(wanted.kept()),
    }
    straight(desk.session, _KEEP, kept)
    line = DemandLine(**vars(FEE) | {"amount": cost.paise, "clause": cost.source})
    raise_demand(desk.session, desk.body, lines=[line], now=desk.now, case_id=opened.id, due=opened.due)
    return opened


def _record(session: Session, case_id: int) -> LandRecordRow:
    return session.get_one(LandRecordRow, case_id, populate_existing=True)


def _verify(desk: Desk, standing: Case, actor: Actor, form: Mapping[str, str]) -> Mapping[str, Any]:
    """See that the name to be corrected is an owner's, and keep which owner the papers show the applicant to be."""
    wanted = wanted_from(_record(desk.session, standing.id).wanted)
    if wanted.kind is Kind.NAME:
        owner_named(desk.session, jurisdiction(desk.session, desk.body.jurisdiction), wanted, on=desk.today)
    party = form.get("owner", "").strip()
    if not party:
        return {}
    if lacking := lacks_interest(desk.session, standing, desk.today):
        raise Conflict(lacking, code="step-held")  # nobody is known as an owner without a paper that shows it
    held = recorded_owners(desk.session, desk.body, wanted.numbers, on=desk.today)
    known = {str(each.party_id): each.party_id for each in held}
    if party not in known:
        raise Invalid("Choose one of the owners that the register holds for these plots, or none.")
    know_owner(
        desk.session,
        desk.body,
        standing.opened_by,
        known[party],
        by=actor.person.id,
        case_id=standing.id,
        now=desk.now,
    )
    return {"known_as_owner": True}


def _report(desk: Desk, standing: Case, _actor: Actor, form: Mapping[str, str]) -> Mapping[str, Any]:
    """Keep what the visit measured, where the change needs it."""
    wanted = wanted_from(_record(desk.session, standing.id).wanted)
    if wanted.kind not in MEASURED:
        return {}
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    found = measured_by(desk.session, place, wanted, form, on=desk.today)
    _keep(desk.session, standing.id, measured=found)
    return {"numbers": [each["properties"]["number"] for each in found["features"]]}


def _grant(desk: Desk, standing: Case, _actor: Actor, _form: Mapping[str, str]) -> Mapping[str, Any]:
    """Change the land; the case is the instrument."""
    kept = _record(desk.session, standing.id)
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    instrument = f"{standing.number}, {desk.body.name_en}"
    wanted = wanted_from(kept.wanted)
    made = make(desk.session, place, wanted, kept.measured, on=desk.today, instrument=instrument)
    _keep(desk.session, standing.id, made=made)
    return made


def _keep(session: Session, case_id: int, **values: Any) -> None:
    session.execute(update(LandRecordRow).where(LandRecordRow.case_id == case_id).values(**values))


def _fee_paid(session: Session, standing: Case) -> str | None:
    return None if is_settled(session, standing.id) else "The fee is not paid."


def _measured(session: Session, standing: Case) -> str | None:
    kept = _record(session, standing.id)
    lacks = Kind(kept.kind) in MEASURED and not kept.measured
    return "The visit has not measured the new boundaries." if lacks else None


def _shown(desk: Desk, standing: Case) -> LandRecord:
    kept = _record(desk.session, standing.id)
    wanted = wanted_from(kept.wanted)
    parts: list[Part] = []
    if kept.measured:
        place = jurisdiction(desk.session, desk.body.jurisdiction)
        parts = [
            Part(number=number, area=ground_area(boundary, place.metric))
            for number, boundary in boundaries(place, kept.measured)
        ]
    count = wanted.parts or 1
    return LandRecord(
        wanted=wanted,
        demands=tuple(demands_of(desk.session, standing.id)),
        parts=tuple(parts),
        made=kept.made,
        suggested=tuple(f"{wanted.numbers[0]}-{place}" for place in range(1, count + 1)),
        interest=str(interest(desk.session, standing, on=desk.today)),
        owners=_owners_to_compare(desk, standing, wanted),
    )


def _owners_to_compare(desk: Desk, standing: Case, wanted: Wanted) -> tuple[RecordedOwner, ...]:
    """Whom the register names, while the papers are compared with it."""
    if "verify" not in desk.flow.steps_from(standing.state):
        return ()
    return tuple(recorded_owners(desk.session, desk.body, wanted.numbers, on=desk.today))


_GUARDS = {"fee_paid": _fee_paid, "measured": _measured}
_DATED = {"interest": lacks_interest, "time_to_answer": time_to_answer}
SERVICE = Service(
    flow=read_workflow("civic.land_records", [*_GUARDS, *_DATED]),
    guards=_GUARDS,
    dated=_DATED,
    takes={"verify": _verify, "report": _report, "grant": _grant},
    shown=_shown,
    part="town/land_records/part.html",
    begins_at="land-records/new",
)


def when_paid(session: Session, event: Settled) -> None:
    """The fee was paid: the case goes on to its check."""
    if event.case_id is None or (standing := case(session, event.case_id)).service != SERVICE.name:
        return
    check_plots_stand(session, event.body, standing, now=event.now)
    desk = SERVICE.desk(session, event.body, now=event.now)
    advance_when_paid(desk, event.case_id, told={"demand": event.demand.id})


def when_paying(session: Session, event: Paying) -> None:
    """Somebody is about to pay for a case: nothing is taken for one whose plot is gone."""
    if event.case.service == SERVICE.name:
        check_plots_stand(session, event.body, event.case, now=event.now)


def when_held(session: Session, event: HeldForPayer) -> None:
    """Money came that a case could not take: its history and its parties are told."""
    write_held(SERVICE, session, event)


def when_advanced(session: Session, event: Advanced) -> None:
    """A case that ends asks a fee that stands open no more; what is paid later is held for its payer."""
    if event.case.service == SERVICE.name and event.case.closed and event.case.state != event.state_before:
        _ask_no_more(session, event.body, event)


def _ask_no_more(session: Session, body: LocalBody, event: Advanced) -> None:
    for demand in demands_of(session, event.case.id):
        if demand.state == "open":
            cancel_demand(
                session,
                body,
                demand.id,
                reason=f"The case ended: {event.case.state}.",
                by=None,
                now=event.now,
            )
