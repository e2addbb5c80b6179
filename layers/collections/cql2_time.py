"""How two times lie to each other, as conditions of SQL (OGC 21-065r2, clause 7.8, after the W3C/OGC Time Ontology).

In: the ends of two times, each an expression of one kind.  Out: a condition; `Invalid` where an instant stands and only an interval
can be compared.  Both ends of an interval belong to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, and_, func, literal, not_, or_
from sqlalchemy import cast as as_type
from sqlalchemy.types import TypeEngine

from layers.collections.cql2 import AT_ANY_TIME, wrong
from layers.collections.model import Kind

Ends = tuple[ColumnElement[Any], ColumnElement[Any]]
_TYPES: dict[Kind, TypeEngine[Any]] = {Kind.DAY: Date(), Kind.INSTANT: DateTime(timezone=True)}


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a time begins or ends; without an expression it is open there.

    `is_read` says that the expression is a feature's own, which may be missing: the time is then open too.
    """

    sql: ColumnElement[Any] | None
    kind: Kind | None
    is_read: bool


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time: an interval with two ends, or an instant, which is both of its own and never open."""

    first: End
    last: End
    is_interval: bool


def related(op: str, one: Span, other: Span) -> ColumnElement[bool]:
    """The condition that two times lie to each other as an operator says; a day beside an instant is its beginning."""
    if op not in AT_ANY_TIME and not (one.is_interval and other.is_interval):
        raise wrong(f"“{op}” takes two intervals; an instant is compared by {', '.join(AT_ANY_TIME)}")
    kinds = {end.kind for span in (one, other) for end in (span.first, span.last) if end.kind}
    kind = Kind.DAY if kinds == {Kind.DAY} else Kind.INSTANT
    return _RELATIONS[op](_ends(one, kind), _ends(other, kind))


def _ends(span: Span, kind: Kind) -> Ends:
    if not span.is_interval:
        alone = _bound(span.first, "infinity", kind)
        return alone, alone
    return _bound(span.first, "-infinity", kind), _bound(span.last, "infinity", kind)


def _bound(end: End, beyond: str, kind: Kind) -> ColumnElement[Any]:
    """An end of an interval; where it is open, what lies beyond every time."""
    unbounded: ColumnElement[Any] = as_type(literal(beyond), _TYPES[kind])
    if end.sql is None:
        return unbounded
    return func.coalesce(_as(end.sql, end, kind), unbounded) if end.is_read else _as(end.sql, end, kind)


def _as(sql: ColumnElement[Any], end: End, kind: Kind) -> ColumnElement[Any]:
    return sql if end.kind is kind else as_type(sql, _TYPES[kind])


_RELATIONS: dict[str, Callable[[Ends, Ends], ColumnElement[bool]]] = {
    "t_after": lambda a, b: a[0] > b[1],
    "t_before": lambda a, b: a[1] < b[0],
    "t_disjoint": lambda a, b: or_(a[1] < b[0], a[0] > b[1]),
    "t_equals": lambda a, b: and_(a[0] == b[0], a[1] == b[1]),
    "t_intersects": lambda a, b: not_(or_(a[1] < b[0], a[0] > b[1])),
    "t_contains": lambda a, b: and_(a[0] < b[0], a[1] > b[1]),
    "t_during": lambda a, b: and_(a[0] > b[0], a[1] < b[1]),
    "t_finishedby": lambda a, b: and_(a[0] < b[0], a[1] == b[1]),
    "t_finishes": lambda a, b: and_(a[0] > b[0], a[1] == b[1]),
    "t_meets": lambda a, b: a[1] == b[0],
    "t_metby": lambda a, b: a[0] == b[1],
    "t_overlappedby": lambda a, b: and_(a[0] > b[0], a[0] < b[1], a[1] > b[1]),
    "t_overlaps": lambda a, b: and_(a[0] < b[0], a[1] > b[0], a[1] < b[1]),
    "t_startedby": lambda a, b: and_(a[0] == b[0], a[1] > b[1]),
    "t_starts": lambda a, b: and_(a[0] == b[0], a[1] < b[1]),
}
