"""What a process frees it keeps for its next answers, in place of handing it back to the system and asking for it again.

In: nothing.  Out: glibc's allocator, told so for this process.  Answers of a hundred kilobytes, written in threads, cost a twentieth of
their time in pages handed back, asked for and wiped anew; at most `KEPT` bytes more are held.  Numbers of the settings: `malloc.h` of glibc.
"""

import ctypes

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
KEPT = 16 * 2**20
"""Bytes at the end of the heap that stay."""
PAD = 2**20
"""Bytes asked for beyond what is wanted."""
APART = 4 * 2**20
"""Bytes from which on a single piece is asked of the system for itself, and handed back when it is freed."""


def keep_freed_memory() -> bool:
    """Whether the allocator takes these settings; another C library than glibc has none of them, and stays as it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = {TRIM_THRESHOLD: KEPT, TOP_PAD: PAD, MMAP_THRESHOLD: APART}
    return all([mallopt(name, value) == 1 for name, value in settings.items()])
