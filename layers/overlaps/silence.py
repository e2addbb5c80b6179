"""Where no shared ground is an answer, and where it is not: outside what a layer's data cover, nothing found means nothing.

In: a theme, plots in metres, a day.  Out: for each plot why nothing can be said of it, or that its silence counts.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import shapely

from layers.extract import reasons
from layers.extract.model import Words
from layers.extract.theme import Theme
from layers.imports import covers
from layers.overlaps.rings import Places, Shapes

NO_GROUND = Words(
    en="The data hold lines or points, which cover no ground; the extract of a plot tells how near they lie.",
    ml="വിവരശേഖരത്തിൽ രേഖകളോ ബിന്ദുക്കളോ ആണുള്ളത്; അവ സ്ഥലം മൂടുന്നില്ല. എത്ര അടുത്താണെന്ന് പ്ലോട്ടിന്റെ വിവരക്കുറിപ്പ് പറയുന്നു.",
)
OUTSIDE = Words(
    en="The data do not cover all of the plot; of the rest nothing can be said.",
    ml="വിവരശേഖരം പ്ലോട്ട് മുഴുവൻ ഉൾക്കൊള്ളുന്നില്ല; ബാക്കി ഭാഗത്തെക്കുറിച്ച് ഒന്നും പറയാനാവില്ല.",
)
BROKEN = Words(
    en="The boundary of the plot or the shape of the feature is broken, so their common ground cannot be measured.",
    ml="പ്ലോട്ടിന്റെ അതിരോ സവിശേഷതയുടെ രൂപമോ തെറ്റായതിനാൽ പൊതുവായ സ്ഥലം അളക്കാനാവില്ല.",
)


def unknown(theme: Theme, plots: Shapes, *, on: date) -> Iterator[tuple[Places, Words]]:
    """Plots of which the data of a theme do not tell everything, with the reason; nothing where they tell it of all."""
    everyone = np.arange(len(plots))
    if not theme.layer.is_verified:
        yield everyone, reasons.law_not_verified()
    elif not theme.imports:
        yield everyone, reasons.no_import()
    elif all(each.holds != "polygon" for each in theme.imports):
        yield everyone, NO_GROUND
    elif on < theme.begins:
        yield everyone, reasons.before_data(theme.begins)
    elif theme.coverage is None:
        yield everyone, reasons.coverage_unknown()
    else:
        is_sound = shapely.is_valid(plots)
        sound = everyone[is_sound]
        yield everyone[~is_sound], BROKEN
        yield sound[_outside(theme, plots[is_sound])], OUTSIDE


def _outside(theme: Theme, plots: Shapes) -> Places:
    """Plots of which more than a sliver lies outside the coverage; a sliver is as in `layers.extract.coverage`."""
    beyond: Places = np.flatnonzero(~covers(theme.coverage, plots))
    rest = shapely.difference(plots[beyond], theme.coverage)
    area, length = shapely.area(rest), shapely.length(rest)
    breadth = 2.0 * area / np.maximum(length, np.finfo(float).tiny)
    is_sliver = (breadth < theme.accuracy) & (area < shapely.area(plots[beyond]) / 2)
    found: Places = beyond[~is_sliver]
    return found
