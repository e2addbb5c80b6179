"""A browser that knows only the address of the style draws the plots; a map in three dimensions rises on our heights."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from playwright.sync_api import Browser, Page
from rasterio.io import MemoryFile
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from tests.browser.conftest import serve
from tests.builders import KERALA
from tests.tiles.test_raster_doors import degrees_of
from tiles.style import PAPER, PLOT_LINE

DRAW = """async ([style, center, zoom, raised]) => {
  const maplibre = await import("/vendor/maplibre-gl/dist/maplibre-gl.mjs");
  const container = document.createElement("div");
  Object.assign(container.style, {position: "fixed", inset: "0", width: "100vw", height: "100vh"});
  document.body.replaceChildren(container);
  const map = new maplibre.Map({container, style, center, zoom, attributionControl: false, fadeDuration: 0,
    pitch: raised ? 60 : 0});
  const faults = [];
  map.on("error", (event) => faults.push(String(event.error)));
  if (raised) { await map.once("load"); map.setTerrain({source: "relief", exaggeration: 1}); }
  await map.once("idle");
  return {faults, height: raised ? map.queryTerrainElevation(center) : null};
}"""


@pytest.fixture(scope="module")
def host(drawn_town: Engine, state: Path) -> Iterator[str]:
    """The service on a free port."""
    yield from serve(create_app(Settings(state=state), drawn_town))


def drawn(page: Page, host: str, style: str, *, zoom: float, raised: bool = False) -> dict[str, Any]:
    """What the browser says after it has drawn a style around the first plot."""
    page.goto(f"{host}/health")
    centre = list(degrees_of(KERALA[0] + 20, KERALA[1] + 15))
    told: dict[str, Any] = page.evaluate(DRAW, [f"{host}/tiles/test-town/{style}", centre, zoom, raised])
    return told


def pixels(image: bytes) -> Any:
    """Rows, columns, red to blue."""
    with (
        MemoryFile(BytesIO(image)) as file,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        file.open() as seen,
    ):
        return np.moveaxis(seen.read()[:3], 0, 2).astype(int)


def share_of(image: Any, colour: str) -> float:
    """The part of an image that is nearly of a colour."""
    wanted = np.array(list(bytes.fromhex(colour[1:])))
    return float((abs(image - wanted).max(axis=2) <= 12).mean())


def test_a_browser_draws_the_plots_and_their_lines_from_the_style(chromium: Browser, host: str) -> None:
    page = chromium.new_page(viewport={"width": 500, "height": 400})
    assert drawn(page, host, "style.json?layers=parcels", zoom=18.5)["faults"] == []
    image = pixels(page.screenshot())
    assert share_of(image, PAPER) > 0.1
    assert 0.001 < share_of(image, PLOT_LINE) < 0.1
    assert drawn(page, host, "style.json?layers=road", zoom=18.5)["faults"] == []
    image = pixels(page.screenshot())
    assert share_of(image, PAPER) < 0.01
    page.close()


def test_a_map_in_three_dimensions_stands_on_the_heights(chromium: Browser, host: str) -> None:
    page = chromium.new_page(viewport={"width": 500, "height": 400})
    told = drawn(page, host, "style.json", zoom=15, raised=True)
    assert told["faults"] == []
    assert told["height"] == pytest.approx(50 + (1_000 + 20) / 10, abs=2)
    page.close()
