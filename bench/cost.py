"""What a question costs: CPU of the processes that answer it, and wall; contenders asked in turn.

In: processes, questions, plots.  Out: `Cost` values in milliseconds: for each plot the best of some rounds, since whatever else a
machine does at the same time only ever adds; or for each of some turns the mean of all its answers.  CPU is read from the kernel's
clock of each process while its threads sleep: of a thread that runs, what it used since the last tick is not in it yet.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import clock_gettime_ns, perf_counter_ns, sleep

MILLION = 1e6
Spent = tuple[float, float]
"""CPU and wall of one answer, milliseconds."""
TIMES = 5
"""How often a plot is asked about in a row: over HTTP one request waits while another is answered, as where there is work."""
STRETCH = 20
"""Plots that a contender is asked about before the next one has its turn: enough to be warm, few enough to share the weather."""
TURN = 500.0
"""Milliseconds that a turn lasts at least: hundreds of answers of a fast contender, and what it does but twice a second is in them."""
GLANCE, PATIENCE = 0.0002, 0.05
"""Seconds between two looks whether a process sleeps, and until it is read nevertheless."""
SCHEDULED = 2
"""The kind of a process's clock that counts the time it was scheduled (`CPUCLOCK_SCHED` of Linux)."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A way to answer a question about a plot, and the processes that work for it."""

    name: str
    ask: Callable[[str, int], object]
    """About a plot, so many times in a row."""
    pids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Milliseconds of one question for each plot, or in each turn."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Median CPU."""
        return median(self.cpu)

    @property
    def high(self) -> float:
        """95th percentile of CPU."""
        return quantiles(self.cpu, n=20)[-1]

    @property
    def wall_middle(self) -> float:
        """Median wall."""
        return median(self.wall)

    @property
    def wall_high(self) -> float:
        """95th percentile of wall."""
        return quantiles(self.wall, n=20)[-1]


def repeated(ask: Callable[[str], object]) -> Callable[[str, int], object]:
    """A question asked again and again."""

    def often(plot: str, times: int) -> None:
        for _ in range(times):
            ask(plot)

    return often


def costs(contenders: Sequence[Contender], plots: Sequence[str], *, rounds: int) -> dict[str, Cost]:
    """What each contender costs, by name: all go through one round to warm, then take turns, stretch by stretch of plots."""
    found: dict[str, list[list[Spent]]] = {each.name: [[] for _ in plots] for each in contenders}
    for turn in range(rounds + 1):
        for start in range(0, len(plots), STRETCH):
            for step in range(len(contenders)):
                each = contenders[(turn + step) % len(contenders)]
                for place, plot in enumerate(plots[start : start + STRETCH], start):
                    cost = _once(each, plot)
                    if turn:
                        found[each.name][place].append(cost)
    return {name: _best(taken) for name, taken in found.items()}


def in_turns(
    contenders: Sequence[Contender], plots: Sequence[str], *, turns: int, together: int = 1
) -> dict[str, Cost]:
    """What an answer costs each contender in each of some turns, by name: the mean of all, all plots asked about equally often.
    A plot may stand for some that are asked about together.

    A first turn warms and is not counted.  What was measured side by side is in the same place of every cost.
    """
    found: dict[str, list[Spent]] = {each.name: [] for each in contenders}
    for turn in range(turns + 1):
        for step in range(len(contenders)):
            each = contenders[(turn + step) % len(contenders)]
            spent = _turn(each, plots, together)
            if turn:
                found[each.name].append(spent)
    return {
        name: Cost(cpu=tuple(cpu for cpu, _ in spent), wall=tuple(wall for _, wall in spent))
        for name, spent in found.items()
    }


def _turn(contender: Contender, plots: Sequence[str], together: int) -> Spent:
    """CPU and wall of an answer, the mean of those that a turn has time for, and of one round of all plots at least."""
    answers, before, started = 0, _cpu(contender.pids), perf_counter_ns()
    while not answers or perf_counter_ns() - started < TURN * MILLION:
        for plot in plots:
            contender.ask(plot, TIMES)
        answers += TIMES * len(plots) * together
    wall = perf_counter_ns() - started
    return (_cpu(contender.pids) - before) / answers / MILLION, wall / answers / MILLION


def times_as_much(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """How many times as much others cost as we do, the median of what was measured side by side."""
    return median(one / own for one, own in zip(theirs, ours, strict=True))


def _once(contender: Contender, plot: str) -> Spent:
    """CPU and wall of one of several answers about a plot in a row."""
    before, started = _cpu(contender.pids), perf_counter_ns()
    contender.ask(plot, TIMES)
    wall = perf_counter_ns() - started
    return (_cpu(contender.pids) - before) / TIMES / MILLION, wall / TIMES / MILLION


def _best(taken: Sequence[Sequence[Spent]]) -> Cost:
    return Cost(
        cpu=tuple(min(cpu for cpu, _ in rounds) for rounds in taken),
        wall=tuple(min(wall for _, wall in rounds) for rounds in taken),
    )


def _cpu(pids: Sequence[int]) -> int:
    """Nanoseconds on a processor of all threads of some processes, read when those of other processes have gone to sleep."""
    patience = perf_counter_ns() + PATIENCE * 1e9
    while any(_is_running(pid) for pid in pids if pid != os.getpid()) and perf_counter_ns() < patience:
        sleep(GLANCE)
    return sum(clock_gettime_ns(~pid << 3 | SCHEDULED) for pid in pids)


def _is_running(pid: int) -> bool:
    """Whether a thread of a process runs, waits for a processor or for a disk; one that has just ended does not."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            told = (thread / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if told.rpartition(")")[2].split()[0] in ("R", "D"):
            return True
    return False
