"""What all layers say of plots, on its way into files: so that extracts and envelopes may be asked where no database is.

In: a tract, the answers about its plots.  Out: the tract with `Said` of each plot, and the whole site of those that only a question one by one can tell.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from api.answers import LandAnswers
from gis.errors import LandError
from gis.site_document import site_to_json
from layers.site import ground_of
from layers.tracts.answers import Told
from layers.tracts.files import Stamp
from layers.tracts.model import Tract
from layers.tracts.said import Said
from layers.tracts.saying import Sayings


def with_said(land: LandAnswers, tract: Tract, told: Sequence[Told | None], stamp: Stamp) -> Tract:
    """The tract with what all layers say of each of its plots."""
    sayings, said, site = Sayings(), tract.said.copy(), tract.site.copy()
    rows = np.array([row for row, each in enumerate(told) if each is not None], dtype=np.int64)
    together = sayings.of(tract.taken(rows), [each for each in told if each is not None])
    for row, each in zip(rows.tolist(), together, strict=True):
        said[row] = each
    for row, each in enumerate(said.tolist()):
        if each is None or each.names is None:
            said[row], site[row] = _alone(land, tract, str(tract.number[row]), stamp, sayings)
    return replace(tract, said=said, site=site)


def _alone(
    land: LandAnswers, tract: Tract, number: str, stamp: Stamp, sayings: Sayings
) -> tuple[Said, str | None]:
    """A plot by itself, with its whole site, or with the reason why nobody can tell."""
    try:
        extract = land.extract(tract.place, number=number, on=stamp.on, known=stamp.known)
        site = site_to_json(land.site(extract)).decode()
    except LandError as error:
        return Said(themes=(), ground=None, names=None, untold=error.message), None
    themes = sayings.themes(extract.themes)
    return Said(themes=themes, ground=ground_of(extract.terrain), names=None), site
