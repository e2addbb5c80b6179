"""The parcels for tiles are those of the register: built once for all, fresh after a change, and never in the way."""

import logging
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.db.session import transaction
from gis.errors import NotFound
from gis.parcels.changes import divide
from gis.place import Jurisdiction
from gis.recordings import record
from tests.builders import a_box, a_place, halves
from tests.tiles.ground import TODAY, settle, tile_over
from tests.tiles.test_parcel_shapes import features_of
from tiles import shelf as shelving
from tiles.shelf import Shelf, alone, drawn
from tiles.store import Store, shelf_of

TOWN = "test-town"


@pytest.fixture
def town(fresh_engine: Engine) -> Jurisdiction:
    """A place of 25 plots."""
    return settle(fresh_engine)


@pytest.fixture
def shelf(
    fresh_engine: Engine, town: Jurisdiction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shelf]:
    """A shelf that looks at every question and finds 25 plots worth a store."""
    monkeypatch.setattr(shelving, "FRESH", 0.0)
    shelf = Shelf(fresh_engine, tmp_path / "tiles", worth=25)
    yield shelf
    shelf.finish()


def ready(shelf: Shelf, on: date = TODAY) -> Store | None:
    """The store once all that was ordered is made."""
    shelf.look(TOWN, on=on)
    shelf.finish()
    seen = shelf.look(TOWN, on=on)
    assert seen is not None
    return seen.parcels(on, None)


def numbers(store: Store) -> set[str]:
    return {feature["properties"]["number"] for feature in features_of(drawn(store, tile_over(15)))}


def divide_the_first(session: Session, place: Jurisdiction, on: date = date(2024, 5, 1)) -> None:
    into = halves(a_box(0, 0), ("12/1-1", "12/1-2"))
    divide(session, place, "12/1", into=into, on=on, instrument="deed 7/2024")


def test_postgis_draws_until_the_store_is_built(shelf: Shelf) -> None:
    first = shelf.look(TOWN, on=TODAY)
    assert first is not None
    assert first.parcels(TODAY, None) is None
    store = ready(shelf)
    assert store is not None
    assert numbers(store) == {f"12/{each}" for each in range(1, 26)}


def test_after_a_change_the_old_store_answers_no_more(
    shelf: Shelf, fresh_engine: Engine, town: Jurisdiction, tmp_path: Path
) -> None:
    before = ready(shelf)
    with transaction(fresh_engine) as session:
        divide_the_first(session, town)
    changed = shelf.look(TOWN, on=TODAY)
    assert changed is not None
    assert changed.parcels(TODAY, None) is None
    after = ready(shelf)
    assert before is not None
    assert after is not None
    assert numbers(after) ^ numbers(before) == {"12/1", "12/1-1", "12/1-2"}
    folders = {each.name for each in shelf_of(tmp_path / "tiles", TOWN).iterdir() if each.is_dir()}
    assert folders == {before.standing.name, after.standing.name}
    assert after.standing.base == before.standing.name


def test_what_changes_no_parcel_keeps_the_store(
    shelf: Shelf, fresh_engine: Engine, town: Jurisdiction
) -> None:
    before = ready(shelf)
    with transaction(fresh_engine) as session:
        instant = record(session, town.code, what="a layer").instant
    seen = shelf.look(TOWN, on=TODAY)
    assert seen is not None
    assert seen.last == instant
    assert seen.parcels(TODAY, instant) is before is not None
    assert seen.parcels(TODAY, instant + timedelta(seconds=1)) is None


def test_where_nothing_was_recorded_since_a_look_asks_for_the_last_recording_alone(
    shelf: Shelf, fresh_engine: Engine, town: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, before, read = ready(shelf), shelf.met(TOWN), shelving._read
    monkeypatch.setattr(shelving, "_read", None)
    again = shelf.look(TOWN, on=TODAY)
    assert before is not None
    assert again is not None
    assert again.looked > before.looked
    assert again.parcels(TODAY, None) is store is not None
    monkeypatch.setattr(shelving, "_read", read)
    with transaction(fresh_engine) as session:
        divide_the_first(session, town)
    changed = shelf.look(TOWN, on=TODAY)
    assert changed is not None
    assert changed.last > again.last
    assert changed.parcels(TODAY, None) is None


def test_who_names_a_later_recording_makes_us_look(
    shelf: Shelf, fresh_engine: Engine, town: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelving, "FRESH", 1000.0)
    ready(shelf)
    seen = shelf.seen(TOWN)
    assert seen is not None
    with transaction(fresh_engine) as session:
        divide_the_first(session, town)
        later = record(session, town.code, what="seen in the catalogue").instant
    assert shelf.seen(TOWN, since=seen.last) is seen
    assert shelf.seen(TOWN, since=later) is None
    looked = shelf.look(TOWN, on=TODAY, since=later)
    assert looked is not None
    assert looked.parcels(TODAY, None) is None


def test_a_store_answers_for_the_days_on_which_its_parcels_stand(
    shelf: Shelf, fresh_engine: Engine, town: Jurisdiction
) -> None:
    with transaction(fresh_engine) as session:
        divide_the_first(session, town, on=date(2025, 3, 1))
    store = ready(shelf)
    assert store is not None
    assert store.standing.holds(date(2025, 3, 1))
    assert not store.standing.holds(date(2025, 2, 28))
    seen = shelf.look(TOWN, on=TODAY)
    assert seen is not None
    assert seen.parcels(date(2025, 2, 28), None) is None


def test_when_the_day_of_a_change_comes_another_store_is_built(
    shelf: Shelf, fresh_engine: Engine, town: Jurisdiction
) -> None:
    with transaction(fresh_engine) as session:
        divide_the_first(session, town, on=date(2025, 3, 1))
    before, after = ready(shelf, date(2025, 2, 28)), ready(shelf, date(2025, 3, 1))
    assert before is not None
    assert after is not None
    assert numbers(before) ^ numbers(after) == {"12/1", "12/1-1", "12/1-2"}


def test_another_process_opens_what_is_built(
    shelf: Shelf, fresh_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(shelf)
    monkeypatch.setattr("tiles.building.build", None)
    assert ready(Shelf(fresh_engine, tmp_path / "tiles", worth=25)) is not None


def test_while_one_process_builds_another_leaves_it_to_it(shelf: Shelf, tmp_path: Path) -> None:
    folder = shelf_of(tmp_path / "tiles", TOWN)
    folder.mkdir(parents=True)
    with alone(folder):
        assert ready(shelf) is None
    assert ready(shelf) is not None


def test_a_small_place_is_left_to_postgis(fresh_engine: Engine, town: Jurisdiction, tmp_path: Path) -> None:
    assert ready(Shelf(fresh_engine, tmp_path / "tiles", worth=26)) is None
    assert not (tmp_path / "tiles").exists()


def test_a_store_that_cannot_be_built_is_told_and_tried_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("tiles.building.build", None)
        assert ready(shelf) is None
        assert "PostGIS draws them" in caplog.text
        assert ready(shelf) is None
    monkeypatch.setattr(shelving, "PATIENCE", 0.0)
    assert ready(shelf) is not None


def test_without_the_compiler_postgis_draws(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    take_the_compiler_away(monkeypatch)
    caplog.set_level(logging.WARNING)
    assert ready(shelf) is None
    assert "numba is not installed" in caplog.text


def take_the_compiler_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    for module in ("parcels", "patching", "building", "dissolve", "touching", "cutting", "encode"):
        monkeypatch.delitem(sys.modules, f"tiles.{module}", raising=False)


def test_an_unknown_place_is_told_so_and_an_empty_one_has_nothing(fresh_engine: Engine, shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        shelf.look("nowhere", on=TODAY)
    with transaction(fresh_engine) as session:
        a_place(session, "founded")
    assert shelf.look("founded", on=TODAY) is None


@pytest.mark.parametrize("code", ["../up", "a/b", ".", "കേരളം"])
def test_no_code_leads_out_of_the_folder(tmp_path: Path, code: str) -> None:
    assert shelf_of(tmp_path, code).resolve().parent == tmp_path.resolve()
