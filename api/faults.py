"""What was wrong with a request, in plain words: what, why, and what is wanted instead.

In: the faults that the framework found, and the route that they were found for.  Out: one sentence for the reader.
"""

from collections.abc import Sequence

from fastapi.dependencies.models import Dependant

from layers import faults
from layers.faults import DATE, Fault, fields_at

MOST = 3
"""Faults that are told one by one: a drawn area may have thousands of one kind."""
AREA = '; send {"area": {"type": "Polygon", "coordinates": [[[longitude, latitude], …]]}}'
POSITION = "; write longitude,latitude such as 76.2144,10.5276"


def told(found: Sequence[Fault], route: Dependant | None) -> str:
    """All faults in one sentence, the first few by name."""
    sentences = list(dict.fromkeys(_told(fault, route) for fault in found[:MOST]))
    more = f"; and {len(found) - MOST} more like these" if len(found) > MOST else ""
    return f"The request was not understood: {'; '.join(sentences)}{more}."


def code_of(found: Sequence[Fault]) -> str:
    """The stable code of what was wrong: that of a date where only dates were wrong."""
    kinds = {str(fault["type"]) for fault in found}
    is_date = all(kind.startswith(("date_", "datetime_")) for kind in kinds)
    return "bad-date" if is_date else "not-understood"


def example_for(route: Dependant | None) -> str:
    """What to send where a drawn area is wanted; nothing elsewhere."""
    return AREA if "area" in fields_at(_body(route), ()) else ""


def _told(fault: Fault, route: Dependant | None) -> str:
    kind, (part, *path) = str(fault["type"]), fault["loc"]
    if kind == "json_invalid":
        place = f"at character {path[0]}" if path else "somewhere"
        return f"the body is not JSON ({place}: {fault['ctx']['error'].lower()}){example_for(route)}"
    if not path and part == "body":
        return f"the body must be a JSON object, sent as application/json{example_for(route)}"
    said = faults.told(fault, path, _body(route), name=f"“{_name(path)}”")
    return said + (_hint(path, route) if kind == "missing" else "")


def _hint(path: Sequence[str | int], route: Dependant | None) -> str:
    if path[-1] in ("on", "on2"):
        return f"; {DATE}"
    if path[-1] == "at":
        return POSITION
    return example_for(route) if path[-1] == "area" else "; give it"


def _name(path: Sequence[str | int]) -> str:
    """`area.coordinates[0][2]`."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return name.removeprefix(".")


def _body(route: Dependant | None) -> object:
    return route.body_params[0].field_info.annotation if route and route.body_params else None
