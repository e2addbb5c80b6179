"""A checked plan as JSON (`bhumika-check-1`): the same check gives the same bytes, on any machine.

In: a `PlanCheck`.  Out: canonical JSON with a digest over all of it.  Each place of a finding carries its shape twice: `drawn` in metres in
the drawing's own position, to 0.1 mm, and `geometry` as GeoJSON in degrees (EPSG:4326), null where the plan was not laid on its parcel, or
where what decided is drawn beside the plot (a floor, a detail) and so lies nowhere on the ground.
Numbers of the law and measures are decimal strings, as they were compared.
"""

import hashlib
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from rules.book import Citation
from rules.catalogue import Status
from rules.checking import PlanCheck
from rules.coverage import catalogue
from rules.drawn_document import both_told, yards_drawn
from rules.findings import Finding, Measured, Outcome, Place, Required
from rules.ground_drawn import ground_drawn
from rules.open_words import open_words
from rules.plan_findings import QUESTIONS, QUESTIONS_ML
from rules.plans.drawing import Drawing
from rules.plans.placement import Placement
from rules.proposal import Proposal
from rules.reckoning.fees import Fee
from rules.shapes_written import METRES, Written, in_degrees, written_shapes
from rules.shapes_written import NOTHING as NOWHERE
from rules.statement import Statement
from rules.takings import built_up_area, floor_area, height, storeys

SCHEMA = "bhumika-check-1"
SHOWN = Decimal("0.0001")
"""To what measures are written: finer than anything is compared at."""

Words = dict[str, Any]


def to_json(asked: PlanCheck) -> bytes:
    """The check as JSON; the digest is the SHA-256 of the rest."""
    body = orjson.dumps(document(asked), option=orjson.OPT_UTC_Z)
    head = orjson.dumps({"schema": SCHEMA, "digest": hashlib.sha256(body).hexdigest()})
    return head[:-1] + b"," + body[1:] + b"\n"


def document(asked: PlanCheck) -> Words:
    """The check as plain values, in a fixed order."""
    return {
        "verdict": asked.report.verdict,
        "counts": {str(outcome): asked.report.count(outcome) for outcome in Outcome},
        "on": asked.on,
        "drawing": _drawing(asked),
        "site": _site(asked),
        "book": _book(asked),
        "answers": _answers(asked),
        "placement": _placement(asked.proposal),
        "front": _front(asked.proposal),
        "measures": _measures(asked.proposal),
        "yards": yards_drawn(asked.drawing),
        "declared": both_told(asked.drawing),
        "statement": None if asked.statement is None else _statement(asked.statement),
        "findings": _findings(asked),
        "for_a_person": [
            {
                "rule": each.id,
                "title": each.title,
                "title_ml": each.title_ml,
                "clause": each.clause,
                "why": each.why,
            }
            for each in catalogue()
            if each.status is Status.NEEDS_A_HUMAN
        ],
        "problems": [
            {
                "fault": each.fault,
                "layer": each.layer,
                "handles": each.handles,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in asked.drawing.problems
        ],
    }


@lru_cache(maxsize=1)
def titles() -> dict[str, tuple[str, str]]:
    """Title and clause of each rule, by its id, from the catalogue."""
    own = {name: (title, "") for name, title in QUESTIONS.items()}
    return own | {each.id: (each.title, each.clause) for each in catalogue()}


@lru_cache(maxsize=1)
def titles_ml() -> dict[str, str]:
    """Titles in Malayalam by the id of their rule, of those rules that have one."""
    return QUESTIONS_ML | {each.id: each.title_ml for each in catalogue() if each.title_ml is not None}


def _drawing(asked: PlanCheck) -> Words:
    drawing: Drawing = asked.drawing
    return {
        "sha256": asked.sha256,
        "bytes": asked.size,
        "profile": drawing.profile,
        "version": drawing.reading.version,
        "was_recovered": drawing.reading.was_recovered,
        "unit": drawing.units.header,
        "metres_per_unit": drawing.units.metres_per_unit,
        "unit_is_certain": drawing.units.is_certain,
    }


def _site(asked: PlanCheck) -> Words:
    site = asked.site
    return {
        "jurisdiction": site.jurisdiction,
        "number": site.number,
        "on": site.on,
        "known": site.known,
        "body": site.body,
        "body_name": site.body_name,
        "measured_area": round(site.measured_area, 2),
        "recorded_area": None if site.recorded_area is None else round(site.recorded_area, 2),
        "synthetic": site.synthetic,
        "boundary": in_degrees(site.boundary, site.frame),
        "themes": [
            {"layer": each.layer, "title": each.title, "title_ml": each.title_ml, "status": each.status}
            for each in site.overlays
        ],
        "sources": [
            {"id": each.id, "title": each.title, "publisher": each.publisher, "date": each.date}
            for each in site.origins
        ],
    }


def _book(asked: PlanCheck) -> Words | None:
    if asked.book is None:
        return None
    return {
        "digest": asked.book.digest,
        "on": asked.book.on,
        "body": asked.book.body,
        "read_to": asked.book.library.read_to,
        "is_beyond_reading": asked.book.is_beyond_reading,
    }


def _placement(plan: Proposal) -> Words | None:
    laid: Placement | None = plan.placement
    if laid is None:
        return {"matches": False, "is_certain": False, "note": plan.placement_note}
    return {
        "matches": laid.matches,
        "is_certain": laid.is_certain,
        "chosen_by": laid.chosen_by,
        "note": plan.placement_note,
        "turn_degrees": round(float(np.degrees(laid.turn_radians)), 6),
        "mean_residual": round(laid.mean_residual, METRES),
        "greatest_residual": round(laid.greatest_residual, METRES),
        "limit": round(laid.limit, METRES),
        "area_drawn": round(laid.area_drawn, 2),
        "area_parcel": round(laid.area_parcel, 2),
        "difference": round(laid.difference, 2),
        "percent": round(laid.percent, 2),
    }


def _answers(asked: PlanCheck) -> Words:
    """What persons said beside the drawing, with the reasons of their choices."""
    said, holding = asked.proposal.answers, asked.site.holding
    return {
        "words": dict(sorted(said.words.items())),
        "confirmed": sorted(said.confirmed),
        "front": None if said.front is None else {"side": said.front.choice, "reason": said.front.reason},
        "groups": {
            code: {"group": each.choice, "reason": each.reason} for code, each in sorted(said.groups.items())
        },
        "holding": {
            "owns_adjoining_land": holding.owns_adjoining_land,
            "is_split": holding.is_split,
            "owns_other_land": holding.owns_other_land,
        },
        "declared_by": dict(sorted(said.declared_by.items())),
        "confirmed_by": dict(sorted(said.confirmed_by.items())),
    }


def _front(plan: Proposal) -> Words:
    return {
        "sides": plan.front.sides,
        "basis": plan.front.basis,
        "candidates": plan.front.candidates,
    }


def _measures(plan: Proposal) -> Words:
    return {
        "floor_area": _measured(floor_area(plan)),
        "built_up_area": _measured(built_up_area(plan)),
        "height": _measured(height(plan)),
        "storeys": _measured(storeys(plan)),
    }


def _statement(said: Statement) -> Words:
    tall = said.high_rise
    return {
        "risk": {
            "level": said.risk.level,
            "decides": said.risk.decides,
            "reasons": said.risk.reasons,
            "reservations": said.risk.reservations,
            "citations": [_citation(each) for each in said.risk.citations],
        },
        "high_rise": None if tall is None else {"holds": tall.holds, "reason": tall.reason},
        "fees": [_fee(each) for each in said.fees],
        "time_limits": [
            {
                "what": each.what,
                "count": each.count,
                "unit": each.unit,
                "force": each.force,
                "clause": None if each.citation is None else str(each.citation),
                "reason": each.reason,
            }
            for each in said.limits
        ],
    }


def _fee(fee: Fee) -> Words:
    """A fee in paise, null where a line cannot be told."""
    return {
        "title": fee.title,
        "paise": fee.paise,
        "force": fee.force,
        "is_declared": fee.is_declared,
        "lines": [
            {
                "what": each.what,
                "paise": each.paise,
                "step": each.step,
                "clause": each.clause,
                "force": each.force,
                "reason": each.reason,
                "candidates": each.candidates,
            }
            for each in fee.lines
        ],
    }


def _findings(asked: PlanCheck) -> list[Words]:
    findings = asked.report.findings
    shapes = (place.shape for each in findings for place in each.places if place.shape is not None)
    shown = written_shapes(shapes, asked.proposal.placement, asked.site.frame, ground_drawn(asked))
    return [_finding(asked, each, shown) for each in findings]


def _finding(asked: PlanCheck, finding: Finding, shown: Mapping[int, Written]) -> Words:
    title, clause = titles()[finding.rule]
    return {
        "rule": finding.rule,
        "title": title,
        "title_ml": titles_ml().get(finding.rule),
        "clause": finding.clause or clause or None,
        "subject": finding.subject,
        "outcome": finding.outcome,
        "force": finding.force,
        "comparison": finding.comparison,
        "measured": _measured(finding.measured),
        "required": _required(finding.required),
        "holds": finding.holds,
        "tolerance": None if finding.tolerance is None else str(finding.tolerance),
        "reason": finding.reason,
        "remedy": finding.remedy,
        "citations": [_citation(each) for each in finding.citations],
        "asks": open_words(finding, asked.words.get(finding.rule, ()), asked.proposal),
        "places": [_place(each, shown.get(id(each.shape), NOWHERE)) for each in finding.places],
    }


def _citation(each: Citation) -> Words:
    return {"instrument": each.instrument.number, "clause": each.clause, "mark": each.mark}


def _measured(found: Measured | None) -> Words | None:
    if found is None:
        return None
    return {
        "amount": written(found.amount),
        "unit": found.unit,
        "is_declared": found.is_declared,
        "steps": found.steps,
        "sources": found.sources,
    }


def _required(required: Required | None) -> Words | None:
    if required is None:
        return None
    return {"amount": written(required.amount), "unit": required.unit, "steps": required.steps}


def written(amount: Decimal) -> str:
    """A number as it is printed: to 0.0001 at most, without needless noughts."""
    rounded = amount.quantize(SHOWN, rounding=ROUND_HALF_EVEN)
    return f"{rounded.normalize():f}" if rounded else "0"


def _place(place: Place, shown: Written) -> Words:
    return {
        "what": place.what,
        "handles": place.handles,
        "geometry": shown.geometry,
        "drawn": shown.drawn,
    }
