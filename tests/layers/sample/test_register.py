"""The register of the sample: numbers, ULPINs, land types, areas, buildings, and what became of some plots."""

import numpy as np
import pytest
import shapely

from gis.geometry import ground_area
from gis.parcels.ids import normal_number, normal_ulpin
from layers.sample.buildings import buildings_of
from layers.sample.ground import place_facts
from layers.sample.ground_sheets import town_name
from layers.sample.lineage import changes_of
from layers.sample.parcel_table import _ulpins
from layers.sample.register import LAND_TYPES
from layers.sample.streets import addresses_of, streets_of
from layers.sample.town import Town


def test_numbers_are_unique_and_in_normal_form(town: Town) -> None:
    numbers = [town.register.number(i) for i in range(len(town.shapes))]

    assert len(set(numbers)) == len(numbers)
    assert numbers == [normal_number(number) for number in numbers]


def test_subdivisions_of_a_survey_number_count_from_one_without_a_gap(town: Town) -> None:
    register = town.register
    keys = np.column_stack([register.village, register.block, register.survey])
    _, group = np.unique(keys, axis=0, return_inverse=True)
    for number in np.unique(group):
        parts = np.sort(register.subdivision[group == number])
        assert np.array_equal(parts, np.arange(1, len(parts) + 1))


def test_there_are_two_villages_and_four_land_types(town: Town) -> None:
    assert town.register.villages == 2
    assert set(np.unique(town.register.land_type)) == set(range(len(LAND_TYPES)))


def test_ulpins_are_fourteen_signs_marked_synthetic_and_never_twice() -> None:
    ulpins = [ulpin for ulpin in _ulpins(200_000) if ulpin is not None]

    assert len(set(ulpins)) == len(ulpins)
    assert all(ulpin.startswith("SYN") and normal_ulpin(ulpin) == ulpin for ulpin in ulpins)
    assert 0.02 < 1 - len(ulpins) / 200_000 < 0.05


def test_measured_areas_are_ground_areas(town: Town) -> None:
    metric = int(place_facts()["jurisdiction"]["metric"])
    for i in range(0, len(town.shapes), 97):
        assert town.register.measured[i] == pytest.approx(ground_area(town.shapes[i], metric), rel=1e-5)


def test_recorded_areas_differ_a_little_often_and_much_seldom(town: Town) -> None:
    ratio = town.register.recorded_are * 100 / town.register.measured
    known = ratio[~np.isnan(ratio)]
    off = np.abs(known - 1)

    assert 0.002 < np.isnan(ratio).mean() < 0.02
    assert abs(np.median(known) - 1) < 0.003
    assert 0.004 < np.median(off) < 0.015
    assert 0.9 < (off < 0.03).mean() < 0.99
    assert 0 < (off > 0.2).mean() < 0.02


def test_six_dry_plots_in_ten_are_built_on_and_a_few_houses_cross_the_boundary(town: Town) -> None:
    buildings = buildings_of(town)
    dry = town.register.land_type == 0
    built = np.isin(np.arange(len(dry)), buildings.plot)
    inside = shapely.area(shapely.intersection(buildings.shapes, town.shapes[buildings.plot]))
    outside = 1 - inside / shapely.area(buildings.shapes)

    assert 0.52 < built[dry].mean() < 0.68
    assert shapely.is_valid(buildings.shapes).all()
    assert 0 < (outside[buildings.crossing] > 0.2).sum() < 0.04 * len(outside)
    assert (outside[~buildings.crossing] < 0.02).mean() > 0.85
    assert {1, 2} <= set(buildings.storeys.tolist())
    assert buildings.storeys.min() >= 1


def test_house_numbers_do_not_repeat_in_a_ward(town: Town) -> None:
    addresses = addresses_of(town, streets_of(town), town_name=town_name())
    houses = np.column_stack([addresses.ward, addresses.house])[addresses.house > 0]

    assert len(np.unique(houses, axis=0)) == len(houses)
    assert all("Maathrukapuram" in line for line in addresses.english if line is not None)
    assert all("മാതൃകാപുരം" in line for line in addresses.malayalam if line is not None)


def test_changes_keep_the_land_and_name_standing_plots(town: Town) -> None:
    addresses = addresses_of(town, streets_of(town), town_name=town_name())
    position = {town.register.number(i): i for i in range(len(town.shapes))}
    changes = {change.kind: change for change in changes_of(town, addresses.english)}

    assert set(changes) == {"divide", "merge", "correct", "resurvey"}
    for kind, change in changes.items():
        before = shapely.union_all([town.shapes[position[number]] for number in change.numbers])
        after = shapely.union_all([new.boundary for new in change.successors])
        assert shapely.symmetric_difference(before, after).area < (
            0.15 * before.length if kind == "resurvey" else 0.01
        )
        assert all(new.boundary.is_valid for new in change.successors)
        begun = [new.number for new in change.successors]
        assert (begun == list(change.numbers)) if kind == "correct" else not set(begun) & set(position)
    assert len(changes["divide"].successors) == 2
    assert len(changes["merge"].numbers) == 2


def test_no_plot_takes_part_in_two_changes(town: Town) -> None:
    changes = changes_of(town, np.full(len(town.shapes), None, dtype=object))
    touched = [number for change in changes for number in change.numbers]

    assert len(touched) == len(set(touched)) == 5
