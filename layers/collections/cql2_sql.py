"""Filters as conditions of SQL: every property from the collection's own list, every value bound, every shape in metres.

In: a filter's nodes, a collection, the system its shapes are written in.  Out: a condition; `Invalid` names what a collection
does not know or what cannot be compared.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, DateTime, and_, func, literal, not_, or_
from sqlalchemy import cast as as_type

from layers.collections.cql2 import (
    COMPARING,
    SPATIAL,
    TEMPORAL,
    Call,
    Interval,
    Name,
    Node,
    Shape,
    Value,
    day,
    wrong,
)
from layers.collections.cql2_time import End, Span, related
from layers.collections.model import Collection, Kind, Property
from layers.collections.systems import System, on_the_ground

GEOMETRY = "geometry"
"""The name of the shape of a feature in filters."""
LONGEST_PATTERN = 200
MOST_WILDCARDS = 8
"""Of `%` in a pattern: each may stand for anything, and PostgreSQL tries what all of them may stand for."""

_COMPARED: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
_OPERANDS = {
    "not": 1,
    "like": 2,
    "between": 3,
    "isnull": 1,
    **dict.fromkeys((*COMPARING, *SPATIAL, *TEMPORAL), 2),
}


@dataclass(frozen=True, kw_only=True)
class _Operand:
    """A side of a comparison: its expression, the kind of its values, and how it is called in a refusal."""

    sql: ColumnElement[Any]
    kind: Kind
    told: str


def condition(node: Node, collection: Collection, system: System) -> ColumnElement[bool]:
    """The condition that a filter puts on the features of a collection."""
    return _Translation(collection=collection, system=system).condition(node)


@dataclass(frozen=True, kw_only=True)
class _Translation:
    """A filter on its way into SQL."""

    collection: Collection
    system: System

    def condition(self, node: Node) -> ColumnElement[bool]:
        """The condition that a part of the filter puts."""
        if isinstance(node, Value) and isinstance(node.value, bool):
            return literal(node.value)
        if isinstance(node, Name):
            operand = self._named(node)
            if operand.kind is Kind.TRUTH:
                return operand.sql
        if not isinstance(node, Call):
            raise wrong("a condition was expected where a value stands")
        if len(node.args) != _OPERANDS.get(node.op, len(node.args)):
            raise wrong(f"“{node.op}” takes {_OPERANDS[node.op]} operands and has {len(node.args)}")
        if node.op in ("and", "or", "not"):
            return self._logical(node)
        if node.op in SPATIAL:
            return self._spatial(node)
        if node.op in TEMPORAL:
            return related(node.op, *(self._span(each) for each in node.args))
        return self._comparison(node)

    def _logical(self, node: Call) -> ColumnElement[bool]:
        parts = [self.condition(each) for each in node.args]
        if node.op == "not":
            return not_(parts[0])
        if len(parts) < 2:
            raise wrong(f"“{node.op}” takes two operands or more")
        return and_(*parts) if node.op == "and" else or_(*parts)

    def _comparison(self, node: Call) -> ColumnElement[bool]:
        if node.op == "isnull":
            return self._is_null(node.args[0])
        if node.op == "casei":
            raise wrong("CASEI is no condition; compare it with something")
        sides = self._alike(self._dated(node.args), node.op)
        if node.op in COMPARING:
            return _COMPARED[node.op](sides[0].sql, sides[1].sql)
        if node.op == "between":
            return sides[0].sql.between(sides[1].sql, sides[2].sql)
        if node.op == "in":
            if len(sides) < 2:
                raise wrong("IN needs a list of values")
            return sides[0].sql.in_([each.sql for each in sides[1:]])
        return self._like(node, sides)

    def _is_null(self, node: Node) -> ColumnElement[bool]:
        if isinstance(node, Name) and node.name == GEOMETRY:
            return literal(False)
        return self.operand(node).sql.is_(None)

    def _like(self, node: Call, sides: list[_Operand]) -> ColumnElement[bool]:
        pattern = node.args[1]
        while isinstance(pattern, Call):
            pattern = pattern.args[0]
        if (
            not isinstance(pattern, Value)
            or not isinstance(pattern.value, str)
            or sides[0].kind is not Kind.TEXT
        ):
            raise wrong("LIKE compares a property that is text with a pattern in quotes")
        if len(pattern.value) > LONGEST_PATTERN or pattern.value.count("%") > MOST_WILDCARDS:
            raise wrong(
                f"a pattern may have {LONGEST_PATTERN} letters and {MOST_WILDCARDS} signs “%” at most"
            )
        if (len(pattern.value) - len(pattern.value.rstrip("\\"))) % 2:
            raise wrong("a pattern cannot end with a single “\\”; write it twice for the sign itself")
        return sides[0].sql.like(sides[1].sql)

    def operand(self, node: Node) -> _Operand:
        """A property, a literal, or either without regard to capitals."""
        if isinstance(node, Name):
            return self._named(node)
        if isinstance(node, Value):
            return _literal(node.value)
        if isinstance(node, Call) and node.op == "casei" and len(node.args) == 1:
            inside = self.operand(node.args[0])
            if inside.kind is not Kind.TEXT:
                raise wrong(f"CASEI takes text, and {inside.told} is a {inside.kind}")
            return _Operand(sql=func.lower(inside.sql), kind=Kind.TEXT, told=inside.told)
        raise wrong("a property or a value was expected where a shape or a condition stands")

    def _named(self, node: Name) -> _Operand:
        known = self._property(node.name)
        return _Operand(sql=known.read, kind=known.kind, told=f"“{known.name}”")

    def _property(self, name: str) -> Property:
        found = self.collection.property_named(name)
        if found is None:
            listed = ", ".join([*(each.name for each in self.collection.properties), GEOMETRY])
            raise wrong(
                f"“{self.collection.id}” has no property “{name[:40]}” that can be asked; it has: {listed[:600]}"
            )
        return found

    def _dated(self, nodes: tuple[Node, ...]) -> list[_Operand]:
        """The sides of a comparison; beside a day, a text in quotes is one too."""
        sides = [self.operand(each) for each in nodes]
        if Kind.DAY not in {each.kind for each in sides}:
            return sides
        return [
            _literal(day(node.value)) if isinstance(node, Value) and isinstance(node.value, str) else side
            for node, side in zip(nodes, sides, strict=True)
        ]

    def _alike(self, sides: list[_Operand], op: str) -> list[_Operand]:
        """Sides of one kind; a day beside an instant is its beginning."""
        kinds = {each.kind for each in sides}
        if Kind.WHOLE in kinds and Kind.NUMBER in kinds:
            kinds.discard(Kind.WHOLE)
        if kinds == {Kind.DAY, Kind.INSTANT}:
            return [_as_instant(each) for each in sides]
        if len(kinds) > 1:
            told = ", ".join(f"{each.told} ({each.kind})" for each in sides[:3])
            raise wrong(f"“{op}” cannot compare {told}")
        if Kind.TRUTH in kinds and op not in ("=", "<>"):
            raise wrong(f"“{op}” cannot compare truths")
        return sides

    def _span(self, node: Node) -> Span:
        """An interval, or an instant, which begins and ends at once."""
        if isinstance(node, Interval):
            first, last = self._end(node.first), self._end(node.last)
            if first.kind and last.kind and first.kind is not last.kind:
                raise wrong("an interval runs between two days or between two instants")
            return Span(first=first, last=last, is_interval=True)
        alone = replace(self._end(node), is_read=False)  # a time that is missing is no time, not an open one
        return Span(first=alone, last=alone, is_interval=False)

    def _end(self, node: Node | None) -> End:
        if node is None:
            return End(sql=None, kind=None, is_read=False)
        side = self.operand(node)
        if side.kind not in (Kind.DAY, Kind.INSTANT):
            raise wrong(f"{side.told} is a {side.kind}, where a time was expected: write DATE('2020-01-31')")
        return End(sql=side.sql, kind=side.kind, is_read=isinstance(node, Name))

    def _spatial(self, node: Call) -> ColumnElement[bool]:
        sides = [self._place(each) for each in node.args]
        found: ColumnElement[bool] = getattr(func, f"ST_{node.op.removeprefix('s_').capitalize()}")(*sides)
        return found

    def _place(self, node: Node) -> ColumnElement[Any]:
        if isinstance(node, Name):
            if node.name != GEOMETRY:
                raise wrong(f"“{node.name[:40]}” is no shape; the shape of a feature is called “{GEOMETRY}”")
            return self.collection.shape
        if isinstance(node, Shape):
            return bound(self._sound(node.shape), self.collection)
        raise wrong("a spatial function takes the property “geometry” and a shape")

    def _sound(self, shape: BaseGeometry) -> BaseGeometry:
        if shape.is_empty or not shape.is_valid:
            raise wrong("a shape in it is empty or crosses itself")
        return on_the_ground(shape, self.system, self.collection.place, self.collection.bounds)


def bound(shape: BaseGeometry, collection: Collection) -> ColumnElement[Any]:
    """A shape in metres as a bound value."""
    return func.ST_GeomFromWKB(shape.wkb, collection.place.metric)


def _literal(value: str | float | bool | date | datetime) -> _Operand:
    told = f"“{str(value)[:40]}”"
    if isinstance(value, bool):
        return _Operand(sql=literal(value), kind=Kind.TRUTH, told=told)
    if isinstance(value, str):
        if "\0" in value:
            raise wrong("a NUL character means nothing here")
        return _Operand(sql=literal(value), kind=Kind.TEXT, told=told)
    if isinstance(value, float):
        if not isfinite(value):
            raise wrong("a number in it is too large")
        return _Operand(sql=literal(value), kind=Kind.NUMBER, told=told)
    if isinstance(value, datetime):
        return _Operand(sql=literal(value.astimezone(UTC)), kind=Kind.INSTANT, told=told)
    return _Operand(sql=literal(value), kind=Kind.DAY, told=told)


def _as_instant(side: _Operand) -> _Operand:
    if side.kind is Kind.INSTANT:
        return side
    return _Operand(sql=as_type(side.sql, DateTime(timezone=True)), kind=Kind.INSTANT, told=side.told)
