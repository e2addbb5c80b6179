"""What plots share with layers, for whoever asks: from facts where these are fresh, measured now where they are not.

In: a session that may only read, states of parcels, imports with how far each has been measured.  Out: `Common`.  Both ways give the
same areas; only the time it takes tells them apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from layers.overlaps.ground import on_the_ground
from layers.overlaps.measure import areas_ready, shared_ground
from layers.overlaps.queries import Kept, facts
from layers.overlaps.reading import FEW, Features, States, features_beside, features_named, features_of
from layers.overlaps.rings import Numbers, Places


@dataclass(frozen=True, kw_only=True, eq=False)
class Common:
    """What states of parcels share with features, in columns, by state and feature."""

    plots: Places
    """Places among the states asked about."""
    features: Places
    """Numbers of features, whatever their days."""
    areas: Numbers
    """Ground m²; NaN where nobody can tell."""


def common_ground(
    session: Session, states: States, imports: Sequence[Kept], metric: int, *, cores: int | None = None
) -> Common:
    """Every pair of these states and the features of these imports that shares ground; states in the order of their numbers."""
    fresh = [each.import_id for each in imports if each.is_fresh]
    others = [each.import_id for each in imports if not each.is_fresh]
    found = [_kept(session, states, fresh), *_measured(session, states, others, metric, cores)]
    plots, features, areas = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((features, plots))
    return Common(plots=plots[order], features=features[order], areas=areas[order])


def _kept(session: Session, states: States, imports: Sequence[int]) -> tuple[Places, Places, Numbers]:
    rows = list(facts(session, imports, states.ids.tolist())) if imports else []
    parcels = np.array([row.parcel_id for row in rows], np.int64)
    areas = np.array([np.nan if row.area is None else row.area for row in rows], np.float64)
    return np.searchsorted(states.ids, parcels), np.array([row.feature_id for row in rows], np.int64), areas


def _measured(
    session: Session, states: States, imports: Sequence[int], metric: int, cores: int | None
) -> Iterator[tuple[Places, Places, Numbers]]:
    for features in _features(session, states, imports):
        pairs = shared_ground(states.shapes, areas_ready(features.shapes), cores=cores)
        areas = on_the_ground(pairs, states.shapes, states.measured, features.shapes, metric)
        yield pairs.plots, features.ids[pairs.areas], areas


def _features(session: Session, states: States, imports: Sequence[int]) -> Iterator[Features]:
    if not imports or not len(states.ids):
        return iter(())
    if len(states.ids) <= FEW:
        return features_named(session, features_beside(session, states.ids, imports))
    return features_of(session, imports)
