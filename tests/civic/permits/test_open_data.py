"""The register as open data has the columns of BLDS, values of their kind, and nothing that a table program would run."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from civic.core.bodies import LocalBody
from civic.permits.blds import (
    CLASSES,
    COLUMNS,
    KINDS,
    REQUIRED,
    STATUSES,
    TYPES,
    Entry,
    Publication,
    as_csv,
    row_of,
    square_feet,
    status_of,
)
from civic.permits.model import Kind
from civic.permits.register import Line
from tests.civic.conftest import a_body
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.issued import a_permit
from tests.civic.permits.test_register import MEASURES
from tests.civic.permits.visiting import a_plot, degrees

OF = Publication(body=a_body("kochi-test"), state="Kerala", front="https://land.example")
LINE = Line(
    number="P-2026-00001",
    plots=("12/104", "12/105"),
    kind="new",
    route="self_certified",
    issued=date(2026, 3, 2),
    until=date(2031, 3, 1),
    state="in_force",
    case="BP-2026-00001",
    applied=date(2026, 3, 1),
    follows=None,
    revoked=None,
)
ENTRY = Entry(line=LINE, measures=(("built_up_area", "120", "m2"),), spot=(76.3, 9.9), occupied=None)


def test_every_required_column_stands_in_the_file_in_the_order_of_the_specification() -> None:
    lines = list(csv.DictReader(io.StringIO("".join(as_csv([ENTRY], OF)))))
    assert list(lines[0]) == list(COLUMNS)
    assert COLUMNS[: len(REQUIRED)] == REQUIRED
    assert lines[0]["PermitNum"] == "P-2026-00001"
    assert lines[0]["OriginalAddress1"] == "Survey number 12/104, 12/105"
    assert lines[0]["Link"] == "https://land.example/town/kochi-test/register/P-2026-00001"


@pytest.mark.parametrize("kind", list(Kind))
def test_values_are_those_of_the_specification(kind: Kind) -> None:
    row = row_of(replace(ENTRY, line=replace(LINE, kind=kind)), OF)
    assert row["StatusCurrentMapped"] in STATUSES
    assert row["WorkClassMapped"] in CLASSES
    assert row["PermitTypeMapped"] in TYPES
    for name in (each for each in COLUMNS if each.endswith("Date")):
        assert row[name] == "" or date.fromisoformat(row[name])
    assert set(KINDS) == set(Kind)


@pytest.mark.parametrize(
    ("state", "revoked", "occupied", "status", "since"),
    [
        ("in_force", None, None, "Permit Issued", date(2026, 3, 2)),
        ("in_force", None, date(2027, 1, 1), "Permit Finaled", date(2027, 1, 1)),
        ("ended", None, None, "Permit Cancelled", date(2031, 3, 1)),
        ("ended", None, date(2027, 1, 1), "Permit Finaled", date(2027, 1, 1)),
        ("revoked", date(2026, 9, 1), date(2026, 8, 1), "Permit Cancelled", date(2026, 9, 1)),
    ],
)
def test_a_status_says_since_when(
    state: str, revoked: date | None, occupied: date | None, status: str, since: date
) -> None:
    entry = replace(ENTRY, line=replace(LINE, state=state, revoked=revoked), occupied=occupied)
    assert status_of(entry) == (status, since)


@pytest.mark.parametrize(
    ("amount", "feet"), [("120", "1292"), ("0.09290304", "1"), ("92.856", "999"), ("92.857", "1000")]
)
def test_square_metres_become_whole_square_feet(amount: str, feet: str) -> None:
    assert square_feet([("built_up_area", amount, "m2")]) == feet
    assert square_feet([("floor_area", amount, "m2")]) == ""


@pytest.mark.parametrize("number", ["=1+1", "+SUM(A1)", "@here", "-x"])
def test_no_cell_is_a_formula(number: str) -> None:
    line = "".join(as_csv([replace(ENTRY, line=replace(LINE, number=number))], OF)).splitlines()[1]
    assert next(csv.reader([line]))[0] == f"'{number}"


def test_a_negative_longitude_stays_a_number() -> None:
    line = "".join(as_csv([replace(ENTRY, spot=(-71.1, 42.3))], OF)).splitlines()[1]
    assert dict(zip(COLUMNS, next(csv.reader([line])), strict=True))["Longitude"] == "-71.100000"


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall."""
    return a_hall(service_engine, own_body, tmp_path)


def test_the_whole_register_is_told_with_place_area_and_certificate(
    hall: Hall, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic.permits.open_data.PAGE", 23)  # 207 permits are nine whole pages
    plot = a_plot(engine, hall.body)
    with hall.inside() as session:
        number = a_permit(session, hall.body, plot, found={"measures": MEASURES})
        a_permit(
            session,
            hall.body,
            plot,
            kind="occupancy",
            of_permit=number,
            issued=date(2026, 11, 20),
            until=None,
        )
        for _ in range(205):
            a_permit(session, hall.body, "99/9")
    answer = hall.client().get(f"/api{hall.path}/open-data/permits.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["PermitNum"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert len(rows) == 207
    row, (east, north) = rows[number], degrees(10, 15)
    assert (row["TotalSqFt"], row["COIssuedDate"], row["StatusCurrentMapped"]) == (
        "1292",
        "2026-11-20",
        "Permit Finaled",
    )
    assert float(row["Longitude"]) == pytest.approx(east, abs=2e-4)
    assert float(row["Latitude"]) == pytest.approx(north, abs=2e-4)
    assert row["Description"] == "New building; floor area 98.5 m2; built-up area 120 m2; height 6.4 m"
    assert {each["Latitude"] for name, each in rows.items() if each["PIN"] == "99/9"} == {""}, (
        "a plot that is not"
    )


def test_the_file_is_described_with_its_licence(hall: Hall) -> None:
    told = hall.client().get(f"/api{hall.path}/open-data/permits.json").json()
    fields = {each["name"]: each for each in told["resources"][0]["schema"]["fields"]}
    assert list(fields) == list(COLUMNS)
    assert fields["IssuedDate"]["type"] == "date"
    assert fields["StatusCurrentMapped"]["constraints"]["enum"] == list(STATUSES)
    assert told["licenses"][0]["name"] == "CC0-1.0", "a made-up body"
