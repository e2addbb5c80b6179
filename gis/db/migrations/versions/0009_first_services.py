"""Changes of a plot's record, and objections to what is said of it."""

from alembic import op

from gis.db.migrations import sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the first services' own tables."""
    op.execute(sql("0009_first_services.sql"))
