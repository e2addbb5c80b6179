"""A plan checked from the command line, and the drawing to begin with.

In: the file of a drawing, and its plot: from the database, or from a site file with no database at all.  Out: findings for people or as JSON,
files, and an exit status that says the verdict.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import orjson
from rich.console import Console

from api.answers import LandAnswers, today
from api.plan_lines import print_lines
from api.plan_work import checked, limited
from gis.errors import Invalid, TooLarge
from gis.site import Site
from gis.site_document import site_from_json, site_to_json
from rules.answers_document import NOTHING, answers_from_json
from rules.check_document import to_json
from rules.checking import PlanCheck
from rules.plans.files import is_step
from rules.plans.marks import marked
from rules.plans.starter import starter
from rules.progress import Progress
from rules.report import Verdict
from web.check_map import plan_features
from web.languages import Language, Wording
from web.plan_sketch import plan_svg
from web.print.plan_check import check_pdf

EXIT = {Verdict.PASS: 0, Verdict.FAIL: 3, Verdict.UNKNOWN: 4}
"""Exit status of `bhumika check`; 1 is an error that is told, 2 words that are not understood."""
LARGEST = 64_000_000


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
    plan: Path,
    site: Site,
    *,
    on: date | None,
    turn: float | None,
    answers: Path | None,
    watch: Callable[[Progress], None] | None = None,
) -> PlanCheck:
    """The drawing judged by the rules of a day, today in Kerala unless given; `answers` is a file of what persons said.

    It is read in a process of its own, with the limits of time and memory that the service has; `TooLarge` beyond them.
    """
    told = NOTHING if answers is None else answers_from_json(read_file(answers))
    return checked(read_file(plan), site, on=on or today(), told=told, turn=turn, watch=watch)


@contextmanager
def progress_on(console: Console, language: str) -> Iterator[Callable[[Progress], None] | None]:
    """A line on a terminal that tells how far a check is; nothing where nobody looks on."""
    if not console.is_terminal:
        yield None
        return
    t = Wording(language=Language(language))
    with console.status(t("check.progress.label")) as status:
        yield lambda far: status.update(
            f"{far.share:.0%} {t(f'check.progress.{far.step}', done=far.done, of=far.of)}"
        )


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


def print_check(asked: PlanCheck, out: Console, *, as_json: bool, language: str = "en") -> int:
    """Print what was found; the exit status that says the verdict."""
    if as_json:
        sys.stdout.buffer.write(to_json(asked))
    else:
        print_lines(asked, out, Language(language))
    return EXIT[asked.report.verdict]


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
