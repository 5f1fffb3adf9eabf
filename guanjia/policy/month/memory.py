"""Memory of a process that works on large columns."""

import ctypes

TRIM_FROM, MAP_FROM = -1, -3
"""What glibc's mallopt calls M_TRIM_THRESHOLD and M_MMAP_THRESHOLD."""
LARGEST_KEPT = 32 * 1024 * 1024
"""Bytes: the largest piece that glibc takes from memory it keeps."""


def keep_freed() -> bool:
    """Keep what is freed for the next column: handed back, it would be zeroed anew each time.

    For a process that does one job and ends. False where the C library has no such switch.
    """
    try:
        switch = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    return bool(switch(MAP_FROM, LARGEST_KEPT) and switch(TRIM_FROM, 2**31 - 1))
