"""The terminal that all commands share: where they write, how an error ends one, how the database is reached.

In: a command.  Out: the same, ended by an error of the family with its message and status 1.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from api.connecting import connect
from api.settings import Settings
from gis.errors import Invalid, LandError, Unavailable

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

    return run


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
