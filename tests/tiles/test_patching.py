"""An edit is drawn from the store at once: laid over it, never a town read again, never half of anything on the disk."""

import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from shapely.geometry import shape as shape_of
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.session import transaction
from gis.parcels.changes import correct, divide, merge, resurvey
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import a_box, a_new_parcel, halves, register
from tests.nursery import born
from tests.tiles.ground import SIDE, TODAY, settle, tile_over
from tests.tiles.test_parcel_shapes import features_of
from tests.tiles.test_parcel_tiles import agree, is_sliver
from tiles import patching
from tiles.building import build
from tiles.parcels import parcel_tile
from tiles.patching import patch
from tiles.store import Store, opened
from tiles.vector import PARCELS, tile

Change = Callable[[Session, Jurisdiction], object]
DEED = {"on": date(2024, 5, 1), "instrument": "deed 7/2024"}


@pytest.fixture
def town(fresh_engine: Engine) -> Jurisdiction:
    """A place of 25 plots."""
    return settle(fresh_engine)


@pytest.fixture
def shelf(fresh_engine: Engine, town: Jurisdiction, tmp_path: Path) -> Iterator[Path]:
    """A shelf with a store of its parcels."""
    with Session(fresh_engine) as session:
        build(session, town, tmp_path, at=now(session))
    return tmp_path


def now(session: Session, on: date = TODAY) -> AsOf:
    return AsOf(on=on, known=last_recording(session, "test-town"))


def divided(session: Session, place: Jurisdiction) -> None:
    divide(session, place, "12/1", into=halves(a_box(0, 0), ("12/1-1", "12/1-2")), **DEED)


def merged(session: Session, place: Jurisdiction) -> None:
    merge(session, place, ["12/2", "12/3"], into=a_new_parcel("12/30", x=20, width=40), **DEED)


def corrected(session: Session, place: Jurisdiction) -> None:
    correct(session, place, "12/13", to=a_new_parcel("12/13", x=41, y=60, width=18, depth=30), **DEED)


def corrected_from_the_first_day(session: Session, place: Jurisdiction) -> None:
    new = a_new_parcel("12/13", x=41, y=60, width=18, depth=30)
    correct(session, place, "12/13", to=new, on=date(1990, 1, 1), instrument="order 8/2024")


def resurveyed(session: Session, place: Jurisdiction) -> None:
    resurvey(session, place, ["12/25"], into=[a_new_parcel("12/25A", x=80, y=120, width=45)], **DEED)


def moved_far(session: Session, place: Jurisdiction) -> None:
    resurvey(session, place, ["12/7"], into=[a_new_parcel("12/7A", x=400, y=300)], **DEED)


def divided_later(session: Session, place: Jurisdiction) -> None:
    into = halves(a_box(0, 0), ("12/1-1", "12/1-2"))
    divide(session, place, "12/1", into=into, on=date(2027, 1, 1), instrument="deed 9/2026")


def divided_again(session: Session, place: Jurisdiction) -> None:
    divided(session, place)
    halved = halves(a_box(0, 0, 10), ("12/1-1-1", "12/1-1-2"))
    divide(session, place, "12/1-1", into=halved, on=date(2024, 6, 1), instrument="deed 8/2024")


CHANGES: list[Change] = [
    divided,
    merged,
    corrected,
    corrected_from_the_first_day,
    resurveyed,
    moved_far,
    divided_later,
    divided_again,
]


def laid_over(engine: Engine, town: Jurisdiction, shelf: Path, on: date = TODAY) -> Store | None:
    """The store after a patch, or None where there must be another one."""
    with Session(engine) as session:
        at = now(session, on)
        if patch(session, town, shelf, at=at) is None:
            return None
    return opened(shelf, known=at.known, on=at.on)


def assert_as_postgis_draws(engine: Engine, town: Jurisdiction, store: Store) -> None:
    with Session(engine) as session:
        at = now(session)
        for zoom in (13, 14, 15, 17):
            for x, y in ((50, 75), (410, 310)):
                address = tile_over(zoom, x=x, y=y)
                own = features_of(parcel_tile(store, address))
                theirs = features_of(tile(session, town, address, layers=[PARCELS], at=at))
                assert said_of(own) == said_of(theirs), zoom
                shapes = {each["id"]: shape_of(each["geometry"]) for each in theirs}
                for each in own:
                    drawn = shape_of(each["geometry"])
                    assert drawn.is_valid
                    assert agree(drawn, shapes[each["id"]]) or is_sliver(drawn), (zoom, each)


def said_of(features: list[dict[str, object]]) -> dict[object, object]:
    assert len({each["id"] for each in features}) == len(features)
    return {each["id"]: each["properties"] for each in features}


@pytest.mark.parametrize("change", CHANGES)
def test_after_each_kind_of_change_the_patched_store_draws_what_postgis_draws(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path, change: Change
) -> None:
    before = next(shelf.iterdir()).name
    with transaction(fresh_engine) as session:
        change(session, town)
    store = laid_over(fresh_engine, town, shelf)
    assert store is not None
    assert store.standing.base == before
    assert_as_postgis_draws(fresh_engine, town, store)
    assert store.standing.parcels == len(numbers(store))


def numbers(store: Store) -> set[str]:
    found = [features_of(parcel_tile(store, tile_over(15, x=x, y=y))) for x, y in ((50, 75), (410, 310))]
    return {each["properties"]["number"] for features in found for each in features}


def test_patches_follow_each_other_and_leave_one_store_with_one_patch(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    before = next(shelf.iterdir()).name
    for change in (divided, merged, corrected, resurveyed, moved_far):
        with transaction(fresh_engine) as session:
            change(session, town)
        store = laid_over(fresh_engine, town, shelf)
        assert store is not None
        assert_as_postgis_draws(fresh_engine, town, store)
        assert {each.name for each in shelf.iterdir()} == {before, store.standing.name}


def test_the_days_of_a_patched_store_end_where_a_change_will_come(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    with transaction(fresh_engine) as session:
        divided(session, town)
        divided_later_of_another(session, town)
    store = laid_over(fresh_engine, town, shelf)
    assert store is not None
    standing = store.standing
    assert (standing.first, standing.until) == (date(2024, 5, 1), date(2027, 1, 1))
    assert laid_over(fresh_engine, town, shelf, on=date(2027, 1, 1)) is not None


def divided_later_of_another(session: Session, place: Jurisdiction) -> None:
    into = halves(a_box(20, 0), ("12/2-1", "12/2-2"))
    divide(session, place, "12/2", into=into, on=date(2027, 1, 1), instrument="deed 9/2026")


def test_a_store_of_another_day_is_no_ground_for_a_patch(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    with transaction(fresh_engine) as session:
        divided_later(session, town)
        build(session, town, shelf, at=now(session))
        merged(session, town)
    assert laid_over(fresh_engine, town, shelf, on=date(2027, 1, 1)) is None
    assert laid_over(fresh_engine, town, shelf, on=date(2026, 12, 31)) is not None


def test_after_an_import_the_place_is_read_again(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    with transaction(fresh_engine) as session:
        divided(session, town)
        register(session, town, [a_new_parcel("13/1", x=500)])
    assert laid_over(fresh_engine, town, shelf) is None


@pytest.mark.parametrize(("most", "is_patched"), [(4, True), (3, False)])
def test_after_many_changes_the_place_is_read_again(
    fresh_engine: Engine,
    town: Jurisdiction,
    shelf: Path,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    is_patched: bool,
) -> None:
    """A division touches four states: the whole plot until then, what was believed of it, and the halves."""
    monkeypatch.setattr(patching, "MOST", most)
    with transaction(fresh_engine) as session:
        divided(session, town)
    assert (laid_over(fresh_engine, town, shelf) is not None) == is_patched


def test_a_store_that_lacks_a_plot_is_not_patched(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    ids = next(shelf.rglob("plots/ids.npy"))
    raw = bytearray(ids.read_bytes())
    raw[-200:] = bytes(200)
    ids.write_bytes(raw)
    with transaction(fresh_engine) as session:
        for change in (divided, corrected, resurveyed):
            change(session, town)
    assert laid_over(fresh_engine, town, shelf) is None


def test_many_changes_at_random_leave_the_store_as_postgis_draws(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    chance = Random(7)
    standing = {f"12/{1 + each}": a_box(20 * (each % SIDE), 30 * (each // SIDE)) for each in range(25)}
    for turn in range(12):
        number = chance.choice(sorted(standing))
        names = (f"{number}-{turn}A", f"{number}-{turn}B")
        parts = halves(standing.pop(number), names)
        with transaction(fresh_engine) as session:
            divide(session, town, number, into=parts, on=date(2024, 5, 1 + turn), instrument=f"deed {turn}")
        standing |= {part.number.whole: part.boundary for part in parts}
    store = laid_over(fresh_engine, town, shelf)
    assert store is not None
    assert numbers(store) == set(standing)
    assert_as_postgis_draws(fresh_engine, town, store)


KILLED = """
import sys, time
from datetime import date
from pathlib import Path
import numpy as np
from sqlalchemy.orm import Session
from gis.asof import AsOf
from gis.db.session import make_engine
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tiles.building import build
from tiles.patching import patch
from tiles import store

url, shelf, what, where = sys.argv[1:]
wrote = [0]
kept = np.save
def slow(file, column):
    kept(file, column)
    wrote[0] += 1
    if wrote[0] == int(where):
        print("here", flush=True)
        time.sleep(60)
np.save = slow
if where == "rename":
    Path.rename = lambda *_: (print("here", flush=True), time.sleep(60))
with Session(make_engine(url)) as session:
    place = jurisdiction(session, "test-town")
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, "test-town"))
    {"patch": patch, "build": build}[what](session, place, Path(shelf), at=at)
""".replace("int(where)", "int(where if where.isdigit() else 0)")


@pytest.mark.parametrize("where", ["1", "15", "25", "rename"])
@pytest.mark.parametrize("what", ["patch", "build"])
def test_whoever_is_killed_at_it_leaves_the_store_whole_and_the_next_one_makes_it(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path, what: str, where: str
) -> None:
    with Session(fresh_engine) as session:
        old = now(session)
    with transaction(fresh_engine) as session:
        divided(session, town)
    url = fresh_engine.url.render_as_string(hide_password=False)
    with born(KILLED, url, str(shelf), what, where, loads=("tiles.building", "tiles.patching")) as victim:
        assert victim.stdout.readline() == "here\n"
    assert victim.returncode == -signal.SIGKILL
    with Session(fresh_engine) as session:
        at = now(session)
    assert opened(shelf, known=at.known, on=at.on) is None
    assert opened(shelf, known=old.known, on=old.on) is not None
    assert any(each.name.startswith(".") for each in shelf.iterdir())
    store = laid_over(fresh_engine, town, shelf)
    assert store is not None
    assert_as_postgis_draws(fresh_engine, town, store)
    assert {each.name for each in shelf.iterdir()} == {store.standing.base, store.standing.name}


@pytest.mark.parametrize("column", ["plots/points.npy", "block_of.npy", "standing.json"])
def test_a_store_whose_disk_was_cut_off_is_none(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path, column: str
) -> None:
    file = next(shelf.iterdir()) / column
    file.write_bytes(file.read_bytes()[:-1])
    with Session(fresh_engine) as session:
        at = now(session)
        assert opened(shelf, known=at.known, on=at.on) is None
        build(session, town, shelf, at=at)
    assert opened(shelf, known=at.known, on=at.on) is not None


def test_a_patch_without_the_store_below_it_is_none(
    fresh_engine: Engine, town: Jurisdiction, shelf: Path
) -> None:
    below = next(shelf.iterdir())
    with transaction(fresh_engine) as session:
        divided(session, town)
    assert laid_over(fresh_engine, town, shelf) is not None
    below.rename(shelf / ".aside")
    with Session(fresh_engine) as session:
        at = now(session)
    assert opened(shelf, known=at.known, on=at.on) is None
