"""A case shows its plots on the map of their place; where there is no map, or no JavaScript, the drawing says the same."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, text

from api.app import create_app
from api.sample_town import BODY, OFFICERS
from api.settings import Settings
from civic.core.bodies import inside
from tests.browser.conftest import DESK, PHONE, serious_faults, serve

TOWN = f"/town/{BODY.code}"
SHOWN = '[data-case-map][data-state="idle"]'
NUMBERS = """() => [...new Set(document.querySelector("[data-case-map]").groundMap
    .queryRenderedFeatures({layers: ["case-fill"]}).map((each) => each.properties.number))]"""


@pytest.fixture(scope="module")
def home(sample_hall: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(create_app(Settings(state=tmp_path_factory.mktemp("state")), sample_hall))


@pytest.fixture(scope="module")
def case(sample_hall: Engine) -> tuple[str, str]:
    """A case that is being decided, and its plot."""
    with inside(sample_hall, BODY.code) as (session, _):
        number, plot = session.execute(
            text(
                "SELECT c.number, p.number FROM civic_case c JOIN case_parcel p ON p.case_id = c.id"
                " WHERE c.state = 'deciding' ORDER BY c.id LIMIT 1"
            )
        ).one()
    return number, plot


def opened(page: Page, number: str, language: str = "en") -> Page:
    page.goto(f"{TOWN}/sign-in?lang={language}")
    page.locator("form", has_text=OFFICERS["approver"]).get_by_role("button").click()
    page.goto(f"{TOWN}/cases/{number}")
    return page


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ml"), (DESK, "en"), (PHONE, "en"), (DESK, "ml")])
def test_the_plot_of_a_case_stands_out_on_the_map(
    chromium: Browser, home: str, case: tuple[str, str], size: tuple[int, int], language: str
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    context = chromium.new_context(base_url=home, viewport=viewport, reduced_motion="reduce")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    opened(page, case[0], language)
    page.wait_for_selector(SHOWN, timeout=60_000)
    assert page.evaluate(NUMBERS) == [case[1]]
    assert page.locator(".case-plot > [data-sketch]").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert serious_faults(page) == []
    page.locator('[data-view="sketch"]').click()
    assert page.locator(".case-plot > [data-sketch]").is_visible()
    assert page.locator("#case-map").is_hidden()
    assert serious_faults(page) == []
    assert said == []
    context.close()


def test_without_javascript_the_drawing_names_the_plot(
    chromium: Browser, home: str, case: tuple[str, str]
) -> None:
    context = chromium.new_context(base_url=home, java_script_enabled=False)
    page = opened(context.new_page(), case[0])
    assert page.locator(".case-plot > svg text.own").text_content() == case[1]
    assert page.locator(".case-plot > svg").is_visible()
    assert page.locator("#case-map").is_hidden()
    assert page.locator("[data-views]").is_hidden()
    context.close()


@pytest.mark.parametrize("missing", ["**/maplibre-gl.mjs", "**/style.json*"])
def test_where_the_map_does_not_come_the_drawing_stays(
    chromium: Browser, home: str, case: tuple[str, str], missing: str
) -> None:
    context = chromium.new_context(base_url=home)
    page = context.new_page()
    page.route(missing, lambda route: route.fulfill(status=503, body=""))
    with page.expect_console_message(lambda message: message.type == "warning"):
        opened(page, case[0])
    assert page.locator(".case-plot > svg").is_visible()
    assert page.locator("#case-map").is_hidden()
    context.close()
