"""An answer is read in an order that hides nothing: what concerns the plot, then what is unknown, then what is clear."""

from dataclasses import replace
from decimal import Decimal

import pytest

from gis.site import Status
from layers.extract.model import Extract
from tests.web import town
from tests.web.fake_extract import TODAY
from tests.web.fakes import TownAnswers
from web.plot_view import ORDER, is_advisory, plot_view


@pytest.fixture(scope="module")
def extract() -> Extract:
    return TownAnswers().extract("kl-sample", number=town.MAIN, on=TODAY, known=None)


def test_unknown_stands_before_clear_in_every_group(extract: Extract) -> None:
    for section in plot_view(extract).sections:
        places = [ORDER.index(theme.status) for theme in section.themes]
        assert places == sorted(places)
    assert ORDER.index(Status.NO_DATA) < ORDER.index(Status.NOT_AFFECTED)


def test_no_theme_is_lost(extract: Extract) -> None:
    view = plot_view(extract)
    shown = [theme.layer for section in view.sections for theme in section.themes]
    shown += [theme.layer for theme in view.admin]
    assert sorted(shown) == sorted(theme.layer for theme in extract.themes)


def test_local_body_and_ward_are_told_but_not_counted_as_restrictions(extract: Extract) -> None:
    view = plot_view(extract)
    assert {"local_body", "ward"} <= {theme.layer for theme in view.admin}
    assert sum(view.counts.values()) == len(extract.themes) - len(view.admin)


def test_what_lies_on_the_plot_comes_before_what_is_near(extract: Extract) -> None:
    statuses = [theme.status for theme in plot_view(extract).concerning]
    assert statuses == sorted(statuses, key=(Status.AFFECTED, Status.NEAR).index)
    assert set(statuses) == {Status.AFFECTED, Status.NEAR}


@pytest.mark.parametrize(("mark", "advisory"), [("Q", False), ("P", True), ("R", True), (None, False)])
def test_only_a_law_that_was_read_binds(extract: Extract, mark: str | None, advisory: bool) -> None:
    theme = extract.themes[0]
    assert is_advisory(replace(theme, law=replace(theme.law, confidence=mark))) is advisory


def test_the_difference_is_measured_less_recorded(extract: Extract) -> None:
    difference = plot_view(extract).difference
    assert difference is not None
    assert difference.quantize(Decimal("0.1")) == Decimal("-1.2")


def test_sources_of_one_title_stand_together(extract: Extract) -> None:
    source = extract.sources[0]
    more = replace(extract, sources=(source, replace(source, id="other-1"), replace(source, licence="ODbL")))
    assert [len(shelf.sources) for shelf in plot_view(more).shelves] == [2, 1]
