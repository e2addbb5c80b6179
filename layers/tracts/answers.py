"""What every theme says of many plots: the themes of their extracts, of some thousand plots by a few statements.

In: a session, a jurisdiction, numbers of plots, a point in both times, the folder of rasters.  Out: for each plot its `ThemeAnswer`s, heights and the
names of streets near it, and the numbers that are left to whoever asks one by one.  How shapes lie to each other is measured of all plots together; what
that means for a theme is judged plot by plot, by the extract's own judgement, so that every answer is the extract's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import Row, connection_of
from gis.place import Jurisdiction
from layers.extract.assemble import ground_under, themes_answered
from layers.extract.finding import BROKEN, Findings, undone_on_failure
from layers.extract.footing import footing
from layers.extract.measure import measured, plot_of
from layers.extract.model import Terrain, ThemeAnswer
from layers.extract.questions import ID, IMPORT, WIDTH, Found, found_of
from layers.imports import standing
from layers.tracts.model import Floats, Ints, Shapes
from layers.tracts.reading import normal_or_none, recorded_area
from layers.tracts.stored import BOUNDARY, EXTENT, MEASURED, STATE, UNIT, Near, Pieces, plots

Street = tuple[str, float | None]
"""A street by its reference and width."""
Part = tuple[Row, float, int]
"""A piece near a plot: its row, grid metres to it, the place of the pair."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is known of one plot: its shape in grid metres, themes in the order of the catalogue, heights, and what the streets near it are called (None:
    no name)."""

    shape: BaseGeometry
    themes: tuple[ThemeAnswer, ...]
    terrain: Terrain | None
    streets: dict[Street, frozenset[str | None]]


class Answers:
    """Answers about plots of one place at one point in both times; what neighbouring plots share is kept between them."""

    def __init__(self, session: Session, place: Jurisdiction, *, at: AsOf, rasters: Path) -> None:
        self._base = footing(place.catalogue, standing(session, place, known=at.known), known=at.known)
        self._place, self._at, self._rasters = place, at, rasters
        self._pieces = Pieces(place, at=at)

    def told(self, session: Session, numbers: Sequence[str]) -> list[Told | None]:
        """What is known of the plots of some numbers; None for those that only a question one by one can tell."""
        nothing: list[Told | None] = [None] * len(numbers)
        try:
            with undone_on_failure(session):
                return self._told(session, numbers)
        except BROKEN:
            if connection_of(session).closed:
                raise
            return nothing

    def _told(self, session: Session, numbers: Sequence[str]) -> list[Told | None]:
        normal = [normal_or_none(each) for each in numbers]
        states = plots(session, self._place, sorted({each for each in normal if each}), at=self._at)
        shapes = np.asarray(
            [*shapely.from_wkb([row[BOUNDARY] for row in states.values()]), None], dtype=object
        )[:-1]
        is_sound = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
        rows = [row for row, sound in zip(states.values(), is_sound, strict=True) if sound]
        names = [name for name, sound in zip(states, is_sound, strict=True) if sound]
        found = dict(zip(names, self._of_states(session, rows, shapes[is_sound]), strict=True))
        return [None if each is None else found.get(each) for each in normal]

    def _of_states(self, session: Session, rows: Sequence[Row], shapes: Shapes) -> list[Told]:
        if not rows:
            return []
        shapely.prepare(shapes)
        near = self._pieces.near(session, [row[STATE] for row in rows], sorted(self._base.reaches))
        features = self._features(shapes, near)
        return [
            self._of_plot(row, shape, some) for row, shape, some in zip(rows, shapes, features, strict=True)
        ]

    def _of_plot(self, row: Row, shape: BaseGeometry, features: Sequence[Found]) -> Told:
        recorded = recorded_area(row[EXTENT], row[UNIT])
        base = self._base
        plot = plot_of(
            shape,
            self._place.metric,
            measured=row[MEASURED],
            recorded=None if np.isnan(recorded) else recorded,
        )
        found = Findings(beside=(), parts=measured(plot, features, streets=base.streets), faults={})
        ground, note = ground_under(plot, base.rasters, self._rasters)
        streets: dict[Street, frozenset[str | None]] = {}
        for each in features:
            if each.import_id in base.streets:
                key = each.ref, each.width
                streets[key] = streets.get(key, frozenset()) | {each.label}
        themes = themes_answered(plot, base, found, ground, note, at=self._at)
        return Told(shape=shape, themes=themes, terrain=ground, streets=streets)

    def _features(self, shapes: Shapes, near: Near) -> list[list[Found]]:
        """The features near each plot, cut to it: all pairs of a plot and a piece are measured together."""
        plot, piece = shapes[near.plot], near.shapes[near.piece]
        gap = np.where(shapely.intersects(plot, piece), 0.0, np.inf)
        apart = np.flatnonzero(gap > 0)
        gap[apart] = shapely.distance(plot[apart], piece[apart])
        is_street = np.array([row[IMPORT] in self._base.streets for row in near.rows], dtype=bool)[near.piece]
        is_near = gap <= self._reach(near)[near.piece]
        is_near |= is_street & np.array([row[WIDTH] is None for row in near.rows], dtype=bool)[near.piece]
        parts = _parts(plot, piece, np.flatnonzero(is_near & (gap == 0) & ~is_street))
        parts |= {at: piece[at] for at in np.flatnonzero(is_near & is_street).tolist()}
        found: list[list[Found]] = [[] for _ in shapes]
        pairs = np.flatnonzero(is_near)
        those = zip(near.plot[pairs].tolist(), near.piece[pairs].tolist(), pairs.tolist(), strict=True)
        for own, some in groupby(those, key=itemgetter(0)):
            near_it = [(near.rows[each], float(gap[at]), at) for _, each, at in some]
            found[own] = [_feature(list(same), parts, piece) for _, same in groupby(near_it, key=_of_feature)]
        return found

    def _reach(self, near: Near) -> Floats:
        """Grid metres within which each piece matters."""
        reaches = self._base.reaches
        return np.array([reaches[row[IMPORT]] + (row[WIDTH] or 0.0) / 2 for row in near.rows], dtype=float)


def _of_feature(part: Part) -> Row:
    return part[0][:ID]


def _parts(plot: Shapes, piece: Shapes, pairs: Ints) -> dict[int, BaseGeometry]:
    """What of pieces lies on the plots: the plot itself where a piece holds all of it, else the two overlaid."""
    own, other = plot[pairs], piece[pairs]
    parts = own.copy()
    partly = ~shapely.covered_by(own, other)
    parts[partly] = shapely.intersection(other[partly], own[partly])
    return dict(zip(pairs.tolist(), parts, strict=True))


def _feature(pieces: Sequence[Part], parts: dict[int, BaseGeometry], shapes: Shapes) -> Found:
    _, gap, nearest = min(pieces, key=itemgetter(1))
    on_plot = tuple(parts[at] for _, _, at in pieces if at in parts)
    return found_of(pieces[0][0], parts=on_plot, gap=gap, nearest=shapes[nearest])
