"""The board counts what anyone can count again from its own lines."""

import csv
import io
import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from fastapi.testclient import TestClient
from shapely import box
from sqlalchemy.orm import Session

from api.sample_town import BODY
from civic.core.bodies import LocalBody
from civic.core.dashboard import Line, as_csv, board, figures, lines, quantile
from civic.core.money.counter import take_cash
from civic.core.money.demands import raise_demand
from civic.core.services import Service
from civic.core.steps import advance, open_case
from civic.core.working_days import day_there
from tests.builders import a_new_parcel, register
from tests.civic.builders import NOW, a_desk, a_flow, an_actor
from tests.civic.conftest import LAND
from tests.civic.money.books import FEE
from web.templating import environment

TOWN = f"/town/{BODY.code}"
ON = date(2026, 11, 22)
FIRST = ON - timedelta(days=30)
"""The day on which every line is opened that says nothing else; figures are asked from it to `ON`."""


def a_line(days: int | None, outcome: str | None = "granted", **other: object) -> Line:
    closed = FIRST + timedelta(days=days) if days is not None else None
    values = {
        "number": "X-1",
        "service": "x",
        "state": "s",
        "outcome": outcome if closed else None,
        "turn": None if closed else "verifier",
        "due": None,
        "opened": FIRST,
        "closed": closed,
        "paise": 100,
        "office": "approver" if closed else "verifier",
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
    made = figures(
        [a_line(4), a_line(10, "refused"), a_line(1, "withdrawn"), a_line(None)], begins=FIRST, ends=ON, on=ON
    )
    assert (made.median_days, made.ninetieth_days) == (4, 10)
    assert (made.applications, made.open, made.granted, made.refused, made.ended_otherwise) == (4, 1, 1, 1, 1)
    assert made.paise == 400


def test_a_case_is_late_from_the_day_after_its_last_day() -> None:
    due = [a_line(None, due=ON), a_line(None, due=ON - timedelta(days=1))]
    assert figures(due, begins=FIRST, ends=ON, on=ON).late == 1
    offices = board([*due, a_line(3)], begins=FIRST, ends=ON, on=ON).by_office
    assert {name: (each.applications, each.open, each.late) for name, each in offices.items()} == {
        "approver": (1, 0, 0),
        "verifier": (2, 2, 1),
    }


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


def counted_again(rows: list[dict[str, str]], on: date, begins: date, ends: date) -> dict[str, int | None]:
    """The figures of open lines, counted by the words that stand on the page and by nothing of the platform."""
    begun = [row for row in rows if str(begins) <= row["opened"] <= str(ends)]
    closed = [row for row in rows if row["closed"] and str(begins) <= row["closed"] <= str(ends)]
    outcomes = [row["outcome"] for row in closed]
    days = [
        (date.fromisoformat(row["closed"]) - date.fromisoformat(row["opened"])).days
        for row in closed
        if row["outcome"] in ("granted", "upheld", "refused", "dismissed")
    ]

    def within(tenths: int) -> int | None:
        if not days:
            return None
        return next(
            n for n in range(max(days) + 1) if 10 * sum(each <= n for each in days) >= tenths * len(days)
        )

    return {
        "applications": len(begun),
        "open": sum(not row["closed"] for row in begun),
        "late": sum(not row["closed"] and bool(row["due"]) and row["due"] < str(on) for row in begun),
        "granted": sum(each in ("granted", "upheld") for each in outcomes),
        "refused": sum(each in ("refused", "dismissed") for each in outcomes),
        "ended_otherwise": sum(each in ("withdrawn", "lapsed", "recorded") for each in outcomes),
        "median_days": within(5),
        "ninetieth_days": within(9),
        "paise": sum(int(row["paise"]) for row in rows),
    }


def test_whoever_counts_the_open_lines_again_finds_every_figure() -> None:
    outcomes = ("granted", "refused", "upheld", "dismissed", "withdrawn", "lapsed")
    older = date(2025, 3, 1)
    found = (
        [
            a_line(20, opened=older, paise=7),
            a_line(None, opened=older, due=older, paise=11),
            a_line(3, closed=ON + timedelta(days=1)),
        ]
        + [
            a_line(
                day * day % 29, outcomes[day % 6], ward=str(day % 3 or ""), service=f"s{day % 2}", paise=day
            )
            for day in range(40)
        ]
        + [a_line(None, due=ON - timedelta(days=day)) for day in (-1, 0, 1, 9)]
    )
    made = board(found, begins=FIRST, ends=ON, on=ON)
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert asdict(made.whole) == counted_again(rows, ON, FIRST, ON)
    assert len({made.whole.median_days, made.whole.ninetieth_days, 0}) == 3
    for key, parts in (("service", made.by_service), ("ward", made.by_ward), ("office", made.by_office)):
        assert len(parts) > 1
        for name, part in parts.items():
            assert asdict(part) == counted_again([row for row in rows if row[key] == name], ON, FIRST, ON)


def test_the_samples_board_is_counted_again_from_its_csv_and_its_json(door: TestClient) -> None:
    told = door.get(f"/api{TOWN}/board").json()
    rows = list(csv.DictReader(io.StringIO(door.get(f"/api{TOWN}/board.csv").text)))
    days = [date.fromisoformat(told["board"][day]) for day in ("on", "begins", "ends")]
    assert told["board"]["whole"] == counted_again(rows, *days)
    for name, part in told["board"]["by_office"].items():
        assert part == counted_again([row for row in rows if row["office"] == name], *days)
    decided = {row["office"] for row in rows if row["outcome"] in ("granted", "refused")}
    assert decided == {"approver"}
    assert all(row["office"] == row["turn"] for row in rows if not row["closed"])
    plain = [{key: "" if each is None else str(each) for key, each in line.items()} for line in told["cases"]]
    assert plain == rows


def test_money_lies_on_the_day_of_its_receipt_and_a_decision_on_its_own(
    town: Session, body: LocalBody
) -> None:
    """A case that was opened 400 days before it was paid and refused."""
    register(town, LAND, [a_new_parcel("90/1")], known=datetime(2026, 1, 1, tzinfo=UTC))
    today, long_ago = day_there(NOW, body.time_zone), NOW - timedelta(days=400)
    applicant, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    opened = open_case(a_desk(town, body, now=long_ago), parcels=[], actor=applicant, told={})
    filed = advance(a_desk(town, body), opened.id, "file", actor=applicant, version=opened.version)
    owed = raise_demand(town, body, lines=[FEE], now=NOW, case_id=opened.id)
    take_cash(town, body, owed.id, amount=owed.amount, by=an_actor(town, body, "counter").person.id, now=NOW)
    advance(a_desk(town, body), opened.id, "refuse", actor=verifier, version=filed.version, note="late")

    def seen(first: int, last: int) -> tuple[int, int, int, int, int | None]:
        begins, ends = today + timedelta(days=first), today + timedelta(days=last)
        services = {"test_service": Service(flow=a_flow())}
        found = lines(town, body, services, begins=begins, ends=ends)
        own = [each for each in found if each.number == opened.number]
        made = figures(own, begins=begins, ends=ends, on=today)
        return len(own), made.applications, made.paise, made.refused, made.median_days

    assert seen(-400, -35) == (1, 1, 0, 0, None)
    assert seen(-365, -1) == (0, 0, 0, 0, None)
    assert seen(-365, 0) == seen(0, 0) == (1, 0, FEE.amount, 1, 400)
    assert seen(1, 9) == (0, 0, 0, 0, None)


def test_an_objection_that_was_upheld_or_dismissed_was_decided() -> None:
    ended = figures(
        [a_line(2, "upheld"), a_line(4, "dismissed"), a_line(9, "withdrawn")], begins=FIRST, ends=ON, on=ON
    )
    assert (ended.granted, ended.refused, ended.ended_otherwise) == (1, 1, 1)
    assert (ended.median_days, ended.ninetieth_days) == (2, 4)


@pytest.mark.parametrize(
    ("shows", "word", "drawn"),
    [
        ("applications", "Applied", {"7": "2", "8": "1"}),
        ("median_days", "half within", {"7": "12"}),
        ("paise", "Received", {"7": "₹ 1,25,000", "8": "₹ 0"}),
    ],
)
def test_the_map_shows_the_figure_that_is_chosen(
    door: TestClient, monkeypatch: pytest.MonkeyPatch, shows: str, word: str, drawn: dict[str, str]
) -> None:
    """Ward 7 has a decided and an open case, ward 8 an open one, ward 9 none."""
    found = [a_line(12, paise=1_25_000_00), a_line(None, paise=0), a_line(None, paise=0, ward="8")]
    shapes = [(name, box(place * 10, 0, place * 10 + 10, 10)) for place, name in enumerate("789")]
    doors = import_module("civic.core.doors.dashboard")
    monkeypatch.setattr(doors, "lines", lambda *_, **__: found)
    monkeypatch.setattr(doors, "ward_shapes", lambda *_, **__: shapes)
    page = door.get(f"{TOWN}/board?lang=en&shows={shows}&begins={FIRST}&ends={ON}")
    assert page.status_code == 200
    figure = page.text[page.text.index("<figure") : page.text.index("</figure>")]
    assert word in figure
    assert re.findall(r"<text[^>]*>([^<]+)</text>", figure) == list(drawn.values())
    kinds = re.findall(r'class="ward-(\d|none)"', figure)
    assert [kind != "none" for kind in kinds] == [name in drawn for name in "789"]


def test_a_figure_that_there_is_not_is_not_shown(door: TestClient) -> None:
    assert door.get(f"{TOWN}/board?shows=weather").status_code == 422


def test_rupees_on_the_board_are_grouped_in_lakh_and_crore() -> None:
    parts = environment().get_template("town/parts.html").make_module({"t": None, "town": None, "page": None})
    told = {
        paise: str(parts.rupees(paise)).strip()  # type: ignore[attr-defined]
        for paise in (0, 5000, 99_950, 100_000, 1_23_456_00, 12_34_567_05)
    }
    assert told == {
        0: "₹ 0",
        5000: "₹ 50",
        99_950: "₹ 999.50",
        100_000: "₹ 1,000",
        1_23_456_00: "₹ 1,23,456",
        12_34_567_05: "₹ 12,34,567.05",
    }


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
