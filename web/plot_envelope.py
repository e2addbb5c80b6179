"""What a plot can carry, in short, for the page of the plot: numbers in words, and the body for its map.

In: an extract and the desk that reckons envelopes.  Out: `Carrying` in ground m² and metres, by the rules of the day of the extract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from gis.site import Site
from layers.extract.model import Extract
from rules.axes import Occupancy, occupancies
from rules.envelope_document import in_degrees, to_geojson
from rules.envelopes.model import Choice, Envelope
from web.plans_asked import Plans, WardPlot

USE = "A1"
STOREY = Decimal("3.0")
"""Metres of a storey where the reader gives none: an assumption that the pages print."""


@dataclass(frozen=True, kw_only=True)
class Carrying:
    """What a plot can carry for one use; `reason` says why nothing could be reckoned, and then there is no envelope.

    `shown` is the envelope's choice of front, or one of its candidates where the front is not known; `body` is what the map draws.
    """

    use: Occupancy
    storey: Decimal
    reason: str | None
    envelope: Envelope | None = None
    shown: Choice | None = None
    body: dict[str, Any] | None = None


def carrying(desk: Plans, extract: Extract) -> Carrying | None:
    """What the plot of an extract can carry; None for an area drawn by hand, or where no building rules are in the book."""
    if extract.subject.parcel is None or extract.jurisdiction.rule_book is None:
        return None
    use = next(each for each in occupancies() if each.key == USE)
    found = desk.carries(extract, occupancy=USE, storey_height=STOREY)
    if found.envelope is None or found.site is None:
        return Carrying(use=use, storey=STOREY, reason=found.reason)
    shown = shown_of(found.envelope)
    body = body_of(found.envelope, found.site, STOREY) if shown and shown.ground.area > 0 else None
    return Carrying(use=use, storey=STOREY, reason=None, envelope=found.envelope, shown=shown, body=body)


def shown_of(envelope: Envelope) -> Choice | None:
    """The choice of front that a page prints: the certain one, else the first that is possible."""
    return envelope.choice or (envelope.candidates[0] if envelope.candidates else None)


def body_of_ward(found: Sequence[WardPlot], storey: Decimal) -> dict[str, Any] | None:
    """What the map raises for plots of a ward: the bands of those whose front is known, and every plot; None where there is none."""
    there = [(each.envelope, each.site) for each in found if each.envelope and each.site]
    if not there:
        return None
    bands = [
        feature
        for envelope, site in there
        if envelope.choice is not None
        for feature in orjson.loads(to_geojson(envelope, site))["features"]
    ]
    return {
        "envelope": {"type": "FeatureCollection", "features": bands},
        "plot": {"type": "MultiPolygon", "coordinates": [part for _, site in there for part in _parts(site)]},
        "storey": float(storey),
    }


def _parts(site: Site) -> list[Any]:
    """The coordinates of every polygon of a plot, in degrees."""
    shape = orjson.loads(orjson.dumps(in_degrees(site.boundary, site.frame)))
    coordinates: list[Any] = shape["coordinates"]
    return coordinates if shape["type"] == "MultiPolygon" else [coordinates]


def body_of(envelope: Envelope, site: Site, storey: Decimal) -> dict[str, Any]:
    """What the map raises: the bands as GeoJSON with heights, the plot below them, and the metres of a storey."""
    shown = {
        "envelope": orjson.Fragment(to_geojson(envelope, site)),
        "plot": in_degrees(site.boundary, site.frame),
        "storey": float(storey),
    }
    plain: dict[str, Any] = orjson.loads(orjson.dumps(shown))
    return plain
