"""A town in a notebook: `connect("kl-sample")` gives it, read only, as GeoDataFrames.

In: the code of a place, and the settings of the environment.  Out: a `Town`, whose plots, layers, cases, extracts, envelopes and
checks are tables with their coordinate system, units, sources and day in `.attrs`.  Nothing about persons is within reach.
"""

from api.notebook.exploring import Exploring
from api.notebook.figures import distribution
from api.notebook.in_files import LandInFiles, open_land
from api.notebook.load import Rain
from api.notebook.maps import show
from api.notebook.town import Town, connect

__all__ = ["Exploring", "LandInFiles", "Rain", "Town", "connect", "distribution", "open_land", "show"]
