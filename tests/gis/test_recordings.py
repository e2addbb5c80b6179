"""Recording instants: one order for all writers of a place, and no reader sees a later one before an earlier one."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.db.session import transaction
from gis.errors import NotFound
from gis.recordings import last_recording, record
from tests.builders import a_place, a_recording


def test_before_anything_is_recorded_there_is_no_last_instant(session: Session) -> None:
    a_place(session)
    with pytest.raises(NotFound, match="import"):
        last_recording(session, "test")


def test_the_last_recording_is_the_newest(session: Session) -> None:
    place = a_place(session)
    first = record(session, place.code, what="first")
    second = record(session, place.code, what="second")
    assert first.instant < second.instant == last_recording(session, place.code)
    assert second.instant.utcoffset() == timedelta(0)


def test_each_place_keeps_its_own_order(session: Session) -> None:
    a_place(session, "one")
    a_place(session, "two")
    first = record(session, "one", what="first")
    record(session, "two", what="elsewhere")
    assert last_recording(session, "one") == first.instant


def test_a_clock_that_falls_back_does_not_turn_the_order(session: Session) -> None:
    place = a_place(session)
    ahead = datetime(2200, 1, 1, tzinfo=UTC)
    a_recording(session, place, ahead)
    assert record(session, place.code, what="after").instant == ahead + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE recording SET instant = instant - interval '1 day'",
        "DELETE FROM recording",
        "TRUNCATE recording CASCADE",
    ],
)
def test_an_instant_is_never_changed(session: Session, change: str) -> None:
    record(session, a_place(session).code, what="first")
    with pytest.raises(IntegrityError, match="never changed"):
        session.execute(text(change))


def test_a_second_writer_waits_and_comes_later(fresh_engine: Engine) -> None:
    with transaction(fresh_engine) as session:
        a_place(session)
    started, instants = threading.Event(), []

    def write_second() -> None:
        with transaction(fresh_engine) as session:
            started.set()
            instants.append(("second", record(session, "test", what="second").instant))

    other = threading.Thread(target=write_second)
    with transaction(fresh_engine) as session:
        instants.append(("first", record(session, "test", what="first").instant))
        other.start()
        started.wait(10)
        other.join(0.3)
        assert other.is_alive(), "the second writer must wait for the first one's commit"
    other.join(10)
    assert [name for name, _ in sorted(instants, key=lambda pair: pair[1])] == ["first", "second"]


def test_a_writer_of_another_place_does_not_wait(fresh_engine: Engine) -> None:
    with transaction(fresh_engine) as session:
        a_place(session, "one")
        a_place(session, "two")
    with transaction(fresh_engine) as first, transaction(fresh_engine) as second:
        first.execute(text("SET LOCAL lock_timeout = '2s'"))
        second.execute(text("SET LOCAL lock_timeout = '2s'"))
        record(first, "one", what="first")
        record(second, "two", what="second")


def test_a_writer_that_fails_leaves_no_instant(fresh_engine: Engine) -> None:
    with transaction(fresh_engine) as session:
        a_place(session)
    with suppress(RuntimeError), transaction(fresh_engine) as session:
        record(session, "test", what="fails")
        raise RuntimeError
    with transaction(fresh_engine) as session, pytest.raises(NotFound):
        last_recording(session, "test")


def test_readers_beside_two_writers_see_instants_only_grow(fresh_engine: Engine) -> None:
    """Whoever sees an instant sees all before it: the list a reader sees is always a beginning of the final list."""
    with transaction(fresh_engine) as session:
        a_place(session)
    written: dict[str, list[datetime]] = {"north": [], "south": []}
    seen: list[list[datetime]] = []
    done = threading.Event()

    def write(name: str) -> None:
        for _ in range(25):
            with transaction(fresh_engine) as session:
                written[name].append(record(session, "test", what=name).instant)

    def read() -> None:
        while not done.is_set():
            with transaction(fresh_engine) as session:
                seen.append(list(session.scalars(text("SELECT instant FROM recording ORDER BY instant"))))

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(name,)) for name in written]
    reader.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    done.set()
    reader.join(10)
    with transaction(fresh_engine) as session:
        final = list(session.scalars(text("SELECT instant FROM recording ORDER BY id")))
    assert len(final) == 50
    assert all(earlier < later for earlier, later in pairwise(final))
    assert sorted(written["north"] + written["south"]) == final
    assert len({len(view) for view in seen}) > 1, "the reader saw nothing grow: the test proves nothing"
    assert all(view == final[: len(view)] for view in seen)
