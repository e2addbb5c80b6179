"""Staff sign in through an identity provider; whom it does not vouch for, or nobody posted, stays out."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import Engine

from api.app import create_app
from api.sample_town import BODY
from api.settings import Settings
from civic.core.oidc import NotVouchedFor, Trip
from civic.core.oidc import Provider as Ours
from gis.errors import Invalid

TOWN = f"/town/{BODY.code}"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Provider:
    """A provider on this machine: what it will say next."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    challenge: str = ""
    key: RSAKey = field(default_factory=lambda: KEY)
    seen: list[dict[str, list[str]]] = field(default_factory=list)
    hangs_up: bool = False


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    here = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("openid-configuration"):
                self.say(
                    {
                        "issuer": here.issuer,
                        "authorization_endpoint": f"{here.issuer}/authorize",
                        "token_endpoint": f"{here.issuer}/token",
                        "jwks_uri": f"{here.issuer}/keys",
                    }
                )
            else:
                self.say(KeySet([KEY]).as_dict(private=False))

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            here.seen.append(asked)
            if here.hangs_up:
                self.close_connection = True
                return
            claims = {
                "iss": here.issuer,
                "aud": "town",
                "exp": int(time.time()) + 60,
                "nonce": here.nonce,
                "email": "approver@office.example",
                "email_verified": True,
            } | here.claims
            token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, here.key)
            self.say({"access_token": "x", "token_type": "Bearer", "id_token": token})

        def say(self, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    here.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(sample_hall: Engine, provider: Provider, tmp_path: Path) -> TestClient:
    provider.claims, provider.key, provider.hangs_up = {}, KEY, False
    settings = Settings(
        state=tmp_path,
        oidc_issuer=provider.issuer,
        oidc_client="town",
        oidc_secret="a secret",
        public_url="http://testserver",
    )
    return TestClient(create_app(settings, sample_hall), raise_server_exceptions=False)


def trip(office: TestClient, provider: Provider, **changes: str) -> Any:
    """To the provider and back."""
    gone = office.get(f"{TOWN}/sign-in/oidc?next={TOWN}/inbox", follow_redirects=False)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(gone.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://testserver{TOWN}/sign-in/oidc/return"
    provider.nonce = asked["nonce"]
    back = {"code": "given", "state": asked["state"]} | changes
    return office.get(f"{TOWN}/sign-in/oidc/return", params=back, follow_redirects=False)


def test_whom_the_provider_vouches_for_is_signed_in_with_the_roles_of_the_posting(
    office: TestClient, provider: Provider
) -> None:
    answer = trip(office, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{TOWN}/inbox")
    assert office.get(f"{TOWN}/inbox").status_code == 200
    assert provider.seen[-1]["code_verifier"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@elsewhere.example"},
        {"email": "ammini@citizen.example"},
        {"email_verified": False},
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
    ],
)
def test_what_the_provider_does_not_vouch_for_stays_out(
    office: TestClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert trip(office, provider).status_code == 403
    assert office.get(f"{TOWN}/inbox").status_code == 401


def test_a_token_signed_by_another_key_stays_out(office: TestClient, provider: Provider) -> None:
    provider.key = OTHER
    assert trip(office, provider).status_code == 403


def test_a_trip_that_was_begun_elsewhere_stays_out(office: TestClient, provider: Provider) -> None:
    assert trip(office, provider, state="another").status_code == 403
    stranger = TestClient(office.app, raise_server_exceptions=False)
    assert stranger.get(f"{TOWN}/sign-in/oidc/return?code=x&state=y").status_code == 403
    stranger.cookies.set("oidc-trip", "e30=.0000")
    assert stranger.get(f"{TOWN}/sign-in/oidc/return?code=x&state=y").status_code == 403


def test_a_trip_lasts_ten_minutes() -> None:
    begun = datetime(2026, 11, 22, tzinfo=UTC)
    ours = Ours(issuer="https://id.example.org", client="a", secret="b")
    trip_cookie = ours.pack(Trip(state="s", nonce="n", verifier="v", next="", begun=int(begun.timestamp())))
    assert ours.unpack(trip_cookie, now=begun + timedelta(seconds=600)).nonce == "n"
    with pytest.raises(NotVouchedFor, match="too long"):
        ours.unpack(trip_cookie, now=begun + timedelta(seconds=601))


def test_who_is_refused_by_the_provider_is_told(office: TestClient, provider: Provider) -> None:
    assert trip(office, provider, error="access_denied").status_code == 403


def test_a_provider_that_hangs_up_is_told_and_nobody_is_signed_in(
    office: TestClient, provider: Provider
) -> None:
    provider.hangs_up = True
    assert trip(office, provider).status_code == 403
    assert office.get(f"{TOWN}/inbox").status_code == 401


def test_without_a_provider_there_is_no_such_door(door: TestClient) -> None:
    assert door.get(f"{TOWN}/sign-in/oidc").status_code == 404


def test_half_a_setting_is_refused_at_start(sample_hall: Engine) -> None:
    with pytest.raises(Invalid, match="OIDC_CLIENT"):
        create_app(Settings(oidc_issuer="https://id.example.org"), sample_hall)
    with pytest.raises(Invalid, match="https"):
        create_app(
            Settings(oidc_issuer="http://id.example.org", oidc_client="a", oidc_secret="b"), sample_hall
        )
