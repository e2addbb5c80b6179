"""The map page over a real service: plots seen as pixels, values on a grid with their legend, the ground in relief, the printed sheet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from layers.land_cover import CLASSES
from tests.browser.conftest import PHONE, serious_faults, serve, settled
from tests.builders import KERALA
from tests.tiles.test_drawn_in_browser import pixels, share_of
from tests.tiles.test_raster_doors import degrees_of
from tests.web.print.reading import whole
from tiles.style import PAPER, PLOT_LINE

LON, LAT = degrees_of(KERALA[0] + 10, KERALA[1] + 15)
CLOSE = f"/test-town/map?z=18.5&lat={LAT:.6f}&lon={LON:.6f}"
BASE = "https://pictures.example/{z}/{x}/{y}.png"


@pytest.fixture(scope="module")
def host(drawn_town: Engine, state: Path) -> Iterator[str]:
    """The service on a free port."""
    yield from serve(create_app(Settings(state=state), drawn_town))


def on_a_desk(chromium: Browser, host: str, **dots: int) -> Iterator[Page]:
    """A desk on the service; a fault in the console fails the test."""
    faults: list[str] = []
    context = chromium.new_context(
        base_url=host, viewport={"width": 1000, "height": 700}, locale="en", **dots
    )
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(chromium: Browser, host: str) -> Iterator[Page]:
    """A desk whose map is asked for what it draws."""
    yield from on_a_desk(chromium, host)


@pytest.fixture
def fine_page(chromium: Browser, host: str) -> Iterator[Page]:
    """A desk whose map is looked at dot by dot."""
    yield from on_a_desk(chromium, host, device_scale_factor=1)


def test_the_lines_of_the_plots_are_seen_and_go_with_their_layer(fine_page: Page) -> None:
    fine_page.goto(f"{CLOSE}&layers=parcels")
    settled(fine_page)
    image = pixels(fine_page.screenshot())
    assert share_of(image, PAPER) > 0.1
    assert 0.0005 < share_of(image, PLOT_LINE) < 0.1
    fine_page.goto(f"{CLOSE}&layers=none")
    settled(fine_page)
    image = pixels(fine_page.screenshot())
    assert share_of(image, PLOT_LINE) < 0.0005


def test_values_on_a_grid_are_drawn_with_their_legend_and_told_at_a_tap(page: Page) -> None:
    page.goto(f"{CLOSE}&tool=layers&layers=parcels")
    settled(page)
    page.get_by_role("checkbox", name="Land cover").check()
    legend = page.locator("[data-legend=land-cover]")
    expect(legend).to_contain_text("Tree cover")
    expect(legend).to_contain_text("ESA WorldCover v200")
    page.get_by_role("slider", name="Strength of Land cover").fill("100")
    page.get_by_role("checkbox", name="Depth of floods").check()
    expect(page.locator("[data-legend=flood-depth]")).to_contain_text("0.5 m")
    page.get_by_role("checkbox", name="Height of the ground").check()
    page.locator("#layers-close").click()
    settled(page)
    page.mouse.click(600, 420)
    under = page.locator(".under-tap")
    expect(under).to_contain_text("Height of the ground")
    expect(under).to_contain_text(" m")
    expect(under).to_contain_text("Land cover")
    expect(under).to_contain_text("Built-up")
    assert "land-cover" in page.url


def test_land_cover_is_seen_in_its_colours(fine_page: Page) -> None:
    fine_page.goto(f"{CLOSE.replace('z=18.5', 'z=15')}&layers=land-cover")
    settled(fine_page)
    trees, houses = (tuple(bytes.fromhex(CLASSES[number].colour[1:])) for number in (10, 50))
    image = pixels(fine_page.screenshot()).astype(int)
    middle = image[420:650, 60:940]
    greenish = (middle[..., 1] > middle[..., 0] + 30).mean()
    reddish = (middle[..., 0] > middle[..., 1] + 60).mean()
    assert trees[1] > trees[0]
    assert houses[0] > houses[1]
    assert greenish > 0.1
    assert reddish > 0.1


def test_the_ground_rises_when_it_is_asked_to(page: Page) -> None:
    page.goto(f"{CLOSE.replace('z=18.5', 'z=15')}&tool=layers")
    settled(page)
    page.get_by_role("checkbox", name="Ground in relief").check()
    page.wait_for_function("() => document.querySelector('.map-frame').groundMap.getTerrain() !== null")
    page.wait_for_timeout(500)
    settled(page)
    told = page.evaluate(
        """([lon, lat]) => { const map = document.querySelector('.map-frame').groundMap;
            return [map.queryTerrainElevation([lon, lat]), map.getPitch()]; }""",
        [LON, LAT],
    )
    assert told[0] == pytest.approx(50 + 1_010 / 10, abs=2)
    assert told[1] > 30
    assert "raised=ground" in page.url
    page.get_by_role("checkbox", name="Ground in relief").uncheck()
    page.wait_for_function("() => document.querySelector('.map-frame').groundMap.getTerrain() === null")


def test_the_panel_with_everything_fits_a_phone_and_is_sound(chromium: Browser, host: str) -> None:
    context = chromium.new_context(
        base_url=host, viewport={"width": PHONE[0], "height": PHONE[1]}, locale="ml"
    )
    page = context.new_page()
    page.goto(f"{CLOSE}&tool=layers&layers=parcels,land-cover,flood-depth,slope&raised=ground")
    settled(page)
    expect(page.locator("[data-legend=slope] li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert serious_faults(page) == []
    context.close()


def test_no_other_host_is_asked_unless_a_base_map_is_set_and_chosen(
    chromium: Browser, host: str, drawn_town: Engine, state: Path
) -> None:
    plain = TestClient(create_app(Settings(state=state), drawn_town)).get("/test-town/map")
    assert "pictures.example" not in plain.text + plain.headers["content-security-policy"]
    settings = Settings(state=state, base_map=BASE, base_map_credit="Somebody's pictures")
    asked: list[str] = []
    for served in serve(create_app(settings, drawn_town)):
        page = chromium.new_page(base_url=served, viewport={"width": 1000, "height": 700}, locale="en")
        page.route(
            "https://pictures.example/**", lambda route: (asked.append(route.request.url), route.abort())
        )
        page.goto(f"{CLOSE}&tool=layers")
        settled(page)
        assert asked == []
        expect(page.locator("#layers")).to_contain_text("Somebody's pictures")
        page.get_by_role("checkbox", name="Pictures from pictures.example").check()
        page.wait_for_timeout(1500)
        assert asked
        page.close()


def test_the_sheet_is_drawn_from_the_record(drawn_town: Engine, state: Path) -> None:
    client = TestClient(create_app(Settings(state=state), drawn_town))
    where = {"lat": f"{LAT:.7f}", "lon": f"{LON:.7f}", "lang": "en"}
    answer = client.get(
        "/test-town/map.pdf", params={**where, "scale": "250", "layers": "parcels,road,elevation,base"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    told = whole(answer.content)
    assert "Scale 1 : 250" in told
    assert "12/1" in told
    early = client.get(
        "/test-town/map.pdf", params={**where, "scale": "250", "layers": "zoning", "on": "1990-01-01"}
    )
    assert "Asked for, and nothing of it is recorded on this sheet: Zon" in whole(early.content)
    before = client.get(
        "/test-town/map.pdf", params={**where, "scale": "250", "layers": "parcels", "on": "1989-12-31"}
    )
    assert before.status_code == 404
    assert "nothing is known before 1990-01-01" in before.text


@pytest.mark.parametrize(
    ("wrong", "status", "why"),
    [
        ({"scale": "123"}, 422, "Choose one of: 250"),
        ({"paper": "a0"}, 422, "a3-across"),
        ({"lat": "north"}, 422, "is not a position"),
        ({"lat": ""}, 422, "is not a position"),
        ({"lon": "10"}, 404, "lies outside"),
        ({"layers": "parcels,gold"}, 404, "There is no layer"),
        ({"opacity": "flood"}, 422, "strength in per cent"),
        ({"on": "2999-01-01"}, 422, "lies in the future"),
        ({"on": "tomorrow"}, 422, "is not a date"),
    ],
)
def test_a_sheet_that_cannot_be_drawn_is_refused_with_the_reason(
    drawn_town: Engine, state: Path, wrong: dict[str, str], status: int, why: str
) -> None:
    client = TestClient(create_app(Settings(state=state), drawn_town))
    asked = {"lat": f"{LAT:.7f}", "lon": f"{LON:.7f}", "lang": "en", **wrong}
    answer = client.get("/test-town/map.pdf", params=asked)
    assert answer.status_code == status, answer.text
    assert why in answer.text
