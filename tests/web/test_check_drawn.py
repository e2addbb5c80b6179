"""Both figures of each drawn yard, and both numbers of what is declared, stand on page, paper and terminal; which is judged is said."""

from datetime import date
from functools import cache
from typing import Any

import orjson
import pytest

from api.plan_lines import print_lines
from rules.check_document import to_json
from rules.checking import PlanCheck, check
from rules.reading import library
from tests.rules.plan_builders import a_site
from tests.rules.plans.builders import INFO, PLOT, Corners, a_drawing, dimension, words
from web.check_drawn import both_lines, yard_lines
from web.check_view import check_view
from web.languages import Language, Wording
from web.plans_asked import KeptCheck
from web.print.plan_check_sheet import check_sheet

EN, ML = Wording(language=Language.ENGLISH), Wording(language=Language.MALAYALAM)
SLANTED: dict[str, Corners] = {
    "FRONT_YARD": ((5, 4), (5, 0), (15, 0), (15, 4)),
    "REAR_YARD": ((5, 16), (15, 16), (17, 25), (5, 25)),
}


@cache
def asked(info: str = INFO) -> PlanCheck:
    """A house whose height is declared as 6.5 m and drawn so, on its plot; its rear yard widens towards the boundary."""

    def also(_document: Any, space: Any) -> None:
        words(space, "BLK_1_LVL_0_FRONT_YARD", "HEIGHT=6.5", at=(8, 2))

    site = a_site({}, plot=[list(corner) for corner in PLOT])
    return check(a_drawing(yards=SLANTED, info=info, also=also), site, library(), on=date(2026, 1, 1))


def found(info: str = INFO) -> dict[str, Any]:
    """The document of that check."""
    document: dict[str, Any] = orjson.loads(to_json(asked(info)))
    return document


def test_the_document_has_both_figures_of_each_yard_with_the_length_of_the_judged_one() -> None:
    front, rear = found()["yards"]
    assert front["average"] == {"metres": 4.0, "length": 10.0, "basis": "walls that face the boundary"}
    assert (front["mean_of_nearest"], front["least"], front["layer"]) == (4.0, 4.0, "BLK_1_LVL_0_FRONT_YARD")
    assert rear["average"] is None
    assert {each["basis"] for each in rear["candidates"]} >= {
        "walls that face the boundary",
        "extent of the yard",
    }
    assert rear["mean_of_nearest"] == pytest.approx(9.0)


@pytest.mark.parametrize(("area", "differs"), [("500", False), ("500.4", True), ("PLOT", None)])
def test_what_is_declared_and_drawn_is_shown_whether_it_differs_or_not(
    area: str, differs: bool | None
) -> None:
    shown = {each["what"]: each for each in found(f"PLOT_AREA_M2={area}")["declared"]}
    assert shown["The height of block 1"]["differs"] is False
    if differs is None:  # words that are no number declare nothing
        assert "The plot's area" not in shown
    else:
        plot = shown["The plot's area"]
        assert (plot["measured"], plot["declared"], plot["differs"]) == (500.0, area, differs)


@pytest.mark.parametrize("t", [EN, ML])
def test_page_print_and_terminal_say_which_figure_is_judged(
    t: Wording, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    view = check_view(KeptCheck(key="0" * 64, found=found(), document=b"", svg="", marked=b""), t)
    sheet = check_sheet(found(), "", t)
    assert view.yards == sheet.yards == yard_lines(found(), t)
    assert view.both == sheet.both == both_lines(found(), t)
    front, rear = view.yards
    assert "4.000" in front.judged
    assert "10.000" in front.judged
    assert "4.000" in front.mean
    assert t("check.yards.is_judged") not in rear.judged
    assert rear.judged.count("10.000") >= 1
    print_lines(asked(), Console(width=400), t.language)
    said = capsys.readouterr().out.replace("\u00a0", " ")
    for part in (front.judged, front.mean, rear.judged, *(each.told for each in view.both)):
        assert part.replace("\u00a0", " ") in said
    assert t("check.yards.not_judged") in said


def test_a_terminal_tells_what_was_measured_and_required_of_what_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from rich.console import Console

    print_lines(asked(), Console(width=400), Language.ENGLISH)
    said = capsys.readouterr().out.splitlines()
    kept = [line for line in said if line.startswith("✓ ")]
    document = found()
    assert len(kept) == document["counts"]["pass"]
    assert any("Coverage" in line and "%; at most 65 %" in line for line in kept)
    assert any(line.startswith("Floor area: 240.00 m²") for line in said)
    assert (
        sum(line.startswith(("✗ ", "? ")) for line in said)
        == document["counts"]["fail"] + document["counts"]["unknown"] + 1
    )
    assert [line for line in said if line.startswith("- ")] != []


def test_a_check_that_was_kept_before_has_neither() -> None:
    old = {key: value for key, value in found().items() if key not in ("yards", "declared")}
    assert yard_lines(old, EN) == ()
    assert both_lines(old, EN) == ()


def test_a_dimension_that_prints_another_length_is_told_in_malayalam_too() -> None:
    def also(_document: Any, space: Any) -> None:
        dimension(space, "BLK_1_HT_OF_BLDG", (-20, 0), (-20, 6.5)).set_acad_dstyle({"dimlfac": 1.2})

    site = a_site({}, plot=[list(corner) for corner in PLOT])
    plan = check(a_drawing(height=None, also=also), site, library(), on=date(2026, 1, 1))
    (line,) = [
        each for each in check_sheet(orjson.loads(to_json(plan)), "", ML).problems if "7.800" in each.message
    ]
    assert "The points" not in line.message
    assert "DIMLFAC" in line.remedy
