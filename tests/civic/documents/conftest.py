"""A case to which papers are sent, and files to send.

In: the town of the tests.  Out: `store` (a folder of the test), `case`, `applicant`; `a_pdf` and its like.
"""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from civic.core.case import Case
from civic.core.documents.announcing import Announced
from civic.core.documents.store import Store, folder_store
from civic.core.documents.uploads import Upload, Version, add_part, begin_upload, finish
from civic.core.people import Actor
from civic.core.steps import open_case
from tests.civic.builders import NOW, a_desk, an_actor

LARGEST = 50_000_000


def a_pdf(size: int = 3000, mark: bytes = b"") -> bytes:
    """Something that begins as a PDF does."""
    return (b"%PDF-1.7\n" + mark).ljust(size, b"x")


def announced(case: Case, person_id: int, data: bytes, **other: object) -> Announced:
    """A file announced, with its checksum."""
    described: dict[str, object] = {
        "kind": "deed",
        "title": "Deed 12/1999",
        "name": "deed.pdf",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return Announced(case_id=case.id, person_id=person_id, **{**described, **other})  # type: ignore[arg-type]


def send(
    session: Session,
    body: LocalBody,
    store: Store,
    case: Case,
    who: Actor,
    data: bytes,
    part: int = 1000,
    **other: object,
) -> Version:
    """A file sent in parts, from beginning to end."""
    me = who.person.id
    upload = begin_upload(session, body, announced(case, me, data, **other), largest=LARGEST, now=NOW)
    for starts in range(0, len(data), part):
        piece = data[starts : starts + part]
        add_part(session, store, upload.id, piece, starts=starts, person_id=me, now=NOW)
    return finish(session, store, upload.id, person_id=me, now=NOW)


def begun(session: Session, body: LocalBody, case: Case, who: Actor, data: bytes, **other: object) -> Upload:
    """An upload of which nothing has arrived."""
    file = announced(case, who.person.id, data, **other)
    return begin_upload(session, body, file, largest=LARGEST, now=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a folder."""
    return folder_store(tmp_path / "documents")


@pytest.fixture
def applicant(town: Session, body: LocalBody) -> Actor:
    """Somebody with a case."""
    return an_actor(town, body)


@pytest.fixture
def case(town: Session, body: LocalBody, applicant: Actor) -> Case:
    """A case without papers."""
    return open_case(a_desk(town, body), parcels=["12/104"], actor=applicant, told={})


@pytest.fixture
def kept_case(service_engine: Engine, own_body: LocalBody) -> tuple[Case, Actor]:
    """A case that is committed, for what works in transactions of its own."""
    with inside(service_engine, own_body.code) as (session, body):
        who = an_actor(session, body)
        made = open_case(a_desk(session, body), parcels=["12/104"], actor=who, told={})
    return made, who
