"""From the parameter files to the library: nothing is believed that contradicts itself, its dates or its sources.

In: YAML texts by file name.  Out: a frozen `Library`, or `Invalid` naming file, entry and field of everything wrong.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import yaml
from pydantic import ValidationError

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Card, Citation, Entry, Library, Timeline
from rules.instruments import Instrument, Mark
from rules.sheets import AxesSheet, ChapterSheet, EntrySheet, InstrumentsSheet, ParameterSheet
from rules.table import Axis, Fault, node_of, words
from rules.words import Sheet, strings

BODIES: dict[str, tuple[LocalBody, ...]] = {
    "kmbr": (LocalBody.MUNICIPALITY, LocalBody.CORPORATION),
    "kpbr": (LocalBody.PANCHAYAT,),
    "charges": (),
}
"""Whom a folder's numbers bind; in charges every entry says it. A number of one folder never fills in for another."""

_SHARED = ("axes.yaml", "instruments.yaml")
SheetT = TypeVar("SheetT", bound=Sheet)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One fault: where it stands and why."""

    file: str
    entry: str
    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}, entry “{self.entry}”, field “{self.field}”: {self.why}"


@dataclass(frozen=True, kw_only=True)
class _Written:
    file: str
    key: str
    chapter: str
    sheet: ParameterSheet


class _Reader:
    """Collects sheets, cards and timelines, and every fault on the way."""

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []
        self.axes: dict[str, Axis] = {}
        self.instruments: dict[str, Instrument] = {}
        self.cards: dict[str, Card] = {}
        self.timelines: dict[tuple[str, LocalBody], list[Entry]] = {}

    def sheet(self, kind: type[SheetT], file: str, text: str) -> SheetT | None:
        """A file as a sheet, or its faults noted."""
        try:
            return kind.model_validate(strings(text))
        except yaml.YAMLError as error:
            self.note(file, "the file itself", "YAML", str(error))
        except ValidationError as error:
            for fault in error.errors():
                entry, field = _place([str(part) for part in fault["loc"]])
                self.note(file, entry, field, str(fault.get("ctx", {}).get("error") or fault["msg"]))
        return None

    def note(self, file: str, entry: str, field: str, why: str) -> None:
        """Remember one fault."""
        self.wrong.append(Wrong(file=file, entry=entry, field=field, why=why))

    def take(self, written: _Written) -> None:
        """One parameter: its card, and its entries in the timelines of the bodies they bind."""
        card = self._card(written)
        if card is None:
            return
        folder = BODIES[written.file.split("/")[0]]
        for position, sheet in enumerate(written.sheet.values):
            place = f"values.{position}"
            bodies = sheet.bodies or folder
            if folder and not set(bodies) <= set(folder):
                self.note(written.file, written.key, f"{place}.for", "this folder binds other local bodies")
            if not bodies:
                self.note(written.file, written.key, f"{place}.for", "say for which local bodies it holds")
            entry = self._entry(written, card, sheet, place, bodies)
            if entry is not None:
                for body in bodies:
                    self._append(written, place, body, entry)

    def _card(self, written: _Written) -> Card | None:
        sheet = written.sheet
        missing = [name for name in sheet.by if name not in self.axes]
        if missing:
            self.note(written.file, written.key, "by", f"there is no axis {', '.join(missing)}")
            return None
        card = Card(
            key=written.key,
            chapter=written.chapter,
            title=sheet.title.en,
            title_ml=sheet.title.ml,
            unit=sheet.unit,
            axes=tuple(self.axes[name] for name in sheet.by),
            note=sheet.note,
        )
        known = self.cards.setdefault(card.key, card)
        if (known.unit, known.axes) != (card.unit, card.axes):
            self.note(written.file, written.key, "unit", "unit and axes differ from another file's")
        return card

    def _entry(
        self,
        written: _Written,
        card: Card,
        sheet: EntrySheet,
        place: str,
        bodies: tuple[LocalBody, ...],
    ) -> Entry | None:
        instrument = self.instruments.get(sheet.cite[0])
        if instrument is None:
            self.note(written.file, written.key, f"{place}.cite", f"there is no instrument {sheet.cite[0]}")
            return None
        for why in _quarrels(sheet, instrument, bodies):
            self.note(written.file, written.key, f"{place}.cite", why)
        try:
            node = node_of(sheet.raw, card.axes, card.unit)
        except Fault as fault:
            where = ".".join([place, "value", *fault.path])
            self.note(written.file, written.key, where, str(fault))
            return None
        return Entry(
            since=sheet.since,
            until=sheet.until,
            citation=Citation(instrument=instrument, clause=sheet.cite[1], mark=sheet.mark),
            node=node,
            facts=tuple(sorted({*written.sheet.fact, *sheet.fact})),
            note=sheet.note,
        )

    def _append(self, written: _Written, place: str, body: LocalBody, entry: Entry) -> None:
        timeline = self.timelines.setdefault((written.key, body), [])
        before = timeline[-1] if timeline else None
        if before is not None and (before.until is None or before.until >= entry.since):
            why = f"begins on {entry.since}, when the entry of {before.since} still holds for a {body}"
            self.note(written.file, written.key, f"{place}.from", why)
        timeline.append(entry)

    def check_unread(self, files_of: Mapping[str, str]) -> None:
        """A parameter that the instrument after an unread one changes has no value while the unread one held."""
        for unread in [each for each in self.instruments.values() if each.is_unread]:
            for (key, body), timeline in self.timelines.items():
                changed = any(
                    entry.citation.instrument.id == unread.followed_by
                    and unread.until is not None
                    and entry.since == unread.until + timedelta(days=1)
                    for entry in timeline
                )
                if changed and body in unread.bodies and _covers(timeline, unread):
                    why = f"a value while {unread.number}, not read, was in force, though {unread.followed_by} changes it"
                    self.note(files_of[key], key, "values", why)


def _quarrels(sheet: EntrySheet, instrument: Instrument, bodies: tuple[LocalBody, ...]) -> Iterator[str]:
    if instrument.is_unread:
        yield f"{instrument.id} was not read and cannot be cited"
    if instrument.in_force is None:
        yield f"{instrument.id} has no date in the book and cannot be cited"
    elif sheet.since < instrument.in_force and sheet.none is None:
        yield f"a value of {sheet.since} from an instrument in force only from {instrument.in_force}"
    if not set(bodies) <= set(instrument.bodies):
        yield f"{instrument.id} does not bind a {' or a '.join(bodies)}"
    if sheet.mark is Mark.READ and instrument.mark is not Mark.READ:
        yield f"{instrument.id} itself was not read in its text ({instrument.mark}), so the number cannot be Q"


def _covers(timeline: list[Entry], unread: Instrument) -> bool:
    if unread.in_force is None or unread.until is None:
        return False
    return any(
        entry.since <= unread.until and (entry.until is None or entry.until >= unread.in_force)
        for entry in timeline
    )


def _place(path: list[str]) -> tuple[str, str]:
    if len(path) > 1 and path[0] in ("parameters", "instruments", "axes"):
        return path[1], ".".join(path[2:]) or "the entry"
    return "the file itself", ".".join(path) or "the file"


def read(texts: Mapping[str, str]) -> Library:
    """The library of these files (`instruments.yaml`, `axes.yaml`, `kmbr/….yaml` …); `Invalid` lists every fault."""
    reader = _Reader()
    instruments = reader.sheet(InstrumentsSheet, "instruments.yaml", texts["instruments.yaml"])
    axes = reader.sheet(AxesSheet, "axes.yaml", texts["axes.yaml"])
    if instruments is None or axes is None:
        raise _invalid(reader.wrong)
    for sheet in instruments.instruments:
        if sheet.id in reader.instruments:
            reader.note("instruments.yaml", sheet.id, "id", "stands twice")
        reader.instruments[sheet.id] = sheet.instrument()
    reader.axes = {name: sheet.axis(name) for name, sheet in axes.axes.items()}
    files_of: dict[str, str] = {}
    for written in _written(reader, texts):
        files_of.setdefault(written.key, written.file)
        reader.take(written)
    reader.check_unread(files_of)
    if reader.wrong:
        raise _invalid(reader.wrong)
    timelines: dict[tuple[str, LocalBody], Timeline] = {
        key: tuple(entries) for key, entries in sorted(reader.timelines.items())
    }
    return Library(
        read_to=instruments.read_to,
        digest=_digest(texts),
        instruments=reader.instruments,
        cards={key: _closed(card, timelines) for key, card in sorted(reader.cards.items())},
        timelines=timelines,
    )


def _closed(card: Card, timelines: Mapping[tuple[str, LocalBody], Timeline]) -> Card:
    """The card whose free axes list the words that some day's table has: any other word is a wrong question."""
    nodes = [entry.node for body in LocalBody for entry in timelines.get((card.key, body), ())]
    axes = tuple(
        axis
        if axis.is_number or axis.words
        else replace(axis, words=tuple(sorted(set().union(*(words(node, axis.name) for node in nodes)))))
        for axis in card.axes
    )
    return replace(card, axes=axes)


def _written(reader: _Reader, texts: Mapping[str, str]) -> Iterator[_Written]:
    seen: dict[tuple[str, str], str] = {}
    for file in sorted(texts):
        folder = file.split("/")[0]
        if folder not in BODIES:
            continue
        chapter = reader.sheet(ChapterSheet, file, texts[file])
        for name, sheet in chapter.parameters.items() if chapter else ():
            key = f"{chapter.chapter}.{name}" if chapter else name
            if (folder, key) in seen:
                reader.note(file, name, "the entry", f"“{key}” stands in {seen[folder, key]} too")
            seen[folder, key] = file
            yield _Written(file=file, key=key, chapter=chapter.chapter if chapter else "", sheet=sheet)


def _invalid(wrong: list[Wrong]) -> Invalid:
    faults = "; ".join(str(each) for each in wrong)
    return Invalid(f"The book of the law cannot be used: {faults}. Correct the files.")


def _digest(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for file in sorted(each for each in texts if "/" in each or each in _SHARED):
        digest.update(f"{file}\n{len(texts[file])}\n{texts[file]}\n".encode())
    return digest.hexdigest()


def texts() -> dict[str, str]:
    """The book's own files, by name."""
    return dict(_files(files("rules").joinpath("parameters"), ""))


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda each: each.name):
        if item.is_dir():
            yield from _files(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".yaml"):
            yield f"{prefix}{item.name}", item.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def library() -> Library:
    """The library of the book's own files, read once; `Invalid` if one of them is wrong."""
    return read(texts())
