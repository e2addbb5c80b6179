"""The doors for programs and the place where everything is put together.

In: requests and command lines.  Out: answers; this package alone knows all the others.
"""
