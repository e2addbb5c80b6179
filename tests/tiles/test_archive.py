"""A town in one file: the same tiles as the service gives, the same bytes each time, readable by the format's own reader."""

import gzip
from collections.abc import Callable
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from fastapi.testclient import TestClient
from mapbox_vector_tile import decode
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Invalid, NotFound, TooLarge
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording, record
from tests.builders import UTM_43N, a_box, a_place
from tiles import archive
from tiles.archive import Archived, Progress, export, zooms_of
from tiles.building import build
from tiles.tilejson import chosen, drawn_layers
from tiles.vector import TileAddress
from tiles.versions import changes_of

ON = date(2024, 6, 1)


def silent(_done: int, _total: int) -> None:
    """Nobody looks."""


def write(
    engine: Engine,
    file: Path,
    *,
    layers: tuple[str, ...] = ("parcels", "flood"),
    zooms: range = range(10, 17),
    on: date = ON,
    progress: Progress = silent,
    **more: Any,
) -> Archived:
    """The archive of the town on a day."""
    with Session(engine) as session:
        place = jurisdiction(session, "test-town")
        at = AsOf(on=on, known=last_recording(session, place.code))
        drawn = chosen(drawn_layers(session, place, at=at), layers, place)
        return export(session, place, file, drawn=drawn, zooms=zooms, at=at, progress=progress, **more)


def tiles_in(file: Path) -> dict[tuple[int, int, int], bytes]:
    """Every tile of an archive, unpacked, by zoom, column and row."""
    with file.open("rb") as opened:
        return {address: gzip.decompress(packed) for address, packed in all_tiles(MmapSource(opened))}


def test_every_tile_is_the_one_that_the_service_gives(
    drawn_town: Engine, client: TestClient, tmp_path: Path
) -> None:
    written = write(drawn_town, tmp_path / "town.pmtiles")
    held = tiles_in(tmp_path / "town.pmtiles")
    assert written == Archived(tiles=len(held), size=(tmp_path / "town.pmtiles").stat().st_size)
    assert {z for z, _, _ in held} == set(range(10, 17))
    for (z, x, y), content in held.items():
        live = client.get(f"/tiles/test-town/{z}/{x}/{y}.mvt?layers=parcels,flood&on={ON}")
        assert decode(content) == decode(live.content), (z, x, y)


def test_no_tile_with_anything_in_it_is_missing(
    drawn_town: Engine, client: TestClient, tmp_path: Path
) -> None:
    write(drawn_town, tmp_path / "town.pmtiles", zooms=range(14, 17))
    held = tiles_in(tmp_path / "town.pmtiles")
    for zoom in (14, 15, 16):
        columns = [x for z, x, _ in held if z == zoom]
        rows = [y for z, _, y in held if z == zoom]
        for x in range(min(columns) - 1, max(columns) + 2):
            for y in range(min(rows) - 1, max(rows) + 2):
                live = client.get(f"/tiles/test-town/{zoom}/{x}/{y}.mvt?layers=parcels,flood&on={ON}")
                assert bool(live.content) == ((zoom, x, y) in held), (zoom, x, y)


def test_the_parcels_of_a_large_place_are_those_of_its_column_store(
    drawn_town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zooms = range(13, 17)
    write(drawn_town, tmp_path / "by-postgis.pmtiles", zooms=zooms)
    monkeypatch.setattr("tiles.archive.WORTH", 1)
    drawn: list[TileAddress] = []
    of_store = archive.of_store
    monkeypatch.setattr(archive, "of_store", lambda store, at: drawn.append(at) or of_store(store, at))
    write(drawn_town, tmp_path / "by-store.pmtiles", zooms=zooms)
    assert {each.z for each in drawn} == {13, 14, 15, 16}
    by_postgis, by_store = (tiles_in(tmp_path / f"by-{how}.pmtiles") for how in ("postgis", "store"))
    assert set(by_store) == set(by_postgis)
    for address, content in by_store.items():
        assert ids(content) == ids(by_postgis[address]), address
    assert any(content != by_postgis[address] for address, content in by_store.items())


def test_an_archive_of_some_ground_has_every_tile_that_shows_it_and_no_other(
    drawn_town: Engine, tmp_path: Path
) -> None:
    write(drawn_town, tmp_path / "town.pmtiles", zooms=range(18, 19))
    ground = a_box(5, 5, 5, 5)
    write(drawn_town, tmp_path / "corner.pmtiles", zooms=range(18, 19), ground=ground)
    whole, corner = tiles_in(tmp_path / "town.pmtiles"), tiles_in(tmp_path / "corner.pmtiles")
    there = to_geographic(ground, UTM_43N)
    wanted = {at for at in whole if TileAddress(z=at[0], x=at[1], y=at[2]).meets(*there.bounds)}
    assert corner == {at: whole[at] for at in wanted}
    assert 0 < len(corner) < len(whole)
    with (tmp_path / "corner.pmtiles").open("rb") as opened:
        assert Reader(MmapSource(opened)).header()["min_lon_e7"] == round(there.bounds[0] * 1e7)


def test_the_store_that_the_service_has_is_not_built_again(
    drawn_town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "WORTH", 1)
    write(drawn_town, tmp_path / "built.pmtiles", zooms=range(15, 17))
    with Session(drawn_town) as session:
        place = jurisdiction(session, "test-town")
        known = changes_of(session, place, known=last_recording(session, place.code))["parcels"]
        build(session, place, tmp_path / "shelf", at=AsOf(on=ON, known=known))
    monkeypatch.setattr("tiles.building.build", None)
    write(drawn_town, tmp_path / "opened.pmtiles", zooms=range(15, 17), shelf=tmp_path / "shelf")
    assert tiles_in(tmp_path / "opened.pmtiles") == tiles_in(tmp_path / "built.pmtiles")


def ids(content: bytes) -> dict[str, set[tuple[int, str]]]:
    """The features of a tile by layer: id, and number or reference, or of how many plots a block is made."""
    return {
        name: {(feature["id"], named(feature["properties"])) for feature in layer["features"]}
        for name, layer in decode(content).items()
    }


def named(said: dict[str, Any]) -> str:
    return str(next(said[word] for word in ("number", "ref", "plots") if word in said))


def test_every_plot_is_in_the_deepest_tiles(drawn_town: Engine, tmp_path: Path) -> None:
    write(drawn_town, tmp_path / "town.pmtiles", layers=("parcels",), zooms=range(16, 17))
    numbers = {
        feature["properties"]["number"]
        for content in tiles_in(tmp_path / "town.pmtiles").values()
        for feature in decode(content)["parcels"]["features"]
    }
    assert numbers == {"12/104", "12/105", "12/106-1", "12/106-2"}


def test_an_archive_holds_for_its_day(drawn_town: Engine, tmp_path: Path) -> None:
    file = tmp_path / "before.pmtiles"
    write(drawn_town, file, layers=("parcels",), zooms=range(16, 17), on=date(2024, 4, 30))
    numbers = {
        feature["properties"]["number"]
        for content in tiles_in(file).values()
        for feature in decode(content)["parcels"]["features"]
    }
    assert numbers == {"12/104", "12/105", "12/106"}
    with file.open("rb") as opened:
        told = Reader(MmapSource(opened)).metadata()
    assert told["bhumika"]["on"] == "2024-04-30"


def test_the_same_land_gives_the_same_bytes(drawn_town: Engine, tmp_path: Path) -> None:
    for name in ("first", "second"):
        write(drawn_town, tmp_path / f"{name}.pmtiles")
    first, second = ((tmp_path / f"{name}.pmtiles").read_bytes() for name in ("first", "second"))
    assert first == second
    assert [each.name for each in sorted(tmp_path.iterdir())] == ["first.pmtiles", "second.pmtiles"]


def test_the_archive_says_what_it_holds(drawn_town: Engine, tmp_path: Path) -> None:
    write(drawn_town, tmp_path / "town.pmtiles")
    with (tmp_path / "town.pmtiles").open("rb") as opened:
        reader = Reader(MmapSource(opened))
        head, told = reader.header(), reader.metadata()
    assert (head["tile_type"], head["tile_compression"]) == (TileType.MVT, Compression.GZIP)
    assert (head["min_zoom"], head["max_zoom"], head["clustered"]) == (10, 16, True)
    assert head["min_lon_e7"] < head["max_lon_e7"]
    assert [each["id"] for each in told["vector_layers"]] == ["parcels", "flood"]
    assert told["attribution"] == "Test flood (CC0)"


def test_any_host_that_serves_parts_of_files_serves_the_archive(drawn_town: Engine, tmp_path: Path) -> None:
    write(drawn_town, tmp_path / "town.pmtiles")
    held = tiles_in(tmp_path / "town.pmtiles")
    host = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(tmp_path))
    Thread(target=host.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{host.server_port}/town.pmtiles"

        def part(offset: int, length: int) -> bytes:
            ranged = Request(address, headers={"Range": f"bytes={offset}-{offset + length - 1}"})
            with urlopen(ranged, timeout=10) as answer:
                return bytes(answer.read())

        reader = Reader(part)
        for z, x, y in [min(held), max(held)]:
            assert gzip.decompress(reader.get(z, x, y)) == held[z, x, y]
        assert reader.get(16, 0, 0) is None
    finally:
        host.shutdown()
        host.server_close()


def handler_of(folder: Path) -> type[SimpleHTTPRequestHandler]:
    """A static host of a folder that answers ranges of bytes, as every common one does."""

    class Host(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
            content = (folder / self.path.lstrip("/")).read_bytes()[int(first) : int(last) + 1]
            self.send_response(206)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            pass

    return Host


def test_progress_runs_to_the_end(drawn_town: Engine, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    written = write(drawn_town, tmp_path / "town.pmtiles", progress=lambda *step: told.append(step))
    total = told[-1][1]
    assert told == [(count, total) for count in range(1, total + 1)]
    assert written.tiles <= total


def test_what_is_interrupted_leaves_no_file(drawn_town: Engine, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    (tmp_path / "town.pmtiles").write_bytes(b"the earlier one")
    with pytest.raises(KeyboardInterrupt):
        write(drawn_town, tmp_path / "town.pmtiles", progress=stop)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"the earlier one"]


@pytest.mark.parametrize(
    ("refused", "error", "why"),
    [
        (lambda engine, file: write(engine, file, zooms=range(3)), NotFound, "choose deeper zooms"),
        (lambda engine, file: write(engine, file, layers=("nothing",)), NotFound, "no such layer here"),
        (lambda engine, file: write(engine, file, layers=()), Invalid, "Name at least one layer"),
        (lambda engine, file: write(engine, file.parent / "no" / "town"), Invalid, "cannot be written"),
        (lambda engine, file: write(engine, file, zooms=range(22, 23)), None, ""),
    ],
)
def test_an_archive_of_nothing_is_refused(
    drawn_town: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refused: Callable[[Engine, Path], Archived],
    error: type[Exception] | None,
    why: str,
) -> None:
    if error is None:
        monkeypatch.setattr("tiles.archive.MOST_TILES", 10)
        error, why = TooLarge, "more than 10; leave out the deepest zooms"
    with pytest.raises(error, match=why):
        refused(drawn_town, tmp_path / "town.pmtiles")
    assert list(tmp_path.iterdir()) == []


def test_a_place_of_which_nothing_is_known_has_no_archive(session: Session, tmp_path: Path) -> None:
    place = a_place(session, "empty")
    at = AsOf(on=ON, known=record(session, place.code, what="nothing yet").instant)
    drawn = drawn_layers(session, place, at=at)
    with pytest.raises(NotFound, match="import its parcels and layers first"):
        export(session, place, tmp_path / "a", drawn=drawn, zooms=range(14, 15), at=at, progress=silent)


@pytest.mark.parametrize(
    ("text", "zooms"),
    [("10-16", range(10, 17)), ("14", range(14, 15)), ("0-0", range(1)), ("22", range(22, 23))],
)
def test_zooms_are_read_from_first_to_last(text: str, zooms: range) -> None:
    assert zooms_of(text) == zooms


@pytest.mark.parametrize("text", ["", "16-10", "10-23", "-3", "10-", "a-b", "10-12-14", "1.5", "²"])
def test_other_zooms_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match="are no zooms"):
        zooms_of(text)
