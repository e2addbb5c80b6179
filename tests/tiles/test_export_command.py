"""`bhumika tiles export`: one file, one line that says what is in it, and refusals with a reason; GDAL reads the file."""

from pathlib import Path

import pyogrio
import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from api.cli import app


@pytest.fixture(autouse=True)
def settings(drawn_town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town's database, and a state folder of the test's own."""
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", drawn_town.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path / "state"))


def exported(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, ["tiles", "export", "test-town", *words])


def test_gdal_reads_every_plot_of_the_day_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "town.pmtiles"
    run = exported("--layers", "parcels,road", "--zooms", "14-16", "-o", str(file), "--on", "2024-04-30")
    assert run.exit_code == 0, run.stderr
    assert f"{file}: " in run.stdout
    assert "tiles of parcels, road" in run.stdout
    assert {name for name, _ in pyogrio.list_layers(file)} == {"parcels", "road"}
    plots = pyogrio.read_dataframe(file, layer="parcels")
    assert set(plots["number"]) == {"12/104", "12/105", "12/106"}
    assert plots.crs.to_epsg() == 3857


def test_a_ward_alone_has_the_tiles_that_show_some_of_it(tmp_path: Path) -> None:
    whole, ward = tmp_path / "town.pmtiles", tmp_path / "ward.pmtiles"
    exported("--layers", "flood", "--zooms", "16", "-o", str(whole))
    run = exported("--layers", "flood", "--zooms", "16", "--ward", "market", "-o", str(ward))
    assert run.exit_code == 0, run.stderr
    assert 0 < ward.stat().st_size <= whole.stat().st_size


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("-o", "town.pmtiles", "--ward", "Nowhere"), "There is no such ward"),
        (("-o", "town.mbtiles"), "use .pmtiles"),
        (("-o", "town.pmtiles", "--zooms", "16-10"), "are no zooms"),
        (("-o", "town.pmtiles", "--layers", "rainfall"), "there is no such layer here"),
        (("-o", "nowhere/town.pmtiles"), "cannot be written"),
        (("-o", "town.pmtiles", "--on", "1850-01-01", "--layers", "parcels"), "choose deeper zooms"),
    ],
)
def test_what_cannot_be_exported_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run = exported(*words)
    assert run.exit_code == 1
    assert why in " ".join(run.stderr.split())
    assert list(tmp_path.glob("*.*tiles")) == []
