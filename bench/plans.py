"""What measuring a plan costs beside the time ezdxf takes to read its file.

In: the Kerala drawings beside the checkout (`../shared/plans/kerala`), or drawings made by the test builders where there are none.
Out: a table on the terminal: seconds of `ezdxf.readfile`, of our reading and audit, and of our measuring, with the ratio measuring /
reading. The bound is 0.5. Processor time, the best of several runs. Run: `python -m bench.plans`.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ezdxf

from rules.plans import measure as plan
from rules.plans.problems import Problems
from rules.plans.reader import Sheet, audited, read
from tests.rules.plans.builders import a_drawing, a_small_house

DRAWINGS = Path(__file__).resolve().parents[1].parent / "shared" / "plans" / "kerala"
RUNS = 5
BOUND = 0.5


def best(act: Callable[[], object]) -> float:
    """Least processor seconds of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)


def _measure_alone(content: bytes) -> Callable[[], object]:
    """The measuring without reading and audit: the sheet is read anew each time, outside the clock."""
    sheet = read(content, Problems())

    def act() -> object:
        return plan.measured(Sheet(document=sheet.document, audit=sheet.audit), Problems(), audit=False)

    return act


def row(path: Path) -> float:
    """Print one drawing's times; the ratio of measuring to ezdxf's reading."""
    content = path.read_bytes()
    by_ezdxf = best(lambda: ezdxf.readfile(path))
    ours = best(lambda: read(content, Problems()))
    measuring = best(_measure_alone(content))
    audit = best(lambda: audited(read(content, Problems()), Problems())) - ours
    ratio = measuring / by_ezdxf
    print(
        f"{path.stem:<28}{len(content) / 1e6:7.2f}{by_ezdxf:10.3f}{ours:10.3f}{max(audit, 0.0):10.3f}{measuring:11.3f}{ratio:8.2f}"
    )
    return ratio


def _drawings(folder: Path) -> list[Path]:
    if DRAWINGS.is_dir():
        return sorted(DRAWINGS.glob("*.dxf"))
    made = {"house": a_drawing(), "small-house": a_small_house()}
    for name, content in made.items():
        (folder / f"{name}.dxf").write_bytes(content)
    return sorted(folder.glob("*.dxf"))


def main() -> int:
    """Print the table; 1 where a ratio is over the bound."""
    print(f"{'seconds':<28}{'MB':>7}{'ezdxf':>10}{'our read':>10}{'audit':>10}{'measuring':>11}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        ratios = [row(path) for path in _drawings(Path(folder))]
    print(f"worst ratio {max(ratios):.2f}, bound {BOUND}")
    return int(max(ratios) > BOUND)


if __name__ == "__main__":
    sys.exit(main())
