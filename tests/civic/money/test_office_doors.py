"""Through the doors of the office: officers of money act in their roles only, in both languages, and not for another site."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from civic.core.case import case
from civic.core.money.counter import day_book
from civic.core.money.model import Demand, money_day
from civic.core.money.receipts import receipts_of
from civic.core.money.reconciliation import reconciliations
from civic.core.money.refunds import refunds
from civic.core.money.tables import ReceiptRow
from tests.civic.hall import Hall
from tests.civic.money.books import a_case, a_demand
from tests.civic.money.paying import at_own, paid, to_checkout, trial_of

OTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://api.razorpay.com"}
OFFICE = ("counter", "day-books", "demands", "refunds", "books")
MAY = {
    "counter": {"counter"},
    "day-books": {"counter", "secretary", "auditor"},
    "demands": {"counter", "secretary", "auditor"},
    "refunds": {"counter", "secretary", "auditor"},
    "books": {"secretary", "auditor"},
}


@pytest.mark.parametrize("role", ["counter", "secretary", "auditor", "verifier", None])
def test_the_office_pages_are_for_their_roles(hall: Hall, owed: Demand, role: str | None) -> None:
    client = hall.client(hall.person(role) if role else hall.person())
    for page in OFFICE:
        answer = client.get(f"{hall.path}/{page}")
        assert answer.status_code == (200 if role in MAY[page] else 403), page
    assert hall.client().get(f"{hall.path}/counter").status_code == 303
    assert owed.state == "open"


def test_cash_at_the_counter_from_the_case_to_the_closed_day(hall: Hall, owed: Demand) -> None:
    counter, secretary = hall.person("counter"), hall.person("secretary")
    desk, office = hall.client(counter), hall.client(secretary)
    with hall.inside() as session:
        number = case(session, owed.case_id or 0).number
    assert "₹750.50" in desk.get(f"{hall.path}/counter?q={number}").text
    assert "Take ₹750.50" in desk.get(f"{hall.path}/counter?q=https://x/pay/{owed.token}").text
    wrong = desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount - 1})
    assert wrong.status_code == 422
    got = desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount})
    assert got.status_code == 303
    again = desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount})
    assert again.status_code == 409
    today = day_of(hall)
    form = {"person_id": counter.person.id, "day": today}
    assert desk.post(f"{hall.path}/day-books", data=form | {"counted": "750.50"}).status_code == 403
    for counted, status in (("750", 422), ("seven", 422), ("-1", 422), ("750.50", 303), ("750.50", 409)):
        answer = office.post(f"{hall.path}/day-books", data=form | {"counted": counted})
        assert answer.status_code == status, counted
    assert "The day is closed" in office.get(f"{hall.path}/day-books?day={today}").text
    with hall.inside() as session:
        book = day_book(session, hall.body, person_id=counter.person.id, day=today)
        assert (book.counted, book.checked_by) == (75_050, secretary.person.id)


def day_of(hall: Hall) -> date:
    return money_day(hall.body, datetime.now(UTC))


def test_a_receipt_is_cancelled_by_a_colleague_and_a_demand_by_the_secretary(
    hall: Hall, owed: Demand
) -> None:
    counter, colleague, secretary = hall.person("counter"), hall.person("counter"), hall.person("secretary")
    desk = at_own(hall, counter, "the counter")
    desk.post(f"{hall.path}/counter", data={"token": owed.token, "amount": owed.amount})
    with hall.inside() as session:
        got = receipts_of(session, owed.id)[0]
    cancel = f"{hall.path}/day-books/{got.id}/cancel"
    assert desk.post(cancel, data={"reason": "Wrong person."}).status_code == 409
    assert at_own(hall, colleague, "the counter").post(cancel, data={"reason": "x"}).status_code == 409
    assert at_own(hall, colleague).post(cancel, data={"reason": " "}).status_code == 422
    assert hall.client(hall.person("auditor")).post(cancel, data={"reason": "x"}).status_code == 403
    assert at_own(hall, colleague).post(cancel, data={"reason": "Wrong person."}).status_code == 303
    assert "cancelled on" in hall.client().get(f"{hall.path}/receipt/{got.token}").text
    close = f"{hall.path}/demands/{owed.id}/cancel"
    assert at_own(hall, colleague).post(close, data={"reason": "x"}).status_code == 403
    with hall.inside() as session:
        number = case(session, owed.case_id or 0).number
    listed = at_own(hall, secretary).get(f"{hall.path}/demands").text
    assert listed.count(number) == 2  # nobody takes one demand back for another of the same sum
    assert at_own(hall, secretary).post(close, data={"reason": "Raised in error."}).status_code == 303
    pay = f"{hall.path}/pay/{owed.token}"
    assert "Raised in error." in at_own(hall, secretary).get(pay).text
    assert "Raised in error." not in hall.client().get(pay).text, "an officer may have named somebody"
    assert hall.client().post(f"{hall.path}/pay/{owed.token}").status_code == 409


def test_a_refund_goes_through_two_persons_and_the_gateway(hall: Hall, owed: Demand) -> None:
    client, first, second = hall.client(), hall.person("secretary"), hall.person("secretary")
    back = paid(hall, client, owed)
    client.post(f"{hall.path}/pay/{owed.token}/return", data=back)
    assert (
        at_own(hall, first)
        .post(f"{hall.path}/demands/{owed.id}/cancel", data={"reason": "Withdrawn."})
        .status_code
        == 303
    )
    with hall.inside() as session:
        asked = refunds(session, state="asked")[0]
    decide, pay = f"{hall.path}/refunds/{asked.id}/decide", f"{hall.path}/refunds/{asked.id}/pay"
    assert at_own(hall, first).post(pay).status_code == 409
    assert at_own(hall, first).post(decide, data={"answer": "grant"}).status_code == 409
    assert hall.client(hall.person("counter")).post(decide, data={"answer": "grant"}).status_code == 403
    assert at_own(hall, second, first.person.name).post(decide, data={"answer": "grant"}).status_code == 409
    assert at_own(hall, second).post(decide, data={"answer": "perhaps"}).status_code == 422
    assert at_own(hall, second).post(decide, data={"answer": "grant"}).status_code == 303
    assert "Send through the gateway" in at_own(hall, second).get(f"{hall.path}/refunds").text
    assert at_own(hall, second).post(pay).status_code == 303
    with hall.inside() as session:
        assert refunds(session, state="paid")[0].id == asked.id
    payment = trial_of(hall).books.refunds_of(back["razorpay_payment_id"])
    assert [each["amount"] for each in payment] == [75_050]
    assert at_own(hall, first).post(f"{hall.path}/books").status_code == 303
    with hall.inside() as session:
        assert reconciliations(session)[0].mismatches == ()


def test_the_books_are_compared_on_command_and_anyone_sees_the_count(hall: Hall, owed: Demand) -> None:
    with hall.inside() as session:
        a_demand(session, hall.body, case_id=a_case(session, hall.body, closed=True))
    auditor = hall.client(hall.person("auditor"))
    assert auditor.post(f"{hall.path}/books").status_code == 303
    page = auditor.get(f"{hall.path}/books").text
    assert "A case is closed and its demand open" in page
    assert "Cancel the demand with its reason" in page
    public = hall.client().get(f"/api/town/{hall.body.code}/money/reconciliations").json()
    assert [(each["orders"], each["mismatches"]) for each in public] == [(0, 1)]
    assert public[0]["kinds"] == {"demand_of_closed_case": 1}
    assert "found" not in public[0]
    for_office = auditor.get(f"/api/town/{hall.body.code}/money/reconciliations").json()[0]
    assert [each["said"] for each in for_office["found"]] == [75_050]
    assert for_office["totals"]["demands"] == 150_100
    assert owed.state == "open"


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_page_of_money_stands_in_both_languages(hall: Hall, owed: Demand, language: str) -> None:
    client = hall.client(hall.person("counter", "secretary", "auditor"))
    client.headers["accept-language"] = language
    got = hall.client().post(f"{hall.path}/pay/{owed.token}/return", data=paid(hall, hall.client(), owed))
    pages = [f"{hall.path}/{page}" for page in OFFICE]
    for address in (*pages, f"{hall.path}/pay/{owed.token}", got.headers["location"]):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-language"] == language
        assert answer.headers["cache-control"] == "no-store"


def test_the_trial_gateway_goes_back_to_this_body_only(hall: Hall, owed: Demand) -> None:
    client = hall.client()
    _, fields = to_checkout(hall, client, owed)
    for back in ("https://elsewhere.example/", "//elsewhere.example", "/town/other/pay/x/return"):
        form = fields | {"callback_url": back, "outcome": "paid"}
        assert client.post(f"{hall.path}/trial-gateway/pay", data=form).status_code == 404
    assert client.get(f"{hall.path}/trial-gateway").status_code == 200
    assert client.post(f"{hall.path}/trial-gateway/habits", data={"habit": "lost"}).status_code == 303
    assert client.post(f"{hall.path}/trial-gateway/habits", data={"habit": "x"}).status_code == 404
    assert "loses&#x27;: True" in client.get(f"{hall.path}/trial-gateway").text
    client.post(f"{hall.path}/trial-gateway/habits", data={"habit": "usual"})


def test_a_form_from_another_site_does_not_take_cash(hall: Hall, owed: Demand) -> None:
    desk = hall.client(hall.person("counter"))
    form = {"token": owed.token, "amount": owed.amount}
    assert desk.post(f"{hall.path}/counter", data=form, headers=OTHER_SITE).status_code == 403
    with hall.inside() as session:
        assert session.scalar(select(func.count()).select_from(ReceiptRow)) == 0
