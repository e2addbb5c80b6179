"""Statements over about ten lines live in `.sql` files beside the module that runs them.

In: a package and a file name.  Out: the statement as SQLAlchemy text, read once.
"""

from functools import lru_cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@lru_cache(maxsize=256)
def statement(package: str, name: str) -> TextClause:
    """The statement in `<package>/<name>.sql`."""
    return text(files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8"))
