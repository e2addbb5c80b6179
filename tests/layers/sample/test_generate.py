"""Generating the sample: the same bytes each time, benchmarks in any size, and a clear answer where it cannot be done."""

import hashlib
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gis.errors import Invalid
from layers.importers.mapping import LayerEntry, read_mapping
from layers.sample import SampleSummary, generate
from layers.sample.many import COMMON, MOST_CORNERS
from layers.sample.town import _fitted

ROOT = Path(__file__).parents[3]
SCRIPT = "import sys; from pathlib import Path; from layers.sample import generate; generate(Path(sys.argv[1]), parcels=700)"


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], check=True, env=environment)
        written.append(_hashes(folder))

    assert len(written[0]) > 40
    assert written[0] == written[1]


def test_another_seed_makes_another_town(tmp_path: Path) -> None:
    first = generate(tmp_path / "a", parcels=400, seed=1)
    second = generate(tmp_path / "b", parcels=400, seed=2)

    assert first.bounds != second.bounds
    assert _hashes(tmp_path / "a")["parcels.fgb"] != _hashes(tmp_path / "b")["parcels.fgb"]


def test_the_summary_says_what_was_written(written: tuple[Path, SampleSummary]) -> None:
    folder, summary = written
    numbers = set(pyogrio.raw.read(folder / "parcels.fgb", columns=["number"])[3][0])

    assert summary.parcels == len(numbers) == sum(summary.forms.values())
    assert abs(summary.parcels - 1_500) <= 45
    assert set(summary.files) == {path.name for path in folder.iterdir()}
    assert len(summary.try_these) == 3
    assert {plot.number for plot in summary.try_these} <= numbers
    assert summary.gaps > 0
    assert summary.overlaps > 0


def test_the_riverside_plot_to_try_is_in_the_coastal_zone(written: tuple[Path, SampleSummary]) -> None:
    folder, summary = written
    _, _, shapes, (numbers,) = pyogrio.raw.read(folder / "parcels.fgb", columns=["number"])
    plot = shapely.from_wkb(shapes[list(numbers).index(summary.try_these[0].number)])
    banks = shapely.from_wkb(pyogrio.raw.read(folder / "crz_tidal.fgb")[2])

    assert "river" in summary.try_these[0].why
    assert min(plot.distance(bank) for bank in banks) < 50


def test_progress_is_told_step_by_step(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    generate(tmp_path, parcels=300, progress=lambda what, done, of: heard.append((what, done, of)))

    assert [what for what in dict.fromkeys(what for what, _, _ in heard)] == [
        "survey",
        "parcels",
        "layers",
        "cover",
        "elevation",
    ]
    assert all(0 <= done <= of for _, done, of in heard)


@pytest.mark.parametrize("wanted", [1_500, 10_000, 100_000])
def test_a_town_has_as_many_plots_as_were_asked_for_give_or_take_three_in_a_hundred(wanted: int) -> None:
    _, _, plots = _fitted(wanted, 2026)
    assert 0.97 * wanted <= len(plots) <= 1.03 * wanted


def test_a_sample_too_small_for_every_kind_of_plot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="at least 300"):
        generate(tmp_path / "none", parcels=299)
    assert not (tmp_path / "none").exists()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with restrictions by the thousand."""
    folder = tmp_path_factory.mktemp("crowded")
    generate(folder, parcels=2_000, restrictions=2_000)
    return folder


def test_a_benchmark_has_exactly_the_wanted_restrictions_in_thirty_layers(crowded: Path) -> None:
    shapes = {layer: shapely.from_wkb(pyogrio.raw.read(crowded / f"{layer}.fgb")[2]) for layer in COMMON}
    everything = np.concatenate(list(shapes.values()))
    corners = shapely.get_num_coordinates(everything)

    assert len(shapes) == 30
    assert len(everything) == 2_000
    assert shapely.is_valid(everything).all()
    assert 0.9 * MOST_CORNERS < corners.max() <= MOST_CORNERS
    assert 60 < np.median(corners) < 160


def test_a_benchmark_is_imported_like_any_town(crowded: Path) -> None:
    layers = [
        entry.layer
        for entry in read_mapping(crowded / "mapping.yaml").datasets
        if isinstance(entry, LayerEntry)
    ]

    assert set(COMMON) <= set(layers)
    assert len(layers) == len(set(layers))


def test_every_plot_of_a_big_sample_stays_in_the_order_of_survey(tmp_path: Path) -> None:
    generate(tmp_path, parcels=10_000)
    columns = pyogrio.raw.read(tmp_path / "parcels.fgb", columns=["block", "survey", "village"])[3]
    keys = [json.dumps([str(part) for part in row]) for row in zip(*columns, strict=True)]
    runs = 1 + sum(a != b for a, b in pairwise(keys))

    assert runs == len(set(keys))
