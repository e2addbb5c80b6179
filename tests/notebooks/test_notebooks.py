"""Every notebook runs from its first cell to its last on the sample, and ends with an answer."""

import asyncio
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.builders import in_a_thread
from tests.notebooks.conftest import Sample

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MINUTE = 60


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_a_question_and_is_kept_without_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert "?" in first.source
    assert [cell for cell in notebook.cells if cell.get("outputs")] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_answer(path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "BHUMIKA_DATABASE_URL": sample.owner,
        "BHUMIKA_NOTEBOOK_DATABASE_URL": sample.planner,
        "BHUMIKA_STATE": str(sample.state),
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    for name in [each for each in os.environ if each.startswith("BHUMIKA_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=MINUTE, kernel_name="python3")
    in_a_thread(asyncio.run, client.async_execute())
    answer = next(place for place, cell in enumerate(notebook.cells) if cell.source.startswith("## Answer"))
    said = [
        output.text
        for cell in notebook.cells[answer:]
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
    ]
    assert "".join(said).strip()
    faults = [
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert faults == []
