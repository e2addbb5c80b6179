"""Money of a local body: what is demanded, what was received, what is owed back, and the ledger that carries it all.

In: demands of cases, payments at the counter and through a payment gateway.  Out: receipts, refunds, and journals that
add up to zero.  All sums are whole paise.
"""

from civic.core.money import gateway_tables, tables

__all__ = ["gateway_tables", "tables"]
"""Mapped together: a receipt points at a payment of the gateway."""
