"""The peer alone: CPU seconds a million persons, and memory, on a made-up population held in arrays.

Each block's results are counted and let go before the next. `--scale 3` decides three million.
"""

import resource
import sys
from collections import Counter
from datetime import date

import numpy as np

from bench import report
from bench.peer import decide, population

PERSONS = 1_000_000
MONTH = date(2020, 1, 1)


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    rng = np.random.default_rng(2020)
    home = population.homes(rng, int(PERSONS * scale))
    of_persons = population.persons(rng, len(home))
    of_households = population.households(rng, int(home[-1]) + 1)
    decide.system()
    before, began = peak_mb(), cpu()
    entitled = Counter[str]()
    for _block, found in decide.by_block(of_persons, of_households, home, MONTH):
        for benefit in decide.BENEFITS:
            entitled[benefit] += int(np.count_nonzero(found[f"{benefit}_entitled"]))
    spent, after = cpu() - began, peak_mb()
    facts_mb = sum(a.nbytes for a in (*of_persons.values(), *of_households.values(), home)) / 1e6
    figures = {
        "persons": len(home),
        "cpu_s": spent,
        "cpu_s_per_million": spent / len(home) * 1e6,
        "facts_mb": facts_mb,
        "peak_mb": after,
        "grown_mb": after - before,
        **entitled,
    }
    return report.end("peer", figures, {}, scale, right=entitled["dibao"] > 0)


def cpu() -> float:
    """Seconds of processor time so far, the system's among them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """The most memory that was ever resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    sys.exit(main())
