"""The mapping files of the project say what they must, and faults in one are named with their place."""

import csv
from pathlib import Path

import pytest

from gis.crs import check_metric, crs_of
from gis.errors import Invalid
from layers.catalogue import Role, load
from layers.importers.changes import read_changes
from layers.importers.mapping import (
    Coverage,
    Join,
    JurisdictionEntry,
    LayerEntry,
    LayerFields,
    Mapping,
    ParcelFields,
    ParcelsEntry,
    PlacesEntry,
    RasterEntry,
    SourceEntry,
    read_mapping,
)
from tests.conftest import ROOT

MAPPINGS = sorted((ROOT / "data" / "mappings").glob("*.yaml"))
HEAD = """
jurisdiction: {code: test, name_en: Test, name_ml: പരീക്ഷണം, metric: 32643, catalogue: kerala}
source: {title: Survey, publisher: Office, licence: CC0 1.0, date: 2020-01-01}
datasets:
  - kind: layer
    layer: flood
    file: flood.fgb
    accuracy: 1
    accuracy_basis: assumed
    valid_from: 2010-01-01
    holds: polygon
"""


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_every_mapping_fits_its_catalogue(path: Path) -> None:
    mapping = read_mapping(path)
    check_metric(mapping.jurisdiction.metric)
    catalogue = load(mapping.jurisdiction.catalogue)
    for entry in mapping.datasets:
        source = entry.source or mapping.source
        assert source.licence
        assert entry.valid_from >= source.date or entry.valid_from.year <= source.date.year
        if isinstance(entry, LayerEntry | RasterEntry):
            assert catalogue.layer(entry.layer).source_layer is None


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_kind_of_surface_is_no_name_of_a_street(path: Path) -> None:
    """The label of a street is what a plot's page calls it."""
    mapping = read_mapping(path)
    catalogue = load(mapping.jurisdiction.catalogue)
    labels = {
        entry.fields.label
        for entry in mapping.datasets
        if isinstance(entry, LayerEntry) and catalogue.layer(entry.layer).role is Role.ROAD
    }
    assert not labels & {"TYPE", "CLASS", "KIND"}


def test_each_town_lies_in_the_zone_of_its_metric_system() -> None:
    towns = {"cambridge-ma": (-71.1, 42.37), "swellendam-za": (20.4, -34.0), "kl": (76.3, 10.0)}
    for path in MAPPINGS:
        jurisdiction = read_mapping(path).jurisdiction
        longitude, latitude = towns[jurisdiction.code]
        area = crs_of(jurisdiction.metric).area_of_use
        assert area is not None
        assert area.west <= longitude <= area.east
        assert area.south <= latitude <= area.north


def test_every_table_and_licence_is_that_of_the_manifest(shared: Path | None) -> None:
    """Where the real files are; in a clone without them the mappings' own words are looked at instead."""
    if shared is None:
        assert all("licence" in path.read_text(encoding="utf-8") for path in MAPPINGS)
        return
    with (shared / "data" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        manifest = {(row["file"], row["layer"]): row["licence"] for row in csv.DictReader(file)}
    for path in MAPPINGS:
        mapping = read_mapping(path)
        for entry in mapping.datasets:
            stated = manifest[entry.file, entry.table or ""]
            ours = (entry.source or mapping.source).licence
            for word in ("PDDL", "ODbL", "MIT", "GPL-2.0", "GPL-3.0", "CC0", "public"):
                if word in ours:
                    assert word.lower() in stated.lower(), (entry.file, entry.table)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "layer: flood",
            "layers: flood",
            r"town\.yaml: datasets\.0\.layer\.layer is missing; datasets\.0\.layer\.layers is not known here; leave it out, or"
            r" use one of: accuracy, accuracy_basis, coverage, .*, width\. Correct the file\.",
        ),
        ("accuracy: 1", "accuracy: 0", r"datasets\.0\.layer\.accuracy is “0”; it must be greater than 0"),
        ("accuracy: 1", "accuracy: nan", r"datasets\.0\.layer\.accuracy"),
        (
            "kind: layer",
            "kind: layr",
            r"datasets\.0 is an object; choose `kind` among 'parcels', 'layer', 'places', 'raster'",
        ),
        ("metric: 32643", "metric: utm", r"jurisdiction\.metric is “utm”; write a whole number"),
        ("code: test", "code: Test Town", r"jurisdiction\.code is “Test Town”; it must match"),
        (
            "code: test",
            "code: test, epsg: 1",
            r"jurisdiction\.epsg is not known here; leave it out, or use one of: catalogue, code,",
        ),
        (
            "date: 2020-01-01",
            "date: 1.1.2020",
            r"source\.date is “1\.1\.2020”; write a date as year-month-day",
        ),
        ("datasets:", "datasets: [", "not readable as YAML"),
        (
            "    holds: polygon",
            "    refuse_at_most: 2",
            r"refuse_at_most is “2”; it must be less than or equal to 1",
        ),
    ],
)
def test_a_fault_in_a_mapping_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "town.yaml"
    path.write_text(HEAD, encoding="utf-8")
    read_mapping(path)
    path.write_text(HEAD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Invalid, match=message):
        read_mapping(path)


def test_a_fault_in_a_file_of_changes_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "changes.yaml").write_text(
        "- {kind: split, on: 2024-05-01, numbers: [1/2], instrument: deed,"
        " successors: [{number: 1/2-1, wkt: x, accuracy: 1, colour: red}]}",
        encoding="utf-8",
    )
    with pytest.raises(Invalid) as fault:
        read_changes(tmp_path / "changes.yaml")
    assert "kind is “split”; choose 'divide', 'merge', 'correct' or 'resurvey'" in fault.value.message
    assert "colour is not known here; leave it out, or use one of: accuracy, address," in fault.value.message


def test_a_missing_mapping_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"nowhere\.yaml: cannot be read"):
        read_mapping(tmp_path / "nowhere.yaml")


def test_the_readme_names_every_key_and_every_mapping() -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    models = [
        Mapping, JurisdictionEntry, SourceEntry, ParcelsEntry, ParcelFields, Join, LayerEntry, LayerFields, Coverage,
        PlacesEntry, RasterEntry,
    ]  # fmt: skip
    for model in models:
        for key in model.model_fields:
            assert f"`{key}`" in readme or f"`{key}:" in readme, (model.__name__, key)
    for path in MAPPINGS:
        mapping = read_mapping(path)
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{path.name}`"))
        assert f"`{mapping.jurisdiction.code}`" in row
        assert f"EPSG:{mapping.jurisdiction.metric}" in row
        files = {entry.file for entry in mapping.datasets}
        files |= {
            entry.join.file for entry in mapping.datasets if isinstance(entry, ParcelsEntry) and entry.join
        }
        assert all(f"`{file}`" in row for file in files)
