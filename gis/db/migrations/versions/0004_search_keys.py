"""The version of the search keys of names."""

from alembic import op

from gis.db.migrations import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Remember by which version names are found."""
    op.execute(sql("0004_search_keys.sql"))
