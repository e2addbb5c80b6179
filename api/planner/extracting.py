"""Extracts of many plots as rows: what every theme says of each, some hundred plots at a time, on whatever hands there are.

In: the answers of the platform, a place, numbers of plots, a day.  Out: Arrow batches with a row for each plot and theme, in the order of the numbers; the
rows of a plot are those of its extract.  A plot that cannot be answered has one row, which says why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from api.answers import LandAnswers
from api.planner.hands import ALONE, Hands, at_benches
from api.planner.told import Telling
from api.planner.tracts import in_pieces
from gis.errors import LandError
from layers.extract.model import ThemeAnswer

AT_ONCE = 500
"""Plots that are read and judged together."""
SHARED_FROM = 4 * AT_ONCE
"""Plots from which on other hands are worth what it takes to begin on them."""
GEOMETRY = "geometry"
"""The plot, as well-known binary in metres of the place."""
WORDS = pa.dictionary(pa.int32(), pa.string())
"""Text that many rows share."""
COLUMNS = pa.schema(
    [
        ("number", WORDS),
        ("theme", WORDS),
        ("title", WORDS),
        ("status", WORDS),
        ("reason", WORDS),
        ("area", pa.float64()),
        ("percent", pa.float64()),
        ("length", pa.float64()),
        ("count", pa.float64()),
        ("distance", pa.float64()),
        ("law", WORDS),
        ("clause", WORDS),
        ("authority", WORDS),
        ("consult", WORDS),
        (GEOMETRY, pa.dictionary(pa.int32(), pa.binary())),
    ]
)
Values = tuple[str | float | bytes | None, ...]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A place on a day, as known at one instant."""

    place: str
    on: date
    known: datetime


def extracts(
    land: LandAnswers,
    place: str,
    numbers: Iterable[str],
    *,
    on: date,
    known: datetime,
    hands: Hands = ALONE,
) -> Iterator[pa.RecordBatch]:
    """The rows of some hundred plots after the other, as known at an instant."""
    asked = _Asked(place=place, on=on, known=known)
    return at_benches(_Bench, land, asked, in_pieces(numbers, AT_ONCE), hands)


class _Bench:
    """Where extracts are made."""

    def __init__(self, land: LandAnswers, asked: _Asked) -> None:
        self._land, self._asked = land, asked
        self._telling = Telling(land, asked.place, asked.on, known=asked.known)

    def rows(self, numbers: Sequence[str]) -> pa.RecordBatch:
        """The rows of some plots."""
        told = self._telling.told(numbers)
        values = [
            row
            for number, each in zip(numbers, told, strict=True)
            for row in (self._alone(number) if each is None else rows_of(number, each.shape, each.themes))
        ]
        columns = zip(*values, strict=True) if values else ((),) * len(COLUMNS)
        arrays = [pa.array(each, type=field.type) for each, field in zip(columns, COLUMNS, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=COLUMNS)

    def _alone(self, number: str) -> list[Values]:
        asked = self._asked
        try:
            extract = self._land.extract(asked.place, number=number, on=asked.on, known=asked.known)
        except LandError as error:
            return [(number, None, None, None, error.message, *(None,) * (len(COLUMNS) - 5))]
        return rows_of(number, extract.subject.shape, extract.themes)


def rows_of(number: str, shape: BaseGeometry, themes: Sequence[ThemeAnswer]) -> list[Values]:
    """A row for each theme of a plot, whose shape is in grid metres."""
    ground = shapely.to_wkb(shape)
    return [
        (
            number,
            each.layer,
            each.title.en,
            str(each.status),
            each.reason.en,
            each.area,
            each.share_of_measured,
            each.length,
            each.count,
            each.distance,
            each.law.text.en if each.law.text else None,
            each.law.clause,
            each.law.authority.en,
            each.law.consult.en if each.law.consult else None,
            ground,
        )
        for each in themes
    ]
