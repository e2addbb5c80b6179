"""A simulation on a Dask cluster: the functions of `api.planner.land_files`, each file a task, on workers that see the same folders.

In: files of land, a reform, the address of a scheduler.  Out: tallies as the files are done, or a dask-geopandas collection whose partitions are
the files.  Dask is loaded only here, and this only where it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import dask_geopandas
import numpy as np
from distributed import Client, as_completed

from api.planner.land_files import Asked, Tally, part, told, written_part
from gis.errors import Unavailable
from layers.tracts import files

PATIENCE = "15s"
"""How long a scheduler may take to answer."""


@contextmanager
def cluster(address: str) -> Iterator[Client]:
    """The cluster of an address, tcp://host:8786 or tls://…; `Unavailable` where nobody answers there."""
    try:
        client = Client(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"No Dask scheduler answers at {address}: start one with `dask scheduler`, or leave BHUMIKA_DASK unset to use this machine."
        ) from error
    with client:
        yield client


def simulate_there(client: Client, paths: Sequence[Path], asked: Asked, output: Path) -> Iterator[Tally]:
    """Simulate files on a cluster, as they are done; tables go to a folder that the workers see."""
    own = [path.resolve() for path in paths]
    futures = client.map(written_part, own, asked=asked, output=output.resolve(), pure=False)
    for future in as_completed(futures):  # type: ignore[no-untyped-call]
        yield future.result()


def simulated(folder: Path, asked: Asked) -> Any:
    """The plots of a folder before and after as a dask-geopandas collection, a partition for each file; nothing is reckoned yet."""
    paths = files.parts(folder)
    meta = told(files.read(paths[0]).taken(np.arange(0)), files.stamp_of(paths[0]), asked)
    plots = dd.from_map(part, paths, asked=asked, meta=meta)  # type: ignore[no-untyped-call]
    return dask_geopandas.from_dask_dataframe(plots)
