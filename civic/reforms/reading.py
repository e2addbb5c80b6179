"""A reform as it is sent with a form: its text or its file, and the file of a shape that it names.

In: what was written, what was chosen.  Out: the text and the `Reform` with its shapes; `Invalid` names what is wrong.  No file of this machine
is ever read: a zone's file is the one that was sent, and no other.
"""

import orjson
from pydantic import ValidationError

from gis.errors import Invalid
from rules.redrawing import Zone
from rules.reform import Reform, reform

LARGEST_SHAPE = 5_000_000
"""Bytes of the file of a shape."""
MOST_BY_FILE = 5
"""Zones that a sent file is laid into."""
Sent = tuple[str, bytes]
"""The name and the bytes of a file."""


def reform_sent(text: str, file: Sent | None, shape: Sent | None) -> tuple[str, Reform]:
    """The text of a reform and what it means: the file where one was chosen, else what was written."""
    if file is not None:
        if text.strip():
            raise Invalid("Give the text or the file of a reform, not both.", code="bad-reform")
        try:
            text = file[1].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid(f"{file[0][:60]}: is not a text in UTF-8.", code="bad-reform") from error
    if not text.strip():
        raise Invalid("Write the reform, or choose its file.", code="bad-reform")
    return text, with_shape(reform(text), shape)


def with_shape(change: Reform, shape: Sent | None) -> Reform:
    """The reform with the shape of every zone that names a file."""
    named = [zone.file for zone in change.zones if zone.file is not None]
    if shape is None and not named:
        return change
    if shape is None:
        raise Invalid(f"The reform names the file {named[0]}; choose it below the text.", code="bad-reform")
    astray = [each for each in named if each != shape[0]]
    if astray or not named:
        meant = astray[0] if astray else "no file"
        raise Invalid(f"The reform names {meant}, and {shape[0][:60]} was sent.", code="bad-reform")
    if len(named) > MOST_BY_FILE:
        raise Invalid(f"At most {MOST_BY_FILE} zones of a reform name a file.", code="bad-reform")
    zones = [
        zone if zone.file is None else zone_drawn(number, zone, shape)
        for number, zone in enumerate(change.zones, start=1)
    ]
    return change.model_copy(update={"zones": tuple(zones)})


def zone_drawn(number: int, zone: Zone, file: Sent) -> Zone:
    """A zone with the shape of a GeoJSON file in place of its name."""
    name, content = file
    if len(content) > LARGEST_SHAPE:
        raise Invalid(
            f"Zone {number}: {name} has more than {LARGEST_SHAPE // 1_000_000} MB; simplify it.",
            code="bad-reform",
        )
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            f"Zone {number}: {name} is not GeoJSON ({error}); write it as GeoJSON in degrees.",
            code="bad-reform",
        ) from error
    try:
        return Zone.model_validate({**zone.model_dump(exclude={"file"}), "shape": told})
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise Invalid(f"Zone {number}: {name} {said}.", code="bad-reform") from error
