"""Who hears of a case, by which ways and in whose words: asked ahead for a case that is about to be opened.

In: an opening, a case that moved, a demand on it.  Out: recipients, and whether there may be others to tell.  A case that is
opened keeps the next one's number waiting until its transaction ends; what can be known before is therefore asked before, and
is good for that case and that instant only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from civic.core.desk import Advanced, Opening
from civic.core.messages.outbox import RECIPIENTS, Recipient, parties_of, to_recipient
from civic.core.money.model import DemandRaised
from gis.db.straight import straight

_WATCH = "EXISTS (SELECT FROM plot_watch WHERE state = 'watching') AS is_watched"
_OWN = (
    "EXISTS (SELECT FROM {plots} JOIN parcel_right r ON r.number = c.number AND r.jurisdiction = :land"
    " JOIN known_owner k ON k.party_id = r.party_id AND k.ended IS NULL) AS is_owned"
)
_OF_CASE = text(
    f"SELECT {_WATCH}, {_OWN.format(plots='(SELECT number FROM case_parcel WHERE case_id = :case) c')}"
)
_AHEAD = text(
    f"{RECIPIENTS}, {_WATCH}, {_OWN.format(plots='unnest(CAST(:plots AS text[])) AS c (number)')}"
    " FROM person p WHERE p.id = :person"
)
_KEPT = "who hears of a case that is opened"


@dataclass(frozen=True, kw_only=True)
class Hearers:
    """The parties of a case, and whether it may concern anybody else: watchers of any plot, people who ever owned one of its."""

    parties: Sequence[Recipient]
    may_be_watched: bool
    may_be_owned: bool


@dataclass(frozen=True, kw_only=True)
class _Ahead:
    """What was asked before a case was opened, and of which case it is good once that is known."""

    hearers: Hearers
    now: datetime
    case_id: int | None = None


def look_ahead(session: Session, opening: Opening) -> None:
    """Ask who will hear of a case that is about to be opened: whoever opens it is its one party then."""
    values = {
        "person": opening.actor.person.id,
        "plots": list(opening.parcels),
        "land": opening.body.jurisdiction,
    }
    row = straight(session, _AHEAD, values)[0]
    found = Hearers(parties=(to_recipient(row),), may_be_watched=row.is_watched, may_be_owned=row.is_owned)
    session.info[_KEPT] = _Ahead(hearers=found, now=opening.now)


def hearers(session: Session, moved: Advanced) -> Hearers:
    """Who hears that a case was opened or moved."""
    kept = session.info.get(_KEPT)
    if moved.step == "open" and isinstance(kept, _Ahead) and _is_of(kept, moved):
        named = [replace(each, case_number=moved.case.number) for each in kept.hearers.parties]
        found = replace(kept.hearers, parties=named)
        session.info[_KEPT] = replace(kept, hearers=found, case_id=moved.case.id)
        return found
    others = straight(session, _OF_CASE, {"case": moved.case.id, "land": moved.body.jurisdiction})[0]
    parties = parties_of(session, moved.case.id)
    return Hearers(parties=parties, may_be_watched=others.is_watched, may_be_owned=others.is_owned)


def _is_of(kept: _Ahead, moved: Advanced) -> bool:
    """Whether what was asked ahead was asked for this case."""
    asked = [each.person_id for each in kept.hearers.parties]
    return kept.case_id is None and kept.now == moved.now and asked == [moved.case.opened_by]


def payers(session: Session, raised: DemandRaised) -> Sequence[Recipient]:
    """Who hears of a demand on a case: its parties, who are not asked for again where the case was opened just now."""
    case_id = raised.demand.case_id
    if case_id is None:
        return ()
    kept = session.info.get(_KEPT)
    if isinstance(kept, _Ahead) and kept.case_id == case_id and kept.now == raised.now:
        known = kept.hearers.parties
        if {each.person_id for each in known} == raised.parties:
            return known
    return parties_of(session, case_id)
