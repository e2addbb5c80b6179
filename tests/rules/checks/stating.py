"""What the functions of the book state, asked in a planner's words: `ask` names the function, `of` what it is told, `plan` and `site` as in a check.

In: a case of `tests/rules/cases/stated/` and a book.  Out: what it says, by name: rupees, days, classes and outcomes, and no words of a reason.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import shapely
from shapely import LineString

from gis.site import Site
from rules.book import Book, Force, NotEncoded, NotInForce
from rules.proposal import Proposal
from rules.reckoning import charges, permit_years
from rules.reckoning.deadlines import time_limits
from rules.reckoning.fees import Fee
from rules.reckoning.high_rise import high_rise
from rules.reckoning.lanes import is_lane
from rules.reckoning.layout import Kind, Layout, LayoutPlot, LayoutStreet, Splay, layout_findings
from rules.reckoning.layout_approval import approver, yard_to_street
from rules.reckoning.risk import risk_class
from tests.rules.checks.worked_cases import Case, drawn
from tests.rules.plan_builders import a_site

Told = dict[str, Any]
UNREAD, NONE = {"said": "not in the book"}, {"said": "the law has none"}


def told_by(case: Case, book: Book) -> Told:
    """What the function says; a gap of the book and the law's own silence are told apart."""
    try:
        return ASKED[case.words["ask"]](case, book)
    except NotInForce:
        return NONE
    except NotEncoded:
        return UNREAD


def _of(case: Case) -> dict[str, Any]:
    words: dict[str, Any] = case.words.get("of", {})
    return words


def _fee(fee: Fee) -> Told:
    bounds = sorted({Decimal(each) / 100 for line in fee.lines for each in line.candidates})
    return {
        "rupees": None if fee.paise is None else Decimal(fee.paise) / 100,
        "binds": fee.force is Force.BINDING,
        "lines": len(fee.lines),
        **({"between": bounds} if bounds else {}),
    }


def _of_plan(reckon: Callable[[Proposal, Site, Book], Fee]) -> Callable[[Case, Book], Told]:
    def ask(case: Case, book: Book) -> Told:
        plan, site, _, _ = drawn(case)
        return _fee(reckon(plan, site, book))

    return ask


def _work(case: Case, book: Book) -> Told:
    return _fee(charges.work_fee(_of(case)["work"], Decimal(str(_of(case).get("quantity", 1))), book))


def _share(reckon: Callable[[int, int, Book], Fee]) -> Callable[[Case, Book], Told]:
    return lambda case, book: _fee(reckon(int(_of(case)["fee"]) * 100, int(_of(case)["year"]), book))


def _years(case: Case, book: Book) -> Told:
    found = permit_years.validity(_of(case)["issued"], book)
    return {
        "first": found.first,
        "extended": found.extended,
        "second": found.second,
        "last": found.last,
    }


def _until(reckon: Callable[[date, Book], date]) -> Callable[[Case, Book], Told]:
    return lambda case, book: {"until": reckon(_of(case)["issued"], book)}


def _deviations(case: Case, book: Book) -> Told:
    before, after = (
        {group: Decimal(str(area)) for group, area in _of(case)[when].items()}
        for when in ("permitted", "built")
    )
    found = permit_years.deviations(before, after, book)
    return {each.group: "free" if each.is_free else "revised permit" for each in found}


def _limits(case: Case, book: Book) -> Told:
    plan, site, _, _ = drawn(case)
    found = {each.what: each for each in time_limits(plan, site, book)}
    return {what: None if each.count is None else f"{each.count} {each.unit}" for what, each in found.items()}


def _lane(case: Case, book: Book) -> Told:
    road = a_site({"roads": [{"width": _of(case)["width"]}]}).roads[0]
    return {"lane": is_lane(road, book)}


def _tall(case: Case, book: Book) -> Told:
    plan, site, _, _ = drawn(case)
    return {"high_rise": high_rise(plan, site, book).holds}


def _risk(case: Case, book: Book) -> Told:
    plan, site, _, _ = drawn(case)
    found = risk_class(plan, site, book)
    return {
        "class": found.level.value if found.level else None,
        "decides": found.decides,
        "reservations": list(found.reservations),
    }


def _layout(case: Case, book: Book) -> Told:
    found = {}
    for each in layout_findings(a_layout(_of(case)), book):
        would = {True: ", kept", False: ", broken", None: ""}[each.holds]
        found[each.subject] = each.outcome.value + (would if each.force is Force.ADVISORY else "")
    return found


def _approver(case: Case, book: Book) -> Told:
    found = approver(a_layout(_of(case)), book)
    return {"who": found.who, "binds": found.force is Force.BINDING}


def _inner_yard(case: Case, book: Book) -> Told:
    found = yard_to_street(a_layout(_of(case)), book)
    return {"metres": found.amount, "binds": found.force is Force.BINDING}


def a_layout(words: dict[str, Any]) -> Layout:
    """A layout of land: plots by width and depth, streets, splays, open spaces; `times` repeats a plot."""
    plots = [each for each in words.get("plots", ()) for _ in range(each.get("times", 1))]
    return Layout(
        kind=Kind(words.get("kind", "residential")),
        area=float(words.get("area", 1000)),
        plots=tuple(
            LayoutPlot(
                number=str(number),
                shape=shapely.box(0, 0, each["width"], each["depth"]),
                frontage=LineString([(0, 0), (each["width"], 0)]),
                is_row=each.get("row", False),
            )
            for number, each in enumerate(plots, 1)
        ),
        streets=tuple(_street(each) for each in words.get("streets", ())),
        open_spaces=tuple(shapely.box(0, 0, *each) for each in words.get("open", ())),
        splays=tuple(
            Splay(ref=str(number), road_width=each["road"], side=each["side"])
            for number, each in enumerate(words.get("splays", ()), 1)
        ),
        access=words.get("access"),
        has_transformer_site=words.get("transformer"),
    )


def _street(words: dict[str, Any]) -> LayoutStreet:
    turning = words.get("turning")
    return LayoutStreet(
        ref="a",
        width=words.get("width"),
        length=words.get("length"),
        is_cul_de_sac=words.get("cul_de_sac", False),
        turning=None if turning is None else shapely.box(0, 0, *turning),
    )


ASKED: dict[str, Callable[[Case, Book], Told]] = {
    "application_fee": _of_plan(charges.application_fee),
    "permit_fee": _of_plan(charges.permit_fee),
    "scrutiny_fee": _of_plan(charges.scrutiny_fee),
    "floor_space_fee": _of_plan(charges.floor_space_fee),
    "work_fee": _work,
    "application_fee_of_work": lambda case, book: _fee(
        charges.application_fee_of_work(_of(case)["work"], book)
    ),
    "validity": _years,
    "extension_fee": _share(permit_years.extension_fee),
    "renewal_fee": _share(permit_years.renewal_fee),
    "transfer_fee": lambda case, book: _fee(permit_years.transfer_fee(_of(case)["days"], book)),
    "deviations": _deviations,
    "is_regularised": lambda case, book: {
        "covered": permit_years.is_regularised(_of(case)["built_by"], book)
    },
    "fine": lambda case, book: _fee(permit_years.fine(_of(case)["case"], _of(case)["days"], book)),
    "licence_fee": lambda case, book: _fee(
        permit_years.licence_fee(_of(case)["kind"], _of(case)["days_late"], book)
    ),
    "licence_until": _until(permit_years.licence_until),
    "well_until": _until(permit_years.well_until),
    "time_limits": _limits,
    "is_lane": _lane,
    "high_rise": _tall,
    "risk_class": _risk,
    "layout_findings": _layout,
    "approver": _approver,
    "yard_to_street": _inner_yard,
}
"""The functions by name; the catalogue's `function` and what stands beside it in its module."""
