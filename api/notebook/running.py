"""A notebook run to a page of its own, for who has no program for notebooks.

In: settings, the path of a notebook.  Out: a page (HTML) with its text, its code and what each cell shows, that asks no other host.
"""

import html
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import nbformat
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from api.notebook.opening import FOLDER, surroundings
from api.settings import Settings
from gis.errors import Invalid

MINUTES = 10
"""After so many of one cell a run is given up."""
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#1c1b17}"
    "pre{background:#f4f1e8;padding:.6em;overflow:auto}table{border-collapse:collapse;font-size:14px}"
    "td,th{border:1px solid #bbb;padding:.2em .5em;text-align:right}img{max-width:100%}.shown{overflow:auto;margin:1em 0}.shown pre{white-space:pre-wrap}"
)


def run_to_page(settings: Settings, path: Path, page: Path) -> Path:
    """Run a notebook from its first cell to its last and write what it shows; `Invalid` with what a cell said where one fails."""
    if page.suffix.lower() not in (".html", ".htm"):
        raise Invalid(f"{page.name}: a notebook is written as a page; let the name end in .html.")
    if not page.absolute().parent.is_dir():
        raise Invalid(f"{page}: there is no such folder; name a file in a folder that is there.")
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    place = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(notebook, timeout=60 * MINUTES, kernel_name="python3", resources=place)
    try:
        client.execute(env=os.environ | surroundings(settings), stderr=DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        told = str(error).strip().splitlines()
        raise Invalid(
            f"{path.stem} did not run to its end: {told[-1] if told else 'a cell failed'}"
        ) from error
    try:
        page.write_text(as_page(notebook, path.stem), encoding="utf-8")
    except OSError as error:
        raise Invalid(
            f"{page}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error
    return page


def as_page(notebook: Mapping[str, Any], title: str) -> str:
    """A notebook that was run as a page: its text, its code, what each cell shows."""
    body = "".join(part for cell in notebook["cells"] for part in _cell(cell))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>{body}</main></body></html>'
    )


def _cell(cell: Mapping[str, Any]) -> Iterator[str]:
    if cell["cell_type"] == "markdown":
        yield MarkdownIt("commonmark", {"html": False}).enable("table").render(cell["source"])
        return
    yield f"<pre tabindex='0'><code>{html.escape(cell['source'])}</code></pre>"
    for output in cell.get("outputs", ()):
        yield f'<div class="shown" tabindex="0">{_shown(output)}</div>'


def _shown(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(output['text'])}</pre>"
    shown = output.get("data", {})
    if "image/png" in shown:
        told = html.escape(shown.get("text/plain", ""), quote=True)
        return f'<img alt="{told}" src="data:image/png;base64,{shown["image/png"].strip()}">'
    if "text/html" in shown:
        told = str(
            shown["text/html"]
        )  # of pandas and folium: a head of a column without words, a frame without a name
        return told.replace("<th></th>", "<td></td>").replace("<iframe ", '<iframe title="Map" ')
    return f"<pre>{html.escape(shown.get('text/plain', ''))}</pre>"
