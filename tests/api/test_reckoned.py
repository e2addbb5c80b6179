"""What the rules of a day state of a permit, through the addresses for programs."""

import pytest
from fastapi.testclient import TestClient

from tests.rules.test_layout_document import a_layout

DAY = "on=2026-01-01&body=municipality"
BEFORE = "on=2025-10-28&body=municipality"


def test_a_permit_holds_five_years_and_fifteen_in_all(client: TestClient) -> None:
    told = client.get(f"/api/rules/reckoned/validity?{DAY}&issued=2026-01-01").json()
    assert (told["first"], told["last"]) == ("2031-01-01", "2041-01-01")
    assert told["clause"].startswith("S.R.O. 1240/2025")


@pytest.mark.parametrize(("on", "until"), [("2025-03-18", "2028-03-18"), ("2025-10-29", "2030-03-18")])
def test_a_well_is_permitted_for_three_years_and_since_2025_for_five(
    client: TestClient, on: str, until: str
) -> None:
    told = client.get(f"/api/rules/reckoned/well?on={on}&body=municipality&issued=2025-03-18").json()
    assert told == {"until": until}


@pytest.mark.parametrize("ask", ["validity", "well"])
def test_what_was_not_read_is_an_error_that_says_so(client: TestClient, ask: str) -> None:
    answer = client.get(f"/api/rules/reckoned/{ask}?{BEFORE}&issued=2025-10-28")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "has not been read" in answer.text


@pytest.mark.parametrize(
    ("ask", "paise"),
    [
        ("extension?permit_fee=100000&year=10", 10_000),
        ("extension?permit_fee=100000&year=11", 100_000),
        ("renewal?permit_fee=100000&year=10", 50_000),
        ("transfer?days=60", 10_000),
        ("transfer?days=61", 35_000),
        ("fine?case=ordinary&days=3", 1_300_000),
        ("fine?case=hut_or_well&days=0", 100_000),
        ("licence?kind=b&days_late=0", 500_000),
        ("licence?kind=a&days_late=181", None),
    ],
)
def test_fees_and_fines_are_told_line_by_line(client: TestClient, ask: str, paise: int | None) -> None:
    told = client.get(f"/api/rules/reckoned/{ask}&{DAY}").json()
    assert told["paise"] == paise
    assert all(line["clause"] or line["reason"] for line in told["lines"])


def test_a_fee_that_was_not_read_has_no_amount_and_says_why(client: TestClient) -> None:
    told = client.get(f"/api/rules/reckoned/transfer?days=1&{BEFORE}").json()
    assert told["paise"] is None
    assert told["lines"][0]["reason"]


@pytest.mark.parametrize(("built", "is_free"), [("110", True), ("110.01", False)])
def test_up_to_a_tenth_of_a_group_may_deviate(client: TestClient, built: str, is_free: bool) -> None:
    areas = {"permitted": {"A1": "100"}, "built": {"A1": built}}
    (told,) = client.post(f"/api/rules/reckoned/deviations?{DAY}", json=areas).json()
    assert told["is_free"] is is_free


def test_a_registration_holds_four_years(client: TestClient) -> None:
    told = client.get(f"/api/rules/reckoned/registration?{DAY}&registered=2026-01-01").json()
    assert told == {"until": "2030-01-01"}


@pytest.mark.parametrize(
    ("work", "paise"),
    [
        ("kind=well&quantity=1", [1_000, 2_000]),
        ("kind=wall&quantity=12.5", [1_000, 3_750]),
        ("kind=subdivision&quantity=4", [3_000, 300_000]),
        ("kind=weaker_section&quantity=1", [0]),
    ],
)
def test_other_works_have_their_fees(client: TestClient, work: str, paise: list[int]) -> None:
    told = client.get(f"/api/rules/reckoned/work?{work}&{DAY}").json()
    assert [each["paise"] for each in told] == paise


def test_a_layout_is_judged_by_rule_31(client: TestClient) -> None:
    found = client.post(f"/api/rules/layout?{DAY}", json=a_layout()).json()
    assert found["schema"] == "bhumika-layout-1"
    assert {each["outcome"] for each in found["findings"] if each["subject"].endswith("area")} == {"pass"}
    assert client.post(f"/api/rules/layout?{DAY}", json=a_layout(kind="airport")).status_code == 422


@pytest.mark.parametrize(
    "ask",
    [
        f"validity?issued=9999-12-31&{DAY}",
        "validity?issued=2026-01-01",
        f"fine?case=murder&days=0&{DAY}",
        f"fine?case=ordinary&days=-1&{DAY}",
    ],
)
def test_a_wrong_question_is_refused(client: TestClient, ask: str) -> None:
    assert client.get(f"/api/rules/reckoned/{ask}").status_code == 422
