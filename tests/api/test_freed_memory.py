"""What a serving process frees stays with it, up to a limit."""

import subprocess
import sys

FREED = """
import resource
from api.freed_memory import keep_freed_memory
{told}
def held():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize()
before = held()
pieces = [bytes(50_000) for _ in range({pieces})]
for piece in pieces:
    memoryview(piece)
del piece, pieces
print(held() - before)
"""


def left(pieces: int, *, told: bool) -> int:
    """Bytes that a new process still holds after it has freed some pieces of 50 kB."""
    program = FREED.format(told="assert keep_freed_memory()" if told else "", pieces=pieces)
    return int(
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    )


def test_ten_megabytes_stay_where_they_would_be_handed_back() -> None:
    assert left(200, told=True) > 8_000_000
    assert left(200, told=False) < 2_000_000


def test_beyond_the_limit_memory_is_handed_back() -> None:
    assert left(1_000, told=True) < 20_000_000
