"""What is shared under /ogc: everything that a place has to give, source by source.

In: nothing.  Out: the sources, in the order in which their collections are listed.  A further one is a function that gives
collections of a place (`layers.collections.model.Source`), named here.
"""

from layers.collections.model import Source
from layers.collections.parcels import parcels
from layers.collections.stored import stored_layers

SOURCES: tuple[Source, ...] = (parcels, stored_layers)
