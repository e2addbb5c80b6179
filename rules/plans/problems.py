"""What is wrong in a drawing, each named by layer and handle, with what to do about it.

In: what a reader saw.  Out: frozen `Problem`s, in a fixed order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Kinds of problems, so that a check can ask whether what it needs is touched."""

    DAMAGED = "damaged file"
    NOT_READ = "not read"
    UNITS = "units"
    PROFILE = "no known layers"
    UNKNOWN_LAYER = "unknown layer"
    EXTERNAL = "external reference"
    NESTED = "blocks nested too deep"
    TOO_MANY = "too many entities"
    NO_PLOT = "no plot"
    SEVERAL_PLOTS = "several plots"
    OPEN = "open outline"
    CLOSED_GAP = "gap closed"
    JOINED = "lines joined"
    SELF_CROSSING = "self-crossing outline"
    NO_AREA = "outline without area"
    DUPLICATE = "duplicate outline"
    TEXT_FOR_OUTLINE = "text where an outline belongs"
    NO_OUTLINE = "no outline"
    NO_LENGTH = "no dimension"
    EDITED_TEXT = "edited dimension text"
    NOT_A_LENGTH = "dimension that is no length"
    COLOUR = "colour without meaning"
    OUTSIDE_PLOT = "outside the plot"
    OVERLAP = "overlapping outlines"
    OFF_THE_LINE = "yard off its line"
    DEDUCTION = "deduction outside its area"
    DIFFERENCE = "declared differs from measured"
    CONTRADICTION = "declared twice, differently"
    AMBIGUOUS = "several where one belongs"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One thing wrong: what, why it matters and how to mend it, with the handles that CAD finds."""

    fault: Fault
    layer: str
    handles: tuple[str, ...]
    message: str
    remedy: str


class Problems:
    """Problems as they are found; the same one is kept once."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(
        self, fault: Fault, message: str, remedy: str, *, layer: str = "", handles: Iterable[str] = ()
    ) -> None:
        """Note one problem."""
        problem = Problem(fault=fault, layer=layer, handles=tuple(handles), message=message, remedy=remedy)
        self._found.setdefault(problem)

    def listed(self) -> tuple[Problem, ...]:
        """All of them, by kind, layer and handle."""
        return tuple(sorted(self._found))
