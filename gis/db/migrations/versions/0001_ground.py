"""Jurisdictions, recordings, parcels, layers and names."""

from alembic import op

from gis.db.migrations import sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the ground."""
    op.execute(sql("0001_ground.sql"))
