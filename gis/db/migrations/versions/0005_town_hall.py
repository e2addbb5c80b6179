"""The town hall: the role that serves it, local bodies, people, cases."""

from alembic import op

from gis.db.migrations import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the town hall, closed between local bodies."""
    op.execute(sql("0005_town_hall.sql"))
