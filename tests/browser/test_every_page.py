"""Every page fits a phone and a desk, is sound for a screen reader, and works without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage, faults_at_each_size, settled
from tests.web import town
from tests.web.fakes import DIVIDED

PLOT = f"/kl-sample/plot?number={town.MAIN}"
PAGES = [
    "/",
    "/kl-sample/map",
    f"/kl-sample/map?number={town.MAIN}",
    "/kl-sample/search?q=12/10",
    "/kl-sample/search?q=nowhere",
    PLOT,
    f"{PLOT}&on=2021-05-03",
    "/kl-sample/area?corners=76.2412,9.9852~76.2417,9.9852~76.2415,9.9857",
    f"/kl-sample/compare?number={town.MAIN}&on=2015-01-01&on2=2026-01-01",
    f"/kl-sample/compare?number={DIVIDED}&on=2015-01-01&on2=2026-01-01",
]


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_is_sound(open_page: OpenPage, path: str, language: str) -> None:
    page = open_page(path, language=language)
    if "/map" in path:
        settled(page)
    if "map?number" in path:
        page.wait_for_selector(".summary")
    assert page.get_attribute("html", "lang") == language
    assert faults_at_each_size(page) == []


@pytest.mark.parametrize("path", ["/", PLOT, "/kl-sample/map", "/kl-sample/search?q=12/10"])
def test_targets_are_large_enough_for_a_thumb(open_page: OpenPage, path: str) -> None:
    page = open_page(path, size=PHONE, language="ml")
    if "/map" in path:
        settled(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, summary, input:not([type=hidden], [type=checkbox]), select, .tool, .layer")]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_without_javascript_a_search_leads_to_the_whole_answer(open_page: OpenPage) -> None:
    page = open_page("/", size=PHONE, java_script_enabled=False)
    page.get_by_label("Survey number").fill(town.MAIN)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=town.MAIN, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Plot {town.MAIN}")
    expect(page.get_by_role("img", name=re.compile("Sketch of plot"))).to_be_visible()
    expect(page.locator("#theme-flood")).to_contain_text("Affected")
    page.locator("#theme-quarry > summary").click()
    expect(page.locator("#theme-quarry")).to_contain_text("Why this answer")
    page.get_by_role("link", name="12/106-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plot 12/106-1")


def test_without_javascript_the_map_page_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("/kl-sample/map", java_script_enabled=False)
    expect(page.get_by_text("The map needs JavaScript")).to_be_visible()
    expect(page.get_by_role("search")).to_be_visible()
    expect(page.locator(".map-frame")).to_be_hidden()


def test_without_javascript_dates_are_compared(open_page: OpenPage) -> None:
    page = open_page(PLOT, java_script_enabled=False)
    page.get_by_label("First date").fill("2015-01-01")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="What differs")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text("Land liable to flood")


def test_the_language_switch_stays_for_the_next_page(open_page: OpenPage) -> None:
    page = open_page(PLOT, size=PHONE)
    page.get_by_role("link", name="മലയാളം").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"പ്ലോട്ട് {town.MAIN}")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "ml")


def test_the_first_tab_stop_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page(PLOT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_summary_leads_down_to_a_theme(open_page: OpenPage) -> None:
    page = open_page(PLOT, size=PHONE)
    page.locator(".concerning").get_by_role("link", name="Land liable to flood").click()
    expect(page.locator("#theme-flood")).to_be_in_viewport()


def test_sharing_copies_a_link_that_pins_both_times(open_page: OpenPage) -> None:
    page = open_page(PLOT, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("() => { navigator.share = undefined }")
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".said").first).to_have_text("The link was copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "on=2026-11-22" in copied
    assert "known=2026-11-20" in copied


def test_the_phones_position_opens_the_plot_there(open_page: OpenPage) -> None:
    spot = town.degrees(town.PARCELS[town.MAIN].boundary.representative_point())
    page = open_page(
        "/",
        size=PHONE,
        geolocation={"longitude": spot.x, "latitude": spot.y},
        permissions=["geolocation"],
    )
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Plot {town.MAIN}")


def test_a_page_prints_with_its_banner_and_without_its_controls(open_page: OpenPage) -> None:
    page = open_page(PLOT)
    page.emulate_media(media="print")
    expect(page.locator(".banner-synthetic")).to_be_visible()
    expect(page.locator("svg[role=img]")).to_be_visible()
    expect(page.get_by_role("button", name="Share")).to_be_hidden()
    expect(page.locator(".searchbar")).to_be_hidden()
