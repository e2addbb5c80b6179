"""Documents of a case, their versions, and uploads on their way."""

from alembic import op

from gis.db.migrations import sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables of documents, closed between local bodies."""
    op.execute(sql("0007_documents.sql"))
