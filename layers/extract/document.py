"""An extract as JSON and GeoJSON, and the JSON Schema of both.

In: an `Extract`.  Out: bytes that depend on nothing but its content: keys in the order of the model, coordinates in
degrees (EPSG:4326, longitude first) to 7 decimals, instants in UTC, and a digest over all of it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import GEOGRAPHIC, Points, transform_points
from gis.parcels.model import Parcel
from gis.units import AreaUnit
from layers.entry import Measure
from layers.extract.model import SCHEMA, Extract, Subject, ThemeAnswer

DECIMALS = 7
"""About a centimetre."""
HEAD = orjson.dumps({"schema": SCHEMA, "digest": "0" * 64})[:-1] + b","
DIGEST = slice(HEAD.index(b"0" * 64), HEAD.index(b"0" * 64) + 64)
END = b"\n"


def to_json(extract: Extract) -> bytes:
    """The extract as JSON; the digest is the SHA-256 of the rest."""
    return bytes(written(extract))


def digest_of(extract: Extract) -> str:
    """The digest that `to_json` prints."""
    return written(extract)[DIGEST].decode("ascii")


def written(extract: Extract) -> bytearray:
    """The same bytes where they were joined, for whoever sends them on.

    They are joined once: most themes are written already, and a copy of them all costs as much as the rest.
    """
    kept = [_written.get(id(answer), NOTHING) for answer in extract.themes]
    known = [
        theme if value is answer else _theme(answer)
        for answer, (value, theme) in zip(extract.themes, kept, strict=True)
    ]
    own = [answer for answer, theme in zip(extract.themes, known, strict=True) if theme is None]
    ground = _in_degrees(extract, own)
    now = iter([_dumps(answer, ground) for answer in own])
    themes = [b","] * (2 * len(known))
    themes[1::2] = [theme or next(now) for theme in known]
    before, after = _dumps(_before(extract, ground.centre), ground), _dumps(_after(extract), ground)
    text = bytearray().join((HEAD, before[1:-1], b',"themes":[', *themes[1:], b"],", after[1:], END))
    digest = hashlib.sha256(b"{")
    with memoryview(text) as whole:
        digest.update(whole[len(HEAD) : -len(END)])
    text[DIGEST] = digest.hexdigest().encode("ascii")
    return text


def _dumps(value: object, ground: "_InDegrees") -> bytes:
    return orjson.dumps(value, default=ground, option=orjson.OPT_UTC_Z)


_KEPT = 4_096
_written: dict[int, tuple[object, bytes]] = {}
NOTHING: tuple[object, bytes] = object(), b""


def _shared(value: object) -> bytes:
    """What many extracts have in common, without shapes, written once: by identity, and with the value, so that it lasts."""
    known, kept = _written.get(id(value), NOTHING)
    if known is value:
        return kept
    if len(_written) >= _KEPT:
        _written.clear()
    written = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    _written[id(value)] = value, written
    return written


def _theme(answer: ThemeAnswer) -> bytes | None:
    """An answer in which nothing was found is that of many plots; not one that was read from heights, nor any other."""
    if answer.hits or answer.shares or answer.left_out or answer.measure == Measure.RASTER:
        return None
    return _shared(answer)


@dataclass(frozen=True, kw_only=True)
class _InDegrees:
    """All shapes of an extract, moved together, by their identity; called for a shape, it answers how that is written."""

    centre: tuple[float, float]
    written: dict[int, orjson.Fragment]

    def __call__(self, value: Any) -> orjson.Fragment:
        return self.written[id(value)]


def _in_degrees(extract: Extract, themes: Sequence[ThemeAnswer]) -> _InDegrees:
    """The shapes of the plot and of these themes, in degrees."""
    plot = extract.subject.shape
    hits = [hit.shape for theme in themes for some in (theme.hits, theme.left_out) for hit in some]
    shapes = {id(shape): shape for shape in (plot, *hits) if shape is not None}
    written, points = _geojson([plot.representative_point(), *shapes.values()], extract.jurisdiction.metric)
    x, y = points[0].tolist()
    return _InDegrees(
        centre=(round(x, DECIMALS), round(y, DECIMALS)),
        written=dict(zip(shapes, map(orjson.Fragment, written[1:]), strict=True)),
    )


def _geojson(shapes: Sequence[BaseGeometry], metric: int) -> tuple[Sequence[str], Points]:
    """GeoJSON of each shape of a metric system in degrees, right-handed, and their positions; all moved in one go."""
    moved = np.array(shapes, dtype=np.object_)
    points = transform_points(shapely.get_coordinates(moved), metric, GEOGRAPHIC)
    shapely.set_coordinates(moved, np.round(points, DECIMALS))
    return shapely.to_geojson(shapely.orient_polygons(moved)), points


def dumps(content: object, metric: int) -> bytes:
    """Values of the model as JSON, shapes in a metric system as GeoJSON in degrees."""
    return orjson.dumps(content, default=_by_shape(metric), option=orjson.OPT_UTC_Z)


def to_geojson(extract: Extract) -> bytes:
    """Plot and hits as a GeoJSON FeatureCollection (RFC 7946); the full answer of each theme is in the JSON."""
    ground = _in_degrees(extract, extract.themes)
    subject = _subject(extract.subject, ground.centre)
    plot = {"kind": "plot", **{key: value for key, value in subject.items() if key != "boundary"}}
    features = [_feature("plot", subject["boundary"], plot)]
    for theme in extract.themes:
        for hit in theme.hits:
            if hit.shape is None:
                continue
            properties = {
                "kind": "hit",
                "layer": theme.layer,
                "status": theme.status,
                "title": theme.title,
                "feature": hit.feature,
                "label": hit.label,
                "area": hit.area,
                "length": hit.length,
                "count": hit.count,
            }
            features.append(_feature(f"{theme.layer}/{hit.feature}", hit.shape, properties))
    at = {"on": extract.at.on, "known": extract.at.known}
    content = {
        "type": "FeatureCollection",
        "at": at,
        "synthetic": extract.jurisdiction.synthetic,
        "features": features,
    }
    return orjson.dumps(content, default=ground, option=orjson.OPT_UTC_Z) + b"\n"


def _feature(name: str, geometry: object, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _before(extract: Extract, centre: tuple[float, float]) -> dict[str, Any]:
    """What stands before the themes, as values that JSON knows, but for its shapes."""
    place = extract.jurisdiction
    return {
        "synthetic": place.synthetic,
        "jurisdiction": {
            "code": place.code,
            "name": {"en": place.name_en, "ml": place.name_ml},
            "metric": place.metric,
            "rule_book": place.rule_book,
            "synthetic": place.synthetic,
        },
        "catalogue": extract.catalogue,
        "at": {"on": extract.at.on, "known": extract.at.known},
        "subject": _subject(extract.subject, centre),
        "groups": orjson.Fragment(_shared(extract.groups)),
    }


def _after(extract: Extract) -> dict[str, Any]:
    """What stands behind the themes."""
    return {
        "frontages": extract.frontages,
        "frontage_note": extract.frontage_note,
        "terrain": extract.terrain,
        "terrain_note": extract.terrain_note,
        "neighbours": extract.neighbours,
        "sources": orjson.Fragment(_shared(extract.sources)),
    }


def _subject(subject: Subject, centre: tuple[float, float]) -> dict[str, Any]:
    return {
        **(_parcel(subject.parcel) if subject.parcel else {"kind": "area"}),
        "measured_area": subject.measured_area,
        "boundary": subject.shape,
        "centre": centre,
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    number = parcel.number
    recorded = parcel.recorded_area
    return {
        "kind": "parcel",
        "number": number.whole,
        "parts": {
            part: getattr(number, part)
            for part in ("district", "taluk", "village", "block", "survey", "subdivision")
        },
        "ulpin": parcel.ulpin,
        "address": parcel.address,
        "land_type": parcel.land_type,
        "recorded_area": recorded
        and {
            "value": str(recorded.value),
            "unit": recorded.unit.value,
            "m2": float(recorded.to(AreaUnit.SQUARE_METRE).rounded(2)),
        },
        "accuracy": parcel.accuracy,
        "valid": parcel.valid,
        "recorded": parcel.recorded,
        "begun_by": parcel.begun_by,
        "instrument": parcel.instrument,
    }


def _shape(shape: BaseGeometry, metric: int) -> orjson.Fragment:
    return orjson.Fragment(_geojson([shape], metric)[0][0])


def _by_shape(metric: int) -> Callable[[Any], orjson.Fragment]:
    """How a value that JSON does not know is written: shapes in degrees."""

    def write(value: Any) -> orjson.Fragment:
        if isinstance(value, BaseGeometry):
            return _shape(value, metric)
        raise TypeError(f"{type(value).__name__} has no form in JSON")

    return write
