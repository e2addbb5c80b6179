"""Plots as the questions of an envelope see them: sites without the shapes of what lies on and around the plot.

In: a tract, and what is known of each of its plots.  Out: `Site` values with streets, heights and every theme's status, words and law; None where two streets
near a plot could be meant by one frontage.  Overlays have no shapes, for nothing about an envelope asks for one.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from shapely.geometry import MultiLineString

from gis.site import Frame, Ground, Overlay, Road, Site
from layers.entry import Confidence
from layers.extract.model import Hit, Terrain, ThemeAnswer
from layers.site import said_of
from layers.tracts.answers import Told
from layers.tracts.files import Stamp
from layers.tracts.model import Tract


def light_sites(tract: Tract, told: Sequence[Told], stamp: Stamp, day: date) -> list[Site | None]:
    """The site of each plot on a day."""
    overlays = _Overlays()
    ends = np.searchsorted(tract.fronts.plot, np.arange(len(tract) + 1)).tolist()
    return [
        _site(tract, row, each, _roads(tract, range(ends[row], ends[row + 1]), each), stamp, day, overlays)
        for row, each in enumerate(told)
    ]


class _Overlays:
    """Overlays of answers; most plots share the very same answers."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[ThemeAnswer, Overlay]] = {}

    def of(self, answer: ThemeAnswer) -> Overlay:
        """The overlay of an answer, made once; the answer is kept with it, so that no other takes its place in memory."""
        if id(answer) not in self._made:
            self._made[id(answer)] = answer, _overlay(answer)
        return self._made[id(answer)][1]


def _site(
    tract: Tract,
    row: int,
    told: Told,
    roads: tuple[Road, ...] | None,
    stamp: Stamp,
    day: date,
    overlays: _Overlays,
) -> Site | None:
    if roads is None:
        return None
    recorded = float(tract.recorded[row])
    return Site(
        jurisdiction=tract.place,
        number=str(tract.number[row]),
        on=day,
        known=stamp.known,
        frame=Frame(
            metric=tract.metric,
            east=float(tract.east[row]),
            north=float(tract.north[row]),
            scale=float(tract.scale[row]),
        ),
        boundary=tract.boundary[row],
        measured_area=float(tract.measured[row]),
        recorded_area=None if np.isnan(recorded) else recorded,
        accuracy=0.0,
        land_type=None,
        rule_book=tract.rule_book,
        body=tract.body[row],
        body_name=tract.body_name[row],
        roads=roads,
        roads_note="",
        has_road_data=bool(roads),
        overlays=tuple(overlays.of(each) for each in told.themes),
        ground=_ground(told.terrain),
        synthetic=stamp.synthetic,
    )


def _roads(tract: Tract, rows: range, told: Told) -> tuple[Road, ...] | None:
    """The streets along a plot, as its fronts have them and called as the features near it are; None where one of them has several names."""
    roads = list(_each_road(tract, rows, told))
    return None if any(each is None for each in roads) else tuple(each for each in roads if each)


def _each_road(tract: Tract, rows: range, told: Told) -> Iterator[Road | None]:
    fronts = tract.fronts
    for row in rows:
        width, length, served = (_known(each[row]) for each in (fronts.width, fronts.length, fronts.served))
        names = told.streets.get((str(fronts.ref[row]), width), frozenset())
        if len(names) != 1:
            yield None
            continue
        line = fronts.line[row]
        (name,) = names
        yield Road(
            ref=str(fronts.ref[row]),
            name=name,
            name_ml=None,
            width=width,
            kind=fronts.kind[row],
            surface=None,
            line=None,
            frontage=line if isinstance(line, MultiLineString) else MultiLineString([line]),
            basis="",
            accuracy=float(fronts.accuracy[row]),
            origin=None,
            length=length,
            plots_served=None if served is None else round(served),
        )


def _known(said: float) -> float | None:
    return None if np.isnan(said) else float(said)


def _overlay(theme: ThemeAnswer) -> Overlay:
    """A theme with its words, the largest part first, as a site has them."""
    hits = sorted(theme.hits or theme.left_out, key=_size, reverse=True)
    law = theme.law
    return Overlay(
        layer=theme.layer,
        title=theme.title.en,
        title_ml=theme.title.ml,
        status=theme.status,
        reason=theme.reason.en,
        law=law.text.en if law.text else None,
        clause=law.clause,
        authority=law.authority.en,
        consult=law.consult.en if law.consult else None,
        binds=law.confidence == Confidence.READ and law.in_force,
        area=theme.area,
        share=theme.share_of_measured,
        distance=theme.distance,
        labels=tuple(dict.fromkeys(hit.label for hit in hits if hit.label)),
        attributes=tuple(dict.fromkeys(said for hit in hits for said in said_of(hit.attributes))),
    )


def _size(hit: Hit) -> tuple[float, float]:
    return hit.area or hit.length or float(hit.count or 0), -(hit.distance or 0.0)


def _ground(terrain: Terrain | None) -> Ground | None:
    if terrain is None:
        return None
    return Ground(
        lowest=terrain.lowest,
        highest=terrain.highest,
        slope_mean=terrain.slope_mean,
        slope_max=terrain.slope_max,
        resolution=terrain.resolution,
        datum=terrain.datum,
        origin=terrain.source,
    )
