"""A checker for tests: it judges real drawings on a plot as it is described, without any database of layers.

In: a `Site`, and who tells the newest recording of the land.  Out: the checks that the plan desk would make.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from civic.permits.checking import Checked
from gis.site import Site
from rules.answers_document import NOTHING, answers_from_json
from rules.check_document import to_json
from rules.checking import check
from rules.reading import library
from web.check_map import plan_features
from web.plan_sketch import plan_svg


@dataclass
class SiteChecker:
    """Judges drawings on one plot as it is described; `known` is what the land's record says when it is asked."""

    known: Callable[[str], datetime]
    site: Site
    asked: list[date] = field(default_factory=list)

    def check(self, *, jurisdiction: str, number: str, content: bytes, answers: bytes, on: date) -> Checked:
        """The check that the plan desk would make."""
        self.asked.append(on)
        there = replace(
            self.site, jurisdiction=jurisdiction, number=number, known=self.known(jurisdiction), on=on
        )
        told = answers_from_json(answers) if answers else NOTHING
        found = check(content, there, library(), on=on, told=told)
        return Checked(
            found=to_json(found), svg=plan_svg(found, title=number), ground=plan_features(found), marked=None
        )
