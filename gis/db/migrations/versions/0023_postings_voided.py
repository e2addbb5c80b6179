"""A posting can be voided on the day on which it begins, or before: a wrong one does not keep its rights until midnight."""

from alembic import op

from gis.db.migrations import sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Let a posting end as it begins."""
    op.execute(sql("0023_postings_voided.sql"))
