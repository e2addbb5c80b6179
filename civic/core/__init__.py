"""What every service of the town hall shares: cases, people, turns, clocks.

In: what a person does at a door, inside one local body.  Out: the changed case and its history, in one transaction.
"""
