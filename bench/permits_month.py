"""A month of a corporation's filings, played through with officers to the end of every case.

In: how many filings; a generated town with owners.  Out: cases a second, the share of time per part, how the cost of a case grows from the
first 500 filings to the last.  Everything is done by the functions behind the doors, in process, each step in a transaction that is committed
to a durable PostGIS; the days pass on the calendar of the played month, with the nightly round of each.  What is not played: HTTP and pages
(`bench.permits` measures them), and the worker that sends messages, whose jobs wait.

Of the filings, on plots as the land has them (half of them on clear plots): 12 in 100 are drawn too near to the boundary, of which half are
answered with another drawing and half refused; 8 in 100 are filed by somebody who is not known as the owner; of what goes to officers 6 in 100
wait for an office that says nothing and go before the Council; of what is granted 10 in 100 come back for occupancy.  These shares are made
up.
"""

import multiprocessing
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier as BarrierOf
from pathlib import Path
from queue import Empty
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import text

from api.answers import LandAnswers
from api.permits import OwnChecker, permit_room
from api.sample_town import BODY
from api.stores import store_of
from api.town import SERVICES
from bench.permits_parts import Parts, Spent
from bench.permits_played import INDIA, Does, Matter, Player
from bench.permits_town import BenchTown, Plot, town
from civic.core.bodies import inside
from civic.core.clocks import run_clocks
from civic.permits import service
from civic.permits.audits import nightly
from gis.db.session import make_engine

WORKING = 22
"""Days of the month on which people file."""
TAIL = 70
"""Days after it in which the last cases end."""
BLOCK = 500
CONTEXT = multiprocessing.get_context("spawn")
UNCOUNTED = ("drawn by the licensee",)
"""What the service does not do."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What one player has done."""

    parts: Mapping[str, Spent]
    cases: Mapping[int, Mapping[str, Spent]]
    ended: Mapping[str, int]
    failed: tuple[str, ...]


def month(state: Path, *, filings: int, players: int) -> None:
    """Play the month and print what it took."""
    there = town(state, parcels=max(1_500, filings), plots=filings)
    clear = sum(each.is_clear for each in there.plots)
    print(
        f"{len(there.plots)} plots with owners, {clear} of them clear; {filings} filings, {players} players",
        flush=True,
    )
    there.engine.dispose()
    there.owner.dispose()
    begun = time.monotonic()
    found = _all_played(state, filings, players)
    _told(found, filings, players, time.monotonic() - begun)


def _all_played(state: Path, filings: int, players: int) -> list[Played]:
    """Every player's part, with a bar that counts filings that have come to their end."""
    said, together = CONTEXT.Queue(), CONTEXT.Barrier(players)
    work = [
        CONTEXT.Process(target=_play, args=(state, filings, players, each, together, said))
        for each in range(players)
    ]
    for each in work:
        each.start()
    found: list[Played] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("the month", total=filings)
        while len(found) < players:
            try:
                word = said.get(timeout=5)
            except Empty:
                if any(each.exitcode for each in work):
                    raise SystemExit("A player has died.") from None
                continue
            if isinstance(word, Played):
                found.append(word)
            else:
                bar.update(task, advance=word[0], description=word[1])
    for each in work:
        each.join()
    return found


def _play(state: Path, filings: int, players: int, me: int, together: BarrierOf, said: Any) -> None:
    """One player: every so many-th filing, day by day; the first also lets the nights pass."""
    there = town(state, parcels=max(1_500, filings), plots=filings)
    there.owner.dispose()
    engine = make_engine(there.engine.url, pool_size=1, max_overflow=0)
    land = LandAnswers(make_engine(engine.url, pool_size=1, max_overflow=0), rasters=there.settings.rasters)
    there = replace(there, engine=engine, owner=engine, land=land)
    parts = Parts()
    for module, function, part in ((service, "issue", "issue"), (service, "ask_others", "consultations")):
        parts.counted(module, function, part)
    parts.backends = [_backend(engine), _backend(land.engine)]
    room = permit_room(there.settings, store_of(there.settings), OwnChecker(land=land))
    player = Player(there, room, parts)
    failed: list[str] = []
    calendar = _calendar(there, filings, players, me)
    ended: Counter[str] = Counter()
    first = datetime.now(INDIA) - timedelta(days=WORKING + TAIL + 10)
    for day in range(WORKING + TAIL + 10):
        player.at(first + timedelta(days=day))
        _day(player, calendar, day, ended, failed, said)
        together.wait()
        if me == 0:
            _night(player)
        together.wait()
    left = sum(len(each) for each in calendar.values())
    failed += [f"{left} matters were not played to their end"] if left else []
    said.put(
        Played(
            parts=dict(parts.by_part),
            cases={index: dict(each) for index, each in parts.by_case.items()},
            ended=ended,
            failed=tuple(failed),
        )
    )


def _day(
    player: Player,
    calendar: dict[int, list[tuple[Matter, Does]]],
    day: int,
    ended: Counter[str],
    failed: list[str],
    said: Any,
) -> None:
    for matter, what in calendar.pop(day, []):
        try:
            following = player.does(matter, what)
        except (
            Exception
        ) as error:  # one matter that cannot go on must not end the month; it is told at the end
            failed.append(
                f"{matter.index} {what} on {matter.plot.number}: {type(error).__name__}: {error}"[:300]
            )
            following, matter.ended = None, "failed"
        if following is None:
            ended[matter.ended] += 1
            said.put((1, f"day {day + 1}"))
        else:
            calendar[day + following[1]].append((matter, following[0]))


def _night(player: Player) -> None:
    """The round of the clocks, and the lot for audits."""
    now = player.now + timedelta(hours=16)
    with player.parts.part("nights: clocks"), inside(player.town.engine, BODY.code) as (session, body):
        run_clocks(session, body, SERVICES, now=now)
    with player.parts.part("nights: audits"), inside(player.town.engine, BODY.code) as (session, body):
        nightly(session, body, now=now)


def _calendar(there: BenchTown, filings: int, players: int, me: int) -> dict[int, list[tuple[Matter, Does]]]:
    """What this player's people do, by day."""
    found: dict[int, list[tuple[Matter, Does]]] = defaultdict(list)
    for matter in list(_matters(there, filings))[me::players]:
        day = matter.index * WORKING // filings
        found[day + 2 * (day // 5)].append((matter, Does.FILE))
    return found


def _matters(there: BenchTown, filings: int) -> Iterator[Matter]:
    clear = [each for each in there.plots if each.is_clear]
    other = [each for each in there.plots if not each.is_clear]
    for index in range(filings):
        chance = Random(index)
        plots = (clear, other)[index % 2] or there.plots
        plot: Plot = plots[index // 2 % len(plots)]
        stranger = there.plots[(index * 7 + 3) % len(there.plots)].owner
        yield Matter(
            index=index,
            plot=plot,
            applicant=stranger if chance.random() < 0.08 else plot.owner,
            licensee=there.licensees[index % len(there.licensees)],
            is_near=chance.random() < 0.12,
            is_answered=chance.random() < 0.5,
            is_slow=chance.random() < 0.06,
            is_finished=chance.random() < 0.10,
        )


def _backend(engine: Any) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")))


def _told(found: Sequence[Played], filings: int, players: int, wall: float) -> None:
    ended: Counter[str] = sum((Counter(each.ended) for each in found), Counter())
    print(f"\n{filings} filings in {wall:.0f} s with {players} players: {filings / wall:.2f} a second")
    print("ended: " + ", ".join(f"{state} {count}" for state, count in ended.most_common()))
    for each in found:
        for line in each.failed[:5]:
            print(f"failed: {line}")
    _print_parts(found, filings)
    _print_growth({index: case for each in found for index, case in each.cases.items()}, filings)


def _print_parts(found: Sequence[Played], filings: int) -> None:
    total: dict[str, Spent] = defaultdict(Spent)
    for each in found:
        for part, spent in each.parts.items():
            if part not in UNCOUNTED:
                total[part].add(spent.wall, spent.cpu)
    wall, cpu = (sum(getattr(each, which) for each in total.values()) for which in ("wall", "cpu"))
    print("\n| part | share of CPU | ms CPU a filing | share of time | ms a filing |\n|---|---|---|---|---|")
    for part, spent in sorted(total.items(), key=lambda each: -each[1].cpu):
        print(
            f"| {part} | {spent.cpu / cpu:.1%} | {spent.cpu / filings * 1000:.1f} | {spent.wall / wall:.1%} | {spent.wall / filings * 1000:.1f} |"
        )
    print(f"| all | | {cpu / filings * 1000:.0f} | | {wall / filings * 1000:.0f} |")


def _print_growth(cases: Mapping[int, Mapping[str, Spent]], filings: int) -> None:
    """CPU of a case among the last filings against the first: all of it, and what is not reading and printing."""
    block = min(BLOCK, filings // 4)
    apart = (*UNCOUNTED, "check", "letter")
    for title, left in (("all parts", UNCOUNTED), ("without check and letter", apart)):
        first, last = (_mean(cases, range(start, start + block), left) for start in (0, filings - block))
        print(
            f"CPU of a case, {title}: first {block} {first * 1000:.1f} ms, last {block} {last * 1000:.1f} ms, {last / first:.2f} times"
        )


def _mean(cases: Mapping[int, Mapping[str, Spent]], which: range, left: Sequence[str]) -> float:
    found = [
        sum(spent.cpu for part, spent in cases[index].items() if part not in left)
        for index in which
        if index in cases
    ]
    return sum(found) / len(found)
