"""The book told in order of days: what there is, how each number came about, and every change for officers.

In: a `Library`.  Out: plain frozen values and text; the law of one day is asked of `rules.book`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gis.errors import NotFound
from gis.site import LocalBody
from rules.book import Card, Entry, Force, Library, Parameter, Timeline
from rules.instruments import Instrument
from rules.measure import Unit, written
from rules.table import Cell, Silent, Unknown, cells


class Turn(StrEnum):
    """What kind of change it is."""

    FIRST_READ = "first read"
    CHANGED = "changed"
    INTRODUCED = "introduced"
    DROPPED = "dropped"
    LOST = "not known from here"
    KNOWN_AGAIN = "known again, unchanged"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One cell of a table: what leads to it, and what it says."""

    place: str
    says: str
    is_hole: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a parameter says between two days (both included; None: still), and what came after it."""

    bodies: tuple[LocalBody, ...]
    since: date
    until: date | None
    force: Force
    mark: str
    instrument: str
    number: str
    clause: str
    link: str | None
    rows: tuple[Row, ...]
    superseded_by: str | None
    note: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of one cell for some kinds of local bodies, from a day on."""

    on: date
    key: str
    title: str
    bodies: tuple[LocalBody, ...]
    place: str
    turn: Turn
    before: str | None
    after: str | None
    force: Force
    number: str
    clause: str


def list_parameters(library: Library) -> tuple[Card, ...]:
    """Every parameter of the book, by chapter and name."""
    return tuple(card for _, card in sorted(library.cards.items()))


def named(library: Library, key: str) -> Parameter:
    """The parameter of this key, or `NotFound` for a reader who typed another."""
    if key not in library.cards:
        raise NotFound(f"The book has no parameter “{key[:80]}”; see the list of parameters.")
    return Parameter(key)


def history(library: Library, parameter: Parameter) -> tuple[Line, ...]:
    """Every value of a parameter, oldest first, bodies with the same value together; `Invalid` if there is none."""
    card = library.card(parameter)
    lines: list[Line] = []
    for body in LocalBody:
        timeline = library.timeline(parameter, body)
        for position, entry in enumerate(timeline):
            after = timeline[position + 1] if position + 1 < len(timeline) else None
            lines.append(_line(library, card, body, entry, after))
    return tuple(sorted(_together(lines), key=lambda line: line.since))


def _line(library: Library, card: Card, body: LocalBody, entry: Entry, after: Entry | None) -> Line:
    instrument = entry.citation.instrument
    return Line(
        bodies=(body,),
        since=entry.since,
        until=entry.until,
        force=entry.force,
        mark=entry.citation.mark,
        instrument=instrument.id,
        number=instrument.number,
        clause=entry.citation.clause,
        link=instrument.link,
        rows=_rows(entry, card.unit),
        superseded_by=_superseded(library, body, entry, after),
        note=entry.note,
        facts=entry.facts,
    )


def _together(lines: list[Line]) -> list[Line]:
    joined: list[Line] = []
    for line in lines:
        for position, other in enumerate(joined):
            if _without_bodies(other) == _without_bodies(line):
                joined[position] = _for(other, (*other.bodies, *line.bodies))
                break
        else:
            joined.append(line)
    return joined


def _for(line: Line, bodies: tuple[LocalBody, ...]) -> Line:
    values = {name: getattr(line, name) for name in line.__dataclass_fields__}
    return Line(**{**values, "bodies": bodies})


def _without_bodies(line: Line) -> Line:
    return _for(line, ())


def _superseded(library: Library, body: LocalBody, entry: Entry, after: Entry | None) -> str | None:
    if entry.until is None:
        return None
    next_day = entry.until + timedelta(days=1)
    if after is not None and after.since == next_day:
        return after.citation.instrument.number
    unread = _unread(library, body, next_day)
    return unread.number if unread else None


def _unread(library: Library, body: LocalBody, on: date) -> Instrument | None:
    for instrument in library.instruments.values():
        if instrument.is_unread and body in instrument.bodies and instrument.holds_on(on):
            return instrument
    return None


def _rows(entry: Entry, unit: Unit) -> tuple[Row, ...]:
    return tuple(
        Row(place=", ".join(path), says=_says(cell, unit), is_hole=not isinstance(cell, Cell))
        for path, cell in cells(entry.node)
    )


def _says(cell: Cell | Silent | Unknown, unit: Unit) -> str:
    if isinstance(cell, Cell):
        return written(cell.content, unit)
    return f"{'no rule' if isinstance(cell, Silent) else 'not known'}: {cell.reason}"


def changes(library: Library) -> tuple[Change, ...]:
    """Every change of every parameter in order of days; what the first rules of 2019 already said is no change."""
    first = min(entry.since for timeline in library.timelines.values() for entry in timeline)
    found: dict[tuple[object, ...], Change] = {}
    for (key, body), timeline in sorted(library.timelines.items()):
        card = library.cards[key]
        for change in _changes(library, card, body, timeline):
            if change.on == first:
                continue
            same = (change.on, key, change.place, change.turn, change.before, change.after, change.number)
            known = found.get(same)
            found[same] = _joined(known, change) if known else change
    return tuple(
        sorted(found.values(), key=lambda change: (change.on, change.key, change.place, change.bodies))
    )


def _joined(known: Change, change: Change) -> Change:
    values = {name: getattr(known, name) for name in known.__dataclass_fields__}
    return Change(**{**values, "bodies": (*known.bodies, *change.bodies)})


def _changes(library: Library, card: Card, body: LocalBody, timeline: Timeline) -> Iterator[Change]:
    before: Entry | None = None
    for position, entry in enumerate(timeline):
        yield from _turns(card, body, before, entry)
        after = timeline[position + 1] if position + 1 < len(timeline) else None
        if entry.until is not None and not (after and after.since == entry.until + timedelta(days=1)):
            yield _loss(library, card, body, entry)
        before = entry


def _turns(card: Card, body: LocalBody, before: Entry | None, entry: Entry) -> Iterator[Change]:
    new, old = _whole(entry, card.unit), _whole(before, card.unit) if before else None
    if before is None or _is_hole(before) or _is_hole(entry):
        yield _change(card, body, entry, "", _turn(before, old, new), old, new)
        return
    was = {row.place: row for row in _rows(before, card.unit)}
    now = {row.place: row for row in _rows(entry, card.unit)}
    places = [place for place in {**now, **was} if was.get(place) != now.get(place)]
    for place in places:
        turn = _turn(before, was.get(place), now.get(place))
        yield _change(card, body, entry, place, turn, was.get(place), now.get(place))
    if not places:
        yield _change(card, body, entry, "", Turn.KNOWN_AGAIN, old, new)


def _is_hole(entry: Entry) -> bool:
    return isinstance(entry.node, Silent | Unknown)


def _whole(entry: Entry, unit: Unit) -> Row:
    rows = _rows(entry, unit)
    if len(rows) == 1 and not rows[0].place:
        return rows[0]
    return Row(place="", says=f"a table of {len(rows)} cells", is_hole=False)


def _turn(before: Entry | None, old: Row | None, new: Row | None) -> Turn:
    if before is None:
        return Turn.FIRST_READ
    if new is None or (new.is_hole and not (old and old.is_hole)):
        return Turn.DROPPED
    if old is None or (old.is_hole and not new.is_hole):
        return Turn.INTRODUCED
    return Turn.CHANGED


def _change(
    card: Card, body: LocalBody, entry: Entry, place: str, turn: Turn, old: Row | None, new: Row | None
) -> Change:
    return Change(
        on=entry.since,
        key=card.key,
        title=card.title,
        bodies=(body,),
        place=place,
        turn=turn,
        before=old.says if old else None,
        after=new.says if new else None,
        force=entry.force,
        number=entry.citation.instrument.number,
        clause=entry.citation.clause,
    )


def _loss(library: Library, card: Card, body: LocalBody, entry: Entry) -> Change:
    on = (entry.until or entry.since) + timedelta(days=1)
    unread = _unread(library, body, on)
    return Change(
        on=on,
        key=card.key,
        title=card.title,
        bodies=(body,),
        place="",
        turn=Turn.LOST,
        before=None,
        after=None,
        force=entry.force,
        number=f"{unread.number}, not read" if unread else "not read",
        clause=entry.citation.clause,
    )


def changelog(library: Library) -> str:
    """The changes as a page for officers, in order of days (Markdown)."""
    lines = ["# From which day which number of the law is different", ""]
    day: date | None = None
    for change in changes(library):
        if change.on != day:
            day = change.on
            lines += [f"## {day.isoformat()}", ""]
        where = f" ({change.place})" if change.place else ""
        bodies = ", ".join(change.bodies)
        force = "" if change.force is Force.BINDING else " Advisory only."
        lines.append(
            f"- **{change.title}**{where}, {bodies}: {_told(change)}. {change.number}, {change.clause}.{force}"
        )
    return "\n".join([*lines, ""])


def _told(change: Change) -> str:
    if change.turn is Turn.KNOWN_AGAIN:
        return f"{change.turn}: {change.after}"
    if change.before is not None and change.after is not None:
        return f"{change.before} → {change.after}"
    if change.before is not None:
        return f"{change.before} → no longer in the table"
    return f"{change.turn}: {change.after}" if change.after is not None else str(change.turn)
