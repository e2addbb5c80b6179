"""Several laws from the same ground give what each plot gives alone by each law, and rounding is that of decimals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from gis.site import LocalBody, Site, Status
from rules.book import Library
from rules.envelopes.ground import ceiling_of
from rules.envelopes.many import frontages_of
from rules.envelopes.reading import terms_of
from rules.envelopes.search import CODES
from rules.envelopes.several import Carried, Law, carried, rounded
from rules.envelopes.single import envelope
from rules.reading import library
from rules.reform import reform, reformed
from tests.rules.envelope_sites import THREE, an_overlay, overlays
from tests.rules.test_envelope_many import sites

DAY = date(2026, 11, 1)
REFORM = """
title: {en: Yards and streets}
from: 2026-11-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "4.5"}
  - {parameter: roads.distance, times: "1.5"}
  - {parameter: yards.over_10m_rise, plus: "0.25"}
"""


def some_sites() -> tuple[Site, ...]:
    """Plots of a town, each third in a security zone."""
    found = []
    for place, site in enumerate(sites()[::12]):
        zone = an_overlay("security_zone", Status.AFFECTED if place % 3 == 0 else Status.NOT_AFFECTED)
        found.append(replace(site, overlays=overlays(zone)))
    return tuple(found)


def law(some: Sequence[Site], books: Library, occupancy: str) -> Law:
    """A law as it binds on sites."""
    book = books.on(DAY, LocalBody.MUNICIPALITY)
    terms = terms_of(book, occupancy)
    frontages = frontages_of([(i, road) for i, site in enumerate(some) for road in site.roads], terms)
    heights = [ceiling_of(site, book).height for site in some]
    ceiling = np.array([np.inf if each is None else float(each) for each in heights])
    return Law(terms=terms, ceiling=ceiling, near=frontages.near, far=frontages.far)


def found_of(some: Sequence[Site], laws: Sequence[Law]) -> list[Carried]:
    """What sites carry by laws."""
    shape = np.empty(len(some), dtype=object)
    shape[:] = [site.boundary for site in some]
    roads = [(i, road) for i, site in enumerate(some) for road in site.roads]
    area = np.array([site.area for site in some])
    return carried(shape, area, frontages_of(roads, laws[0].terms), laws, THREE)


@pytest.mark.parametrize("occupancy", ["A1", "F"])
def test_each_law_gives_what_each_plot_gives_alone(occupancy: str) -> None:
    some, laws = some_sites(), (library(), reformed(library(), reform(REFORM)))
    together = found_of(some, [law(some, each, occupancy) for each in laws])
    assert not np.array_equal(together[0].floor, together[1].floor, equal_nan=True)
    for books, found in zip(laws, together, strict=True):
        book = books.on(DAY, LocalBody.MUNICIPALITY)
        for plot, site in enumerate(some):
            choice = envelope(site, book, occupancy=occupancy, storey_height=THREE).choice
            if choice is None:
                assert np.isnan(found.ground[plot])
                assert found.decider[plot] == -1
                continue
            first = choice.carried[0]
            ground = choice.bands[0].area if choice.bands else Decimal(0)
            told = (found.ground[plot], found.floor[plot], found.storeys[plot], CODES[found.decider[plot]])
            assert told == (float(ground), float(first.floor_area), first.storeys, first.decider)


def test_a_law_that_asks_the_same_carries_the_same_and_a_centimetre_is_another_law() -> None:
    some = some_sites()
    one = law(some, library(), "A1")
    same, other = replace(one, ceiling=one.ceiling.copy()), replace(one, far=one.far + 0.01)
    assert one.asks_like(same)
    assert not one.asks_like(other)
    first, second = found_of(some, [one, same])
    assert first is second


def test_without_a_street_or_a_row_nothing_is_known() -> None:
    some = tuple(replace(site, roads=()) for site in some_sites())
    (found,) = found_of(some, [law(some, library(), "A1")])
    assert np.isnan(found.floor).all()
    assert (found.storeys == -1).all()
    with_streets = some_sites()
    own = law(with_streets, library(), "A1")
    (found,) = found_of(with_streets, [replace(own, terms=replace(own.terms, rows=()))])
    assert np.isnan(found.ground).all()


@pytest.mark.parametrize(
    "area", ["0.005", "0.015", "2.675", "1.005", "1234567.885", "99.994999", "0", "12.34"]
)
def test_areas_are_rounded_as_decimals_are(area: str) -> None:
    exact = Decimal(repr(float(area))).quantize(Decimal("0.01"))
    assert rounded(np.array([float(area), np.nan]))[0] == float(exact)
