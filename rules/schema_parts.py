"""The parts of which the JSON Schemas (draft 2020-12) of this package are made.

In: schemas of fields.  Out: schemas as plain values; an object has all its fields and no other.
"""

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DECIMAL: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}


def geometry(description: str) -> Schema:
    """A geometry of GeoJSON's form."""
    parts = {"type": TEXT, "coordinates": {"type": "array"}, "geometries": {"type": "array"}}
    return {
        "description": description,
        "type": "object",
        "required": ["type"],
        "properties": parts,
        "additionalProperties": False,
    }


def object_of(properties: dict[str, Schema]) -> Schema:
    """An object with all of these fields and no other."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def list_of(items: Schema) -> Schema:
    """A list of alike values, which may be empty."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    """A value, or null where it is not known."""
    return {"anyOf": [schema, {"type": "null"}]}
