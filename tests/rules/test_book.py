"""The law of the day: both sides of every date, every edge, every kind of local body, and every hole."""

import pickle
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Book, Entry, Force, NotEncoded, NotInForce, Parameter
from rules.instruments import Mark
from rules.reading import library, read, texts
from rules.table import Band, ByBand, ByWord, Node

MUNICIPALITY, CORPORATION, PANCHAYAT = LocalBody.MUNICIPALITY, LocalBody.CORPORATION, LocalBody.PANCHAYAT
UNREAD_FROM, UNREAD_TO = date(2025, 3, 19), date(2025, 10, 28)


def book(on: str, body: LocalBody = MUNICIPALITY) -> Book:
    return library().on(date.fromisoformat(on), body)


def said(on: str, key: str, *keys: str | int | Decimal, body: LocalBody = MUNICIPALITY) -> Decimal:
    return book(on, body).value(Parameter(key), *keys).number


@pytest.mark.parametrize(
    ("key", "keys", "before", "on", "after"),
    [
        ("process.decision", (), 30, "2021-06-29", 15),
    ],
)
def test_an_amendment_that_was_read_counts_from_its_day(
    key: str, keys: tuple[str, ...], before: int, on: str, after: int
) -> None:
    day_before = (date.fromisoformat(on) - timedelta(days=1)).isoformat()
    assert said(day_before, key, *keys) == before
    assert said(on, key, *keys) == after


CHANGED_IN_2025 = [
    ("yards.abut_height", (), "7", "8"),
    ("height.street_reach", (), "12", "9"),
    ("coverage.percent", ("B_school",), "35", "40"),
    ("coverage.percent", ("G1",), "60", "65"),
    ("coverage.percent", ("A1",), "65", "65"),
    ("coverage.fsi", ("A1",), "3", "3"),
    ("coverage.it_park_fsi", (), "4", "7"),
    ("access.width", ("A1", Decimal("24000.01"), "multi_unit"), "10.0", "8.0"),
    ("access.width", ("A2", 300, "multi_unit"), "1.2", "2.4"),
    ("access.width", ("H", 400, "multi_unit"), "7.0", "3.6"),
    ("access.drive_through_headroom", (), "5.0", "5.5"),
    ("parking.first_area", ("F",), "1200", "1170"),
    ("parking.area_per_car", ("D_halls",), "20", "15"),
    ("parking.area_per_car", ("J",), "50", "60"),
    ("exits.corridor", (), "1.0", "1.2"),
    ("exits.travel", ("sprinklered",), "30", "45"),
    ("exits.area_per_person", ("E",), "1.5", "10"),
    ("exits.fire_stair_over", ("residential",), "3", "3"),
    ("rooms.bathroom_height", (), "2.20", "2.10"),
    ("rooms.height", (), "3.0", "3.0"),
    ("services.well_validity", (), "3", "5"),
    ("layout.industrial_street", (), "10", "8"),
    ("layout.industrial_plot", (), "400", "320"),
    ("layout.commercial_street", (), "10", "8"),
]


@pytest.mark.parametrize(("key", "keys", "before", "after"), CHANGED_IN_2025)
@pytest.mark.parametrize("body", [MUNICIPALITY, CORPORATION])
def test_what_the_law_of_october_2025_changes_is_unknown_while_the_unread_one_held(
    key: str, keys: tuple[str | int | Decimal, ...], before: str, after: str, body: LocalBody
) -> None:
    assert said("2025-03-18", key, *keys, body=body) == Decimal(before)
    for day in ("2025-03-19", "2025-07-01", "2025-10-28"):
        with pytest.raises(NotEncoded, match=r"S\.R\.O\. 297/2025"):
            said(day, key, *keys, body=body)
    assert said("2025-10-29", key, *keys, body=body) == Decimal(after)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("access.motorable", "3.0"),
        ("exits.stair_width", "1.20"),
        ("small.plot_area", "125"),
        ("roads.splay_road_under", "5"),
    ],
)
def test_what_the_law_of_october_2025_leaves_alone_holds_all_along(key: str, value: str) -> None:
    for day in (
        "2019-11-08",
        "2021-01-01",
        "2025-03-18",
        "2025-03-19",
        "2025-10-28",
        "2025-10-29",
        "2026-11-22",
    ):
        assert said(day, key) == Decimal(value)


def test_no_value_holds_in_the_unread_days_if_the_next_instrument_changes_it() -> None:
    for (key, body), timeline in library().timelines.items():
        starts = {entry.since for entry in timeline if entry.citation.instrument.id == "KMBR-2025"}
        if body is not PANCHAYAT and UNREAD_TO + timedelta(days=1) in starts:
            assert not any(holds_between(entry, UNREAD_FROM, UNREAD_TO) for entry in timeline), key


def holds_between(entry: Entry, first: date, last: date) -> bool:
    return entry.since <= last and (entry.until is None or entry.until >= first)


def test_a_permit_is_judged_by_its_own_day() -> None:
    assert said("2021-05-01", "yards.uniform", "A1", 90, "front") == 3
    assert said("2023-05-01", "yards.uniform", "A1", 90, "side") == 1
    with pytest.raises(NotInForce):
        said("2026-05-01", "yards.uniform", "A1", 90, "front")
    assert said("2026-05-01", "yards.open_space", "A1", 90, "front_minimum") == Decimal("1.8")


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("yards.opening_open_space", ()),
        ("yards.single_family_front", ()),
        ("rooms.height_air_conditioned", ()),
        ("site.line_vertical_by_class", ("low_or_medium",)),
        ("accessibility.lift_door", ()),
        ("noc.crz_house", ()),
        ("occupancy.storage_area", ()),
    ],
)
def test_a_rule_that_was_dropped_is_not_in_force_and_not_unknown(key: str, keys: tuple[str, ...]) -> None:
    assert said("2025-03-18", key, *keys) > 0
    with pytest.raises(NotEncoded):
        said("2025-10-28", key, *keys)
    with pytest.raises(NotInForce, match=r"S\.R\.O\. 1240/2025"):
        said("2025-10-29", key, *keys)


@pytest.mark.parametrize(
    ("day", "key", "keys"),
    [
        ("2019-11-07", "process.query", ()),
        ("2019-11-07", "yards.uniform", ("A1", 90, "front")),
        ("2020-09-30", "yards.uniform", ("A1", 90, "front")),
        ("2020-09-30", "access.width", ("A1", 300, "single_unit")),
        ("2025-10-28", "roads.distance", ("other",)),
        ("2024-01-01", "roads.distance", ("other",)),
        ("2020-09-30", "services.septic_boundary_house", ()),
        ("2023-01-16", "services.telecom_distance", ("road",)),
    ],
)
def test_a_day_without_a_value_is_not_encoded_never_a_neighbouring_value(
    day: str, key: str, keys: tuple[str | int, ...]
) -> None:
    with pytest.raises(NotEncoded):
        said(day, key, *keys)


def test_the_rules_of_2020_begin_on_their_day() -> None:
    assert said("2020-10-01", "yards.uniform", "A1", 90, "front") == 3
    assert said("2020-10-01", "services.septic_boundary_house") == Decimal("0.30")
    assert said("2020-10-01", "access.width", "A1", 300, "multi_unit") == Decimal("1.2")


def test_low_risk_begins_with_its_amendment() -> None:
    with pytest.raises(NotInForce):
        book("2021-06-28").value(Parameter("risk.low_risk_built_up_area"), "A1")
    early = book("2021-06-29").value(Parameter("risk.low_risk_built_up_area"), "F")
    late = book("2025-10-29").value(Parameter("risk.low_risk_built_up_area"), "F")
    assert (early.number, early.force) == (100, Force.ADVISORY)
    assert (late.number, late.force) == (250, Force.BINDING)


def test_telecom_towers_begin_with_their_amendment() -> None:
    assert said("2023-01-17", "services.telecom_distance", "road") == 3


def test_a_municipal_number_never_fills_in_for_a_panchayat() -> None:
    for key, keys in (("coverage.percent", ("A1",)), ("exits.stair_width", ()), ("process.decision", ())):
        assert said("2026-01-01", key, *keys) > 0
        with pytest.raises(NotEncoded, match="panchayat"):
            said("2026-01-01", key, *keys, body=PANCHAYAT)


def test_in_a_panchayat_what_was_read_second_hand_only_advises() -> None:
    for key, keys, number in [
        ("yards.open_space", ("A1", 100, "front_average"), "3.0"),
        ("access.width", ("F", 300, "multi_unit"), "1.2"),
        ("services.well_septic", (), "7.5"),
    ]:
        value = book("2026-01-01", PANCHAYAT).value(Parameter(key), *keys)
        assert (value.number, value.force, value.citation.mark) == (
            Decimal(number),
            Force.ADVISORY,
            Mark.PRESS,
        )
        with pytest.raises(NotEncoded):
            book("2025-10-28", PANCHAYAT).value(Parameter(key), *keys)


def test_the_panchayat_amendment_of_2026_counts_for_panchayats_from_its_day() -> None:
    front = Parameter("yards.single_family_front")
    with pytest.raises(NotEncoded):
        book("2026-08-03", PANCHAYAT).value(front)
    assert book("2026-08-04", PANCHAYAT).value(front).number == 2
    with pytest.raises(NotInForce):
        book("2026-08-04", MUNICIPALITY).value(front)


def test_the_one_number_read_for_panchayats_binds() -> None:
    value = book("2024-02-09", PANCHAYAT).value(Parameter("process.regularised_to"))
    assert (value.day, value.force) == (date(2019, 11, 7), Force.BINDING)
    with pytest.raises(NotEncoded):
        book("2024-02-08", PANCHAYAT).value(Parameter("process.regularised_to"))


def test_recalled_and_press_numbers_advise() -> None:
    assert book("2026-01-01").value(Parameter("process.appeal")).force is Force.ADVISORY
    assert book("2023-04-10").value(Parameter("charges.permit"), "A1", 100).force is Force.ADVISORY


def test_municipality_and_corporation_pay_their_own_fees() -> None:
    key = Parameter("charges.permit")
    assert book("2025-10-29", MUNICIPALITY).value(key, "A1", 80).paise == 350
    assert book("2025-10-29", CORPORATION).value(key, "A1", 80).paise == 500
    with pytest.raises(NotEncoded):
        book("2025-10-29", PANCHAYAT).value(key, "A1", 80)


@pytest.mark.parametrize(
    ("day", "body", "rate"),
    [
        ("2023-04-09", MUNICIPALITY, 700),
        ("2023-04-10", MUNICIPALITY, 7000),
        ("2024-07-31", MUNICIPALITY, 7000),
        ("2024-08-01", MUNICIPALITY, 3500),
        ("2025-03-18", MUNICIPALITY, 3500),
        ("2025-10-29", MUNICIPALITY, 1750),
        ("2023-04-09", CORPORATION, 1000),
        ("2023-04-10", CORPORATION, 10000),
        ("2024-08-01", CORPORATION, 4000),
        ("2025-10-29", CORPORATION, 2000),
        ("2023-04-09", PANCHAYAT, 700),
        ("2023-04-10", PANCHAYAT, 5000),
        ("2024-08-01", PANCHAYAT, 2500),
        ("2025-10-28", PANCHAYAT, 2500),
    ],
)
def test_the_permit_fee_of_the_day(day: str, body: LocalBody, rate: int) -> None:
    assert book(day, body).value(Parameter("charges.permit"), "A1", 100).paise == rate


@pytest.mark.parametrize("day", ["2025-03-19", "2025-10-28"])
def test_municipal_fees_are_unknown_in_the_unread_days(day: str) -> None:
    with pytest.raises(NotEncoded):
        book(day).value(Parameter("charges.permit"), "A1", 100)


def test_a_slab_that_was_not_told_stays_unknown() -> None:
    with pytest.raises(NotEncoded, match="no row"):
        book("2024-08-01").value(Parameter("charges.permit"), "A1", 80)


def all_bands() -> list[tuple[str, LocalBody, Entry, Band]]:
    return [
        (key, body, entry, band)
        for (key, body), timeline in library().timelines.items()
        for entry in timeline
        for band in bands(entry.node)
    ]


def bands(node: Node) -> list[Band]:
    if isinstance(node, ByWord):
        return [band for _, below in node.rows for band in bands(below)]
    if isinstance(node, ByBand):
        return [*node.bands, *(inner for band in node.bands for inner in bands(band.node))]
    return []


def test_every_band_holds_its_edges_as_stated_and_nothing_beyond() -> None:
    little = Decimal("0.000001")
    seen = all_bands()
    assert len(seen) > 300
    for key, _, _, band in seen:
        for edge, belongs, inward in ((band.low, band.low_belongs, 1), (band.high, band.high_belongs, -1)):
            if edge is None:
                continue
            assert band.holds(edge) is belongs, (key, str(band))
            if band.low != band.high:
                assert band.holds(edge + little * inward), (key, str(band))
            assert not band.holds(edge - little * inward), (key, str(band))


def test_bands_leave_no_gap_between_them() -> None:
    for key, body, entry, _ in all_bands():
        for node in tables(entry.node):
            for lower, upper in zip(node.bands, node.bands[1:], strict=False):
                assert lower.high == upper.low, (key, body, str(lower), str(upper))
                assert lower.high_belongs is not upper.low_belongs, (key, body, str(lower), str(upper))


def tables(node: Node) -> list[ByBand]:
    if isinstance(node, ByWord):
        return [table for _, below in node.rows for table in tables(below)]
    return [node] if isinstance(node, ByBand) else []


def test_a_road_of_exactly_twelve_metres_falls_in_no_row() -> None:
    assert said("2026-01-01", "roads.splay", Decimal("11.999")) == 3
    with pytest.raises(NotEncoded, match="exactly 12 m"):
        said("2026-01-01", "roads.splay", 12)
    assert said("2026-01-01", "roads.splay", Decimal("12.001")) == Decimal("4.5")
    assert said("2026-01-01", "roads.splay", 21) == Decimal("4.5")
    assert said("2026-01-01", "roads.splay", Decimal("21.001")) == 6


def test_a_group_without_a_row_is_unknown_but_no_count_is_the_laws_silence() -> None:
    with pytest.raises(NotEncoded, match="no row"):
        said("2026-01-01", "charges.scrutiny", "D1")
    with pytest.raises(NotEncoded, match="no row"):
        said("2026-01-01", "exits.persons_per_unit_stairs", "G3")
    with pytest.raises(NotInForce, match="no count"):
        said("2026-01-01", "parking.area_per_car", "I")
    with pytest.raises(NotEncoded):
        said("2026-01-01", "services.rain_litres", "I")
    with pytest.raises(NotInForce):
        said("2026-01-01", "services.rain_litres", "H")


def test_an_inference_about_a_missing_proviso_is_unknown() -> None:
    assert said("2025-03-18", "access.motorable_small") == Decimal("2.4")
    with pytest.raises(NotEncoded, match="inference"):
        said("2025-10-29", "access.motorable_small")
    assert said("2025-10-29", "parking.drive_small") == Decimal("2.4")


@pytest.mark.parametrize(
    ("key", "keys", "number"),
    [
        ("roads.surrendered_distance", (), "2.0"),
        ("roads.full_distance", (), "3.0"),
        ("access.boat_fuel_station", (), "5.0"),
        ("access.explosives_magazine", (), "3.6"),
        ("access.internal_in_open_space", ("high_rise",), "3"),
        ("access.internal_in_open_space", ("other",), "2"),
        ("parking.loading_way", (), "1.50"),
        ("exits.spiral_diameter", (), "1.50"),
        ("exits.fire_stair_balusters", (), "0.15"),
        ("exits.fire_stair_main_suffices", (), "3"),
        ("exits.exit_half_unit", (), "0.25"),
        ("occupancy.incidental_share", (), "20"),
        ("definitions.a_frame_eaves", (), "2.10"),
    ],
)
def test_the_second_readings_own_numbers_are_in_the_book(
    key: str, keys: tuple[str, ...], number: str
) -> None:
    assert said("2026-01-01", key, *keys) == Decimal(number)


def test_a_value_carries_its_source() -> None:
    value = book("2026-01-01").value(Parameter("yards.open_space"), "B", Decimal("500"), "front_average")
    assert str(value.citation) == "S.R.O. 1240/2025, 26(4) Table 4"
    assert value.citation.instrument.gazette == "Kerala Gazette Extraordinary 3808 of 29 October 2025"
    assert (value.since, value.until, str(value)) == (date(2025, 10, 29), None, "5.0 m")


def test_numbers_are_exact() -> None:
    assert book("2021-01-01").value(Parameter("parking.cars_per_flat"), 75).exact == Fraction(1, 3)
    assert book("2026-01-01").value(Parameter("services.solar_rate"), "flats").number == Decimal("0.0017")
    assert isinstance(book("2026-01-01").value(Parameter("process.validity"), "in_all").count, int)
    with pytest.raises(Invalid, match="not a decimal"):
        _ = book("2021-01-01").value(Parameter("parking.cars_per_flat"), 75).number
    with pytest.raises(Invalid, match="not money"):
        _ = book("2026-01-01").value(Parameter("exits.door"), "other").paise


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("yards.no_such_thing", ()),
        ("yards.open_space", ("A1", 100)),
        ("yards.open_space", ("A9", 100, "front_average")),
        ("yards.open_space", ("A1", "100", "front_average")),
        ("yards.open_space", ("A1", Decimal("NaN"), "front_average")),
        ("yards.open_space", ("A1", 100, "font_average")),
        ("exits.travel", ("sprinkled",)),
        ("access.width", ("A1", 5000, "mutli_unit")),
        ("access.width", ("I", True, "multi_unit")),
    ],
)
def test_a_wrong_question_is_no_gap_in_the_book(key: str, keys: tuple[str | int | Decimal, ...]) -> None:
    with pytest.raises(Invalid):
        book("2026-01-01").value(Parameter(key), *keys)


def test_a_float_is_not_what_was_written() -> None:
    with pytest.raises(Invalid, match="exactly"):
        book("2026-01-01").value(Parameter("roads.splay"), 12.1)  # type: ignore[arg-type]


def test_the_book_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(book("2026-01-01")))
    assert there.digest == book("2026-01-01").digest
    assert there.value(Parameter("exits.corridor")) == book("2026-01-01").value(Parameter("exits.corridor"))


def test_two_readings_of_the_book_have_one_digest_and_a_changed_number_another() -> None:
    ours = texts()
    assert read(ours).digest == read(dict(reversed(ours.items()))).digest == library().digest
    changed = {**ours, "kmbr/height.yaml": ours["kmbr/height.yaml"].replace("value: 9}", "value: 9.0}")}
    assert changed != ours
    assert read(changed).digest != library().digest
    assert book("2026-01-01").digest == book("2026-01-01").digest
    assert (
        len({book("2026-01-01").digest, book("2026-01-02").digest, book("2026-01-01", CORPORATION).digest})
        == 3
    )


def test_a_day_after_the_last_reading_says_so() -> None:
    assert not book("2026-11-22").is_beyond_reading
    assert book("2026-11-23").is_beyond_reading
