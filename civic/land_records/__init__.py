"""Change of a plot's record: a name, an area, a land type corrected; a plot divided, plots merged.

In: an application on plots, its fee, a visit that measures, a decision.  Out: new states of the parcels, never an update:
the old ones end on the day of the decision, and the case is their instrument.
"""
