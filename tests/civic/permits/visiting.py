"""A permit's case on a plot that can be visited, for tests that come in through HTTP.

In: a hall, the owner's engine.  Out: the number of a case on a plot of 20 by 30 metres of its own, and positions around it.
"""

from datetime import UTC, datetime
from itertools import count

from shapely import Point
from sqlalchemy import Engine

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.steps import open_case
from civic.permits.tables import PermitCaseRow
from gis.crs import to_geographic
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from tests.builders import KERALA, UTM_43N, a_parcel
from tests.civic.hall import Hall

_COUNT = count(1)


def a_plot(engine: Engine, body: LocalBody) -> str:
    """A plot of its own on the body's land, all of them at one place."""
    number = f"31/{next(_COUNT)}"
    with transaction(engine) as session:
        a_parcel(session, jurisdiction(session, body.jurisdiction), number)
    return number


def a_matter(hall: Hall, plot: str, *, kind: str = "new", title: str = "A house") -> str:
    """The number of a case about a plot, of somebody new."""
    who = hall.person()
    with hall.inside() as session:
        desk = SERVICES["permits"].desk(session, hall.body, now=datetime.now(UTC))
        case = open_case(desk, parcels=[plot], actor=who, told={})
        session.add(
            PermitCaseRow(
                case_id=case.id,
                body=hall.body.code,
                kind=kind,
                of_permit=None,
                licensee_id=None,
                title=title,
                asked={},
                route=None,
                why=[],
            )
        )
        return case.number


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude so many metres east and north of the plot's south-west corner."""
    spot = to_geographic(Point(KERALA[0] + x, KERALA[1] + y), UTM_43N)
    return spot.x, spot.y
