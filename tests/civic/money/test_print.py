"""The printed receipt is the same for the same receipt, says what became of it, and runs nothing that was written into it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from civic.core.money.desk import ReceiptSheet
from civic.core.money.model import Demand, Means, Receipt
from tests.civic.conftest import a_body
from tests.civic.money.books import FEE, NOON, VISIT
from tests.web.print.reading import whole
from web.print.receipt import receipt_pdf

RECEIPT = Receipt(
    id=1,
    token="t" * 32,
    number="R-2026-27-000012",
    demand_id=1,
    means=Means.GATEWAY,
    amount=75_050,
    held=0,
    payment_id=1,
    received_by=None,
    day=date(2026, 11, 20),
    instant=NOON,
    cancelled=None,
    cancelled_reason=None,
)
DEMAND = Demand(
    id=1,
    case_id=1,
    token="d" * 32,
    amount=75_050,
    state="paid",
    due=None,
    raised=NOON,
    raised_by=None,
    closed=NOON,
    closed_reason=None,
    lines=(FEE, VISIT),
)
SHEET = ReceiptSheet(
    body=a_body("printed"),
    receipt=RECEIPT,
    demand=DEMAND,
    case_number="T-1",
    address="https://land.example.org/town/printed/receipt/" + "t" * 32,
)


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_same_receipt_prints_the_same_bytes(language: str) -> None:
    printed = receipt_pdf(SHEET, language)
    assert printed.startswith(b"%PDF")
    assert printed == receipt_pdf(SHEET, language)


def test_a_receipt_tells_the_hour_of_its_town_and_what_was_paid_for() -> None:
    said = whole(receipt_pdf(SHEET, "en"))
    assert "12:00 IST" in said
    assert "What was paid for" in said
    assert "demanded" not in said


def test_a_cancelled_or_held_receipt_prints_otherwise() -> None:
    cancelled = replace(
        RECEIPT, cancelled=datetime(2026, 11, 21, tzinfo=UTC), cancelled_reason="Wrong person."
    )
    sheets = [SHEET, replace(SHEET, receipt=cancelled), replace(SHEET, receipt=replace(RECEIPT, held=75_050))]
    assert len({receipt_pdf(sheet, "en") for sheet in sheets}) == 3


def test_what_is_written_into_a_demand_is_set_and_not_run() -> None:
    hostile = replace(FEE, title_en='#panic("run") $x$ *b* @ref', clause='#read("/etc/passwd")')
    printed = receipt_pdf(replace(SHEET, demand=replace(DEMAND, lines=(hostile,))), "en")
    assert printed.startswith(b"%PDF")


def test_a_receipt_for_no_demand_is_printed_too() -> None:
    assert receipt_pdf(replace(SHEET, demand=None, case_number=None), "ml").startswith(b"%PDF")
