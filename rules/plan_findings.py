"""What is asked of the plan itself before any law: does it lie on its parcel, and is the drawing sound.

In: a proposal and its site.  Out: findings under names of their own (`QUESTIONS`), passed or unknown: a drawing that contradicts itself or does
not fit its parcel is not judged against the law, it is mended.
"""

from gis.site import Site
from rules.declared_ground import Difference, differences
from rules.findings import Finding, Outcome, Place, unknown
from rules.plans.problems import Fault, Problem
from rules.proposal import Proposal

ON_PARCEL, SOUND = "plan_on_parcel", "drawing_sound"
QUESTIONS = {
    ON_PARCEL: "The plan lies on its parcel",
    SOUND: "The drawing is whole and agrees with itself",
}
QUESTIONS_ML = {
    ON_PARCEL: "പ്ലാൻ അതിന്റെ പ്ലോട്ടിൽ ചേരുന്നു",
    SOUND: "ഡ്രോയിങ് പൂർണ്ണവും പൊരുത്തമുള്ളതും",
}
HARMLESS = {
    Fault.CLOSED_GAP,
    Fault.JOINED,
    Fault.DUPLICATE,
    Fault.COLOUR,
    Fault.OFF_THE_LINE,
    Fault.MISSING,
}
"""Noted, but mended on reading, or found again by the check that needs what is missing."""
MOST_LISTED = 50


def about_the_plan(plan: Proposal, site: Site) -> tuple[Finding, ...]:
    """The findings about the plan itself."""
    return (on_parcel(plan, site), *sound(plan, site))


def on_parcel(plan: Proposal, site: Site) -> Finding:
    """Whether the drawn plot, laid on the parcel, keeps within its accuracy at every corner."""
    laid = plan.placement
    remedy = (
        f"Check that the plan is for plot {site.number} and that its boundary is drawn as it was surveyed; "
        "draw the street, or the main entrance, to tell how the plan is turned."
    )
    if laid is None:
        return unknown(ON_PARCEL, plan.placement_note, remedy=remedy)
    step = (
        f"residual at the corners: {laid.mean_residual:.3f} m on average, {laid.greatest_residual:.3f} m at most, "
        f"{laid.limit:.3f} m allowed; drawn {laid.area_drawn:.2f} m², parcel {laid.area_parcel:.2f} m² ({laid.percent:+z.2f} %)"
    )
    if not plan.is_placed:
        return unknown(ON_PARCEL, f"{plan.placement_note} ({step})", remedy=remedy)
    return _settled(ON_PARCEL, step)


def sound(plan: Proposal, site: Site) -> tuple[Finding, ...]:
    """One finding for each fault that matters and each declaration that the ground contradicts, or one that there is none."""
    faults = [each for each in plan.drawing.problems if not is_harmless(each)]
    contradicted = [_contradicted(each) for each in differences(plan.drawing, site)]
    if not faults and not contradicted:
        return (_settled(SOUND, "No contradiction and nothing unreadable was found."),)
    found = [_fault(each, i) for i, each in enumerate(faults[:MOST_LISTED])]
    if len(faults) > MOST_LISTED:
        rest = len(faults) - MOST_LISTED
        found.append(
            unknown(
                SOUND,
                f"{rest} further {'fault is' if rest == 1 else 'faults are'} listed with the drawing's problems.",
                subject="further faults",
            )
        )
    return (*found, *contradicted)


def _contradicted(each: Difference) -> Finding:
    return unknown(
        SOUND,
        each.reason,
        remedy="Correct the declaration, or check the plan on its own plot; the ground is what is checked.",
        subject=each.subject,
        places=(Place(what=each.declared.key, handles=each.declared.source.handles),),
    )


def is_harmless(problem: Problem) -> bool:
    """Whether a plan can be judged all the same; a misspelt layer is harmless only where nothing with area lies on it."""
    if problem.fault is Fault.UNKNOWN_LAYER:
        return not problem.holds_outline
    return problem.fault in HARMLESS


def _fault(each: Problem, index: int) -> Finding:
    where = f" on {each.layer}" if each.layer else ""
    return unknown(
        SOUND,
        each.message,
        remedy=each.remedy,
        subject=f"{index + 1}. {each.fault}{where}",
        places=(Place(what=str(each.fault), handles=each.handles),) if each.handles else (),
    )


def _settled(rule: str, reason: str) -> Finding:
    """A question about the plan itself that is answered well; no law is cited because none is applied."""
    return Finding(
        rule=rule,
        subject="",
        outcome=Outcome.PASS,
        force=None,
        comparison=None,
        measured=None,
        required=None,
        holds=None,
        tolerance=None,
        reason=reason,
        remedy=None,
    )
