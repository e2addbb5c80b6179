"""A draw that anybody can make again: which permits of a day are looked at, out of a seed that nobody chose.

In: the permits of a day with what each was issued on.  Out: a seed and the numbers drawn; pure.

The pool is written one permit to a line: number, space, digest of its check document (or a hyphen), in order of number.  The seed
is SHA-256 over `bhumika-draw-1`, the body, the day and those lines, each ended by a line feed.  Each permit's lot is SHA-256 over
the seed, a space and its number; the lowest lots are drawn.  The pool is closed when its day is over, so whoever issues, files or
draws chooses neither the seed nor the lot; only whoever filed last could have tried, blindly, with further filings that are in the
pool themselves.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

METHOD = "bhumika-draw-1"


@dataclass(frozen=True, kw_only=True)
class Lot:
    """A permit in the pool."""

    number: str
    digest: str
    """SHA-256 of what it was issued on; a hyphen where nothing was checked."""

    @property
    def line(self) -> str:
        """As the pool is written."""
        return f"{self.number} {self.digest}"


def seed_of(body: str, day: date, pool: Sequence[Lot]) -> str:
    """The seed of a day, 64 hexadecimal digits."""
    lines = [METHOD, body, day.isoformat(), *(each.line for each in in_order(pool))]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def in_order(pool: Sequence[Lot]) -> list[Lot]:
    """The pool in order of number."""
    return sorted(pool, key=lambda each: each.number)


def how_many(pool: int, *, per_hundred: int, at_least: int) -> int:
    """How many of a pool are drawn."""
    return min(pool, max(at_least, math.ceil(pool * per_hundred / 100)))


def drawn(pool: Sequence[Lot], seed: str, taken: int) -> list[str]:
    """The numbers with the lowest lots, the lowest first."""
    return sorted((each.number for each in pool), key=lambda number: lot_of(seed, number))[:taken]


def lot_of(seed: str, number: str) -> str:
    """The lot of a permit, 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed} {number}".encode()).hexdigest()
