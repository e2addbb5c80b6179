"""What every extract that rests on the same imports shares: worked out once and kept in memory.

In: a jurisdiction's catalogue, the imports that stood at an instant.  Out: a frozen `Footing`.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.db.quick import engine_of
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.catalogue import Catalogue, load
from layers.entry import Layer, Role
from layers.extract.coverage import Margins, look_around
from layers.extract.measure import Plot
from layers.extract.model import Group, Source, Words
from layers.extract.questions import Shapes
from layers.extract.theme import AMPLE, Theme, target_of
from layers.imports import Standing, StandingImport, standing

GRID = 1.002
"""Distances on the grid may be this much longer than on the ground; nothing that matters may hide there."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Footing:
    """A catalogue and the imports that answer for it."""

    catalogue: Catalogue
    imports: Standing
    known: datetime
    """When they stood."""

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """Every theme that is answered, in the order of the catalogue, without anything found yet."""
        return tuple(
            Theme(
                layer=layer, imports=tuple(each for each in self.imports if each.target == target_of(layer))
            )
            for layer in self.catalogue.layers
            if layer.shows or layer.role is Role.ADMIN
        )

    @cached_property
    def targets(self) -> dict[int, str]:
        """What each import was brought in as."""
        return {each.id: each.target for each in self.imports}

    @cached_property
    def reaches(self) -> dict[int, float]:
        """Imports that are asked for features, and the grid metres around a plot within which these matter, besides half
        their width: those of themes whose law is verified, and streets.
        """
        asked = [theme.layer for theme in self.themes if theme.layer.is_verified]
        layers: dict[str, list[Layer]] = {}
        for layer in (*asked, *self.catalogue.with_role(Role.ROAD)):
            layers.setdefault(target_of(layer), []).append(layer)
        return {
            each.id: GRID * max(layer.search_reach(each.accuracy) for layer in layers[each.target])
            for each in self.imports
            if each.target in layers and each.raster is None
        }

    @cached_property
    def streets(self) -> dict[int, StandingImport]:
        """Imports of streets."""
        return {each.id: each for each in self._with_role(Role.ROAD)}

    @cached_property
    def rasters(self) -> tuple[StandingImport, ...]:
        """Imports of elevation."""
        return self._with_role(Role.TERRAIN)

    def settles(self, plot: Plot, *, on: date) -> bool:
        """Whether a plot lies so deep inside the data, in place and time, that silence has but one meaning everywhere."""
        return look_around(plot, self._coverages, self._margins) and self._latest_begins <= on

    @cached_property
    def _covering(self) -> list[Theme]:
        return [
            theme
            for theme in self.themes
            if theme.coverage is not None and theme.layer.is_verified and not theme.is_raster
        ]

    @cached_property
    def _latest_begins(self) -> date:
        return max((theme.begins for theme in self._covering if theme.settled), default=date.min)

    @cached_property
    def _coverages(self) -> Shapes:
        shapes = [theme.coverage for theme in self._covering]
        return np.asarray([*{id(shape): shape for shape in shapes}.values(), None], dtype=object)[:-1]

    @cached_property
    def _margins(self) -> Margins:
        """Metres around a plot that matter to some theme, the widest first."""
        narrower = {theme.margin for theme in self._covering if theme.margin < AMPLE}
        return np.asarray([AMPLE, *sorted(narrower, reverse=True)])

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The headings of the answer."""
        return tuple(
            Group(id=group.id, title=Words(en=group.title.en, ml=group.title.ml))
            for group in self.catalogue.groups
        )

    @cached_property
    def layer_sources(self) -> dict[int, Source]:
        """What the answer about any plot rests on, by import."""
        targets = {layer.id for layer in self.catalogue.layers}
        return {each.id: source_of(each) for each in self.imports if each.target in targets}

    def sources(self, own: int | None) -> tuple[Source, ...]:
        """What an answer rests on, the import of the parcel itself included."""
        if own not in self._sources:
            also = {each.id: source_of(each) for each in self.imports if each.id == own}
            known = self.layer_sources | also
            self._sources[own] = tuple(known[each.id] for each in self.imports if each.id in known)
        return self._sources[own]

    @cached_property
    def _sources(self) -> dict[int | None, tuple[Source, ...]]:
        return {}

    def _with_role(self, role: Role) -> tuple[StandingImport, ...]:
        targets = {layer.id for layer in self.catalogue.with_role(role)}
        return tuple(each for each in self.imports if each.target in targets)


def source_of(each: StandingImport) -> Source:
    """An import as the answer names it."""
    return Source(
        id=each.name,
        title=each.source["title"],
        publisher=each.source["publisher"],
        licence=each.source["licence"],
        link=each.source.get("link"),
        date=each.source_date,
        file=each.series,
        sha256=each.sha256,
        imported=each.imported,
        accuracy=each.accuracy,
        accuracy_basis=each.accuracy_basis,
        holds=each.holds,
    )


_KEPT = 64
_footings: OrderedDict[tuple[str, datetime, int], Footing] = OrderedDict()
_newest: WeakKeyDictionary[Engine, dict[str, Footing]] = WeakKeyDictionary()
_lock = Lock()


def footing(catalogue: str, imports: Standing, *, known: datetime) -> Footing:
    """The footing on imports that stood at an instant, kept as long as these very imports are."""
    key = catalogue, known, id(imports)
    with _lock:
        kept = _footings.get(key)
        if kept is None or kept.imports is not imports:
            kept = _footings[key] = Footing(catalogue=load(catalogue), imports=imports, known=known)
        _footings.move_to_end(key)
        while len(_footings) > _KEPT:
            _footings.popitem(last=False)
    return kept


def newest(session: Session, place: Jurisdiction) -> Footing:
    """The footing of the newest recording that was heard of; an answer tells whether there is a newer one."""
    kept = _newest.setdefault(engine_of(session), {})
    if place.code not in kept:
        heard_of(session, place, last_recording(session, place.code))
    return kept[place.code]


def heard_of(session: Session, place: Jurisdiction, known: datetime) -> Footing:
    """The footing of a recording, which is the newest from now on."""
    base = footing(place.catalogue, standing(session, place, known=known), known=known)
    _newest.setdefault(engine_of(session), {})[place.code] = base
    return base
