"""Money: the ledger, demands, receipts, refunds, and what a payment gateway told."""

from alembic import op

from gis.db.migrations import sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the books, closed between local bodies; journals are only added to and must add up."""
    op.execute(sql("0006_money.sql"))
