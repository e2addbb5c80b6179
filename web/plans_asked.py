"""What the pages of plan checks ask, and what they are answered with.

In: nothing.  Out: the protocol `Plans` that the service implements, and the values that it gives.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from fastapi import Request

from gis.errors import Unavailable
from gis.site import Site
from layers.extract.model import Extract
from rules.envelopes.model import Envelope
from rules.progress import Progress


@dataclass(frozen=True, kw_only=True)
class KeptCheck:
    """A plan that was checked: `found` is the content of the JSON document, `svg` the drawing, `marked` the applicant's DXF with marks, empty for a model.

    `ground` is the drawing on the ground as GeoJSON (`web.check_map`), empty where none was kept.
    """

    key: str
    found: dict[str, Any]
    document: bytes
    svg: str
    marked: bytes
    ground: bytes = b""


@dataclass(frozen=True, kw_only=True)
class PlotEnvelope:
    """What a plot can carry, and the plot; or why nothing could be reckoned."""

    envelope: Envelope | None
    site: Site | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class WardPlot(PlotEnvelope):
    """A plot of a ward with what it can carry."""

    number: str


@dataclass(frozen=True, kw_only=True)
class WardName:
    """A ward as people know it, and the reference that names only this one."""

    ref: str
    name: str
    name_ml: str | None


class Plans(Protocol):
    """Where plans are handed in."""

    def check(self, code: str, number: str, content: bytes, *, on: date | None, turn: float | None) -> str:
        """Check a drawing; the key of what was found."""

    def steps(
        self, code: str, number: str, content: bytes, *, on: date | None, turn: float | None
    ) -> Iterator[Progress | str]:
        """Check a drawing, telling how far it is; the last word is the key of what was found."""

    def again(self, code: str, key: str, answers: bytes, *, turn: float | None) -> str:
        """Check a kept drawing again with what persons said (JSON); the key of what was found."""

    def starter(self, code: str, number: str, *, set_back: float | None) -> bytes:
        """A drawing to begin with, with the plot in it and, `set_back` metres inside, an example house if wanted."""

    def envelope(
        self,
        code: str,
        number: str,
        *,
        occupancy: str,
        storey_height: Decimal,
        front: str | None,
        on: date | None,
    ) -> tuple[Envelope, Site]:
        """What a plot can carry, and the plot."""

    def carries(self, extract: Extract, *, occupancy: str, storey_height: Decimal) -> PlotEnvelope:
        """What the plot of an extract can carry by the rules of its day."""

    def wards(self, code: str) -> list[WardName]:
        """The wards of a place as they are today."""

    def of_ward(
        self, code: str, ward: str, *, occupancy: str, storey_height: Decimal, on: date | None, start: int = 0
    ) -> tuple[int, Iterator[WardPlot]]:
        """How many plots a ward has, and what each can carry, from the `start`-th on; `NotFound` names the wards there are."""

    def kept(self, code: str, key: str) -> KeptCheck:
        """What was found; `NotFound` where it is not kept."""


async def plans(request: Request) -> Plans:
    """The desk for plans that the application was built with."""
    found: Plans | None = getattr(request.app.state, "plans", None)
    if found is None:
        raise Unavailable("The pages are not connected to any desk for plans. Start them with `bhumika up`.")
    return found
