"""A plan is handed in on the page of its plot, and the page of what was found is read on a phone, at a desk, and without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect
from shapely import Point
from shapely.geometry import shape
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.browser.test_sample_town import sample  # noqa: F401 (the sample local body, brought in for this module)

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # rasterio's own
PLACE = "kl-sample"
NUMBER = """
    SELECT number FROM parcel
    WHERE upper_inf(valid) AND upper_inf(recorded) AND land_type = 'purayidam'
      AND ST_NumGeometries(boundary) = 1 AND ST_Area(boundary) BETWEEN 350 AND 700
    ORDER BY id LIMIT 1
"""
NEAR_THE_BOUNDARY = 0.05
"""Metres from the boundary at which the example house of these tests stands."""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def service(sample: tuple[Engine, Settings]) -> Iterator[tuple[str, FastAPI]]:  # noqa: F811
    """Where the service is, and the service."""
    engine, settings = sample
    app = create_app(settings, engine)
    for address in serve(app):
        yield address, app


@pytest.fixture(scope="module")
def number(sample: tuple[Engine, Settings]) -> str:  # noqa: F811
    """A plot for a house."""
    with sample[0].connect() as connection:
        return str(connection.scalar(text(NUMBER)))


@pytest.fixture(scope="module")
def plan(service: tuple[str, FastAPI], number: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawing of an example house too near the boundary."""
    path = Path(tmp_path_factory.mktemp("plan")) / "plan.dxf"
    path.write_bytes(service[1].state.plans.starter(PLACE, number, set_back=NEAR_THE_BOUNDARY))
    return path


@pytest.fixture
def open_context(chromium: Browser, service: tuple[str, FastAPI]) -> Iterator[Open]:
    """Opens an empty page on the service: `open_context(size, language, **context)`; a fault in the console fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(size: tuple[int, int], language: str = "en", **options: object) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        options = {"reduced_motion": "reduce", **options}  # nothing is still on its way when it is looked at
        context = chromium.new_context(base_url=service[0], viewport=viewport, locale=language, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def hand_in(page: Page, number: str, plan: Path) -> None:
    """The form, filled in and sent."""
    page.goto(f"/{PLACE}/check?number={number}")
    page.locator("#drawing").set_input_files(plan)
    page.locator("form.check-form button[type=submit]").click()
    expect(page.locator(".verdict")).to_be_visible(timeout=60_000)


def on_the_map(page: Page) -> None:
    """Wait until the map has drawn the plan and what lies around it."""
    expect(page.locator("[data-check-map][data-state=idle]")).to_be_visible(timeout=60_000)


def as_drawn(page: Page) -> None:
    """Choose the sketch in place of the map."""
    page.get_by_role("button", name="As drawn").click(timeout=60_000)


def seen_of(page: Page) -> str:
    """What part of the drawing is shown."""
    return str(page.locator("svg.plan").get_attribute("viewBox"))


def is_in_sight(page: Page, place: str) -> bool:
    """Whether an element lies in the window."""
    return bool(
        page.evaluate(
            """(id) => { const box = document.getElementById(id).getBoundingClientRect();
                return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth; }""",
            place,
        )
    )


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_from_the_page_of_a_plot_to_what_was_found(
    open_context: Open, number: str, plan: Path, size: tuple[int, int]
) -> None:
    page = open_context(size)
    page.goto(f"/{PLACE}/plot?number={number}")
    page.get_by_role("link", name="Check a plan").first.click()
    expect(page.get_by_label("Number of the plot")).to_have_value(number)
    assert fits(page)
    assert serious_faults(page) == []
    page.get_by_label("Drawing (DXF").set_input_files(plan)
    page.get_by_role("button", name="Check the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Plan for plot {number}", timeout=60_000)
    expect(page.locator(".verdict-fail")).to_be_visible()
    expect(page.locator("#fail .finding").first).to_be_visible()
    expect(page.locator("#fail .finding-unknown, #fail .finding-pass")).to_have_count(0)
    expect(page.locator(".banner-synthetic")).to_be_visible()
    assert fits(page)
    assert serious_faults(page) == []


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_show_brings_the_line_near_and_leads_back(
    open_context: Open, number: str, plan: Path, size: tuple[int, int]
) -> None:
    page = open_context(size)
    hand_in(page, number, plan)
    as_drawn(page)
    whole = seen_of(page)
    finding = page.locator("#fail .finding:has(a.show)").last
    name = str(finding.get_attribute("id")).removeprefix("finding-")
    finding.locator("a.show").click()
    page.wait_for_function(
        "whole => document.querySelector('svg.plan').getAttribute('viewBox') !== whole", arg=whole
    )
    assert is_in_sight(page, f"place-{name}")
    page.get_by_role("link", name=f"back to finding {name}").click()
    page.wait_for_function(
        "id => document.getElementById(id).getBoundingClientRect().top < innerHeight", arg=f"finding-{name}"
    )
    assert is_in_sight(page, f"finding-{name}")
    page.get_by_role("button", name="Show the whole drawing").click()
    assert seen_of(page) == whole
    assert fits(page)


CENTRE = "() => { const { lng, lat } = document.querySelector('[data-check-map]').groundMap.getCenter(); return [lng, lat]; }"
ZOOM = "() => document.querySelector('[data-check-map]').groundMap.getZoom()"


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ml"), (DESK, "en")])
def test_a_finding_brings_the_map_to_its_line(
    open_context: Open, number: str, plan: Path, size: tuple[int, int], language: str
) -> None:
    page = open_context(size, language)
    hand_in(page, number, plan)
    on_the_map(page)
    expect(page.locator("svg.plan")).to_be_hidden()
    assert fits(page)
    assert serious_faults(page) == []
    whole = page.evaluate(ZOOM)
    link = page.locator("#fail .finding a.show").last
    name = str(link.get_attribute("href")).removeprefix("#place-")
    link.click()
    expect(page.locator(f"[data-check-map][data-chosen='{name}']")).to_be_visible()
    on_the_map(page)
    ground = page.request.get(str(page.locator("[data-check-map]").get_attribute("data-ground"))).json()
    place = shapely.union_all(
        [
            shape(each["geometry"])
            for each in ground["features"]
            if each["properties"].get("number") == int(name)
        ]
    )
    centre = Point(page.evaluate(CENTRE))
    assert place.envelope.centroid.distance(centre) < 2e-6
    page.locator("[data-whole]").click()
    on_the_map(page)
    page.wait_for_function(f"whole => Math.abs(({ZOOM})() - whole) < 1", arg=whole)


def test_a_line_on_the_map_leads_to_its_finding(open_context: Open, number: str, plan: Path) -> None:
    page = open_context(DESK)
    hand_in(page, number, plan)
    on_the_map(page)
    page.locator("#drawing").scroll_into_view_if_needed()
    seen = page.evaluate(
        """() => { const map = document.querySelector('[data-check-map]').groundMap;
            const [first] = map.queryRenderedFeatures({ layers: ['fail-line'] });
            const corner = first.geometry.coordinates.flat(Infinity).slice(0, 2);
            const { x, y } = map.project(corner), box = map.getCanvas().getBoundingClientRect();
            return [box.left + x, box.top + y]; }"""
    )
    page.mouse.click(*seen)
    page.wait_for_function("() => /^#finding-\\d+$/.test(location.hash)")
    name = page.evaluate("location.hash.slice(1)")
    assert is_in_sight(page, name)
    expect(page.locator(f"#fail #{name}")).to_be_visible()


def test_without_a_map_the_sketch_stands_in_its_place(open_context: Open, number: str, plan: Path) -> None:
    page = open_context(PHONE, java_script_enabled=False)
    hand_in(page, number, plan)
    expect(page.locator("svg.plan")).to_be_visible()
    expect(page.locator("[data-check-map]")).to_be_hidden()
    expect(page.get_by_role("button", name="On the map")).to_be_hidden()


def test_the_line_is_brought_forward_without_javascript(open_context: Open, number: str, plan: Path) -> None:
    page = open_context(PHONE, java_script_enabled=False)
    hand_in(page, number, plan)
    whole = seen_of(page)
    link = page.locator("#fail .finding a.show").first
    place = page.locator(str(link.get_attribute("href")))
    usual = place.locator("path").first.evaluate("path => getComputedStyle(path).strokeWidth")
    link.click()
    assert place.locator("path").first.evaluate("path => getComputedStyle(path).strokeWidth") > usual
    assert seen_of(page) == whole
    place.locator("a.tag").click()
    assert page.url.endswith(str(link.get_attribute("href")).replace("place", "finding"))
    expect(page.get_by_role("button", name="Show the whole drawing")).to_be_hidden()


def test_a_hidden_place_of_an_open_finding_is_seen_once_it_is_asked_for(
    open_context: Open, number: str, plan: Path
) -> None:
    page = open_context(DESK)
    hand_in(page, number, plan)
    as_drawn(page)
    link = page.locator("#unknown .finding a.show").first
    tag = page.locator(str(link.get_attribute("href"))).locator("a.tag")
    expect(tag).to_have_css("visibility", "hidden")
    link.click()
    expect(tag).to_have_css("visibility", "visible")


def test_the_keyboard_leads_from_finding_to_line_and_back(
    open_context: Open, number: str, plan: Path
) -> None:
    page = open_context(DESK)
    hand_in(page, number, plan)
    as_drawn(page)
    whole = seen_of(page)
    link = page.locator("#fail .finding a.show").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "whole => document.querySelector('svg.plan').getAttribute('viewBox') !== whole", arg=whole
    )
    number_shown = str(link.get_attribute("href")).removeprefix("#place-")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"#finding-{number_shown}"
    page.keyboard.press("Enter")
    assert is_in_sight(page, f"finding-{number_shown}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"#place-{number_shown}"


def test_the_form_is_sent_by_keyboard_and_says_that_it_waits(
    open_context: Open, number: str, plan: Path
) -> None:
    page = open_context(PHONE)
    page.goto(f"/{PLACE}/check?number={number}")
    page.locator("#drawing").set_input_files(plan)
    page.get_by_role("button", name="Check the plan").focus()
    page.evaluate(
        "document.querySelector('.check-form').addEventListener('submit', (event) => event.preventDefault())"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="being measured")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_page_speaks_malayalam(
    open_context: Open, number: str, plan: Path, size: tuple[int, int]
) -> None:
    page = open_context(size, "ml")
    hand_in(page, number, plan)
    expect(page.locator("html")).to_have_attribute("lang", "ml")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"പ്ലോട്ട് {number}: പ്ലാൻ")
    expect(page.locator("#fail h2")).to_contain_text("ലംഘിച്ചവ")
    assert fits(page)
    assert serious_faults(page) == []


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_findings_are_one_tap_away_on_paper(
    open_context: Open, number: str, plan: Path, language: str
) -> None:
    page = open_context(PHONE, language)
    hand_in(page, number, plan)
    printed = page.request.get(str(page.locator("a[href*='findings.pdf']").get_attribute("href")))
    assert printed.status == 200
    assert printed.headers["content-language"] == language
    assert printed.body().startswith(b"%PDF-")


def test_what_is_not_checked_yet_stands_in_one_folded_part(
    open_context: Open, number: str, plan: Path
) -> None:
    page = open_context(PHONE)
    hand_in(page, number, plan)
    expect(page.get_by_text("This rule is not checked yet")).to_have_count(0)


@pytest.mark.parametrize("is_scripted", [True, False])
def test_a_person_answers_an_open_finding(
    open_context: Open, number: str, plan: Path, is_scripted: bool
) -> None:
    page = open_context(PHONE, java_script_enabled=is_scripted)
    hand_in(page, number, plan)
    asks = page.locator(".asks", has=page.locator("#ask-SEWER_CONNECTION"))
    asks.locator("summary").click()
    asks.get_by_label("Connected to the sewer").fill("NO")
    page.get_by_label("Name", exact=True).fill("Asha")
    page.get_by_label("In what capacity").select_option("applicant")
    asks.get_by_role("button", name="Check again with the answers").click()
    expect(page.locator("#persons")).to_contain_text("Declared by Asha (applicant).", timeout=60_000)
    expect(page.locator("#say-SEWER_CONNECTION")).to_have_value("NO")


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ml"), (DESK, "en")])
def test_the_questions_fit_and_are_sound_unfolded(
    open_context: Open, number: str, plan: Path, size: tuple[int, int], language: str
) -> None:
    page = open_context(size, language)
    hand_in(page, number, plan)
    on_the_map(page)
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert fits(page)
    assert serious_faults(page) == []


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ml"), (DESK, "en")])
def test_what_a_plot_can_carry_is_read_in_numbers_drawings_and_on_the_map(
    open_context: Open, number: str, size: tuple[int, int], language: str
) -> None:
    page = open_context(size, language)
    page.goto(f"/{PLACE}/plot?number={number}")
    page.locator(f"a[href*='/{PLACE}/build']").first.click()
    expect(page.locator("svg.envelope")).to_have_count(2)
    page.locator(".build-columns").scroll_into_view_if_needed()
    expect(page.locator(".build-map[data-state=idle]")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert serious_faults(page) == []


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ml"), (DESK, "en")])
def test_the_page_of_a_plot_raises_what_it_can_carry_on_its_map(
    open_context: Open, number: str, size: tuple[int, int], language: str
) -> None:
    page = open_context(size, language)
    page.goto(f"/{PLACE}/plot?number={number}")
    page.locator("[data-envelope-part]").scroll_into_view_if_needed()
    expect(page.locator(".build-map[data-state=idle]")).to_be_visible(timeout=60_000)
    raised = page.evaluate(
        """() => { const map = document.querySelector('.build-map').groundMap;
            return map.querySourceFeatures('carried').map(({ properties: { bottom, top } }) => [bottom, top]); }"""
    )
    assert raised
    assert all(bottom < top for bottom, top in raised)
    assert fits(page)
    assert serious_faults(page) == []


def test_without_javascript_the_page_of_a_plot_tells_what_it_can_carry(
    open_context: Open, number: str
) -> None:
    page = open_context(PHONE, java_script_enabled=False)
    page.goto(f"/{PLACE}/plot?number={number}")
    part = page.locator("[data-envelope-part]")
    expect(part).to_contain_text("Ground that may be built on")
    expect(part).to_contain_text("Largest floor area")
    expect(part.locator(".build-map")).to_be_hidden()
    part.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("can carry")


def test_without_javascript_the_drawings_and_numbers_are_there(open_context: Open, number: str) -> None:
    page = open_context(PHONE, java_script_enabled=False)
    page.goto(f"/{PLACE}/build?number={number}")
    expect(page.locator("svg.envelope")).to_have_count(2)
    expect(page.locator(".build-map")).to_be_hidden()
    page.locator("#occupancy").select_option("F")
    page.locator("form.build-form button").click()
    expect(page.locator("#occupancy")).to_have_value("F")
