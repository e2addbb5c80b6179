"""An officer makes a passkey and signs in with it; a challenge is good once, and no other key opens."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from api.app import create_app
from api.sample_town import BODY, OFFICERS
from api.settings import Settings
from tests.browser.conftest import PHONE, serve
from tests.civic.test_sample_town import become

TOWN = f"/town/{BODY.code}"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def home(sample_hall: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    for address in serve(create_app(Settings(state=tmp_path_factory.mktemp("state")), sample_hall)):
        yield address.replace("127.0.0.1", "localhost")


def test_an_officer_signs_in_by_a_passkey(chromium: Browser, home: str) -> None:
    context = chromium.new_context(base_url=home, viewport={"width": PHONE[0], "height": PHONE[1]})
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{TOWN}/sign-in?lang=en")
    page.locator("form", has_text=OFFICERS["auditor"]).get_by_role("button").click()
    page.goto(f"{TOWN}/me")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{TOWN}/sign-in?next={TOWN}/inbox")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    page.goto(f"{TOWN}/me")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{TOWN}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("not known here")
    context.close()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"id": "x", "response": {}},
        {"id": "x", "response": {"clientDataJSON": "bm90IGpzb24"}},
        {"id": "x", "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAieCJ9"}},
    ],
)
def test_what_no_device_made_signs_nobody_in(door: TestClient, answer: dict[str, object]) -> None:
    assert door.post(f"{TOWN}/sign-in/passkey", json=answer).status_code in (403, 422)
    become(door, OFFICERS["auditor"])
    assert door.post(f"{TOWN}/me/passkeys", json=answer).status_code in (403, 422)


def test_a_key_of_another_is_not_removed(door: TestClient) -> None:
    become(door, OFFICERS["secretary"])
    assert door.post(f"{TOWN}/me/passkeys/1/remove").status_code == 404
