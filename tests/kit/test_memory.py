"""A process may keep the memory that it frees."""

import platform
import subprocess
import sys

import pytest

CHILD = """
from guanjia.kit import memory

def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

if {keep}:
    memory.keep_freed()
before = held()
columns = [bytearray(b"1" * 4_000_000) for _ in range(10)]
del columns
print(held() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a C library without this switch")
def test_what_is_freed_is_kept_where_that_is_asked() -> None:
    kept, given_back = (
        int(subprocess.check_output([sys.executable, "-c", CHILD.format(keep=keep)]))
        for keep in (True, False)
    )
    assert kept > 30_000_000
    assert given_back < 10_000_000
