"""What several ask at once is answered once; what nobody waits for any more is given up, and nothing else is."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event
from time import monotonic, sleep

import psycopg
import pytest
from sqlalchemy import Engine, text

from gis.errors import NotFound
from tests.builders import in_a_thread
from tiles.once import Errand, GivenUp, Once

PATIENT = 5.0


async def stays() -> None:
    """An asker who never leaves."""
    await asyncio.Event().wait()


def leaves_after(seconds: float) -> Callable[[], Awaitable[None]]:
    """An asker who leaves."""

    async def leaves() -> None:
        await asyncio.sleep(seconds)

    return leaves


def asking(connection: psycopg.Connection[tuple[object, ...]], ended: Event) -> Callable[[Errand], int]:
    """A question that PostgreSQL takes long to answer."""

    def find(errand: Errand) -> int:
        try:
            with errand.on(connection):
                connection.execute("SELECT pg_sleep(30)")
        finally:
            ended.set()
        return 7

    return find


@pytest.fixture
def connection(engine: Engine) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of its own to the database."""
    with engine.connect() as here:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        assert here.scalar(text("SELECT 1")) == 1
    return psycopg.connect(url, autocommit=True)


def test_what_several_ask_at_once_is_answered_once() -> None:
    once: Once[int] = Once()
    times: list[int] = []

    def find(_errand: Errand) -> int:
        times.append(1)
        sleep(0.2)  # until all wait
        return 7

    async def ask() -> list[int | None]:
        return await asyncio.gather(*(once.answer("tile", find, leaving=stays) for _ in range(4)))

    assert in_a_thread(asyncio.run, ask()) == [7, 7, 7, 7]
    assert len(times) == 1
    assert in_a_thread(asyncio.run, once.answer("tile", lambda _: 9, leaving=stays)) == 9


def test_an_error_reaches_all_who_asked_and_is_not_kept() -> None:
    once: Once[int] = Once()

    def fails(_errand: Errand) -> int:
        sleep(0.1)
        raise NotFound("nothing here")

    async def ask() -> list[int | BaseException | None]:
        asked = [once.answer("tile", fails, leaving=stays) for _ in range(2)]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [type(each) for each in in_a_thread(asyncio.run, ask())] == [NotFound, NotFound]
    assert in_a_thread(asyncio.run, once.answer("tile", lambda _: 1, leaving=stays)) == 1


def test_when_all_have_left_postgresql_stops_and_the_connection_lives(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    once: Once[int] = Once()
    ended = Event()
    started = monotonic()

    async def ask() -> list[int | None]:
        find = asking(connection, ended)
        asked = [once.answer("tile", find, leaving=leaves_after(each)) for each in (0.2, 0.4)]
        return await asyncio.gather(*asked)

    assert in_a_thread(asyncio.run, ask()) == [None, None]
    assert ended.wait(PATIENT)
    assert 0.4 <= monotonic() - started < PATIENT
    assert connection.execute("SELECT 1").fetchone() == (1,)
    connection.close()


def test_while_one_waits_the_answer_is_found_though_another_left() -> None:
    once: Once[int] = Once()

    def find(_errand: Errand) -> int:
        sleep(0.4)
        return 7

    async def ask() -> list[int | None]:
        asked = [once.answer("tile", find, leaving=leaving) for leaving in (leaves_after(0.1), stays)]
        return await asyncio.gather(*asked)

    assert in_a_thread(asyncio.run, ask()) == [None, 7]


def test_what_was_given_up_is_asked_anew_by_the_next(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    once: Once[int] = Once()

    async def ask() -> tuple[int | None, int | None]:
        find = asking(connection, Event())
        return (
            await once.answer("tile", find, leaving=leaves_after(0.1)),
            await once.answer("tile", lambda _: 8, leaving=stays),
        )

    assert in_a_thread(asyncio.run, ask()) == (None, 8)
    connection.close()


def test_an_errand_given_up_before_it_began_asks_nothing(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    errand = Errand()
    errand.give_up()
    with pytest.raises(GivenUp), errand.on(connection):
        raise AssertionError("asked all the same")
    connection.close()


def test_giving_up_does_not_reach_what_the_connection_serves_next(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    errand = Errand()
    with errand.on(connection):
        connection.execute("SELECT 1")
    errand.give_up()
    assert connection.execute("SELECT 2, pg_sleep(0.2)").fetchone() == (2, "")
    connection.close()
