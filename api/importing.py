"""`bhumika import` and the sample, with their progress.

In: an engine, a mapping file, the folder of its data.  Out: what went in, a report for each dataset, bars while it lasts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from api.connecting import migrate
from api.printing import print_json
from api.simplifying import simplify_after_import
from layers.importers.mapping import read_mapping
from layers.importers.report import ImportRefused, ImportReport
from layers.importers.report import Progress as Step
from layers.importers.run import run_mapping


class Bars:
    """A progress bar for each step, made when the step is first heard of."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def moved(self, step: str, done: int, total: int) -> None:
        """A step is that far."""
        if step not in self.tasks:
            self.tasks[step] = self.bars.add_task(step, total=total)
        self.bars.update(self.tasks[step], completed=done, total=total)

    def imported(self, step: Step) -> None:
        """An import is that far."""
        self.moved(step.step, step.done, step.total)


@contextmanager
def progress_bars(out: Console) -> Iterator[Bars]:
    """Bars on a console, or nothing where no person looks."""
    columns = (
        TextColumn("{task.description:<52}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, disable=not out.is_terminal) as bars:
        yield Bars(bars)


def migrate_with_progress(engine: Engine, out: Console) -> None:
    """The database brought up to date, which takes a while only where names get new search keys."""
    with progress_bars(out) as bars:
        migrate(engine, lambda done, total: bars.moved("names: new search keys", done, total))


def import_with_progress(
    engine: Engine,
    state: Path,
    mapping: Path,
    folder: Path,
    *,
    dry_run: bool,
    as_json: bool,
    out: Console,
    err: Console,
) -> list[ImportReport]:
    """Bring a town in and print the reports; of what was refused whole, the report is printed before the error."""
    reports: list[ImportReport] = []
    try:
        with progress_bars(err) as bars:
            run_mapping(
                engine,
                mapping,
                folder,
                state=state,
                dry_run=dry_run,
                progress=bars.imported,
                reported=reports.append,
            )
        if not dry_run:
            simplify_after_import(engine, read_mapping(mapping).jurisdiction.code, state)
    except ImportRefused as refused:
        reports.append(refused.report)
        raise
    finally:
        print_reports(reports, out, as_json=as_json)
    return reports


def print_reports(reports: list[ImportReport], out: Console, *, as_json: bool) -> None:
    """Reports for people or for programs."""
    if as_json:
        print_json([report.to_json() for report in reports])
        return
    for report in reports:
        out.print(report, highlight=False)
