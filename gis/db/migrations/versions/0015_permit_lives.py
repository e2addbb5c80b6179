"""What becomes of a permit: replaced by a revised one, appealed against; and who answers for an authority."""

from alembic import op

from gis.db.migrations import sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Let a permit name the one that replaced it; make the tables of appeals and of authorities."""
    op.execute(sql("0015_permit_lives.sql"))
