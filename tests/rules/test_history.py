"""The book told in order of days: lists, histories and the changelog that an officer reads."""

from datetime import date

import pytest

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Force, Parameter
from rules.history import Change, Turn, changelog, changes, history, list_parameters
from rules.reading import library, read, texts
from tests.rules.fact_sheet import SHARED, instruments

MUNICIPAL = (LocalBody.MUNICIPALITY, LocalBody.CORPORATION)


def of(key: str, on: str) -> list[Change]:
    return [each for each in changes(library()) if each.key == key and each.on == date.fromisoformat(on)]


def test_every_parameter_is_listed_with_title_and_unit() -> None:
    cards = list_parameters(library())
    assert [card.key for card in cards] == sorted(library().cards)
    assert all(card.title and card.key.startswith(f"{card.chapter}.") for card in cards)
    assert any(card.title_ml for card in cards)


def test_no_two_parameters_share_a_title_within_a_chapter() -> None:
    titles = [(card.chapter, card.title) for card in list_parameters(library())]
    assert len(titles) == len(set(titles))


def test_a_history_names_days_source_and_successor() -> None:
    old, new = history(library(), Parameter("yards.abut_height"))
    assert (old.since, old.until, old.rows[0].says) == (date(2020, 10, 1), date(2025, 3, 18), "7 m")
    assert (old.bodies, old.superseded_by, old.mark) == (MUNICIPAL, "S.R.O. 297/2025", "Q")
    assert (new.since, new.until, new.rows[0].says) == (date(2025, 10, 29), None, "8 m")
    assert (new.superseded_by, new.number, new.clause) == (None, "S.R.O. 1240/2025", "26(4)")
    assert (new.link or "").startswith("https://")


def test_a_history_tells_local_bodies_apart() -> None:
    lines = history(library(), Parameter("services.well_septic"))
    assert [(line.bodies, line.force) for line in lines] == [
        (MUNICIPAL, Force.BINDING),
        ((LocalBody.PANCHAYAT,), Force.ADVISORY),
    ]


def test_a_seamless_amendment_names_its_successor() -> None:
    first, _ = history(library(), Parameter("process.decision"))
    assert first.superseded_by == "S.R.O. 483/2021"


def test_an_unknown_parameter_has_no_history() -> None:
    with pytest.raises(Invalid):
        history(library(), Parameter("yards.nothing"))


def test_a_changed_number_is_one_line_from_value_to_value() -> None:
    assert [
        (each.before, each.after, each.turn, each.number) for each in of("process.decision", "2021-06-29")
    ] == [("30 day", "15 day", Turn.CHANGED, "S.R.O. 483/2021")]


def test_in_a_table_only_the_changed_cells_are_told() -> None:
    told = {each.place: (each.before, each.after) for each in of("coverage.percent", "2025-10-29")}
    assert told == {
        "B_school": ("35 percent", "40 percent"),
        "G1": ("60 percent", "65 percent"),
        "G2": ("60 percent", "65 percent"),
        "D1": (None, "70 percent"),
        "G3": (None, "75 percent"),
    }


def test_the_changelog_says_where_our_knowledge_stops_and_begins_again() -> None:
    (lost,) = of("rooms.height", "2025-03-19")
    assert (lost.turn, lost.number) == (Turn.LOST, "S.R.O. 297/2025, not read")
    (again,) = of("rooms.height", "2025-10-29")
    assert (again.turn, again.before, again.after) == (Turn.KNOWN_AGAIN, "3.0 m", "3.0 m")


def test_a_dropped_rule_and_a_new_one_are_told() -> None:
    (dropped,) = of("yards.single_family_front", "2025-10-29")
    assert (dropped.turn, dropped.before) == (Turn.DROPPED, "2.0 m")
    (begun,) = of("yards.single_family_front", "2026-08-04")
    assert (begun.turn, begun.after, begun.bodies, begun.force) == (
        Turn.FIRST_READ,
        "2.0 m",
        (LocalBody.PANCHAYAT,),
        Force.ADVISORY,
    )


def test_changes_come_in_order_of_days_and_the_first_rules_are_none() -> None:
    days = [each.on for each in changes(library())]
    assert days == sorted(days)
    assert min(days) > date(2019, 11, 8)


def test_every_value_that_begins_later_is_told() -> None:
    told = {(each.key, each.on, body) for each in changes(library()) for body in each.bodies}
    begun = {
        (key, entry.since, body)
        for (key, body), timeline in library().timelines.items()
        for entry in timeline
        if entry.since > date(2019, 11, 8)
    }
    assert begun <= told


def test_one_changed_entry_is_one_more_line_of_the_changelog() -> None:
    ours = texts()
    line = "- {from: 2021-06-29, cite: [KMBR-2021, "
    more = ours["kmbr/process.yaml"].replace(
        "mark: Q, value: 15}\n  council", "mark: Q, value: 14}\n  council"
    )
    assert line in ours["kmbr/process.yaml"]
    assert more != ours["kmbr/process.yaml"]
    before = set(changelog(library()).splitlines())
    after = set(changelog(read({**ours, "kmbr/process.yaml": more})).splitlines())
    assert len(after - before) == 1
    assert "30 day → 14 day" in (after - before).pop()


def test_the_changelog_is_the_same_twice() -> None:
    assert changelog(library()) == changelog(read(texts()))


@pytest.mark.skipif(not SHARED.exists(), reason="the fact sheet is not beside the project")
def test_every_instrument_of_the_fact_sheet_has_its_number_and_day() -> None:
    known = library().instruments
    for fact in instruments():
        if fact["sro"] == "null":
            assert [each for each in known.values() if str(each.in_force) == fact["in_force"]]
            continue
        (held,) = [each for each in known.values() if each.number == f"S.R.O. {fact['sro']}"]
        assert str(held.in_force) == fact["in_force"]
        assert held.order == fact.get("go")
        assert held.mark == fact["conf"]
