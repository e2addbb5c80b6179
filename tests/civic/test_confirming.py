"""A step that is confirmed with a passkey: the officer's own key, for this step of this case as it stands, or not at all."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, text
from webauthn import base64url_to_bytes, verify_authentication_response

from api.app import create_app
from api.sample_town import BODY, OFFICERS
from api.settings import Settings
from api.town import SERVICES
from civic.core.bodies import inside
from civic.core.confirming import NONCE, with_passkeys
from civic.core.workflow import workflow
from gis.errors import Invalid
from tests.browser.conftest import PHONE, serious_faults, serve
from tests.civic.builders import FLOW
from tests.civic.test_passkeys import DEVICE
from tests.civic.test_sample_town import officer

TOWN = f"/town/{BODY.code}"
BOTH = "land_records.grant, land_records.refuse"
SIGN = """async ([address, version]) => {
    const asked = await fetch(address, {method: "POST", headers: {"content-type": "application/json", accept: "application/json"},
        body: JSON.stringify({version})});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await asked.json());
    return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
}"""


@pytest.fixture(scope="module")
def home(sample_hall: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(state=tmp_path_factory.mktemp("state"), passkey_steps=BOTH)
    for address in serve(create_app(settings, sample_hall)):
        yield address.replace("127.0.0.1", "localhost")


def deciding(hall: Engine) -> Any:
    """The case that waits for its decision."""
    with inside(hall, BODY.code) as (session, _):
        return session.execute(
            text(
                "SELECT number, version FROM civic_case WHERE service = 'land_records' AND state = 'deciding'"
            )
        ).one()


def history(hall: Engine, number: str) -> Any:
    with inside(hall, BODY.code) as (session, _):
        query = (
            "SELECT e.person_id, e.told FROM case_event e JOIN civic_case c ON c.id = e.case_id"
            " WHERE c.number = :n AND e.step = 'grant'"
        )
        return session.execute(text(query), {"n": number}).one_or_none()


def with_a_key(chromium: Browser, home: str) -> Page:
    """The approver at a telephone with a device for keys."""
    viewport = {"width": PHONE[0], "height": PHONE[1]}
    context = chromium.new_context(base_url=home, viewport=viewport, reduced_motion="reduce")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{TOWN}/sign-in?lang=en")
    page.locator("form", has_text=OFFICERS["approver"]).get_by_role("button").click()
    return page


def test_a_decision_is_made_by_the_key_that_signed_it(
    chromium: Browser, home: str, sample_hall: Engine
) -> None:
    page = with_a_key(chromium, home)
    number, version = deciding(sample_hall)
    case = f"{TOWN}/cases/{number}"
    grant = page.locator('form[action$="/steps/grant"]')

    page.goto(case)
    assert serious_faults(page) == []
    grant.get_by_role("button").click()
    expect(grant.locator(".said")).to_contain_text("you have none")

    page.goto(f"{TOWN}/me")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.goto(case)
    for step, seen in (("refuse", version), ("grant", version + 1), ("grant", version - 1)):
        answer = page.evaluate(SIGN, [f"{case}/steps/{step}/passkey", seen])
        form = {"version": str(version), "passkey": answer}
        refused = page.request.post(f"{case}/steps/grant", form=form)
        assert refused.status == 422, (step, seen)
        assert "something else than this step" in refused.text()
    assert history(sample_hall, number) is None

    page.goto(case)
    grant.get_by_role("button").click()
    expect(page.locator(".case-granted")).to_be_visible()
    expect(page.locator(".history li").last).to_contain_text("confirmed with a passkey")
    assert serious_faults(page) == []
    event = history(sample_hall, number)
    page.goto(f"{TOWN}/me")
    page.get_by_role("button", name="Remove").click()
    page.context.close()
    stands_alone(event, number, version, home)


def stands_alone(event: Any, number: str, version: int, home: str) -> None:
    """What history keeps shows by itself that this key signed this step of this case."""
    proof = event.told["passkey"]
    signed = json.loads(base64url_to_bytes(proof["client_data"]))
    challenge = base64url_to_bytes(signed["challenge"])
    act = json.dumps([BODY.code, number, "grant", version, event.person_id])
    assert challenge[NONCE:] == hashlib.sha256(act.encode()).digest()
    credential = {
        "id": proof["credential"],
        "rawId": proof["credential"],
        "type": "public-key",
        "response": {
            "clientDataJSON": proof["client_data"],
            "authenticatorData": proof["authenticator_data"],
            "signature": proof["signature"],
        },
    }
    expected: dict[str, Any] = {
        "expected_challenge": challenge,
        "expected_rp_id": "localhost",
        "expected_origin": home,
        "credential_public_key": base64url_to_bytes(proof["public_key"]),
        "credential_current_sign_count": 0,
        "require_user_verification": True,
    }
    assert verify_authentication_response(credential=credential, **expected).user_verified


@pytest.fixture
def strict(sample_hall: Engine, tmp_path: Path) -> TestClient:
    """A browser at a town hall where decisions are confirmed."""
    return TestClient(create_app(Settings(state=tmp_path, passkey_steps=BOTH), sample_hall))


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "no json", "[" * 5000, json.dumps({"id": "x", "response": {"clientDataJSON": "e30"}}),
     json.dumps({"id": "x", "response": {"clientDataJSON": base64.urlsafe_b64encode(b'{"challenge": "AAAA"}').decode()}})],
)  # fmt: skip
def test_without_a_signature_nothing_is_refused_or_granted(
    strict: TestClient, sample_hall: Engine, answer: str
) -> None:
    with inside(sample_hall, BODY.code) as (session, _):
        number, version = session.execute(
            text(
                "SELECT number, version FROM civic_case WHERE service = 'land_records' AND state = 'checking'"
            )
        ).one()
    officer(strict, "approver")
    form = {"version": str(version), "note": "No deed.", "passkey": answer}
    refused = strict.post(f"{TOWN}/cases/{number}/steps/refuse", data=form)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    with inside(sample_hall, BODY.code) as (session, _):
        stands = session.scalar(text("SELECT state FROM civic_case WHERE number = :n"), {"n": number})
    assert stands == "checking"


def test_a_step_that_needs_no_passkey_is_asked_for_none(strict: TestClient, sample_hall: Engine) -> None:
    with inside(sample_hall, BODY.code) as (session, _):
        number = session.scalar(text("SELECT number FROM civic_case WHERE state = 'checking'"))
    officer(strict, "verifier")
    address = f"{TOWN}/cases/{number}/steps/verify/passkey"
    answer = strict.post(address, json={"version": 2}, headers={"accept": "application/json"})
    assert answer.status_code == 403


def test_the_page_of_a_workflow_names_the_steps_that_are_confirmed(
    strict: TestClient, door: TestClient
) -> None:
    assert strict.get(f"{TOWN}/workflows/land_records?lang=en").text.count("with a passkey") == 2
    assert "with a passkey" not in door.get(f"{TOWN}/workflows/land_records?lang=en").text


@pytest.mark.parametrize(
    "wrong",
    ["land_records.gramt", "land_record.grant", "grant", "land_records.pay", "land_records.lapse", "."],
)
def test_a_step_that_nobody_can_confirm_stops_the_start(wrong: str) -> None:
    with pytest.raises(Invalid, match="no step that a person takes"):
        with_passkeys(SERVICES, [wrong])


def test_without_the_setting_no_step_of_land_records_asks() -> None:
    assert not any(step.passkey for step in SERVICES["land_records"].flow.steps.values())


def test_a_workflow_may_ask_for_a_passkey_where_a_person_acts() -> None:
    file = "  file: {title: {en: File, ml: സമർപ്പിക്കുക}, from: [draft]"
    lapse = "  lapse: {title: {en: Lapse, ml: കാലഹരണം}, from: [draft]"
    guards = frozenset({"papers"})
    asks = workflow(FLOW.replace(file, file.replace("{title", "{passkey: required, title", 1)), guards=guards)
    assert asks.steps["file"].passkey == "required"
    for wrong in (lapse.replace("{title", "{passkey: required, title", 1),
                  lapse.replace("{title", "{passkey: perhaps, title", 1)):  # fmt: skip
        with pytest.raises(Invalid):
            workflow(FLOW.replace(lapse, wrong), guards=guards)
