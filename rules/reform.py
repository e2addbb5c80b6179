"""A reform that is thought of: numbers of the law changed and zones redrawn from a day, to see what they would do.  It is no law, and no
edition of the book.

In: a small YAML text and the library as it is read.  Out: a frozen `Reform`, and a library in which its numbers hold from its day on; its
zones are laid over a plot by `rules.redrawing`.  Everything else stays; what the book does not know, a reform does not fill in.  `Invalid`
names what is wrong with the text.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Card, Citation, Entry, Library, Parameter, Timeline
from rules.instruments import Instrument, Mark
from rules.measure import Content, Unit, content_of, number_of
from rules.redrawing import Zone
from rules.reform_text import read
from rules.table import Axis, Band, ByBand, ByWord, Cell, Node, cells

LONGEST = 100_000
"""Letters of a reform."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Title(_Form):
    """What the reform is called."""

    en: str = Field(min_length=1, max_length=200)
    ml: str | None = Field(default=None, min_length=1, max_length=200)


class Change(_Form):
    """One parameter changed: in all its rows, or in those of some words; by a new value, a factor or a sum."""

    parameter: str
    where: Mapping[str, str] = {}
    """Axis and word, or axis and a number that lies in the band; an axis that is left out means all its rows."""
    value: str | None = None
    times: str | None = None
    plus: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Change":
        if sum(each is not None for each in (self.value, self.times, self.plus)) != 1:
            raise ValueError("a change has exactly one of value, times, plus")
        return self


class Reform(_Form):
    """Changes of the book from a day, for some kinds of local bodies."""

    title: Title
    begins: date = Field(alias="from")
    bodies: tuple[LocalBody, ...] = tuple(LocalBody)
    parameters: tuple[Change, ...] = Field(default=(), max_length=200)
    zones: tuple[Zone, ...] = Field(default=(), max_length=50)
    """Laid over the land one after the other, the later over the earlier."""

    @model_validator(mode="after")
    def _changes_something(self) -> "Reform":
        if not self.parameters and not self.zones:
            raise ValueError("a reform changes something: give `parameters`, `zones` or both")
        return self


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What a reform does to one cell of the book."""

    parameter: str
    title: str
    body: LocalBody
    rows: tuple[str, ...]
    before: Content
    after: Content
    unit: Unit


def reform(text: str) -> Reform:
    """The reform of a YAML text; numbers stay as they are written, without a detour by floats."""
    if len(text) > LONGEST:
        raise Invalid(
            f"A reform has at most {LONGEST} letters; give a larger shape as a file.", code="bad-reform"
        )
    written = read(text)
    try:
        return Reform.model_validate(written.values)
    except ValidationError as error:
        raise Invalid(f"This is not a reform: {written.faults(error)}.", code="bad-reform") from error


def reformed(library: Library, change: Reform) -> Library:
    """The library in which a reform holds from its day on, and the text behind its numbers is the reform's own."""
    timelines = dict(library.timelines)
    for each in change.parameters:
        card = _card(library, each)
        _check_axes(card.axes, each)
        cut = {
            (card.key, body): timeline
            for body in change.bodies
            if (timeline := _cut(timelines.get((card.key, body), ()), card, change, each))
        }
        if not cut:
            rows = ", ".join(f"{axis} {word}" for axis, word in each.where.items()) or "any row"
            raise Invalid(
                f"The book has no number of {card.key} for {rows} on {change.begins}, so a reform cannot change it; "
                f"what it has stands at /law/{card.key}."
            )
        timelines |= cut
    text = f"{library.digest} {change.model_dump_json()}"
    return Library(
        read_to=library.read_to,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        instruments=library.instruments,
        cards=library.cards,
        timelines=timelines,
    )


def _card(library: Library, change: Change) -> Card:
    """The parameter that a change names; `Invalid` with the names that are like it where there is none."""
    if change.parameter in library.cards:
        return library.cards[change.parameter]
    like = get_close_matches(change.parameter, library.cards, n=3)
    meant = f" Did you mean {' or '.join(like)}?" if like else ""
    raise Invalid(
        f"The book has no parameter “{change.parameter[:80]}”.{meant} All stand at /law.", code="bad-reform"
    )


def changed(library: Library, change: Reform) -> tuple[Changed, ...]:
    """Every cell that a reform changes, with both contents; rows that it leaves as they were are not told."""
    after = reformed(library, change)
    return tuple(
        told
        for each in change.parameters
        for body in change.bodies
        for told in _differences(library, after, Parameter(each.parameter), body, change.begins)
    )


def _differences(
    before: Library, after: Library, parameter: Parameter, body: LocalBody, on: date
) -> Iterator[Changed]:
    card = before.card(parameter)
    old = _standing(before.timeline(parameter, body), on)
    new = _standing(after.timeline(parameter, body), on)
    if old is None or new is None:
        return
    for (rows, was), (_, now) in zip(cells(old.node), cells(new.node), strict=True):
        if isinstance(was, Cell) and isinstance(now, Cell) and was != now:
            yield Changed(
                parameter=card.key,
                title=card.title,
                body=body,
                rows=rows,
                before=was.content,
                after=now.content,
                unit=card.unit,
            )


def _cut(timeline: Timeline, card: Card, whole: Reform, change: Change) -> Timeline | None:
    """A timeline with the entry of the reform's day cut in two and the change in the later part; None where it changes nothing."""
    standing = _standing(timeline, whole.begins)
    if standing is None:
        return None
    count = [0]
    node = _turned(standing.node, change, card.unit, count)
    if not count[0]:
        return None
    citation = Citation(instrument=_instrument(whole), clause="reform", mark=standing.citation.mark)
    later = replace(standing, since=whole.begins, node=node, citation=citation)
    last = whole.begins - timedelta(days=1)
    earlier = () if standing.since == whole.begins else (replace(standing, until=last),)
    at = timeline.index(standing)
    return (*timeline[:at], *earlier, later, *timeline[at + 1 :])


def _standing(timeline: Timeline, on: date) -> Entry | None:
    return next((each for each in timeline if each.holds_on(on)), None)


def _instrument(change: Reform) -> Instrument:
    """The reform in the place of an instrument: it says of itself that nobody has made it."""
    return Instrument(
        id="REFORM",
        title=change.title.en,
        title_ml=change.title.ml,
        number=f"a reform that is thought of, “{change.title.en}”",
        order=None,
        gazette=None,
        dated=None,
        in_force=change.begins,
        until=None,
        bodies=change.bodies,
        link=None,
        reader="not made",
        mark=Mark.UNCERTAIN,
        is_unread=False,
        followed_by=None,
        changes=(),
        note=None,
    )


def _check_axes(axes: tuple[Axis, ...], change: Change) -> None:
    known = {axis.name: axis for axis in axes}
    for name, word in change.where.items():
        axis = known.get(name)
        if axis is None:
            raise Invalid(
                f"{change.parameter} has no rows by “{name}”; it has: {', '.join(known) or 'none'}."
            )
        if axis.is_number:
            _number(word)
        elif axis.words and word not in axis.words:
            raise Invalid(f"“{word}” is no {name}; there are {', '.join(axis.words)}.")


def _turned(node: Node, change: Change, unit: Unit, count: list[int]) -> Node:
    """The node with every cell changed that the change means; `count` counts them."""
    if isinstance(node, ByWord):
        wanted = change.where.get(node.axis)
        rows = (
            (word, _turned(below, change, unit, count) if wanted in (None, word) else below)
            for word, below in node.rows
        )
        return replace(node, rows=tuple(rows))
    if isinstance(node, ByBand):
        wanted = change.where.get(node.axis)
        bands = (
            replace(band, node=_turned(band.node, change, unit, count)) if _is_meant(band, wanted) else band
            for band in node.bands
        )
        return replace(node, bands=tuple(bands))
    if isinstance(node, Cell):
        count[0] += 1
        return Cell(content=_content(node.content, change, unit))
    return node


def _is_meant(band: Band, wanted: str | None) -> bool:
    return wanted is None or band.holds(_number(wanted))


def _number(text: str) -> Decimal:
    """A plain decimal, which may be below nothing where something is taken away."""
    try:
        return -number_of(text[1:]) if text.startswith("-") else number_of(text)
    except ValueError as error:
        raise Invalid(f"“{text[:40]}” is not a number: {error}.") from error


def _content(before: Content, change: Change, unit: Unit) -> Content:
    if change.value is not None:
        try:
            return content_of(change.value, unit)
        except ValueError as error:
            raise Invalid(f"{change.parameter}: {error}.") from error
    if isinstance(before, bool) or not isinstance(before, int | Decimal | Fraction):
        raise Invalid(f"{change.parameter} holds {before!s}, which cannot be reckoned with; give a value.")
    after = Fraction(before)
    after = (
        after * Fraction(_number(change.times))
        if change.times
        else after + Fraction(_number(change.plus or "0"))
    )
    if after < 0:
        raise Invalid(f"{change.parameter}: {before} would become {float(after):g}, which is below nothing.")
    if isinstance(before, Fraction):
        return after
    exact = Decimal(after.numerator) / Decimal(after.denominator)
    if isinstance(before, int):
        if after.denominator != 1:
            raise Invalid(f"{change.parameter}: {before} would become {exact}, and it is a whole number.")
        return int(after)
    return exact
