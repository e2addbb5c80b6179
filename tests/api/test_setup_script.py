"""The words of `./bhumika` before anything is set up: what it asks for, and that it changes nothing unasked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What set-up reads, without what it makes, on a machine where no Debian package is installed."""
    folder = tmp_path / "clone"
    (folder / "web").mkdir(parents=True)
    files = [
        "bhumika",
        *(lock.name for lock in ROOT.glob("requirements*.lock")),
        "web/package.json",
        "web/package-lock.json",
    ]
    for name in files:
        shutil.copy2(ROOT / name, folder / name)
    return folder


def _run(clone: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script, run by an ordinary user whose machine has no package of ours."""
    stand_ins = clone.parent / "bin"
    stand_ins.mkdir(exist_ok=True)
    for name, answer in {"id": "echo 1000", "dpkg-query": "exit 1", "apt-get": "touch $0.called"}.items():
        (stand_ins / name).write_text(f"#!/bin/sh\n{answer}\n")
        (stand_ins / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BHUMIKA_")}
    path = {"PATH": f"{stand_ins}:{os.environ['PATH']}"}
    return subprocess.run(
        [clone / "bhumika", *words],
        env=kept | path | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_words_it_lists_them_and_makes_nothing(clone: Path) -> None:
    before = sorted(clone.rglob("*"))
    told = _run(clone)
    assert told.returncode == 0
    for word in ("up", "test", "setup", "lock", "BHUMIKA_DATABASE_URL", "BHUMIKA_STATE"):
        assert word in told.stdout
    assert sorted(clone.rglob("*")) == before


@pytest.mark.parametrize("word", ["up", "extract", "test", "setup"])
def test_an_ordinary_user_is_told_exactly_what_to_ask_for(clone: Path, word: str) -> None:
    told = _run(clone, word)
    assert told.returncode == 1
    assert told.stdout == ""
    (line,) = [
        line for line in told.stderr.splitlines() if "sudo apt-get install --no-install-recommends" in line
    ]
    assert {"fonts-noto-core", "fonts-smc"} <= set(line.split())
    assert ("chromium-headless-shell" in line.split()) is (word == "test")
    assert not (clone.parent / "bin" / "apt-get.called").exists()


def test_with_a_database_elsewhere_no_server_is_asked_for(clone: Path) -> None:
    told = _run(clone, "up", BHUMIKA_DATABASE_URL="postgresql+psycopg://bhumika@example.org/bhumika")
    assert told.returncode == 1
    assert "postgresql-15" not in told.stderr


def test_the_state_lies_where_it_is_told_to(clone: Path, tmp_path: Path) -> None:
    _run(clone, "up", BHUMIKA_STATE=str(tmp_path / "elsewhere"))
    assert (tmp_path / "elsewhere" / "setup.lock").exists()
    assert not (clone / ".bhumika").exists()
