"""Which letters a font file can show.

In: the path of a TrueType or OpenType file.  Out: its code points, read from the table `cmap`
(OpenType 1.9, formats 4 and 12; a font without either shows nothing here).
"""

import struct
from collections.abc import Iterator
from pathlib import Path


def code_points(path: Path) -> frozenset[int]:
    """The Unicode code points for which the font has a glyph."""
    content = path.read_bytes()
    start = _cmap_start(content)
    if start is None:
        return frozenset()
    return frozenset(code for table in _unicode_tables(content, start) for code in _codes(content, table))


def _cmap_start(content: bytes) -> int | None:
    (tables,) = struct.unpack_from(">H", content, 4)
    for index in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", content, 12 + 16 * index)
        if tag == b"cmap":
            return int(offset)
    return None


def _unicode_tables(content: bytes, start: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", content, start + 2)
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", content, start + 4 + 8 * index)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            yield start + offset


def _codes(content: bytes, table: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", content, table)
    if form == 4:
        yield from _codes_in_segments(content, table)
    elif form == 12:
        yield from _codes_in_groups(content, table)


def _codes_in_segments(content: bytes, table: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", content, table + 6)
    ends = table + 14
    starts, deltas, ranges = (ends + 2 + twice * part for part in (1, 2, 3))
    for segment in range(0, twice, 2):
        last, first, delta, shift = (
            struct.unpack_from(">H", content, part + segment)[0] for part in (ends, starts, deltas, ranges)
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if shift:
                (glyph,) = struct.unpack_from(">H", content, ranges + segment + shift + 2 * (code - first))
            if glyph and (glyph + delta) % 0x10000:
                yield code


def _codes_in_groups(content: bytes, table: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", content, table + 12)
    for index in range(groups):
        first, last, glyph = struct.unpack_from(">III", content, table + 16 + 12 * index)
        yield from (code for code in range(first, last + 1) if glyph + code - first)
