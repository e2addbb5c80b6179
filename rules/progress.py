"""How far a long work is, told to whoever waits for it.

In: the step, and how many of its parts are done.  Out: nothing; work that nobody watches tells nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass

READING, MEASURING, LAYING = "reading", "measuring", "laying"
JUDGING, DRAWING, DONE = "judging", "drawing", "done"

Watch = Callable[[str, int, int], None]
"""Takes the step that goes on, how many of its parts are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a check is: `done` of `of` parts of a step, and the `share` of the whole, from 0 to 1, by what the steps usually take."""

    step: str
    done: int
    of: int
    share: float


def nobody(_step: str, _done: int, _of: int) -> None:
    """The watch of a work for which nobody waits."""
