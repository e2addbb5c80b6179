"""A plan checked in a process of its own: whatever a file does to the program that reads it, the service goes on.

In: files in a folder (`drawing.dxf`, `site.json`) and the question.  Out: files beside them (`check.json`, `plan.svg`, `plan.geojson`, for a DXF `marked.dxf`), and what happens
in between as messages through a pipe; or the bytes of a drawing and a site, and the check itself.  The process may use so much memory and so many seconds, then it is ended.
"""

import multiprocessing
import resource
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, SIGKILL, SIGTERM, pthread_sigmask
from time import monotonic
from typing import Any, TypeVar

from gis import errors
from gis.errors import Invalid, LandError, TooLarge, Unavailable
from gis.site import Site
from gis.site_document import site_from_json
from rules.answers_document import NOTHING, Told, answers_from_json
from rules.check_document import to_json
from rules.checking import PlanCheck, check
from rules.plans.files import is_layout, is_step
from rules.plans.marks import marked
from rules.progress import DONE, DRAWING, JUDGING, LAYING, MEASURING, READING, Progress
from rules.reading import library
from web.check_map import plan_features
from web.plan_sketch import plan_svg

MEMORY = 3_000_000_000
"""Bytes of address space that one check may use."""
SECONDS = 120.0
"""Seconds that one check may take in all."""
GRACE = 5.0
"""Seconds that a process which has closed its pipe has to end."""
STEPS = {
    READING: (0.0, 0.1),
    MEASURING: (0.1, 0.2),
    LAYING: (0.2, 0.3),
    JUDGING: (0.3, 0.7),
    DRAWING: (0.7, 1.0),
    DONE: (1.0, 1.0),
}
"""Each step with the share of the whole at which it begins and ends, by what it takes for a plan of many buildings."""
FINER = 0.01
"""Share of the whole below which no further progress of a step is told."""
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["api.plan_warm"])
T = TypeVar("T")
Tell = Callable[[Any], None]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the files in a folder: the day of issue, how the drawing is turned in radians, and answers as JSON."""

    folder: Path
    on: date
    turn: float | None
    answers: bytes


def be_ready() -> None:
    """Begin to load what checks need, in the process from which they are forked; the first check then waits no longer than others.

    That process hears no Ctrl-C, which is meant for whoever serves: it ends with them.
    """
    resource_tracker.ensure_running()  # as it begins it lets Ctrl-C through again, so it goes first
    before = pthread_sigmask(SIG_BLOCK, {SIGINT})
    try:
        ensure_running()
    finally:
        pthread_sigmask(SIG_SETMASK, before)


def steps(question: Question) -> Iterator[Progress]:
    """Do the work and tell how far it is; the errors of the work are raised here."""
    with closing(_told(partial(_into_folder, question))) as said:
        for progress in said:
            yield progress
            if progress.step == DONE:
                return


def limited(act: Callable[[], T]) -> T:
    """What a function gives that may read any file, asked in such a process; function and answer must be such as can be pickled."""
    with closing(_told(partial(_given, act))) as said:
        found: T = next(said)
        return found


def checked(
    content: bytes,
    site: Site,
    *,
    on: date,
    told: Told,
    turn: float | None,
    watch: Callable[[Progress], None] | None = None,
) -> PlanCheck:
    """A drawing judged on its plot in such a process; `watch` hears how far it is."""
    with closing(_told(partial(_checked, content, site, on=on, told=told, turn=turn))) as said:
        for found in said:
            if not isinstance(found, Progress):
                answer: PlanCheck = found
                return answer
            if watch is not None:
                watch(found)
    raise RuntimeError("A check ended without an answer.")


def _told(work: Callable[[Tell], None]) -> Generator[Any, None, None]:
    """What a work in a process of its own tells, until somebody has heard enough; its errors are raised here."""
    near, far = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_guarded, args=(far, work, MEMORY), daemon=True)
    process.start()
    far.close()
    ends = monotonic() + SECONDS
    try:
        while True:
            if not near.poll(max(ends - monotonic(), 0.0)):
                raise TooLarge(
                    f"The drawing took longer than {SECONDS:g} seconds; leave out what is not part of the plan.",
                    code="drawing-too-large",
                )
            kind, words = near.recv()
            if kind == "error":
                raise _error(*words)
            if kind == "bug":
                raise RuntimeError(f"A plan could not be checked, and the fault is ours:\n{words}")
            yield words
    except EOFError as error:
        process.join(GRACE)
        raise _ended(process.exitcode) from error
    finally:
        process.kill()
        process.join()
        near.close()


def _ended(code: int | None) -> LandError:
    """Why a check ended without a word: its memory, the program that reads files, or somebody outside."""
    if code is not None and -code in (SIGKILL, SIGTERM):
        return Unavailable(
            "The check was stopped from outside before it was done. Hand the drawing in again."
        )
    return TooLarge(
        "The program that reads drawings gave up on this file: it is damaged, or needs more memory than a check may use. "
        "Leave out what is not part of the plan, or export it again.",
        code="drawing-too-large",
    )


def _error(name: str, message: str) -> LandError:
    """The error of the work under a code of its own: what is told of areas and questions in general does not fit a drawing."""
    kind = getattr(errors, name, Invalid)
    if kind is TooLarge:
        return TooLarge(message, code="drawing-too-large")
    if kind is Invalid:
        return Invalid(message, code="bad-drawing")
    found: LandError = kind(message) if issubclass(kind, LandError) else Unavailable(message)
    return found


def _guarded(pipe: Connection, work: Callable[[Tell], None], memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        work(lambda words: pipe.send(("step", words)))
    except LandError as error:
        pipe.send(("error", (type(error).__name__, error.message)))
    except MemoryError:
        too_much = (
            "The drawing needs more memory than a check may use; leave out what is not part of the plan."
        )
        pipe.send(("error", (TooLarge.__name__, too_much)))
    except Exception:  # a bug of ours: told to the process that serves, which answers 500 and logs it
        pipe.send(("bug", traceback.format_exc()))


def _given(act: Callable[[], object], tell: Tell) -> None:
    tell(act())


class _Teller:
    """Tells how far a check is: each step as it begins, and within it no more often than a reader could follow."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._last = Progress(step="", done=0, of=0, share=-1.0)

    def __call__(self, step: str, done: int, of: int) -> None:
        begins, ends = STEPS[step]
        share = max(begins + (ends - begins) * (done / of if of else 0.0), self._last.share)
        if step == self._last.step and share < self._last.share + FINER:
            return
        self._last = Progress(step=step, done=done, of=of, share=round(share, 4))
        self._tell(self._last)


def _checked(content: bytes, site: Site, tell: Tell, *, on: date, told: Told, turn: float | None) -> None:
    watch = _Teller(tell)
    watch(READING, 0, 1)
    tell(check(content, site, library(), on=on, told=told, turn=turn, watch=watch))


def _into_folder(question: Question, tell: Tell) -> None:
    watch = _Teller(tell)
    watch(READING, 0, 1)
    folder = question.folder
    content = (folder / "drawing.dxf").read_bytes()
    site = site_from_json((folder / "site.json").read_bytes())
    told = answers_from_json(question.answers) if question.answers else NOTHING
    asked = check(content, site, library(), on=question.on, told=told, turn=question.turn, watch=watch)
    watch(DRAWING, 0, 4)
    (folder / "plan.svg").write_text(plan_svg(asked, title=f"{site.number}"), encoding="utf-8")
    watch(DRAWING, 1, 4)
    (folder / "plan.geojson").write_bytes(plan_features(asked))
    watch(DRAWING, 2, 4)
    placement = asked.proposal.placement
    laid = placement if placement is not None and placement.matches else None
    if not (is_step(content) or is_layout(content)):
        (folder / "marked.dxf").write_bytes(
            marked(content, asked.report.findings, laid, drawing=asked.drawing)
        )
    watch(DRAWING, 3, 4)
    (folder / "check.json").write_bytes(to_json(asked))
    watch(DONE, 1, 1)
