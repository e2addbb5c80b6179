"""A house walked in a browser as owner, licensee, verifier and approver: from the plot to the permit and on to occupancy,
on a telephone in Malayalam and in English; every page fits and is sound, and in English
those with most on them on a desk, too."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from math import hypot
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from api.app import create_app
from api.sample_town import BODY, CITIZENS, OFFICERS
from api.settings import Settings
from civic.core.bodies import inside
from civic.core.owners import make_up_owner
from civic.core.people import introduce, person_reached_by, post
from civic.permits.checklist import checklist
from gis.recordings import last_recording
from rules.plans.starter import starter
from tests.browser.conftest import DESK, PHONE, serve
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.low_risk import a_clear_site
from tests.civic.test_walk import Walker

TOWN = f"/town/{BODY.code}"
LICENSEE = "Anil Kumar"
SITE = a_clear_site()
CORNERS = """() => {
    const svg = document.querySelector("svg.plan"), at = svg.getScreenCTM(), box = svg.getBoundingClientRect();
    const corners = svg.querySelector(".parcel").getAttribute("d").replace(/[MZ]/g, "").split("L").map((each) => each.split(",").map(Number));
    return corners.map(([x, y]) => [x * at.a + at.e - box.x, y * at.d + at.f - box.y]);
}"""
"""Where the corners of the parcel lie on the sketch, in pixels."""


@pytest.fixture(scope="module")
def home(sample_hall: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    now = datetime.now(UTC)
    with inside(sample_hall, BODY.code) as (session, body):
        owner = person_reached_by(session, f"{CITIZENS[0][1]}@citizen.example")
        assert owner is not None
        make_up_owner(session, body, owner, ["1/7", "1/8"], now=now)
        drawer = introduce(
            session, body, name=LICENSEE, address="anil@citizen.example", language="ml", now=now
        )
        post(session, body, drawer.id, role="licensee", order_ref="L-1", begins=now.date(), grade="A")

    def known(code: str) -> datetime:
        with inside(sample_hall, BODY.code) as (session, _):
            return last_recording(session, code)

    app = create_app(Settings(state=tmp_path_factory.mktemp("state")), sample_hall)
    app.state.permits = replace(app.state.permits, checker=SiteChecker(known=known, site=SITE))
    yield from serve(app)


def drawing(folder: Path) -> str:
    file = folder / "plan.dxf"
    file.write_bytes(starter(SITE, set_back=6.0))
    return str(file)


def hand_in(walker: Walker, number: str, file: str) -> None:
    walker.to(f"{TOWN}/permits/{number}/drawing")
    walker.page.locator("#drawing").set_input_files(file)
    walker.page.locator('form[enctype="multipart/form-data"] button').click()
    walker.page.wait_for_url("**/checks/*")  # until its sheet is there, a page has no width
    walker.look()


def sign(walker: Walker, name: str, number: str) -> None:
    walker.become(name)
    walker.to(f"{TOWN}/permits/{number}/sign")
    for box in walker.page.locator('input[type="checkbox"]').all():
        box.check()
    walker.page.locator('form[action$="/sign"] button').first.click()
    walker.look()


def begin(walker: Walker, plot: str, kind: str, title: str) -> str:
    page = walker.page
    walker.to(f"{TOWN}/permits/new?number={plot}")
    page.locator(f"#kind-{kind}").check()
    page.locator("main form").get_by_role("button").click()
    walker.look()
    page.locator("#title").fill(title)
    page.select_option("#licensee", index=1)
    page.locator("main form").get_by_role("button").click()
    walker.look()
    found = re.search(r"BP-\d{4}-\d{5}", page.url)
    assert found
    return found.group()


def unfold(page: Page) -> None:
    """Open every finding that is folded, and what holds them."""
    page.locator("details.point, details.folded").evaluate_all(
        "all => all.forEach((each) => { each.open = true; })"
    )


def measure_the_plot(walker: Walker) -> None:
    """A side of the plot on the sketch, by two taps that catch on its corners; Escape ends it."""
    page = walker.page
    page.locator('[data-view="sketch"]').click()  # comes with the map, which is shown first
    page.locator("[data-tape]").click()
    for x, y in page.evaluate(CORNERS)[:2]:
        page.locator("svg.plan").click(position={"x": x + 2, "y": y - 2})
    (west, south), (east, north), *_ = SITE.boundary.exterior.coords
    told = page.locator("[data-taped]").inner_text()
    number = re.search(r"(\d+\.\d\d)", told)
    assert number, told
    assert abs(float(number[1]) - hypot(east - west, north - south)) <= 0.02, told
    page.locator("svg.plan").focus()
    page.keyboard.press("Escape")
    assert page.locator("[data-tape]").get_attribute("aria-pressed") == "false"


def pay(walker: Walker, number: str) -> None:
    walker.become(OFFICERS["counter"])
    walker.to(f"{TOWN}/counter?q={number}")
    walker.page.locator('main form[method="post"]').get_by_role("button").first.click()


def look_on_a_desk(walker: Walker) -> None:
    """Look at the page as a desk shows it, and go on with the telephone."""
    width, walker.width = walker.width, DESK[0]
    walker.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    walker.look()
    walker.width = width
    walker.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


@pytest.mark.parametrize(("language", "plot"), [("ml", "1/7"), ("en", "1/8")])
def test_a_house_from_the_plot_to_its_occupancy(
    chromium: Browser, home: str, tmp_path: Path, language: str, plot: str
) -> None:
    context = chromium.new_context(
        base_url=home, viewport={"width": PHONE[0], "height": PHONE[1]}, bypass_csp=True
    )
    walker = Walker(context.new_page(), PHONE[0], language)
    page: Page = walker.page
    walker.to(f"{TOWN}?lang={language}")
    walker.become(CITIZENS[0][0])
    number = begin(walker, plot, "new", "A house on two floors")
    case = f"{TOWN}/cases/{number}"
    walker.become(LICENSEE)
    hand_in(walker, number, drawing(tmp_path))
    measure_the_plot(walker)
    walker.to(case)
    walker.step("file")
    sign(walker, CITIZENS[0][0], number)
    sign(walker, LICENSEE, number)
    pay(walker, number)
    walker.become(CITIZENS[0][0])
    walker.to(case)
    assert page.locator(".case-granted").count() == 1
    if language == "en":
        look_on_a_desk(walker)
    permit = re.search(r"P-\d{4}-\d{5}", page.locator("main").inner_text())
    assert permit
    letter = page.request.get(f"{TOWN}/permits/{number}/letters/permit.pdf?lang={language}")
    assert letter.body().startswith(b"%PDF")

    occupancy = begin(walker, plot, "occupancy", "The house is finished")
    case = f"{TOWN}/cases/{occupancy}"
    walker.become(LICENSEE)
    hand_in(walker, occupancy, drawing(tmp_path))
    walker.to(case)
    walker.step("file")
    sign(walker, CITIZENS[0][0], occupancy)
    sign(walker, LICENSEE, occupancy)
    walker.become(OFFICERS["verifier"])
    walker.to(f"{TOWN}/permits/{occupancy}/decision")
    unfold(page)
    if language == "en":
        look_on_a_desk(walker)
    for place in range(page.locator('select[name^="stance-"]').count()):
        page.locator(f"#stance-{place}").select_option("accepted")
        page.locator(f"#reason-{place}").fill("Seen.")
    page.locator('form[action$="/words"] button').first.click()
    walker.look()
    walker.step("verify")
    visited(walker, occupancy)
    walker.become(OFFICERS["field_inspector"])
    walker.to(case)
    walker.step("report", note="Built as drawn.")
    walker.become(OFFICERS["approver"])
    walker.to(f"{TOWN}/permits/{occupancy}/decision")
    walker.step("approve")
    assert page.locator(".case-granted").count() == 1
    context.close()
    assert walker.faults == []


def visited(walker: Walker, number: str) -> None:
    """The inspector's form as a browser without scripts sends it; the telephone's program has tests of its own."""
    walker.become(OFFICERS["field_inspector"])
    page, path = walker.page, f"{TOWN}/cases/{number}/visit"
    walker.to(f"{path}?stage=completion")
    fields = {name: page.locator(f'[name="{name}"]').input_value() for name in ("visit", "begun", "stage")}
    fields |= {f"said-{point.id}": "yes" for point in checklist().stages["completion"].points}
    assert page.request.post(path, multipart=fields).ok
