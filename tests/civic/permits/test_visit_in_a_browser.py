"""A field inspection on a telephone: kept without a line, sent when there is one, nothing lost and nothing twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import Engine, text

from civic.core.bodies import LocalBody
from civic.core.http import cookie_of
from civic.permits.checklist import checklist
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.pictures import a_photo
from tests.civic.permits.visiting import a_matter, a_plot, degrees

ON_PLOT = {"longitude": degrees(10, 10)[0], "latitude": degrees(10, 10)[1], "accuracy": 4}
AWAY = {"longitude": degrees(120, 10)[0], "latitude": degrees(120, 10)[1], "accuracy": 4}
Opens = Callable[..., Page]


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall."""
    return a_hall(service_engine, own_body, tmp_path)


@pytest.fixture
def number(hall: Hall, engine: Engine) -> str:
    """A permit's case on a plot of its own."""
    return a_matter(hall, a_plot(engine, hall.body))


@pytest.fixture
def telephone(hall: Hall, number: str, chromium: Browser) -> Iterator[Opens]:
    """A telephone with the page of the visit open, signed in as an inspector."""
    name, secrets = cookie_of(hall.body.code), {}
    contexts: list[BrowserContext] = []
    served = serve(hall.app)
    site = next(served)

    def opened(
        size: tuple[int, int] = PHONE, language: str = "en", who: str = "one", **options: object
    ) -> Page:
        if who not in secrets:
            secrets[who] = hall.client(hall.person("field_inspector", "verifier")).cookies[name]
        settings = {"geolocation": ON_PLOT, "permissions": ["geolocation"]} | options
        context = chromium.new_context(
            base_url=site,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            **settings,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.add_cookies([{"name": name, "value": secrets[who], "url": site}])
        page = context.new_page()
        page.goto(f"{hall.path}/cases/{number}/visit")
        return page

    yield opened
    for context in contexts:
        context.close()
    next(served, None)


def is_kept(page: Page) -> None:
    expect(page.locator("#kept")).to_contain_text("opens without a connection", timeout=15_000)


def photograph(page: Page, mark: int) -> None:
    before = page.locator("#photos li").count()
    page.locator("#photo").set_input_files(
        {"name": f"{mark}.jpg", "mimeType": "image/jpeg", "buffer": a_photo(mark)}
    )
    expect(page.locator("#photos li")).to_have_count(before + 1)


def answer_all(page: Page, stage: str = "site") -> None:
    for point in checklist().stages[stage].points:
        page.locator(f"#said-{point.id}-yes").check()


def rows(hall: Hall, table: str) -> int:
    with hall.inside() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_a_visit_without_a_line_outlives_a_reload_and_is_sent_with_one(
    telephone: Opens, hall: Hall, number: str
) -> None:
    page = telephone()
    is_kept(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#line")).to_contain_text("You are offline")
    expect(page.locator("#where")).to_contain_text("You stand on the plot")
    page.locator("#said-marks-no").check()
    page.locator("#words-marks").fill("The eastern stone is gone.")
    photograph(page, 1)
    page.reload()
    expect(page.locator("#words-marks")).to_have_value("The eastern stone is gone.")
    expect(page.locator("#photos li")).to_have_count(1)
    for point in checklist().stages["site"].points[1:]:
        page.locator(f"#said-{point.id}-yes").check()
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator("#waiting li")).to_contain_text("kept on this phone, not sent")
    page.reload()
    expect(page.locator("#waiting li")).to_contain_text("kept on this phone, not sent")
    assert rows(hall, "permit_visit") == 0
    page.context.set_offline(False)
    expect(page.locator('#waiting [data-state="sent"]')).to_have_count(1, timeout=20_000)
    assert (rows(hall, "permit_visit"), rows(hall, "permit_photo")) == (1, 1)
    page.goto(f"{hall.path}/cases/{number}/visits")
    expect(page.get_by_text("The eastern stone is gone.")).to_be_visible()
    expect(page.locator(".visit-pictures li")).to_contain_text("on the plot")
    picture = page.locator(".visit-pictures img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 64)


def test_a_sending_that_is_cut_off_says_so_and_goes_on(telephone: Opens, hall: Hall) -> None:
    page = telephone()
    is_kept(page)
    for mark in (1, 2, 3):
        photograph(page, mark)
    answer_all(page)
    parts: list[str] = []

    def cut(route: Route) -> None:
        parts.append(route.request.url)
        if len(parts) == 2:
            route.abort()
        else:
            route.continue_()

    page.context.route("**/uploads/*", cut)
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator("#waiting li")).to_contain_text("not sent", timeout=15_000)
    assert rows(hall, "permit_photo") == 1
    address = page.url
    page.close()  # the telephone is switched off
    again = telephone_again = page.context.new_page()
    page.context.unroute("**/uploads/*")
    telephone_again.goto(address)
    expect(again.locator('#waiting [data-state="sent"]')).to_have_count(1, timeout=20_000)
    assert (rows(hall, "permit_visit"), rows(hall, "permit_photo"), rows(hall, "document")) == (1, 3, 3)


def test_an_answer_that_is_lost_on_the_way_back_doubles_nothing(telephone: Opens, hall: Hall) -> None:
    page = telephone()
    is_kept(page)
    photograph(page, 4)
    answer_all(page)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The service does it, and its word does not come back."""
        if route.request.method in ("PUT", "PATCH") and route.request.url not in lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.context.route("**/api/**", lose)
    page.get_by_role("button", name="The visit is done").click()
    for _ in range(6):
        if page.locator('#waiting [data-state="sent"]').count():
            break
        page.locator("#send-now:not([hidden])").click()
        page.wait_for_timeout(400)
    expect(page.locator('#waiting [data-state="sent"]')).to_have_count(1)
    assert len(lost) >= 3
    assert (rows(hall, "permit_visit"), rows(hall, "permit_photo"), rows(hall, "document")) == (1, 1, 1)


def test_the_telephone_and_the_service_tell_the_same_distance(
    telephone: Opens, hall: Hall, number: str
) -> None:
    page = telephone(geolocation=AWAY)
    expect(page.locator("#where")).to_contain_text("100 m from the plot")
    shown = float(page.locator("#where").get_attribute("data-metres") or "nan")
    is_kept(page)
    photograph(page, 5)
    answer_all(page)
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator('#waiting [data-state="sent"]')).to_contain_text(
        "taken 100 m from the plot", timeout=15_000
    )
    with hall.inside() as session:
        kept = session.execute(text("SELECT distance_m, verdict FROM permit_photo")).one()
    assert kept.verdict == "elsewhere"
    assert kept.distance_m == pytest.approx(shown, abs=0.1)


def test_a_telephone_that_tells_no_position_is_told_so(telephone: Opens, hall: Hall) -> None:
    page = telephone(permissions=[])
    is_kept(page)
    page.locator("#locate").click()
    expect(page.locator("#where")).to_contain_text("does not tell its position")
    photograph(page, 6)
    answer_all(page)
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator('#waiting [data-state="sent"]')).to_contain_text("has no position", timeout=15_000)


def test_what_one_person_told_is_not_sent_as_anothers(telephone: Opens, hall: Hall, number: str) -> None:
    page = telephone()
    is_kept(page)
    answer_all(page)
    page.context.route("**/api/**", lambda route: route.abort())
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator("#waiting li")).to_contain_text("not sent")
    page.context.unroute("**/api/**")
    name = cookie_of(hall.body.code)
    other = hall.client(hall.person("field_inspector")).cookies[name]
    page.context.add_cookies([{"name": name, "value": other, "url": page.url.partition("/town")[0]}])
    page.get_by_role("button", name="Send now").click()  # in the page that the first one left open
    expect(page.locator("#waiting li")).to_contain_text("Another person is signed in")
    page.goto(page.url)
    expect(page.locator("#waiting li")).to_contain_text("1 visits of another person")
    assert rows(hall, "permit_visit") == 0


def test_whose_sign_in_has_ended_loses_nothing(telephone: Opens, hall: Hall) -> None:
    page = telephone()
    is_kept(page)
    answer_all(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator("#waiting li")).to_contain_text("Sign in again; nothing is lost.")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.get_by_role("button", name="Send now").click()
    expect(page.locator('#waiting [data-state="sent"]')).to_have_count(1, timeout=15_000)
    assert rows(hall, "permit_visit") == 1


def test_a_photograph_is_taken_out_before_it_is_sent(telephone: Opens, hall: Hall) -> None:
    page = telephone()
    is_kept(page)
    photograph(page, 7)
    photograph(page, 8)
    page.get_by_role("button", name="Take it out").first.click()
    expect(page.locator("#photos li")).to_have_count(1)
    answer_all(page)
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator('#waiting [data-state="sent"]')).to_have_count(1, timeout=15_000)
    assert rows(hall, "permit_photo") == 1
    page.get_by_role("button", name="Forget what is kept").click()
    expect(page.locator("#kept")).to_contain_text("Nothing is kept")
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()


def test_without_javascript_the_form_is_whole(telephone: Opens, hall: Hall) -> None:
    page = telephone(java_script_enabled=False)
    expect(page.locator("#offline")).to_be_hidden()
    answer_all(page)
    page.locator("#photo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_photo(9)})
    page.get_by_role("button", name="The visit is done").click()
    expect(page.locator(".visit-pictures li")).to_contain_text("no position")


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
def test_the_pages_fit_and_are_sound(
    telephone: Opens, hall: Hall, number: str, size: tuple[int, int], language: str
) -> None:
    page = telephone(size=size, language=language, geolocation=AWAY)
    expect(page.locator("#kept")).not_to_be_empty(timeout=15_000)
    photograph(page, 10)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.get_attribute("html", "lang") == language
    assert serious_faults(page) == []
    answer_all(page)
    page.locator("#visit button[type=submit]").click()
    expect(page.locator('#waiting [data-state="sent"]')).to_have_count(1, timeout=15_000)
    page.goto(f"{hall.path}/cases/{number}/visits")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert serious_faults(page) == []
