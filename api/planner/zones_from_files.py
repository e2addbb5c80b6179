"""Zones redrawn where no database is: the site of every plot that they touch lies in the files, and is reckoned by itself.

In: the zones of a reform; tracts on their way into files, then from them.  Out: tracts with sites; rows of touched plots in place of those that
were reckoned together.  `Invalid` for zones of which the files do not hold the ground.
"""

from dataclasses import replace
from datetime import date, datetime

import geopandas
import pandas as pd
import shapely

from api.answers import LandAnswers, today
from api.planner.simulating import Use, of_site, row_of
from api.planner.zones import areas_of, redrawable
from civic.reforms.rows import GEOMETRY, columns
from gis.errors import Invalid
from gis.site_document import site_from_json, site_to_json
from layers.catalogue import load
from layers.tracts.files import Stamp
from layers.tracts.frames import Frames
from layers.tracts.model import Tract
from rules.book import Library
from rules.redrawing import Area, areas, touched
from rules.reform import Reform

MILLIMETRE = 0.001


def with_sites(
    land: LandAnswers, tract: Tract, drawn: tuple[Area, ...], *, on: date, known: datetime
) -> Tract:
    """The tract with the site of each plot that a zone touches."""
    day, site = on if on < today() else None, tract.site.copy()
    for row in touched(list(_grounds(tract)), drawn):
        extract = land.extract(tract.place, number=str(tract.number[row]), on=day, known=known)
        site[row] = site_to_json(land.site(extract)).decode()
    return replace(tract, site=site)


def stamped(land: LandAnswers, stamp: Stamp, change: Reform) -> tuple[Stamp, tuple[Area, ...]]:
    """The stamp of files that hold what a reform redraws, and its zones on the ground."""
    drawn = areas_of(land, stamp.place, change)
    there = next(each.jurisdiction for each in land.jurisdictions() if each.jurisdiction.code == stamp.place)
    ground = shapely.union_all([each.shape for each in drawn])
    layers = redrawable(load(there.catalogue))
    return replace(stamp, sites_within=ground.wkt, redrawable=layers), drawn


def drawn_over(change: Reform, stamp: Stamp) -> tuple[Area, ...]:
    """The zones of a reform in metres of the place; `Invalid` where the files do not hold what lies under them."""
    if not change.zones:
        return ()
    drawn = areas(change.zones, stamp.metric, title=change.title.en, begins=change.begins)
    if stamp.sites_within is None:
        raise Invalid(
            "These files hold nothing of the layers, so no zone can be redrawn over them. Write them anew with"
            " `./bhumika land export … --zones REFORM`, naming this reform, or use `./bhumika simulate`."
        )
    held = shapely.from_wkt(stamp.sites_within).buffer(MILLIMETRE)
    for number, area in enumerate(drawn, start=1):
        if area.layer not in stamp.redrawable:
            raise Invalid(
                f"Zone {number}: the layer “{area.layer}” cannot be redrawn. Areas that bind where they lie can be:"
                f" {', '.join(stamp.redrawable)}.",
                code="bad-reform",
            )
        if not held.covers(area.shape):
            raise Invalid(
                f"Zone {number} reaches beyond the ground that these files were written for. Write them anew with"
                " `./bhumika land export … --zones REFORM`, naming this reform."
            )
    return drawn


def with_zones(
    found: geopandas.GeoDataFrame,
    tract: Tract,
    change: Reform,
    use: Use,
    law: Library,
    drawn: tuple[Area, ...],
) -> geopandas.GeoDataFrame:
    """Rows of a tract, those of touched plots reckoned by themselves; columns tell what the zones change."""
    if not drawn:
        return found
    kinds = columns(with_zones=True)
    for name in kinds.names:
        if name not in found:
            kind = "boolean" if name.startswith("use_permitted") else "string"
            found[name] = pd.array([None] * len(found), dtype=kind)
    for row in touched(list(_grounds(tract)), drawn):
        site = site_from_json(str(tract.site[row]).encode())
        told = row_of(of_site(str(tract.number[row]), site, change.begins, use, law, drawn))
        for name, value in told.items():
            found.at[row, name] = value
    return found[[*kinds.names, GEOMETRY]]


def _grounds(tract: Tract) -> "geopandas.array.GeometryArray":
    return Frames(east=tract.east, north=tract.north, scale=tract.scale).to_grid(tract.boundary)
