"""A finding passes, fails or is unknown on both sides of every threshold, and advice never decides."""

from datetime import date
from decimal import Decimal

import pytest

from gis.errors import Invalid
from gis.site import LocalBody, Site
from rules.book import Book, Parameter
from rules.findings import (
    Comparison,
    Finding,
    Measured,
    Outcome,
    Required,
    at_least,
    at_most,
    breaks,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.proposal import Proposal
from rules.reading import library
from rules.register import Register, asked
from rules.report import Verdict, report, verdict
from rules.takings import of_word
from tests.rules.plan_builders import a_plan, a_site

TODAY = date(2026, 1, 1)


def book(body: LocalBody = LocalBody.MUNICIPALITY, on: date = TODAY) -> Book:
    return library().on(on, body)


def corridor() -> Required:
    """1.2 m, binding."""
    return Required.of(book().value(Parameter("exits.corridor")))


def well() -> Required:
    """1.2 m in a panchayat, second hand."""
    return Required.of(book(LocalBody.PANCHAYAT).value(Parameter("services.well_boundary")))


def width(amount: float | Decimal, *, is_declared: bool = False) -> Measured:
    return measured(amount, Unit.METRE, steps=("clear width",), is_declared=is_declared)


def judged(required: Required, found: Measured | None) -> Finding:
    return at_least("corridor", required, found, missing="The drawing shows no corridor.", remedy="Widen it.")


@pytest.mark.parametrize(
    ("amount", "outcome"),
    [
        (1.2, Outcome.PASS),
        (1.1996, Outcome.PASS),
        (1.1994, Outcome.FAIL),
        (1.199, Outcome.FAIL),
        (0.1 + 1.1, Outcome.PASS),
        (1.3, Outcome.PASS),
    ],
)
def test_a_length_is_compared_at_a_millimetre(amount: float, outcome: Outcome) -> None:
    finding = judged(corridor(), width(amount))
    assert (finding.outcome, finding.tolerance) == (outcome, Decimal("0.001"))


@pytest.mark.parametrize(
    ("amount", "outcome"),
    [(100.0, Outcome.PASS), (100.004, Outcome.PASS), (100.006, Outcome.FAIL), (100.01, Outcome.FAIL)],
)
def test_an_area_is_compared_at_a_hundredth_of_a_square_metre(amount: float, outcome: Outcome) -> None:
    most = Required.of(book().value(Parameter("small.row_plot"))).changed(
        Decimal(100), "made up for the test"
    )
    finding = at_most("plot", most, measured(amount, Unit.SQUARE_METRE), missing="-", remedy="-")
    assert (finding.outcome, finding.comparison) == (outcome, Comparison.AT_MOST)


@pytest.mark.parametrize(("storeys", "outcome"), [(2, Outcome.PASS), (3, Outcome.FAIL)])
def test_a_count_is_compared_exactly(storeys: int, outcome: Outcome) -> None:
    most = Required.of(book().value(Parameter("small.row_storeys")))
    finding = at_most("row", most, measured(Decimal(storeys), Unit.COUNT), missing="-", remedy="-")
    assert (finding.outcome, finding.tolerance) == (outcome, None)


def test_without_a_measure_the_answer_is_unknown_and_says_why() -> None:
    finding = judged(corridor(), None)
    assert (finding.outcome, finding.reason, finding.holds) == (
        Outcome.UNKNOWN,
        "The drawing shows no corridor.",
        None,
    )


@pytest.mark.parametrize(("amount", "holds"), [(5.0, True), (0.1, False)])
def test_advice_shows_the_comparison_but_never_decides(amount: float, holds: bool) -> None:
    finding = judged(well(), width(amount))
    assert (finding.outcome, finding.holds) == (Outcome.UNKNOWN, holds)


def test_one_advisory_part_makes_the_whole_advisory() -> None:
    part = book(LocalBody.PANCHAYAT).value(Parameter("services.well_boundary"))
    mixed = corridor().changed(Decimal(1), "less", part)
    assert judged(mixed, width(5.0)).outcome is Outcome.UNKNOWN
    assert len(mixed.citations) == 2


def test_an_amount_reckoned_from_a_fraction_keeps_its_source_and_force() -> None:
    """Three flats of 75 m² at a third of a car each, before 2025: one car."""
    share = book(on=date(2021, 1, 1)).value(Parameter("parking.cars_per_flat"), 75)
    need = Required.derived(Decimal(int(share.exact * 3)), Unit.COUNT, "3 flats at 1/3 car", share)
    found = at_least("cars", need, measured(Decimal(1), Unit.COUNT), missing="-", remedy="-")
    assert (found.outcome, found.clause) == (Outcome.PASS, "S.R.O. 639/2020, 29 Table 9")


def test_what_is_only_declared_may_fail_but_never_pass() -> None:
    assert judged(corridor(), width(5.0, is_declared=True)).outcome is Outcome.UNKNOWN
    assert judged(corridor(), width(0.5, is_declared=True)).outcome is Outcome.FAIL


def test_a_finding_tells_its_clause_its_steps_and_a_remedy() -> None:
    failed = judged(corridor(), width(0.5))
    assert failed.clause == "S.R.O. 1240/2025, Chapter V"
    assert failed.steps == ("1.2 m by S.R.O. 1240/2025, Chapter V", "clear width")
    assert failed.remedy == "Widen it."
    assert judged(corridor(), width(2.0)).remedy is None


def test_metres_are_not_compared_with_square_metres() -> None:
    with pytest.raises(Invalid, match="m2 was measured"):
        judged(corridor(), measured(1.2, Unit.SQUARE_METRE))


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_measure_is_a_finite_number(amount: float | Decimal) -> None:
    with pytest.raises(Invalid):
        width(amount)


def drawn(metres: float) -> Proposal:
    """A plan that declares how wide its corridor is, confirmed."""
    return a_plan({"words": {"WIDTH": metres}, "confirmed": ["WIDTH"]})


def registered() -> Register:
    register = Register()

    @register.rule("corridor")
    def corridor_width(plan: Proposal, site: Site, law: Book) -> Finding:
        return judged(Required.of(law.value(Parameter("exits.corridor"))), found_in(plan))

    @register.rule("air_conditioned_room")
    def room(plan: Proposal, site: Site, law: Book) -> list[Finding]:
        need = Required.of(law.value(Parameter("rooms.height_air_conditioned")))
        return [at_least("air_conditioned_room", need, found_in(plan), missing="-", remedy="-")]

    return register


def found_in(plan: Proposal) -> Measured | None:
    return of_word(plan.word("WIDTH"), Unit.METRE)


@pytest.mark.parametrize(
    ("on", "outcomes"),
    [
        (date(2025, 3, 18), [Outcome.FAIL, Outcome.PASS]),
        (date(2025, 3, 19), [Outcome.UNKNOWN, Outcome.UNKNOWN]),
        (date(2025, 10, 28), [Outcome.UNKNOWN, Outcome.UNKNOWN]),
        (date(2025, 10, 29), [Outcome.NOT_APPLICABLE, Outcome.PASS]),
    ],
)
def test_only_the_laws_silence_is_not_applicable_and_a_gap_is_unknown(
    on: date, outcomes: list[Outcome]
) -> None:
    findings = registered().check_all(drawn(1.5), a_site(), book(on=on))
    assert [finding.rule for finding in findings] == ["air_conditioned_room", "corridor"]
    assert [finding.outcome for finding in findings] == outcomes


def test_a_gap_for_one_thing_leaves_the_others_judged() -> None:
    def gap() -> Finding:
        book(on=date(2025, 5, 1)).value(Parameter("exits.corridor"))
        raise AssertionError("the day has no value")

    told = asked("corridor", gap, subject="building 1")
    assert [(one.outcome, one.subject) for one in told] == [(Outcome.UNKNOWN, "building 1")]


def test_a_rule_has_one_name_and_answers_in_it() -> None:
    register = registered()
    with pytest.raises(ValueError, match="already"):
        register.rule("corridor")
    with pytest.raises(ValueError, match="not a name"):
        register.rule("Front Yard")

    @register.rule("liar")
    def liar(plan: Proposal, site: Site, law: Book) -> Finding:
        return unknown("corridor", "-")

    @register.rule("silent")
    def silent(plan: Proposal, site: Site, law: Book) -> list[Finding]:
        return []

    with pytest.raises(ValueError, match="in the name of"):
        register.check_one("liar", drawn(1.0), a_site(), book())
    with pytest.raises(ValueError, match="no answer"):
        register.check_one("silent", drawn(1.0), a_site(), book())


def test_a_bug_in_a_check_is_not_hidden() -> None:
    register = Register()

    @register.rule("broken")
    def broken(plan: Proposal, site: Site, law: Book) -> Finding:
        return unknown("broken", str(1 / len(plan.answers.words)))

    with pytest.raises(ZeroDivisionError):
        register.check_all(drawn(0.0), a_site(), book())


CITED = book().value(Parameter("exits.corridor")).citation
ADVICE = book(LocalBody.PANCHAYAT).value(Parameter("services.well_boundary")).citation


def test_a_condition_without_a_number_binds_only_by_a_text_that_was_read() -> None:
    assert holds("noc", "No railway near.", CITED).outcome is Outcome.PASS
    assert breaks("noc", "On the track.", CITED, remedy="Move.").outcome is Outcome.FAIL
    assert holds("noc", "No railway near.", CITED, ADVICE).outcome is Outcome.UNKNOWN
    assert breaks("noc", "On the track.", ADVICE, remedy="Move.").outcome is Outcome.UNKNOWN
    with pytest.raises(Invalid, match="cite"):
        holds("noc", "No railway near.")


PASSED = judged(corridor(), width(2.0))
FAILED = judged(corridor(), width(1.0))
OPEN = unknown("roads", "No road is mapped.")
SILENT = not_applicable("towers", "The law asks nothing of a house.")


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([PASSED], Verdict.PASS),
        ([PASSED, SILENT], Verdict.PASS),
        ([PASSED, OPEN], Verdict.UNKNOWN),
        ([PASSED, OPEN, FAILED], Verdict.FAIL),
        ([PASSED, judged(well(), width(5.0))], Verdict.UNKNOWN),
        ([SILENT], Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
    ],
)
def test_unknown_never_passes_and_one_failure_fails(findings: list[Finding], said: Verdict) -> None:
    assert verdict(findings) is said


def test_the_report_puts_first_what_stands_against_the_plan() -> None:
    told = report([SILENT, PASSED, OPEN, FAILED])
    assert [finding.outcome for finding in told.findings] == [
        Outcome.FAIL,
        Outcome.UNKNOWN,
        Outcome.PASS,
        Outcome.NOT_APPLICABLE,
    ]
    assert told.count(Outcome.FAIL) == 1
