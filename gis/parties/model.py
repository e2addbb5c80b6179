"""Parties and rights as values (LADM LA_Party, LA_RRR, LA_AdministrativeSource).  All of it is private by default.

In: values read by `queries`, or to be recorded by `changes`.  Out: frozen dataclasses.  Shares are exact fractions.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from gis.errors import Conflict, NotFound
from gis.parcels.model import Recorded, Span

WHOLE = Fraction(1)


class PartyNotFound(NotFound):
    """No party has this identifier in the place."""


class RightNotFound(NotFound):
    """No right has this identifier, or it does not hold then."""


class SharesNotWhole(Conflict):
    """The shares of the owners do not add up to exactly 1."""


class PartyKind(StrEnum):
    """Who can hold a right."""

    PERSON = "person"
    GROUP = "group"
    """Several who hold as one: a joint family, the heirs of an estate."""
    BODY = "body"
    """A company, society, trust or religious institution."""
    STATE = "state"
    """Government, local bodies, public undertakings."""


class RightKind(StrEnum):
    """What can be held on a parcel."""

    OWNERSHIP = "ownership"
    LEASE = "lease"
    TENANCY = "tenancy"
    USUFRUCT = "usufruct"
    EASEMENT = "easement"
    MORTGAGE = "mortgage"
    CHARGE = "charge"


class Source(StrEnum):
    """How well a right is known."""

    DECLARED = "declared"
    """Said by an applicant; nobody has looked."""
    REGISTER = "register"
    """Copied from a register of land or of deeds."""
    VERIFIED = "verified"
    """Compared with its instrument by an officer."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Someone who can hold rights, under the name of a day."""

    id: int
    jurisdiction: str
    kind: PartyKind
    name: str
    named: Span


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """What a right rests on: its title (deed, decree, order, with its number) and its own date."""

    title: str
    dated: date


@dataclass(frozen=True, kw_only=True)
class Share:
    """A party's part of the ownership of a parcel, to be recorded."""

    party: int
    part: Fraction


@dataclass(frozen=True, kw_only=True)
class NewRight:
    """A right beside ownership, to be recorded; `part` where it is held by several."""

    kind: RightKind
    party: int
    part: Fraction = WHOLE
    terms: str | None = None


@dataclass(frozen=True, kw_only=True)
class Right:
    """One state of one right on one parcel."""

    id: int
    jurisdiction: str
    number: str
    kind: RightKind
    party: Party
    part: Fraction
    source: Source
    terms: str | None
    begun_by: Instrument
    ended_by: Instrument | None
    valid: Span
    recorded: Recorded
