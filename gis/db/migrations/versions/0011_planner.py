"""The role of who only reads: land and cases without anything about persons, for notebooks."""

from alembic import op

from gis.db.migrations import sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the role and say what it may read."""
    op.execute(sql("0011_planner.sql"))
