"""A plan in a file of any kind that is read: told by its first bytes, whatever the file is called.

In: the bytes of one file.  Out: the measured `Drawing`. Raises `Invalid` or `TooLarge` where nothing of the file can be read.
"""

from rules.plans.drawing import Drawing
from rules.plans.measure import measure
from rules.progress import Watch, nobody

STEP = b"ISO-10303-21"
HEADER = 65_536
"""Bytes at the beginning in which a STEP file says what it is."""


def measured_file(content: bytes, *, watch: Watch = nobody) -> Drawing:
    """A DXF drawing or an IFC model, measured."""
    if not is_step(content):
        return measure(content, watch=watch)
    # Only a model pays for what reads models: half a second and 200 MB of libraries.
    from rules.plans.ifc import measure_ifc  # noqa: PLC0415

    return measure_ifc(content, watch=watch)


def is_step(content: bytes) -> bool:
    """Whether the bytes begin as a STEP file does; into such a model no marks can be drawn."""
    return content[:HEADER].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(STEP)


def is_layout(content: bytes) -> bool:
    """Whether the bytes begin as JSON does: then they are a division of land, not a drawing of a building."""
    return content[:HEADER].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
