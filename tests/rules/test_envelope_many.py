"""Many plots at once give the numbers that each gives alone, in any grouping, and no building comes nearer than it may."""

import math
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Polygon, box
from shapely.affinity import rotate, translate

from gis.errors import Invalid
from gis.site import Holding, Road, RoadKind, Site, Status
from layers.sample.streets import streets_of
from layers.sample.town import town_of
from rules.envelopes.many import Envelopes, Frontages, Plots, cases_of, envelopes, frontages_of
from rules.envelopes.reading import terms_of
from rules.envelopes.search import CODES, level_at
from rules.envelopes.shapes import Yards, left_over, set_backs
from rules.envelopes.single import envelope
from rules.envelopes.terms import Terms
from tests.rules.envelope_sites import THREE, a_book, a_road, a_site, an_overlay, overlays

REACH = 0.5
KINDS = (RoadKind.UNNOTIFIED, RoadKind.MAIN, None, RoadKind.COLONY)


@cache
def sites() -> tuple[Site, ...]:
    """Plots of a generated town with the roads along them, of several kinds, some without a width."""
    town = town_of(400, seed=7)
    streets = streets_of(town)
    reached = shapely.buffer(streets.surfaces, REACH, cap_style="flat", join_style="mitre")
    street, plot = shapely.STRtree(town.shapes).query(reached, predicate="intersects")
    roads: dict[int, list[Road]] = {}
    for each, number in zip(street, plot, strict=True):
        line = shapely.intersection(town.shapes[number].boundary, reached[each])
        if line.length > 2.0 * REACH:
            road = a_road(
                (0, 0),
                (1, 0),
                ref=f"road:{each}",
                width=streets.widths[each],
                kind=KINDS[each % 4],
                frontage=line if isinstance(line, MultiLineString) else MultiLineString([line]),
                accuracy=REACH,
            )
            roads.setdefault(int(number), []).append(road)
    return tuple(a_site(shape, roads.get(number, [])) for number, shape in enumerate(town.shapes))


def arrays(some: tuple[Site, ...], terms: Terms) -> tuple[Plots, Frontages]:
    """Sites as arrays."""
    shape = np.empty(len(some), dtype=object)
    shape[:] = [site.boundary for site in some]
    plots = Plots(
        shape=shape,
        area=np.array([site.area for site in some]),
        ceiling=np.full(len(some), np.inf),
        is_relieved=np.zeros(len(some), dtype=bool),
    )
    return plots, frontages_of([(i, road) for i, site in enumerate(some) for road in site.roads], terms)


@pytest.mark.parametrize("occupancy", ["A1", "C", "F", "G1_white", "H", "J"])
def test_many_plots_give_the_numbers_that_each_gives_alone(occupancy: str) -> None:
    book, some = a_book(), sites()[::5]
    terms = terms_of(book, occupancy)
    plots, frontages = arrays(some, terms)
    found = envelopes(plots, frontages, terms, storey_height=THREE, with_shapes=True)
    refs = [road.ref for site in some for road in site.roads]
    assert (found.front >= 0).sum() > 50
    for i, site in enumerate(some):
        choice = envelope(site, book, occupancy=occupancy, storey_height=THREE).choice
        if choice is None:
            assert found.front[i] == -1
            assert np.isnan(found.floor[:, i]).all()
            continue
        first = choice.carried[0]
        assert refs[found.front[i]] == choice.front
        assert float(choice.footprint) == pytest.approx(found.footprint[i], abs=0.00501)
        assert float(first.floor_area) == pytest.approx(found.floor[0, i], abs=0.00501)
        assert (first.storeys, first.decider) == (found.storeys[0, i], CODES[found.decider[0, i]])
        assert float(choice.carried[-1].floor_area) == pytest.approx(found.floor[-1, i], abs=0.00501)
        assert choice.ground.symmetric_difference(found.shape[i]).area == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("chunk", [1, 7, 100, 10_000])
def test_the_size_of_a_chunk_changes_nothing(chunk: int) -> None:
    terms = terms_of(a_book(), "A1")
    plots, frontages = arrays(sites(), terms)
    whole = envelopes(plots, frontages, terms, storey_height=THREE)
    parts = envelopes(plots, frontages, terms, storey_height=THREE, chunk=chunk)
    assert_same(whole, parts)


def assert_same(one: Envelopes, other: Envelopes) -> None:
    """Equal to the last digit."""
    for field in fields(Envelopes):
        if field.name != "shape":
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_the_order_of_frontages_does_not_matter_to_the_numbers() -> None:
    terms = terms_of(a_book(), "A1")
    plots, frontages = arrays(sites(), terms)
    turned = np.argsort(-np.arange(len(frontages)))
    other = Frontages(**{each.name: getattr(frontages, each.name)[turned] for each in fields(Frontages)})
    one, two = (envelopes(plots, each, terms, storey_height=THREE) for each in (frontages, other))
    np.testing.assert_allclose(one.floor, two.floor, atol=0.011)
    np.testing.assert_allclose(one.footprint, two.footprint, atol=0.011)


@pytest.mark.parametrize("height", [Decimal(9), Decimal(12), Decimal(24)])
def test_no_building_comes_nearer_than_its_set_back_and_little_is_given_away(height: Decimal) -> None:
    """Against circles around every boundary: what is left is inside, and only the tips at corners are lost."""
    terms = terms_of(a_book(), "A1")
    plots, frontages = arrays(sites(), terms)
    cases, _ = cases_of(plots, frontages, terms)
    backs = set_backs(
        cases.sides,
        cases.along,
        Yards.of(terms.rows[-1], terms.growth),
        level_at(terms, height),
        rise=0.5,
        street=terms.street,
        relieved=np.zeros(len(cases), dtype=bool),
    )
    left = left_over(cases.shape, cases.sides, backs.distance)
    owner = left[cases.sides.case]
    away = shapely.distance(owner, cases.sides.line)
    assert (np.isnan(away) | (away >= backs.distance - 0.0005)).all()
    for case in range(0, len(cases), 5):
        own = cases.sides.case == case
        rounds = shapely.union_all(shapely.buffer(cases.sides.line[own], backs.distance[own], quad_segs=64))
        most = cases.shape[case].difference(rounds)
        tips = shapely.get_num_coordinates(cases.shape[case]) + 2 * own.sum()
        assert most.area - left[case].area <= tips * float(backs.distance[own].max()) ** 2
        assert shapely.difference(left[case], most.buffer(0.001), grid_size=1e-6).area == pytest.approx(
            0.0, abs=1e-6
        )


def by_hand(wide: float, deep: float, street: float) -> tuple[float, int]:
    """Floor area without a fee and storeys of a house on a rectangle beside one street, from the figures of the tables."""
    area = wide * deep
    best, storeys = 0.0, 0
    for n in range(1, 101):
        height = 3.0 * n
        grown = 0.5 * max(0, math.ceil((height - 10.0) / 3.0))
        front = 3.0 + min(grown, 14.5)
        front = max(front, min((height - 2.0 * street) / 2.0, front + 9.0))
        across = wide - 2.0 * (1.0 + min(grown, 15.0))
        along = deep - front - (1.5 + min(grown, 15.0))
        storey = min(across * along if across > 0 and along > 0 else 0.0, 0.65 * area)
        floor = min(n * storey, 3.0 * area)
        if floor > best + 0.005:
            best, storeys = floor, n
    return best, storeys


def test_rectangles_of_any_size_and_turn_agree_with_a_reckoning_by_hand() -> None:
    chance = np.random.default_rng(11)
    measures = np.round(np.column_stack([chance.uniform(5, 60, (400, 2)), chance.uniform(0.8, 20, 400)]), 1)
    some = []
    for wide, deep, street in measures.tolist():
        angle, at = float(chance.uniform(0, 360)), (float(chance.uniform(0, 500)), 300.0)
        plot, front = (
            translate(rotate(each, angle, origin=(0, 0)), *at)
            for each in (box(0, 0, wide, deep), LineString([(0, 0), (wide, 0)]))
        )
        some.append(a_site(plot, [a_road(*front.coords, width=street)]))
    terms = terms_of(a_book(), "A1")
    plots, frontages = arrays(tuple(some), terms)
    found = envelopes(plots, frontages, terms, storey_height=THREE)
    large = np.flatnonzero(plots.area > 125.0)  # the row for small plots ends there
    assert len(large) > 300
    for i in large:
        floor, storeys = by_hand(*measures[i].tolist())
        assert found.floor[0, i] == pytest.approx(floor, abs=0.01)
        assert found.storeys[0, i] == storeys


def test_what_the_book_does_not_hold_is_not_a_number() -> None:
    terms = terms_of(a_book(), "B")  # the tables of coverage ask which part of B
    found = envelopes(*arrays(sites()[:40], terms), terms, storey_height=THREE)
    assert np.isnan(found.floor).all()
    assert np.isnan(found.footprint).all()
    assert not found.storeys.any()
    assert (found.row == -1).all()


def test_a_broken_boundary_spoils_only_its_own_plot() -> None:
    terms = terms_of(a_book(), "A1")
    bow = Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])
    front = a_road((0, 0), (20, 0))
    found = envelopes(
        *arrays((a_site(), a_site(bow, [front]), a_site(Polygon(), [front]), a_site()), terms),
        terms,
        storey_height=THREE,
    )
    assert found.front.tolist() == [0, -1, -1, 3]
    assert found.floor[0, [0, 3]].tolist() == [1800.0, 1800.0]
    assert np.isnan(found.floor[:, 1:3]).all()


@pytest.mark.parametrize("occupancy", ["A1", "F"])
def test_rule_50_and_greatest_heights_are_the_same_for_many(occupancy: str) -> None:
    terms = terms_of(a_book(), occupancy)
    free = Holding(owns_adjoining_land=False, is_split=False)
    zone = overlays(an_overlay("security_zone", Status.AFFECTED))
    small = box(0, 0, 10, 12.5)
    some = (
        a_site(small, holding=free),
        a_site(small),
        a_site(overlays=zone),
        a_site(small, holding=free, overlays=zone),
    )
    plots, frontages = arrays(some, terms)
    plots = replace(
        plots,
        ceiling=np.array([np.inf, np.inf, 10.0, 10.0]),
        is_relieved=np.array([True, False, False, True]),
    )
    found = envelopes(plots, frontages, terms, storey_height=Decimal("3.3"))
    for i, site in enumerate(some):
        choice = envelope(site, a_book(), occupancy=occupancy, storey_height=Decimal("3.3")).choice
        assert float(choice.footprint) == pytest.approx(found.footprint[i], abs=0.00501)
        assert float(choice.floor_area) == pytest.approx(found.floor[0, i], abs=0.00501)
        assert (choice.storeys, choice.carried[0].decider) == (
            found.storeys[0, i],
            CODES[found.decider[0, i]],
        )


def test_no_plots_and_no_streets_are_answered() -> None:
    terms = terms_of(a_book(), "A1")
    plots, frontages = arrays((a_site(roads=[]),), terms)
    found = envelopes(plots, frontages, terms, storey_height=THREE, with_shapes=True)
    assert (found.front.tolist(), found.shape.tolist()) == ([-1], [None])
    none = replace(plots, shape=plots.shape[:0], area=plots.area[:0])
    assert len(envelopes(none, frontages, terms, storey_height=THREE).front) == 0


def test_a_storey_has_a_height() -> None:
    terms = terms_of(a_book(), "A1")
    plots, frontages = arrays((a_site(),), terms)
    with pytest.raises(Invalid):
        envelopes(plots, frontages, terms, storey_height=Decimal(0))
