"""Earlier permits come in with their plans: all of a table or nothing, every row accounted for, twice is once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from api.cli_permits import permits_app
from api.earlier_permits import Earlier, bring_in_earlier
from civic.core.bodies import LocalBody
from civic.core.documents.store import Store, folder_store
from civic.permits.earlier import EarlierReport
from gis.errors import Invalid, LandError, NotAllowed
from tests.civic.documents.conftest import LARGEST, a_pdf
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.visiting import a_plot

NOW = datetime.now(UTC)
HEAD = "number,plot,kind,issued,until,words,plans\n"
Brings = Callable[..., EarlierReport]


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall."""
    return a_hall(service_engine, own_body, tmp_path)


@pytest.fixture
def plot(hall: Hall, engine: Engine) -> str:
    """A plot."""
    return a_plot(engine, hall.body)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a folder."""
    return folder_store(tmp_path / "documents")


@pytest.fixture
def brings(hall: Hall, store: Store, tmp_path: Path) -> Brings:
    """Brings a table in, as the body's administrator."""
    admin = hall.person("admin").person.email
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "a.pdf").write_bytes(a_pdf())
    (plans / "b.dxf").write_bytes(b"  0\nSECTION\n  2\nHEADER\n")
    (plans / "bad.pdf").write_bytes(b"MZ" + b"0" * 900)
    (tmp_path / "secret.pdf").write_bytes(a_pdf())

    def bring(
        rows: str, *, by: str | None = None, is_rehearsal: bool = False, head: str = HEAD
    ) -> EarlierReport:
        table = tmp_path / "earlier.csv"
        table.write_text("\ufeff" + head + rows, encoding="utf-8")
        earlier = Earlier(
            body=hall.body.code, table=table, plans=plans, by=by or str(admin), is_rehearsal=is_rehearsal
        )
        return bring_in_earlier(hall.engine, earlier, store=store, largest=LARGEST, now=NOW)

    return bring


def counts(hall: Hall) -> dict[str, int]:
    with hall.inside() as session:
        tables = ("civic_case", "permit", "document", "document_version", "case_party")
        return {each: int(session.scalar(text(f"SELECT count(*) FROM {each}")) or 0) for each in tables}


NONE = {"civic_case": 0, "permit": 0, "document": 0, "document_version": 0, "case_party": 0}


def test_a_permit_comes_with_its_plans_and_stands_in_the_register(
    hall: Hall, brings: Brings, plot: str
) -> None:
    report = brings(f'BA/17/2009-10,{plot},new,2009-05-05,2012-05-04,"Shelf 4, box 2",a.pdf; b.dxf\n')
    assert (report.rows, len(report.taken), report.plans, report.refused) == (1, 1, 2, [])
    assert counts(hall) == {
        "civic_case": 1,
        "permit": 1,
        "document": 2,
        "document_version": 2,
        "case_party": 0,
    }
    shown = hall.client().get(f"/api{hall.path}/register/BA/17/2009-10").json()
    assert (shown["issued"], shown["until"], shown["state"], shown["route"]) == (
        "2009-05-05",
        "2012-05-04",
        "ended",
        "earlier",
    )
    assert shown["plots"] == [plot]
    assert shown["case"] == "BP-2009-00001", "numbered in its own year"
    assert "Shelf 4" not in str(shown)
    office = hall.client(hall.person("verifier"))
    page = office.get(f"{hall.path}/cases/BP-2009-00001")
    assert page.status_code == 200
    assert "Shelf 4, box 2" in page.text


def test_the_same_table_again_changes_nothing(hall: Hall, brings: Brings, plot: str) -> None:
    rows = f"17/2009,{plot},new,2009-05-05,,,a.pdf\n18/2009,{plot},well,2009-06-05,,,\n"
    brings(rows)
    before = counts(hall)
    report = brings(rows + f"19/2009,{plot},new,2009-07-05,,,\n")
    assert (len(report.known), len(report.taken), report.plans) == (2, 1, 0)
    assert counts(hall) == before | {"civic_case": 3, "permit": 3}


def test_a_rehearsal_tells_all_and_writes_nothing(
    hall: Hall, brings: Brings, plot: str, tmp_path: Path
) -> None:
    report = brings(f"17/2009,{plot},new,2009-05-05,,,a.pdf\n", is_rehearsal=True)
    assert (len(report.taken), report.plans) == (1, 1)
    assert counts(hall) == NONE
    assert not list((tmp_path / "documents").rglob("*")), "no file is kept"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",{plot},new,2009-05-05,,,", "The cell number is empty"),
        ("1,{plot},castle,2009-05-05,,,", "no kind of permit"),
        ("1,{plot},renewal,2009-05-05,,,", "no kind of permit"),
        ("1,{plot},new,05/05/2009,,,", "The cell issued is no date"),
        ("1,{plot},new,2009-02-30,,,", "The cell issued is no date"),
        ("1,{plot},new,2009-05-05,2009-05-04,,", "ends before it was issued"),
        ("1,{plot},new,2999-05-05,,,", "a day to come"),
        ("1,99/999,new,2009-05-05,,,", "99/999"),
        ("1,none!,new,2009-05-05,,,", ""),
        ("1,{plot},new,2009-05-05,,,missing.pdf", "no file missing.pdf"),
        ("1,{plot},new,2009-05-05,,,../secret.pdf", "no file ../secret.pdf"),
        ("1,{plot},new,2009-05-05,,,bad.pdf", "whatever its name says"),
        ("1,{plot},new,2009-05-05,,,,more", "more cells than there are columns"),
        ("ok,{plot},new,2009-05-05,,,", "stands in row 2 already"),
        ("/etc,{plot},new,2009-05-05,,,", "does not begin with a stroke"),
    ],
)
def test_one_refused_row_keeps_out_the_whole_table(
    hall: Hall, brings: Brings, plot: str, row: str, why: str
) -> None:
    report = brings(f"ok,{plot},new,2009-05-05,,,a.pdf\n{row.format(plot=plot)}\n")
    assert [each.row for each in report.refused] == [3]
    assert why in report.refused[0].why
    assert counts(hall) == NONE


def test_a_permit_that_is_recorded_otherwise_is_refused(hall: Hall, brings: Brings, plot: str) -> None:
    brings(f"17/2009,{plot},new,2009-05-05,,,\n")
    report = brings(f"17/2009,{plot},new,2009-05-06,,,\n")
    assert "of another kind or day" in report.refused[0].why


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("number,plot,kind\n", "lacks the columns: issued"),
        ("number,plot,kind,issued,owner\n", "owner"),
        ("number,plot,kind,issued,issued\n", "has twice the columns: issued"),
        ("", "lacks the columns"),
    ],
)
def test_columns_that_nobody_reads_are_refused(brings: Brings, head: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        brings("", head=head)


def test_only_an_administrator_brings_permits_in(hall: Hall, brings: Brings, plot: str) -> None:
    row = f"17/2009,{plot},new,2009-05-05,,,\n"
    for by in (hall.person("verifier").person.email, "nobody@example.org"):
        with pytest.raises(NotAllowed):
            brings(row, by=by)
    assert counts(hall) == NONE


def test_a_table_that_is_no_text_is_told(hall: Hall, store: Store, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    earlier = Earlier(body=hall.body.code, table=table, plans=None, by="x@example.org", is_rehearsal=False)
    for content in (None, b"\xff\xfe\x00"):
        if content is not None:
            table.write_bytes(content)
        with pytest.raises(LandError, match="table"):
            bring_in_earlier(hall.engine, earlier, store=store, largest=LARGEST, now=NOW)


def test_the_command_says_what_it_takes() -> None:
    told = CliRunner().invoke(permits_app, ["import", "--help"], env={"COLUMNS": "200"})
    assert told.exit_code == 0
    assert "--dry-run" in told.output
    assert date(2009, 5, 5).isoformat() == "2009-05-05"
