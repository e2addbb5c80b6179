"""Facts about shared ground are kept fresh by the worker, too; planners add up the rain water that permits have stored."""

from alembic import op

from gis.db.migrations import sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Let the service write facts about shared ground, and tell what each drawing says of the storage of rain water."""
    op.execute(sql("0020_facts_kept_fresh.sql"))
