"""What an import did, feature by feature: kept, mended, refused, filtered out, held, joined, each with its reason.

In: notes from every check, as they fall.  Out: a frozen `ImportReport` that prints for people, writes JSON for programs,
and goes whole into `dataset_import.report`.  Lists are capped; what is beyond the cap is counted, never dropped in silence.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from gis.errors import Invalid

LISTED = 1_000
"""Notes of one kind that a report lists; the others are counted by reason."""
SHOWN = 20
"""Notes of one kind that are printed."""


class Kind(StrEnum):
    """What became of a feature that did not simply go in as it was."""

    MENDED = "mended"
    """It went in, changed as the reason says."""
    REFUSED = "refused"
    FILTERED = "filtered out"
    """The mapping does not want it."""
    HELD = "held"
    """The register knows something newer, which stays."""
    JOINED = "joined"
    """It went in as a part of an earlier feature with the same number."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One feature, what became of it and why; `position` counts from 1 in the file, None for a line outside the count."""

    kind: Kind
    position: int | None
    ref: str
    reason: str
    remedy: str
    detail: str = ""

    def line(self) -> str:
        """The note as one printed line."""
        place = "" if self.position is None else f"feature {self.position}"
        name = f"“{self.ref}”" if self.ref and self.ref != str(self.position) else ""
        return f"{' '.join(filter(None, [place, name]))}: {self.reason}{f' ({self.detail})' if self.detail else ''}"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import is; `total` grows with `done` where the file does not say how many features it holds."""

    dataset: str
    stage: str
    done: int
    total: int

    @property
    def step(self) -> str:
        """Dataset and stage in one phrase."""
        return f"{self.dataset}: {self.stage}"


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Nobody looks at the progress."""


@dataclass(frozen=True, kw_only=True)
class ParcelCounts:
    """What a parcel import did to the register."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    standing: int = 0
    """Parcels whose feature was refused now, and whose earlier state therefore stands."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """The outcome of one dataset: read = kept + refused + filtered + held + joined; mended ones are among the kept."""

    jurisdiction: str
    target: str
    series: str
    file: str
    table: str
    sha256: str
    entry: str
    """Hash of the mapping entry, its source and the search distance: same file and same entry bring nothing new."""
    dry_run: bool
    unchanged: bool
    """The file and its entry are already in: nothing was done."""
    read: int
    kept: int
    counts: dict[str, int]
    reasons: dict[str, dict[str, int]]
    remarks: tuple[str, ...]
    notes: tuple[Note, ...]
    parcels: ParcelCounts | None
    extent: tuple[float, float, float, float] | None
    """Box of what was kept, in the jurisdiction's metric system."""

    def count(self, kind: Kind) -> int:
        """How many features had this fate."""
        return self.counts.get(kind.value, 0)

    def of(self, kind: Kind) -> list[Note]:
        """The listed notes of one kind, in file order."""
        return [note for note in self.notes if note.kind is kind]

    def to_json(self) -> dict[str, Any]:
        """Plain values for `dataset_import.report` and for programs."""
        content = asdict(self)
        content["notes"] = [asdict(note) for note in self.notes]
        content["remarks"] = list(self.remarks)
        content["unlisted"] = {
            kind: beyond
            for kind, number in self.counts.items()
            if (beyond := number - len(self.of(Kind(kind)))) > 0
        }
        return content

    @property
    def headline(self) -> str:
        """One sentence with the outcome."""
        if self.unchanged:
            return f"{self.target}: {self.file} is already in, nothing changed."
        parts = [f"{self.read} read", f"{self.kept} kept"]
        parts += [f"{self.counts[kind.value]} {kind.value}" for kind in Kind if self.count(kind)]
        mode = " (dry run, nothing was stored)" if self.dry_run else ""
        return f"{self.target} from {self.file}, table {self.table}: {', '.join(parts)}{mode}."

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.headline
        if self.parcels is not None and not self.unchanged:
            yield "  parcels: " + ", ".join(
                f"{number} {name}" for name, number in asdict(self.parcels).items()
            )
        yield from (f"  {remark}" for remark in self.remarks)
        for kind in Kind:
            if notes := self.of(kind):
                yield self._table(kind, notes)

    def _table(self, kind: Kind, notes: Sequence[Note]) -> Table:
        beyond = self.count(kind) - min(len(notes), SHOWN)
        caption = f"and {beyond} more; all in the stored report" if beyond else None
        table = Table(
            "feature", "name", "why", "what to do", title=f"{kind.value}: {self.count(kind)}", caption=caption
        )
        for note in notes[:SHOWN]:
            why = f"{note.reason} ({note.detail})" if note.detail else note.reason
            table.add_row("" if note.position is None else str(note.position), note.ref, why, note.remedy)
        return table


class ImportRefused(Invalid):
    """So much of a dataset was refused that none of it went in; the report says what."""

    def __init__(self, message: str, *, report: ImportReport) -> None:
        super().__init__(message)
        self.report = report


def untold(report: ImportReport) -> None:
    """Nobody waits for the report."""


@dataclass(kw_only=True)
class Tally:
    """The report while it is being made."""

    read: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    reasons: dict[Kind, Counter[str]] = field(default_factory=dict)
    notes: dict[Kind, list[Note]] = field(default_factory=dict)
    remarks: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """Features that go in."""
        lost = (Kind.REFUSED, Kind.FILTERED, Kind.HELD, Kind.JOINED)
        return self.read - sum(self.counts[kind] for kind in lost)

    def add(
        self,
        kind: Kind,
        features: Iterable[tuple[int | None, str]],
        reason: str,
        remedy: str = "",
        details: Sequence[str] | None = None,
    ) -> None:
        """Note the same fate of several features, given as position and name."""
        listed = self.notes.setdefault(kind, [])
        number = 0
        for number, (position, ref) in enumerate(features, start=1):
            if len(listed) < LISTED:
                detail = details[number - 1] if details is not None else ""
                listed.append(
                    Note(kind=kind, position=position, ref=ref, reason=reason, remedy=remedy, detail=detail)
                )
        self.counts[kind] += number
        if number:
            self.reasons.setdefault(kind, Counter())[reason] += number

    def remark(self, text: str, number: int = 1) -> None:
        """Say something of the whole dataset; numbers of the same remark add up."""
        self.remarks[text] = self.remarks.get(text, 0) + number

    def forget(self, kind: Kind) -> None:
        """Take back all notes of a kind, to make them anew."""
        for part in (self.counts, self.reasons, self.notes):
            part.pop(kind, None)

    def refused_share(self) -> float:
        """Share of what was wanted that was refused, 0 to 1."""
        wanted = self.read - self.counts[Kind.FILTERED]
        return self.counts[Kind.REFUSED] / wanted if wanted else 0.0

    def chief_reason(self) -> str:
        """Why most of the refused were refused."""
        found = self.reasons.get(Kind.REFUSED, Counter()).most_common(1)
        return found[0][0] if found else ""

    def chief_remedy(self) -> str:
        """What to do about the chief reason."""
        reason = self.chief_reason()
        return next((note.remedy for note in self.notes.get(Kind.REFUSED, []) if note.reason == reason), "")

    def listed(self) -> tuple[Note, ...]:
        """All listed notes by kind, in file order."""
        return tuple(
            note
            for kind in Kind
            for note in sorted(
                self.notes.get(kind, []), key=lambda note: (note.position is None, note.position or 0)
            )
        )

    def sentences(self) -> tuple[str, ...]:
        """The remarks, with their numbers put in where they have a place for one."""
        return tuple(text.replace("{}", str(number)) for text, number in self.remarks.items())
