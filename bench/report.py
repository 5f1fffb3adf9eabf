"""How a measurement is taken, where need be in a process of its own, and how it ends: one line of JSON."""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def options(description: str) -> argparse.Namespace:
    """`--scale 0.01` runs at a hundredth: correctness is checked, bounds are not."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scale", type=float, default=1.0)
    return parser.parse_args()


def seconds(work: Callable[[], object], times: int) -> list[float]:
    """Wall seconds of each of `times` calls."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def peak_mb() -> float:
    """The most memory this program had, in megabytes; what its parent had does not count."""
    status = Path("/proc/self/status").read_text()
    return int(next(x for x in status.splitlines() if x.startswith("VmHWM")).split()[1]) / 1000


def forget_peak() -> None:
    """From now on `peak_mb` counts anew."""
    Path("/proc/self/clear_refs").write_text("5")


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def started(program: str, *words: str) -> dict[str, float]:
    """What a process of a program's own says that does one work, named by the words."""
    asked = [sys.executable, "-m", program, *words]
    done = subprocess.run(asked, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def work(does: Callable[[], dict[str, float]]) -> int:
    """In the measured process: do it, then say what it took."""
    began = time.perf_counter()
    said = does()
    took = {"cpu_s": cpu(), "wall_s": time.perf_counter() - began, "peak_mb": peak_mb()}
    print(json.dumps({**said, **took}))
    return 0


def end(
    name: str, figures: dict[str, float], bounds: dict[str, float], scale: float, right: bool = True
) -> int:
    """Print the line; bounds (at most) count at full size alone. Exit status 1 where not ok."""
    within = scale < 1 or all(figures[key] <= most for key, most in bounds.items())
    ok = right and within
    rounded = {key: float(f"{value:.4g}") for key, value in figures.items()}
    print(json.dumps({"name": name, "figures": rounded, "bounds": bounds, "ok": ok}))
    return 0 if ok else 1
