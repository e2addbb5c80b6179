"""What was ordered at a payment gateway and what it told, raw; and the nightly comparison of all books.

In: nothing.  Out: mapped rows, each of one local body.  An event and a payment are known by the gateway's own numbers,
which are unique: a repeated one finds itself kept already.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class GatewayOrderRow(Base):
    """A demand as it was ordered at a gateway; committed before any payer sees it, so that no paid order is unknown here."""

    __tablename__ = "gateway_order"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("gateway", "order_ref"),
        ForeignKeyConstraint(["body", "demand_id"], ["demand.body", "demand.id"]),
        CheckConstraint("amount > 0", name="amount"),
        Index(None, "body", "demand_id"),
        Index(None, "body", "made"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    demand_id: Mapped[int] = mapped_column(BigInteger)
    gateway: Mapped[str] = mapped_column(Text)
    order_ref: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(_INSTANT)


class GatewayEventRow(Base):
    """A webhook whose signature was right, byte for byte until its time is over; then its digest tells what it was."""

    __tablename__ = "gateway_event"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("body", "gateway", "event_ref"),
        CheckConstraint("(booked IS NULL) = (outcome IS NULL)", name="outcome"),
        CheckConstraint("raw IS NOT NULL OR booked IS NOT NULL", name="raw"),
        Index("gateway_event_waiting_idx", "body", "id", postgresql_where=text("booked IS NULL")),
        Index("gateway_event_raw_idx", "body", "booked", postgresql_where=text("raw IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    gateway: Mapped[str] = mapped_column(Text)
    event_ref: Mapped[str] = mapped_column(Text)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(Text)
    """SHA-256 of its bytes."""
    signature: Mapped[str] = mapped_column(Text)
    received: Mapped[datetime] = mapped_column(_INSTANT)
    booked: Mapped[datetime | None] = mapped_column(_INSTANT)
    outcome: Mapped[str | None] = mapped_column(Text)


class GatewayPaymentRow(Base):
    """A payment that a gateway captured, written in the same transaction as its receipt."""

    __tablename__ = "gateway_payment"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("gateway", "payment_ref"),
        ForeignKeyConstraint(["body", "order_id"], ["gateway_order.body", "gateway_order.id"]),
        CheckConstraint("amount > 0", name="amount"),
        Index(None, "body", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    gateway: Mapped[str] = mapped_column(Text)
    payment_ref: Mapped[str] = mapped_column(Text)
    order_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    """In the smallest unit of its currency."""
    currency: Mapped[str] = mapped_column(Text)
    """Money that is not rupees stands in no ledger: it has no receipt and is to be given back at the gateway."""
    seen: Mapped[datetime] = mapped_column(_INSTANT)


class ReconciliationRow(Base):
    """One night's comparison of gateway, receipts, ledger and cases."""

    __tablename__ = "reconciliation"
    __table_args__ = (CheckConstraint("orders >= 0 AND payments >= 0 AND mended >= 0", name="counts"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    instant: Mapped[datetime] = mapped_column(_INSTANT)
    day: Mapped[date]
    orders: Mapped[int]
    payments: Mapped[int]
    mended: Mapped[int]
    """Payments of which no webhook had come, booked by this run."""
    totals: Mapped[dict[str, Any]] = mapped_column(JSONB)
    mismatches: Mapped[list[Any]] = mapped_column(JSONB)
