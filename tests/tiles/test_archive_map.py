"""A town in one file is drawn by the file alone: read piece by piece, in a browser, and without a line."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from tests.browser.conftest import faults_at_each_size, serve
from tests.tiles.test_archive import tiles_in, write
from tests.tiles.test_drawn_in_browser import pixels, share_of
from tiles.packing import packed
from tiles.style import PAPER, PLOT_LINE

READ = """async ([address, places]) => {
  const {addressSource, opened} = await import("/static/pmtiles.js");
  const archive = await opened(addressSource(address));
  const read = async (z, x, y) => btoa(String.fromCharCode(...new Uint8Array(await archive.tile(z, x, y))));
  return {told: archive.told, zooms: [archive.minzoom, archive.maxzoom], tiles: await Promise.all(places.map((each) => read(...each)))};
}"""


@pytest.fixture(scope="module")
def host(drawn_town: Engine, state: Path) -> Iterator[str]:
    """The service on a free port."""
    yield from serve(create_app(Settings(state=state), drawn_town))


@pytest.fixture(scope="module")
def town_file(drawn_town: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town on a day, in one file."""
    file = tmp_path_factory.mktemp("archive") / "town.pmtiles"
    write(drawn_town, file)
    return file


@pytest.fixture
def context(chromium: Browser, host: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=host, viewport={"width": 700, "height": 700}, device_scale_factor=1, locale="en"
    )
    yield context
    context.close()


def lay_out(page: Page, file: bytes, *, with_ranges: bool) -> list[str]:
    """A static host of one file beside the service; which pieces it was asked for."""
    pieces: list[str] = []

    def answer(route: Route) -> None:
        asked = route.request.headers.get("range", "")
        pieces.append(asked)
        if not with_ranges:
            route.fulfill(body=file, status=200)
            return
        begins, ends = (int(each) for each in asked.removeprefix("bytes=").split("-"))
        route.fulfill(body=file[begins : ends + 1], status=206)

    page.route("**/files/town.pmtiles", answer)
    return pieces


def base64(content: bytes) -> str:
    """As the browser tells bytes."""
    return b64encode(content).decode()


@pytest.mark.parametrize("with_ranges", [True, False])
def test_the_browser_reads_the_tiles_that_are_in_the_file(
    context: BrowserContext, town_file: Path, with_ranges: bool
) -> None:
    page, tiles = context.new_page(), tiles_in(town_file)
    page.goto("/health")
    pieces = lay_out(page, town_file.read_bytes(), with_ranges=with_ranges)
    places = [*tiles, (16, 0, 0), (0, 0, 0), (22, 7, 7)]
    found = page.evaluate(READ, ["/files/town.pmtiles", places])
    assert found["tiles"] == [base64(tiles.get(place, b"")) for place in places]
    assert found["zooms"] == [10, 16]
    assert [each["id"] for each in found["told"]["vector_layers"]] == ["parcels", "flood"]
    assert len(pieces) == 1, "a small file is one piece"


def many_tiles() -> tuple[bytes, dict[tuple[int, int, int], bytes]]:
    """A file whose directory has leaves, of tiles all over the earth, some of them alike."""
    random = Random(7)
    places = {(z, random.randrange(2**z), random.randrange(2**z)) for z in (1, 14, 20) for _ in range(7_000)}
    tiles = {each: b"%d" % (each[1] % 4_000 if each[0] < 20 else random.randrange(10**6)) for each in places}
    out = BytesIO()
    writer = Writer(out)  # type: ignore[no-untyped-call]
    for place in sorted(places, key=lambda each: zxy_to_tileid(*each)):
        writer.write_tile(zxy_to_tileid(*place), packed(tiles[place]))  # type: ignore[no-untyped-call]
    head = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}
    box = {"min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0}
    writer.finalize({**head, **box}, {})  # type: ignore[no-untyped-call]
    return out.getvalue(), tiles


def test_a_large_directory_is_read_leaf_by_leaf(context: BrowserContext) -> None:
    page, (content, tiles) = context.new_page(), many_tiles()
    page.goto("/health")
    pieces = lay_out(page, content, with_ranges=True)
    places = Random(8).sample(sorted(tiles), 300)
    missing = [(each[0], each[1], (each[2] + 1) % 2 ** each[0]) for each in places]
    asked = [*places, *(each for each in missing if each not in tiles)]
    found = page.evaluate(READ, ["/files/town.pmtiles", asked])
    assert found["tiles"] == [base64(tiles.get(place, b"")) for place in asked]
    assert len(set(pieces)) > 3


def draw(page: Page, file: Path) -> Any:
    """What is seen of the file's map."""
    page.set_input_files("#archive-file", file)
    page.wait_for_selector('#archive-map[data-state="idle"]', timeout=60_000)
    return pixels(page.locator("#archive-map").screenshot())


def test_the_map_draws_a_file_and_opens_again_without_a_line(
    context: BrowserContext, town_file: Path
) -> None:
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto("/archive")
    image = draw(page, town_file)
    assert share_of(image, PAPER) > 0.02
    assert share_of(image, PLOT_LINE) > 0.0005
    expect(page.locator("#archive-said")).to_have_text("town.pmtiles is open.")
    expect(page.locator("#archive-told")).to_contain_text("2024-06-01")
    page.get_by_label("Plots").uncheck()
    page.wait_for_function("() => document.querySelector('#archive-frame').groundMap.loaded()")
    assert share_of(pixels(page.locator("#archive-map").screenshot()), PLOT_LINE) < 0.0005
    assert faults == []
    page.wait_for_selector('#archive-kept[data-state="kept"]', state="attached", timeout=30_000)
    context.set_offline(True)
    page.reload()
    assert share_of(draw(page, town_file), PAPER) > 0.02, "it needs neither service nor line"


WHERE = """() => {
  const map = document.querySelector("#archive-frame").groundMap, { lng, lat } = map.getCenter();
  return [map.getZoom(), lng, lat].map((each) => Math.round(each * 1e4) / 1e4);
}"""


def test_the_address_keeps_where_the_map_stands_and_a_replaced_file_is_opened_anew(
    context: BrowserContext, town_file: Path
) -> None:
    page, tags, asked = context.new_page(), ["one"], list[tuple[str, int]]()

    def answer(route: Route) -> None:
        begins, ends = (
            int(each) for each in route.request.headers["range"].removeprefix("bytes=").split("-")
        )
        asked.append((tags[-1], begins))
        part = town_file.read_bytes()[
            begins : 300 if begins == 0 else ends + 1
        ]  # so that tiles are asked for
        route.fulfill(body=part, status=206, headers={"etag": f'"{tags[-1]}"'})

    def stands_still() -> list[float]:
        page.wait_for_selector('#archive-map[data-state="idle"]', timeout=60_000)
        where: list[float] = page.evaluate(WHERE)
        return where

    page.route("**/files/town.pmtiles", answer)
    page.goto("/archive?file=/files/town.pmtiles&z=15.5&lat=10.652&lon=76.427")
    assert stands_still() == [15.5, 76.427, 10.652]
    tags.append("two")
    page.evaluate(
        "() => document.querySelector('#archive-frame').groundMap.jumpTo({zoom: 12, center: [76.43, 10.65]})"
    )
    page.wait_for_url("**z=12.00&lat=10.650000&lon=76.430000")
    expect(page.locator("#archive-said")).to_contain_text("is open")
    page.wait_for_function("() => document.querySelector('#archive-frame').groundMap.loaded()")
    assert stands_still() == [12, 76.43, 10.65]
    assert asked.count(("one", 0)) == 1
    assert asked.count(("two", 0)) == 1, "once, however many tiles met it"
    page.route("**/files/away.pmtiles", lambda route: route.abort())
    page.goto("/archive?file=/files/away.pmtiles")
    expect(page.locator("#archive-said")).to_contain_text("could not be read")


@pytest.mark.parametrize(
    ("content", "says"), [(b"PMTiles\x02" + bytes(200), "is not a file"), (b"", "is not a file")]
)
def test_another_file_is_told_to_be_none(
    context: BrowserContext, tmp_path: Path, content: bytes, says: str
) -> None:
    page, file = context.new_page(), tmp_path / "other.pmtiles"
    file.write_bytes(content)
    page.goto("/archive")
    page.set_input_files("#archive-file", file)
    expect(page.locator("#archive-said")).to_contain_text(says)


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_page_fits_and_is_sound(context: BrowserContext, town_file: Path, language: str) -> None:
    page = context.new_page()
    page.goto(f"/archive?lang={language}")
    draw(page, town_file)
    assert faults_at_each_size(page) == []
