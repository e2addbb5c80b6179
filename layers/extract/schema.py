"""The JSON Schema (draft 2020-12) of an extract, derived from the model itself, so that it cannot lag behind.

In: the dataclasses of `model`.  Out: a schema as plain values.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from shapely.geometry.base import BaseGeometry

from layers.extract import model
from layers.extract.model import SCHEMA

_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    BaseGeometry: {"$ref": "#/$defs/Geometry"},
}
_GEOMETRY = {
    "description": "A GeoJSON geometry in degrees (EPSG:4326), longitude first.",
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"type": "string"}, "coordinates": {"type": "array"}},
}
_SPAN = {"begins": {"type": "string"}, "ends": {"type": ["string", "null"]}}


def extract_schema() -> dict[str, Any]:
    """The schema of what `to_json` writes."""
    named: dict[str, Any] = {"Geometry": _GEOMETRY, "Subject": _subject()}
    parts = get_type_hints(model.Extract)
    properties: dict[str, Any] = {
        "schema": {"const": SCHEMA},
        "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "synthetic": {"type": "boolean", "description": "True where the land is made up."},
        "jurisdiction": _jurisdiction(),
        "catalogue": {"type": "string", "description": "Digest of the catalogue that put the questions."},
        "at": _object({"on": _PLAIN[date], "known": _PLAIN[datetime]}),
        "subject": {"$ref": "#/$defs/Subject"},
    }
    for field in (
        "groups",
        "themes",
        "frontages",
        "frontage_note",
        "terrain",
        "terrain_note",
        "neighbours",
        "sources",
    ):
        properties[field] = _of(parts[field], named)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **_object(properties),
        "$defs": dict(sorted(named.items())),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _of(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type of the model."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return {"anyOf": [_of(each, named) for each in get_args(kind)]}
    if origin is tuple:
        return {"type": "array", "items": _of(get_args(kind)[0], named)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    if is_dataclass(kind):
        return _named(kind, named, _of)
    raise TypeError(f"{kind} has no JSON Schema")


def _named(
    kind: Any, named: dict[str, Any], of: Callable[[Any, dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    name = kind.__name__
    if name not in named:
        named[name] = {}
        hints = get_type_hints(kind)
        named[name] = {
            "description": (kind.__doc__ or "").strip(),
            **_object({field.name: of(hints[field.name], named) for field in fields(kind)}),
        }
    return {"$ref": f"#/$defs/{name}"}


def _jurisdiction() -> dict[str, Any]:
    return _object(
        {
            "code": _PLAIN[str],
            "name": _object({"en": _PLAIN[str], "ml": _PLAIN[str]}),
            "metric": {
                "type": "integer",
                "description": "EPSG code of the system in which areas were measured.",
            },
            "rule_book": {"type": ["string", "null"]},
            "synthetic": _PLAIN[bool],
        }
    )


def _subject() -> dict[str, Any]:
    ground = {
        "measured_area": {"type": "number", "description": "Ground m² of the mapped boundary."},
        "boundary": {"$ref": "#/$defs/Geometry"},
        "centre": {"type": "array", "items": _PLAIN[float], "minItems": 2, "maxItems": 2},
    }
    text = {"type": ["string", "null"]}
    extent = _object({"value": _PLAIN[str], "unit": _PLAIN[str], "m2": _PLAIN[float]})
    parts = ("district", "taluk", "village", "block", "survey", "subdivision")
    parcel = {
        "kind": {"const": "parcel"},
        "number": _PLAIN[str],
        "parts": _object(dict.fromkeys(parts, text)),
        "ulpin": text,
        "address": text,
        "land_type": text,
        "recorded_area": {"anyOf": [extent, {"type": "null"}]},
        "accuracy": {"type": "number", "description": "Positional accuracy of the boundary in metres."},
        "valid": _object(_SPAN),
        "recorded": _object(_SPAN),
        "begun_by": _PLAIN[str],
        "instrument": _PLAIN[str],
        **ground,
    }
    return {"oneOf": [_object(parcel), _object({"kind": {"const": "area"}, **ground})]}
