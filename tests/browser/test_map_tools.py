"""The map's tools: measuring on the ground, strength of layers, what lies under a tap, another day, the sheet of paper."""

import re
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pyproj
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import DESK, PHONE, OpenPage, serious_faults, settled
from tests.browser.test_map import CLOSE, SPOT, query, tap
from tests.web import town

GEOD = pyproj.Geod(ellps="WGS84")
TOOLS = ["layers", "draw", "measure", "date", "print"]
MEASURE = """async ([ring, off]) => {
    const {distance, lengthOf, areaOf, lengthError, areaError} = await import("/static/ground_measure.js");
    return [distance(ring[0], ring[1]), lengthOf(ring), areaOf(ring), lengthError(ring, off), areaError(ring, off)];
}"""
SQUARE = [(76.30, 10.0), (76.301, 10.0), (76.301, 10.001), (76.30, 10.001)]
RINGS = {
    "a plot": [(76.30001, 9.98002), (76.30019, 9.98004), (76.30018, 9.98031), (76.29999, 9.98028)],
    "a district": [(75.7, 11.2), (76.4, 11.1), (76.5, 11.9), (75.8, 12.0)],
    "a farm of the far south": [(20.2, -34.1), (20.3, -34.12), (20.28, -34.0), (20.19, -34.02)],
    "a town of the north": [(-71.16, 42.35), (-71.06, 42.35), (-71.06, 42.40), (-71.16, 42.40)],
}


def test_lengths_and_areas_are_those_of_the_ellipsoid(open_page: OpenPage) -> None:
    page = open_page("/kl-sample/map")
    for where, ring in RINGS.items():
        distance, length, area, _, _ = page.evaluate(MEASURE, [ring, 1])
        lons, lats = zip(*ring, strict=True)
        _, _, straight = GEOD.inv(*ring[0], *ring[1])
        assert distance == pytest.approx(straight, abs=0.001), where
        assert length == pytest.approx(GEOD.line_length(lons, lats), abs=0.002), where
        assert area == pytest.approx(abs(GEOD.polygon_area_perimeter(lons, lats)[0]), rel=2e-7), where


def test_an_address_with_corners_off_the_earth_stops_nothing(open_page: OpenPage) -> None:
    page = open_page("/kl-sample/map?tool=measure&measure=line,0.3~76.3,100~76.3,10")
    settled(page)
    expect(page.locator("#measure")).to_be_visible()
    rings = ["zzz", "76.3,100~76.3,10", "181,9~76.3,10", "76.3", "76.3,9~76.3,10", "-180,-90"]
    told = page.evaluate(
        "async (rings) => { const { isOnEarth, ringOf } = await import('/static/corners.js'); return rings.map(ringOf).map(isOnEarth); }",
        rings,
    )
    assert told == [False, False, False, False, True, True]


def test_an_error_of_each_corner_spreads_as_it_does_by_trial(open_page: OpenPage) -> None:
    page = open_page("/kl-sample/map")
    _, _, _, of_length, of_area = page.evaluate(MEASURE, [SQUARE, 0.5])
    wide, high = (GEOD.inv(*SQUARE[0], *SQUARE[each])[2] for each in (1, 3))
    diagonal = wide**2 + high**2
    assert of_area == pytest.approx(0.5 / 2 * (4 * diagonal) ** 0.5, rel=1e-3)
    assert of_length == pytest.approx(0.5 * (1 + 2 + 2 + 1) ** 0.5, rel=1e-3)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_an_area_is_measured_with_how_far_off_it_may_be(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(CLOSE, size=size)
    settled(page)
    page.get_by_role("button", name="Measure").click()
    step = 0.0001
    corners = [(SPOT.x - step, SPOT.y), (SPOT.x + step, SPOT.y), (SPOT.x, SPOT.y + 2 * step)]
    for corner in corners:
        tap(page, *corner)
    told = page.locator("#measured")
    expect(told).to_contain_text("±")
    area, off = (float(each.replace(",", "")) for each in re.findall(r"([\d,.]+) m²", told.inner_text()))
    lons, lats = zip(*corners, strict=True)
    true = abs(GEOD.polygon_area_perimeter(lons, lats)[0])
    assert 0 < off < true
    assert abs(area - true) <= off
    assert query(page)["measure"].startswith("area,")
    assert "number" not in query(page)


def test_a_length_is_measured_by_keyboard_and_survives_in_a_link(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    page.get_by_role("button", name="Measure").press("Enter")
    page.get_by_role("radio", name="Length").check()
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    expect(page.locator("#measured")).to_contain_text(" m ±")
    told = page.locator("#measured").inner_text()
    again = open_page(page.url)
    settled(again)
    expect(again.locator("#measured")).to_have_text(told)
    expect(again.get_by_role("radio", name="Length")).to_be_checked()
    again.keyboard.press("Tab")
    again.locator("#measure").get_by_role("button", name="Close").click()
    assert "measure" not in query(again)


def test_one_tool_is_open_at_a_time_and_the_address_tells_which(open_page: OpenPage) -> None:
    page = open_page(CLOSE, size=PHONE)
    settled(page)
    for name in TOOLS:
        page.locator(f"#{name}-button").click()
        assert [each for each in TOOLS if page.locator(f"#{each}").is_visible()] == [name]
        assert query(page)["tool"] == name
    page.keyboard.press("Escape")
    expect(page.locator("#print")).to_be_hidden()
    expect(page.locator("#print-button")).to_be_focused()
    assert "tool" not in query(page)


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_each_tool_fits_and_is_sound(open_page: OpenPage, size: tuple[int, int], language: str) -> None:
    page = open_page(f"{CLOSE}&layers=parcels,flood", size=size, language=language)
    settled(page)
    for tool in TOOLS:
        page.locator(f"#{tool}-button").click()
        expect(page.locator(f"#{tool}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], tool
        assert serious_faults(page) == [], tool


def test_a_layer_is_drawn_as_faintly_as_chosen(open_page: OpenPage) -> None:
    page = open_page(f"{CLOSE}&layers=parcels,flood&tool=layers")
    settled(page)
    usual = (
        "() => document.querySelector('.map-frame').groundMap.getPaintProperty('flood-fill', 'fill-opacity')"
    )
    assert page.evaluate(usual) == pytest.approx(0.4)
    strength = page.get_by_role("slider", name="Strength of Land liable to flood")
    strength.fill("50")
    assert page.evaluate(usual) == pytest.approx(0.2)
    assert query(page)["opacity"] == "flood:50"
    page.get_by_role("checkbox", name="Land liable to flood").uncheck()
    expect(strength).to_be_hidden()
    again = open_page(page.url)
    settled(again)
    assert again.evaluate(usual) == pytest.approx(0.2)


def test_a_map_without_any_layer_is_kept_as_such(open_page: OpenPage) -> None:
    page = open_page(f"{CLOSE}&layers=parcels&tool=layers")
    settled(page)
    page.get_by_role("checkbox", name="Plots with their numbers").uncheck()
    assert query(page)["layers"] == "none"
    again = open_page(page.url)
    settled(again)
    expect(again.get_by_role("checkbox", name="Plots with their numbers")).not_to_be_checked()


def test_a_tap_names_what_is_drawn_under_it(open_page: OpenPage) -> None:
    page = open_page(f"{CLOSE}&layers=parcels,zoning")
    settled(page)
    tap(page, SPOT.x, SPOT.y)
    under = page.locator(".under-tap")
    expect(under).to_contain_text("Drawn at this place")
    expect(under.locator("dt")).to_have_text(["Zone of the Master Plan"])


def test_another_day_draws_other_tiles_and_asks_the_answer_anew(open_page: OpenPage) -> None:
    page = open_page(f"{CLOSE}&number={town.MAIN}&tool=date")
    settled(page)
    expect(page.locator(".summary")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Change before").click()
    page.wait_for_timeout(1000)
    settled(page)
    assert query(page)["on"] == "2024-02-01"
    tiles = [parse_qs(urlsplit(url).query) for url in asked if ".mvt" in url]
    assert tiles
    assert {each["on"][0] for each in tiles} == {"2024-02-01"}
    assert any("/plot/summary" in url and "on=2024-02-01" in url for url in asked)
    page.locator("#date").get_by_role("button", name="Close").click()
    expect(page.locator("#map-day")).to_contain_text("1 February 2024")
    assert page.locator("input[type=hidden][name=on]").first.get_attribute("value") == "2024-02-01"
    page.locator("#map-day").get_by_role("button", name="Today").click()
    page.wait_for_timeout(600)
    expect(page.locator("#map-day")).to_be_hidden()
    assert "on" not in query(page)


def test_each_layer_is_asked_for_by_its_own_version(open_page: OpenPage) -> None:
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{CLOSE}&layers=parcels,flood,zoning")
    settled(page)
    tiles = [parse_qs(urlsplit(url).query) for url in asked if ".mvt" in url]
    assert {(each["layers"][0], each["v"][0]) for each in tiles} == {
        ("parcels", "3"),
        ("flood", "2"),
        ("zoning", "1"),
    }


def test_tiles_that_are_not_ready_yet_are_asked_for_again(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    asked: list[float] = []

    def not_yet(route: Route) -> None:
        asked.append(monotonic())
        if asked[-1] - asked[0] > 8:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"retry-after": "10"}, body="{}")

    page.route("**/*.mvt?layers=parcels*", not_yet)
    page.goto(f"{CLOSE}&layers=parcels")
    settled(page)
    page.wait_for_function(
        "() => document.querySelector('.map-frame').groundMap.queryRenderedFeatures({layers: ['parcels-fill']}).length > 0",
        timeout=40_000,
    )
    assert 8 < asked[-1] - asked[0] < 25
    context.close()


def test_the_slider_is_told_as_a_day_and_moves_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(f"{CLOSE}&on=2020-06-02&tool=date", language="ml")
    settled(page)
    slider = page.locator("#day-slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("2020"))
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)
    assert query(page)["on"] == "2020-06-01"
    assert page.locator(".banner-moment").count() == 0


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_frame_on_the_map_is_the_sheet_at_its_scale(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(f"{CLOSE}&tool=print&print=a4,500", size=size)
    settled(page)
    page.get_by_role("combobox", name="Scale").select_option("1000")
    page.get_by_role("combobox", name="Sheet").select_option("a3-across")
    settled(page)
    ring = page.evaluate(
        "async () => (await document.querySelector('.map-frame').groundMap.getSource('paper').getData()).geometry.coordinates[0]"
    )
    _, _, wide = GEOD.inv(*ring[0], *ring[1])
    _, _, high = GEOD.inv(*ring[1], *ring[2])
    assert wide == pytest.approx(318, abs=0.1)
    assert high == pytest.approx(235, abs=0.1)
    assert query(page)["print"] == "a3-across,1000"
    on_screen = page.evaluate(
        "ring => ring.map((each) => { const {x, y} = document.querySelector('.map-frame').groundMap.project(each); return [x, y]; })",
        ring,
    )
    canvas = page.locator(".maplibregl-canvas").bounding_box()
    panel = page.locator("#print").bounding_box()
    assert canvas is not None
    assert panel is not None
    floor = panel["y"] - canvas["y"] if size == PHONE else canvas["height"]
    assert all(0 <= x <= canvas["width"] and 0 <= y <= floor for x, y in on_screen)


def test_the_sheet_is_asked_for_with_what_is_shown(open_page: OpenPage) -> None:
    page = open_page(f"{CLOSE}&tool=print&layers=parcels,zoning&opacity=zoning:40&on=2020-06-02")
    settled(page)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="PDF").click()
    asked = parse_qs(urlsplit(opened.value.url).query)
    assert asked["layers"] == ["parcels,zoning"]
    assert asked["opacity"] == ["zoning:40"]
    assert asked["on"] == ["2020-06-02"]
    assert asked["scale"] == ["1000"]
    assert float(asked["lat"][0]) == pytest.approx(SPOT.y, abs=1e-5)
