"""What everyone may know of each permit, on the ground of its plots, apart from everything that only a town hall may see."""

from alembic import op

from gis.db.migrations import sql

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    """Make the table of published permits, publish each permit as it changes, and what was issued before."""
    op.execute(sql("0019_published_permits.sql"))
