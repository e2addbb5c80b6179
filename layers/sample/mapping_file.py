"""The mapping file of the sample: what brings it in like any real town.

In: the sheets that were written.  Out: `mapping.yaml`, in the form that `layers.importers.mapping` reads.
"""

from pathlib import Path
from typing import Any

import yaml

from layers.sample.ground import place_facts
from layers.sample.sheets import Sheet

PARCELS_SINCE = "2019-04-01"
PARCELS_ACCURACY = 0.1
HEAD = "# Synthetic: no real plot, person or restriction. Made by the sample generator; see SYNTHETIC.txt.\n"
PARTS = (
    "number",
    "district",
    "taluk",
    "village",
    "block",
    "survey",
    "subdivision",
    "ulpin",
    "land_type",
    "address",
)


def write_mapping(folder: Path, sheets: list[Sheet], *, has_cover: bool) -> None:
    """The mapping of everything in the folder; depth of floods and land cover are there only where they were drawn."""
    place = place_facts()
    rasters = [_flood_depth(), _land_cover()] if has_cover else []
    content = {
        "jurisdiction": place["jurisdiction"],
        "source": place["source"],
        "datasets": [_parcels(), *[_layer(sheet) for sheet in sheets], _places(), _elevation(), *rasters],
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    (folder / "mapping.yaml").write_text(HEAD + text, encoding="utf-8")


def _source(publisher: str, dated: str) -> dict[str, str]:
    return dict(place_facts()["source"]) | {"publisher": publisher, "date": dated}


def _parcels() -> dict[str, Any]:
    return {
        "kind": "parcels",
        "file": "parcels.fgb",
        "source": _source("Synthetic digital resurvey", "2025-11-01"),
        "accuracy": PARCELS_ACCURACY,
        "accuracy_basis": "satellite receiver and total station (invented)",
        "valid_from": PARCELS_SINCE,
        "fields": {name: name for name in PARTS} | {"recorded_area": "recorded_are"},
        "recorded_unit": "are",
    }


def _layer(sheet: Sheet) -> dict[str, Any]:
    origin = sheet.origin
    fields = {
        "ref": origin.ref,
        "label": "name",
        "label_ml": "name_ml",
        "width": origin.width,
        "valid_from": origin.begins,
        "valid_to": origin.ends,
    }
    entry: dict[str, Any] = {
        "kind": "layer",
        "layer": origin.layer,
        "file": f"{sheet.stem}.fgb",
        "source": _source(origin.publisher, origin.dated),
        "accuracy": origin.accuracy,
        "accuracy_basis": origin.basis,
        "valid_from": origin.valid_from,
        "holds": origin.holds,
        "fields": {name: column for name, column in fields.items() if column in sheet.columns},
    }
    entry |= {"keep": list(origin.keep)} if origin.keep else {}
    return entry | _coverage(sheet)


def _coverage(sheet: Sheet) -> dict[str, Any]:
    origin = sheet.origin
    if origin.coverage is None:
        return {}
    if origin.coverage == "features":
        return {"coverage": {"features": "true"}}
    stem = "local_body" if origin.coverage == "town" else origin.coverage
    return {"coverage": {"file": f"{stem}.fgb"} | ({"grow": origin.grow} if origin.grow else {})}


def _places() -> dict[str, Any]:
    return {
        "kind": "places",
        "file": "places.fgb",
        "source": _source("Synthetic address register", "2025-01-01"),
        "accuracy": 10.0,
        "accuracy_basis": "middle of the plot, road or area named (invented)",
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
        "accuracy_basis": "one cell of the raster (invented)",
        "valid_from": "2021-02-01",
        "datum": "mean sea level (invented)",
    }


def _flood_depth() -> dict[str, Any]:
    return {
        "kind": "raster",
        "layer": "flood_depth",
        "file": "flood_depth.tif",
        "source": _source("Synthetic disaster management authority", "2019-11-11"),
        "accuracy": 12.5,
        "accuracy_basis": "model on a height raster of 10 m (invented)",
        "valid_from": "2019-06-01",
        "datum": "water above the ground, flood of once in 100 years (invented)",
    }


def _land_cover() -> dict[str, Any]:
    return {
        "kind": "raster",
        "layer": "land_cover",
        "file": "land_cover.tif",
        "source": _source("Synthetic satellite pictures", "2021-12-31"),
        "accuracy": 10.0,
        "accuracy_basis": "one cell of the raster (invented)",
        "valid_from": "2021-01-01",
        "datum": "classes of ESA WorldCover v200 (invented cover)",
    }
