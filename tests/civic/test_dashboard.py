"""The board counts what anyone can count again from its own lines."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from api.sample_town import BODY
from civic.core.dashboard import Line, board, figures, quantile

TOWN = f"/town/{BODY.code}"
ON = date(2026, 11, 22)


def a_line(days: int | None, outcome: str | None = "granted", **other: object) -> Line:
    closed = ON - timedelta(days=30) + timedelta(days=days) if days is not None else None
    values = {
        "number": "X-1",
        "service": "x",
        "state": "s",
        "outcome": outcome if closed else None,
        "turn": None if closed else "verifier",
        "due": None,
        "opened": ON - timedelta(days=30),
        "closed": closed,
        "paise": 100,
        "ward": "7",
        "ward_en": "Seven",
        "ward_ml": None,
    }
    return Line(**{**values, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "half", "nine"), [(0, None, None), (1, 1, 1), (2, 1, 2), (3, 2, 3), (10, 5, 9), (11, 6, 10)]
)
def test_quantiles_are_days_of_a_case(count: int, half: int | None, nine: int | None) -> None:
    days = list(range(1, count + 1))
    assert (quantile(days, 0.5), quantile(days, 0.9)) == (half, nine)


def test_time_to_decision_is_of_decided_cases_only() -> None:
    made = figures([a_line(4), a_line(10, "refused"), a_line(1, "withdrawn"), a_line(None)], on=ON)
    assert (made.median_days, made.ninetieth_days) == (4, 10)
    assert (made.applications, made.open, made.granted, made.refused, made.ended_otherwise) == (4, 1, 1, 1, 1)
    assert made.paise == 400


def test_a_case_is_late_from_the_day_after_its_last_day() -> None:
    due = [a_line(None, due=ON), a_line(None, due=ON - timedelta(days=1))]
    assert figures(due, on=ON).late == 1
    assert [(each.role, each.open, each.late) for each in board(due, begins=ON, ends=ON, on=ON).desks] == [
        ("verifier", 2, 1)
    ]


def test_the_open_lines_add_up_to_the_board_and_tell_of_nobody(door: TestClient) -> None:
    told = door.get(f"/api{TOWN}/board").json()
    text = door.get(f"/api{TOWN}/board.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    whole = told["board"]["whole"]
    assert len(rows) == whole["applications"] >= 6
    assert sum(int(row["paise"]) for row in rows) == whole["paise"] >= 5 * 5000
    assert sum(row["outcome"] == "refused" for row in rows) == whole["refused"]
    assert "Ammini" not in text
    assert sum(each["applications"] for each in told["board"]["by_ward"].values()) == len(rows)


@pytest.mark.parametrize("span", ["begins=2026-02-01&ends=2026-01-01", "begins=0001-01-01&ends=2026-01-01"])
def test_a_span_that_cannot_be_is_refused(door: TestClient, span: str) -> None:
    assert door.get(f"/api{TOWN}/board?{span}").status_code == 422


def test_the_page_of_the_board_shows(door: TestClient) -> None:
    text = door.get(f"{TOWN}/board?lang=en").text
    assert "Days to decision" in text
    assert "LR-" not in text


def test_the_board_answers_for_a_year_at_a_time(door: TestClient) -> None:
    whole, longer = "begins=2024-01-01&ends=2024-12-31", "begins=2024-01-01&ends=2025-01-01"
    for path in (f"{TOWN}/board", f"/api{TOWN}/board", f"/api{TOWN}/board.csv"):
        assert door.get(f"{path}?{whole}").status_code == 200  # 366 days, in a leap year
        refused = door.get(f"{path}?{longer}")
        assert refused.status_code == 422
        assert "each year by itself" in refused.text


def test_the_board_leads_from_year_to_year(door: TestClient) -> None:
    page = door.get(f"{TOWN}/board?begins=2024-01-01&ends=2024-12-31&lang=en").text
    years = re.findall(r"/board\?begins=([\d-]+)&amp;ends=([\d-]+)\">The year", page)
    assert years == [("2023-01-01", "2023-12-31"), ("2025-01-01", "2025-12-31")]
    for begins, ends in years:
        assert door.get(f"{TOWN}/board?begins={begins}&ends={ends}").status_code == 200
    newest = door.get(f"{TOWN}/board?lang=en").text
    assert "The year before" in newest
    assert "The year after" not in newest
