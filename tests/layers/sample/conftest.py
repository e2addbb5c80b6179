"""Fixtures: the ordinary sample as values and as a folder, made once."""

from pathlib import Path

import pytest

from layers.sample import SampleSummary, generate
from layers.sample.town import Town, town_of

ORDINARY = 1_500


@pytest.fixture(scope="session")
def town() -> Town:
    """The town of the ordinary sample."""
    return town_of(ORDINARY, seed=2026)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleSummary]:
    """The folder of the ordinary sample, and what the generator says of it."""
    folder = tmp_path_factory.mktemp("sample")
    return folder, generate(folder)


@pytest.fixture(scope="session")
def folder(written: tuple[Path, SampleSummary]) -> Path:
    """The folder of the ordinary sample."""
    return written[0]
