"""Tables of the law: a cell, rows by word, rows by bands of a number with exact edges, and honest holes.

In: a nested value of a parameter file, its axes and unit.  Out: frozen nodes and the cell for a set of keys.
A hole is `Silent` (the law says nothing there) or `Unknown` (we do not know); no row at all is `Unknown` too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from gis.errors import Invalid
from rules.measure import Content, Unit, content_of, number_of

Key: TypeAlias = str | int | Decimal | Fraction


class Fault(ValueError):
    """A value that cannot be understood; `path` leads to the place inside it."""

    def __init__(self, why: str, *path: str) -> None:
        super().__init__(why)
        self.path = path


@dataclass(frozen=True, kw_only=True)
class Axis:
    """What a table is keyed by: words (a closed list, or free if empty) or a number in a unit."""

    name: str
    title: str
    words: tuple[str, ...] = ()
    unit: Unit | None = None

    @property
    def is_number(self) -> bool:
        """Whether the rows of this axis are bands of a number."""
        return self.unit is not None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One content of the law."""

    content: Content


@dataclass(frozen=True, kw_only=True)
class Silent:
    """The law has no rule here, and says so or leaves it out; only this makes a rule not applicable."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Our book does not know what the law says here."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """Numbers between two edges, each stated as belonging to the band or not; None is open."""

    low: Decimal | None
    low_belongs: bool
    high: Decimal | None
    high_belongs: bool
    node: "Node"

    def holds(self, number: Decimal | Fraction) -> bool:
        """Whether a number lies in the band, exactly."""
        exact = Fraction(number)
        if self.low is not None:
            low = Fraction(self.low)
            if exact < low or (exact == low and not self.low_belongs):
                return False
        if self.high is None:
            return True
        high = Fraction(self.high)
        return exact < high or (exact == high and self.high_belongs)

    def __str__(self) -> str:
        low = "" if self.low is None else f"{'from' if self.low_belongs else 'over'} {self.low}"
        high = "" if self.high is None else f"{'up to' if self.high_belongs else 'under'} {self.high}"
        return f"{low} {high}".strip() or "any"


@dataclass(frozen=True, kw_only=True)
class ByWord:
    """Rows by a word, such as the occupancy."""

    axis: str
    rows: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, kw_only=True)
class ByBand:
    """Rows by bands of a number, rising and without overlap."""

    axis: str
    bands: tuple[Band, ...]


Node: TypeAlias = Cell | Silent | Unknown | ByWord | ByBand
_EDGES = {"over", "from", "upto", "under"}


def node_of(raw: object, axes: Sequence[Axis], unit: Unit) -> Node:
    """A node from nested strings; a level left out holds for every row of its axis. `Fault` names the place."""
    if isinstance(raw, str):
        try:
            return Cell(content=content_of(raw, unit))
        except ValueError as error:
            raise Fault(str(error)) from error
    hole = _hole(raw)
    if hole is not None:
        return hole
    for depth, axis in enumerate(axes):
        if isinstance(raw, list) and axis.is_number:
            return ByBand(axis=axis.name, bands=_bands(raw, axes[depth + 1 :], unit))
        if isinstance(raw, Mapping) and not axis.is_number:
            return ByWord(axis=axis.name, rows=_rows(raw, axis, axes[depth + 1 :], unit))
    raise Fault(f"a value of another shape than its axes: {', '.join(axis.name for axis in axes) or 'none'}")


def _hole(raw: object) -> Silent | Unknown | None:
    if not isinstance(raw, Mapping) or set(raw) not in ({"none"}, {"unknown"}):
        return None
    (kind, reason) = next(iter(raw.items()))
    if not isinstance(reason, str) or not reason.strip():
        raise Fault("say why there is no value", kind)
    return Silent(reason=reason) if kind == "none" else Unknown(reason=reason)


def _rows(
    raw: Mapping[object, object], axis: Axis, rest: Sequence[Axis], unit: Unit
) -> tuple[tuple[str, Node], ...]:
    rows: dict[str, Node] = {}
    for words, value in raw.items():
        for word in str(words).split():
            if axis.words and word not in axis.words:
                raise Fault(f"“{word}” is no {axis.name}; there are {', '.join(axis.words)}", str(words))
            if word in rows:
                raise Fault(f"“{word}” stands twice", str(words))
            rows[word] = _inside(value, rest, unit, str(words))
    if not rows:
        raise Fault("a table without rows")
    return tuple(rows.items())


def _bands(raw: list[object], rest: Sequence[Axis], unit: Unit) -> tuple[Band, ...]:
    bands: list[Band] = []
    for position, item in enumerate(raw):
        band = _band(item, rest, unit, f"band {position + 1}")
        if bands and not _follows(bands[-1], band):
            raise Fault(f"“{band}” overlaps or precedes “{bands[-1]}”", f"band {position + 1}")
        bands.append(band)
    if not bands:
        raise Fault("a table without bands")
    return tuple(bands)


def _band(item: object, rest: Sequence[Axis], unit: Unit, place: str) -> Band:
    if not isinstance(item, Mapping):
        raise Fault("a band is written {over or from, upto or under, value}", place)
    edges = {str(key): str(value) for key, value in item.items() if key in _EDGES}
    others = {key: value for key, value in item.items() if key not in _EDGES}
    if {"over", "from"} <= set(edges) or {"upto", "under"} <= set(edges):
        raise Fault("one lower and one upper edge at most", place)
    raw = others["value"] if set(others) == {"value"} else others
    try:
        numbers = {edge: number_of(text) for edge, text in edges.items()}
    except ValueError as error:
        raise Fault(str(error), place) from error
    band = Band(
        low=numbers.get("over", numbers.get("from")),
        low_belongs="from" in numbers,
        high=numbers.get("upto", numbers.get("under")),
        high_belongs="upto" in numbers,
        node=_inside(raw, rest, unit, place),
    )
    if band.low is not None and band.high is not None and not _is_open(band):
        raise Fault(f"“{band}” holds no number", place)
    return band


def _is_open(band: Band) -> bool:
    low, high = band.low or Decimal(0), band.high or Decimal(0)
    return low < high or (low == high and band.low_belongs and band.high_belongs)


def _follows(before: Band, band: Band) -> bool:
    if before.high is None or band.low is None:
        return False
    if before.high == band.low:
        return not (before.high_belongs and band.low_belongs)
    return before.high < band.low


def _inside(raw: object, rest: Sequence[Axis], unit: Unit, place: str) -> Node:
    try:
        return node_of(raw, rest, unit)
    except Fault as fault:
        raise Fault(str(fault), place, *fault.path) from fault


def found(node: Node, axes: Sequence[Axis], keys: Sequence[Key]) -> Cell | Silent | Unknown:
    """The cell for the keys, in the order of the axes; `Invalid` if a key is missing or of the wrong kind."""
    if len(keys) != len(axes):
        names = ", ".join(axis.name for axis in axes) or "no key"
        raise Invalid(f"This number of the law is asked for by {names}; {len(keys)} keys were given.")
    asked = {axis.name: _fitting(axis, key) for axis, key in zip(axes, keys, strict=True)}
    here = node
    while isinstance(here, ByWord | ByBand):
        key = asked[here.axis]
        if isinstance(here, ByWord):
            below = next((value for word, value in here.rows if word == key), None)
        else:
            exact = Fraction(key)
            below = next((band.node for band in here.bands if band.holds(exact)), None)
        if below is None:
            return Unknown(reason=f"the table has no row for {here.axis} {key}")
        here = below
    return here


def _fitting(axis: Axis, key: Key) -> Key:
    if axis.is_number:
        if isinstance(key, bool) or not isinstance(key, int | Decimal | Fraction):
            raise Invalid(f"{axis.title} is a number in {axis.unit}, given exactly: not {key!r}.")
        if isinstance(key, Decimal) and not key.is_finite():
            raise Invalid(f"{axis.title} cannot be {key}.")
    elif not isinstance(key, str) or (axis.words and key not in axis.words):
        raise Invalid(f"“{key}” is no {axis.name}; there are {', '.join(axis.words)}.")
    return key


def cells(
    node: Node, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Cell | Silent | Unknown]]:
    """Every cell with the words and bands that lead to it, in the order of the table."""
    if isinstance(node, ByWord):
        for word, below in node.rows:
            yield from cells(below, (*path, word))
    elif isinstance(node, ByBand):
        for band in node.bands:
            yield from cells(band.node, (*path, str(band)))
    else:
        yield path, node


def words(node: Node, axis: str) -> set[str]:
    """Every word that a table has on one axis."""
    if isinstance(node, ByWord):
        own = {word for word, _ in node.rows} if node.axis == axis else set()
        return own.union(*(words(below, axis) for _, below in node.rows))
    if isinstance(node, ByBand):
        return set().union(*(words(band.node, axis) for band in node.bands))
    return set()
