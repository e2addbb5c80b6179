"""Two dates are compared by what a person would notice."""

from dataclasses import replace
from datetime import date

from tests.web import town
from tests.web.fakes import DIVIDED, TownAnswers
from web.answers import Pair, Side
from web.differences import differences

LAND = TownAnswers()


def test_only_the_theme_that_changed_is_told() -> None:
    pair = LAND.compare("kl-sample", number=town.MAIN, on=date(2015, 1, 1), on2=date(2026, 1, 1), known=None)
    found = differences(pair)
    assert found is not None
    assert [change.title.en for change in found.themes] == ["Land liable to flood"]
    assert found.unchanged > 30
    assert found.fields == ()


def test_the_same_day_twice_differs_in_nothing() -> None:
    pair = LAND.compare("kl-sample", number=town.MAIN, on=date(2026, 1, 1), on2=date(2026, 1, 1), known=None)
    found = differences(pair)
    assert found is not None
    assert not found.themes
    assert not found.fields


def test_a_changed_record_is_told_field_by_field() -> None:
    extract = LAND.extract("kl-sample", number=town.MAIN, on=date(2026, 1, 1), known=None)
    parcel = extract.subject.parcel
    assert parcel is not None
    before = replace(extract, subject=replace(extract.subject, parcel=replace(parcel, land_type="nilam")))
    pair = Pair(
        number=town.MAIN,
        before=Side(on=date(2020, 1, 1), extract=before),
        after=Side(on=date(2026, 1, 1), extract=extract),
    )
    found = differences(pair)
    assert found is not None
    assert [(change.field, change.before, change.after) for change in found.fields] == [
        ("land_type", "nilam", "purayidam")
    ]


def test_a_plot_that_is_gone_cannot_be_compared() -> None:
    pair = LAND.compare("kl-sample", number=DIVIDED, on=date(2015, 1, 1), on2=date(2026, 1, 1), known=None)
    assert differences(pair) is None
    assert pair.after.successors
