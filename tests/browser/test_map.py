"""The map answers a click, a search, a drawn area and the phone's position, and a shared link restores it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, settled
from tests.web import town

SPOT = town.degrees(town.PARCELS[town.MAIN].boundary.representative_point())
CLOSE = f"/kl-sample/map?z=18&lat={SPOT.y:.6f}&lon={SPOT.x:.6f}"


def query(page: Page) -> dict[str, str]:
    """What the address of the page keeps, once it has been written."""
    page.wait_for_timeout(300)
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def pixel(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a position is on the screen."""
    x, y = page.evaluate(
        """([lon, lat]) => {
            const frame = document.querySelector(".map-frame");
            const spot = frame.groundMap.project([lon, lat]);
            const box = frame.groundMap.getCanvas().getBoundingClientRect();
            return [box.left + spot.x, box.top + spot.y];
        }""",
        [lon, lat],
    )
    return x, y


def tap(page: Page, lon: float, lat: float) -> None:
    """A click on a position of the map."""
    page.mouse.click(*pixel(page, lon, lat))


def chosen(page: Page) -> str:
    """The plot that the map outlines."""
    number: str = page.evaluate(
        "() => document.querySelector('.map-frame').groundMap.getFilter('parcels-chosen')[2]"
    )
    return number


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
def test_a_tap_shows_what_lies_on_the_plot(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(CLOSE, size=size)
    settled(page)
    tap(page, SPOT.x, SPOT.y)
    answer = page.locator("#answer")
    expect(answer.get_by_role("heading", name=f"Plot {town.MAIN}")).to_be_focused()
    expect(answer).to_contain_text("Land liable to flood")
    expect(answer).to_contain_text("No data")
    assert chosen(page) == town.MAIN
    assert query(page)["number"] == town.MAIN
    answer.get_by_role("link", name="Whole answer").click()
    expect(page).to_have_url(f"/kl-sample/plot?number={town.MAIN}")


def test_the_plot_is_not_hidden_behind_its_answer(open_page: OpenPage) -> None:
    page = open_page(f"/kl-sample/map?number={town.MAIN}", size=PHONE)
    page.wait_for_selector(".summary")
    page.wait_for_timeout(1500)
    settled(page)
    _, y = pixel(page, SPOT.x, SPOT.y)
    panel = page.locator("#answer").bounding_box()
    assert panel is not None
    assert y < panel["y"]


def test_a_plot_is_found_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/kl-sample/map")
    settled(page)
    box = page.get_by_role("combobox")
    box.focus()
    box.press_sequentially("12/10")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    second = page.get_by_role("option").nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    wanted = second.locator(".suggestion-title").inner_text()
    box.press("Enter")
    expect(page.locator("#answer h2")).to_have_text(f"Plot {wanted}")
    assert query(page)["number"] == wanted
    expect(box).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_suggestions_and_keeps_the_words(open_page: OpenPage) -> None:
    page = open_page("/kl-sample/map", size=PHONE)
    box = page.get_by_role("combobox")
    box.press_sequentially("temple")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("temple")


def test_enter_asks_for_the_plot_under_the_cross(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answer h2")).to_have_text(f"Plot {town.MAIN}")


def test_a_tap_beside_the_plots_says_that_none_is_there(open_page: OpenPage) -> None:
    west, south, *_ = town.degrees(town.placed(town.box(-15, -15, -14, -14))).bounds
    page = open_page(f"/kl-sample/map?z=18&lat={south:.6f}&lon={west:.6f}")
    settled(page)
    tap(page, west, south)
    expect(page.locator("#answer")).to_contain_text("No plot here")


def test_an_area_is_drawn_and_asked(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    page.get_by_role("button", name="Draw an area").click()
    step = 0.0002
    corners = [(SPOT.x - step, SPOT.y - step), (SPOT.x + step, SPOT.y - step), (SPOT.x, SPOT.y + step)]
    for count, corner in enumerate(corners, start=1):
        tap(page, *corner)
        expect(page.locator("#draw-count")).to_have_text(f"Corners: {count}")
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#answer h2")).to_have_text("Drawn area")
    assert len(query(page)["area"].split("~")) == 3
    page.get_by_role("link", name="Whole answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drawn area")


def test_the_first_corner_closes_the_area(open_page: OpenPage) -> None:
    page = open_page(CLOSE, size=PHONE)
    settled(page)
    page.get_by_role("button", name="Draw an area").click()
    step = 0.00015
    for lon, lat in [(0, 0), (step, 0), (step, step), (0, 0)]:
        tap(page, SPOT.x + lon, SPOT.y + lat)
    expect(page.locator("#answer h2")).to_have_text("Drawn area")


def test_two_corners_are_no_area(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    page.get_by_role("button", name="Draw an area").click()
    tap(page, SPOT.x, SPOT.y)
    tap(page, SPOT.x + 0.0002, SPOT.y)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#said")).to_have_text("An area needs at least three corners.")
    page.get_by_role("button", name="Undo corner").click()
    expect(page.locator("#draw-count")).to_have_text("Corners: 1")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#draw")).to_be_hidden()


def test_an_area_is_drawn_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    page.get_by_role("button", name="Draw an area").press("Enter")
    expect(page.locator("canvas.maplibregl-canvas")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        page.wait_for_timeout(700)
    expect(page.locator("#draw-count")).to_have_text("Corners: 3")
    page.get_by_role("button", name="Finish").press("Enter")
    expect(page.locator("#answer h2")).to_have_text("Drawn area")


def test_a_shared_link_restores_the_view(open_page: OpenPage) -> None:
    page = open_page(CLOSE, permissions=["clipboard-read", "clipboard-write"])
    settled(page)
    tap(page, SPOT.x, SPOT.y)
    page.wait_for_selector(".summary")
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("checkbox", name="Land liable to flood").check()
    page.get_by_role("checkbox", name="Stream or drain").uncheck()
    page.get_by_role("button", name="Close", exact=True).click()
    page.evaluate("() => { navigator.share = undefined }")
    page.get_by_role("button", name="Share").click()
    expect(page.locator("#said")).to_have_text("The link was copied.")
    shared = page.evaluate("navigator.clipboard.readText()")

    again = open_page(shared)
    settled(again)
    expect(again.locator("#answer h2")).to_have_text(f"Plot {town.MAIN}")
    assert chosen(again) == town.MAIN
    again.get_by_role("button", name="Layers").click()
    expect(again.get_by_role("checkbox", name="Land liable to flood")).to_be_checked()
    expect(again.get_by_role("checkbox", name="Stream or drain")).not_to_be_checked()
    before, after = query(page), query(again)
    assert after["z"] == before["z"]
    assert float(after["lat"]) == pytest.approx(float(before["lat"]), abs=1e-6)
    assert float(after["lon"]) == pytest.approx(float(before["lon"]), abs=1e-6)


def test_the_layer_switch_draws_what_it_names(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    drawn = """() => document.querySelector(".map-frame").groundMap
        .queryRenderedFeatures({layers: ["flood-fill"]}).length"""
    assert page.evaluate(drawn) == 0
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("checkbox", name="Land liable to flood").check()
    page.wait_for_function(f"() => ({drawn})() > 0")
    assert "flood" in query(page)["layers"].split(",")
    expect(page.get_by_role("checkbox", name="Quarry")).to_be_disabled()


def test_the_language_switch_keeps_the_view(open_page: OpenPage) -> None:
    page = open_page(CLOSE)
    settled(page)
    tap(page, SPOT.x, SPOT.y)
    page.wait_for_selector(".summary")
    page.wait_for_timeout(500)
    page.get_by_role("link", name="മലയാളം").click()
    settled(page)
    expect(page.locator("#answer h2")).to_have_text(f"പ്ലോട്ട് {town.MAIN}")
    assert float(query(page)["z"]) == 18


def test_the_phones_position_is_shown_and_asked(open_page: OpenPage) -> None:
    page = open_page(
        "/kl-sample/map",
        size=PHONE,
        geolocation={"longitude": SPOT.x, "latitude": SPOT.y},
        permissions=["geolocation"],
    )
    settled(page)
    page.get_by_role("button", name="My location").click()
    expect(page.locator("#answer h2")).to_have_text(f"Plot {town.MAIN}")


def test_a_position_outside_the_place_is_said(open_page: OpenPage) -> None:
    page = open_page(
        "/kl-sample/map", geolocation={"longitude": 77.6, "latitude": 12.97}, permissions=["geolocation"]
    )
    settled(page)
    page.get_by_role("button", name="My location").click()
    expect(page.locator("#said")).to_have_text("Your position lies outside this place.")


def test_closing_the_answer_clears_the_choice(open_page: OpenPage) -> None:
    page = open_page(f"/kl-sample/map?number={town.MAIN}")
    page.wait_for_selector(".summary")
    page.keyboard.press("Escape")
    expect(page.locator("#answer")).to_be_hidden()
    assert chosen(page) == ""
    assert "number" not in query(page)
