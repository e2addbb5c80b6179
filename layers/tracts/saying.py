"""What is said of plots made of the answers of their extracts: themes and heights without shapes, the names of streets.

In: a tract and `Told` of each of its plots; or the themes of one extract.  Out: `Said`, for light sites and for files.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from layers.extract.model import ThemeAnswer
from layers.site import ground_of, overlay_of
from layers.tracts.answers import Told
from layers.tracts.model import Tract
from layers.tracts.said import Said, ThemeSaid


class Sayings:
    """Makes `Said` of answers; most plots share the very same answers, so what is made of one is kept."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[ThemeAnswer, ThemeSaid]] = {}

    def of(self, tract: Tract, told: Sequence[Told]) -> list[Said]:
        """What is said of each plot of a tract."""
        ends = np.searchsorted(tract.fronts.plot, np.arange(len(tract) + 1)).tolist()
        return [
            Said(
                themes=self.themes(each.themes),
                ground=ground_of(each.terrain),
                names=_names(tract, range(ends[row], ends[row + 1]), each),
            )
            for row, each in enumerate(told)
        ]

    def themes(self, answers: Iterable[ThemeAnswer]) -> tuple[ThemeSaid, ...]:
        """Themes without shapes, each made once; the answer is kept with it, so that no other takes its place in memory."""
        return tuple(self._of(each) for each in answers)

    def _of(self, answer: ThemeAnswer) -> ThemeSaid:
        if id(answer) not in self._made:
            said = ThemeSaid(overlay=overlay_of(answer), length=answer.length, count=answer.count)
            self._made[id(answer)] = answer, said
        return self._made[id(answer)][1]


def _names(tract: Tract, rows: range, told: Told) -> tuple[str | None, ...] | None:
    """What the streets along a plot are called, as the features near it are; None where one of them has several names."""
    fronts, found = tract.fronts, list[str | None]()
    for row in rows:
        width = None if np.isnan(fronts.width[row]) else float(fronts.width[row])
        names = told.streets.get((str(fronts.ref[row]), width), frozenset())
        if len(names) != 1:
            return None
        found.extend(names)
    return tuple(found)
