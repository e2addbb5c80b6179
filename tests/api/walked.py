"""Every address of the service as schemathesis asks for it, by strangers, citizens and every officer.

In: the routers of the service.  Out: one OpenAPI document of all of them, pages too, and requests drawn from it.

A drawn request is grounded: most of its names and numbers are exchanged for such as exist, so that a walk comes past the first
"not found"; the others stay as strange as they were drawn.
"""

import copy
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from hypothesis import strategies as st
from schemathesis.generation.case import Case

from api.app import ROUTERS
from civic.core.workflow import STAFF

WHO = ("stranger", "citizen", *STAFF)
"""Who walks; a stranger is not signed in."""
FORM = "application/x-www-form-urlencoded"
RAW = "application/octet-stream"
ENCODED = {FORM, "multipart/form-data", "application/json"}
WORDS = {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 3}
FORMS = {
    "/steps/{step}": ("version", "note", "line_from", "line_to", "numbers", "boundaries", "name", "owner"),
    "/notes": ("note", "seen_by"),
    "/tasks/{task}": ("answer", "note"),
    "/land-records/new": (
        "kind", "number", "deed", "why", "parts", "area", "unit", "land_type", "others", "name", "old_name",
    ),
    "/permits/{number}/owners": ("owner_name", "owner_address", "leaves"),
    "/permits/{number}/appeal": ("reference", "lodged", "mark"),
    "/permits/authorities": ("authority", "person"),
    "/objections/new": ("number", "theme", "why", "evidence", "sketch"),
    "/erase": ("sure",),
    "/return": ("razorpay_order_id", "razorpay_payment_id", "razorpay_signature"),
    "/trial-gateway/pay": ("order_id", "outcome", "callback_url"),
    "/check/{key}/answers": ("turn", "means-a", "stance-a", "part-a"),
}  # fmt: skip
"""The fields of forms that a route reads by itself, by how its address ends."""
ENDS = ("/erase", "/end", "/sign-out", "/remove", "/stop")
LEFT_OUT = 8
"""In 20 words of a query that need not be there."""


def routes() -> Iterator[APIRoute]:
    """Every route of every door."""
    waiting: list[Any] = list(ROUTERS)
    while waiting:
        for route in waiting.pop(0).routes:
            if isinstance(route, APIRoute):
                yield route
            elif inner := getattr(route, "original_router", None):
                waiting.append(inner)


def addresses(*, documented: bool) -> list[tuple[str, str]]:
    """Method and address of all routes that the service's own document names, or of all others; what ends rights comes last."""
    found = {
        (method, route.path_format)
        for route in routes()
        if route.include_in_schema == documented
        for method in route.methods
    }
    return sorted(found, key=lambda each: (each[0] == "DELETE", each[1].endswith(ENDS), *each[::-1]))


def whole_document() -> dict[str, Any]:
    """OpenAPI of all routes, those too that the service's own document leaves out."""
    shown = []
    for route in routes():
        one = copy.copy(route)
        one.include_in_schema = True
        shown.append(one)
    return with_bodies(get_openapi(title="Every address", version="1", routes=shown))


def with_bodies(document: dict[str, Any]) -> dict[str, Any]:
    """A document in which a route that reads by itself is sent a form of any words, or bytes."""
    for operations in document["paths"].values():
        for method in operations.keys() & {"post", "patch", "put"}:
            usual = {"content": {FORM: {"schema": WORDS}, RAW: {}}}
            content = operations[method].setdefault("requestBody", usual)["content"]
            for media in content.keys() - ENCODED:
                del content[media]
                content[RAW] = {"schema": {"type": "string", "format": "binary"}}
    return document


def whose(dependant: Dependant) -> frozenset[str]:
    """Whom a route is for, as its guard declares."""
    own = frozenset(getattr(dependant.call, "whose", ()))
    return own.union(*(whose(inner) for inner in dependant.dependencies))


def walkers(method: str, path: str) -> st.SearchStrategy[str]:
    """Anyone, and twice as often somebody whom the route is for."""
    named = {
        name
        for route in routes()
        if route.path_format == path and method in route.methods
        for name in whose(route.dependant)
    }
    welcome = [who for who in WHO[1:] if who in named or named & {"signed_in", "applicant"}]
    welcome += STAFF if "staff" in named else ()
    return st.one_of(*[st.sampled_from(some) for some in (WHO, welcome, welcome) if some])


STRANGE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    (
        "", "\x00", "²", "-1", "1e999", "NaN", "9" * 40, "\u202e", "a" * 5000, "<b>", "2026-02-30", "0001-01-01",
        "9999-12-31", "[" * 500, "{}", "null", "..%2f", "%00", "٣", "\ufeff1", " 1 ", "1_0", "0x1", "+1", "--",
    )
)  # fmt: skip
"""What somebody with bad will or a broken program writes."""
NAMED = (
    "event", "payload", "payment", "entity", "id", "order_id", "amount", "status", "refund", "notes", "created_at",
    "entry", "changes", "value", "statuses", "errors", "biz_opaque_callback_data", "response", "clientDataJSON",
    "challenge", "rawId", "type", "coordinates",
)  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(NAMED) | st.text(max_size=6), inner, max_size=4),
    ),
    max_leaves=12,
)
"""What a gateway, a carrier or a device could send, and what none would."""


def grounded(case: Case, draw: Any, stands: Mapping[str, list[Any]]) -> Case:
    """The request with most of its words exchanged for such as stand, and a few for strange ones or for none."""
    path, words = case.operation.path, case.operation.query
    if case.media_type == FORM and isinstance(case.body, dict):
        fields = [name for end, names in FORMS.items() if path.endswith(end) for name in names]
        case.body = dict.fromkeys(fields, "words") | case.body
    for word in words:
        case.query.setdefault(word.name, "")
    needed = {word.name for word in words if word.is_required}
    for part in (case.path_parameters, case.query, case.headers, case.body):
        for name in list(part) if isinstance(part, MutableMapping) else ():
            lot, usual = draw(st.integers(0, 19)), likely(stands, path, name)
            is_free = part is case.query or part is case.body  # what stands elsewhere must have its form
            if (part is case.query and name not in needed and lot < LEFT_OUT) or (is_free and lot == 19):
                del part[name]
            elif usual and lot < 18:
                part[name] = draw(st.sampled_from(usual))
            elif is_free and lot == 18:
                part[name] = draw(STRANGE)
    return case


def put_together(case: Case, fitting: Mapping[str, Any]) -> None:
    """Exchange what belongs together at once: a step that can be taken, of a case that stands so."""
    for name, value in fitting.items():
        if name in case.path_parameters:
            case.path_parameters[name] = value
        elif isinstance(case.body, dict) and name != "who":
            case.body[name] = value


def likely(stands: Mapping[str, list[Any]], path: str, name: str) -> list[Any]:
    """What stands for a name: a number below /cases or /permits is one of a case, elsewhere one of a plot."""
    is_of_case = any(part in path for part in ("/cases/", "/permits/", "/check/"))
    of_case = stands.get(f"{name} of cases") if is_of_case else None
    return of_case or stands.get(name) or []


def raw_body(case: Case, draw: Any, stands: Mapping[str, list[Any]]) -> bytes:
    """What is sent where a route reads bytes: a drawing, JSON, anything."""
    texts = ANY_JSON.map(lambda value: json.dumps(value).encode())
    files = st.sampled_from(stands["drawing"]) if case.operation.path.endswith("/check") else texts
    sent: bytes = draw(st.one_of(files, texts, st.binary(max_size=40)))
    return sent


def signed(path: str, sent: bytes, stands: Mapping[str, list[Any]]) -> dict[str, str]:
    """The signature that a gateway or a carrier would put under its bytes."""

    def mark(name: str) -> str:
        return hmac.new(stands[name][0].encode(), sent, hashlib.sha256).hexdigest()

    if path.endswith("/money/events"):
        return {"x-razorpay-signature": mark("webhook secret")}
    if path == "/api/messages/sms":
        return {"x-signature-256": f"sha256={mark('sms secret')}"}
    if path == "/api/messages/whatsapp":
        return {"x-hub-signature-256": f"sha256={mark('whatsapp secret')}"}
    return {}
