"""Features strung into one GeoJSON document while they come, and the words that stand after the last of them.

In: features in their order, how many a page holds, who writes the rest of the document.  Out: its bytes, in pieces that fit a
network; the links stand at the end, because only there it is known whether anything follows.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from layers.collections.features import Feature

AT_ONCE = 100
"""Features that are strung together before they are sent."""
Rest = Callable[[int, int | None], bytes]
"""What stands after the features, from how many there were and the number of the last one where more follow: further members
and the bracket that closes the document, without a comma before them."""


def page(found: Iterator[Feature], *, limit: int | None, rest: Rest) -> Iterator[bytes]:
    """A FeatureCollection of at most so many features; one more is asked for, to know whether any follow.

    That one is read too: to leave before it would cancel the statement, which takes a connection of its own.
    """
    yield b'{"type":"FeatureCollection","features":['
    count, last, has_more = 0, 0, False
    while some := list(islice(found, AT_ONCE)):
        if limit is not None and count + len(some) > limit:
            del some[limit - count :]
            has_more = True
        if some:
            text = b",\n".join([feature for _, feature in some])
            yield b",\n" + text if count else text
            count, last = count + len(some), some[-1][0]
    yield b"]," + rest(count, last if has_more else None)


def lines(found: Iterator[Feature]) -> Iterator[bytes]:
    """One feature a line (newline-delimited GeoJSON), for programs that read as they go."""
    while some := list(islice(found, AT_ONCE)):
        yield b"".join([part for _, feature in some for part in (feature, b"\n")])
