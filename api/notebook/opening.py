"""The notebooks, and the program that opens them, with Bhumika's Python as its kernel.

In: settings, the name of a notebook.  Out: a program for notebooks that has taken over; paths.  What is not installed is said with what to do
about it.
"""

import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from api.settings import Settings
from gis.errors import NotFound, Unavailable

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
PROGRAMS = ("jupyter-lab", "jupyter-notebook")


def notebooks() -> list[Path]:
    """The notebooks there are, by name; `NotFound` where the folder did not come with this copy."""
    found = sorted(FOLDER.glob("*.ipynb"))
    if not found:
        raise NotFound(
            "This copy of Bhumika came without its folder “notebooks”; take it from the source of this version."
        )
    return found


def notebook_named(name: str) -> Path:
    """A notebook by its file, its name or the beginning of it, such as `04`; `NotFound` names those there are."""
    own = Path(name)
    if own.suffix == ".ipynb" and own.exists():
        return own.resolve()
    found = [each for each in notebooks() if each.stem.startswith(own.stem)] if own.stem else []
    if len(found) != 1:
        known = ", ".join(each.stem for each in notebooks())
        raise NotFound(f"No one notebook is called “{name[:60]}”. There are: {known}.")
    return found[0]


def surroundings(settings: Settings) -> dict[str, str]:
    """What the environment says of where Bhumika and its database are, for a notebook that may lie anywhere."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "BHUMIKA_STATE": str(settings.state.resolve()),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
    }


def check_kernel() -> None:
    """Refuse where what runs a notebook is missing."""
    missing = [each for each in ("ipykernel", "nbclient", "nbformat") if find_spec(each) is None]
    if missing:
        raise Unavailable(
            f"What runs notebooks is not installed ({', '.join(missing)}). Run `./bhumika setup --dev`, which brings it, then start again."
        )


def open_notebooks(settings: Settings) -> None:
    """Hand over to JupyterLab or Jupyter Notebook of this machine; `Unavailable` says how to get one, and what goes without."""
    check_kernel()
    there = notebooks()
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise Unavailable(
            "No program for notebooks is installed on this machine. Either put JupyterLab beside Bhumika, not into it, "
            "`python3 -m venv ~/jupyter && ~/jupyter/bin/pip install jupyterlab && PATH=$PATH:~/jupyter/bin ./bhumika notebook`; "
            f"or open {FOLDER} in an editor that speaks Jupyter, with {sys.executable} as its Python and PYTHONPATH={ROOT}; "
            f"or have one run to a page that any browser shows: `./bhumika notebook {there[0].stem} -o page.html`."
        )
    kernels = [str(kernel_of(settings)), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    words = [program, *(["--allow-root"] if os.geteuid() == 0 else []), str(FOLDER)]
    os.execve(program, words, {**os.environ, "JUPYTER_PATH": os.pathsep.join(kernels)})  # noqa: S606 (a program, no shell)


def kernel_of(settings: Settings) -> Path:
    """A folder for Jupyter that says by which Python notebooks run: this one, whatever Jupyter itself is installed in."""
    folder = settings.state.resolve() / "jupyter"
    kernel = folder / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    told = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Bhumika",
        "language": "python",
        "env": surroundings(settings),
    }
    (kernel / "kernel.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    return folder
