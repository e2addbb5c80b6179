"""Planted faults: a file that contradicts itself, its dates or its sources is refused by name, never half used."""

import pytest

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Library, NotEncoded, NotInForce, Parameter
from rules.reading import read

INSTRUMENTS = """
read_to: 2026-11-22
instruments:
  - id: OLD
    title: {en: Old rules}
    number: S.R.O. 1/2019
    in_force: 2019-11-08
    bodies: [municipality, corporation]
    reader: a test
    mark: Q
  - id: GAP
    title: {en: Unread rules}
    number: S.R.O. 2/2025
    in_force: 2025-03-19
    until: 2025-10-28
    bodies: [municipality, corporation]
    reader: nobody
    mark: Q
    unread: yes
    followed_by: NEW
  - id: NEW
    title: {en: New rules}
    number: S.R.O. 3/2025
    in_force: 2025-10-29
    bodies: [municipality, corporation]
    reader: a test
    mark: Q
  - id: HEARSAY
    title: {en: Notes}
    number: Notes
    in_force: 2019-11-08
    bodies: [municipality, corporation, panchayat]
    reader: the press
    mark: P
  - id: ACT
    title: {en: An Act without date}
    number: An Act
    bodies: [municipality]
    reader: nobody
    mark: Q
"""
AXES = """
axes:
  occupancy: {title: {en: Occupancy}, words: {A1: {en: Homes}, NO: {en: A group called no}}}
  case: {title: {en: Case}}
  area: {title: {en: Area}, unit: m2}
"""
CHAPTER = """
chapter: yards
title: {en: Yards}
parameters:
  front:
    title: {en: Front}
    unit: m
    fact: [x]
    values:
      - {from: 2019-11-08, until: 2025-03-18, cite: [OLD, 26.10], mark: Q, value: 3.0}
      - {from: 2025-10-29, cite: [NEW, 26.10], mark: Q, value: 2.0}
"""


def reading(
    chapter: str, instruments: str = INSTRUMENTS, axes: str = AXES, file: str = "kmbr/yards.yaml"
) -> Library:
    return read({"instruments.yaml": instruments, "axes.yaml": axes, file: chapter})


def with_values(*lines: str, unit: str = "m", by: str = "") -> str:
    head = CHAPTER.split("    unit: m", maxsplit=1)[0]
    rows = "".join(f"      - {line}\n" for line in lines)
    return f"{head}    unit: {unit}\n{by}    fact: [x]\n    values:\n{rows}"


def test_the_sound_file_is_read() -> None:
    assert reading(CHAPTER).cards["yards.front"].title == "Front"


def test_a_clause_stays_as_it_is_written() -> None:
    """Plain YAML would turn 26.10 into 26.1."""
    entry = reading(CHAPTER).timeline(Parameter("yards.front"), LocalBody.MUNICIPALITY)[0]
    assert entry.citation.clause == "26.10"


def test_words_that_yaml_would_turn_into_truth_stay_words() -> None:
    by = "    by: [occupancy, case]\n"
    chapter = with_values(
        "{from: 2019-11-08, cite: [OLD, on], mark: Q, value: {NO: {on: 1.10, off: 2.50}}}", by=by
    )
    book = reading(chapter).on(reading(chapter).read_to, LocalBody.MUNICIPALITY)
    value = book.value(Parameter("yards.front"), "NO", "on")
    assert (str(value), value.citation.clause) == ("1.10 m", "on")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{from: 2019-11-08, mark: Q, value: 3.0}", "cite"),
        ("{from: 2019-11-08, cite: [OLD], mark: Q, value: 3.0}", "cite"),
        ("{from: 2019-11-08, cite: [OLD, ''], mark: Q, value: 3.0}", "cite"),
        ("{from: 2019-11-08, cite: [NOBODY, 26], mark: Q, value: 3.0}", "no instrument NOBODY"),
        ("{from: 2019-11-08, cite: [ACT, 26], mark: Q, value: 3.0}", "has no date"),
        ("{from: 2019-11-08, cite: [HEARSAY, 26], mark: Q, value: 3.0}", "cannot be Q"),
        ("{from: 2019-11-08, cite: [NEW, 26], mark: Q, value: 3.0}", "in force only from 2025-10-29"),
        ("{from: 2025-03-19, cite: [GAP, 26], mark: Q, value: 3.0}", "was not read"),
        ("{from: 2019-11-08, cite: [OLD, 26], value: 3.0}", "mark"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: U, value: 3.0}", "not loaded"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q}", "exactly one"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 3.0, none: gone}", "exactly one"),
        ("{from: 2019-11-08, cite: [HEARSAY, 26], mark: P, none: gone}", "read in its text"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 3,0}", "front"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 1e1}", "plain decimal"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: .5}", "plain decimal"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: -3.0}", "plain decimal"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: ൩}", "plain decimal"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: three}", "plain decimal"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: {A1: 3.0}}", "another shape"),
        ("{from: 8.11.2019, cite: [OLD, 26], mark: Q, value: 3.0}", "a day is written"),
        ("{from: 1573171200, cite: [OLD, 26], mark: Q, value: 3.0}", "a day is written"),
        ("{from: 2019-11-31, cite: [OLD, 26], mark: Q, value: 3.0}", "from"),
        ("{from: 2020-01-01, until: 2019-12-31, cite: [OLD, 26], mark: Q, value: 3.0}", "before it begins"),
        ("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 3.0, colour: red}", "colour"),
        ("{from: 2019-11-08, for: [panchayat], cite: [OLD, 26], mark: Q, value: 3.0}", "other local bodies"),
        ("{from: 2019-11-08, from: 2020-01-01, cite: [OLD, 26], mark: Q, value: 3.0}", "written twice"),
    ],
)
def test_a_planted_fault_is_refused_with_file_entry_and_field(line: str, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reading(with_values(line))
    assert "kmbr/yards.yaml" in refusal.value.message
    assert why in refusal.value.message


@pytest.mark.parametrize("unit", ["metre", "Meter", "inch", "", "paise", "Rs/ft2"])
def test_an_unknown_unit_is_refused(unit: str) -> None:
    with pytest.raises(Invalid, match="entry “front”, field “unit”"):
        reading(with_values("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 3.0}", unit=unit or "''"))


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("count", "2.5"),
        ("share", "15"),
        ("percent", "6500"),
        ("Rs", "1.005"),
        ("date", "tomorrow"),
        ("word", "Two Words"),
        ("m", "1/3"),
    ],
)
def test_a_value_that_its_unit_cannot_hold_is_refused(unit: str, value: str) -> None:
    with pytest.raises(Invalid, match=r"values\.0\.value"):
        reading(with_values(f"{{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: {value}}}", unit=unit))


def test_money_is_held_in_paise() -> None:
    library = reading(with_values("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 17.5}", unit="Rs/m2"))
    value = library.on(library.read_to, LocalBody.CORPORATION).value(Parameter("yards.front"))
    assert (value.paise, str(value)) == (1750, "Rs 17.5/m2")


@pytest.mark.parametrize(
    "second",
    [
        "{from: 2024-12-31, cite: [OLD, 26], mark: Q, value: 2.0}",
        "{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 2.0}",
    ],
)
def test_two_values_on_one_day_are_refused(second: str) -> None:
    first = "{from: 2019-11-08, until: 2024-12-31, cite: [OLD, 26], mark: Q, value: 3.0}"
    with pytest.raises(Invalid, match="still holds"):
        reading(with_values(first, second))
    reading(with_values(first, "{from: 2025-01-01, cite: [OLD, 26], mark: Q, value: 2.0}"))


@pytest.mark.parametrize("last", ["2025-03-19", "2025-10-28"])
def test_a_value_reaching_into_the_unread_days_is_refused_if_it_changes_after_them(last: str) -> None:
    after = "{from: 2025-10-29, cite: [NEW, 26], mark: Q, value: 2.0}"
    with pytest.raises(Invalid, match="not read, was in force"):
        reading(
            with_values(f"{{from: 2019-11-08, until: {last}, cite: [OLD, 26], mark: Q, value: 3.0}}", after)
        )
    reading(with_values("{from: 2019-11-08, until: 2025-03-18, cite: [OLD, 26], mark: Q, value: 3.0}", after))
    reading(with_values("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 3.0}"))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("[{upto: 10, value: 1}, {over: 9, value: 2}]", "overlaps"),
        ("[{upto: 10, value: 1}, {from: 10, value: 2}]", "overlaps"),
        ("[{over: 10, value: 1}, {upto: 10, value: 2}]", "overlaps"),
        ("[{value: 1}, {over: 10, value: 2}]", "overlaps"),
        ("[{over: 10, upto: 10, value: 1}]", "holds no number"),
        ("[{from: 10, over: 10, value: 1}]", "one lower"),
        ("[{upto: ten, value: 1}]", "plain decimal"),
        ("[{upto: 10}]", "shape"),
        ("[]", "without bands"),
        ("[{upto: 10, none: ''}]", "say why"),
    ],
)
def test_bands_that_overlap_or_hold_nothing_are_refused(value: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        reading(
            with_values(
                f"{{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: {value}}}", by="    by: [area]\n"
            )
        )


@pytest.mark.parametrize(
    ("value", "why"),
    [("{A7: 3.0}", "A7"), ("{A1: 3.0, A1 NO: 2.0}", "stands twice"), ("{}", "without rows")],
)
def test_rows_that_nobody_knows_or_that_stand_twice_are_refused(value: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        reading(
            with_values(
                f"{{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: {value}}}", by="    by: [occupancy]\n"
            )
        )


def test_an_unknown_axis_is_refused() -> None:
    with pytest.raises(Invalid, match="no axis colour"):
        reading(
            with_values("{from: 2019-11-08, cite: [OLD, 26], mark: Q, value: 3}", by="    by: [colour]\n")
        )


def test_the_laws_silence_and_our_ignorance_differ() -> None:
    chapter = with_values(
        "{from: 2019-11-08, until: 2025-03-18, cite: [OLD, 26], mark: Q, none: It had no such rule}",
        "{from: 2025-10-29, cite: [NEW, 26], mark: Q, unknown: Two copies differ}",
    )
    library = reading(chapter)
    day = library.instruments["OLD"].in_force
    assert day
    with pytest.raises(NotInForce, match="no such rule"):
        library.on(day, LocalBody.MUNICIPALITY).value(Parameter("yards.front"))
    with pytest.raises(NotEncoded, match="Two copies differ"):
        library.on(library.read_to, LocalBody.MUNICIPALITY).value(Parameter("yards.front"))


def test_a_folder_binds_its_own_local_bodies_only() -> None:
    line = "{from: 2019-11-08, cite: [HEARSAY, 26], mark: P, value: 3.0}"
    library = reading(with_values(line), file="kpbr/yards.yaml")
    assert {body for _, body in library.timelines} == {LocalBody.PANCHAYAT}
    with pytest.raises(Invalid, match="does not bind a panchayat"):
        reading(CHAPTER, file="kpbr/yards.yaml")
    with pytest.raises(Invalid, match="for which local bodies"):
        reading(CHAPTER, file="charges/yards.yaml")


def test_two_files_must_agree_on_unit_and_axes() -> None:
    other = with_values("{from: 2019-11-08, cite: [HEARSAY, 26], mark: P, value: 3}", unit="count")
    texts = {"instruments.yaml": INSTRUMENTS, "axes.yaml": AXES, "kmbr/yards.yaml": CHAPTER}
    with pytest.raises(Invalid, match="differ from another file"):
        read({**texts, "kpbr/yards.yaml": other})
    with pytest.raises(Invalid, match=r"stands in kmbr/again\.yaml too"):
        read({**texts, "kmbr/again.yaml": CHAPTER})


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("    unread: yes\n", "    unread: true\n", "yes or no"),
        ("    followed_by: NEW\n", "", "what followed"),
        ("    mark: P\n", "    mark: U\n", "not loaded"),
        ("    until: 2025-10-28\n", "    until: 2025-03-01\n", "ends before"),
        ("  - id: NEW\n", "  - id: OLD\n", "stands twice"),
    ],
)
def test_faults_of_instruments_are_refused(was: str, becomes: str, why: str) -> None:
    assert was in INSTRUMENTS
    with pytest.raises(Invalid, match=why):
        reading(CHAPTER, instruments=INSTRUMENTS.replace(was, becomes))


def test_a_file_that_is_no_yaml_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match=r"kmbr/yards\.yaml"):
        reading("chapter: [")
    with pytest.raises(Invalid, match=r"kmbr/yards\.yaml"):
        reading("just words")
