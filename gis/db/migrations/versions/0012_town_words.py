"""An officer's word on why the town hall itself sends a case to an officer."""

from alembic import op

from gis.db.migrations import sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Let a word stand without a check, for such a reason alone."""
    op.execute(sql("0012_town_words.sql"))
