"""One town hall for each land, what a licensee is, and a clock on what a payment gateway told."""

from alembic import op

from gis.db.migrations import sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Part kind and class of licensees, and let the raw word of a gateway be forgotten but never changed."""
    op.execute(sql("0016_licences.sql"))
