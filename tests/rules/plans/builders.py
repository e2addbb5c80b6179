"""Drawings for tests, made with ezdxf in the conventions that we read: every builder has defaults, a test names what matters.

In: sizes in metres.  Out: the bytes of a DXF file. The default plot is 20 m wide and 25 m deep with its corner at 0, 0; the house is
10 m by 12 m, 5 m from the left side and 4 m from the bottom, where the front yard lies.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any

import ezdxf
from ezdxf.document import Drawing as Document
from ezdxf.layouts import Modelspace

Corners = Sequence[tuple[float, ...]]
PLOT = ((0, 0), (20, 0), (20, 25), (0, 25))
HOUSE = ((5, 4), (15, 4), (15, 16), (5, 16))
YARDS = {
    "FRONT_YARD": ((5, 4), (5, 0), (15, 0), (15, 4)),
    "REAR_YARD": ((5, 16), (15, 16), (15, 25), (5, 25)),
    "SIDE_YARD1": ((0, 4), (5, 4), (5, 16), (0, 16)),
    "SIDE_YARD2": ((15, 4), (20, 4), (20, 16), (15, 16)),
}
INFO = "PLAN INFO\\PRS_NO=1/1\\PPLOT_AREA_M2=500\\PCRZ=NO"
BESIDE = 40.0
"""Metres to the right of the plot where floors are drawn."""
A1 = 25


def a_document(*, units: int = 6, version: str = "R2010") -> tuple[Document, Modelspace]:
    """An empty drawing."""
    document = ezdxf.new(version, units=units)
    return document, document.modelspace()


def as_bytes(document: Document) -> bytes:
    """The file as it would be sent."""
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode("utf-8")


def outline(space: Any, layer: str, corners: Corners, *, colour: int = 256, close: bool = True) -> Any:
    """A polyline of x, y and optionally bulge."""
    points = [(*corner, 0.0) if len(corner) == 2 else corner for corner in corners]
    return space.add_lwpolyline(
        points, format="xyb", close=close, dxfattribs={"layer": layer, "color": colour}
    )


def dimension(
    space: Any,
    layer: str,
    start: tuple[float, ...],
    end: tuple[float, ...],
    *,
    text: str = "<>",
    colour: int = 256,
    angle: float | None = None,
) -> Any:
    """An aligned dimension, or a linear one at an angle in degrees."""
    marks = {"layer": layer, "color": colour}
    if angle is None:
        made = space.add_aligned_dim(p1=start, p2=end, distance=1, text=text, dxfattribs=marks)
    else:
        made = space.add_linear_dim(
            base=(start[0] - 1, start[1]), p1=start, p2=end, angle=angle, text=text, dxfattribs=marks
        )
    made.render()
    return made.dimension


def words(space: Any, layer: str, text: str, *, at: tuple[float, float] = (0, 0)) -> Any:
    """A paragraph of text."""
    return space.add_mtext(text, dxfattribs={"layer": layer, "insert": at})


def moved(corners: Corners, x: float, y: float = 0.0) -> Corners:
    """The same corners elsewhere."""
    return [(corner[0] + x, corner[1] + y, *corner[2:]) for corner in corners]


def a_drawing(
    *,
    plot: Corners | None = PLOT,
    footprint: Corners | None = HOUSE,
    yards: dict[str, Corners] | None = None,
    floors: Sequence[Corners] = (HOUSE, HOUSE),
    colour: int = A1,
    height: float | None = 6.5,
    info: str = INFO,
    units: int = 6,
    scale: float = 1.0,
    also: Callable[[Document, Modelspace], None] | None = None,
) -> bytes:
    """A house in Kerala's drawing convention; `scale` is drawing units per metre, `also` draws what the test is about."""
    document, space = a_document(units=units)

    def drawn(corners: Corners) -> Corners:
        return [(corner[0] * scale, corner[1] * scale, *corner[2:]) for corner in corners]

    if plot is not None:
        outline(space, "PLOT_BOUNDARY", drawn(plot))
    if footprint is not None:
        outline(space, "BLK_1_LVL_0_BLDG_FOOT_PRINT", drawn(footprint))
        outline(space, "BLK_1_COVERED_AREA", drawn(footprint))
    for name, corners in (YARDS if yards is None else yards).items():
        outline(space, f"BLK_1_LVL_0_{name}", drawn(corners))
    for number, corners in enumerate(floors):
        outline(
            space,
            f"BLK_1_FLR_{number}_BLT_UP_AREA",
            drawn(moved(corners, BESIDE * (number + 1))),
            colour=colour,
        )
    if height is not None:
        dimension(space, "BLK_1_HT_OF_BLDG", (-20 * scale, 0), (-20 * scale, height * scale))
    if info:
        words(space, "PLAN_INFO", info, at=(-40, 0))
    if also is not None:
        also(document, space)
    return as_bytes(document)


def a_small_house(
    *,
    plot: Corners = PLOT,
    floors: Sequence[Corners] = (HOUSE, HOUSE),
    levels: Sequence[float] = (0.45, 3.45),
    height: float = 6.9,
    use: str = "USE=A1",
    also: Callable[[Document, Modelspace], None] | None = None,
) -> bytes:
    """A house in our lighter profile: every floor is drawn in its place on the plot."""
    document, space = a_document()
    outline(space, "PLOT", plot)
    for number, corners in enumerate(floors):
        outline(space, f"FLOOR_{number}", corners)
        words(space, f"USE_{number}", use, at=(8, 8))
    for number, level in enumerate(levels):
        dimension(space, f"LEVEL_{number}", (30, 0), (30, level))
    dimension(space, "HEIGHT", (32, 0), (32, height))
    space.add_point((10, 4), dxfattribs={"layer": "ENTRANCE"})
    if also is not None:
        also(document, space)
    return as_bytes(document)
