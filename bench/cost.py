"""What a question costs: CPU of the processes that answer it, and wall; contenders asked in turn.

In: processes, questions, plots.  Out: `Cost` values in milliseconds, for each plot the best of some rounds: whatever else a
machine does at the same time only ever adds.  CPU is read from the kernel's clock of each process, which is exact to the
nanosecond also while the process runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import clock_gettime_ns, perf_counter_ns

MILLION = 1e6
Spent = tuple[float, float]
"""CPU and wall of one answer, milliseconds."""
TIMES = 5
"""How often a plot is asked about in a row: over HTTP one request waits while another is answered, as where there is work."""
STRETCH = 20
"""Plots that a contender is asked about before the next one has its turn: enough to be warm, few enough to share the weather."""
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
    """Milliseconds of one question for each plot."""

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
    """Nanoseconds on a processor of all threads of some processes."""
    return sum(clock_gettime_ns(~pid << 3 | SCHEDULED) for pid in pids)
