"""The planner's questions: what a reform would do to every plot and every permit, and the ground that plots share with layers.

In: the answers of the platform about land, a reform, a use.  Out: rows for each plot and permit, from the database or from files, on one
processor, on all of them or on a cluster.  Commands, notebooks and the studies of the town hall ask here; nothing here asks them.
"""
