"""`bhumika check` reads a drawing in a process of its own, which may use so much time and memory, and says so where that is not enough."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api import plan_work
from api.cli import app
from api.plans import EXIT
from gis.errors import TooLarge
from gis.site_document import site_from_json, site_to_json
from rules.answers_document import NOTHING
from rules.check_document import to_json
from rules.checking import check
from rules.plans.marks import marked
from rules.reading import library
from rules.report import Verdict
from tests.rules.plan_builders import a_site
from tests.rules.plans.builders import PLOT, a_drawing

DAY = date(2026, 1, 1)
SITE = a_site({}, plot=[list(corner) for corner in PLOT])


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A house on its plot, with the plot in a site file beside it."""
    (tmp_path / "site.json").write_bytes(site_to_json(SITE))
    (tmp_path / "plan.dxf").write_bytes(a_drawing())
    return tmp_path / "plan.dxf"


def checked(plan: Path, *words: object) -> Result:
    """The command on the plan and its site file."""
    said = ["check", plan, "--site", plan.with_name("site.json"), "--on", DAY, *words]
    return CliRunner().invoke(app, [str(word) for word in said])


def test_a_check_with_limits_says_the_same_bytes_as_one_without(plan: Path) -> None:
    run = checked(plan, "--json", "-o", plan.with_name("marked.dxf"))
    drawing, site = plan.read_bytes(), site_from_json(site_to_json(SITE))
    here = check(drawing, site, library(), on=DAY, told=NOTHING, turn=None)
    assert run.stdout.encode() == to_json(here)
    assert run.exit_code == EXIT[Verdict(json.loads(run.stdout)["verdict"])]
    placement = here.proposal.placement
    laid = placement if placement is not None and placement.matches else None
    marks = marked(drawing, here.report.findings, laid, drawing=here.drawing)
    assert plan.with_name("marked.dxf").read_bytes() == marks


def test_a_check_that_takes_too_long_ends_with_an_error(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_work, "SECONDS", 0.0)
    run = checked(plan, "--json")
    assert (run.exit_code, run.stdout) == (1, "")
    assert "took longer than 0 seconds" in run.stderr


def test_a_check_that_needs_too_much_memory_ends_with_an_error(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A remark so long that no memory left over from loading the program can hold it.
    plan.write_bytes(b"999\n" + b"x" * 60_000_000 + b"\n" + plan.read_bytes())
    monkeypatch.setattr(plan_work, "MEMORY", 1_000_000)
    run = checked(plan, "--json")
    assert (run.exit_code, run.stdout) == (1, "")
    assert "needs more memory" in run.stderr.replace("\n", " ")


def test_a_file_that_is_no_drawing_is_told_as_before(plan: Path) -> None:
    plan.write_bytes(b"%PDF-1.7")
    run = checked(plan, "--json")
    assert (run.exit_code, run.stdout) == (1, "")
    assert "PDF" in run.stderr


def test_a_work_that_fails_to_allocate_is_not_called_a_fault_of_ours() -> None:
    with pytest.raises(TooLarge, match="memory"):
        plan_work.limited(_much)


def _much() -> int:
    return len(bytearray(plan_work.MEMORY * 2))
