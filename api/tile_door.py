"""How a vector tile is answered, once it is known what is asked and what is known of the place.

In: `Asked`, `Seen`, the client's headers, a way to hear it hang up.  Out: status, headers, body.  Plots from the column store are
drawn within the event loop, some milliseconds a tile at most; everything else waits in a thread, and PostGIS stops drawing when all
who asked have hung up.  What was drawn just now is kept (`tiles.kept`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.types import Receive

from api.answers import today
from api.tile_words import Asked, Headers, State, body_of, has_tag, of_body, takes_gzip
from gis.asof import AsOf
from gis.errors import NotFound, TooLarge, Unavailable
from tiles.once import Errand
from tiles.shelf import Seen, Shelf, drawn
from tiles.store import Store
from tiles.vector import BLOCKS_TO_ZOOM, PARCELS
from tiles.versions import Changes

HUNG_UP = 499
"""The status of an answer that nobody hears."""
SOON = 10
"""Seconds after which a map that is being made ready is asked for again; a million plots take half a minute."""
BEING_READ = (
    "The plots of this place have just been brought in, and their map is being made ready: half a minute for a million of them."
    " Ask again then, or for a deeper zoom, which is drawn already."
)
Answer = tuple[int, Headers, bytes]


@dataclass(frozen=True, kw_only=True)
class Door:
    """One tile at one state of knowledge; `known` is the instant that was asked for, None for the last recording."""

    shelf: Shelf
    seen: Seen
    asked: Asked
    changes: Changes
    known: datetime | None = None

    async def answer(self, given: Mapping[str, str], receive: Receive) -> Answer:
        """Status, headers and body for a client with such headers."""
        asked, store = self.asked, self.asked.store(self.seen)
        state = State.of(asked, self.changes, last=self.seen.last, store=store)
        headers, tag = state.headers(asked), state.tag
        if has_tag(tag, given.get("if-none-match", "")):
            return 304, headers, b""
        is_packing = takes_gzip(given.get("accept-encoding", ""))
        where = asked.address
        key = (asked.code, where.z, where.x, where.y, asked.layers, self.known, tag, is_packing)
        body = self.shelf.kept.get(key)
        if body is None:
            content = await self._content(store, state, receive)
            if content is None:
                return HUNG_UP, {}, b""
            body = body_of(content, is_packing=is_packing)
            self.shelf.kept.put(key, body)
        return 200, headers | of_body(body), body.content

    async def _content(self, store: Store | None, state: State, receive: Receive) -> bytes | None:
        """The tile; None where the client has hung up."""
        asked = self.asked
        if store is not None and asked.layers == (PARCELS,) and asked.address.z > BLOCKS_TO_ZOOM:
            return drawn(store, asked.address)

        async def hung_up() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        return await self.shelf.once.answer(
            (asked, state), lambda errand: self._drawn(store, errand), leaving=hung_up
        )

    def _drawn(self, store: Store | None, errand: Errand) -> bytes:
        """Parcels from a store where there is one, all else by PostGIS."""
        asked = self.asked
        others = [name for name in asked.layers if store is None or name != PARCELS]
        own = b"" if store is None else drawn(store, asked.address)
        if not others:
            return own
        at = AsOf(on=asked.on or today(), known=self.known or self.seen.last)
        drawing, place = self.shelf.drawing, self.seen.place
        try:
            return own + drawing.tile(place, asked.address, layers=others, at=at, errand=errand)
        except TooLarge as error:
            if asked.is_awaited(self.seen):
                raise Unavailable(BEING_READ, retry_after=SOON) from error
            raise


def looked_at(seen: Seen | None, asked: Asked) -> Seen:
    """What was seen of a place; `NotFound` before its first recording."""
    if seen is None:
        raise NotFound(
            f"Nothing has been recorded in “{asked.code}” yet: import its parcels and layers first."
        )
    return seen
