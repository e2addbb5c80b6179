"""What the building rules of a day state of a permit, for programs: years, fees of extension and transfer, fines, deviations.

In: addresses under /api/rules/reckoned, a day and a kind of local body.  Out: JSON, money in paise; where the book of the day knows nothing, a line
without an amount and the reason, or an error as problem+json.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import only_known_words
from gis.site import LocalBody
from rules.book import Book
from rules.reading import library
from rules.reckoning import permit_years
from rules.reckoning.charges import application_fee_of_work, work_fee
from rules.reckoning.fees import Fee, FeeLine

router = APIRouter(prefix="/api/rules/reckoned", tags=["rules"], dependencies=[Depends(only_known_words)])
Paise = Annotated[int, Query(ge=0, le=10**12, description="Permit fee in paise.")]
Year = Annotated[int, Query(ge=1, le=100, description="The year of the permit, the first being 1.")]
Work = Literal["subdivision", "roof", "wall", "well", "shutter", "weaker_section", "shed"]
APPLIED_FOR = {"subdivision", "well", "wall", "shutter", "roof"}
Quantity = Annotated[Decimal, Query(ge=0, le=10**9)]
Days = Annotated[int, Query(ge=0, le=100_000)]


def book_of_day(
    on: Annotated[date, Query(description="The day whose rules are asked.")], body: LocalBody
) -> Book:
    """The law of a day for one kind of local body."""
    return library().on(on, body)


BookDep = Annotated[Book, Depends(book_of_day)]


class LineOut(BaseModel):
    """One line of a fee; without an amount it says why."""

    what: str
    paise: int | None
    step: str
    clause: str | None
    binds: bool
    reason: str

    @classmethod
    def of(cls, line: FeeLine) -> "LineOut":
        """A line as it is told."""
        return cls(
            what=line.what,
            paise=line.paise,
            step=line.step,
            clause=line.clause,
            binds=line.force == "binding",
            reason=line.reason,
        )


class FeeOut(BaseModel):
    """A fee line by line; `paise` is null as soon as one line cannot be told."""

    title: str
    paise: int | None
    lines: list[LineOut]

    @classmethod
    def of(cls, fee: Fee) -> "FeeOut":
        """A fee as it is told."""
        return cls(title=fee.title, paise=fee.paise, lines=[LineOut.of(each) for each in fee.lines])


class ValidityOut(BaseModel):
    """The days on which a permit ends: as issued, extended once, extended by the district committee, and in all."""

    first: date
    extended: date
    second: date
    last: date
    clause: str


class UntilOut(BaseModel):
    """The last day of a permit or a registration."""

    until: date


class BuiltIn(BaseModel):
    """Built-up area in m² by group of rule 25, as permitted and as built."""

    model_config = ConfigDict(extra="forbid")

    permitted: dict[str, Annotated[Decimal, Field(ge=0)]]
    built: dict[str, Annotated[Decimal, Field(ge=0)]]


class DeviationOut(BaseModel):
    """How far one group was built otherwise, in %; `is_free` where no revised permit is needed."""

    group: str
    percent: Decimal
    is_free: bool
    clause: str


@router.get("/validity")
def validity(issued: date, book: BookDep) -> ValidityOut:
    """How long a permit holds that was issued on a day."""
    found = permit_years.validity(issued, book)
    return ValidityOut(
        first=found.first,
        extended=found.extended,
        second=found.second,
        last=found.last,
        clause=str(found.citation),
    )


@router.get("/well")
def well(issued: date, book: BookDep) -> UntilOut:
    """How long the permit of a well holds (rule 75)."""
    return UntilOut(until=permit_years.well_until(issued, book))


@router.get("/extension")
def extension(permit_fee: Paise, year: Year, book: BookDep) -> FeeOut:
    """What an extension within the validity costs."""
    return FeeOut.of(permit_years.extension_fee(permit_fee, year, book))


@router.get("/renewal")
def renewal(permit_fee: Paise, year: Year, book: BookDep) -> FeeOut:
    """What a renewal after expiry costs."""
    return FeeOut.of(permit_years.renewal_fee(permit_fee, year, book))


@router.get("/transfer")
def transfer(days: Days, book: BookDep) -> FeeOut:
    """What a transfer costs of which notice was given so many days after it."""
    return FeeOut.of(permit_years.transfer_fee(days, book))


@router.get("/fine")
def fine(case: Literal["ordinary", "hut_or_well"], days: Days, book: BookDep) -> FeeOut:
    """The fine for building without a permit, with so many further days (rule 107)."""
    return FeeOut.of(permit_years.fine(case, days, book))


@router.get("/licence")
def licence(
    kind: Literal["institution", "a", "b", "supervisor_senior", "supervisor_a", "supervisor_b"],
    days_late: Days,
    book: BookDep,
) -> FeeOut:
    """What the registration of a licensee costs."""
    return FeeOut.of(permit_years.licence_fee(kind, days_late, book))


@router.get("/registration")
def registration(registered: date, book: BookDep) -> UntilOut:
    """How long the registration of a licensee holds."""
    return UntilOut(until=permit_years.licence_until(registered, book))


@router.get("/work")
def work(kind: Work, quantity: Quantity, book: BookDep) -> list[FeeOut]:
    """What a work other than a building costs: application and permit fee; `quantity` in are, m² or m where the permit fee goes by them."""
    fees = [work_fee(kind, quantity, book)]
    if kind in APPLIED_FOR:
        fees.insert(0, application_fee_of_work(kind, book))
    return [FeeOut.of(each) for each in fees]


@router.post("/deviations")
def deviations(areas: BuiltIn, book: BookDep) -> list[DeviationOut]:
    """By how much each group was built otherwise than permitted, and whether that needs a revised permit."""
    found = permit_years.deviations(areas.permitted, areas.built, book)
    return [
        DeviationOut(
            group=each.group,
            percent=each.percent,
            is_free=each.is_free,
            clause=str(each.citation),
        )
        for each in found
    ]
