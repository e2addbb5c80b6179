"""A division walked in a browser, on a telephone and in both languages, without JavaScript: five people, one case; every page sound."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from shapely import Point
from sqlalchemy import Engine

from api.app import create_app
from api.sample_town import BODY, CITIZENS, OFFICERS
from api.settings import Settings
from gis.crs import to_geographic
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.builders import a_box

TOWN = f"/town/{BODY.code}"


@pytest.fixture(scope="module")
def home(sample_hall: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(create_app(Settings(state=tmp_path_factory.mktemp("state")), sample_hall))


class Walker:
    """Somebody with a browser; each page that is come to must fit and be sound."""

    def __init__(self, page: Page, width: int, language: str) -> None:
        self.page, self.width, self.language = page, width, language
        self.faults: list[str] = []

    def to(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def look(self) -> None:
        self.page.wait_for_load_state()  # a page just come to has no width before its sheet is there
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            self.faults.append(f"{self.page.url} is wider than the screen")
        self.faults += [f"{self.page.url}: {each}" for each in serious_faults(self.page)]

    def become(self, name: str) -> None:
        self.page.goto(f"{TOWN}/sign-in?lang={self.language}")
        self.page.locator("form", has_text=name).get_by_role("button").click()

    def step(self, name: str, **fields: str) -> None:
        form = self.page.locator(f'form[action$="/steps/{name}"]')
        for field, text in fields.items():
            form.locator(f'[name="{field}"]').fill(text)
        form.get_by_role("button").click()
        self.look()


@pytest.mark.parametrize(("size", "language", "plot"), [(PHONE, "ml", "1/2"), (DESK, "en", "1/3")])
def test_a_plot_is_divided(
    chromium: Browser, home: str, size: tuple[int, int], language: str, plot: str
) -> None:
    context = chromium.new_context(
        base_url=home, viewport={"width": size[0], "height": size[1]}, bypass_csp=True
    )
    walker = Walker(context.new_page(), size[0], language)
    page = walker.page
    walker.to(f"{TOWN}?lang={language}")
    walker.to(f"{TOWN}/sign-in")
    walker.become(CITIZENS[1][0])
    walker.to(f"{TOWN}/land-records/new?number={plot}")
    page.locator("#kind-divide").check()
    page.locator("main form").get_by_role("button").click()
    walker.look()
    page.locator("#deed").fill("Partition deed 4/2026")
    page.locator("#why").fill("For my two daughters.")
    page.locator("main form").get_by_role("button").click()
    walker.look()
    number = page.locator("h1").inner_text()
    assert re.fullmatch(r"LR-\d{4}-\d{5}", number)
    walker.to(f"{TOWN}/my")
    walker.to(f"{TOWN}/me")
    walker.to(f"{TOWN}/cases/{number}/documents")
    page.locator("#title").fill("Partition deed 4/2026")
    page.locator("#kind").select_option("deed")
    paper = {"name": "deed.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%"}
    page.locator("#file").set_input_files(paper)  # type: ignore[arg-type]
    page.locator("form", has=page.locator("#title")).locator('button[type="submit"]').click()
    page.locator(".files").wait_for()
    walker.look()
    walker.become(OFFICERS["counter"])
    walker.to(f"{TOWN}/counter?q={number}")
    page.locator('main form[method="post"]').get_by_role("button").first.click()
    case = f"{TOWN}/cases/{number}"
    walker.become(OFFICERS["verifier"])
    walker.to(f"{TOWN}/inbox")
    walker.to(case)
    walker.step("verify")
    walker.become(OFFICERS["agency"])
    walker.to(case)
    page.locator('button[value="agrees"]').click()
    walker.become(OFFICERS["field_inspector"])
    walker.to(case)
    column = int(plot[-1]) - 1
    west, south, east, north = a_box(column * 20).bounds
    middle = [to_geographic(Point((west + east) / 2, y), 32643) for y in (south, north)]
    ends = [f"{each.x:.8f},{each.y:.8f}" for each in middle]
    walker.step("report", line_from=ends[0], line_to=ends[1], note="Two pegs set.")
    walker.become(OFFICERS["approver"])
    walker.to(case)
    walker.step("grant")
    assert page.locator(".case-granted").count() == 1
    page.locator(f'a[href*="number={plot.replace("/", "%2F")}-1"], a[href*="number={plot}-1"]').first.click()
    assert f"{plot}-1" in page.locator("h1").inner_text()
    for path in ("/board", "/workflows", "/workflows/land_records", "/calendar", "/privacy"):
        walker.to(f"{TOWN}{path}")
    walker.become(OFFICERS["admin"])
    walker.to(f"{TOWN}/people")
    walker.to(f"{TOWN}/objections/new?number=1/4&theme=boundary")
    context.close()
    assert walker.faults == []
