"""The command line: text for people, JSON for programs, the same bytes in every process, an exit status that tells."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from api import terminal_words
from api.cli import app
from gis.units import AreaUnit
from layers.extract.model import Words
from layers.extract.schema import extract_schema

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def settings(town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town's database, and a state folder of the test's own."""
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", town.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path))


def bhumika(*words: str) -> Result:
    """A command in this process."""
    return CliRunner().invoke(app, words)


def in_its_own_process(seed: int, *words: str) -> bytes:
    """What a command prints in a process whose hashes are seeded so."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "api.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def test_an_extract_prints_every_theme() -> None:
    run = bhumika("extract", "test-town", "12/104")
    text = run.stdout
    assert run.exit_code == 0, run.stderr
    assert "SYNTHETIC" in text
    assert "50.0 %" in text
    assert "no data" in text


def test_in_malayalam_every_fixed_word_is_malayalam() -> None:
    run = bhumika("extract", "test-town", "12/104", "--lang", "ml")
    assert run.exit_code == 0, run.stderr
    for word in (
        "കൃത്രിമ വിവരങ്ങൾ",
        "അറിഞ്ഞിരുന്നതനുസരിച്ച്",
        "അളന്നത്",
        "ച.മീ.",
        "റോഡ്: Temple road, വീതി 8 മീ.",
        "അയൽ പ്ലോട്ടുകൾ: 12/105",
    ):
        assert word in run.stdout
    for word in (
        "SYNTHETIC",
        "as known",
        "measured",
        "recorded",
        "Street",
        "wide",
        "along",
        "Neighbours",
        "Drawn",
    ):
        assert word not in run.stdout


def test_every_fixed_word_has_both_languages_and_the_same_blanks() -> None:
    texts = [each for each in vars(terminal_words).values() if isinstance(each, Words)]
    texts += terminal_words.UNITS.values()
    assert len(texts) > 15
    assert set(terminal_words.UNITS) == set(AreaUnit)
    for words in texts:
        assert re.search("[\u0d00-\u0d7f]", words.ml)
        assert set(re.findall(r"{\w+}", words.en)) == set(re.findall(r"{\w+}", words.ml))


def test_json_is_the_same_in_every_process_and_follows_the_schema() -> None:
    first, second = (in_its_own_process(seed, "extract", "test-town", "12/104", "--json") for seed in (1, 2))
    assert first == second
    jsonschema.validate(json.loads(first), extract_schema())


@pytest.mark.parametrize("ending", [".geojson", ".pdf"])
def test_files_are_the_same_in_every_process(tmp_path: Path, ending: str) -> None:
    files = [tmp_path / f"{seed}{ending}" for seed in (1, 2)]
    for seed, file in enumerate(files):
        in_its_own_process(seed, "extract", "test-town", "12/104", "--lang", "ml", "-o", str(file))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_history_tells_both_ways() -> None:
    content = json.loads(bhumika("parcels", "history", "test-town", "12/106", "--json").stdout)
    assert content["states"][0]["valid"]["ends"] == "2024-05-01"
    assert content["changes"][-1]["successors"] == ["12/106-1", "12/106-2"]


def test_topology_of_plots_that_only_meet_is_clean() -> None:
    run = bhumika("check-topology", "test-town", "--json")
    assert run.exit_code == 0, run.stderr
    assert json.loads(run.stdout)["faults"] == []


def test_a_date_without_parcels_does_not_read_as_clean() -> None:
    for words in ((), ("--json",)):
        run = bhumika("check-topology", "test-town", "--on", "1980-01-01", *words)
        said = " ".join(run.stderr.split())
        assert (run.exit_code, run.stdout) == (1, "")
        assert "Nothing was checked: no parcel of test-town holds on 1980-01-01" in said
        assert "Ask for 1990-01-01 or a later date" in said


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("extract", "test-town", "99"), 1, "No parcel"),
        (("extract", "test-town", "12/106"), 1, "12/106-1, 12/106-2"),
        (("extract", "nowhere", "1"), 1, "Known: test-town"),
        (("extract", "test-town"), 1, "Say which plot"),
        (("extract", "test-town", "12/104", "--on", "yesterday"), 2, "yesterday"),
        (("extract", "test-town", "12/104", "-o", "plot.docx"), 1, ".json, .geojson or .pdf"),
        (("extract", "test-town", "12/104", "-o", "/nowhere/plot.json"), 1, "cannot be written"),
        (("extract", "test-town", "12/104", "--lang", "fr"), 2, "fr"),
        (("extract", "test-town", "12/104", "--known", "2000-01-01"), 1, "recorded yet"),
        (("import", "nothing.yaml", "."), 1, "nothing.yaml"),
        (("dance",), 2, "dance"),
    ],
)
def test_an_error_is_told_and_shows_in_the_status(words: tuple[str, ...], status: int, said: str) -> None:
    run = bhumika(*words)
    assert (run.exit_code, run.stdout) == (status, "")
    assert said in " ".join(run.stderr.split())


def test_an_unknown_setting_is_told_with_what_may_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BHUMIKA_DATABASE_ADDRESS", "x")
    run = bhumika("extract", "test-town", "12/104")
    assert run.exit_code == 1
    assert "BHUMIKA_DATABASE_URL" in run.stderr


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("garbage", "is not an address of a database"),
        ("foo://a", "is not an address of a database"),
        ("postgresql+psycopg://a:b@127.0.0.1:1/x", "cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told(
    monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", address)
    run = bhumika("search", "test-town", "12/104")
    assert run.exit_code == 1
    assert says in " ".join(run.stderr.split())


def test_a_port_that_is_taken_is_told_before_anything_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("BHUMIKA_PORT", str(taken.getsockname()[1]))
        run = bhumika("serve")
    assert run.exit_code == 1
    assert "BHUMIKA_PORT" in run.stderr
    assert "Serving" not in run.stdout
