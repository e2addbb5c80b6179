"""Personal data: what is kept of a person, why and for how long; who looked; and being forgotten.

In: a notice kept as data, the looks of officers.  Out: pages that each person can read about themselves, and erasure where
nothing must be kept.
"""
