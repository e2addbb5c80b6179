"""A town hall behind its doors, for tests that come in through HTTP.

In: a database of the run and a body of the test's own.  Out: `Hall`: a client for each person, and the database behind it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.app import create_app
from api.settings import Settings
from civic.core.bodies import LocalBody, inside
from civic.core.http import cookie_of
from civic.core.people import Actor
from civic.core.sign_in import begin
from tests.civic.builders import an_actor

BROWSER = {"accept": "text/html", "accept-language": "en"}


@dataclass(frozen=True, kw_only=True)
class Hall:
    """A body's town hall."""

    app: FastAPI
    engine: Engine
    body: LocalBody

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"/town/{self.body.code}"

    @contextmanager
    def inside(self) -> Iterator[Session]:
        """A transaction behind the doors."""
        with inside(self.engine, self.body.code) as (session, _):
            yield session

    def person(self, *roles: str) -> Actor:
        """Somebody new."""
        with self.inside() as session:
            return an_actor(session, self.body, *roles)

    def client(self, who: Actor | None = None) -> TestClient:
        """A browser, signed in as somebody or as nobody."""
        client = TestClient(self.app, headers=BROWSER, follow_redirects=False)
        if who is not None:
            now = datetime.now(UTC)
            with self.inside() as session:
                made = begin(
                    session, self.body, who.person, way="code", browser="test", today=now.date(), now=now
                )
            client.cookies.set(cookie_of(self.body.code), made.secret)
        return client


def a_hall(engine: Engine, body: LocalBody, state: Path, **settings: object) -> Hall:
    """The town hall of a body over a database."""
    app = create_app(Settings(state=state, **settings), engine)  # type: ignore[arg-type]
    return Hall(app=app, engine=engine, body=body)
