"""Envelopes of many plots as rows: what each can carry, some hundred plots at a time, on whatever hands there are.

In: the answers of the platform, a place, numbers of plots, a day, a use.  Out: Arrow batches with a row for each plot, in the order of the numbers, the
ground that may be built on as well-known binary in metres of the place.  Plots are reckoned together by the kernel of `rules.envelopes`, to the numbers
and reasons that each gives by itself; what cannot be told together is reckoned one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import shapely

from api.answers import LandAnswers, today
from api.envelopes import carried, check_rules
from api.planner.choosing import Chosen, chosen_fronts
from api.planner.hands import ALONE, Hands, at_benches
from api.planner.light_sites import light_sites
from api.planner.told import Telling
from api.planner.tracts import Tracts, in_pieces
from api.planner.weighing import Use
from gis.errors import LandError
from gis.site import Site
from layers.tracts.saying import Sayings
from rules.book import Book, Force
from rules.envelopes.ground import ceiling_of, conditions_of
from rules.envelopes.model import Choice, Envelope
from rules.envelopes.reading import terms_of
from rules.envelopes.single import gaps_of
from rules.envelopes.terms import check_storey
from rules.reading import library

AT_ONCE = 500
"""Plots that are read and reckoned together."""
SHARED_FROM = 4 * AT_ONCE
"""Plots from which on other hands are worth what it takes to begin on them."""
GEOMETRY = "geometry"
COLUMNS = pa.schema(
    [
        ("number", pa.string()),
        ("front", pa.string()),
        ("plot_area", pa.float64()),
        ("ground", pa.float64()),
        ("footprint", pa.float64()),
        ("floor_area", pa.float64()),
        ("storeys", pa.int64()),
        ("decider", pa.string()),
        ("certain", pa.bool_()),
        ("reason", pa.string()),
        (GEOMETRY, pa.binary()),
    ]
)
Row = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A place on a day, the land as known at one instant, and a use."""

    place: str
    day: date
    known: datetime
    use: Use


def envelopes(
    land: LandAnswers,
    place: str,
    numbers: Iterable[str],
    *,
    day: date,
    known: datetime,
    use: Use,
    hands: Hands = ALONE,
) -> Iterator[pa.RecordBatch]:
    """The rows of some hundred plots after the other; for a day to come, on the land of today."""
    asked = _Asked(place=place, day=day, known=known, use=use)
    return at_benches(_Bench, land, asked, in_pieces(numbers, AT_ONCE), hands)


class _Bench:
    """Where envelopes are reckoned."""

    def __init__(self, land: LandAnswers, asked: _Asked) -> None:
        self._land, self._asked = land, asked
        on = min(asked.day, today())
        self._tracts = Tracts(land, asked.place, asked.day, known=asked.known)
        self._telling = Telling(land, asked.place, on, known=asked.known)

    def rows(self, numbers: Sequence[str]) -> pa.RecordBatch:
        """The rows of some plots."""
        asked, together = self._asked, self._together(numbers)
        rows = [
            together.get(place)
            or row_alone(self._land, asked.place, number, asked.day, asked.use, known=asked.known)
            for place, number in enumerate(numbers)
        ]
        return pa.RecordBatch.from_pylist(rows, schema=COLUMNS)

    def _together(self, numbers: Sequence[str]) -> dict[int, Row]:
        """What can be told of plots together, by their places; a shape that breaks that leaves each to itself."""
        asked, read = self._asked, self._tracts.read(numbers)
        if read.tract is None:
            return {}
        all_told = self._telling.told(numbers)
        kept = [
            (row, place, each) for row, place in enumerate(read.places.tolist()) if (each := all_told[place])
        ]
        tract = read.tract.taken(np.array([row for row, _, _ in kept], dtype=np.int64))
        said = Sayings().of(tract, [each for _, _, each in kept])
        sites = light_sites(tract, said, self._tracts.stamp(), min(asked.day, today()))
        return rows_together(
            {place: site for (_, place, _), site in zip(kept, sites, strict=True) if site is not None},
            asked.day,
            asked.use,
        )


def rows_together(sites: dict[int, Site], day: date, use: Use) -> dict[int, Row]:
    """The rows of plots, by their places, those of one kind of local body together; none where a shape breaks that."""
    with suppress(shapely.errors.GEOSException):
        return _rows(sites, day, use)
    return {}


def _rows(sites: dict[int, Site], day: date, use: Use) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for body in dict.fromkeys(site.body for site in sites.values()):
        own = {place: site for place, site in sites.items() if site.body is body}
        first = next(iter(own.values()))
        try:
            book = library().on(day, check_rules(first.rule_book, first.jurisdiction, body))
            rows = _of_body(list(own.values()), book, use)
        except LandError as error:
            rows = [_untold(site.number, error) for site in own.values()]
        found |= dict(zip(own, rows, strict=True))
    return found


def _of_body(sites: Sequence[Site], book: Book, use: Use) -> list[Row]:
    check_storey(use.storey_height)
    terms = terms_of(book, use.occupancy)
    ceilings = [ceiling_of(site, book) for site in sites]
    highest = np.array(
        [np.inf if each.height is None else float(each.height) for each in ceilings], dtype=float
    )
    found = chosen_fronts(sites, highest, terms, use.storey_height)
    rows = []
    for site, ceiling, each in zip(sites, ceilings, found, strict=True):
        head: Row = {"number": site.number, "plot_area": float(round(Decimal(repr(site.area)), 2))}
        if each.choice is None:
            rows.append({**head, "certain": False, "reason": _no_front(each.candidates)})
            continue
        gaps = gaps_of(site, book, terms, ceiling, each.choice, front=None, astray=each.astray)
        is_certain = terms.force is Force.BINDING and not gaps and not conditions_of(site)
        reason = "; ".join(gap.reason for gap in gaps) or None
        rows.append(
            {
                **head,
                **_carries(each.choice, each.ground),
                "certain": is_certain,
                "reason": reason,
                **_shown(site, each),
            }
        )
    return rows


def _shown(site: Site, found: Chosen) -> Row:
    return {GEOMETRY: shapely.to_wkb(site.frame.to_grid(found.shape))}


def _no_front(candidates: int) -> str:
    return f"the front is not known; {candidates} candidates"


def _carries(choice: Choice, ground: float) -> Row:
    largest = choice.carried[0] if choice.carried else None
    return {
        "front": choice.title,
        "ground": ground,
        "footprint": None if choice.footprint is None else float(choice.footprint),
        "floor_area": None if choice.floor_area is None else float(choice.floor_area),
        "storeys": choice.storeys,
        "decider": str(largest.decider) if largest else None,
    }


def row_alone(
    land: LandAnswers, place: str, number: str, day: date, use: Use, *, known: datetime | None = None
) -> Row:
    """A plot by itself: what it can carry, or the reason why that cannot be told."""
    try:
        site = land.site(land.extract(place, number=number, on=min(day, today()), known=known))
    except LandError as error:
        return _untold(number, error)
    return row_of_site(number, site, day, use)


def row_of_site(number: str, site: Site, day: date, use: Use) -> Row:
    """A plot of which everything is known, by itself."""
    try:
        found = carried(site, day, occupancy=use.occupancy, storey_height=use.storey_height, front=None)
    except LandError as error:
        return _untold(number, error)
    shape: bytes | None = None
    if found.choice is not None:
        shape = shapely.to_wkb(site.frame.to_grid(found.choice.ground))
    return {"number": number, **_of_envelope(found), GEOMETRY: shape}


def _of_envelope(found: Envelope) -> Row:
    choice = found.choice
    head: Row = {"plot_area": float(found.plot_area)}
    if choice is None:
        return {**head, "certain": False, "reason": _no_front(len(found.candidates))}
    ground = float(choice.bands[0].area) if choice.bands else 0.0
    reason = "; ".join(gap.reason for gap in found.gaps) or None
    return {**head, **_carries(choice, ground), "certain": found.is_certain, "reason": reason}


def _untold(number: str, error: LandError) -> Row:
    return {"number": number, "reason": error.message}
