"""Building permits: checks, consents, queries, words and overrides, what was issued, visits, audits."""

from alembic import op

from gis.db.migrations import sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the building permit's own tables."""
    op.execute(sql("0010_permits.sql"))
