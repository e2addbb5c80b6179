"""A checked plan line by line for a terminal: the same as page and PDF say, in either language.

In: a `PlanCheck` and a language.  Out: lines on a console: verdict, what was measured, every finding with both of its numbers, what is wrong in the
drawing, who decides and what it costs.
"""

from collections.abc import Iterable, Iterator, Sequence

import orjson
from rich.console import Console
from rich.markup import escape

from rules.check_document import to_json
from rules.checking import PlanCheck
from rules.findings import Outcome
from web.check_stated import Stated
from web.languages import Language, Wording
from web.print.plan_check_sheet import CheckSheet, FindingCard, ProblemLine, RuleCards, check_sheet
from web.sentences import told_on_paper

STYLES = {
    Outcome.FAIL: ("✗", "bold red"),
    Outcome.UNKNOWN: ("?", "magenta"),
    Outcome.PASS: ("✓", "green"),
    Outcome.NOT_APPLICABLE: ("-", "dim"),
}
MOST_HANDLES = 8
"""CAD handles of a finding that stand on its line; page, PDF and JSON have all."""


def print_lines(asked: PlanCheck, out: Console, language: Language) -> None:
    """The whole check as text; what is broken or open in several lines, anything else in one."""
    t = Wording(language=language)
    sheet = check_sheet(orjson.loads(to_json(asked)), "", t)
    for line in _lines(sheet, t):
        out.print(line.replace("\u00a0", " ").replace("\u200b", ""), highlight=False, soft_wrap=True)


def _lines(sheet: CheckSheet, t: Wording) -> Iterator[str]:
    yield from _head(sheet, t)
    yield from _drawn(sheet, t)
    for outcome, name, rules in (
        (Outcome.FAIL, "broken", sheet.broken),
        (Outcome.UNKNOWN, "open", sheet.open),
    ):
        yield from _in_full(outcome, name, rules, t)
    short = (
        (Outcome.UNKNOWN, "not_checked", sheet.not_checked),
        (Outcome.PASS, "kept", sheet.kept),
        (Outcome.NOT_APPLICABLE, "not_applicable", sheet.not_applicable),
    )
    for outcome, name, cards in short:
        yield from _in_a_line(outcome, name, cards, t)
    yield from _stated(sheet.stated, t)
    people = [f"{each.title} ({each.clause})" for each in sheet.for_a_person]
    yield from _listed(t("check.for_a_person"), people)
    yield from _listed(t("check.problems"), [_problem(each) for each in sheet.problems])
    yield from _listed(
        t("check.print.sources"),
        [f"{each.title} ({each.publisher}, {each.dated})" for each in sheet.sources],
    )


def _head(sheet: CheckSheet, t: Wording) -> Iterator[str]:
    if sheet.is_synthetic:
        # The word stands in both languages alike, so that nobody and no program takes this land for a real one.
        yield f"[reverse] SYNTHETIC: {escape(t('synthetic.banner'))} [/]"
    mark, style = STYLES[Outcome(sheet.verdict)]
    yield f"[{style}]{mark} {sheet.verdict.upper()}[/]  {escape(sheet.verdict_word)} {escape(sheet.verdict_note)}"
    yield escape(f"{sheet.name}, {sheet.place}. {t('check.print.day')}: {sheet.valid_on}")
    yield escape(", ".join(f"{each.count} {each.word}" for each in sheet.tallies))
    for fact in sheet.facts:
        yield escape(f"{fact.name}: {fact.value}")


def _drawn(sheet: CheckSheet, t: Wording) -> Iterator[str]:
    """Both figures of each drawn yard, and both numbers of whatever is declared and drawn."""
    is_judged, beside = t("check.yards.is_judged"), t("check.yards.not_judged")
    yards = [f"{each.name}. {is_judged} {each.judged}. {beside} {each.mean}" for each in sheet.yards]
    yield from _listed(t("check.yards.title"), yards)
    both = [f"{each.name}: {each.told}" for each in sheet.both]
    yield from _listed(t("check.both.title"), both)


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"[bold]{escape(title)}[/]"
        yield from (f"  {escape(line)}" for line in lines)


def _in_full(outcome: Outcome, name: str, rules: Iterable[RuleCards], t: Wording) -> Iterator[str]:
    cards = [card for rule in rules for card in rule.findings]
    if not cards:
        return
    mark, style = STYLES[outcome]
    yield f"[bold]{escape(t(f'check.print.{name}', count=len(cards)))}[/]"
    for card in cards:
        yield f"[{style}]{mark} {escape(_named(card))}[/] [dim]{escape(card.clause)}[/]"
        remedy = f"{t('check.remedy')} {card.remedy}" if card.remedy else ""
        for part in (f"{card.told}." if card.told else "", card.reason, remedy):
            if part:
                yield f"    {escape(part)}"
        yield from _found(card, t)


def _found(card: FindingCard, t: Wording) -> Iterator[str]:
    """How a finding was reckoned, and where it lies in the drawing."""
    steps = "; ".join((*card.steps, *card.measured_from))
    if steps:
        yield f"    [dim]{escape(steps)}[/]"
    if card.handles:
        handles = card.handles.split(", ")
        more = f" … ({len(handles)})" if len(handles) > MOST_HANDLES else ""
        yield f"    [dim]{escape(t('check.handles'))} {escape(', '.join(handles[:MOST_HANDLES]))}{more}[/]"


def _in_a_line(outcome: Outcome, name: str, cards: Sequence[FindingCard], t: Wording) -> Iterator[str]:
    if not cards:
        return
    mark, style = STYLES[outcome]
    yield f"[bold]{escape(t(f'check.print.{name}', count=len(cards)))}[/]"
    for card in cards:
        said = card.told or card.reason
        yield f"[{style}]{mark} {escape(_named(card))}[/]{escape(f' – {said}' if said else '')} [dim]{escape(card.clause)}[/]"


def _named(card: FindingCard) -> str:
    return f"{card.number}. {card.title}: {card.subject}" if card.subject else f"{card.number}. {card.title}"


def _stated(lines: Sequence[Stated], t: Wording) -> Iterator[str]:
    """Who decides, fees and time limits."""
    told = []
    for each in lines:
        what = each.what if each.is_own else told_on_paper(each.what, "fees", t.language)
        steps = "; ".join(
            told_on_paper(step, "fees" if "×" in step or ":" in step else "reasons", t.language)
            for step in each.steps
        )
        told.append(
            f"{what}: {each.says}{f' – {steps}' if steps else ''} {f'({each.clause})' if each.clause else ''}".rstrip()
        )
    yield from _listed(t("check.stated.title"), told)


def _problem(each: ProblemLine) -> str:
    where = f" ({each.where})" if each.where else ""
    return f"{each.fault}{where}: {each.message} {each.remedy}"
