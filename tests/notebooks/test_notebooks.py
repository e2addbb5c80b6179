"""The six notebooks open with a question, run on the sample in under a minute each, and end with an answer."""

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
QUESTIONS = (
    "a_plot_and_its_restrictions",
    "check_a_drawing",
    "envelopes_of_a_ward",
    "a_reform",
    "permits_and_revenue",
    "your_own_layer",
)
MINUTE = 60
"""Seconds that a notebook may take from its first cell to its last; each takes about ten."""


def test_there_are_the_six_notebooks() -> None:
    assert [each.stem for each in NOTEBOOKS] == [
        f"{n:02}_{name}" for n, name in enumerate(QUESTIONS, start=1)
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_a_question_and_is_kept_without_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    first, *_, head, answer = notebook.cells
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert first.source.splitlines()[0].endswith("?")
    assert (head.cell_type, head.source.splitlines()[0]) == ("markdown", "## Answer")
    assert answer.cell_type == "code"
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
    in_a_thread(asyncio.run, within_a_minute(client))
    said = [
        output.text
        for output in notebook.cells[-1].get("outputs", [])
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


async def within_a_minute(client: NotebookClient) -> None:
    """All cells of a notebook; `TimeoutError` where they are not through after a minute in all."""
    async with asyncio.timeout(MINUTE):
        await client.async_execute()


def test_a_notebook_that_takes_longer_than_a_minute_in_all_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Slow(NotebookClient):
        """Cells of which none takes long by itself."""

        async def async_execute(self, *_: object, **__: object) -> nbformat.NotebookNode:
            for _ in range(100):
                await asyncio.sleep(0.01)
            return self.nb

    monkeypatch.setitem(globals(), "MINUTE", 0.05)
    with pytest.raises(TimeoutError):
        in_a_thread(asyncio.run, within_a_minute(Slow(nbformat.v4.new_notebook())))
