"""Watching a plot: who has an interest is told of every case on it and around it, and of what is recorded there.

In: wishes, officers' decisions, links that end a watch, recordings.  Out: who watches what; the messages are `civic.core.messages`'.
"""
