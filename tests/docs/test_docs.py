"""The documents say what is so: links, commands, addresses, settings."""

import re
from pathlib import Path

import pytest
import typer
from sqlalchemy import create_engine

from api.app import create_app
from api.cli import app as commands
from api.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {"node_modules", ".venv", ".bhumika"} & set(path.relative_to(ROOT).parts)
)
OF_THE_SCRIPT = {"test", "setup", "lock"}


def test_there_are_documents() -> None:
    assert len(DOCS) >= 6


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(path: Path) -> None:
    tree = typer.main.get_command(commands)
    known = set(tree.commands) | OF_THE_SCRIPT  # type: ignore[attr-defined]
    said = re.findall(r"\./bhumika ([a-z][a-z-]*)", path.read_text(encoding="utf-8"))
    assert set(said) - known == set()


def test_every_address_is_documented_and_every_documented_address_exists() -> None:
    app = create_app(Settings(), create_engine("postgresql+psycopg://nowhere"))
    served = {
        (method.upper(), re.sub(r"\{code\}", "{place}", path))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    written = {(method, path.split("?")[0]) for method, path in re.findall(r"`([A-Z]+) (/[^`]*)`", text)}
    assert written == served


def test_every_setting_is_documented() -> None:
    text = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"{PREFIX}{name.upper()}" not in text] == []


def test_every_command_is_documented() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)
    assert [
        name for name in typer.main.get_command(commands).commands if f"./bhumika {name}" not in text
    ] == []  # type: ignore[attr-defined]
