"""The public register of permits: what was permitted on which plot, on what it rests, and nothing of any person.

In: a session inside a local body, a question, a day.  Out: frozen values that everyone may read, newest first, paged by key.
Only what is named here leaves: what an applicant wrote (titles, words, names) stays in the case; reasons of officers for
overruling a finding, their conditions and the reason of a revocation are written to be published.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, or_, select, tuple_
from sqlalchemy.orm import Session

from civic.core.documents.records import documents_of
from civic.core.tables import CaseParcelRow, CaseRow, LocalBodyRow
from civic.permits.model import Kind, NoSuchPermit
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitRow
from gis.errors import Invalid
from gis.parcels.ids import normal_number

MOST = 100
"""Permits of a plot that are listed, and of a page where nobody asks for fewer."""
IN_FORCE, ENDED, REVOKED, REPLACED = "in_force", "ended", "revoked", "replaced"
STATES = (IN_FORCE, ENDED, REVOKED, REPLACED)
ROUTES = ("self_certified", "officer", "deemed", "earlier")
MEASURES = ("floor_area", "built_up_area", "height", "storeys")
_COLUMNS: tuple[Any, ...] = (
    PermitRow.number,
    PermitRow.case_id,
    PermitRow.kind,
    PermitRow.route,
    PermitRow.issued,
    PermitRow.until,
    PermitRow.revoked,
    PermitRow.replaced,
    PermitRow.replaced_by,
    CaseRow.number.label("case"),
    cast(func.timezone(LocalBodyRow.time_zone, CaseRow.opened), Date).label("applied"),
    PermitCaseRow.of_permit,
)
Key = tuple[date, str]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; None and empty take all."""

    text: str = ""
    """A permit's number, its beginning, or a plot's number."""
    kind: str | None = None
    route: str | None = None
    state: str | None = None
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A permit in a list."""

    number: str
    plots: tuple[str, ...]
    kind: str
    route: str
    issued: date
    until: date | None
    state: str
    case: str
    applied: date
    follows: str | None
    """The permit that it renews, extends, transfers or certifies."""
    revoked: date | None
    replaced: date | None = None
    replaced_by: str | None = None
    """The revised permit that holds in its place."""

    @property
    def key(self) -> Key:
        """Where it stands in the list."""
        return self.issued, self.number


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of the decision: measured, declared, overruled, accepted, or a condition."""

    how: str
    rule: str
    subject: str
    clause: str
    title: str
    title_ml: str
    measured: str = ""
    required: str = ""
    comparison: str = ""
    words: str = ""
    words_ml: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A published document; by its kind, since whoever named the file may have named a person."""

    kind: str
    address: str
    """Below the body's pages."""
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Permit:
    """A permit with all that everyone may know of it."""

    line: Line
    revoked_why: str | None
    revoked_clause: str | None
    """The clause that the Secretary named."""
    drawing: str | None
    """SHA-256 of the permitted drawing."""
    book: str | None
    """Digest of the edition of the rule book."""
    measures: tuple[tuple[str, str, str], ...]
    """Name, amount and unit of what the drawing measures."""
    points: tuple[Point, ...]
    papers: tuple[Paper, ...]


def permits_in(
    session: Session, wanted: Wanted, *, on: date, after: Key | None = None, most: int = MOST
) -> list[Line]:
    """The permits that somebody looks for, the newest first; `after` is the key of the last one seen."""
    query = _lines().where(*_conditions(wanted, on))
    if after is not None:
        query = query.where(tuple_(PermitRow.issued, PermitRow.number) < after)
    query = query.order_by(PermitRow.issued.desc(), PermitRow.number.desc()).limit(most)
    return _to_lines(session, query, on=on)


def permits_on(session: Session, plots: Collection[str], *, on: date) -> list[Line]:
    """The permits of plots of some numbers, the newest first."""
    query = _lines().where(_on_plots(plots)).order_by(PermitRow.issued.desc(), PermitRow.number.desc())
    return _to_lines(session, query.limit(MOST), on=on)


def permit_shown(session: Session, number: str, *, on: date) -> Permit:
    """One permit as everyone may read it."""
    found = _to_lines(session, _lines().where(PermitRow.number == number), on=on)
    row = session.scalars(select(PermitRow).where(PermitRow.number == number)).one_or_none()
    if not found or row is None:
        raise NoSuchPermit(f"There is no permit {number[:60]} here.")
    terms = row.terms
    check = session.get(PermitCheckRow, row.check_id) if row.check_id else None
    return Permit(
        line=found[0],
        revoked_why=row.revoked_why,
        revoked_clause=row.revoked_clause,
        drawing=terms.get("drawing"),
        book=(terms.get("book") or {}).get("digest"),
        measures=measures_of(check.found) if check else (),
        points=tuple(_points(terms)),
        papers=tuple(_papers(session, row.case_id)),
    )


def measures_of(found: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Name, amount and unit of what a checked drawing measures as a whole."""
    told = found.get("measures") or {}
    return tuple(
        (name, str(told[name]["amount"]), str(told[name]["unit"])) for name in MEASURES if told.get(name)
    )


def state_on(until: date | None, revoked: date | None, on: date, *, replaced: date | None = None) -> str:
    """Whether a permit holds on a day; one that was replaced no longer does, whatever its last day."""
    if revoked is not None and revoked <= on:
        return REVOKED
    if replaced is not None and replaced <= on:
        return REPLACED
    return ENDED if until is not None and until < on else IN_FORCE


def key_of(text: str) -> Key:
    """The key of a page, out of an address: day and number with a tilde between."""
    day, _, number = text.partition("~")
    try:
        return date.fromisoformat(day), number
    except ValueError as error:
        raise Invalid(
            "This page of the register has no such beginning; go on from the page before."
        ) from error


def _lines() -> Select[Any]:
    joined: Select[Any] = select(*_COLUMNS).join(CaseRow, CaseRow.id == PermitRow.case_id)
    joined = joined.join(LocalBodyRow, LocalBodyRow.code == PermitRow.body)
    return joined.join(PermitCaseRow, PermitCaseRow.case_id == PermitRow.case_id)


def _conditions(wanted: Wanted, on: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text.strip():
        found.append(_named(wanted.text.strip()))
    if wanted.kind:
        found.append(PermitRow.kind == _one_of(wanted.kind, tuple(Kind), "kind"))
    if wanted.route:
        found.append(PermitRow.route == _one_of(wanted.route, ROUTES, "route"))
    if wanted.state:
        found.append(_in_state(_one_of(wanted.state, STATES, "state"), on))
    if wanted.begins:
        found.append(PermitRow.issued >= wanted.begins)
    if wanted.ends:
        found.append(PermitRow.issued <= wanted.ends)
    return found


def _one_of(word: str, known: Sequence[str], what: str) -> str:
    if word not in known:
        raise Invalid(f"The register knows no such {what}; it has: {', '.join(known)}.")
    return word


def _named(words: str) -> ColumnElement[bool]:
    by_number = PermitRow.number.istartswith(words, autoescape=True)
    try:
        return or_(by_number, _on_plots([normal_number(words)]))
    except Invalid:  # no number of a plot: then it is a permit's
        return by_number


def _on_plots(plots: Collection[str]) -> ColumnElement[bool]:
    return PermitRow.case_id.in_(select(CaseParcelRow.case_id).where(CaseParcelRow.number.in_(plots)))


def _in_state(state: str, on: date) -> ColumnElement[bool]:
    is_revoked = and_(PermitRow.revoked.is_not(None), PermitRow.revoked <= on)
    is_replaced = and_(PermitRow.replaced.is_not(None), PermitRow.replaced <= on)
    is_over = and_(PermitRow.until.is_not(None), PermitRow.until < on)
    return {
        REVOKED: is_revoked,
        REPLACED: and_(~is_revoked, is_replaced),
        ENDED: and_(~is_revoked, ~is_replaced, is_over),
        IN_FORCE: and_(~is_revoked, ~is_replaced, ~is_over),
    }[state]


def _to_lines(session: Session, query: Select[Any], *, on: date) -> list[Line]:
    rows = session.execute(query).all()
    plots: dict[int, list[str]] = {row.case_id: [] for row in rows}
    named = (
        select(CaseParcelRow.case_id, CaseParcelRow.number)
        .where(CaseParcelRow.case_id.in_(plots))
        .order_by(CaseParcelRow.number)
    )
    for case_id, number in session.execute(named):
        plots[case_id].append(number)
    return [
        Line(
            number=row.number,
            plots=tuple(plots[row.case_id]),
            kind=row.kind,
            route=row.route,
            issued=row.issued,
            until=row.until,
            state=state_on(row.until, row.revoked, on, replaced=row.replaced),
            case=row.case,
            applied=min(row.applied, row.issued),
            follows=row.of_permit,
            revoked=row.revoked,
            replaced=row.replaced,
            replaced_by=row.replaced_by,
        )
        for row in rows
    ]


def _points(terms: Mapping[str, Any]) -> list[Point]:
    """Conditions and what was overruled first: they are what a decision adds to the check."""
    found = []
    for how, key in (
        ("condition", "conditions"),
        ("overruled", "overrides"),
        ("tolerated", "tolerated"),
        ("accepted", "accepted"),
        ("declared", "declared"),
        ("measured", "measured"),
    ):
        for each in terms.get(key) or ():
            told = {part.name: str(each.get(part.name) or "") for part in fields(Point)} | {"how": how}
            if how == "accepted":  # an officer's remark within the case, not a reason that is published
                told["words"] = ""
            found.append(Point(**told))
    return found


def _papers(session: Session, case_id: int) -> list[Paper]:
    found = []
    for each in documents_of(session, case_id, full=False):
        file = each.versions[0]
        address = f"documents/{each.id}/{file.record}/{file.seq}"
        found.append(Paper(kind=each.kind, address=address, media_type=file.media_type))
    return found
