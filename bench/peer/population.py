"""A made-up population as arrays: sizes of households, ages, incomes and awards as a large city has them."""

from typing import Any

import numpy as np

from bench.peer import facts
from bench.peer.facts import Array

SIZES = ((1, 2, 3, 4, 5, 6), (0.30, 0.30, 0.20, 0.12, 0.06, 0.02))
MOSTLY = ("alive", "resident", "in_family", *(name for name in facts.YES_NO if "alone" in name))
SELDOM = {"hukou_local": 0.25, "able_to_work": 0.6, "serious_illness": 0.01, "injury_nursing": 2e-4}
HELD = {"tekun": 5e-4, "orphan": 1e-4, "unattended": 2e-4, "dibao_single": 1e-4}
EARNED = {"wages": (0.55, 450_000), "transfers_in": (0.15, 250_000), "business": (0.08, 300_000)}
EARNED |= {"transfers_out": (0.4, 60_000), "property_income": (0.05, 100_000)}
SPENT = {"medical_own": (0.3, 20_000), "education_own": (0.15, 60_000)}
ELSE = (0.01, 10_000)
CHOSEN = {"social_insurance": 0.9, "father_state": 0.03, "mother_state": 0.03}
AGES = ((0, 15, 25, 45, 60, 75, 102), (0.14, 0.13, 0.42, 0.20, 0.08, 0.03))
DAYS = 365.25


def persons(rng: np.random.Generator, count: int) -> dict[str, Array]:
    """Facts of so many persons: most are healthy and local registration is one in four."""
    made: dict[str, Array] = {name: rng.random(count) < 0.98 for name in MOSTLY}
    made |= {name: rng.random(count) < share for name, share in SELDOM.items()}
    made |= {f"held_{name}": rng.random(count) < share for name, share in HELD.items()}
    amounts = dict.fromkeys(facts.FEN, ELSE) | EARNED | SPENT
    made |= {name: _some(rng, count, *of) for name, of in amounts.items()}
    made["disability_level"] = _level(rng, count, 0.02)
    made["refused_jobs"] = _level(rng, count, 0.002)
    made["born_on"] = _born(rng, count)
    for name, codes in facts.CHOICES.items():
        share = CHOSEN.get(name, 0.02)
        picked = rng.integers(0, len(codes), count) * (rng.random(count) < share)
        made[name] = picked.astype(np.uint8)
    return made


def households(rng: np.random.Generator, count: int) -> dict[str, Array]:
    """Facts of so many households: savings of some, a house, seldom two, a car for one in three."""
    made: dict[str, Any] = {name: _some(rng, count, 0.1, 3_000_000) for name in facts.ASSETS}
    made["deposits"] = _some(rng, count, 0.8, 5_000_000)
    made["vehicles"] = (rng.random(count) < 0.35).astype(np.int32)
    made["houses"] = rng.integers(0, 3, count, np.int32)
    made["held_dibao"] = rng.random(count) < 0.003
    return made


def homes(rng: np.random.Generator, count: int) -> Array:
    """The household of each of about so many persons, the last one whole."""
    sizes = rng.choice(SIZES[0], count, p=SIZES[1])
    most = int(np.searchsorted(np.cumsum(sizes), count)) + 1
    return np.repeat(np.arange(most), sizes[:most])


def _some(rng: np.random.Generator, count: int, share: float, about: int) -> Array:
    """Nought for most, for the others whole fen spread about an amount."""
    amounts = rng.gamma(2.0, about / 2, count) * (rng.random(count) < share)
    return amounts.astype(np.int64)


def _level(rng: np.random.Generator, count: int, share: float) -> Array:
    return (rng.integers(1, 5, count) * (rng.random(count) < share)).astype(np.uint8)


def _born(rng: np.random.Generator, count: int) -> Array:
    band = rng.choice(len(AGES[1]), count, p=AGES[1])
    edges = np.array(AGES[0]) * DAYS
    ages = edges[band] + rng.random(count) * (edges[band + 1] - edges[band])
    return (18_262 - ages).astype(np.int32)  # 18,262 days to 2020
