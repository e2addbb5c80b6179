"""The JSON Schema (draft 2020-12) of what a plot can carry.

In: the enumerations of envelopes.  Out: a schema as plain values; nothing may stand in a document that the schema does not name.
"""

from gis.site import LocalBody, Status
from rules.book import Force
from rules.envelope_document import SCHEMA
from rules.envelopes.model import Answer, Decider, Position
from rules.instruments import Mark
from rules.schema_parts import (
    DAY,
    DECIMAL,
    DIGEST,
    TEXT,
    TRUTH,
    Schema,
    geometry,
    list_of,
    object_of,
    or_null,
)

COUNT: Schema = {"type": "integer", "minimum": 0}
DECIDER: Schema = {"enum": [each.value for each in Decider]}


def envelope_schema() -> Schema:
    """The schema of what `rules.envelope_document.to_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "What a plot can carry. Decimals are strings, in metres and m²; money is in paise.",
        **object_of(_whole()),
        "$defs": {
            "Geometry": geometry("A GeoJSON geometry in degrees (EPSG:4326), longitude first."),
            "Choice": object_of(_choice()),
            "Band": object_of(_band()),
        },
    }


def _whole() -> dict[str, Schema]:
    gap = {"rule": TEXT, "reason": TEXT, "effect": TEXT, "remedy": TEXT}
    condition = {
        "layer": TEXT,
        "title": TEXT,
        "status": {"enum": [each.value for each in Status]},
        "reason": TEXT,
        "clause": or_null(TEXT),
        "consult": or_null(TEXT),
    }
    citation = {"instrument": TEXT, "clause": TEXT, "mark": {"enum": [each.value for each in Mark]}}
    return {
        "schema": {"const": SCHEMA},
        "digest": DIGEST | {"description": "SHA-256 of the rest as written."},
        "jurisdiction": TEXT,
        "number": TEXT,
        "synthetic": TRUTH,
        "on": DAY | {"description": "The day whose rules were asked."},
        "body": {"enum": [each.value for each in LocalBody]},
        "occupancy": TEXT | {"description": "Group of rule 25, or part of one."},
        "storey_height": DECIMAL | {"description": "Metres: the asker's assumption."},
        "plot_area": DECIMAL | {"description": "m²: the lesser of recorded and cadastral area."},
        "outcome": {"enum": [each.value for each in Answer]}
        | {
            "description": "Unknown as long as a gap or a condition stands beside the numbers, or no front is chosen."
        },
        "is_certain": TRUTH
        | {"description": "Whether a building inside keeps the rules that were reckoned."},
        "force": {"enum": [each.value for each in Force]},
        "edition": DIGEST | {"description": "Digest of the book."},
        "choice": or_null({"$ref": "#/$defs/Choice"}),
        "candidates": list_of({"$ref": "#/$defs/Choice"}),
        "gaps": list_of(object_of(gap)),
        "conditions": list_of(object_of(condition)),
        "notes": list_of(TEXT),
        "citations": list_of(object_of(citation)),
    }


def _choice() -> dict[str, Schema]:
    carried = {
        "index": or_null(DECIMAL),
        "fee_paise_per_m2": or_null(COUNT),
        "excess": DECIMAL | {"description": "m² for which the fee is asked."},
        "fees_paise": or_null(list_of(COUNT))
        | {
            "description": "Least and most that the excess costs; they differ where the law leaves the reckoning open."
        },
        "floor_area": DECIMAL,
        "storeys": COUNT,
        "height": DECIMAL,
        "footprint": DECIMAL,
        "row": TEXT,
        "decider": DECIDER,
    }
    return {
        "front": TEXT,
        "title": TEXT,
        "row": TEXT | {"description": "Row of Table 4 that the bands follow."},
        "footprint": or_null(DECIMAL),
        "footprint_decider": or_null(DECIDER),
        "carried": list_of(object_of(carried)),
        "bands": list_of({"$ref": "#/$defs/Band"}),
        "steps": list_of(TEXT),
    }


def _band() -> dict[str, Schema]:
    set_back = {
        "position": {"enum": [each.value for each in Position]},
        "street": or_null(TEXT),
        "distance": DECIMAL,
        "decider": DECIDER,
        "step": TEXT,
    }
    return {
        "bottom": DECIMAL | {"description": "Metres above which a building has to end."},
        "top": or_null(DECIMAL) | {"description": "Metres; null where it is not known how high."},
        "area": DECIMAL,
        "piece": DECIMAL | {"description": "m² of its largest connected part."},
        "deciders": list_of(DECIDER),
        "set_backs": list_of(object_of(set_back)),
        "shape": or_null({"$ref": "#/$defs/Geometry"}),
    }
