"""The findings of a check as lines of text for a drawing: what failed or is unknown, by how much, where the law stands, what to do.

In: findings, numbered.  Out: short plain lines that any CAD program can show as single-line text.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from rules.findings import TOLERANCE, Finding, Outcome, Place
from rules.measure import Unit, written
from rules.plans.placement import Placement

LONGEST = 90
"""Letters in a line of the list."""
WORDS = {Outcome.FAIL: "FAIL", Outcome.UNKNOWN: "UNKNOWN"}
MOST_PLACES = 6
"""Places of one finding that are named in the list; all of them are drawn."""


def heading(findings: Sequence[Finding], placement: Placement | None, was_recovered: bool) -> list[str]:
    """What stands above the list: how many findings there are, how the plot was laid, what was mended."""
    failed = sum(1 for each in findings if each.outcome is Outcome.FAIL)
    lines = [f"BHUMIKA: {failed} failed, {len(findings) - failed} unknown"]
    if placement is not None:
        lines += wrapped(
            f"The plot was laid on its parcel; corners agree within {placement.greatest_residual:.3f} m "
            f"(mean {placement.mean_residual:.3f} m)."
        )
        for note in (*placement.warnings, *placement.ambiguities):
            lines += wrapped(note)
    if was_recovered:
        lines += wrapped(
            "The file was damaged. It was mended while reading and is written as mended; parts may be missing."
        )
    return lines


def lines_of(number: int, finding: Finding) -> list[str]:
    """A finding in the list: its number and rule, the two amounts, the reason, the places and the remedy."""
    clause = f" ({finding.clause})" if finding.clause else ""
    subject = f", {finding.subject}" if finding.subject else ""
    lines = wrapped(f"{number}. {WORDS[finding.outcome]} {finding.rule}{subject}{clause}")
    for sentence in _sentences(finding):
        lines += wrapped(sentence, indent="    ")
    return lines


def _sentences(finding: Finding) -> Iterator[str]:
    found, required = finding.measured, finding.required
    if found is not None:
        how = "declared" if found.is_declared else "measured"
        law = f", required {finding.comparison} {_amount(required.amount, required.unit)}" if required else ""
        yield f"{how} {_amount(found.amount, found.unit)}{law}"
    elif required is not None:
        yield f"required {finding.comparison} {_amount(required.amount, required.unit)}"
    if finding.reason:
        yield finding.reason
    if places := places_of(finding):
        named = [_place(each.what, each.handles) for each in places]
        more = f" and {len(named) - MOST_PLACES} more" if len(named) > MOST_PLACES else ""
        yield f"At: {'; '.join(named[:MOST_PLACES])}{more}."
    if finding.remedy:
        yield finding.remedy


def places_of(finding: Finding) -> tuple[Place, ...]:
    """What decided, each place once, whether it came with the finding or with its measure."""
    of_measure = finding.measured.places if finding.measured else ()
    return tuple(dict.fromkeys((*finding.places, *of_measure)))


def _place(what: str, handles: Sequence[str]) -> str:
    return f"{what} (handle {', '.join(handles)})" if handles else what


def _amount(amount: Decimal, unit: Unit) -> str:
    """An amount as it is judged."""
    step = TOLERANCE.get(unit)
    shown = amount if step is None else amount.quantize(step, rounding=ROUND_HALF_EVEN)
    return written(shown, unit)


def wrapped(sentence: str, *, indent: str = "") -> list[str]:
    """A sentence as lines that are no codes to a CAD program: %% and ^ begin such codes, control characters break lines."""
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in sentence)
    plain = plain.replace("\\U+", "\\ U+").replace("%%", "% %").replace("^", "^ ")
    return textwrap.wrap(
        " ".join(plain.split()), LONGEST, initial_indent=indent, subsequent_indent=indent or "    "
    )
