"""A revocation is an act like any other: the permit keeps the clause under which it was revoked, and by whom."""

from alembic import op

from gis.db.migrations import sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Let a revoked permit keep its clause and its officer; what was revoked before kept neither, and nobody can say them now."""
    op.execute(sql("0022_revocations.sql"))
