"""The JSON Schema (draft 2020-12) of a site file, derived from the values themselves, so that it cannot lag behind.

In: the dataclasses of `gis.site`.  Out: a schema as plain values.
"""

from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from shapely.geometry.base import BaseGeometry

from gis.site import Site
from gis.site_document import SCHEMA
from gis.site_fields import LEFT_OUT

_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}
_GEOMETRY = {
    "description": "A geometry of GeoJSON's form, in metres of the site's frame: x to grid east, y to grid north.",
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"type": "string"},
        "coordinates": {"type": "array"},
        "geometries": {"type": "array"},
    },
    "additionalProperties": False,
}


def site_schema() -> dict[str, Any]:
    """The schema of what `site_to_json` writes."""
    named: dict[str, Any] = {"Geometry": _GEOMETRY}
    site = _object(Site, named)
    head = {
        "schema": {"const": SCHEMA},
        "digest": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the rest, keys in order.",
        },
    }
    site["properties"] = head | site["properties"]
    site["required"] = [*head, *site["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **site,
        "$defs": dict(sorted(named.items())),
    }


def _object(kind: type, named: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    written = [each.name for each in fields(kind) if each.name not in LEFT_OUT]
    return {
        "description": (kind.__doc__ or "").strip(),
        "type": "object",
        "required": written,
        "properties": {name: _of(hints[name], named) for name in written},
        "additionalProperties": False,
    }


def _of(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type of `gis.site`."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    of, parts = get_origin(kind), get_args(kind)
    if of is UnionType:
        forms = [_of(each, named) for each in parts]
        return {"anyOf": [form for index, form in enumerate(forms) if form not in forms[:index]]}
    if of is tuple:
        if parts[-1] is Ellipsis:
            return {"type": "array", "items": _of(parts[0], named)}
        return {"type": "array", "prefixItems": [_of(each, named) for each in parts], "items": False}
    if issubclass(kind, BaseGeometry):
        return {"$ref": "#/$defs/Geometry"}
    if issubclass(kind, StrEnum):
        return {"enum": [each.value for each in kind]}
    if kind.__name__ not in named:
        named[kind.__name__] = {}
        named[kind.__name__] = _object(kind, named)
    return {"$ref": f"#/$defs/{kind.__name__}"}
