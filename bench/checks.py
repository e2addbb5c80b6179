"""What asking every rule costs beside measuring the plan.

In: the drawings of `bench.check_parts`, where read, measuring, asking and checking are defined: measuring is everything that makes the document that
ezdxf read a measured plan on its parcel, without ezdxf's reading.
Out: a table on the terminal: seconds of measuring, by its parts (outlines, laying on the parcel, carrying it there with front and open
spaces), and of asking every rule, with the ratio asking / measuring.  The bound is 0.2.  A drawing without a plot is no measured plan and is left out.
Processor time, the best of several rounds.  Run: `python -m bench.checks`.
"""

import sys
from pathlib import Path

from bench.check_parts import drawings, parts_of

BOUND = 0.2


def row(path: Path) -> float | None:
    """Print one drawing's times; the ratio of asking to measuring, None where no plot is drawn."""
    found = parts_of(path)
    if not found.has_plot:
        return None
    ratio = found.asking / found.measuring
    print(
        f"{path.stem:<28}{found.outlines:10.4f}{found.laying:10.4f}{found.yards:10.4f}"
        f"{found.measuring:11.4f}{found.asking:10.4f}{ratio:8.2f}"
    )
    return ratio


def main() -> int:
    """Print the table; 1 where a ratio is over the bound."""
    print(
        f"{'seconds':<28}{'outlines':>10}{'laying':>10}{'yards':>10}{'measuring':>11}{'asking':>10}{'ratio':>8}"
    )
    with drawings() as paths:
        ratios = [ratio for path in paths if (ratio := row(path)) is not None]
    print(f"worst ratio {max(ratios):.2f}, bound {BOUND}")
    return int(max(ratios) > BOUND)


if __name__ == "__main__":
    sys.exit(main())
