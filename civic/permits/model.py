"""What is asked for, as values: kinds of permits, which need a drawing, which follow a permit; what happens as events.

In: the fields of a form.  Out: a frozen `Asked`, checked by itself; whether plot and licensee allow it is `civic.permits.filing`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from civic.core.bodies import LocalBody
from civic.core.case import Case
from gis.errors import Conflict, Invalid, NotFound
from gis.parcels.ids import normal_number

SERVICE_NAME = "permits"
LONGEST = 2000
WALL_LENGTH = "wall_length"
"""The field of the form that tells how many metres of wall are asked for."""
LEAST_WALL, LONGEST_WALL = Decimal("0.01"), Decimal(100_000)
"""Metres of wall that a form may tell."""
PLAN = "plan"
"""The kind of the document that is the drawing."""


class Kind(StrEnum):
    """What can be asked for."""

    NEW = "new"
    ADDITION = "addition"
    CHANGE_OF_USE = "change_of_use"
    DEMOLITION = "demolition"
    LAYOUT = "layout"
    WELL = "well"
    COMPOUND_WALL = "compound_wall"
    RENEWAL = "renewal"
    EXTENSION = "extension"
    TRANSFER = "transfer"
    REVISION = "revision"
    REGULARISATION = "regularisation"
    PLINTH = "plinth"
    OCCUPANCY = "occupancy"


FOLLOWING = frozenset(
    {Kind.RENEWAL, Kind.EXTENSION, Kind.TRANSFER, Kind.REVISION, Kind.PLINTH, Kind.OCCUPANCY}
)
"""Kinds that follow a permit, which they name."""
UNDRAWN = frozenset({Kind.RENEWAL, Kind.EXTENSION, Kind.TRANSFER, Kind.PLINTH})
"""Kinds that bring no drawing of their own: the permit's holds."""
DEPENDENT = FOLLOWING - {Kind.REVISION}
"""Kinds whose paper stands on the permit that it follows, which is named itself; a revised permit takes its place."""
CERTIFIABLE = frozenset({Kind.NEW, Kind.ADDITION})
"""Kinds for which a licensee's certificate can take the place of an officer's decision."""


class NoSuchPermit(NotFound):
    """No permit has this number here."""

    code = "no-permit"


class CheckMissing(Conflict):
    """Nothing was checked yet."""

    code = "no-check-yet"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An application: of what kind, on which plot, for what; `of_permit` only for what follows a permit."""

    kind: Kind
    number: str
    title: str
    of_permit: str | None = None
    more: Mapping[str, Any]
    """What the form said beside: days of a transfer, the new holder, words."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A permit was issued: what every listener is told, in the same transaction."""

    body: LocalBody
    case: Case
    number: str
    kind: Kind
    route: str
    on: date
    now: datetime


def wall_length(text: str) -> Decimal | None:
    """Metres of a wall as a form tells them, to a centimetre; None for what is no length."""
    try:
        length = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not length.is_finite() or not LEAST_WALL <= length <= LONGEST_WALL:
        return None
    return length.quantize(LEAST_WALL)


def asked_from(form: Mapping[str, str]) -> Asked:
    """An application from the fields of a form; `Invalid` names what is missing."""
    kind = form.get("kind", "")
    if kind not in set(Kind):
        raise Invalid("Say what you apply for.", code="field-missing")
    of_permit = form.get("of_permit", "").strip() or None
    if (Kind(kind) in FOLLOWING) != (of_permit is not None):
        raise Invalid("Name the permit that this follows, and only then.", code="field-missing")
    title = " ".join(form.get("title", "").split())
    if not title or len(title) > 300:
        raise Invalid("Say in a line what is to be built or done.", code="field-missing")
    if kind == Kind.COMPOUND_WALL and wall_length(form.get(WALL_LENGTH, "")) is None:
        raise Invalid(
            "Tell the length of the wall in metres, more than nothing, such as 24.5.", code="wall-length"
        )
    return Asked(
        kind=Kind(kind),
        number=normal_number(form.get("number", "")),
        title=title,
        of_permit=of_permit,
        more={
            name: form[name].strip()[:LONGEST]
            for name in ("new_holder", "transferred", "words", WALL_LENGTH)
            if form.get(name)
        },
    )
