"""What is wrong in a drawing, each named by layer and handle, with what to do about it.

In: what a reader saw.  Out: frozen `Problem`s, in a fixed order.
"""

import itertools
from collections.abc import Iterable, Iterator
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
    ENTRANCE = "entrance off its wall"
    BODIES = "bodies that stand apart"
    NO_FLOOR_BELOW = "floor without one below"
    LOW_STOREYS = "height too small for its floors"


MOST_EQUAL = 50
"""Problems of one kind on one layer that are listed one by one; the others become one that counts them."""
MOST_HANDLES = 20


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One thing wrong: what, why it matters and how to mend it, with the handles that CAD finds.

    `holds_outline` is told of layers that we do not know: something that encloses ground lies on it.
    """

    fault: Fault
    layer: str
    handles: tuple[str, ...]
    message: str
    remedy: str
    holds_outline: bool = False


class Problems:
    """Problems as they are found; the same one is kept once."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(
        self,
        fault: Fault,
        message: str,
        remedy: str,
        *,
        layer: str = "",
        handles: Iterable[str] = (),
        holds_outline: bool = False,
    ) -> None:
        """Note one problem."""
        problem = Problem(
            fault=fault,
            layer=layer,
            handles=tuple(handles),
            message=message,
            remedy=remedy,
            holds_outline=holds_outline,
        )
        self._found.setdefault(problem)

    def listed(self) -> tuple[Problem, ...]:
        """By kind, layer and handle; of one kind on one layer at most `MOST_EQUAL`, and one that counts the rest."""
        return tuple(_folded(sorted(self._found)))


def _folded(problems: list[Problem]) -> Iterator[Problem]:
    for (fault, layer), group in itertools.groupby(problems, key=lambda each: (each.fault, each.layer)):
        there = list(group)
        yield from there[:MOST_EQUAL]
        rest = there[MOST_EQUAL:]
        if rest:
            handles = dict.fromkeys(handle for each in rest for handle in each.handles)
            yield Problem(
                fault=fault,
                layer=layer,
                handles=tuple(itertools.islice(handles, MOST_HANDLES)),
                message=f"{len(rest):,} more of this kind ({fault}){f' on the layer {layer}' if layer else ''}.",
                remedy=rest[0].remedy,
                holds_outline=any(each.holds_outline for each in rest),
            )
