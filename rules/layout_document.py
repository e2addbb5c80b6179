"""A division of land as a small JSON document, and what rule 31 says of it as JSON.

In: outlines and edges as lists of positions in metres of one plane.  Out: a `Layout` of which everything is measured, and findings with who
approves.  `Invalid` names what is wrong.  A street is drawn by its two edges: its width is the least distance between them, its length that of
the longer edge.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from shapely import LineString, Point, Polygon

from gis.errors import Invalid
from rules.book import Book, NotEncoded, NotInForce
from rules.check_document import written
from rules.findings import Finding, Measured, Outcome
from rules.reckoning.layout import Kind, Layout, LayoutPlot, LayoutStreet, Splay, layout_findings
from rules.reckoning.layout_approval import approver, yard_to_street
from rules.report import verdict

SCHEMA = "bhumika-layout-1"
NEAR = 0.01
"""Metres within which a frontage lies on its plot; m² of plots that may lie over each other."""
Number = Annotated[float, Field(ge=-1e8, le=1e8, allow_inf_nan=False)]
Position = tuple[Number, Number]
Ring = Annotated[tuple[Position, ...], Field(min_length=3, max_length=2_000)]
Line = Annotated[tuple[Position, ...], Field(min_length=2, max_length=2_000)]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Metres = Annotated[float, Field(ge=0, le=1e5, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]
Words = dict[str, Any]
Move = Callable[[Any], Any]
"""Rows of x and y, each brought to another place."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlotDrawn(_Form):
    """A new plot; without a frontage its width is not known."""

    number: Name
    outline: Ring
    frontage: Line | None = None
    is_row: bool = False


class StreetDrawn(_Form):
    """A new street by its two edges, with the turning place at a closed end."""

    ref: Name
    left: Line
    right: Line
    is_cul_de_sac: bool = False
    turning: Ring | None = None


class SplayDrawn(_Form):
    """A cut corner: where the edges would meet, the two ends of the cut, and the new street that it opens on, or the width of a standing one."""

    ref: Name
    corner: Position
    ends: tuple[Position, Position]
    street: Name | None = None
    road_width: Metres | None = None


class LayoutDrawn(_Form):
    """Land that is divided; `access` is the width of the way to it, as told; `transformer` the site kept for one.

    `turn` are the degrees that turn the drawing counter-clockwise to grid north, where its outline alone does not tell how it lies.
    """

    kind: Kind
    land: Ring
    plots: Annotated[tuple[PlotDrawn, ...], Field(min_length=1, max_length=2_000)]
    streets: Annotated[tuple[StreetDrawn, ...], Field(max_length=500)] = ()
    open_spaces: Annotated[tuple[Ring, ...], Field(max_length=200)] = ()
    splays: Annotated[tuple[SplayDrawn, ...], Field(max_length=500)] = ()
    access: Metres | None = None
    transformer: Ring | None = None
    turn: Degrees | None = None

    def carried(self, move: Move) -> "LayoutDrawn":
        """The same layout with every position moved; widths that were only told stay as told."""
        return self.model_validate(_carried(self.model_dump(), move))


def _carried(told: Any, move: Move) -> Any:
    """A dumped value with each run of positions moved."""
    if isinstance(told, dict):
        return {name: _carried(each, move) for name, each in told.items()}
    if not isinstance(told, tuple):
        return told
    if told and all(isinstance(each, float) for each in told):
        return tuple(move(np.array([told], dtype=float))[0].tolist())
    return tuple(_carried(each, move) for each in told)


def read_layout(text: bytes) -> LayoutDrawn:
    """The document as it was drawn; `Invalid` names field and fault."""
    try:
        return LayoutDrawn.model_validate_json(text)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'document'}: {each['msg']}" for each in error.errors()[:5]
        )
        raise Invalid(f"The layout cannot be read: {faults}. Correct it and send it again.") from error


def layout_of(drawn: LayoutDrawn) -> Layout:
    """The layout with everything measured, in metres; `Invalid` where outlines cross themselves, each other or the land's boundary."""
    land = _polygon(drawn.land, "the land")
    plots = tuple(_plot(each) for each in drawn.plots)
    streets = {each.ref: _street(each) for each in drawn.streets}
    inside = [*((f"plot {each.number}", each.shape) for each in plots), *_open(drawn)]
    for name, shape in inside:
        if shape.difference(land).area > NEAR:
            raise Invalid(f"{name[0].upper()}{name[1:]} lies partly outside the land. Draw it inside.")
    _apart(inside)
    has_site = None if drawn.transformer is None else land.covers(_polygon(drawn.transformer, "transformer"))
    return Layout(
        kind=drawn.kind,
        area=float(land.area),
        plots=plots,
        streets=tuple(streets.values()),
        open_spaces=tuple(shape for _, shape in _open(drawn)),
        splays=tuple(_splay(each, streets) for each in drawn.splays),
        access=drawn.access,
        has_transformer_site=has_site,
    )


def _polygon(ring: Ring, name: str) -> Polygon:
    shape = Polygon(ring)
    if not shape.is_valid or shape.area <= 0:
        raise Invalid(f"The outline of {name} crosses itself or is no area. Draw it as one closed ring.")
    return shape


def _plot(drawn: PlotDrawn) -> LayoutPlot:
    shape = _polygon(drawn.outline, f"plot {drawn.number}")
    line = None if drawn.frontage is None else LineString(drawn.frontage)
    if line is not None and line.difference(shape.exterior.buffer(NEAR)).length > NEAR:
        raise Invalid(f"The frontage of plot {drawn.number} does not lie on its outline. Draw it along it.")
    return LayoutPlot(number=drawn.number, shape=shape, frontage=line, is_row=drawn.is_row)


def _street(drawn: StreetDrawn) -> LayoutStreet:
    left, right = LineString(drawn.left), LineString(drawn.right)
    turning = None if drawn.turning is None else _polygon(drawn.turning, f"the end of street {drawn.ref}")
    return LayoutStreet(
        ref=drawn.ref,
        width=float(left.distance(right)),
        length=max(left.length, right.length),
        is_cul_de_sac=drawn.is_cul_de_sac,
        turning=turning,
        edges=shapely.union_all([left, right]),
    )


def _splay(drawn: SplayDrawn, streets: Mapping[str, LayoutStreet]) -> Splay:
    street = streets.get(drawn.street or "")
    width = drawn.road_width if street is None else street.width
    if width is None:
        raise Invalid(f"Splay {drawn.ref} names no street of the layout and no width of a standing road.")
    corner = Point(drawn.corner)
    side = min(float(corner.distance(Point(each))) for each in drawn.ends)
    cut = LineString(drawn.ends)
    return Splay(ref=drawn.ref, road_width=width, side=side, is_told=street is None, cut=cut)


def _open(drawn: LayoutDrawn) -> list[tuple[str, Polygon]]:
    return [
        (f"open space {i}", _polygon(each, f"open space {i}")) for i, each in enumerate(drawn.open_spaces, 1)
    ]


def _apart(shapes: list[tuple[str, Polygon]]) -> None:
    """`Invalid` names the first two that lie over each other."""
    there = [shape for _, shape in shapes]
    tree = shapely.STRtree(there)
    for one, other in tree.query(there, predicate="intersects").T.tolist():
        if one < other and there[one].intersection(there[other]).area > NEAR:
            raise Invalid(f"{shapes[one][0]} and {shapes[other][0]} lie over each other. Draw them apart.")


def document(drawn: LayoutDrawn, book: Book) -> Words:
    """What rule 31 says of a layout by the book of a day, who approves it, and the yard to a street inside it."""
    layout = layout_of(drawn)
    found = layout_findings(layout, book)
    return {
        "schema": SCHEMA,
        "on": book.on,
        "body": book.body,
        "edition": book.digest,
        "area": f"{layout.area:.2f}",
        "verdict": verdict(found),
        "findings": [_finding(each) for each in found],
        "approver": _approver(layout, book),
        "yard_to_street": _yard(layout, book),
    }


def _finding(each: Finding) -> Words:
    return {
        "rule": each.rule,
        "subject": each.subject,
        "outcome": each.outcome,
        "force": each.force,
        "clause": each.clause or None,
        "measured": _measured(each.measured),
        "required": None
        if each.required is None
        else {
            "amount": written(each.required.amount),
            "unit": each.required.unit,
            "steps": each.required.steps,
        },
        "tolerance": None if each.tolerance is None else str(each.tolerance),
        "reason": each.reason,
        "remedy": each.remedy,
        "places": [
            shapely.get_coordinates(place.shape).tolist() for place in each.places if place.shape is not None
        ],
    }


def _measured(found: Measured | None) -> Words | None:
    if found is None:
        return None
    return {
        "amount": written(found.amount),
        "unit": found.unit,
        "is_declared": found.is_declared,
        "steps": found.steps,
        "sources": found.sources,
    }


def _approver(layout: Layout, book: Book) -> Words:
    try:
        found = approver(layout, book)
    except (NotEncoded, NotInForce) as gap:
        return {"who": None, "reason": gap.message, "force": None, "clauses": []}
    return {
        "who": found.who,
        "reason": found.reason,
        "force": found.force,
        "clauses": [str(each) for each in found.citations],
    }


def _yard(layout: Layout, book: Book) -> Words:
    try:
        found = yard_to_street(layout, book)
    except (NotEncoded, NotInForce) as gap:
        return {"amount": None, "reason": gap.message, "force": None}
    return {"amount": written(found.amount), "reason": "; ".join(found.steps), "force": found.force}


def lines(found: Words) -> Iterator[str]:
    """The same in words for a console, the broken first."""
    order = [each.value for each in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)]
    for each in sorted(found["findings"], key=lambda one: order.index(one["outcome"])):
        measured, required = each["measured"], each["required"]
        told = f"{each['subject']}: {each['outcome'].replace('_', ' ')}"
        if measured and required:
            told += (
                f", {measured['amount']} {measured['unit']}, asked {required['amount']} {required['unit']}"
            )
        yield (
            told
            + (f" ({each['clause']})" if each["clause"] else "")
            + (f". {each['reason']}" if each["reason"] else "")
        )
    yield f"approved by: {found['approver']['who'] or 'not known'}. {found['approver']['reason']}"
