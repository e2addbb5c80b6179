"""Where the time of a played month goes: each moment counts for the innermost part that is at work.

In: parts entered and left, the backends that work for this process.  Out: for each part and each case seconds of the clock and seconds
on a processor, those of PostgreSQL's backend with those of the process.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from time import clock_gettime_ns, perf_counter_ns, process_time_ns
from types import ModuleType
from typing import Any

from bench.cost import SCHEDULED

BILLION = 1e9
OTHER = "between"


@dataclass
class Spent:
    """Seconds of the clock and on a processor."""

    wall: float = 0.0
    cpu: float = 0.0

    def add(self, wall: float, cpu: float) -> None:
        """More of both."""
        self.wall += wall
        self.cpu += cpu


@dataclass
class Parts:
    """What was spent on which part, and on which case."""

    backends: list[int] = field(default_factory=list)
    by_part: dict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    by_case: dict[int, dict[str, Spent]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Spent))
    )
    case: int | None = None
    _at_work: list[str] = field(default_factory=lambda: [OTHER])
    _since: tuple[float, float] | None = None

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count for a part until it is left; what is inside it for the inner part."""
        self.count()
        self._at_work.append(name)
        try:
            yield
        finally:
            self.count()
            self._at_work.pop()

    def count(self) -> None:
        """Count what was spent since the last time for the part at work."""
        now = self._now()
        if self._since is not None:
            wall, cpu = now[0] - self._since[0], now[1] - self._since[1]
            self.by_part[self._at_work[-1]].add(wall, cpu)
            if self.case is not None:
                self.by_case[self.case][self._at_work[-1]].add(wall, cpu)
        self._since = now

    def counted(self, module: ModuleType, function: str, part: str) -> None:
        """Have a function of a module count for a part wherever that module calls it."""
        act: Callable[..., Any] = getattr(module, function)

        @wraps(act)
        def timed(*given: Any, **named: Any) -> Any:
            with self.part(part):
                return act(*given, **named)

        setattr(module, function, timed)

    def _now(self) -> tuple[float, float]:
        theirs = sum(clock_gettime_ns(~pid << 3 | SCHEDULED) for pid in self.backends)
        return perf_counter_ns() / BILLION, (process_time_ns() + theirs) / BILLION
