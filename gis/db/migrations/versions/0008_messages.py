"""The queue of jobs in a schema of its own, as its library makes it; messages, their delivery, and who watches a plot."""

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from gis.db.migrations import sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the queue and the tables of messages, closed between local bodies."""
    connection = op.get_bind()
    path = connection.scalar(text("SELECT current_setting('search_path')"))
    connection.execute(text("CREATE SCHEMA jobs"))
    connection.execute(text("SET LOCAL search_path = jobs"))
    # The statements are the library's own; they contain signs that the toolkit would take for its own.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(SchemaManager.get_schema())
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})
    op.execute(sql("0008_messages.sql"))
