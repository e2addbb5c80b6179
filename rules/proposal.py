"""What is proposed on a plot, as far as a rule may see it: frozen values made from a measured drawing.

In: nothing; `rules.proposing` makes a `Proposal` from a drawing, a site and what a person answered.  Out: values.  Every shape is in the
site's frame (true metres) where the drawing was laid on its parcel, else in the drawing's own.  None is unknown, never zero.
"""

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from shapely import MultiPolygon, Polygon

from rules.findings import Measured
from rules.plans.drawing import Block, Declared, Drawing, Floor, Level
from rules.plans.placement import Placement
from rules.plans.roles import Role, Work

Ground: TypeAlias = Polygon | MultiPolygon


class Position(StrEnum):
    """Where an open space lies, seen from the building's front."""

    FRONT = "front"
    REAR = "rear"
    LEFT = "left side"
    RIGHT = "right side"

    @property
    def yard(self) -> str:
        """The word of the tables of yards: front, rear or side."""
        return self.value if self in (Position.FRONT, Position.REAR) else "side"


@dataclass(frozen=True, kw_only=True)
class Override:
    """A person's choice that replaces what was found, with its reason."""

    choice: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What persons said beside the drawing.

    `words` are declarations of the applicant (keys as on PLAN_INFO); `confirmed` are the keys that a person other than the applicant
    confirmed; `front` chooses a side of the plot by its number; `groups` gives an occupancy of the drawing its group of rule 25.
    `declared_by` and `confirmed_by` tell who said it, by the name of the answer.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    front: Override | None = None
    groups: Mapping[str, Override] = field(default_factory=dict)
    declared_by: Mapping[str, str] = field(default_factory=dict)
    confirmed_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Front:
    """Which sides of the plot are its front, and why; `sides` is empty where it is unknown, and then there are candidates.

    `direction` points out of the plot, square to its front, as a unit vector.
    """

    sides: tuple[int, ...]
    direction: tuple[float, float] | None
    basis: str
    candidates: tuple[tuple[int, ...], ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the front was found or chosen."""
        return self.direction is not None


@dataclass(frozen=True, kw_only=True)
class OpenSpace:
    """The yard of one level of a building towards one side of the plot.

    `least` and `average` are metres; `average` is the law's: area over the length of the building line, None where that length is
    ambiguous, and then `candidates` bound it.  `sides` are the numbers of the plot's sides; `roads` the streets along them; `body`
    counts the outlines of one level where it has several.
    """

    building: int
    level: int | None
    is_basement: bool
    position: Position
    sides: tuple[int, ...]
    roads: tuple[str, ...]
    least: Measured | None
    average: Measured | None
    candidates: tuple[Measured, ...]
    drawn_as: tuple[Role, ...]
    body: int | None = None

    @cached_property
    def title(self) -> str:
        """How a finding names it."""
        return self.named(self.level)

    def named(self, number: int | None) -> str:
        """How a finding would name it at another level, or at none."""
        level = f"level {number}" if number else ""
        if self.is_basement:
            level = f"basement {-number}" if number and number < -1 else "basement"
        body = f"body {self.body}" if self.body is not None else ""
        parts = (f"building {self.building}", level, body, self.position.value)
        return ", ".join(each for each in parts if each)


@dataclass(frozen=True, kw_only=True)
class FloorUse:
    """Areas of one occupancy of the drawing on one floor, in m²; None where an outline could not be measured."""

    floor: int
    code: str | None
    work: Work
    built_up: Measured | None
    floor_area: Measured | None


@dataclass(frozen=True, kw_only=True)
class Building:
    """One building: `outline` is all of it seen from above, without basements; `storeys` counts those above the basements."""

    number: int
    block: Block
    outline: Ground | None
    levels: tuple[Level, ...]
    height: Measured | None
    storeys: Measured | None
    basements: int
    uses: tuple[FloorUse, ...]
    covered: Measured | None

    @property
    def floors(self) -> tuple[Floor, ...]:
        """The floors as drawn, typical ones repeated."""
        return self.block.floors

    @property
    def title(self) -> str:
        """How a finding names it."""
        return f"building {self.number}"


@dataclass(frozen=True, kw_only=True)
class Word:
    """Something that was only said; `is_declared` turns false when a person confirmed it."""

    key: str
    text: str
    number: float | None
    is_declared: bool
    source: str
    handles: tuple[str, ...] = ()

    @property
    def is_yes(self) -> bool | None:
        """Yes, no, or None for anything else."""
        said = self.text.strip().upper()
        return True if said in {"YES", "Y", "TRUE"} else False if said in {"NO", "N", "FALSE"} else None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A plan on its plot.  `plot` is the drawn one; `placement` is None where it could not be laid on the parcel."""

    drawing: Drawing
    placement: Placement | None
    placement_note: str
    answers: Answers
    buildings: tuple[Building, ...]
    front: Front
    yards: tuple[OpenSpace, ...]
    worked_out: dict[Hashable, Any] = field(init=False, default_factory=dict, compare=False, repr=False)
    """What several rules ask of the same plan, kept by `once`."""
    of_drawing: dict[Hashable, tuple[Drawing, Any]] = field(default_factory=dict, compare=False, repr=False)
    """What several rules ask of the drawing alone, kept by `once_drawn` for every proposal that is made of this one."""
    words_asked: dict[str, None] = field(init=False, default_factory=dict, compare=False, repr=False)
    """Keys of words that were asked for, in their order, since somebody last emptied it."""

    @property
    def plot(self) -> Polygon | None:
        """The plot as drawn."""
        return self.drawing.plot.outline.shape if self.drawing.plot else None

    @property
    def is_placed(self) -> bool:
        """Whether it is certain how the drawing lies on its parcel, so that what lies around can be measured to it."""
        return self.placement is not None and self.placement.matches and self.placement.is_certain

    def word(self, *keys: str) -> Word | None:
        """The first of these keys that was declared, in the drawing or beside it."""
        self.words_asked.update(dict.fromkeys(keys))
        for key in keys:
            if key in self.answers.words:
                text = self.answers.words[key]
                source = _by("declared with the application", self.answers.declared_by.get(key))
                return self._word(key, text, _number(text), source)
            said = self._declared.get(key)
            if said is not None:
                told = f"declared on {said.source.layer}"
                return self._word(key, said.text, said.number, told, said.source.handles)
        return None

    @property
    def _declared(self) -> dict[str, Declared]:
        """What the drawing declares, by key, the first of several."""
        return once_drawn(
            self, "declared", lambda: {each.key: each for each in reversed(self.drawing.declared)}
        )

    def _word(
        self, key: str, text: str, number: float | None, source: str, handles: tuple[str, ...] = ()
    ) -> Word:
        is_declared = key not in self.answers.confirmed
        told = source if is_declared else _by(f"{source}, confirmed", self.answers.confirmed_by.get(key))
        return Word(key=key, text=text, number=number, is_declared=is_declared, source=told, handles=handles)


T = TypeVar("T")


def once(plan: Proposal, key: Hashable, make: Callable[[], T]) -> T:
    """What was worked out of a plan under this key, or is now; a gap that is raised is found again each time."""
    if key not in plan.worked_out:
        before = dict(plan.words_asked)
        plan.words_asked.clear()
        try:
            plan.worked_out[key] = make(), tuple(plan.words_asked)
        finally:
            inside = dict(plan.words_asked)
            plan.words_asked.clear()
            plan.words_asked.update(before | inside)
    found: T
    found, words = plan.worked_out[key]
    plan.words_asked.update(dict.fromkeys(words))
    return found


def once_drawn(plan: Proposal, key: Hashable, make: Callable[[], T]) -> T:
    """What was worked out of a plan's drawing under this key, or is now: nothing but the drawing may enter it, no word and no answer."""
    kept = plan.of_drawing.get(key)
    if kept is None or kept[0] is not plan.drawing:
        kept = plan.of_drawing[key] = plan.drawing, make()
    found: T = kept[1]
    return found


def _by(said: str, who: str | None) -> str:
    return said if who is None else f"{said} by {who}"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
