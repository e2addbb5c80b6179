"""A workflow as a drawing: states in columns by how many steps they are away from the beginning, steps as lines.

In: a `Workflow`.  Out: boxes and lines in the units of an SVG; the page writes the words.
"""

from collections import defaultdict
from dataclasses import dataclass

from civic.core.workflow import Step, Workflow

WIDTH, HEIGHT = 190, 64
ACROSS, DOWN = 90, 36


@dataclass(frozen=True, kw_only=True)
class Box:
    """A state's place."""

    state: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step's way from one state to another, as an SVG path."""

    step: str
    path: str
    is_back: bool


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Boxes and lines, and the size of the whole."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawn(flow: Workflow) -> Drawing:
    """The drawing of a workflow; the same for the same workflow."""
    columns: dict[int, list[str]] = defaultdict(list)
    for state, depth in _depths(flow).items():
        columns[depth].append(state)
    places = {
        state: (20 + depth * (WIDTH + ACROSS), 20 + row * (HEIGHT + DOWN))
        for depth, states in columns.items()
        for row, state in enumerate(states)
    }
    boxes = tuple(Box(state=state, x=x, y=y) for state, (x, y) in places.items())
    lines = tuple(
        _line(name, places[begin], places[step.to])
        for name, step in flow.steps.items()
        for begin in step.from_
    )
    return Drawing(
        width=max(box.x for box in boxes) + WIDTH + 20,
        height=max(box.y for box in boxes) + HEIGHT + 40,
        boxes=boxes,
        lines=lines,
    )


def _depths(flow: Workflow) -> dict[str, int]:
    """How many steps a state is away from the beginning, along the longest way that never turns back."""
    order = {state: place for place, state in enumerate(flow.states)}
    depths = {flow.begin: 0}
    for state in flow.states:
        for step in _onward(flow, state, order):
            depths[step.to] = max(depths.get(step.to, 0), depths.get(state, 0) + 1)
    last = max(depths.values())
    return {state: last if flow.states[state].outcome else depths.get(state, 0) for state in flow.states}


def _onward(flow: Workflow, state: str, order: dict[str, int]) -> list[Step]:
    return [step for step in flow.steps_from(state).values() if order[step.to] > order[state]]


def _line(name: str, begin: tuple[int, int], end: tuple[int, int]) -> Line:
    is_back = end[0] <= begin[0]
    if is_back:
        x1, y1 = begin[0] + WIDTH // 2, begin[1] + HEIGHT
        x2, y2 = end[0] + WIDTH // 2, end[1] + HEIGHT
        low = max(y1, y2) + DOWN - 6
        path = f"M{x1} {y1}C{x1} {low},{x2} {low},{x2} {y2}"
    else:
        x1, y1 = begin[0] + WIDTH, begin[1] + HEIGHT // 2
        x2, y2 = end[0], end[1] + HEIGHT // 2
        half = (x1 + x2) // 2
        path = f"M{x1} {y1}C{half} {y1},{half} {y2},{x2} {y2}"
    return Line(step=name, path=path, is_back=is_back)
