"""The local gateway's own books, in one SQLite file that outlives a killed process.

In: orders, payments, refunds.  Out: the JSON entities that Razorpay answers with, and the webhooks that wait to be sent.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from threading import RLock
from typing import Any

Entity = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS thing (ref TEXT PRIMARY KEY, kind TEXT, owner TEXT, made REAL, entity TEXT);
CREATE TABLE IF NOT EXISTS webhook (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT, target TEXT, raw BLOB, made REAL, due REAL, tries INTEGER,
    state TEXT
);
"""
_IDS = {"order": "order_", "payment": "pay_", "refund": "rfnd_"}


class Refused(Exception):
    """The gateway does not do this; the message is its description of the error."""


class GatewayBooks:
    """Orders, payments, refunds and webhooks of one local gateway."""

    def __init__(self, path: Path | str) -> None:
        self._line = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = RLock()
        self._line.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._line.close()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All that is written meanwhile, or nothing."""
        with self._lock:
            self._line.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._line.execute("ROLLBACK")
                raise
            self._line.execute("COMMIT")

    def open_order(self, asked: Mapping[str, Any], *, now: float) -> Entity:
        """A new order."""
        amount, currency = asked.get("amount"), asked.get("currency")
        if not isinstance(amount, int) or amount < 100 or not isinstance(currency, str):
            raise Refused("The amount must be at least INR 1.00")
        order = {
            "entity": "order",
            "amount": amount,
            "amount_paid": 0,
            "currency": currency,
            "receipt": asked.get("receipt"),
            "status": "created",
            "notes": asked.get("notes") or [],
        }
        return self._add("order", order, owner="", now=now)

    def order(self, ref: str) -> Entity:
        """The order of a number."""
        return self._thing(ref, "order")

    def payments_of(self, order_ref: str) -> list[Entity]:
        """All that was tried for an order, newest first as Razorpay lists it."""
        return self._owned("payment", order_ref)

    def pay(
        self, order_ref: str, *, now: float, succeeds: bool = True, **altered: object
    ) -> tuple[Entity, Entity]:
        """A payer pays for an order, or fails to; the payment and the order as they stand then."""
        with self.whole():
            order = self.order(order_ref)
            payment = {
                "entity": "payment",
                "amount": order["amount"],
                "currency": order["currency"],
                "status": "captured" if succeeds else "failed",
                "order_id": order_ref,
                "method": "upi",
                "captured": succeeds,
                "amount_refunded": 0,
                "notes": [],
                **altered,
            }
            made = self._add("payment", payment, owner=order_ref, now=now)
            if succeeds:
                order |= {"status": "paid", "amount_paid": order["amount_paid"] + made["amount"]}
                self._keep(order)
            return made, order

    def refund(self, payment_ref: str, asked: Mapping[str, Any], *, now: float) -> Entity:
        """Give back some or all of a payment, never more than it was."""
        with self.whole():
            payment = self._thing(payment_ref, "payment")
            amount = asked.get("amount", payment["amount"] - payment["amount_refunded"])
            left = payment["amount"] - payment["amount_refunded"]
            if not payment["captured"] or not isinstance(amount, int) or not 0 < amount <= left:
                raise Refused("The total refund amount is greater than the refund payment amount")
            payment["amount_refunded"] += amount
            if payment["amount_refunded"] == payment["amount"]:
                payment["status"] = "refunded"
            self._keep(payment)
            refund = {
                "entity": "refund",
                "amount": amount,
                "currency": payment["currency"],
                "payment_id": payment_ref,
                "notes": asked.get("notes") or [],
                "status": "processed",
            }
            return self._add("refund", refund, owner=payment_ref, now=now)

    def refunds_of(self, payment_ref: str) -> list[Entity]:
        """The refunds of a payment."""
        self._thing(payment_ref, "payment")
        return self._owned("refund", payment_ref)

    def queue(self, kind: str, *, target: str, now: float, due: float, **entities: Entity) -> str:
        """Put a webhook in line; its number stays the same however often it is sent."""
        payload = {name: {"entity": entity} for name, entity in entities.items()}
        event = {"entity": "event", "event": kind, "contains": sorted(payload), "payload": payload}
        raw = json.dumps(event | {"created_at": int(now)}, ensure_ascii=False).encode()
        ref = f"evt_{token_hex(8)}"
        with self._lock:
            self._line.execute(
                "INSERT INTO webhook (ref, target, raw, made, due, tries, state) VALUES (?, ?, ?, ?, ?, 0, 'waiting')",
                (ref, target, raw, now, due),
            )
        return ref

    def waiting(self, *, now: float, turned: bool = False) -> list[tuple[int, str, str, bytes, int, float]]:
        """Webhooks that are due: place in line, number, target, bytes, tries, when made."""
        with self._lock:
            rows = self._line.execute(
                "SELECT seq, ref, target, raw, tries, made FROM webhook WHERE state = 'waiting' AND due <= ? ORDER BY seq",
                (now,),
            ).fetchall()
        return rows[::-1] if turned else rows

    def sent(self, seq: int, state: str, *, due: float) -> None:
        """Note what became of a try."""
        with self._lock:
            self._line.execute(
                "UPDATE webhook SET state = ?, due = ?, tries = tries + 1 WHERE seq = ?", (state, due, seq)
            )

    def webhooks(self) -> list[tuple[str, str, int]]:
        """Every webhook, newest first: its number, state and tries."""
        with self._lock:
            rows = self._line.execute("SELECT ref, state, tries FROM webhook ORDER BY seq DESC LIMIT 200")
            return list(rows.fetchall())

    def orders(self) -> list[Entity]:
        """Every order, newest first."""
        return self._owned("order", "")

    def _add(self, kind: str, entity: Entity, *, owner: str, now: float) -> Entity:
        made = {"id": _IDS[kind] + token_hex(7), "created_at": int(now)} | entity
        with self._lock:
            self._line.execute(
                "INSERT INTO thing VALUES (?, ?, ?, ?, ?)", (made["id"], kind, owner, now, json.dumps(made))
            )
        return made

    def _keep(self, entity: Entity) -> None:
        self._line.execute("UPDATE thing SET entity = ? WHERE ref = ?", (json.dumps(entity), entity["id"]))

    def _thing(self, ref: str, kind: str) -> Entity:
        with self._lock:
            row = self._line.execute(
                "SELECT entity FROM thing WHERE ref = ? AND kind = ?", (ref, kind)
            ).fetchone()
        if row is None:
            raise Refused("The id provided does not exist")
        found: Entity = json.loads(row[0])
        return found

    def _owned(self, kind: str, owner: str) -> list[Entity]:
        with self._lock:
            rows = self._line.execute(
                "SELECT entity FROM thing WHERE kind = ? AND owner = ? ORDER BY made DESC, rowid DESC LIMIT 200",
                (kind, owner),
            ).fetchall()
        return [json.loads(row[0]) for row in rows]
