"""What the layers of a plot tell a rule, and the consent of an authority that hangs on them.

In: a proposal, its site and a citation of the book.  Out: findings.  A consent never fails: where it is not needed the rule passes, where it
is needed, nearly needed or not told the answer is unknown and names whom to ask.  A layer that the catalogue of the place never asked for
is unknown, never “not affected”.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from gis.site import Overlay, Site, Status
from rules.book import Citation
from rules.findings import Finding, Measured, Outcome, Place, Required, at_least, holds, measured, unknown
from rules.measure import Unit
from rules.proposal import Proposal


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Who consents, on what layers it hangs, and the words by which a drawing declares that it was given."""

    authority: str
    layers: tuple[str, ...]
    words: tuple[str, ...] = ()


def is_clear(site: Site, *layers: str) -> bool:
    """Whether every one of these themes was asked for and does not touch the plot."""
    found = [site.overlay(layer) for layer in layers]
    return all(each is not None and each.status is Status.NOT_AFFECTED for each in found)


def is_affected(site: Site, *layers: str) -> bool:
    """Whether one of these themes is known to bind on the plot."""
    found = [site.overlay(layer) for layer in layers]
    return any(each is not None and each.status is Status.AFFECTED for each in found)


def told(site: Site, *layers: str) -> str:
    """What the themes that are not clear say, in words."""
    said = []
    for layer in layers:
        theme = site.overlay(layer)
        if theme is None:
            said.append(f"“{layer}” was never asked of this plot.")
        elif theme.status is not Status.NOT_AFFECTED:
            labels = f" ({', '.join(theme.labels)})" if theme.labels else ""
            said.append(f"{theme.title}{labels}: {theme.status.value.replace('_', ' ')}, {theme.reason}")
    return " ".join(said)


def mending(site: Site, *layers: str) -> str:
    """How what is not known of the themes can be told."""
    asked = [site.overlay(layer) for layer in layers]
    silent = [
        each.title if each else layer
        for layer, each in zip(layers, asked, strict=True)
        if each is None or each.status is Status.NO_DATA
    ]
    if silent:
        return f"Bring in data that cover the plot for: {', '.join(silent)}."
    who = list(
        dict.fromkeys(each.consult or each.authority or "" for each in asked if each and not _is_far(each))
    )
    return f"Ask {', '.join(filter(None, who)) or 'the Secretary of the local body'}."


def _is_far(theme: Overlay) -> bool:
    return theme.status is Status.NOT_AFFECTED


def places(site: Site, *layers: str) -> tuple[Place, ...]:
    """The ground of each theme on the plot; where only its surroundings are touched, what lies nearest of it."""
    found = [site.overlay(layer) for layer in layers]
    there = [(each.title, _shown(each)) for each in found if each is not None]
    return tuple(Place(what=title, shape=shape) for title, shape in there if shape is not None)


def _shown(theme: Overlay) -> BaseGeometry | None:
    if theme.shape is not None:
        return theme.shape
    return theme.near_shape if theme.status in (Status.AFFECTED, Status.NEAR) else None


def shown(finding: Finding, site: Site, *layers: str) -> Finding:
    """A finding that rests on themes, with their ground, unless it holds or leaves nothing to show."""
    if finding.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
        return finding
    return replace(finding, places=(*finding.places, *places(site, *layers)))


class Footing(StrEnum):
    """How buildings lie to the ground of a theme."""

    ON = "on"
    OFF = "off"
    UNTOLD = "untold"


def footing(plan: Proposal, site: Site, layer: str) -> Footing:
    """Whether a building surely stands on what a theme covers of the plot, surely off it, or it cannot be told."""
    theme = site.overlay(layer)
    slack = slack_of(site, theme)
    outlines = [each.outline for each in plan.buildings]
    known = [each for each in outlines if each is not None]
    if theme is None or theme.shape is None or slack is None or not plan.is_placed:
        return Footing.UNTOLD
    if any(not shapely.intersection(each.buffer(-slack), theme.shape).is_empty for each in known):
        return Footing.ON
    if known and len(known) == len(outlines) and shapely.union_all(known).distance(theme.shape) > slack:
        return Footing.OFF
    return Footing.UNTOLD


def slack_of(site: Site, theme: Overlay | None) -> float | None:
    """Metres by which plot and theme together may be off; None where an import did not tell."""
    exact = {each.id: each.accuracy for each in site.origins}
    if theme is None or not theme.origins or not set(theme.origins) <= set(exact):
        return None
    return site.accuracy + max(exact[each] for each in theme.origins)


def distance_to_buildings(plan: Proposal, site: Site, layer: str) -> Measured | None:
    """Metres from the nearest building to what a theme holds, less how exactly both are known; None where that is not told."""
    theme = site.overlay(layer)
    outlines = [each.outline for each in plan.buildings]
    known = [each for each in outlines if each is not None]
    if theme is None or theme.near_shape is None or theme.status is not Status.AFFECTED:
        return None
    slack = slack_of(site, theme)
    if not plan.is_placed or not known or len(known) < len(outlines) or slack is None:
        return None
    together = shapely.union_all(known)
    line = shapely.shortest_line(together, theme.near_shape)
    metres = float(together.distance(theme.near_shape))
    return measured(
        Decimal(repr(max(metres - slack, 0.0))),
        Unit.METRE,
        steps=(
            f"building to {theme.title}: {metres:.3f} m, less {slack:.3f} m by which plot and map may be off",
        ),
        sources=theme.origins,
        places=(Place(what=theme.title, shape=line),),
    )


def consent(
    rule_id: str, plan: Proposal, site: Site, wanted: Consent, citation: Citation, *, subject: str = ""
) -> Finding:
    """Passes where no layer touches the plot or a person confirmed the consent; else unknown, and says whom to ask."""
    given = _given(rule_id, plan, site, wanted, citation, subject)
    if given is not None:
        return given
    if is_clear(site, *wanted.layers):
        titles = ", ".join(each.title for each in map(site.overlay, wanted.layers) if each)
        return holds(
            rule_id,
            f"No consent of {wanted.authority} is needed: the plot is not affected by {titles}.",
            citation,
            subject=subject,
        )
    return needed(
        rule_id,
        f"{told(site, *wanted.layers)} The consent of {wanted.authority} may be needed.",
        wanted,
        site,
        subject=subject,
    )


def consent_by_distance(
    rule_id: str, plan: Proposal, site: Site, wanted: Consent, required: Required, *, subject: str = ""
) -> Finding:
    """As `consent`, where the law speaks of a distance: a building that keeps it passes although the plot does not."""
    found = consent(rule_id, plan, site, wanted, required.citations[0], subject=subject)
    if (
        found.outcome is not Outcome.UNKNOWN
        or len(wanted.layers) != 1
        or plan.word(*wanted.words) is not None
    ):
        return found
    metres = distance_to_buildings(plan, site, wanted.layers[0])
    if metres is None:
        return found
    compared = at_least(
        rule_id,
        required,
        metres,
        missing="",
        remedy=f"Get the consent of {wanted.authority}.",
        subject=subject,
    )
    if compared.outcome is not Outcome.FAIL:
        return compared
    return replace(
        compared,
        outcome=Outcome.UNKNOWN,
        reason=f"So near that the consent of {wanted.authority} is needed; whether it was given is not known.",
    )


def needed(rule_id: str, reason: str, wanted: Consent, site: Site, *, subject: str = "") -> Finding:
    """Unknown: a consent is or may be needed."""
    mend = mending(site, *wanted.layers) if wanted.layers else ""
    remedy = f"Get the consent of {wanted.authority} and have it confirmed. {mend}".strip()
    return unknown(rule_id, reason, remedy=remedy, subject=subject, places=places(site, *wanted.layers))


def _given(
    rule_id: str, plan: Proposal, site: Site, wanted: Consent, citation: Citation, subject: str
) -> Finding | None:
    """What was declared of the consent: confirmed it passes, declared it is unknown."""
    word = plan.word(*wanted.words) if wanted.words else None
    if word is None or not word.is_yes:
        return None
    if word.is_declared:
        return unknown(
            rule_id,
            f"The consent of {wanted.authority} is only declared ({word.key}, {word.source}).",
            remedy="Show the letter of consent and have it confirmed.",
            subject=subject,
            places=places(site, *wanted.layers),
        )
    return holds(
        rule_id, f"The consent of {wanted.authority} was confirmed ({word.key}).", citation, subject=subject
    )
