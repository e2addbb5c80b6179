"""The ground that parcels share with features, kept as facts, and how far each import has been measured."""

from alembic import op

from gis.db.migrations import sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables; who reads the land may read them."""
    op.execute(sql("0013_overlaps.sql"))
