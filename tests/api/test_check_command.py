"""`bhumika draw` and `bhumika check`: a drawing to begin with, findings for people and programs, and a status that says the verdict."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from api.cli import app
from api.plans import EXIT
from rules.report import Verdict

ROOT = Path(__file__).parents[2]
PLOT = ("--parcel", "test-town", "12/105")


@pytest.fixture(autouse=True)
def settings(town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town's database, and a state folder of the test's own."""
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", town.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path))


def bhumika(*words: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def plan(tmp_path: Path, settings: None) -> Path:
    """An example house drawn on its plot."""
    path = tmp_path / "plan.dxf"
    run = bhumika("draw", "test-town", "12/105", path, "--example", "3")
    assert run.exit_code == 0, run.stderr
    return path


def test_a_check_prints_the_verdict_the_front_and_every_rule(plan: Path) -> None:
    run = bhumika("check", plan, *PLOT)
    found = json.loads(bhumika("check", plan, *PLOT, "--json").stdout)
    assert run.exit_code == EXIT[Verdict(found["verdict"])]
    assert [each["rule"] for each in found["findings"] if each["outcome"] == "fail"] == []
    assert "SYNTHETIC" in run.stdout
    assert "UNKNOWN" in run.stdout
    assert "Front:" in run.stdout
    assert "Coverage" in run.stdout


def test_a_plan_that_breaks_a_rule_has_its_own_status(tmp_path: Path) -> None:
    path = tmp_path / "wide.dxf"
    assert bhumika("draw", "test-town", "12/105", path, "--example", "0.01").exit_code == 0
    run = bhumika("check", path, *PLOT, "--json")
    assert run.exit_code == EXIT[Verdict.FAIL] == 3
    found = json.loads(run.stdout)
    broken = {each["rule"] for each in found["findings"] if each["outcome"] == "fail"}
    assert "coverage" in broken


def test_the_drawing_is_written_for_maps(plan: Path, tmp_path: Path) -> None:
    run = bhumika("check", plan, *PLOT, "-o", tmp_path / "found.geojson")
    assert run.exit_code in EXIT.values(), run.stderr
    kinds = {
        each["properties"]["kind"]
        for each in json.loads((tmp_path / "found.geojson").read_text())["features"]
    }
    assert {"parcel", "plot", "level", "place"} <= kinds


def test_a_plan_of_another_plot_is_written_for_no_map(plan: Path, tmp_path: Path) -> None:
    run = bhumika("check", plan, "--parcel", "test-town", "12/106-1", "-o", tmp_path / "found.geojson")
    assert run.exit_code == 1
    assert "cannot be put on a map" in run.stderr
    assert not (tmp_path / "found.geojson").exists()


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_findings_are_printed_the_same_each_time(plan: Path, tmp_path: Path, language: str) -> None:
    files = [tmp_path / f"found-{n}.pdf" for n in range(2)]
    said = [bhumika("check", plan, *PLOT, "-o", file, "--lang", language).stdout for file in files]
    assert said[0] == said[1]
    assert ("പാലിച്ചവ (" in said[0], "Kept (" in said[0]) == (language == "ml", language == "en")
    assert files[0].read_bytes().startswith(b"%PDF-")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_site_file_checks_without_any_database(plan: Path, tmp_path: Path) -> None:
    site = tmp_path / "site.json"
    assert bhumika("extract", "test-town", "12/105", "--site", site).exit_code == 0
    with_database = bhumika("check", plan, *PLOT, "--json").stdout
    nowhere = {name: value for name, value in os.environ.items() if not name.startswith("BHUMIKA")} | {
        "PYTHONPATH": str(ROOT),
        "BHUMIKA_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
    }
    run = subprocess.run(
        [sys.executable, "-P", "-m", "api.cli", "check", str(plan), "--site", str(site), "--json"],
        env=nowhere,
        capture_output=True,
        check=False,
    )
    assert run.stderr == b""
    assert run.stdout.decode() == with_database


def test_what_was_found_is_written_beside_the_drawing(plan: Path, tmp_path: Path) -> None:
    before = plan.read_bytes()
    run = bhumika("check", plan, *PLOT, "-o", tmp_path / "found.json", "-o", tmp_path / "marked.dxf")
    assert run.stderr == ""
    assert json.loads((tmp_path / "found.json").read_bytes())["schema"] == "bhumika-check-1"
    assert b"BHUMIKA_UNKNOWN" in (tmp_path / "marked.dxf").read_bytes()
    assert plan.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("check", "{plan}"), "Say which plot"),
        (("check", "{plan}", "--parcel", "test-town", "99/9"), "99/9"),
        (("check", "{plan}", "--site", "{plan}"), "site"),
        (("check", "nothing.dxf", *PLOT), "cannot be read"),
        (("check", "{plan}", *PLOT, "-o", "{plan}"), "the drawing itself"),
        (("check", "{plan}", *PLOT, "-o", "found.doc"), ".json, .geojson, .pdf or .dxf"),
        (("draw", "test-town", "12/105", "{plan}"), "is there already"),
        (("draw", "test-town", "12/105", "new.dwg"), "as .dxf"),
        (("draw", "test-town", "12/105", "new.dxf", "--example", "40"), "smaller set-back"),
        (("draw", "test-town", "12/106", "new.dxf"), "12/106-1"),
    ],
)
def test_what_cannot_be_done_is_told(plan: Path, words: tuple[str, ...], told: str) -> None:
    run = bhumika(*(word.format(plan=plan) for word in words))
    assert run.exit_code == 1
    assert told in " ".join(run.stderr.split())
    assert not (ROOT / "new.dxf").exists()
