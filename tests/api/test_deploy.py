"""What deploy/ says can be run, and every setting is listed there."""

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from api.cli import app
from api.settings import OF_SET_UP, PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
WORDS_OF_THE_SCRIPT = {"setup", "test", "lock"}


def _calls() -> list[str]:
    """Every `bhumika …` in the unit, the container and the notes."""
    container = re.sub(r'"(, ")?', " ", (DEPLOY / "Containerfile").read_text())
    texts = [(DEPLOY / name).read_text() for name in ("bhumika.service", "compose.yaml", "README.md")]
    return re.findall(r"(?:\./|/opt/bhumika/)bhumika +([a-z][^\n`#&]*)", "\n".join([container, *texts]))


def test_there_are_calls_to_check() -> None:
    assert len(_calls()) >= 5


@pytest.mark.parametrize("call", _calls())
def test_every_command_of_deploy_exists_with_its_options(call: str) -> None:
    name, *words = shlex.split(call.rstrip(" ]\\,;"))
    if name in WORDS_OF_THE_SCRIPT:
        assert f"    {name})" in (ROOT / "bhumika").read_text()
        return
    group = typer.main.get_command(app)
    command = group.get_command(typer.Context(group), name)  # type: ignore[attr-defined]
    assert command is not None, call
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word for word in words if word.startswith("--")} <= known | {"--help"}, call


def test_every_setting_is_listed() -> None:
    listed = set(re.findall(r"BHUMIKA_[A-Z_]+", (DEPLOY / "README.md").read_text()))
    assert {PREFIX + name.upper() for name in Settings.model_fields} | OF_SET_UP <= listed


def test_the_containers_find_their_files() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for volume in compose["services"]["database"]["volumes"]:
        source = volume.partition(":")[0]
        assert not source.startswith(".") or (DEPLOY / source).is_file(), volume
    assert (DEPLOY / compose["services"]["app"]["build"]["context"] / "deploy" / "Containerfile").is_file()
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert all((ROOT / name).exists() for names in copied for name in names.split())
