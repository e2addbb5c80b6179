"""Tiles packed for the way: gzip, fast rather than small.

In: bytes.  Out: gzip.  With isal it takes a sixth of zlib's time for the same size; where it is missing, zlib packs.
"""

try:
    from isal import isal_zlib as packer
except ImportError:
    import zlib as packer  # type: ignore[no-redef]

LEVEL = 1
GZIP = 31
"""Window bits that ask for a gzip frame."""


def packed(content: bytes) -> bytes:
    """The content as gzip."""
    return packer.compress(content, LEVEL, wbits=GZIP)
