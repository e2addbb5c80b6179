"""The area of the plot that coverage and floor space index go by: the lesser of recorded and cadastral area (rule 2(1)(cg)).

In: a site, a finding that rests on its area.  Out: the finding, which does not pass while the recorded area, which may be the lesser, is not known.
"""

from dataclasses import replace

from gis.site import Site
from rules.findings import Finding, Outcome

UNTOLD = (
    "The recorded area is not known, and the lesser of recorded and cadastral area counts (rule 2(1)(cg))."
)
TAKE = "Have the recorded area of the plot entered from the record of rights."


def basis(site: Site) -> str:
    """What the area of the plot rests on, as a finding prints it."""
    if site.recorded_area is None:
        return f"plot {site.number}: measured area; the recorded one is not known"
    return f"plot {site.number}: the lesser of recorded and measured area"


def by_lesser(finding: Finding, site: Site) -> Finding:
    """The finding; what keeps a share of the measured area may break it of a lesser recorded one."""
    if site.recorded_area is not None or finding.outcome is not Outcome.PASS:
        return finding
    return replace(finding, outcome=Outcome.UNKNOWN, reason=UNTOLD, remedy=TAKE)
