"""A relaxation lowers the amount only where its conditions hold, and keeps the answer open only where it would help."""

from dataclasses import replace
from decimal import Decimal

import pytest

from gis.site import LocalBody
from rules.book import Force, Parameter
from rules.findings import Outcome, Required, measured
from rules.measure import Unit
from rules.reading import library
from rules.reckoning.relaxations import Relaxation, both, is_within, judged, said
from tests.rules.plan_builders import DAY, a_plan

BOOK = library().on(DAY, LocalBody.MUNICIPALITY)
ORDINARY = Required.of(BOOK.value(Parameter("roads.distance"), "other"))


def relaxation(amount: str, holds: bool | None) -> Relaxation:
    return Relaxation(required=replace(ORDINARY, amount=Decimal(amount)), holds=holds, why=f"if {amount} do")


@pytest.mark.parametrize(
    ("metres", "holds", "outcome"),
    [
        (2.0, None, Outcome.PASS),
        (1.999, True, Outcome.PASS),
        (1.999, None, Outcome.UNKNOWN),
        (1.999, False, Outcome.FAIL),
        (1.5, True, Outcome.PASS),
        (1.499, True, Outcome.FAIL),
        (1.499, None, Outcome.FAIL),
    ],
)
def test_a_relaxation_to_1_5_m(metres: float, holds: bool | None, outcome: Outcome) -> None:
    found = judged(
        "r",
        ORDINARY,
        [relaxation("1.5", holds)],
        measured(metres, Unit.METRE),
        missing="",
        remedy=lambda _: "move",
    )
    assert found.outcome is outcome
    assert (found.reason is not None) is (outcome is Outcome.UNKNOWN)


def test_nothing_is_asked_of_the_relaxations_where_the_ordinary_amount_is_kept() -> None:
    def never() -> list[Relaxation]:
        raise AssertionError

    lazy = (each for each in [1] for _ in never())
    found = judged("r", ORDINARY, lazy, measured(2.0, Unit.METRE), missing="", remedy=lambda _: "")  # type: ignore[arg-type]
    assert found.outcome is Outcome.PASS


def test_a_doubt_keeps_a_pass_open_but_not_a_failure() -> None:
    for metres, outcome in ((2.0, Outcome.UNKNOWN), (1.999, Outcome.FAIL)):
        found = judged(
            "r",
            ORDINARY,
            [],
            measured(metres, Unit.METRE),
            missing="",
            remedy=lambda _: "",
            doubt="it may be more",
        )
        assert found.outcome is outcome


def test_an_advisory_relaxation_never_lets_anything_pass() -> None:
    weak = replace(
        relaxation("1.5", holds=True), required=replace(ORDINARY, amount=Decimal("1.5"), force=Force.ADVISORY)
    )
    found = judged("r", ORDINARY, [weak], measured(1.7, Unit.METRE), missing="", remedy=lambda _: "")
    assert found.outcome is Outcome.UNKNOWN


def test_one_no_is_enough_and_one_unknown_leaves_it_open() -> None:
    assert both(True, True) is True
    assert both(True, None) is None
    assert both(None, False) is False


def test_a_declared_height_can_only_show_that_it_is_too_much() -> None:
    low = measured(7.0, Unit.METRE, is_declared=True)
    high = measured(8.001, Unit.METRE, is_declared=True)
    assert is_within(low, Decimal(8)) is None
    assert is_within(high, Decimal(8)) is False
    assert is_within(measured(8.0, Unit.METRE), Decimal(8)) is True
    assert is_within(None, Decimal(8)) is None


def test_areas_are_compared_as_they_are_printed() -> None:
    assert is_within(measured(200.004, Unit.SQUARE_METRE), Decimal(200)) is True
    assert is_within(measured(200.01, Unit.SQUARE_METRE), Decimal(200)) is False


@pytest.mark.parametrize(
    ("text", "is_confirmed", "answer"),
    [
        ("YES", True, True),
        ("YES", False, None),
        ("NO", False, False),
        ("NA", True, None),
        (None, False, None),
    ],
)
def test_a_word_in_the_applicants_favour_counts_once_confirmed(
    text: str | None, is_confirmed: bool, answer: bool | None
) -> None:
    words = {} if text is None else {"HUT": text}
    plan = a_plan({"words": words, "confirmed": ["HUT"] if is_confirmed else []})
    assert said(plan, "HUT") is answer


@pytest.mark.parametrize(("holds", "told"), [(True, "1.5"), (False, str(ORDINARY.amount))])
def test_the_remedy_names_what_is_asked_in_the_end(holds: bool, told: str) -> None:
    lesser, found = relaxation("1.5", holds), measured(1.0, Unit.METRE)
    finding = judged("r", ORDINARY, [lesser], found, missing="", remedy=lambda asked: f"{asked.amount} m")
    assert finding.outcome is Outcome.FAIL
    assert finding.remedy == f"{told} m"
