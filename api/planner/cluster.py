"""Questions on a Dask cluster: those about files of land, each file a task, on workers that see the same folders; and those about a database, some
hundred plots a task, on workers that reach the same database.

In: files of land, a reform, the address of a scheduler; or a task and its pieces.  Out: tallies as the files are done, a dask-geopandas collection
whose partitions are the files, or answers in order.  Dask is loaded only here, and this only where it is asked for.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import uuid4

import dask.dataframe as dd
import dask_geopandas
import numpy as np
from distributed import Client, KilledWorker, as_completed

from api.planner.cores import AHEAD
from api.planner.land_files import Asked, Tally, part, told, written_part
from gis.errors import Unavailable
from layers.tracts import files

PATIENCE = "15s"
"""How long a scheduler may take to answer."""
Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
Begun = tuple[Callable[..., None], tuple[Any, ...]]
"""What a process does before its first piece, and with what."""


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


def shared_there(
    client: Client, task: Callable[[Piece], Answer], pieces: Iterable[Piece], *, begun_with: Begun
) -> Iterator[Answer]:
    """What a task answers for each piece, in order, never more of them under way than the workers have room for; what it raises there is raised here.

    `Unavailable` where the cluster has no worker, or one ends before it has answered.
    """
    threads = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
    if not threads:
        raise Unavailable(
            "The Dask cluster has no worker; start some with `dask worker ADDRESS --nthreads 1`."
        )
    question, waiting = uuid4().hex, deque[Any]()
    try:
        for each in pieces:
            waiting.append(client.submit(_there, task, each, begun_with, question, pure=False))
            if len(waiting) == AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except KilledWorker as error:
        raise Unavailable(
            "A worker of the Dask cluster ended before it had answered, as happens where its memory runs out. Ask for fewer plots at once, or give the"
            " workers more memory."
        ) from error
    finally:
        client.cancel(list(waiting))  # type: ignore[no-untyped-call]


_BEGUN: dict[Callable[..., None], str] = {}
"""For which question this worker did last what a process does first."""
_ONE_BY_ONE = Lock()
"""What a process was begun with serves one piece at a time, however many threads a worker has."""


def _there(task: Callable[[Piece], Answer], piece: Piece, begun_with: Begun, question: str) -> Answer:
    begin, given = begun_with
    with _ONE_BY_ONE:
        if _BEGUN.get(begin) != question:
            begin(*given)
            _BEGUN[begin] = question
        return task(piece)


def simulated(folder: Path, asked: Asked) -> Any:
    """The plots of a folder before and after as a dask-geopandas collection, a partition for each file; nothing is reckoned yet."""
    paths = files.parts(folder)
    meta = told(files.read(paths[0]).taken(np.arange(0)), files.stamp_of(paths[0]), asked)
    plots = dd.from_map(part, paths, asked=asked, meta=meta)  # type: ignore[no-untyped-call]
    return dask_geopandas.from_dask_dataframe(plots)
