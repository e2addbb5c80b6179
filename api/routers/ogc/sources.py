"""What is shared under /ogc: everything that a place has to give, source by source.

In: nothing.  Out: the sources, in the order in which their collections are listed.  A further one is a function that gives
collections of a place (`layers.collections.model.Source`, or `LivingSource` where they change without a recording of the land),
named here.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from civic.permits.collection import last_published, permits
from gis.place import Jurisdiction
from layers.collections.model import LivingSource, Source
from layers.collections.parcels import parcels
from layers.collections.stored import stored_layers

SOURCES: tuple[Source, ...] = (parcels, stored_layers)
LIVING: tuple[LivingSource, ...] = (permits,)
LAST_CHANGES: tuple[Callable[[Session, Jurisdiction], datetime | None], ...] = (last_published,)
"""When each living source changed last."""
