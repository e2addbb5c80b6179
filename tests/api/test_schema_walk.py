"""Whoever asks for whatever at any address is answered or refused with a reason; nothing breaks.

`WALK_EXAMPLES=300` asks so often at each address in place of the usual five.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.generation.case import Case
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.schemas import APIOperation, BaseSchema

from tests.api.walked import (
    RAW,
    addresses,
    grounded,
    put_together,
    raw_body,
    signed,
    walkers,
    whole_document,
    with_bodies,
)
from tests.api.walked_town import World, world
from tests.conftest import own_database

EXAMPLES = int(os.environ.get("WALK_EXAMPLES", "5"))
PAGE = {"Accept": "text/html"}
PROGRAMS = ("/api/", "/tiles/")
AS_SAID = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""Status, media type and content of an answer are those of the document."""
Operation = APIOperation[Any, Any, Any, Any]
Answers = list[tuple[Case, Any]]
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""What is asked changes the town, so that the same request fails once only: nothing is to be gained by making it smaller."""


@pytest.fixture(scope="module")
def walk(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A town of its own: what is walked through is changed."""
    with own_database(server) as engine, world(engine, tmp_path_factory.mktemp("walk")) as made:
        yield made


@pytest.fixture(scope="module")
def documented(walk: World) -> BaseSchema:
    """What the service itself says of its addresses."""
    return schemathesis.openapi.from_dict(with_bodies(walk.app.openapi()))


@pytest.fixture(scope="module")
def everything() -> BaseSchema:
    """All addresses, pages too."""
    return schemathesis.openapi.from_dict(whole_document())


@pytest.mark.parametrize(("method", "path"), addresses(documented=True))
def test_a_program_is_answered_as_the_document_says(
    documented: BaseSchema, walk: World, method: str, path: str
) -> None:
    for case, answer in answers(documented[path][method], walk):
        case.validate_response(answer, checks=AS_SAID)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]
            assert len(answer.json()["detail"]) > 5


@pytest.mark.parametrize(("method", "path"), addresses(documented=False))
def test_a_reader_gets_a_page_or_a_reason(
    everything: BaseSchema, walk: World, method: str, path: str
) -> None:
    for _, answer in answers(everything[path][method], walk, headers=PAGE):
        asked = urlsplit(answer.request.url)
        is_for_reader = not asked.path.startswith(PROGRAMS) and "%00" not in asked.query and method != "HEAD"
        if answer.status_code >= 400 and is_for_reader:
            assert answer.headers["content-type"][0].startswith("text/html"), asked


def answers(operation: Operation, walk: World, headers: Mapping[str, str] | None = None) -> Answers:
    """What came back for requests of all kinds of people; an error of the service is raised here."""
    client = get_client(walk.app)
    walk.sign_in()
    found: Answers = []
    fitting = walk.fitting(operation.path)
    people = walkers(operation.method.upper(), operation.path)

    @BOUNDED
    @given(drawn=requests_to(operation), who=people, more=st.data())
    def ask(drawn: Case, who: str, more: Any) -> None:
        case = grounded(drawn, more.draw, walk.stands)
        if fitting and more.draw(st.booleans()):
            chosen = more.draw(st.sampled_from(fitting))
            put_together(case, chosen)
            who = chosen.get("who", who)
        body = raw_body(case, more.draw, walk.stands) if case.media_type == RAW else None
        answer = sent(case, client, walk, who, dict(headers or {}), body)
        assert answer.status_code != 500, (who, case.as_curl_command())
        found.append((case, answer))

    ask()
    return found


def requests_to(operation: Operation) -> st.SearchStrategy[Case]:
    """Requests as the document wants them, and others."""
    modes = [GenerationMode.POSITIVE]
    if operation.body or any(True for _ in operation.iter_parameters()):
        modes += [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    return st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))


def sent(
    case: Case, client: ASGIClient, walk: World, who: str, headers: dict[str, str], body: bytes | None
) -> Any:
    """The answer to a request of somebody; nothing of the one before is remembered."""
    client.cookies.clear()
    more: dict[str, Any] = {}
    if body is not None:
        more["data"] = body
        headers |= signed(case.operation.path, body, walk.stands)
        if case.operation.path.endswith("/api/{code}/check"):
            headers["Content-Type"] = "image/vnd.dxf"
    return case.call(
        session=client,
        base_url="http://testserver",
        headers=headers,
        cookies=walk.cookies.get(who, {}),
        allow_redirects=False,
        app=walk.app,
        **more,
    )
