"""What the themes say of many plots that an envelope asks for: whose rules bind, and which limits of height there are.

In: plots in grid metres, the pieces of features near them.  Out: `Told`, arrays over the plots.  A plot that one feature alone meets, and
holds, is told by what the extract's own judgement said of the first such plot; every other plot that a feature meets is judged by itself.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import rasterio.errors
import shapely

from gis.errors import LandError
from gis.site import LocalBody, Status
from layers.extract.footing import Footing
from layers.extract.judge import judge
from layers.extract.measure import Plot, measured
from layers.extract.model import ThemeAnswer
from layers.extract.questions import IMPORT, POSITION, features_near
from layers.extract.terrain import terrain
from layers.extract.theme import Theme
from layers.site import LOCAL_BODY, body_of, said_of
from layers.tracts.model import Flags, Floats, Ints, Limits, Shapes, Texts, texts
from layers.tracts.stored import Near

Answer = TypeVar("Answer")
Body = tuple[LocalBody | None, str | None]


@dataclass(frozen=True, kw_only=True)
class Told:
    """By plot: kind and name of the local body, whether it lies in the zone, permitted top and highest ground (nan: none)."""

    body: Texts
    body_name: Texts
    in_zone: Flags
    top: Floats
    highest: Floats


class Themes:
    """The themes that an envelope asks for; what was judged of a feature is kept for the next plots."""

    def __init__(self, base: Footing, limits: Limits, *, on: date, rasters: Path) -> None:
        self._base, self._rasters = base, rasters
        self._bodies = _Asked(base, LOCAL_BODY, body_of, nobody, on=on)
        self._zones = _Asked(base, limits.zone, _is_affected, False, on=on)
        self._tops = _Asked(base, limits.surface, _top_of(limits.attribute), nan, on=on)

    @property
    def imports(self) -> frozenset[int]:
        """The imports whose features they ask for."""
        return self._bodies.imports | self._zones.imports | self._tops.imports

    def told(self, plots: Sequence[Plot], shapes: Shapes, near: Near) -> Told:
        """What they say of plots."""
        bodies = self._bodies.answers(plots, shapes, near)
        top = np.array(self._tops.answers(plots, shapes, near), dtype=float)
        highest = np.full(len(plots), np.nan)
        for plot in np.flatnonzero(np.isfinite(top)).tolist():
            highest[plot] = self._highest(plots[plot])
        return Told(
            body=texts([kind for kind, _ in bodies]),
            body_name=texts([name for _, name in bodies]),
            in_zone=np.array(self._zones.answers(plots, shapes, near), dtype=bool),
            top=top,
            highest=highest,
        )

    def _highest(self, plot: Plot) -> float:
        """The highest ground of a plot in metres above the sea; nan where no raster tells, or the file cannot be read."""
        with suppress(LandError, rasterio.errors.RasterioError):
            found, _ = terrain(plot, self._base.rasters, folder=self._rasters)
            return nan if found is None else found.highest
        return nan


nobody: Body = (None, None)


class _Asked(Generic[Answer]):
    """One theme, and what of its answer is wanted."""

    def __init__(
        self,
        base: Footing,
        layer: str,
        wanted: Callable[[ThemeAnswer], Answer],
        silence: Answer,
        *,
        on: date,
    ) -> None:
        self._base, self._wanted, self._silence, self._on = base, wanted, silence, on
        self._theme = next((each for each in base.themes if each.layer.id == layer), None)
        self._of_feature: dict[tuple[int, int], Answer] = {}

    @property
    def imports(self) -> frozenset[int]:
        """The imports that answer for it."""
        theme = self._theme
        if theme is None or not theme.layer.is_verified:
            return frozenset()
        return frozenset(each.id for each in theme.imports if each.id in self._base.reaches)

    def answers(self, plots: Sequence[Plot], shapes: Shapes, near: Near) -> list[Answer]:
        """The answer of each plot."""
        found = [self._silence] * len(plots)
        if self._theme is None or not self.imports:
            return found
        own = near.of_imports(dict.fromkeys(self.imports))
        meets = shapely.intersects(shapes[own.plot], own.shapes[own.piece])
        holds = np.zeros(len(own.plot), dtype=bool)
        holds[meets] = shapely.covered_by(shapes[own.plot[meets]], own.shapes[own.piece[meets]])
        for plot, pairs in _by_plot(own.plot):
            met = {
                own.rows[piece][IMPORT : POSITION + 1] for piece in own.piece[pairs][meets[pairs]].tolist()
            }
            if not met and self._binds_where_it_lies:
                continue
            feature = met.pop() if len(met) == 1 and holds[pairs].any() else None
            if feature is None or not self._binds_where_it_lies:
                found[plot] = self._judged(self._theme, plots[plot], own, own.piece[pairs])
                continue
            if feature not in self._of_feature:
                self._of_feature[feature] = self._judged(self._theme, plots[plot], own, own.piece[pairs])
            found[plot] = self._of_feature[feature]
        return found

    @property
    def _binds_where_it_lies(self) -> bool:
        """Whether a feature beside the plot changes nothing of what is wanted: a nearby body may not be named, nearness is no hit."""
        layer = None if self._theme is None else self._theme.layer
        return layer is not None and layer.buffer is None and (layer.full_coverage or layer.id != LOCAL_BODY)

    def _judged(self, theme: Theme, plot: Plot, near: Near, pieces: Ints) -> Answer:
        """The extract's own judgement of the theme on one plot."""
        rows = [near.rows[piece] for piece in pieces.tolist()]
        try:
            features = features_near(plot.shape, rows, near.shapes[pieces], self._base.reaches, ())
            parts = measured(plot, features)
            return self._wanted(judge(plot, theme.with_parts(parts), on=self._on)) if parts else self._silence
        except shapely.errors.GEOSException:
            return self._silence


def _by_plot(plot: Ints) -> Sequence[tuple[int, Ints]]:
    there, first = np.unique(plot, return_index=True)
    rows = np.split(np.arange(len(plot)), first[1:])
    return list(zip(there.tolist(), rows, strict=False))


def _is_affected(answer: ThemeAnswer) -> bool:
    return answer.status is Status.AFFECTED


def _top_of(attribute: str) -> Callable[[ThemeAnswer], float]:
    """The lowest top that the features on a plot permit; nan where they tell none."""

    def top(answer: ThemeAnswer) -> float:
        if not _is_affected(answer):
            return nan
        said = [value for hit in answer.hits for name, value in said_of(hit.attributes) if name == attribute]
        return min(_numbers(said), default=nan)

    return top


def _numbers(said: Sequence[str]) -> list[float]:
    found = []
    for each in said:
        with suppress(ValueError):
            found.append(float(each))
    return [each for each in found if isfinite(each)]
