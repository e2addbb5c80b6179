"""Permits of the public register as programs read them.

In: values of the register.  Out: JSON of an answer, whose schema has no place for a person.
"""

from dataclasses import asdict
from datetime import date

from pydantic import BaseModel

from civic.permits.refusals import Refusal
from civic.permits.register import Line, Permit


class PermitLineOut(BaseModel):
    """A permit in a list."""

    number: str
    plots: list[str]
    kind: str
    route: str
    applied: date
    issued: date
    until: date | None
    """Its last day; null for what does not end."""
    state: str
    """in_force, ended, revoked or replaced, today."""
    case: str
    follows: str | None
    revoked: date | None
    replaced: date | None
    replaced_by: str | None
    """The revised permit that holds in its place."""
    address: str

    @classmethod
    def of(cls, line: Line, path: str) -> "PermitLineOut":
        """A line as it is answered."""
        told = asdict(line) | {"plots": list(line.plots)}
        return cls(**told, address=f"{path}/register/{line.number}")


class PointOut(BaseModel):
    """One point of a decision: how it stands, its rule with its clause, and what was measured or said."""

    how: str
    rule: str
    subject: str
    clause: str
    title: str
    title_ml: str
    measured: str
    required: str
    comparison: str
    words: str
    words_ml: str


class MeasureOut(BaseModel):
    """What the drawing measures as a whole."""

    name: str
    amount: str
    unit: str


class PaperOut(BaseModel):
    """A published document; its title is its kind, such as plan or photo."""

    title: str
    media_type: str
    address: str


class PermitOut(PermitLineOut):
    """A permit with all that everyone may know of it."""

    revoked_why: str | None
    revoked_clause: str | None
    """The clause that the Secretary named."""
    drawing: str | None
    """SHA-256 of the permitted drawing."""
    book: str | None
    """Digest of the edition of the rule book."""
    measures: list[MeasureOut]
    points: list[PointOut]
    papers: list[PaperOut]

    @classmethod
    def whole(cls, permit: Permit, path: str) -> "PermitOut":
        """A permit as it is answered."""
        line = PermitLineOut.of(permit.line, path).model_dump()
        return cls(
            **line,
            revoked_why=permit.revoked_why,
            revoked_clause=permit.revoked_clause,
            drawing=permit.drawing,
            book=permit.book,
            measures=[
                MeasureOut(name=name, amount=amount, unit=unit) for name, amount, unit in permit.measures
            ],
            points=[PointOut(**asdict(each)) for each in permit.points],
            papers=[
                PaperOut(title=each.kind, media_type=each.media_type, address=f"{path}/{each.address}")
                for each in permit.papers
            ],
        )


class RegisterOut(BaseModel):
    """A page of the register; `next` is the address of the one after it."""

    permits: list[PermitLineOut]
    next: str | None


class RefusalOut(BaseModel):
    """A refused application: on which plot, on which points; nobody's words."""

    case: str
    kind: str
    plots: list[str]
    applied: date
    refused: date
    points: list[PointOut]

    @classmethod
    def of(cls, refusal: Refusal) -> "RefusalOut":
        """A refusal as it is answered."""
        return cls(
            case=refusal.case,
            kind=refusal.kind,
            plots=list(refusal.plots),
            applied=refusal.applied,
            refused=refusal.refused,
            points=[PointOut(**asdict(each)) for each in refusal.points],
        )


class RefusalsOut(BaseModel):
    """A page of refusals; `next` is the address of the one after it."""

    refusals: list[RefusalOut]
    next: str | None
