"""Whether what a plot was judged by is another than it was: its own record, the parcels beside it, the layers of the catalogue.

In: a plot by its number, the point in both times at which it was judged, a later day.  Out: True or False; False only where a site of the plot
(`layers.site`) would be the same.  Rights and buildings are not asked: a site holds none of them.
"""

from datetime import date

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from gis.asof import AsOf
from gis.db.sql import statement
from gis.parcels.ids import normal_number
from gis.place import Jurisdiction
from layers.catalogue import load
from layers.extract.theme import target_of

_TOUCHED = statement(__package__, "recorded_since").bindparams(bindparam("targets", type_=ARRAY(Text)))


def touched_since(session: Session, place: Jurisdiction, number: str, *, judged: AsOf, on: date) -> bool:
    """Whether a plot may be another on a day than it was when it was judged, as both are recorded."""
    targets = sorted({target_of(layer) for layer in load(place.catalogue).layers})
    asked = {
        "jurisdiction": place.code,
        "number": normal_number(number),
        "judged": judged.on,
        "known": judged.known,
        "on": on,
        "targets": targets,
    }
    return bool(session.execute(_TOUCHED, asked).scalar_one())
