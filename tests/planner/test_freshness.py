"""Facts about shared ground follow an import by themselves, and a refresh that is killed leaves those of before."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from api.cli import app
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import correct
from tests.builders import a_new_parcel
from tests.layers.importers.test_interrupted import town

FACTS = "SELECT import_id, parcel_id, feature_id, area FROM parcel_overlap ORDER BY 1, 2, 3"
KILLED = """
import os, sys
from gis.db.session import make_engine, transaction
from gis.jurisdictions import jurisdiction
from layers.overlaps.refresh import refresh

def dies(step, done, total):
    print("measured", flush=True)
    os.kill(os.getpid(), 9)

with transaction(make_engine(sys.argv[1])) as session:
    refresh(session, jurisdiction(session, "test"), cores=1, progress=dies)
"""


@pytest.fixture(autouse=True)
def settings(fresh_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database and a state folder of the test's own."""
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", fresh_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path / "state"))


def bhumika(*words: str) -> str:
    run = CliRunner().invoke(app, words)
    assert run.exit_code == 0, run.stderr
    return run.stdout


def told() -> dict[str, Any]:
    """What the command says of the layer of floods."""
    (flood,) = json.loads(bhumika("overlaps", "test", "--show", "--json"))["imports"]
    return {name: flood[name] for name in ("state", "pairs")}


def facts(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(FACTS))]


def test_an_import_measures_what_it_has_changed_and_a_killed_refresh_changes_nothing(
    fresh_engine: Engine, tmp_path: Path
) -> None:
    mapping = str(town(tmp_path, plots=6))
    assert "6 pairs measured" in bhumika("import", mapping, str(tmp_path))
    assert told() == {"state": "fresh", "pairs": 6}

    town(tmp_path, plots=7)
    said = bhumika("import", mapping, str(tmp_path))
    assert "1 pairs measured, 6 taken over" in said
    assert told() == {"state": "fresh", "pairs": 7}

    with transaction(fresh_engine) as session:
        wider = a_new_parcel("3", x=75, width=24)
        correct(session, jurisdiction(session, "test"), "3", to=wider, on=date(2020, 1, 1), instrument="a")
    before = facts(fresh_engine)
    assert told() == {"state": "behind", "pairs": 7}
    url = fresh_engine.url.render_as_string(hide_password=False)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, url],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ended.stdout, ended.returncode) == ("measured\n", -signal.SIGKILL), ended.stderr
    assert (facts(fresh_engine), told()) == (before, {"state": "behind", "pairs": 7})

    bhumika("overlaps", "test", "--cores", "1")
    assert told() == {"state": "fresh", "pairs": 9}  # as it was believed to be before that day, too
