"""CQL2 text read into nodes, by descending through its grammar (OGC 21-065r2, annex B).

In: a filter as text.  Out: its nodes; `Invalid` says at which letter what was expected, `TooLarge` which limit was passed.
"""

import shapely
from shapely.geometry.base import BaseGeometry

from layers.collections.cql2 import (
    COMPARING,
    SPATIAL,
    TEMPORAL,
    Call,
    Interval,
    Name,
    Node,
    Shape,
    Tally,
    Value,
    check_length,
    day,
    end_of,
    instant,
    interval,
    wrong,
)
from layers.collections.cql2_tokens import Token, tokens
from layers.collections.systems import rectangle

_WKT = {"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"}
_RESERVED = {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE"}


def read_text(text: str) -> Node:
    """The filter that a text says."""
    check_length(text)
    reader = _Reader(text)
    found = reader.either(1)
    reader.end()
    return found


class _Reader:
    """A text, read from its beginning."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.place = 0
        self.tally = Tally()

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.place]

    def next(self) -> Token:
        """The token that comes next, taken."""
        token = self.here
        self.place += 1
        return token

    def takes(self, *expected: str) -> bool:
        """Whether a word or a sign comes next; it is then taken."""
        if (self.here.word or (self.here.text if self.here.kind == "sign" else "")) in expected:
            self.place += 1
            return True
        return False

    def need(self, expected: str) -> None:
        """Take a word or sign that must stand here."""
        if not self.takes(expected):
            raise self.unexpected(f"“{expected}”")

    def unexpected(self, wanted: str) -> Exception:
        """What stands here instead of what was wanted."""
        found = f"“{self.here.text[:20]}”" if self.here.text else "the end"
        return wrong(f"at letter {self.here.at + 1} stands {found}, where {wanted} was expected")

    def end(self) -> None:
        """Nothing may follow."""
        if self.here.kind != "end":
            raise self.unexpected("AND, OR or the end")

    def either(self, depth: int) -> Node:
        """Terms joined by OR."""
        return self._joined("OR", depth)

    def _joined(self, word: str, depth: int) -> Node:
        below = self.negated if word == "AND" else lambda deep: self._joined("AND", deep)
        found = [below(depth)]
        while self.takes(word):
            self.tally.part()
            found.append(below(depth))
        return found[0] if len(found) == 1 else Call(op=word.lower(), args=tuple(found))

    def negated(self, depth: int) -> Node:
        """A predicate, or NOT of one."""
        self.tally.level(depth)
        if self.takes("NOT"):
            return Call(op="not", args=(self.negated(depth + 1),))
        if self.takes("("):
            found = self.either(depth + 1)
            self.need(")")
            return found
        return self.predicate(depth)

    def predicate(self, depth: int) -> Node:
        """A comparison, a spatial function, or a truth."""
        self.tally.part()
        if self.here.text.lower() in SPATIAL and self.here.kind == "word":
            return self._spatial()
        if self.here.text.lower() in TEMPORAL and self.here.kind == "word":
            return self._temporal(depth)
        left = self.scalar(depth)
        if self.here.kind == "sign" and self.here.text in COMPARING:
            return Call(op=self.next().text, args=(left, self.scalar(depth)))
        if self.takes("IS"):
            is_not = self.takes("NOT")
            self.need("NULL")
            return _unless(is_not, Call(op="isnull", args=(left,)))
        is_not = self.takes("NOT")
        found = self._range(left, depth)
        if found is not None:
            return _unless(is_not, found)
        if isinstance(left, Value) and isinstance(left.value, bool) and not is_not:
            return left
        raise self.unexpected("a comparison (=, <, LIKE, BETWEEN, IN, IS NULL)")

    def _range(self, left: Node, depth: int) -> Node | None:
        if self.takes("LIKE"):
            return Call(op="like", args=(left, self.scalar(depth)))
        if self.takes("BETWEEN"):
            low = self.scalar(depth)
            self.need("AND")
            return Call(op="between", args=(left, low, self.scalar(depth)))
        if self.takes("IN"):
            self.need("(")
            members = [self.scalar(depth)]
            while self.takes(","):
                members.append(self.scalar(depth))
            self.need(")")
            return Call(op="in", args=(left, *members))
        return None

    def scalar(self, depth: int) -> Node:
        """A property, a literal, or CASEI of one."""
        self.tally.level(depth)
        self.tally.part()
        token = self.next()
        if token.kind == "number":
            return _number(token.text)
        if token.kind == "text":
            return Value(value=token.said)
        if token.kind == "quoted":
            return Name(name=token.name)
        if token.kind == "word":
            return self._word(token, depth)
        self.place -= 1
        raise self.unexpected("a property, a number or a text in single quotes")

    def _word(self, token: Token, depth: int) -> Node:
        word = token.word
        if word in ("TRUE", "FALSE"):
            return Value(value=word == "TRUE")
        if self.here.text == "(" and self.here.kind == "sign":
            return self._function(token, depth)
        if word in _RESERVED:
            self.place -= 1
            raise self.unexpected("a property or a value")
        return Name(name=token.text)

    def _function(self, token: Token, depth: int) -> Node:
        self.need("(")
        if token.word == "CASEI":
            found: Node = Call(op="casei", args=(self.scalar(depth + 1),))
        elif token.word in ("DATE", "TIMESTAMP"):
            if self.here.kind != "text":
                raise self.unexpected("a text in single quotes")
            inside = self.next().said
            found = Value(value=day(inside) if token.word == "DATE" else instant(inside))
        else:
            raise wrong(f"there is no function “{token.text[:20]}” here")
        self.need(")")
        return found

    def _spatial(self) -> Node:
        op = self.next().text.lower()
        self.need("(")
        first = self._place()
        self.need(",")
        second = self._place()
        self.need(")")
        return Call(op=op, args=(first, second))

    def _temporal(self, depth: int) -> Node:
        op = self.next().text.lower()
        self.need("(")
        first = self._time(depth + 1)
        self.need(",")
        second = self._time(depth + 1)
        self.need(")")
        return Call(op=op, args=(first, second))

    def _time(self, depth: int) -> Node:
        """An interval, or an instant."""
        return self._interval(depth) if self.takes("INTERVAL") else self.scalar(depth)

    def _interval(self, depth: int) -> Interval:
        self.need("(")
        first = self._end(depth)
        self.need(",")
        last = self._end(depth)
        self.need(")")
        return interval(first, last)

    def _end(self, depth: int) -> Value | Name | None:
        """An end of an interval: a day or an instant in quotes, a property, or two dots."""
        if self.here.kind == "text":
            self.tally.part()
            return end_of(self.next().said)
        found = self.scalar(depth)
        if not isinstance(found, Value | Name):
            raise wrong("an interval runs between days or instants")
        return found

    def _place(self) -> Node:
        """A property that is a shape, or a shape."""
        token = self.next()
        if token.word == "BBOX":
            return self._box()
        if token.word in _WKT:
            return self._wkt(token)
        if token.kind in ("word", "quoted"):
            return Name(name=token.text.strip('"'))
        self.place -= 1
        raise self.unexpected("a property or a shape")

    def _box(self) -> Shape:
        self.need("(")
        edges = [self._edge()]
        while self.takes(","):
            edges.append(self._edge())
        self.need(")")
        self.tally.shape(4)
        return Shape(shape=box_of(edges))

    def _edge(self) -> float:
        if self.here.kind != "number":
            raise self.unexpected("a number")
        return float(self.next().text)

    def _wkt(self, first: Token) -> Shape:
        """Well-known text up to the bracket that closes it."""
        if self.here.word == "Z":
            self.place += 1
        open_brackets = 0
        while True:
            token = self.next()
            if token.kind not in ("number", "sign", "word"):
                self.place -= 1
                raise self.unexpected("coordinates")
            open_brackets += {"(": 1, ")": -1}.get(token.text, 0)
            self.tally.level(open_brackets)
            if open_brackets == 0:
                break
        try:
            shape = shapely.from_wkt(self.text[first.at : token.at + 1])
        except shapely.errors.GEOSException as error:
            raise wrong(f"the shape at letter {first.at + 1} is not well-known text") from error
        self.tally.shape(shapely.get_num_coordinates(shape))
        return Shape(shape=shape)


def box_of(edges: list[float]) -> BaseGeometry:
    """A box of two corners, the lower one first; heights are left aside."""
    if len(edges) not in (4, 6):
        raise wrong("a box needs four numbers: west, south, east, north")
    west, south, east, north = edges[0], edges[1], edges[len(edges) // 2], edges[len(edges) // 2 + 1]
    if west > east or south > north:
        raise wrong("a box needs its lower corner first: west, south, east, north")
    return rectangle(west, south, east, north)


def _number(text: str) -> Value:
    return Value(value=float(text))


def _unless(is_not: bool, node: Node) -> Node:
    return Call(op="not", args=(node,)) if is_not else node
