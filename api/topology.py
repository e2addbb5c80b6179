"""`bhumika check-topology`: gaps, overlaps and slivers between neighbouring parcels.

In: an engine, a jurisdiction, a date.  Out: the report, for people or for programs; `NotFound` on a date without parcels, which
is no clean report.
"""

from datetime import date

from rich.console import Console
from sqlalchemy import Engine

from api.answers import as_of
from api.importing import progress_bars
from api.printing import print_json
from gis.db.session import transaction
from gis.errors import NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import first_day
from gis.parcels.topology import check_topology


def print_topology(
    engine: Engine, code: str, *, on: date | None, out: Console, err: Console, as_json: bool
) -> None:
    """Check and print."""
    with transaction(engine) as session, progress_bars(err) as bars:
        place = jurisdiction(session, code)
        at = as_of(session, place, on=on, known=None)
        report = check_topology(
            session, place, at=at, progress=lambda done, total: bars.moved("squares checked", done, total)
        )
        begins = None if report.parcels else first_day(session, place, known=at.known)
    if not report.parcels:
        remedy = f"Ask for {begins} or a later date" if begins else "Import its parcels first"
        raise NotFound(f"{report} {remedy}.")
    if as_json:
        print_json(report.values())
    else:
        out.print(str(report), highlight=False, markup=False)
