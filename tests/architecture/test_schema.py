"""The mapped tables are the migrated tables, and every constraint has the name that the convention gives it."""

import pkgutil
from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect, text

import civic
import gis
import layers
from gis.db.migrations import config_of, refuse_newer, upgrade
from gis.db.session import Base
from gis.errors import Unavailable

NOT_OURS = {"spatial_ref_sys", "alembic_version"}


def all_tables() -> None:
    """Import every module that maps tables."""
    for package in (civic, gis, layers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("tables"):
                import_module(module.name)


@pytest.fixture(autouse=True)
def mapped() -> None:
    all_tables()


def is_ours(name: str | None, kind: str, _reflected: bool, *_: object) -> bool:
    return not (kind == "table" and name in NOT_OURS)


def test_the_mapped_tables_are_the_migrated_ones(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": lambda _, name, kind, reflected, other: is_ours(
                    name, kind, reflected, other
                ),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_is_in_both(engine: Engine) -> None:
    """Alembic compares no checks; their names must agree at least."""
    mapped = {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    inspector = inspect(engine)
    migrated = {
        (table, str(check["name"]))
        for table in Base.metadata.tables
        for check in inspector.get_check_constraints(table)
    }
    assert mapped == migrated
    assert mapped


def test_every_exclusion_is_in_both(engine: Engine) -> None:
    mapped = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "ExcludeConstraint"
    }
    with engine.connect() as connection:
        migrated = set(connection.scalars(text("SELECT conname FROM pg_constraint WHERE contype = 'x'")))
    assert mapped == migrated


NAMED = """
SELECT t.relname AS table, c.conname AS name, c.contype AS kind
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND t.relname <> ALL (:foreign) AND c.contype IN ('p', 'u', 'f', 'c')
"""
ENDINGS = {"p": "_pkey", "u": "_key", "f": "_fkey", "c": "_check"}


def test_constraint_names_say_table_and_kind(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(text(NAMED), {"foreign": sorted(NOT_OURS)}).all()
    wrong = [
        row.name
        for row in rows
        if not (row.name.startswith(f"{row.table}_") and row.name.endswith(ENDINGS[row.kind]))
    ]
    assert wrong == []
    assert len(rows) > 50


def test_every_table_with_a_shape_ties_it_to_its_jurisdictions_metres(engine: Engine) -> None:
    """A geometry column stands beside `srid`, which a foreign key ties to the jurisdiction and a check to the shape."""
    inspector = inspect(engine)
    loose = []
    for table in Base.metadata.tables.values():
        shapes = [column.name for column in table.columns if type(column.type).__name__ == "Geometry"]
        if not shapes:
            continue
        checks = " ".join(
            check["sqltext"].lower().replace('"', "") for check in inspector.get_check_constraints(table.name)
        )
        tied = any("srid" in key["constrained_columns"] for key in inspector.get_foreign_keys(table.name))
        loose += [
            f"{table.name}.{shape}"
            for shape in shapes
            if not tied or f"st_srid({shape}) = srid" not in checks
        ]
    assert loose == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(config_of(connection))
        assert MigrationContext.configure(connection).get_current_revision() == script.get_current_head()


def test_the_migrations_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(gis.__path__[0]) + "/db/migrations")
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_a_database_of_a_newer_version_is_refused_with_a_sentence(engine: Engine) -> None:
    with engine.connect() as connection:
        refuse_newer(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Unavailable, match=r"newer version.*9999"):
            refuse_newer(connection)
        connection.rollback()
