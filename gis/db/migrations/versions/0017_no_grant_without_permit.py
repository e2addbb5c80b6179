"""No granted case without its permit, no permit without its case and its check; who answers for an authority."""

from alembic import op

from gis.db.migrations import sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Let the database itself refuse at the end of a transaction what steps and guards never do, and let all services ask who answers."""
    op.execute(sql("0017_no_grant_without_permit.sql"))
