"""Studies of reforms and their files; what was drawn for each permit, for those who judge it again and may know nobody."""

from alembic import op

from gis.db.migrations import sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables and the view."""
    op.execute(sql("0014_reforms.sql"))
