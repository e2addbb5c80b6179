"""What the service's OpenAPI document says of answers that are no plain JSON: other media types, and refusals.

In: media types and statuses.  Out: the `responses` of a route or of the whole application, as FastAPI takes them.
"""

from typing import Any

Told = dict[int | str, dict[str, Any]]
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "description": "Stable, and finer than the status."},
        "detail": {"type": "string", "description": "What, why, and what to do."},
        "successors": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Plots on the land of one that is no more.",
        },
    },
}
"""An error as programs read it (RFC 9457)."""
REFUSALS: Told = {
    status: {"description": said, "content": {"application/problem+json": {"schema": PROBLEM}}}
    for status, said in (("4XX", "Refused, with the reason"), ("503", "Something needed is away"))
}
"""Of every route."""


def sent_as(*media: str, also: int | None = None, said: str = "") -> Told:
    """Answers of these media types; `also` is a status without a body that means no fault."""
    told: Told = {200: {"content": {each: {} for each in media}}}
    return told | ({also: {"description": said}} if also else {})
