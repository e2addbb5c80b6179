"""Pieces of features in the metres of their jurisdiction."""

from alembic import op

from gis.db.migrations import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Tie the pieces to their jurisdiction's system."""
    op.execute(sql("0003_pieces.sql"))
