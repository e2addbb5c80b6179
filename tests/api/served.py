"""The service in a process of its own, for clients that do not let another thread answer while they ask.

In: the address of a database.  Out: a root address, and what was asked of it.
Run by the tests: `python -m tests.api.served URL PORT`.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import uvicorn
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from gis.db.session import make_engine
from tests.nursery import Born, born


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running service."""

    root: str
    log: Path

    def asked(self) -> list[str]:
        """The addresses asked for so far."""
        lines = self.log.read_text().splitlines()
        return [line.split('"')[1].split(" ")[1] for line in lines if '"GET ' in line]


@contextmanager
def served(engine: Engine, folder: Path) -> Iterator[Served]:
    """The service over a database, until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "asked.log"
    url = engine.url.render_as_string(hide_password=False)
    with born("tests.api.served", url, str(port), log=log) as process:
        root = f"http://127.0.0.1:{port}"
        _wait(process, root, log)
        yield Served(root=root, log=log)


def _wait(process: Born, root: str, log: Path) -> None:
    for _ in range(600):
        try:
            urlopen(f"{root}/health", timeout=10).read()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def main() -> None:
    """Serve."""
    url, port = sys.argv[1:]
    app = create_app(Settings(state=Path("nowhere")), make_engine(url))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="info")


if __name__ == "__main__":
    main()
