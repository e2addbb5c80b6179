"""Chapter of the site: electric lines (rule 22, Table 2), drawn on the plan and mapped around the plot.

In: a proposal, its site, the book of one day.  Out: findings.  A drawn line is judged by the dimension to it; its voltage is a word of the
applicant.  A mapped line passes where the building keeps the distance of its own voltage beyond what plot and map may be off; the map alone
never fails it, for a single storey may stand nearer with the Electrical Inspector's consent.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site, Status
from rules.book import Book
from rules.findings import Finding, Measured, Outcome, at_least, holds, unknown
from rules.plans.drawing import Length
from rules.plans.roles import Role
from rules.proposal import Proposal, Word
from rules.reckoning.lines import horizontal, vertical
from rules.reckoning.restrictions import distance_to_buildings, is_clear, mending, places, told
from rules.reckoning.two_readings import Range, at_least_between
from rules.register import asked, rule
from rules.takings import least, of_length, storeys

LAYER, VOLTAGE = "ht_line", "voltage_kv"
KILO = 1000
REMEDY = "Move the building away from the line, or have the line moved."
INSPECTOR = "A single storey may stand nearer with the consent of the Chief Electrical Inspector."
_ASKED = {Role.LINE_CLEARANCE_HORIZONTAL: horizontal, Role.LINE_CLEARANCE_VERTICAL: vertical}


@rule("electric_lines")
def electric_lines(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Every line that is drawn or mapped keeps its distance from the building."""
    found: list[Finding] = []
    for number in sorted(_numbers(plan)):
        for role, asks in _ASKED.items():
            judge = partial(_drawn, plan, book, number, role, asks)
            found += asked("electric_lines", judge, subject=_subject(number, role))
    return [
        *found,
        *asked("electric_lines", partial(_mapped, plan, site, book), subject="lines on the map"),
    ]


def _numbers(plan: Proposal) -> set[int]:
    """The lines that the drawing shows, by their number; 0 where a layer has none."""
    things = [each.index for each in plan.drawing.things_of(Role.OVERHEAD_LINE)]
    lengths = [each.index for each in plan.drawing.lengths_of(Role.OVERHEAD_LINE, *_ASKED)]
    return {index[0] if index else 0 for index in (*things, *lengths)}


def _drawn(
    plan: Proposal, book: Book, number: int, role: Role, asks: Callable[[Decimal | None, Book], Range]
) -> Finding:
    word = plan.word(*_keys(number))
    range_ = asks(_volts(word), book)
    drawn = [each for each in plan.drawing.lengths_of(role) if (each.index[0] if each.index else 0) == number]
    finding = at_least_between(
        "electric_lines",
        range_,
        _clearance(drawn, word),
        missing=f"No dimension shows the {role.value}.",
        remedy=f"Draw the dimension from building to line. {REMEDY}",
        subject=_subject(number, role),
    )
    return _single_storey(plan, finding)


def _subject(number: int, role: Role) -> str:
    return f"line {number or ''}, {role.value.split()[0]}".replace(" ,", ",")


def _single_storey(plan: Proposal, finding: Finding) -> Finding:
    """A single storey fails only without a consent that the drawing cannot show."""
    high = storeys(plan)
    if finding.outcome is not Outcome.FAIL or high is None or high.amount > 1:
        return finding
    return replace(finding, outcome=Outcome.UNKNOWN, reason=INSPECTOR)


def _keys(number: int) -> tuple[str, ...]:
    return (f"VOLTAGE_{number}", "VOLTAGE") if number else ("VOLTAGE",)


def _volts(word: Word | None) -> Decimal | None:
    """The voltage of a word in kV, as the convention writes it."""
    if word is None:
        return None
    number = re.match(r"\s*(\d+(?:\.\d+)?)\s*(KV)?\s*$", word.text.upper())
    return Decimal(number[1]) * KILO if number else None


def _clearance(drawn: Sequence[Length], word: Word | None) -> Measured | None:
    """The least dimension; the voltage behind what is asked is declared, and so is what follows from it."""
    found = least(of_length(each) for each in drawn)
    is_said = word is None or word.is_declared
    return None if found is None else replace(found, is_declared=_volts(word) is None or is_said)


def _mapped(plan: Proposal, site: Site, book: Book) -> Finding:
    subject = "lines on the map"
    theme = site.overlay(LAYER)
    range_ = horizontal(_greatest_voltage(site), book)
    if is_clear(site, LAYER):
        citation = range_.most.citations[0]
        return holds(
            "electric_lines", "No line is mapped within the distances of Table 2.", citation, subject=subject
        )
    metres = distance_to_buildings(plan, site, LAYER)
    if theme is not None and theme.status is Status.AFFECTED and metres is not None and range_.why is None:
        compared = at_least("electric_lines", range_.most, metres, missing="", remedy=REMEDY, subject=subject)
        if compared.outcome is not Outcome.FAIL:
            return compared
    return unknown(
        "electric_lines",
        f"{told(site, LAYER)} {INSPECTOR if theme is not None else ''}".strip(),
        remedy=f"Draw the line, its voltage and the distance to it on OHEL_i, VOLTAGE_i and HORIZ_CLEAR_OHEL_i. {mending(site, LAYER)}",
        subject=subject,
        places=places(site, LAYER),
    )


def _greatest_voltage(site: Site) -> Decimal | None:
    """The greatest voltage in volts that the map tells of the lines near the plot."""
    theme = site.overlay(LAYER)
    told_kv = [value for name, value in theme.attributes if name == VOLTAGE] if theme else []
    numbers = [re.fullmatch(r"\d+(\.\d+)?", value) for value in told_kv]
    if not numbers or not all(numbers):
        return None
    return max(Decimal(each[0]) for each in numbers if each) * KILO
