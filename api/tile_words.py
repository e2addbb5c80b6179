"""What a vector tile is asked for, and the words that its answer comes with: tag, how long it may be kept, packed or not.

In: the parts of an address.  Out: values and headers.  A tile has a tag for the state of its own layers on a day; it may be kept
for good where the address names a day and a version that still is the one of these layers.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from api.answers import today
from tiles.kept import Body
from tiles.packing import packed
from tiles.shelf import Seen
from tiles.store import FORMAT, Store
from tiles.vector import PARCELS, PARCELS_FROM_ZOOM, TileAddress
from tiles.versions import Changes, instant_of, last_change, stamp

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
DRAWN_TO_ZOOM = 20
"""The deepest zoom that the column store is fine enough for."""
LOOK = 2
"""Changes when the same state is drawn in another way, so that nobody is told to keep the former tile."""
WORTH_PACKING = 500
"""Bytes."""
Headers = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a tile is asked for."""

    code: str
    address: TileAddress
    layers: tuple[str, ...]
    on: date | None
    known: datetime | None
    v: str | None

    @property
    def version(self) -> datetime | None:
        """The recording that the version in the address stands for: whoever names it has seen it."""
        return instant_of(self.v)

    @property
    def _is_drawn_from_stores(self) -> bool:
        is_drawn = PARCELS in self.layers and PARCELS_FROM_ZOOM <= self.address.z <= DRAWN_TO_ZOOM
        return is_drawn and (self.on is None or self.on <= today())

    def store(self, seen: Seen) -> Store | None:
        """The store that answers for parcels, if one does."""
        return seen.parcels(self.on or today(), self.known) if self._is_drawn_from_stores else None

    def is_awaited(self, seen: Seen) -> bool:
        """Whether a store that will answer for its parcels is being made."""
        return self._is_drawn_from_stores and seen.awaits(self.on or today(), self.known)


@dataclass(frozen=True, kw_only=True)
class State:
    """The state of a tile's layers: the last change of one of them, the last recording, and a day from which it is the same."""

    changed: datetime
    last: datetime
    first: date

    @classmethod
    def of(cls, asked: Asked, changes: Changes, *, last: datetime, store: Store | None) -> "State":
        """The state of what is asked; of parcels alone a store knows for how long it has been the same."""
        is_alone = asked.layers == (PARCELS,) and store is not None
        first = store.standing.first if store is not None and is_alone else asked.on or today()
        return cls(changed=last_change(changes, asked.layers), last=last, first=first)

    @property
    def tag(self) -> str:
        """The tag of a tile in this state; a weak one, for it may be packed or not."""
        return _tag(self.changed, self.first)

    def headers(self, asked: Asked) -> Headers:
        """Tag, and how long the tile may be kept."""
        version = asked.version
        is_final = asked.on is not None and version is not None and self.changed <= version <= self.last
        kept = KEPT_FOR_GOOD if is_final else ASKED_AGAIN
        return {"ETag": self.tag, "Cache-Control": kept, "Vary": "Accept-Encoding"}


@lru_cache(maxsize=1024)
def _tag(changed: datetime, first: date) -> str:
    return f'W/"{stamp(changed)}-{first:%Y%m%d}-{FORMAT}.{LOOK}"'


def of_body(body: Body) -> Headers:
    """What is to be said of a body."""
    return {"Content-Type": MEDIA_TYPE} | ({"Content-Encoding": "gzip"} if body.is_packed else {})


def has_tag(tag: str, given: str) -> bool:
    """Whether a list of tags that a client has, or `*`, holds one (RFC 9110, 13.1.2: weak comparison)."""
    if not given:
        return False
    tags = {each.strip().removeprefix("W/") for each in given.split(",")}
    return tag.removeprefix("W/") in tags or "*" in tags


def wrapped(content: bytes, headers: Headers, *, accepted: str) -> bytes:
    """The content as it is sent; packed, and said so in the headers, for who can unpack it."""
    body = body_of(content, is_packing=takes_gzip(accepted))
    headers |= of_body(body)
    return body.content


def body_of(content: bytes, *, is_packing: bool) -> Body:
    """The content as it is sent; packed, where it is worth it, for who can unpack it."""
    if is_packing and len(content) >= WORTH_PACKING:
        return Body(content=packed(content), is_packed=True)
    return Body(content=content, is_packed=False)


@lru_cache(maxsize=64)
def takes_gzip(accepted: str) -> bool:
    """Whether a list of encodings has gzip, and not with a weight of nought."""
    for each in accepted.lower().split(","):
        name, _, weight = each.replace(" ", "").partition(";")
        if name == "gzip":
            return weight.removeprefix("q=").strip("0.") != "" or not weight
    return False
