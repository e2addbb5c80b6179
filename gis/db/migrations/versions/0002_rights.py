"""Parties, rights and their instruments; buildings."""

from alembic import op

from gis.db.migrations import sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create what people hold and build on the ground."""
    op.execute(sql("0002_rights.sql"))
