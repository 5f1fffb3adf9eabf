"""A process may keep the memory that it frees."""

import subprocess
import sys

CHILD = """
from guanjia.policy.month import memory

def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

switched = {keep} and memory.keep_freed()
before = held()
columns = [bytearray(b"1" * 4_000_000) for _ in range(10)]
del columns
print(int(switched), held() - before)
"""


def left(keep: bool) -> tuple[bool, int]:
    """Whether the switch was there, and the bytes that a process holds after freeing 40 million."""
    said = subprocess.check_output([sys.executable, "-c", CHILD.format(keep=keep)])
    switched, held = said.split()
    return bool(int(switched)), int(held)


def test_what_is_freed_is_kept_where_that_is_asked_and_can_be() -> None:
    switched, kept = left(keep=True)
    assert (kept > 30_000_000) is switched
    assert left(keep=False)[1] < 10_000_000
