"""A fee that an officer sets for what brings no drawing, such as the extension of an earlier permit, hangs on no check."""

from alembic import op

from gis.db.migrations import sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Let a fee be set where there is no drawing."""
    op.execute(sql("0025_fees_without_drawing.sql"))
