"""The command that opens the notebooks, or runs one to a page.

In: words on the command line.  Out: a program for notebooks, or a page.
"""

from pathlib import Path
from typing import Annotated

import typer

from api.settings import read_settings
from api.terminal import out, told
from gis.errors import Invalid


@told
def notebook(
    name: Annotated[
        str | None,
        typer.Argument(help="A notebook to run, by name or number such as 04; all are opened unless given."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Page to write (.html); NAME.html here unless given."),
    ] = None,
) -> None:
    """Open the notebooks in JupyterLab, or run one of them to a page that any browser shows."""
    from api.notebook.opening import check_kernel, notebook_named, open_notebooks

    settings = read_settings()
    if name is None:
        if output is not None:
            raise Invalid("Say which notebook the page is of: ./bhumika notebook 04 -o page.html.")
        open_notebooks(settings)
        return
    path = notebook_named(name)
    check_kernel()
    from api.notebook.running import run_to_page

    page = run_to_page(settings, path, output or Path(f"{path.stem}.html"))
    out.print(f"{page} is written; open it in a browser.", highlight=False)
