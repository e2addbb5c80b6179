"""Answers of authorities that come on paper can be recorded; closed cases are found by their day."""

from alembic import op

from gis.db.migrations import sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Let each local body say who records them, and index the day on which a case was closed."""
    op.execute(sql("0024_paper_answers.sql"))
