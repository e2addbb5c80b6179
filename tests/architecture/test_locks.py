"""What set-up installs is pinned with hashes, names no address, and is what pyproject.toml asks for."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock")


def _blocks(lock: str) -> list[str]:
    """The requirements of a lock, each with its continuation lines."""
    joined = (ROOT / lock).read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def _pins(lock: str) -> dict[str, set[str]]:
    """Versions by name; a package may have one for each Python."""
    pins: dict[str, set[str]] = {}
    for block in _blocks(lock):
        requirement = Requirement(block.partition("--hash")[0].strip())
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", block
        pins.setdefault(canonicalize_name(requirement.name), set()).add(specifier.version)
    return pins


def _asked_for() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [Requirement(line) for line in project["project"]["dependencies"]]
    dev = [Requirement(line) for line in project["dependency-groups"]["dev"]]
    return {"requirements.lock": runtime, "requirements-dev.lock": runtime + dev}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_a_hash_and_none_an_address(lock: str) -> None:
    blocks = _blocks(lock)
    assert len(blocks) >= 2
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links| @ ", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_holds_what_the_project_asks_for(lock: str) -> None:
    pins = _pins(lock)
    for requirement in _asked_for()[lock]:
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement} is not in {lock}: run ./bhumika lock"
        assert all(requirement.specifier.contains(version) for version in versions), (
            f"{requirement}: {versions}"
        )


def test_tests_run_with_the_versions_that_serve() -> None:
    dev = _pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in _pins("requirements.lock")} == _pins("requirements.lock")


def test_the_front_end_lock_is_whole_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    manifest = json.loads((ROOT / "web" / "package.json").read_text())
    packages = lock["packages"]
    for group in ("dependencies", "devDependencies"):
        assert packages[""][group] == manifest[group]
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in manifest[group].values())
    installed = {path: package for path, package in packages.items() if path}
    assert len(installed) > 2
    for path, package in installed.items():
        assert "resolved" not in package, path
        assert package["integrity"].startswith("sha512-"), path


def test_what_names_registries_stays_out_of_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {"/uv.lock", "/.venv/", "/.bhumika", "/web/node_modules/"} <= set(ignored)
