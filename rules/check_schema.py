"""The JSON Schema (draft 2020-12) of a checked plan.

In: the enumerations of findings.  Out: a schema as plain values; nothing may stand in a document that the schema does not name.
"""

from gis.site import Status
from rules.book import Force
from rules.check_document import SCHEMA
from rules.findings import Comparison, Outcome
from rules.instruments import Mark
from rules.measure import Unit
from rules.reckoning.risk import Level
from rules.report import Verdict
from rules.schema_parts import (
    DAY,
    DECIMAL,
    DIGEST,
    INSTANT,
    NUMBER,
    TEXT,
    TRUTH,
    Schema,
    geometry,
    list_of,
    object_of,
    or_null,
)

UNIT: Schema = {"enum": [each.value for each in Unit]}
STATUS: Schema = {"enum": [each.value for each in Status]}


def check_schema() -> Schema:
    """The schema of what `rules.check_document.to_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "A plan checked on its plot. Decimals are strings, as they were compared.",
        **object_of(_whole()),
        "$defs": {
            "Geometry": geometry("A GeoJSON geometry in degrees (EPSG:4326), longitude first."),
            "Drawn": geometry("A geometry of GeoJSON's form, in metres in the drawing's own position."),
            "Measured": object_of(
                {
                    "amount": DECIMAL,
                    "unit": UNIT,
                    "is_declared": TRUTH,
                    "steps": list_of(TEXT),
                    "sources": list_of(TEXT),
                }
            ),
            "Finding": object_of(_finding()),
        },
    }


def _whole() -> dict[str, Schema]:
    named = {"rule": TEXT, "title": TEXT, "title_ml": or_null(TEXT)}
    listed = {**named, "clause": TEXT, "why": or_null(TEXT)}
    problem = {"fault": TEXT, "layer": TEXT, "handles": list_of(TEXT), "message": TEXT, "remedy": TEXT}
    measures = ("floor_area", "built_up_area", "height", "storeys")
    return {
        "schema": {"const": SCHEMA},
        "digest": DIGEST | {"description": "SHA-256 of the rest as written."},
        "verdict": {"enum": [each.value for each in Verdict]},
        "counts": object_of({each.value: {"type": "integer"} for each in Outcome}),
        "on": DAY | {"description": "The day of the permit, whose rules apply (rule 9(7))."},
        "drawing": object_of(_drawing()),
        "site": object_of(_site()),
        "book": or_null(object_of(_book())),
        "answers": object_of(_answers()),
        "placement": {"anyOf": [object_of(_laid()), object_of(_not_laid())]},
        "front": object_of(
            {
                "sides": list_of({"type": "integer"}),
                "basis": TEXT,
                "candidates": list_of(list_of({"type": "integer"})),
            }
        ),
        "measures": object_of({name: or_null({"$ref": "#/$defs/Measured"}) for name in measures}),
        "yards": list_of(object_of(_yard())),
        "declared": list_of(object_of(_both())),
        "statement": or_null(object_of(_statement())),
        "findings": list_of({"$ref": "#/$defs/Finding"}),
        "for_a_person": list_of(object_of(listed)),
        "problems": list_of(object_of(problem)),
    }


def _yard() -> dict[str, Schema]:
    depth = object_of({"metres": NUMBER, "length": NUMBER, "basis": TEXT})
    judged = "The law's average, which is judged: area over the length of the building line that faces the boundary."
    beside = "The figure of the public scrutiny program, shown beside the other and not judged."
    return {
        "yard": TEXT,
        "block": {"type": "integer"},
        "level": {"type": ["integer", "null"]},
        "is_basement": TRUTH,
        "area": NUMBER,
        "least": or_null(NUMBER),
        "average": or_null(depth) | {"description": judged},
        "candidates": list_of(depth),
        "mean_of_nearest": or_null(NUMBER) | {"description": beside},
        "layer": TEXT,
        "handles": list_of(TEXT),
    }


def _both() -> dict[str, Schema]:
    return {
        "what": TEXT,
        "unit": UNIT,
        "measured": NUMBER | {"description": "The number that is judged."},
        "how": TEXT,
        "declared": TEXT,
        "key": TEXT,
        "differs": TRUTH,
        "layer": TEXT,
        "handles": list_of(TEXT),
    }


def _drawing() -> dict[str, Schema]:
    return {
        "sha256": DIGEST,
        "bytes": {"type": "integer"},
        "profile": or_null(TEXT),
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
        "body": or_null(TEXT),
        "body_name": or_null(TEXT),
        "measured_area": NUMBER,
        "recorded_area": or_null(NUMBER),
        "synthetic": TRUTH,
        "boundary": {"$ref": "#/$defs/Geometry"},
        "themes": list_of(object_of({"layer": TEXT, "title": TEXT, "title_ml": TEXT, "status": STATUS})),
        "sources": list_of(object_of({"id": TEXT, "title": TEXT, "publisher": TEXT, "date": DAY})),
    }


def _book() -> dict[str, Schema]:
    return {"digest": DIGEST, "on": DAY, "body": TEXT, "read_to": DAY, "is_beyond_reading": TRUTH}


def _answers() -> dict[str, Schema]:
    perhaps: Schema = {"type": ["boolean", "null"]}
    choice = object_of({"group": TEXT, "reason": TEXT})
    return {
        "words": {"type": "object", "additionalProperties": TEXT},
        "confirmed": list_of(TEXT),
        "front": or_null(object_of({"side": TEXT, "reason": TEXT})),
        "groups": {"type": "object", "additionalProperties": choice},
        "holding": object_of(
            {"owns_adjoining_land": perhaps, "is_split": perhaps, "owns_other_land": perhaps}
        ),
        "declared_by": {"type": "object", "additionalProperties": TEXT},
        "confirmed_by": {"type": "object", "additionalProperties": TEXT},
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
    citation = object_of(
        {"instrument": TEXT, "clause": TEXT, "mark": {"enum": [each.value for each in Mark]}}
    )
    line = {
        "what": TEXT,
        "paise": or_null(count),
        "step": TEXT,
        "clause": or_null(TEXT),
        "force": force,
        "reason": TEXT,
        "candidates": list_of(count),
    }
    fee = {"title": TEXT, "paise": or_null(count), "force": force, "is_declared": TRUTH}
    limit = {"what": TEXT, "count": or_null(count), "unit": TEXT, "force": force, "clause": or_null(TEXT)}
    risk = {
        "level": {"enum": [*(each.value for each in Level), None]},
        "decides": or_null(TEXT),
        "reasons": list_of(TEXT),
        "reservations": list_of(TEXT),
        "citations": list_of(citation),
    }
    return {
        "risk": object_of(risk),
        "high_rise": or_null(object_of({"holds": {"type": ["boolean", "null"]}, "reason": TEXT})),
        "fees": list_of(object_of(fee | {"lines": list_of(object_of(line))})),
        "time_limits": list_of(object_of(limit | {"reason": TEXT})),
    }


def _finding() -> dict[str, Schema]:
    mark = {"enum": [each.value for each in Mark]}
    return {
        "rule": TEXT,
        "title": TEXT,
        "title_ml": or_null(TEXT) | {"description": "The title in Malayalam, where there is one."},
        "clause": or_null(TEXT),
        "subject": TEXT,
        "outcome": {"enum": [each.value for each in Outcome]},
        "force": {"enum": [*(each.value for each in Force), None]},
        "comparison": {"enum": [*(each.value for each in Comparison), None]},
        "measured": or_null({"$ref": "#/$defs/Measured"}),
        "required": or_null(object_of({"amount": DECIMAL, "unit": UNIT, "steps": list_of(TEXT)})),
        "holds": {"type": ["boolean", "null"]},
        "tolerance": or_null(TEXT),
        "reason": or_null(TEXT),
        "remedy": or_null(TEXT),
        "citations": list_of(object_of({"instrument": TEXT, "clause": TEXT, "mark": mark})),
        "asks": list_of(TEXT)
        | {"description": "Names of answers that a person could give; see docs/plan-checks.md."},
        "places": list_of(
            object_of(
                {
                    "what": TEXT,
                    "handles": list_of(TEXT),
                    "geometry": or_null({"$ref": "#/$defs/Geometry"}),
                    "drawn": or_null({"$ref": "#/$defs/Drawn"}),
                }
            )
        ),
    }
