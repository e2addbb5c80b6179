"""The terminal that all commands share: where they write, how an error ends one, how the database is reached.

In: a command.  Out: the same, ended by an error of the family with its message and status 1.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from psycopg.errors import DiskFull
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from api.connecting import connect
from api.settings import Settings
from gis.errors import Invalid, LandError, Unavailable

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NO_SPACE = os.strerror(errno.ENOSPC)
FULL = "A disk is full. Make room on it, or name another folder, and begin again; what was half written counts for nothing."
out = Console()
err = Console(stderr=True)

P = ParamSpec("P")
R = TypeVar("R")


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Errors of the family end the command with their message and status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LandError as error:
            err.print(f"[bold red]Error:[/] {error.message}", highlight=False)
            raise typer.Exit(1) from error
        except (OSError, DBAPIError, DiskFull) as error:
            if not _is_disk_full(error):
                raise
            err.print(f"[bold red]Error:[/] {FULL}", highlight=False)
            raise typer.Exit(1) from error

    return run


def _is_disk_full(error: Exception) -> bool:
    """Whether a disk has no room left, as the system, a copy of a folder, or the database tells it."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(said, DiskFull) or getattr(said, "errno", None) in NO_ROOM or NO_SPACE in str(said)


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """The database of the settings, as its owner; left when the command ends.  `Unavailable` where it cannot be reached."""
    try:
        engine = connect(settings)
    except (ArgumentError, NoSuchModuleError) as error:
        raise Invalid(
            "BHUMIKA_DATABASE_URL is not an address of a database; write postgresql+psycopg://user:password@host/database."
        ) from error
    try:
        yield engine
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) is not None:
            raise
        said = " ".join(str(error.orig).split())
        raise Unavailable(
            f"The database cannot be reached: {said[:300]}. See that it runs and that BHUMIKA_DATABASE_URL names it."
        ) from error
    finally:
        engine.dispose()
