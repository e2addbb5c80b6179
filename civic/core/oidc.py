"""Signing staff in through an identity provider (OpenID Connect, authorization code with PKCE).

In: the provider's issuer and our client, from settings.  Out: the address that a browser is sent to, with a `Trip` to be kept
meanwhile; from the code that comes back, the e-mail address that the provider vouches for.

What is trusted: the provider's certificate, the signature of its ID token by one of its published keys, and in the token the
issuer, our client, the nonce of this trip, the time, and that the e-mail address was verified.  The address must be that of
somebody who is posted: a provider vouches for persons, the local body for their roles.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from gis.errors import Invalid, NotAllowed, Unavailable

WAIT = 10.0
"""Seconds that a provider may take for an answer."""
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
LONGEST_TRIP = 600
"""Seconds between going to the provider and coming back."""


class NotVouchedFor(NotAllowed):
    """The provider does not vouch for this sign-in."""

    code = "not-vouched"


@dataclass(frozen=True, kw_only=True)
class Trip:
    """What is kept in the browser while it is at the provider."""

    state: str
    nonce: str
    verifier: str
    next: str
    begun: int


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An identity provider and our client there."""

    issuer: str
    client: str
    secret: str

    def go(self, back: str, *, next: str, now: datetime) -> tuple[str, Trip]:
        """Where the browser goes, and what it keeps."""
        trip = Trip(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            next=next,
            begun=int(now.timestamp()),
        )
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._known["authorization_endpoint"],
                state=trip.state,
                nonce=trip.nonce,
                code_verifier=trip.verifier,
            )
        return str(address), trip

    def come_back(self, query: Mapping[str, str], trip: Trip, back: str) -> str:
        """The e-mail address that the provider vouches for."""
        if not hmac.compare_digest(query.get("state", "").encode(), trip.state.encode()):
            raise NotVouchedFor("This sign-in was not begun in this browser; begin again.")
        if "error" in query or not query.get("code"):
            raise NotVouchedFor("The identity provider did not sign you in; begin again, or use a code.")
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    self._known["token_endpoint"], code=query["code"], code_verifier=trip.verifier
                )
        except (OAuthError, httpx2.HTTPError) as error:
            raise NotVouchedFor("The identity provider did not confirm the sign-in; begin again.") from error
        return self._address(str(token.get("id_token", "")), trip)

    def pack(self, trip: Trip) -> str:
        """A trip as a cookie that nobody can make or change but us."""
        plain = base64.urlsafe_b64encode(json.dumps(asdict(trip)).encode()).decode()
        return f"{plain}.{self._mark(plain)}"

    def unpack(self, cookie: str, *, now: datetime) -> Trip:
        """The trip of a cookie; `NotVouchedFor` where it is none of ours or too old."""
        plain, _, mark = cookie.partition(".")
        if not plain or not hmac.compare_digest(mark.encode(), self._mark(plain).encode()):
            raise NotVouchedFor("This sign-in was not begun in this browser; begin again.")
        trip = Trip(**json.loads(base64.urlsafe_b64decode(plain)))
        if not 0 <= now.timestamp() - trip.begun <= LONGEST_TRIP:
            raise NotVouchedFor("The sign-in took too long; begin again.")
        return trip

    def _mark(self, plain: str) -> str:
        return hmac.new(self.secret.encode(), plain.encode(), hashlib.sha256).hexdigest()

    def _client(self, back: str) -> Any:
        return OAuth2Client(
            self.client,
            self.secret,
            scope="openid email",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=WAIT,
        )

    @cached_property
    def _known(self) -> dict[str, Any]:
        """The provider's own description of itself."""
        found = _read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise Unavailable(f"The identity provider calls itself {found.get('issuer')}, not {self.issuer}.")
        return found

    def _address(self, token: str, trip: Trip) -> str:
        claims = JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client},
            exp={"essential": True},
            nonce={"essential": True, "value": trip.nonce},
            email={"essential": True},
            email_verified={"essential": True, "value": True},
        )
        keys = KeySet.import_key_set(_read(self._known["jwks_uri"]))  # type: ignore[arg-type]
        try:
            found = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            claims.validate(found)
        except (JoseError, ValueError) as error:
            raise NotVouchedFor("The identity provider's word could not be verified; begin again.") from error
        return str(found["email"])


def _read(address: str) -> dict[str, Any]:
    try:
        answer = httpx2.get(address, timeout=WAIT)
        answer.raise_for_status()
        found = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise Unavailable("The identity provider does not answer; use a code, or try again later.") from error
    if not isinstance(found, dict):
        raise Invalid("The identity provider's answer is not understood.")
    return found
