"""The ledger, demands, receipts and refunds as the database holds them; what a gateway told stands in `gateway_tables`.

In: nothing.  Out: mapped rows, each of one local body.  Journals and their entries are only added to: a trigger refuses
to change or remove one, and a deferred trigger refuses a journal that does not add up to zero.  All sums are paise.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class LedgerAccountRow(Base):
    """An account of a body's ledger."""

    __tablename__ = "ledger_account"
    __table_args__ = (CheckConstraint("kind IN ('asset', 'liability', 'income', 'expense')", name="kind"),)

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)


class JournalRow(Base):
    """One booking: entries that add up to zero, made at one instant for one reason."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("body", "reverses"),
        ForeignKeyConstraint(["body", "reverses"], ["journal.body", "journal.id"]),
        ForeignKeyConstraint(["body", "demand_id"], ["demand.body", "demand.id"]),
        ForeignKeyConstraint(["body", "receipt_id"], ["receipt.body", "receipt.id"]),
        ForeignKeyConstraint(["body", "refund_id"], ["refund.body", "refund.id"]),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint(
            "kind IN ('demand', 'demand_cancelled', 'receipt', 'receipt_cancelled', 'released', 'refund_granted',"
            " 'refund_paid', 'handed_over')",
            name="kind",
        ),
        CheckConstraint("lines >= 2", name="lines"),
        Index(
            "journal_receipt_once_idx",
            "body",
            "receipt_id",
            unique=True,
            postgresql_where=text("kind = 'receipt'"),
        ),
        Index(
            "journal_demand_once_idx",
            "body",
            "demand_id",
            unique=True,
            postgresql_where=text("kind = 'demand'"),
        ),
        Index(
            "journal_refund_once_idx",
            "body",
            "refund_id",
            "kind",
            unique=True,
            postgresql_where=text("refund_id IS NOT NULL"),
        ),
        Index(None, "body", "day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    kind: Mapped[str] = mapped_column(Text)
    lines: Mapped[int]
    """How many entries it has, so that none can be added later."""
    day: Mapped[date]
    """The day in the body's time zone."""
    instant: Mapped[datetime] = mapped_column(_INSTANT)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who made it; nobody where a gateway or the clock did."""
    reason: Mapped[str | None] = mapped_column(Text)
    reverses: Mapped[int | None] = mapped_column(BigInteger)
    demand_id: Mapped[int | None] = mapped_column(BigInteger)
    receipt_id: Mapped[int | None] = mapped_column(BigInteger)
    refund_id: Mapped[int | None] = mapped_column(BigInteger)


class JournalEntryRow(Base):
    """One line of a journal: debit where the amount is positive, credit where it is negative."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        ForeignKeyConstraint(["body", "journal_id"], ["journal.body", "journal.id"]),
        ForeignKeyConstraint(["body", "account"], ["ledger_account.body", "ledger_account.code"]),
        CheckConstraint("amount <> 0", name="amount"),
        Index("journal_entry_balance_idx", "body", "account", postgresql_include=["amount"]),
    )

    journal_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    account: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)


class DemandRow(Base):
    """What is to be paid, whole and once; its token is the address at which anyone may pay it."""

    __tablename__ = "demand"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("token"),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "raised_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "closed_by"], ["person.body", "person.id"]),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state IN ('open', 'paid', 'cancelled')", name="state"),
        CheckConstraint("(state = 'open') = (closed IS NULL)", name="closed"),
        CheckConstraint("state <> 'cancelled' OR closed_reason <> ''", name="closed_reason"),
        CheckConstraint("state <> 'cancelled' OR closed_by <> raised_by OR raised_by IS NULL", name="two"),
        Index(None, "body", "case_id"),
        Index("demand_open_idx", "body", "due", "id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    token: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    raised: Mapped[datetime] = mapped_column(_INSTANT)
    raised_by: Mapped[int | None] = mapped_column(BigInteger)
    """Who decided it; nobody where it follows from the service alone."""
    closed: Mapped[datetime | None] = mapped_column(_INSTANT)
    closed_by: Mapped[int | None] = mapped_column(BigInteger)
    closed_reason: Mapped[str | None] = mapped_column(Text)


class DemandLineRow(Base):
    """One head of a demand, with the clause that it rests on."""

    __tablename__ = "demand_line"
    __table_args__ = (
        ForeignKeyConstraint(["body", "demand_id"], ["demand.body", "demand.id"]),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("clause <> ''", name="clause"),
        CheckConstraint("head ~ '^[a-z][a-z0-9_]*$'", name="head"),
    )

    demand_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    head: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    title_ml: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    clause: Mapped[str] = mapped_column(Text)


class ReceiptSerialRow(Base):
    """The last receipt of a financial year; taken in the receipt's own transaction, so that none is skipped."""

    __tablename__ = "receipt_serial"

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ReceiptRow(Base):
    """Money received: for a demand, or held for its payer until it is refunded."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("token"),
        UniqueConstraint("body", "year", "serial"),
        UniqueConstraint("body", "number"),
        UniqueConstraint("body", "payment_id"),
        ForeignKeyConstraint(["body", "demand_id"], ["demand.body", "demand.id"]),
        ForeignKeyConstraint(["body", "payment_id"], ["gateway_payment.body", "gateway_payment.id"]),
        ForeignKeyConstraint(["body", "received_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "cancelled_by"], ["person.body", "person.id"]),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("held BETWEEN 0 AND amount", name="held"),
        CheckConstraint("serial > 0", name="serial"),
        CheckConstraint(
            "(means = 'gateway' AND payment_id IS NOT NULL AND received_by IS NULL)"
            " OR (means = 'cash' AND payment_id IS NULL AND received_by IS NOT NULL)",
            name="means",
        ),
        CheckConstraint(
            "cancelled IS NULL OR (means = 'cash' AND held = 0 AND cancelled_reason <> ''"
            " AND cancelled_by <> received_by)",
            name="cancelled",
        ),
        Index(
            "receipt_one_of_demand_idx",
            "body",
            "demand_id",
            unique=True,
            postgresql_where=text("demand_id IS NOT NULL AND cancelled IS NULL"),
        ),
        Index(None, "body", "day", "received_by"),
        Index("receipt_held_idx", "body", "id", postgresql_where=text("held > 0")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    token: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    """The year in which the financial year begins, on 1 April."""
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(Text)
    demand_id: Mapped[int | None] = mapped_column(BigInteger)
    means: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    """What of it belongs to the payer and waits for a refund."""
    payment_id: Mapped[int | None] = mapped_column(BigInteger)
    received_by: Mapped[int | None] = mapped_column(BigInteger)
    device: Mapped[str | None] = mapped_column(Text)
    """The machine at which cash was received: whoever cancels it sits at another."""
    day: Mapped[date]
    instant: Mapped[datetime] = mapped_column(_INSTANT)
    cancelled: Mapped[datetime | None] = mapped_column(_INSTANT)
    cancelled_by: Mapped[int | None] = mapped_column(BigInteger)
    cancelled_reason: Mapped[str | None] = mapped_column(Text)


class RefundRow(Base):
    """Held money on its way back: asked by one, granted by another."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        ForeignKeyConstraint(["body", "receipt_id"], ["receipt.body", "receipt.id"]),
        ForeignKeyConstraint(["body", "asked_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "decided_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "paid_by"], ["person.body", "person.id"]),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("state IN ('asked', 'granted', 'refused', 'paid')", name="state"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("decided_by <> asked_by OR asked_by IS NULL", name="two"),
        CheckConstraint("(state = 'paid') = (paid IS NOT NULL)", name="paid"),
        Index(
            "refund_one_asked_idx",
            "body",
            "receipt_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'granted')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    receipt_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime] = mapped_column(_INSTANT)
    asked_by: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where the money came late or twice: the machine asks then."""
    device: Mapped[str | None] = mapped_column(Text)
    """The machine at which it was asked: whoever grants it sits at another."""
    decided: Mapped[datetime | None] = mapped_column(_INSTANT)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    paid: Mapped[datetime | None] = mapped_column(_INSTANT)
    paid_by: Mapped[int | None] = mapped_column(BigInteger)
    """Who handed out the cash; nobody where the gateway paid."""
    refund_ref: Mapped[str | None] = mapped_column(Text)
    """The gateway's own number of it."""


class DayBookRow(Base):
    """A counter's day, closed: what the receipts say and what was counted."""

    __tablename__ = "day_book"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "checked_by"], ["person.body", "person.id"]),
        CheckConstraint("expected >= 0 AND counted >= 0", name="sums"),
        CheckConstraint("checked_by <> person_id", name="two"),
        CheckConstraint("counted = expected OR note <> ''", name="note"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    expected: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(Text)
    closed: Mapped[datetime] = mapped_column(_INSTANT)
    checked_by: Mapped[int | None] = mapped_column(BigInteger)
