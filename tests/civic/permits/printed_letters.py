"""Letters of the building permit for the tests of their print: one of each kind, from real checks of the example house.

In: nothing.  Out: `Letter` values.
"""

from datetime import UTC, date, datetime
from functools import cache

from civic.permits.fees import bill_of
from civic.permits.letters import Ended, FeeLine, Letter, LetterKind, Point, Signed, grounds_of
from rules.checking import PlanCheck
from tests.civic.permits.low_risk import Found, a_clear_site, checked, found_of, signed_route
from web.plan_sketch import plan_svg

INSTANT = datetime(2026, 1, 1, 6, 30, tzinfo=UTC)
ADDRESS = "https://land.example.org/town/kl-sample/register/P-2026-00012"


@cache
def _checked(set_back: float) -> PlanCheck:
    return checked(a_clear_site(), set_back=set_back)


def _a_letter(kind: LetterKind, asked: PlanCheck, **more: object) -> Letter:
    """A letter about a check, in every part of it that the kind does not change."""
    found: Found = found_of(asked)
    values: dict[str, object] = {
        "kind": kind,
        "kind_of_permit": "new",
        "route": "self_certified",
        "number": "P-2026-00012",
        "case_number": "BP-2026-00031",
        "of_permit": None,
        "title": "House of two floors",
        "body_en": "Kadalora Municipality",
        "body_ml": "കടലോര മുനിസിപ്പാലിറ്റി",
        "plot": "1/1",
        "owners": ("Ammini Kurian", "Thomas Kurian"),
        "licensee": "K. Rajan",
        "dated": date(2026, 1, 1),
        "instant": INSTANT,
        "validity": Ended(until=date(2031, 1, 1), clause="S.R.O. 1240/2025, rule on validity"),
        "time_zone": "Asia/Kolkata",
        "synthetic": True,
        "address": ADDRESS,
        "drawing_digest": found["drawing"]["sha256"],
        "check_digest": found["digest"],
        "checked_on": date.fromisoformat(found["on"]),
        "book_digest": found["book"]["digest"],
        "svg": plan_svg(asked, title="1/1"),
    }
    return Letter(**values | more)  # type: ignore[arg-type]


def a_self_certified_permit() -> Letter:
    """A permit on the licensee's certificate, with everything that stands measured or declared."""
    asked = _checked(6.0)
    route = signed_route(found_of(asked))
    fees = tuple(
        FeeLine(
            title=each.title, title_ml=each.title_ml, what=each.what, paise=each.paise, clause=each.clause
        )
        for each in bill_of(found_of(asked)).lines
    )
    signatures = tuple(
        Signed(name=name, part=part, given=INSTANT)
        for name, part in (("Ammini Kurian", "owner"), ("K. Rajan", "licensee"))
    )
    return _a_letter(
        LetterKind.PERMIT,
        asked,
        measured=route.measured,
        declared=route.declared,
        fees=fees,
        signatures=signatures,
    )


def a_point(words: str, rule: str = "light_and_air") -> Point:
    """A point on which an officer spoke."""
    return Point(
        rule=rule,
        subject="building 1",
        clause="S.R.O. 1240/2025, 41",
        title="Light and ventilation shafts",
        title_ml="വെളിച്ചത്തിനും വായുസഞ്ചാരത്തിനുമുള്ള ഷാഫ്റ്റുകൾ",
        words=words,
    )


def a_permit_by_an_officer() -> Letter:
    """A permit with a condition, a point accepted and one overruled."""
    asked = _checked(6.0)
    return _a_letter(
        LetterKind.PERMIT,
        asked,
        route="officer",
        measured=signed_route(found_of(asked)).measured,
        conditions=(a_point("The shaft is kept open to the sky."),),
        accepted=(a_point("Seen on the plan of the first floor."),),
        overrides=(a_point("The wall that was measured is to be taken down first."),),
    )


def a_refusal() -> Letter:
    """A refusal of a house that stands too near to everything."""
    asked = _checked(0.8)
    found = found_of(asked)
    return _a_letter(
        LetterKind.REFUSAL,
        asked,
        route="officer",
        number="BP-2026-00031",
        validity=None,
        address="https://land.example.org/town/kl-sample/cases/BP-2026-00031",
        grounds=grounds_of(found, {("parapets", ""): "No parapet is drawn on the terrace."}),
    )


def an_occupancy_certificate() -> Letter:
    """A certificate that follows a permit."""
    return _a_letter(
        LetterKind.OCCUPANCY,
        _checked(6.0),
        kind_of_permit="occupancy",
        route="deemed",
        number="P-2026-00040",
        of_permit="P-2026-00012",
        validity=None,
    )


def a_revocation() -> Letter:
    """A permit taken back."""
    return _a_letter(
        LetterKind.REVOCATION,
        _checked(6.0),
        validity=None,
        svg="",
        reason="The plinth stands 1.2 m nearer to the street than permitted, and was not moved when asked.",
    )


LETTERS = {
    "self-certified": a_self_certified_permit,
    "by an officer": a_permit_by_an_officer,
    "refusal": a_refusal,
    "occupancy": an_occupancy_certificate,
    "revocation": a_revocation,
}
