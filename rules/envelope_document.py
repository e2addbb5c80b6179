"""What a plot can carry as JSON (`bhumika-envelope-1`) and as GeoJSON with heights, for maps.

In: an `Envelope` and the `Site` it was reckoned for.  Out: bytes that depend on nothing else; shapes in degrees (EPSG:4326) to 7 decimals, numbers
of metres and m² as decimal strings, money in paise.
"""

import hashlib
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import to_geographic
from gis.site import Frame, Site
from rules.envelopes.model import Band, Carried, Choice, Envelope

SCHEMA = "bhumika-envelope-1"
DECIMALS = 7
Words = dict[str, Any]


def to_json(envelope: Envelope, site: Site) -> bytes:
    """The envelope as JSON; the digest is the SHA-256 of the rest."""
    body = orjson.dumps(document(envelope, site))
    head = orjson.dumps({"schema": SCHEMA, "digest": hashlib.sha256(body).hexdigest()})
    return head[:-1] + b"," + body[1:] + b"\n"


def document(envelope: Envelope, site: Site) -> Words:
    """The envelope as plain values, in a fixed order."""
    return {
        "jurisdiction": site.jurisdiction,
        "number": envelope.plot,
        "synthetic": site.synthetic,
        "on": envelope.on,
        "body": envelope.body,
        "occupancy": envelope.occupancy,
        "storey_height": written(envelope.storey_height),
        "plot_area": written(envelope.plot_area),
        "outcome": envelope.outcome,
        "is_certain": envelope.is_certain,
        "force": envelope.force,
        "edition": envelope.edition,
        "choice": None if envelope.choice is None else _choice(envelope.choice, site.frame),
        "candidates": [_choice(each, site.frame) for each in envelope.candidates],
        "gaps": [
            {"rule": each.rule, "reason": each.reason, "effect": each.effect, "remedy": each.remedy}
            for each in envelope.gaps
        ],
        "conditions": [
            {
                "layer": each.layer,
                "title": each.title,
                "status": each.status,
                "reason": each.reason,
                "clause": each.clause,
                "consult": each.consult,
            }
            for each in envelope.conditions
        ],
        "notes": envelope.notes,
        "citations": [
            {"instrument": each.instrument.number, "clause": each.clause, "mark": each.mark}
            for each in envelope.citations
        ],
    }


def _choice(choice: Choice, frame: Frame) -> Words:
    return {
        "front": choice.front,
        "title": choice.title,
        "row": choice.row,
        "footprint": _number(choice.footprint),
        "footprint_decider": choice.footprint_decider,
        "carried": [_carried(each) for each in choice.carried],
        "bands": [_band(each, frame) for each in choice.bands],
        "steps": choice.steps,
    }


def _carried(each: Carried) -> Words:
    return {
        "index": _number(each.index),
        "fee_paise_per_m2": each.fee,
        "excess": written(each.excess),
        "fees_paise": None if each.fees is None else list(each.fees),
        "floor_area": written(each.floor_area),
        "storeys": each.storeys,
        "height": written(each.height),
        "footprint": written(each.footprint),
        "row": each.row,
        "decider": each.decider,
    }


def _band(band: Band, frame: Frame) -> Words:
    return {
        "bottom": written(band.bottom),
        "top": _number(band.top),
        "area": written(band.area),
        "piece": written(band.piece),
        "deciders": band.deciders,
        "set_backs": [
            {
                "position": each.position,
                "street": each.street,
                "distance": written(each.distance),
                "decider": each.decider,
                "step": each.step,
            }
            for each in band.set_backs
        ],
        "shape": in_degrees(band.shape, frame),
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else written(value)


def written(number: Decimal) -> str:
    """A number as it was compared, never with an exponent."""
    return f"{number:f}"


def in_degrees(shape: BaseGeometry, frame: Frame) -> orjson.Fragment | None:
    """A shape of the site as GeoJSON in degrees, None where it is empty."""
    if shape.is_empty:
        return None
    moved = to_geographic(frame.to_grid(shape), frame.metric)
    return orjson.Fragment(
        shapely.to_geojson(shapely.transform(moved, lambda points: np.round(points, DECIMALS)))
    )


def to_geojson(envelope: Envelope, site: Site) -> bytes:
    """The chosen bands, or those of every candidate, as features with `bottom` and `top` in metres (RFC 7946)."""
    choices = (envelope.choice,) if envelope.choice is not None else envelope.candidates
    features = [
        {
            "type": "Feature",
            "properties": {
                "number": envelope.plot,
                "front": choice.title,
                "bottom": float(band.bottom),
                "top": None if band.top is None else float(band.top),
                "area": float(band.area),
                "synthetic": site.synthetic,
            },
            "geometry": in_degrees(band.shape, site.frame),
        }
        for choice in choices
        for band in choice.bands
        if not band.shape.is_empty
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})
