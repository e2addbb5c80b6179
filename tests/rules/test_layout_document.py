"""A division of land as it is drawn is measured, judged by rule 31, and refused where it is no division."""

import json
from datetime import date
from typing import Any

import pytest

from gis.errors import Invalid
from gis.site import LocalBody
from rules.layout_document import document, layout_of, lines, read_layout
from rules.reading import library

PLOTS = [(0, 10), (10, 20), (20, 30)]


def a_layout(**changes: Any) -> dict[str, Any]:
    """Three plots of 10 m by 12.5 m along a street 7 m wide."""
    drawn: dict[str, Any] = {
        "kind": "residential",
        "land": [[0, -7], [30, -7], [30, 12.5], [0, 12.5]],
        "plots": [
            {
                "number": str(number),
                "outline": [[west, 0], [east, 0], [east, 12.5], [west, 12.5]],
                "frontage": [[west, 0], [east, 0]],
            }
            for number, (west, east) in enumerate(PLOTS, 1)
        ],
        "streets": [{"ref": "a", "left": [[0, 0], [30, 0]], "right": [[0, -7], [30, -7]]}],
    }
    return drawn | changes


def judged(drawn: dict[str, Any], on: date = date(2026, 1, 1)) -> dict[str, Any]:
    found = document(read_layout(json.dumps(drawn).encode()), library().on(on, LocalBody.MUNICIPALITY))
    return {each["subject"]: each for each in found["findings"]} | {"all": found}


def test_plots_and_streets_are_measured_from_their_outlines() -> None:
    found = judged(a_layout())
    assert found["plot 1, area"]["measured"]["amount"] == "125"
    assert found["street a"]["measured"]["amount"] == "7"
    assert {found[each]["outcome"] for each in ("plot 1, area", "plot 2, width", "street a")} == {"pass"}


@pytest.mark.parametrize(("breadth", "outcome"), [(7.0, "pass"), (6.999, "fail"), (7.001, "pass")])
def test_a_street_is_as_wide_as_its_edges_are_apart(breadth: float, outcome: str) -> None:
    edges = [{"ref": "a", "left": [[0, 0], [30, 0]], "right": [[0, -7.5], [15, -breadth], [30, -7.5]]}]
    found = judged(a_layout(streets=edges, land=[[0, -8], [30, -8], [30, 12.5], [0, 12.5]]))
    assert found["street a"]["outcome"] == outcome


def test_without_a_frontage_the_width_of_a_plot_is_unknown() -> None:
    drawn = a_layout()
    drawn["plots"][0]["frontage"] = None
    assert judged(drawn)["plot 1, width"]["outcome"] == "unknown"
    assert judged(drawn)["all"]["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("opens_on", "reach", "outcome"),
    [({"street": "a"}, 4, "pass"), ({"street": "a"}, 3.99, "fail"), ({"road_width": 8}, 4, "unknown")],
)
def test_a_splay_on_a_road_whose_width_was_only_told_never_passes(
    opens_on: dict[str, Any], reach: float, outcome: str
) -> None:
    splay = {"ref": "s", "corner": [0, 0], "ends": [[reach, 0], [0, 5]], **opens_on}
    assert judged(a_layout(splays=[splay]))["splay s"]["outcome"] == outcome


def test_what_only_advises_binds_nobody() -> None:
    found = judged(a_layout(access=1.0))["all"]
    assert next(each for each in found["findings"] if each["subject"] == "access")["outcome"] == "unknown"
    assert found["approver"] == {
        "who": "nobody",
        "reason": found["approver"]["reason"],
        "force": "advisory",
        "clauses": found["approver"]["clauses"],
    }


@pytest.mark.parametrize("on", [date(2025, 3, 19), date(2025, 10, 28)])
def test_in_the_unread_days_a_layout_of_shops_is_unknown(on: date) -> None:
    found = judged(a_layout(kind="commercial"), on)
    assert found["street a"]["outcome"] == "unknown"


def _crossing(drawn: dict[str, Any]) -> None:
    drawn["plots"][0]["outline"] = [[0, 0], [10, 12.5], [10, 0], [0, 12.5]]


def _over(drawn: dict[str, Any]) -> None:
    drawn["plots"][1]["outline"] = [[5, 0], [20, 0], [20, 12.5], [5, 12.5]]
    drawn["plots"][1]["frontage"] = [[5, 0], [20, 0]]


def _outside(drawn: dict[str, Any]) -> None:
    drawn["plots"][2]["outline"] = [[20, 0], [31, 0], [31, 12.5], [20, 12.5]]
    drawn["plots"][2]["frontage"] = None


def _astray(drawn: dict[str, Any]) -> None:
    drawn["plots"][0]["frontage"] = [[0, 3], [10, 3]]


def _unknown_word(drawn: dict[str, Any]) -> None:
    drawn["colour"] = "red"


def _not_finite(drawn: dict[str, Any]) -> None:
    drawn["land"][0] = [1e400, 0]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_crossing, "crosses itself"),
        (_over, "lie over each other"),
        (_outside, "outside the land"),
        (_astray, "does not lie on its outline"),
        (_unknown_word, "colour"),
        (_not_finite, "land"),
    ],
)
def test_what_is_no_division_of_land_is_refused_with_the_place(spoil: Any, why: str) -> None:
    drawn = a_layout()
    spoil(drawn)
    with pytest.raises(Invalid, match=why):
        layout_of(read_layout(json.dumps(drawn).replace("Infinity", "1e999").encode()))


def test_the_broken_is_told_first() -> None:
    drawn = a_layout()
    drawn["plots"][0]["outline"] = [[0, 0], [10, 0], [10, 12.4], [0, 12.4]]
    first, *_ = lines(judged(drawn)["all"])
    assert first.startswith("plot 1, area: fail, 124 m2, asked 125 m2")
