"""Simplified coverages in files beside the column stores: made when a layer is imported, read by every worker that draws it.

In: the folder of a place, what a coverage was made of, its ids and shapes.  Out: a file that takes its name when it is whole, and the
same ids and shapes again; None where there is no such file.  A file may be deleted at any time.
"""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

ENDING = ".coverage"
FORM = 1
"""Changes when the content of a file means something else."""
Shapes = NDArray[np.object_]
Ids = NDArray[np.int64]


def file_of(folder: Path, *made_of: object) -> Path:
    """The file of a coverage that was made of just this."""
    return folder / f"{sha256(repr((FORM, made_of)).encode()).hexdigest()[:32]}{ENDING}"


def write(path: Path, ids: Ids, by_zoom: Mapping[int, Shapes]) -> None:
    """Keep the shapes (WKB) by zoom; where the folder cannot be written they are made again each time."""
    columns = {"id": pa.array(ids)} | {str(zoom): pa.array(list(each)) for zoom, each in by_zoom.items()}
    table = pa.table({name: _as_bytes(name, each) for name, each in columns.items()})
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, coming = tempfile.mkstemp(dir=path.parent, suffix=".coming")
        try:
            with os.fdopen(handle, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            Path(coming).chmod(0o644)  # who serves may be another than who imports
            Path(coming).replace(path)
        finally:
            Path(coming).unlink(missing_ok=True)


def _as_bytes(name: str, column: Any) -> Any:
    return column if name == "id" else column.cast(pa.large_binary())


def read(path: Path) -> tuple[Ids, dict[int, Shapes]] | None:
    """The ids and shapes of a file, which counts as used from then on."""
    try:
        os.utime(path)
        with pa.OSFile(str(path), "rb") as file:
            table = pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowInvalid):
        return None
    ids: Ids = table.column("id").to_numpy()
    zooms = [name for name in table.column_names if name != "id"]
    return ids, {int(name): np.array(table.column(name).to_pylist(), dtype=object) for name in zooms}


def forget_unused(folder: Path, *, since: float) -> None:
    """Take away the files of a place that were neither made nor read since an instant (seconds of the epoch)."""
    for each in folder.glob(f"*{ENDING}"):
        with suppress(OSError):
            if each.stat().st_mtime < since:
                each.unlink()


def now() -> float:
    """An instant before which a file that is used from here on was not touched; file systems tell whole seconds at worst."""
    return time() - 2.0
