"""Who watches a plot hears of what is recorded around it, too: each wish keeps the last recording that was looked at for it."""

from alembic import op

from gis.db.migrations import sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Let each wish keep how far its plot was looked at; what is watched already begins with the next look."""
    op.execute(sql("0021_watchers_hear_of_recordings.sql"))
