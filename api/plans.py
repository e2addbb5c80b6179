"""A plan checked from the command line, and the drawing to begin with.

In: the file of a drawing, and its plot: from the database, or from a site file with no database at all.  Out: findings for people or as JSON,
files, and an exit status that says the verdict.
"""

import sys
from datetime import date
from functools import partial
from pathlib import Path

import orjson
from rich.console import Console
from rich.markup import escape

from api.answers import LandAnswers, today
from api.plan_work import checked, limited
from gis.errors import Invalid, TooLarge
from gis.site import Site
from gis.site_document import site_from_json, site_to_json
from rules.answers_document import NOTHING, answers_from_json
from rules.check_document import titles, to_json, written
from rules.checking import PlanCheck
from rules.findings import Finding, Measured, Outcome, Required
from rules.plans.files import is_step
from rules.plans.marks import marked
from rules.plans.starter import starter
from rules.report import Verdict
from rules.statement import Statement
from web.check_figures import compared, rupees
from web.check_map import plan_features
from web.check_sentences import tidy
from web.languages import Language, Wording
from web.plan_sketch import plan_svg
from web.print.plan_check import check_pdf

EXIT = {Verdict.PASS: 0, Verdict.FAIL: 3, Verdict.UNKNOWN: 4}
"""Exit status of `bhumika check`; 1 is an error that is told, 2 words that are not understood."""
LARGEST = 64_000_000
ENGLISH = Wording(language=Language.ENGLISH)
STYLES = {
    Outcome.FAIL: ("✗", "bold red"),
    Outcome.UNKNOWN: ("?", "magenta"),
    Outcome.PASS: ("✓", "green"),
    Outcome.NOT_APPLICABLE: ("-", "dim"),
}


def read_file(path: Path) -> bytes:
    """A file of at most 64 MB; `Invalid` where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise TooLarge(
                f"{path.name} has more than {LARGEST // 1_000_000} MB; send the drawing without pictures."
            )
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path}: cannot be read ({error.strerror}).") from error


def site_in(path: Path) -> Site:
    """The plot in a site file."""
    return site_from_json(read_file(path))


def site_of(land: LandAnswers, place: str, number: str, *, on: date | None) -> Site:
    """The plot in the database, as it was on a day; for a day to come, as it is today.

    It goes through the form of the site file, so that a check with the file gives the same bytes.
    """
    was = on if on is not None and on < today() else None
    return site_from_json(site_to_json(land.site(land.extract(place, number=number, on=was, known=None))))


def check_file(
    plan: Path, site: Site, *, on: date | None, turn: float | None, answers: Path | None
) -> PlanCheck:
    """The drawing judged by the rules of a day, today in Kerala unless given; `answers` is a file of what persons said.

    It is read in a process of its own, with the limits of time and memory that the service has; `TooLarge` beyond them.
    """
    told = NOTHING if answers is None else answers_from_json(read_file(answers))
    return checked(read_file(plan), site, on=on or today(), told=told, turn=turn)


def write_check(asked: PlanCheck, plan: Path, path: Path, language: str = "en") -> None:
    """What was found, into a file whose ending says the form: .json, .geojson, .pdf, or .dxf for the applicant's drawing with marks."""
    if path.resolve() == plan.resolve():
        raise Invalid(f"{path}: is the drawing itself; name another file, so that it is not lost.")
    if path.suffix.lower() == ".json":
        content = to_json(asked)
    elif path.suffix.lower() == ".geojson":
        content = _on_the_ground(asked, path)
    elif path.suffix.lower() == ".pdf":
        svg = plan_svg(asked, title=asked.site.number)
        content = check_pdf(orjson.loads(to_json(asked)), svg, language=Language(language))
    elif path.suffix.lower() == ".dxf":
        if is_step(read_file(plan)):
            raise Invalid(
                f"{path.name}: marks are drawn into a DXF alone, and {plan.name} is a model; write .json or .pdf."
            )
        placement = asked.proposal.placement
        laid = placement if placement is not None and placement.matches else None
        drawn = read_file(plan)
        content = limited(partial(marked, drawn, asked.report.findings, laid, drawing=asked.drawing))
    else:
        raise Invalid(f"{path.name}: the ending says the form; use .json, .geojson, .pdf or .dxf.")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error


def _on_the_ground(asked: PlanCheck, path: Path) -> bytes:
    """The drawing with what decided, as a map takes it."""
    if not asked.proposal.is_placed:
        raise Invalid(
            f"{path.name}: it is not certain how the plan lies on plot {asked.site.number}, so it cannot be put on a map. "
            f"{asked.proposal.placement_note}"
        )
    return plan_features(asked)


def print_check(asked: PlanCheck, out: Console, *, as_json: bool) -> int:
    """Print what was found; the exit status that says the verdict."""
    if as_json:
        sys.stdout.buffer.write(to_json(asked))
    else:
        _print_head(asked, out)
        _print_findings(asked, out)
        if asked.statement is not None:
            _print_statement(asked.statement, out)
    return EXIT[asked.report.verdict]


def _print_head(asked: PlanCheck, out: Console) -> None:
    site, plan = asked.site, asked.proposal
    mark, style = STYLES[Outcome(asked.report.verdict.value)]
    counts = ", ".join(f"{asked.report.count(each)} {each}" for each in Outcome)
    body = site.body.value if site.body else "local body unknown"
    lines = [
        f"[{style}]{mark} {asked.report.verdict.value.upper()}[/]  plot {escape(site.number)}, {escape(site.jurisdiction)}, "
        f"by the rules of {asked.on} for a {body}",
        f"{counts}",
        f"Front: {escape(plan.front.basis)}",
    ]
    if site.synthetic:
        lines.insert(0, "[reverse] SYNTHETIC: this land is made up [/]")
    if plan.placement_note:
        lines.append(f"Placement: {escape(plan.placement_note)}")
    for line in lines:
        out.print(line, highlight=False, soft_wrap=True)


def _print_findings(asked: PlanCheck, out: Console) -> None:
    """Broken and open findings in whole sentences, each on lines of its own; what is kept or does not apply only by name."""
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        mark, style = STYLES[outcome]
        for finding in asked.report.findings:
            if finding.outcome is outcome:
                head = f"[{style}]{mark} {escape(_named(finding))}[/] [dim]{escape(_clause(finding))}[/]"
                out.print(head, highlight=False, soft_wrap=True)
                out.print(f"    {escape(_told(finding))}", highlight=False, soft_wrap=True)
    for outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        mark, style = STYLES[outcome]
        names = dict.fromkeys(
            titles()[each.rule][0] for each in asked.report.findings if each.outcome is outcome
        )
        if names:
            out.print(
                f"[{style}]{mark} {outcome}[/]: {escape('; '.join(names))}", highlight=False, soft_wrap=True
            )


def _named(finding: Finding) -> str:
    title = titles()[finding.rule][0]
    return f"{title}: {finding.subject}" if finding.subject else title


def _clause(finding: Finding) -> str:
    return finding.clause or titles()[finding.rule][1] or ""


def _print_statement(said: Statement, out: Console) -> None:
    """Who decides, and what it costs."""
    risk = said.risk
    lines = [
        f"Risk: {risk.level or 'open'}. {' '.join((*risk.reasons, *risk.reservations))} {risk.decides or ''}"
    ]
    for fee in said.fees:
        amount = rupees(fee.paise) if fee.paise is not None else "cannot be told"
        lines.append(f"{fee.title}: {amount}")
        lines += [f"  {each.step or f'{each.what}: {each.reason}'} {each.clause or ''}" for each in fee.lines]
    for line in lines:
        out.print(escape(line), highlight=False, soft_wrap=True)


def _told(finding: Finding) -> str:
    parts = []
    if finding.required is not None:
        measured, required = compared(ENGLISH, _amounts(finding.measured, finding.required))
        parts.append(f"{measured}, {finding.comparison} {required}.")
    parts += [tidy(each) for each in (finding.reason, finding.remedy) if each]
    handles = [handle for place in finding.places for handle in place.handles]
    if handles and finding.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        parts.append(f"(CAD {', '.join(dict.fromkeys(handles[:8]))})")
    return " ".join(parts).replace("\u00a0", " ")


def _amounts(found: Measured | None, required: Required) -> dict[str, dict[str, str] | None]:
    """Both amounts as the document writes them."""
    pair = {"measured": found, "required": required}
    return {
        name: None if each is None else {"amount": written(each.amount), "unit": each.unit.value}
        for name, each in pair.items()
    }


def write_starter(site: Site, path: Path, *, set_back: float | None) -> None:
    """The drawing to begin with, into a file that is not there yet."""
    if path.suffix.lower() != ".dxf":
        raise Invalid(f"{path.name}: a drawing is written as .dxf.")
    content = starter(site, set_back=set_back)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise Invalid(f"{path}: is there already; name a new file, so that no drawing is lost.") from error
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error
