"""What a raster says under many shapes: the answers of `layers.rasters`, read a window at a time.

In: a raster file of the state folder, shapes in their jurisdiction's metric system.  Out: for each shape what lies under it, in the order of the
shapes; None where the raster knows nothing there, never 0.  Shapes near each other share one window of a file, so that a raster of any size is
read once and in bounded memory.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import rasterio
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from gis.crs import transform
from layers.rasters import (
    MOST_CELLS,
    RIM,
    Cut,
    Depths,
    Heights,
    Sheet,
    depths_in,
    filled,
    heights_in,
    known_share,
    sheet_of,
    window_of,
)

BLOCK = 1_024
"""Cells of a side of the blocks in which shapes are taken together."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Under(Generic[T]):
    """What lies under a shape, None where nothing is known, and of how much of it that is known, in %."""

    found: T | None
    known: float


def heights_under(
    path: Path, epsg: int, shapes: Sequence[BaseGeometry], *, metric: int
) -> list[Under[Heights]]:
    """Heights and slopes under each shape."""
    return _each(path, epsg, shapes, heights_in, metric=metric)


def depths_under(
    path: Path, epsg: int, shapes: Sequence[BaseGeometry], *, metric: int
) -> list[Under[Depths]]:
    """Depths of water under each shape; dry ground is 0, what the raster does not know is None."""
    return _each(path, epsg, shapes, depths_in, metric=metric)


def _each(
    path: Path,
    epsg: int,
    shapes: Sequence[BaseGeometry],
    ask: Callable[[Sheet, int, BaseGeometry], T | None],
    *,
    metric: int,
) -> list[Under[T]]:
    moved = [transform(shape, metric, epsg) for shape in shapes]
    nothing: Under[T] = Under(found=None, known=0.0)
    answers = [nothing] * len(moved)
    for sheet, rows in _blocks(sheet_of(path), moved):
        for row in rows:
            found = ask(sheet, epsg, moved[row])
            if found is not None:
                answers[row] = Under(found=found, known=round(known_share(sheet, moved[row]), 1))
    return answers


def _blocks(sheet: Sheet, shapes: Sequence[BaseGeometry]) -> Iterator[tuple[Sheet, list[int]]]:
    """The shapes by block, each with a raster that holds the cells around them; shapes off the raster are left out."""
    blocks: dict[tuple[int, int], list[int]] = {}
    windows: dict[int, Cut] = {}
    for row, shape in enumerate(shapes):
        window = window_of(sheet, shape, RIM)
        if window is not None:
            windows[row] = window
            blocks.setdefault((window[1] // BLOCK, window[0] // BLOCK), []).append(row)
    for _, rows in sorted(blocks.items()):
        around = [windows[row] for row in rows]
        yield _read(sheet, around), rows


def _read(sheet: Sheet, windows: Sequence[Cut]) -> Sheet:
    """The raster with the values of these windows in memory; unread where it is there already, or where they are too many."""
    left, top = min(each[0] for each in windows), min(each[1] for each in windows)
    right, bottom = max(each[2] for each in windows), max(each[3] for each in windows)
    if sheet.values is not None or (right - left) * (bottom - top) > MOST_CELLS:
        return sheet
    with rasterio.open(sheet.path) as raster:
        values = filled(raster, Window(left, top, right - left, bottom - top))
    return replace(sheet, values=values, left=left, top=top)
