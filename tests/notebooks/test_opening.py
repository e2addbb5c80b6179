"""Notebooks opened from the command line, or run to a page; what is missing is said with what to do."""

import json
import os
import stat
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

from api.cli import app
from api.notebook import opening
from api.notebook.opening import kernel_of, notebook_named
from api.notebook.running import as_page, run_to_page
from api.settings import Settings
from gis.errors import Invalid, NotFound


@pytest.mark.parametrize(
    "name", ["04", "04_a_reform", "04_a_reform.ipynb", str(opening.FOLDER / "04_a_reform.ipynb")]
)
def test_a_notebook_is_called_by_its_number_its_name_or_its_file(name: str) -> None:
    assert notebook_named(name) == opening.FOLDER / "04_a_reform.ipynb"


@pytest.mark.parametrize("name", ["0", "99", "", "../04"])
def test_a_name_of_no_one_notebook_is_told_those_there_are(name: str) -> None:
    if name == "../04":  # the folder of a name does not matter where no such file is there
        assert notebook_named(name).stem == "04_a_reform"
        return
    with pytest.raises(NotFound, match="01_a_plot_and_its_restrictions"):
        notebook_named(name)


def test_without_a_program_for_notebooks_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(app, ["notebook"])
    told = " ".join(done.output.split())
    assert done.exit_code == 1
    assert "pip install jupyterlab" in told
    assert "./bhumika notebook 01_a_plot_and_its_restrictions -o page.html" in told
    monkeypatch.setattr(opening, "find_spec", {}.get)
    done = CliRunner().invoke(app, ["notebook", "04"])
    assert done.exit_code == 1
    assert "setup --dev" in " ".join(done.output.split())
    assert CliRunner().invoke(app, ["notebook", "-o", "page.html"]).exit_code == 1


def test_jupyter_is_handed_over_to_with_our_python_as_its_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "jupyter-lab"
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    asked: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", "/their/own")
    monkeypatch.setattr(os, "execve", lambda *words: asked.append(words))
    opening.open_notebooks(Settings(state=tmp_path / "state"))
    ((path, words, environment),) = asked
    assert path == words[0] == str(program)
    assert words[-1] == str(opening.FOLDER)
    first, theirs = environment["JUPYTER_PATH"].split(os.pathsep)
    assert theirs == "/their/own"
    kernel = json.loads((Path(first) / "kernels" / "python3" / "kernel.json").read_text(encoding="utf-8"))
    assert kernel["argv"][0] == sys.executable
    assert kernel["env"]["BHUMIKA_STATE"] == str(tmp_path / "state")
    assert Path(kernel["env"]["PYTHONPATH"].split(os.pathsep)[0], "api", "notebook").is_dir()
    assert kernel_of(Settings(state=tmp_path / "state")) == Path(first)  # a second time over the first


def test_a_page_says_what_a_notebook_says_and_carries_no_word_into_its_markup() -> None:
    cells = [
        nbformat.v4.new_markdown_cell(
            "# Where?\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>"
        ),
        nbformat.v4.new_code_cell(
            "1 < 2",
            outputs=[
                nbformat.v4.new_output("stream", text="a < b"),
                nbformat.v4.new_output(
                    "display_data", data={"text/html": "<table></table>", "text/plain": "t"}
                ),
                nbformat.v4.new_output(
                    "display_data", data={"image/png": "aGk=\n", "text/plain": '<Figure "1">'}
                ),
                nbformat.v4.new_output("execute_result", data={"text/plain": "<one>"}),
            ],
        ),
    ]
    page = as_page(nbformat.v4.new_notebook(cells=cells), "A & B")
    for part in (
        "<h1>Where?</h1>",
        "<td>1</td>",
        "1 &lt; 2",
        "a &lt; b",
        "<table></table>",
        "aGk=",
        "&lt;one&gt;",
        "A &amp; B",
    ):
        assert part in page
    assert "<script>" not in page
    assert 'alt="&lt;Figure &quot;1&quot;&gt;"' in page


def test_a_notebook_is_run_where_it_finds_bhumika_and_what_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def notebook(last: str) -> Path:
        path = tmp_path / "own.ipynb"
        cells = [nbformat.v4.new_code_cell("import os, gis.errors"), nbformat.v4.new_code_cell(last)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    settings, page = Settings(state=tmp_path / "state"), tmp_path / "own.html"
    with pytest.raises(Invalid, match=r"end in \.html"):
        run_to_page(settings, notebook("1"), tmp_path / "own.pdf")
    with pytest.raises(Invalid, match="no such folder"):
        run_to_page(settings, notebook("1"), tmp_path / "nowhere" / "own.html")
    with pytest.raises(Invalid, match=rf"own did not run to its end: .*at {tmp_path / 'state'}"):
        run_to_page(settings, notebook("raise ValueError('at ' + os.environ['BHUMIKA_STATE'])"), page)
    assert not page.exists()
    monkeypatch.setattr(NotebookClient, "execute", lambda *_, **__: None)
    assert run_to_page(settings, notebook("'as it is'"), page) == page
    assert "as it is" in page.read_text(encoding="utf-8")
