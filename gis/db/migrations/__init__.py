"""Migrations, written by hand; `upgrade` brings a database to the newest.

In: a database address.  Out: its schema at head, or nothing changed.
"""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from gis.errors import Unavailable


def config_of(connection: Connection) -> Config:
    """Alembic's settings for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Run every migration that the database lacks, in one transaction; two at once wait for each other."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7259, 1)")
        refuse_newer(connection)
        command.upgrade(config_of(connection), "head")


def refuse_newer(connection: Connection) -> None:
    """Refuse a database that a newer version of Bhumika has changed: this one does not know what stands in it."""
    known = {each.revision for each in ScriptDirectory.from_config(config_of(connection)).walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        raise Unavailable(
            f"The database was set up by a newer version of Bhumika (its schema is {', '.join(sorted(unknown))}). Start that"
            " version, or restore a backup of before into an empty database."
        )


def newest() -> str:
    """The revision at which this version of the service works, by the names of its migrations."""
    return max(path.name[:4] for path in (Path(__file__).parent / "versions").glob("[0-9]*_*.py"))


def sql(name: str) -> str:
    """The statements of one migration, from the file beside it."""
    return files(__package__).joinpath("versions", name).read_text(encoding="utf-8")
