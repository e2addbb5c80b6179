"""What happens to a permit after it was issued: how long it holds (a well's too), what extension, renewal and transfer cost, fines, what may deviate.

In: days, amounts and the book of one day.  Out: frozen values and `Fee`s.  A year of a permit ends on the day of issue of a later year; where
that day does not exist (29 February) it ends on the last of the month.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gis.errors import Invalid
from rules.book import Book, Citation, Parameter
from rules.reckoning.fees import Fee, FeeLine, flat, lined, percent_of

VALIDITY = Parameter("process.validity")
LIMIT_YEAR = Parameter("process.extension_limit_year")
EXTENSION = Parameter("process.extension_percent")
RENEWAL = Parameter("process.renewal_percent")
TRANSFER_NOTICE = Parameter("process.transfer_notice")
TRANSFER_FINE = Parameter("process.transfer_fine")
TRANSFER_FEE = Parameter("process.transfer_fee")
DEVIATION = Parameter("process.deviation_percent")
REGULARISED_TO = Parameter("process.regularised_to")
FINE = Parameter("process.fine")
FINE_PER_DAY = Parameter("process.fine_per_day")
LICENCE_FEE = Parameter("process.licence_fee")
LICENCE_LATE_DAYS = Parameter("process.licence_late_days")
LICENCE_LATE_PERCENT = Parameter("process.licence_late_percent")
LICENCE_YEARS = Parameter("process.licence_years")
WELL_YEARS = Parameter("services.well_validity")
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Validity:
    """The days on which a permit ends: as issued, extended once, extended by the district committee, and in all."""

    first: date
    extended: date
    second: date
    last: date
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """How far one occupancy was built otherwise than permitted, in %; `is_free` if no revised permit is needed."""

    group: str
    percent: Decimal
    is_free: bool
    citation: Citation


def validity(issued: date, book: Book) -> Validity:
    """How long a permit holds; `NotEncoded` where the book has no years for the day."""
    permit, extension = book.value(VALIDITY, "permit"), book.value(VALIDITY, "extension")
    second, in_all = book.value(VALIDITY, "second_extension"), book.value(VALIDITY, "in_all")
    last = _years_after(issued, in_all.count)
    return Validity(
        first=min(_years_after(issued, permit.count), last),
        extended=min(_years_after(issued, permit.count + extension.count), last),
        second=min(_years_after(issued, permit.count + extension.count + second.count), last),
        last=last,
        citation=permit.citation,
    )


def well_until(issued: date, book: Book) -> date:
    """The day on which the permit of a well ends (rule 75); `NotEncoded` where the book has no years for the day."""
    return _years_after(issued, book.value(WELL_YEARS).count)


def extension_fee(permit_fee: int, year: int, book: Book) -> Fee:
    """Fee of an extension in the `year`-th year of the permit, of the permit fee in paise."""
    return _share("extension", permit_fee, year, book, EXTENSION, ("within_validity", "beyond_limit_year"))


def renewal_fee(permit_fee: int, year: int, book: Book) -> Fee:
    """Fee of a renewal after expiry in the `year`-th year of the permit, of the permit fee in paise."""
    return _share("renewal", permit_fee, year, book, RENEWAL, ("after_expiry", "beyond_limit_year"))


def _share(what: str, paise: int, year: int, book: Book, table: Parameter, cases: tuple[str, str]) -> Fee:
    def line() -> FeeLine:
        case = cases[year > book.value(LIMIT_YEAR).count]
        return percent_of(f"{what}, {case.replace('_', ' ')}", book.value(table, case), paise)

    return Fee(title=f"fee of {what}", lines=lined(what, line))


def transfer_fee(days_after: int, book: Book) -> Fee:
    """Fee of a transfer of which notice was given so many days after it, with the fine for late notice."""
    title = "fee of transfer"
    lines = lined(title, lambda: flat(title, book.value(TRANSFER_FEE)))

    def late() -> list[FeeLine]:
        notice = book.value(TRANSFER_NOTICE)
        return [flat("fine for late notice", book.value(TRANSFER_FINE))] if days_after > notice.count else []

    return Fee(title=title, lines=(*lines, *lined("fine for late notice", late)))


def deviations(
    permitted: Mapping[str, Decimal], built: Mapping[str, Decimal], book: Book
) -> tuple[Deviation, ...]:
    """By how much the area of each occupancy, in m², was built otherwise; one that was never permitted deviates by all of it."""
    most = book.value(DEVIATION)
    found = []
    for group in sorted({*permitted, *built}):
        before, after = permitted.get(group, Decimal(0)), built.get(group, Decimal(0))
        percent = HUNDRED if before == 0 else abs(after - before) * HUNDRED / before
        if after != before:
            is_free = before > 0 and percent <= most.number
            found.append(Deviation(group=group, percent=percent, is_free=is_free, citation=most.citation))
    return tuple(found)


def is_regularised(built_by: date, book: Book) -> bool:
    """Whether a work done by that day is covered by the one-time regularisation; `NotEncoded` where the book has none."""
    return built_by <= book.value(REGULARISED_TO).day


def fine(case: str, further_days: int, book: Book) -> Fee:
    """Fine for building without permit (`ordinary`, `hut_or_well`) and for every further day."""
    if further_days < 0:
        raise Invalid("Days of an offence cannot be negative: count them from the conviction.")
    first = lined("fine", lambda: flat("fine", book.value(FINE, case)))

    def more() -> list[FeeLine]:
        daily = book.value(FINE_PER_DAY, case)
        step = f"{further_days} further days × {daily}"
        return [
            FeeLine(
                what="fine for further days",
                paise=daily.paise * further_days,
                step=step,
                citations=(daily.citation,),
                force=daily.force,
            )
        ]

    return Fee(title="fine", lines=(*first, *(lined("further days", more) if further_days else ())))


def licence_fee(kind: str, days_late: int, book: Book) -> Fee:
    """Fee of a licensee's registration for its years, with the late fine; later than the last limit no fine is told."""
    title = f"registration, {kind.replace('_', ' ')}"
    fee = lined(title, lambda: flat(title, book.value(LICENCE_FEE, kind)))
    if days_late <= 0 or fee[0].paise is None:
        return Fee(title=title, lines=fee)
    paise = fee[0].paise

    def late() -> FeeLine:
        for case in ("to_first_limit", "to_second_limit"):
            if days_late <= book.value(LICENCE_LATE_DAYS, case).count:
                return percent_of("late fine", book.value(LICENCE_LATE_PERCENT, case), paise)
        last = book.value(LICENCE_LATE_DAYS, "to_second_limit")
        return FeeLine(
            what="late fine", paise=None, step="", reason=f"More than {last} late: not in the book."
        )

    return Fee(title=title, lines=(*fee, *lined("late fine", late)))


def licence_until(registered: date, book: Book) -> date:
    """The day on which a licensee's registration ends."""
    return _years_after(registered, book.value(LICENCE_YEARS).count)


def _years_after(day: date, years: int) -> date:
    year = day.year + years
    if year > date.max.year:
        raise Invalid(f"{day} is too late a day for a permit: give the day on which it was issued.")
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))
