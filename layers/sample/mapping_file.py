"""The mapping file of the sample: what brings it in like any real town.

In: the sheets that were written.  Out: `mapping.yaml`, in the form that `layers.importers.mapping` reads.
"""

from pathlib import Path
from typing import Any

import yaml

from layers.sample.ground import place_facts
from layers.sample.sheets import ITSELF, TOWN, Sheet

PARCELS_SINCE = "2019-04-01"
PARCELS_ACCURACY = 0.1
HEAD = "# Synthetic: no real plot, person or restriction.  Made by the sample generator of Bhumika; see SYNTHETIC.txt.\n"


def write_mapping(folder: Path, sheets: list[Sheet]) -> None:
    """The mapping of everything in the folder."""
    place = place_facts()
    content = {
        "jurisdiction": place["jurisdiction"],
        "source": place["source"],
        "datasets": [_parcels(), *[_layer(sheet) for sheet in sheets], _places(), _elevation()],
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    (folder / "mapping.yaml").write_text(HEAD + text, encoding="utf-8")


def _source(publisher: str, dated: str) -> dict[str, str]:
    source: dict[str, str] = dict(place_facts()["source"])
    return source | {"publisher": publisher, "date": dated}


def _parcels() -> dict[str, Any]:
    names = ("number", "district", "taluk", "village", "block", "survey", "subdivision", "ulpin", "land_type", "address")
    return {
        "kind": "parcels",
        "file": "parcels.fgb",
        "source": _source("Synthetic digital resurvey", "2025-11-01"),
        "accuracy": PARCELS_ACCURACY,
        "accuracy_basis": "RTK receiver and total station (invented)",
        "valid_from": PARCELS_SINCE,
        "fields": {name: name for name in names} | {"recorded_area": "recorded_are"},
        "recorded_unit": "are",
    }


def _layer(sheet: Sheet) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": "layer",
        "layer": sheet.layer,
        "file": f"{sheet.stem}.fgb",
        "source": _source(sheet.publisher, sheet.dated),
        "accuracy": sheet.accuracy,
        "accuracy_basis": sheet.basis,
        "valid_from": sheet.valid_from,
        "holds": sheet.holds,
    }
    entry |= {"fields": sheet.fields} if sheet.fields else {}
    entry |= {"keep": list(sheet.keep)} if sheet.keep else {}
    entry |= {"width": sheet.width} if sheet.width is not None else {}
    if sheet.coverage == ITSELF:
        entry["coverage"] = {"features": "true"}
    elif sheet.coverage is not None:
        stem = "local_body" if sheet.coverage == TOWN else sheet.coverage
        entry["coverage"] = {"file": f"{stem}.fgb"} | ({"grow": sheet.grow} if sheet.grow else {})
    return entry


def _places() -> dict[str, Any]:
    return {
        "kind": "places",
        "file": "places.fgb",
        "source": _source("Synthetic address register", "2025-01-01"),
        "accuracy": 10.0,
        "accuracy_basis": "middle of the plot, road or area named",
        "valid_from": PARCELS_SINCE,
        "name_en": "name_en",
        "name_ml": "name_ml",
        "place_kind": "kind",
    }


def _elevation() -> dict[str, Any]:
    return {
        "kind": "raster",
        "layer": "elevation",
        "file": "elevation.tif",
        "source": _source("Synthetic height model", "2021-02-01"),
        "accuracy": 10.0,
        "accuracy_basis": "one cell of the raster",
        "valid_from": "2021-02-01",
        "datum": "mean sea level (invented)",
    }
