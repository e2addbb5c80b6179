"""The book nudged: one number a step higher or lower, one edge of a band moved, one day put off.

In: the library.  Out: every place that can be nudged (`Leaf`, `Turn`), and the library with one of them changed.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from gis.site import LocalBody
from rules.book import Entry, Library, Parameter
from rules.measure import Unit
from rules.reading import library
from rules.table import Band, ByBand, ByWord, Cell, Node

STEPS = {
    Unit.METRE: Decimal("0.01"),
    Unit.KILOMETRE: Decimal("0.1"),
    Unit.SQUARE_METRE: Decimal(1),
    Unit.HECTARE: Decimal("0.01"),
    Unit.PERCENT: Decimal("0.1"),
    Unit.SHARE: Decimal("0.01"),
    Unit.RATIO: Decimal("0.01"),
    Unit.RUN: Decimal("0.1"),
    Unit.KILOWATT: Decimal("0.1"),
    Unit.KILOWATT_PER_SQUARE_METRE: Decimal("0.0001"),
    Unit.CRORE_RUPEES: Decimal("0.1"),
    Unit.SQUARE_METRE_PER_PERSON: Decimal("0.1"),
}
"""The smallest step of each unit that a planner would call another number; every other unit is counted in ones."""

OWN_STEPS = {"roads.splay": Decimal("0.1")}
"""Numbers with which no length is compared, but ground: less of it than a tenth of a metre's corner is a speck."""

ONE_DAY = timedelta(days=1)
BODIES = (LocalBody.MUNICIPALITY, LocalBody.PANCHAYAT)
WHOSE = {LocalBody.MUNICIPALITY: "", LocalBody.PANCHAYAT: " panchayat", LocalBody.CORPORATION: " corporation"}


def has_its_own(parameter: str, body: LocalBody) -> bool:
    """Whether a body has entries of its own; a corporation mostly has those of a municipality, and fees of its own."""
    if body in BODIES:
        return True
    own, city = (library().timeline(Parameter(parameter), each) for each in (body, LocalBody.MUNICIPALITY))
    return any(mine is not theirs for mine, theirs in itertools.zip_longest(own, city))


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a table: the way to it by row, the words of that way, and the edge of the last band (None: the number itself)."""

    path: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    edge: str | None = None


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One number, or one edge of a band, of one entry of a parameter."""

    parameter: str
    body: LocalBody
    entry: int
    place: Place

    def __str__(self) -> str:
        way = " / ".join([*self.place.words, *([self.place.edge] if self.place.edge else [])])
        return f"{self.parameter}{WHOSE[self.body]} {entry_of(self).since} {way}".strip()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A day on which what the book says of a parameter begins, changes or ends."""

    parameter: str
    body: LocalBody
    day: date

    def __str__(self) -> str:
        return f"{self.parameter}{WHOSE[self.body]} {self.day}"


def entry_of(leaf: Leaf) -> Entry:
    """The entry in which a leaf stands."""
    return library().timeline(Parameter(leaf.parameter), leaf.body)[leaf.entry]


def leaves() -> list[Leaf]:
    """Every number and every edge of a band in the book."""
    return [
        Leaf(parameter=key, body=body, entry=i, place=place)
        for (key, body), timeline in library().timelines.items()
        if has_its_own(key, body)
        for i, entry in enumerate(timeline)
        for place in places(entry.node)
    ]


def places(node: Node, at: Place | None = None) -> Iterator[Place]:
    """Every number and every edge below a node, in the order of the table."""
    here = at or Place()
    if isinstance(node, ByWord):
        for i, (word, below) in enumerate(node.rows):
            yield from places(below, Place(path=(*here.path, i), words=(*here.words, word)))
    elif isinstance(node, ByBand):
        yield from edges(node, here)
        for i, band in enumerate(node.bands):
            yield from places(band.node, Place(path=(*here.path, i), words=(*here.words, str(band))))
    elif is_number(node):
        yield here


def edges(node: ByBand, at: Place) -> Iterator[Place]:
    """The edges of the bands of a table; where two bands meet, the upper edge of the lower one stands for both."""
    for i, band in enumerate(node.bands):
        way, words = (*at.path, i), (*at.words, str(band))
        if band.low is not None and not (i and node.bands[i - 1].high == band.low):
            yield Place(path=way, words=words, edge="low")
        if band.high is not None:
            yield Place(path=way, words=words, edge="high")


def is_number(node: Node) -> bool:
    """Whether a cell holds a number and no word or day."""
    return isinstance(node, Cell) and isinstance(node.content, int | Decimal | Fraction)


def turns() -> list[Turn]:
    """Every day on which the book says another thing of a parameter than on the day before."""
    found = []
    for (key, body), timeline in library().timelines.items():
        days = {entry.since for entry in timeline}
        days |= {entry.until + ONE_DAY for entry in timeline if entry.until is not None}
        days -= {after.since for before, after in itertools.pairwise(timeline) if _same(before, after)}
        found += [Turn(parameter=key, body=body, day=day) for day in sorted(days) if has_its_own(key, body)]
    return found


def _same(before: Entry, after: Entry) -> bool:
    adjoin = before.until is not None and before.until + ONE_DAY == after.since
    return adjoin and (before.node, before.force) == (after.node, after.force)


def number_at(leaf: Leaf) -> Decimal | Fraction | int:
    """The number that stands there."""
    path, node = leaf.place.path, entry_of(leaf).node
    for i in path if leaf.place.edge is None else path[:-1]:
        node = _below(node, i)
    if leaf.place.edge is None:
        assert isinstance(node, Cell)
        assert isinstance(node.content, int | Decimal | Fraction)
        return node.content
    assert isinstance(node, ByBand)
    number = node.bands[path[-1]].low if leaf.place.edge == "low" else node.bands[path[-1]].high
    assert number is not None
    return number


def _below(node: Node, i: int) -> Node:
    if isinstance(node, ByWord):
        return node.rows[i][1]
    assert isinstance(node, ByBand)
    return node.bands[i].node


def step_of(leaf: Leaf) -> Decimal:
    """By how much a leaf is nudged: by the step of its unit, or of the axis of its band."""
    card = library().card(Parameter(leaf.parameter))
    if leaf.place.edge is None:
        return OWN_STEPS.get(leaf.parameter, STEPS.get(card.unit, Decimal(1)))
    node = entry_of(leaf).node
    for i in leaf.place.path[:-1]:
        node = _below(node, i)
    assert isinstance(node, ByBand)
    unit = next(axis.unit for axis in card.axes if axis.name == node.axis)
    return Decimal(1) if unit is None else STEPS.get(unit, Decimal(1))


def nudged(leaf: Leaf, step: Decimal) -> Library | None:
    """The library with one number a step higher or lower; None where it would be under nothing."""
    if Fraction(number_at(leaf)) + Fraction(step) < 0:
        return None
    entry = entry_of(leaf)
    other = replace(entry, node=_changed(entry.node, leaf.place, step))
    return _with(leaf.parameter, {id(entry): other})


def turned(turn: Turn, shift: timedelta) -> Library:
    """The library in which a parameter turns so much later."""
    timeline = library().timeline(Parameter(turn.parameter), turn.body)
    return _with(turn.parameter, {id(entry): _shifted(entry, turn.day, shift) for entry in timeline})


def _shifted(entry: Entry, day: date, shift: timedelta) -> Entry:
    since = entry.since + shift if entry.since == day else entry.since
    ends = entry.until is not None and entry.until + ONE_DAY == day
    return replace(entry, since=since, until=day - ONE_DAY + shift if ends else entry.until)


def _with(parameter: str, others: dict[int, Entry]) -> Library:
    """The library with some entries of a parameter, named by their identity, replaced in the timelines of all bodies."""
    timelines = dict(library().timelines)
    for body in LocalBody:
        line = timelines.get((parameter, body), ())
        if any(id(entry) in others for entry in line):
            timelines[parameter, body] = tuple(others.get(id(entry), entry) for entry in line)
    return replace(library(), timelines=timelines)


def _changed(node: Node, place: Place, step: Decimal) -> Node:
    if isinstance(node, Cell):
        content = node.content
        assert isinstance(content, int | Decimal | Fraction)
        if isinstance(content, Decimal):
            return Cell(content=content + step)
        whole = Fraction(content) + Fraction(step)
        return Cell(content=whole if isinstance(content, Fraction) else int(whole))
    i, rest = place.path[0], replace(place, path=place.path[1:])
    if isinstance(node, ByWord):
        word, below = node.rows[i]
        rows = (*node.rows[:i], (word, _changed(below, rest, step)), *node.rows[i + 1 :])
        return replace(node, rows=rows)
    assert isinstance(node, ByBand)
    if place.edge is not None and not rest.path:
        return replace(node, bands=_moved(node.bands, i, place.edge, step))
    band = replace(node.bands[i], node=_changed(node.bands[i].node, rest, step))
    return replace(node, bands=(*node.bands[:i], band, *node.bands[i + 1 :]))


def _moved(bands: tuple[Band, ...], i: int, edge: str, step: Decimal) -> tuple[Band, ...]:
    """The bands with one edge moved, and with it the lower edge of the next band where they meet."""
    changed = list(bands)
    low, high = bands[i].low, bands[i].high
    if edge == "low" and low is not None:
        changed[i] = replace(bands[i], low=low + step)
    elif high is not None:
        changed[i] = replace(bands[i], high=high + step)
        if i + 1 < len(bands) and bands[i + 1].low == high:
            changed[i + 1] = replace(bands[i + 1], low=high + step)
    return tuple(changed)
