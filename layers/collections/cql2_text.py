"""CQL2 text read into nodes, by descending through its grammar (OGC 21-065r2, annex B).

In: a filter as text.  Out: its nodes; `Invalid` says at which letter what was expected, `TooLarge` which limit was passed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from layers.collections.cql2 import (
    COMPARING,
    SPATIAL,
    Call,
    Name,
    Node,
    Shape,
    Tally,
    Value,
    check_length,
    day,
    instant,
    wrong,
)
from layers.collections.systems import rectangle

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)"
    r"|(?P<text>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<word>[^\W\d][\w:.\u0900-\u0dff]*)"  # with the vowel signs of India's scripts
    r"|(?P<sign><>|<=|>=|[=<>(),]))",
)
_WKT = {"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"}
_RESERVED = {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE"}


@dataclass(frozen=True, kw_only=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The word in capitals, or nothing where it is none."""
        return self.text.upper() if self.kind == "word" else ""


def read_text(text: str) -> Node:
    """The filter that a text says."""
    check_length(text)
    reader = _Reader(text)
    found = reader.either(1)
    reader.end()
    return found


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            rest = stripped[at:].lstrip()
            raise wrong(f"at letter {len(stripped) - len(rest) + 1}, “{rest[:10]}” means nothing here")
        kind = match.lastgroup or ""
        yield _Token(kind=kind, text=match[kind], at=match.start(kind))
        at = match.end()
    yield _Token(kind="end", text="", at=len(stripped))


class _Reader:
    """A text, read from its beginning."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.place = 0
        self.tally = Tally()

    @property
    def here(self) -> _Token:
        """The token that comes next."""
        return self.tokens[self.place]

    def next(self) -> _Token:
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
            return Value(value=token.text[1:-1].replace("''", "'"))
        if token.kind == "quoted":
            return Name(name=token.text[1:-1].replace('""', '"'))
        if token.kind == "word":
            return self._word(token, depth)
        self.place -= 1
        raise self.unexpected("a property, a number or a text in single quotes")

    def _word(self, token: _Token, depth: int) -> Node:
        word = token.word
        if word in ("TRUE", "FALSE"):
            return Value(value=word == "TRUE")
        if self.here.text == "(" and self.here.kind == "sign":
            return self._function(token, depth)
        if word in _RESERVED:
            self.place -= 1
            raise self.unexpected("a property or a value")
        return Name(name=token.text)

    def _function(self, token: _Token, depth: int) -> Node:
        self.need("(")
        if token.word == "CASEI":
            found: Node = Call(op="casei", args=(self.scalar(depth + 1),))
        elif token.word in ("DATE", "TIMESTAMP"):
            if self.here.kind != "text":
                raise self.unexpected("a text in single quotes")
            inside = self.next().text[1:-1]
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

    def _wkt(self, first: _Token) -> Shape:
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
