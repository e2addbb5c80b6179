"""Migrations, written by hand; `upgrade` brings a database to the newest.

In: a database address.  Out: its schema at head, or nothing changed.
"""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine


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
        command.upgrade(config_of(connection), "head")


def sql(name: str) -> str:
    """The statements of one migration, from the file beside it."""
    return files(__package__).joinpath("versions", name).read_text(encoding="utf-8")
