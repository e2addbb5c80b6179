"""Parcel tiles over HTTP, packed: drawn from the column store, by ST_AsMVT at the same address of the same service, and by tipg.

In: a generated town; the environment with tipg, if it is to be compared.  Out: for each zoom CPU (server and its backend of
PostgreSQL) and wall of a tile that nobody has kept, how many times the others cost of ours, and what the same server takes for a
fixed answer of that size, for a tile that it has kept, and for one out of an archive that it serves; stored layers beside the bare
statement; the largest tile of every zoom.  All take turns of half a second at least; a ratio is the median over the turns.  A missed
bound ends with a fault.
Run: `python -m bench.tiles --parcels 1000000 --rivals FOLDER`.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pmtiles.reader import MmapSource
from pmtiles.tile import deserialize_directory, deserialize_header, find_tile, zxy_to_tileid
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.contenders import ON
from bench.cost import Contender, Cost, in_turns, repeated, times_as_much
from bench.ground import CODE, Ground, ground
from bench.tile_rivals import address, backends
from bench.tile_servers import ANSWERING, FIXED, KEPT, OWN, POSTGIS, TIPG, Server, running, stay
from gis.asof import AsOf
from gis.db.session import make_engine
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tiles.archive import export
from tiles.packing import packed
from tiles.shelf import drawn
from tiles.store import opened, shelf_of, standings
from tiles.tilejson import chosen as chosen_layers
from tiles.tilejson import drawn_layers
from tiles.vector import PARCELS, PARCELS_FROM_ZOOM, TileAddress, tile

BOUNDS = {POSTGIS: 10.0, TIPG: 20.0}
"""How many times as much the others must cost."""
SHARE = 0.9
"""Of the bare statement's throughput, that stored layers must reach."""
KEPT_SHARE = 0.8
"""Of the throughput of a fixed answer of the same size, that a tile must reach which the service has kept."""
LARGEST = 500_000
"""Bytes of a packed tile."""
ZOOMS = (15, 16, 17)
BARE, SAME_SIZE, ARCHIVE = "bare statement", "fixed answer", "archive"
STORED, STORED_ZOOM = "zoning,flood,road", 14
MIDDLES = (
    "SELECT ST_X(place), ST_Y(place) FROM (SELECT ST_Transform(ST_PointOnSurface(boundary), 3857) AS place FROM parcel"
    " WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY md5(number) LIMIT 2000) AS chosen"
)
AROUND = 40_075_016.685578488


def tiles(url: str, zoom: int, wanted: int) -> list[str]:
    """Addresses of different tiles over parcels all over the town."""
    engine = make_engine(url)
    with engine.connect() as connection:
        places = connection.execute(text(MIDDLES)).all()
    engine.dispose()
    side = AROUND / 2**zoom
    found = dict.fromkeys(
        f"/tiles/{CODE}/{zoom}/{int((x + AROUND / 2) / side)}/{int((AROUND / 2 - y) / side)}.mvt"
        for x, y in places
    )
    return list(found)[:wanted]


def compared(place: Ground, servers: Sequence[Server], zoom: int, wanted: int, turns: int) -> bool:
    """Print what tiles of a zoom cost; whether a bound was missed."""
    own, paths = servers[0], tiles(place.url, zoom, wanted)
    sizes = {path: len(own.line.ask([path])[0]) for path in paths}
    contenders = [
        Contender(name=each.name, ask=_asked(each), pids=each.pids) for each in servers if each.name != KEPT
    ]
    contenders.append(Contender(name=SAME_SIZE, ask=_fixed(own, sizes), pids=own.pids))
    with _bare(place, [PARCELS]) as bare:
        found = _in_line([*contenders, bare], paths, turns)
    ours, missed = found.pop(OWN), False
    told = [f"{OWN} {_told(ours)}"]
    for name, cost in found.items():
        cpu, wall = times_as_much(cost.cpu, ours.cpu), times_as_much(cost.wall, ours.wall)
        missed = missed or min(cpu, wall) < BOUNDS.get(name, 0.0)
        bound = f" (bound {BOUNDS[name]:.0f})" if name in BOUNDS else ""
        told.append(f"{name} {_told(cost)}: {cpu:.2f} times the CPU{bound}, {wall:.2f} times the wall")
    largest = max(sizes.values()) / 1000
    print(f"zoom {zoom}, {len(paths)} tiles, largest {largest:.0f} kB: {'; '.join(told)}", flush=True)
    return missed


def _told(cost: Cost) -> str:
    """Median CPU and wall of an answer, and between what its CPU lay."""
    return f"{cost.middle:.3f} ({cost.wall_middle:.3f}; {min(cost.cpu):.3f} to {max(cost.cpu):.3f})"


def stored(place: Ground, servers: Sequence[Server], wanted: int, turns: int) -> bool:
    """Print what stored layers cost beside their bare statements; whether the bound was missed."""
    own, paths = servers[0], [f"{path}?layers={STORED}" for path in tiles(place.url, STORED_ZOOM, wanted)]
    own.line.ask(paths)  # so that its connection is open
    pids = (own.pids[0], *backends(place.url, f"bench {OWN}"))
    stay(pids, ANSWERING)
    with _bare(place, STORED.split(",")) as bare:
        found = _in_line([Contender(name=OWN, ask=_asked(own), pids=pids), bare], paths, turns)
    return _reaches(f"stored layers {STORED} at zoom {STORED_ZOOM}", found[OWN], found[BARE], BARE, SHARE)


def kept(place: Ground, servers: Sequence[Server], wanted: int, turns: int) -> bool:
    """Print what tiles cost that the service has kept, beside fixed answers of their sizes; whether the bound was missed."""
    own = next(each for each in servers if each.name == KEPT)
    missed = False
    for zoom in ZOOMS:
        paths = tiles(place.url, zoom, wanted)
        sizes = {path: len(own.line.ask([path])[0]) for path in paths}
        asked = Contender(name=KEPT, ask=_asked(own), pids=own.pids)
        fixed = Contender(name=SAME_SIZE, ask=_fixed(own, sizes), pids=own.pids)
        found = _in_line([asked, fixed], paths, turns)
        missed |= _reaches(f"kept tiles at zoom {zoom}", found[KEPT], found[SAME_SIZE], SAME_SIZE, KEPT_SHARE)
    return missed


def archived(place: Ground, servers: Sequence[Server], state: Path, wanted: int, turns: int) -> bool:
    """Print what a tile out of an archive costs that the service has, beside a fixed answer of its size; whether the bound was missed."""
    own = servers[0]
    file = state / "archives" / f"{place.parcels}.pmtiles"
    if not file.exists():
        _export(place, file, state)
    missed = False
    for zoom in ZOOMS:
        lie = _parts(file, tiles(place.url, zoom, wanted))
        asked = Contender(
            name=ARCHIVE,
            ask=_part_of(own, f"/tiles/archives/{file.name}", lie),
            pids=own.pids,
        )
        fixed = Contender(
            name=SAME_SIZE, ask=_fixed(own, {path: size for path, (_, size) in lie.items()}), pids=own.pids
        )
        found = _in_line([asked, fixed], list(lie), turns)
        missed |= _reaches(
            f"tiles of an archive at zoom {zoom}", found[ARCHIVE], found[SAME_SIZE], SAME_SIZE, KEPT_SHARE
        )
    return missed


def _export(place: Ground, file: Path, state: Path) -> None:
    """Lay an archive of the town's plots where the service finds it."""
    engine = make_engine(place.url)
    file.parent.mkdir(exist_ok=True)
    with Session(engine) as session:
        here = jurisdiction(session, CODE)
        at = AsOf(on=ON, known=last_recording(session, CODE))
        plots = chosen_layers(drawn_layers(session, here, at=at), [PARCELS], here)
        zooms, shelf = range(ZOOMS[0], ZOOMS[-1] + 1), shelf_of(state / "tiles", CODE)
        export(session, here, file, drawn=plots, zooms=zooms, at=at, progress=lambda *_: None, shelf=shelf)
    engine.dispose()


def _parts(file: Path, paths: Sequence[str]) -> dict[str, tuple[str, int]]:
    """For the address of a tile where its bytes lie in an archive, first and last, and how many they are."""
    found = {}
    with file.open("rb") as opened_file:
        read = MmapSource(opened_file)  # type: ignore[no-untyped-call]
        head = deserialize_header(read(0, 127))
        for path in paths:
            z, x, y = (int(part) for part in path.removesuffix(".mvt").split("/")[-3:])
            offset, length = head["root_offset"], head["root_length"]
            while True:
                entry = find_tile(deserialize_directory(read(offset, length)), zxy_to_tileid(z, x, y))
                if entry is None:
                    raise SystemExit(f"{path} is not in the archive.")
                if entry.run_length:
                    break
                offset, length = head["leaf_directory_offset"] + entry.offset, entry.length
            first = head["tile_data_offset"] + entry.offset
            found[path] = (f"{first}-{first + entry.length - 1}", entry.length)
    return found


def _reaches(what: str, ours: Cost, theirs: Cost, name: str, bound: float) -> bool:
    """Print which part of another's throughput is reached; whether it is less than the bound."""
    cpu, wall = times_as_much(theirs.cpu, ours.cpu), times_as_much(theirs.wall, ours.wall)
    print(
        f"{what}: {_told(ours)}, {name} {_told(theirs)}: CPU {cpu:.0%} (bound {bound:.0%}), {wall:.0%} of its throughput",
        flush=True,
    )
    return min(cpu, wall) < bound


def _in_line(contenders: Sequence[Contender], paths: Sequence[str], turns: int) -> dict[str, Cost]:
    """What an answer costs in each turn, all tiles being asked for in one line: a service that has enough to do is never waiting."""
    return in_turns(contenders, [" ".join(paths)], turns=turns, together=len(paths))


def _asked(server: Server) -> Callable[[str, int], object]:
    name = address if server.name == TIPG else str
    return lambda paths, times: server.line.ask([name(each) for each in paths.split()] * times)


def _fixed(own: Server, sizes: Mapping[str, int]) -> Callable[[str, int], object]:
    return lambda paths, times: own.line.ask([f"{FIXED}{sizes[each]}" for each in paths.split()] * times)


def _part_of(own: Server, file: str, lie: Mapping[str, tuple[str, int]]) -> Callable[[str, int], object]:
    return lambda paths, times: own.line.parts(file, [lie[each][0] for each in paths.split()] * times)


@contextmanager
def _bare(place: Ground, layers: list[str]) -> Iterator[Contender]:
    """The statement alone, neither packed nor sent."""
    engine = make_engine(place.url)
    with Session(engine) as session:
        here = jurisdiction(session, CODE)
        at = AsOf(on=ON, known=last_recording(session, CODE))

        def ask(paths: str) -> None:
            for path in paths.split():
                z, x, y = (int(part) for part in path.partition("?")[0].removesuffix(".mvt").split("/")[-3:])
                tile(session, here, TileAddress(z=z, x=x, y=y), layers=layers, at=at)

        backend = session.scalar(text("SELECT pg_backend_pid()"))
        stay([backend], ANSWERING)
        yield Contender(name=BARE, ask=repeated(ask), pids=(os.getpid(), backend))
    engine.dispose()


def largest(folder: Path) -> bool:
    """Print the largest tile of every zoom of the store in a folder; whether one is too large."""
    shelf = shelf_of(folder / "tiles", CODE)
    standing = next(standings(shelf, "[!.]*"))
    store = opened(shelf, known=standing.known, on=ON)
    assert store is not None
    boxes = store.plots[0].columns.boxes.astype(np.int64)
    told, worst = [], 0
    for zoom in range(PARCELS_FROM_ZOOM, ZOOMS[-1] + 1):
        corners = np.concatenate([boxes[:, [x, y]] for x in (0, 2) for y in (1, 3)]) >> 32 - zoom
        found = [drawn(store, TileAddress(z=zoom, x=x, y=y)) for x, y in np.unique(corners, axis=0).tolist()]
        size = max(len(packed(each)) for each in found)
        told.append(f"{size / 1000:.0f} kB at {zoom}")
        worst = max(worst, size)
    print(f"largest tile of all, packed: {', '.join(told)} (bound {LARGEST / 1000:.0f})", flush=True)
    return worst > LARGEST


def main() -> None:
    """Measure, print, and fail where the bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--tiles", type=int, default=12)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--zooms", type=int, nargs="*", default=ZOOMS, help="of the comparison with others")
    parser.add_argument("--rivals", type=Path, help="environment from bench/rivals/requirements.lock")
    parser.add_argument(
        "--state", type=Path, help="folder whose store is used again, made where there is none"
    )
    chosen = parser.parse_args()
    place = ground(chosen.parcels)
    print(
        f"{chosen.parcels} parcels, {os.cpu_count()} cores; milliseconds a tile, median CPU (wall; range of CPU)"
    )
    with TemporaryDirectory(prefix="bhumika-tiles-") as name:
        state: Path = chosen.state or Path(name)
        first = tiles(place.url, 17, 1)[0]
        with running(place, state, chosen.rivals, first) as servers:
            print(f"store built, opened and compiled in {servers[0].ready:.1f} s", flush=True)
            missed = [compared(place, servers, zoom, chosen.tiles, chosen.turns) for zoom in chosen.zooms]
            missed.append(kept(place, servers, chosen.tiles, chosen.turns))
            missed.append(archived(place, servers, state, chosen.tiles, chosen.turns))
            missed.append(stored(place, servers, chosen.tiles, chosen.turns))
        missed.append(largest(state))
    sys.exit(any(missed))


if __name__ == "__main__":
    main()
