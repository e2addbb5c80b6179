"""The JSON Schema (draft 2020-12) of a checked plan.

In: the enumerations of findings.  Out: a schema as plain values; nothing may stand in a document that the schema does not name.
"""

from typing import Any

from rules.book import Force
from rules.check_document import SCHEMA
from rules.findings import Comparison, Outcome
from rules.instruments import Mark
from rules.measure import Unit
from rules.reckoning.risk import Level
from rules.report import Verdict

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DECIMAL: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
UNIT: Schema = {"enum": [each.value for each in Unit]}


def check_schema() -> Schema:
    """The schema of what `rules.check_document.to_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "A plan checked on its plot. Decimals are strings, as they were compared.",
        **_object(_whole()),
        "$defs": {
            "Geometry": _geometry("A GeoJSON geometry in degrees (EPSG:4326), longitude first."),
            "Drawn": _geometry("A geometry of GeoJSON's form, in metres in the drawing's own position."),
            "Measured": _object(
                {
                    "amount": DECIMAL,
                    "unit": UNIT,
                    "is_declared": TRUTH,
                    "steps": _list(TEXT),
                    "sources": _list(TEXT),
                }
            ),
            "Finding": _object(_finding()),
        },
    }


def _whole() -> dict[str, Schema]:
    named = {"rule": TEXT, "title": TEXT, "title_ml": _or_null(TEXT)}
    listed = {**named, "clause": TEXT, "why": _or_null(TEXT)}
    problem = {"fault": TEXT, "layer": TEXT, "handles": _list(TEXT), "message": TEXT, "remedy": TEXT}
    measures = ("floor_area", "built_up_area", "height", "storeys")
    return {
        "schema": {"const": SCHEMA},
        "digest": DIGEST | {"description": "SHA-256 of the rest as written."},
        "verdict": {"enum": [each.value for each in Verdict]},
        "counts": _object({each.value: {"type": "integer"} for each in Outcome}),
        "on": DAY | {"description": "The day of the permit, whose rules apply (rule 9(7))."},
        "drawing": _object(_drawing()),
        "site": _object(_site()),
        "book": _or_null(_object(_book())),
        "answers": _object(_answers()),
        "placement": {"anyOf": [_object(_laid()), _object(_not_laid())]},
        "front": _object(
            {
                "sides": _list({"type": "integer"}),
                "basis": TEXT,
                "candidates": _list(_list({"type": "integer"})),
            }
        ),
        "measures": _object({name: _or_null({"$ref": "#/$defs/Measured"}) for name in measures}),
        "statement": _or_null(_object(_statement())),
        "findings": _list({"$ref": "#/$defs/Finding"}),
        "for_a_person": _list(_object(listed)),
        "problems": _list(_object(problem)),
    }


def _drawing() -> dict[str, Schema]:
    return {
        "sha256": DIGEST,
        "bytes": {"type": "integer"},
        "profile": _or_null(TEXT),
        "version": TEXT,
        "was_recovered": TRUTH,
        "unit": TEXT,
        "metres_per_unit": NUMBER,
        "unit_is_certain": TRUTH,
    }


def _site() -> dict[str, Schema]:
    return {
        "jurisdiction": TEXT,
        "number": TEXT,
        "on": DAY,
        "known": INSTANT,
        "body": _or_null(TEXT),
        "body_name": _or_null(TEXT),
        "measured_area": NUMBER,
        "recorded_area": _or_null(NUMBER),
        "synthetic": TRUTH,
        "boundary": {"$ref": "#/$defs/Geometry"},
        "sources": _list(_object({"id": TEXT, "title": TEXT, "publisher": TEXT, "date": DAY})),
    }


def _book() -> dict[str, Schema]:
    return {"digest": DIGEST, "on": DAY, "body": TEXT, "read_to": DAY, "is_beyond_reading": TRUTH}


def _answers() -> dict[str, Schema]:
    perhaps: Schema = {"type": ["boolean", "null"]}
    choice = _object({"group": TEXT, "reason": TEXT})
    return {
        "words": {"type": "object", "additionalProperties": TEXT},
        "confirmed": _list(TEXT),
        "front": _or_null(_object({"side": TEXT, "reason": TEXT})),
        "groups": {"type": "object", "additionalProperties": choice},
        "holding": _object({"owns_adjoining_land": perhaps, "is_split": perhaps, "owns_other_land": perhaps}),
    }


def _not_laid() -> dict[str, Schema]:
    return {"matches": {"const": False}, "is_certain": {"const": False}, "note": TEXT}


def _laid() -> dict[str, Schema]:
    figures = (
        "turn_degrees",
        "mean_residual",
        "greatest_residual",
        "limit",
        "area_drawn",
        "area_parcel",
        "difference",
        "percent",
    )
    head = {"matches": TRUTH, "is_certain": TRUTH, "chosen_by": TEXT, "note": TEXT}
    return head | {name: NUMBER for name in figures}


def _statement() -> dict[str, Schema]:
    count: Schema = {"type": "integer"}
    force: Schema = {"enum": [*(each.value for each in Force), None]}
    citation = _object({"instrument": TEXT, "clause": TEXT, "mark": {"enum": [each.value for each in Mark]}})
    line = {
        "what": TEXT,
        "paise": _or_null(count),
        "step": TEXT,
        "clause": _or_null(TEXT),
        "force": force,
        "reason": TEXT,
        "candidates": _list(count),
    }
    fee = {"title": TEXT, "paise": _or_null(count), "force": force, "is_declared": TRUTH}
    limit = {"what": TEXT, "count": _or_null(count), "unit": TEXT, "force": force, "clause": _or_null(TEXT)}
    risk = {
        "level": {"enum": [*(each.value for each in Level), None]},
        "decides": _or_null(TEXT),
        "reasons": _list(TEXT),
        "reservations": _list(TEXT),
        "citations": _list(citation),
    }
    return {
        "risk": _object(risk),
        "high_rise": _or_null(_object({"holds": {"type": ["boolean", "null"]}, "reason": TEXT})),
        "fees": _list(_object(fee | {"lines": _list(_object(line))})),
        "time_limits": _list(_object(limit | {"reason": TEXT})),
    }


def _finding() -> dict[str, Schema]:
    mark = {"enum": [each.value for each in Mark]}
    return {
        "rule": TEXT,
        "title": TEXT,
        "title_ml": _or_null(TEXT) | {"description": "The title in Malayalam, where there is one."},
        "clause": _or_null(TEXT),
        "subject": TEXT,
        "outcome": {"enum": [each.value for each in Outcome]},
        "force": {"enum": [*(each.value for each in Force), None]},
        "comparison": {"enum": [*(each.value for each in Comparison), None]},
        "measured": _or_null({"$ref": "#/$defs/Measured"}),
        "required": _or_null(_object({"amount": DECIMAL, "unit": UNIT, "steps": _list(TEXT)})),
        "holds": {"type": ["boolean", "null"]},
        "tolerance": _or_null(TEXT),
        "reason": _or_null(TEXT),
        "remedy": _or_null(TEXT),
        "citations": _list(_object({"instrument": TEXT, "clause": TEXT, "mark": mark})),
        "places": _list(
            _object(
                {
                    "what": TEXT,
                    "handles": _list(TEXT),
                    "geometry": _or_null({"$ref": "#/$defs/Geometry"}),
                    "drawn": _or_null({"$ref": "#/$defs/Drawn"}),
                }
            )
        ),
    }


def _geometry(description: str) -> Schema:
    parts = {"type": TEXT, "coordinates": {"type": "array"}, "geometries": {"type": "array"}}
    return {
        "description": description,
        "type": "object",
        "required": ["type"],
        "properties": parts,
        "additionalProperties": False,
    }


def _object(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
