"""A division of land is checked on its parcel as a plan is: laid, judged by rule 31 and by what the layers say, and charged as a subdivision."""

import json
from datetime import date
from typing import Any

import pytest

from gis.errors import Invalid
from rules.check_document import to_json
from rules.check_schema import check_schema
from rules.checking import check
from rules.reading import library
from tests.civic.permits.kinds import a_layout
from tests.civic.permits.low_risk import a_clear_site

ON = date(2026, 1, 1)


def found(content: bytes, on: date = ON, body: str = "municipality", **themes: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        to_json(check(content, a_clear_site(body=body, **themes), library(), on=on))
    )
    return told


def outcomes(told: dict[str, Any], rule: str = "layout") -> dict[str, str]:
    return {each["subject"]: each["outcome"] for each in told["findings"] if each["rule"] == rule}


@pytest.mark.parametrize(("back", "outcome"), [(19.5, "pass"), (19.499, "fail"), (25.0, "pass")])
def test_a_new_plot_has_its_least_area_on_the_ground(back: float, outcome: str) -> None:
    told = found(a_layout(back=back))
    assert outcomes(told)["plot 1, area"] == outcome
    assert told["placement"]["matches"]
    assert told["verdict"] == ("fail" if outcome == "fail" else "unknown")


def test_every_finding_lies_where_it_was_drawn_and_on_the_ground() -> None:
    told = found(a_layout())
    for each in told["findings"]:
        if each["rule"] == "layout" and each["subject"] in ("plot 1, area", "street a"):
            (place,) = each["places"]
            assert place["geometry"]
            assert place["drawn"]


def test_what_a_rule_asks_of_buildings_is_not_asked_of_land() -> None:
    told = found(a_layout())
    assert outcomes(told, "yards") == {"": "not applicable"}
    assert {each["rule"] for each in told["findings"] if each["outcome"] == "unknown"} <= {
        "layout",
        "noc_defence",
        "plan_on_parcel",
    }


def test_what_the_layers_say_of_the_land_is_asked_as_of_any_plan() -> None:
    told = found(a_layout(), crz_zone="affected")
    assert outcomes(told, "noc_crz") == {"": "unknown"}


def test_land_that_is_not_the_plot_is_not_laid_on_it() -> None:
    drawn = json.loads(a_layout())
    drawn["land"] = [[0, 0], [20, 0], [20, 40], [0, 40]]
    told = found(json.dumps(drawn).encode())
    assert not told["placement"]["matches"]
    assert outcomes(told, "plan_on_parcel") == {"": "unknown"}


@pytest.mark.parametrize(
    ("body", "application", "permit"), [("municipality", 30, 3750), ("corporation", 50, 5000)]
)
def test_it_is_charged_as_a_subdivision(body: str, application: int, permit: int) -> None:
    fees = found(a_layout(), body=body)["statement"]["fees"]
    assert [(each["title"], each["paise"]) for each in fees] == [
        ("application fee", application * 100),
        ("permit fee", permit * 100),
    ]


def test_before_the_schedules_its_fee_is_not_told() -> None:
    fees = found(a_layout(), on=date(2025, 10, 28))["statement"]["fees"]
    assert [each["paise"] for each in fees] == [None, None]


@pytest.mark.parametrize(("plots", "is_open"), [(9, False), (10, True), (11, False), (20, False), (21, True)])
def test_a_word_is_asked_where_the_town_planner_approves_or_nobody_is_named(
    plots: int, is_open: bool
) -> None:
    drawn = json.loads(a_layout())
    wide = 20 / plots
    drawn["plots"] = [
        {
            "number": str(i),
            "outline": [[i * wide, 7], [i * wide + wide, 7], [i * wide + wide, 25], [i * wide, 25]],
        }
        for i in range(plots)
    ]
    told = found(json.dumps(drawn).encode())
    assert ("approval" in outcomes(told)) == is_open, told["verdict"]


@pytest.mark.parametrize("text", [b"{", b"{}", b'{"kind": "residential"}', b'\xef\xbb\xbf{"land": 3}'])
def test_what_is_no_layout_is_refused_in_words(text: bytes) -> None:
    with pytest.raises(Invalid, match=r"layout cannot be read|correct it"):
        found(text)


def test_its_document_is_that_of_any_check() -> None:
    assert set(found(a_layout())) == set(check_schema()["properties"])
