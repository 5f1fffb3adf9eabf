"""Which category a text is likely of: weights in a file, scored in plain Python. A suggestion, never a decision.

Nothing of the trainer is imported here; a house without a model suggests nothing.
"""

import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from guanjia.concerns.likeness import grams

FILE = "category-model.json"
OFFERED, LEAST = 3, 0.2


class BadModel(ValueError):
    """A file that is not the model that was written: its hash does not fit."""


@dataclass(frozen=True, slots=True)
class Tested:
    """How one category fared on matters that the model had not seen."""

    held_out: int
    right: int


@dataclass(frozen=True, slots=True)
class Model:
    """Weights a run of characters and category, and what is known of them.

    `weights`: run → [rarity, weight of each category in order]. `trained_on` matters, of which
    `synthetic` were made up; `tested`: by category, on a fifth that was held out.
    """

    city: str
    trained_at: str
    trained_on: int
    synthetic: int
    categories: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, list[float]] = field(repr=False)
    tested: dict[str, Tested]
    sha256: str = ""

    @property
    def held_out(self) -> int:
        """On how many matters it was tested."""
        return sum(t.held_out for t in self.tested.values())

    @property
    def right(self) -> int:
        """How many of them it put where the desk had put them."""
        return sum(t.right for t in self.tested.values())


def path() -> Path:
    """Where the house keeps its model."""
    files: Path = settings.GUANJIA_FILES
    return files / "suggestions" / FILE


def model() -> Model | None:
    """The house's model, read once until its file changes; None where there is none. Raises BadModel."""
    file = path()
    try:
        stamp = file.stat()
    except FileNotFoundError:
        return None
    return _read(file, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=1)
def _read(file: Path, _changed: int, _size: int) -> Model:
    head, _newline, body = file.read_text(encoding="utf-8").partition("\n")
    if sha256(body.encode()).hexdigest() != head.strip():
        raise BadModel(str(file))
    rows: dict[str, Any] = json.loads(body)
    rows["tested"] = {code: Tested(**row) for code, row in rows["tested"].items()}
    rows["categories"], rows["bias"] = tuple(rows["categories"]), tuple(rows["bias"])
    return Model(**{**rows, "sha256": head.strip()})


def write(made: Model) -> str:
    """Put a model in the place of the one before, at once; returns its hash."""
    rows = asdict(made)
    del rows["sha256"]
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    mark = sha256(body.encode()).hexdigest()
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(f"{mark}\n{body}", encoding="utf-8")
    fresh.replace(file)
    return mark


def categories(text: str) -> list[tuple[str, float]]:
    """The likeliest categories, as (code, share), the best first; [] where nothing can be said.

    A model that cannot be read suggests nothing.
    """
    try:
        known = model()
    except (BadModel, OSError, ValueError, TypeError):
        return []
    if known is None:
        return []
    ranked = sorted(shares(known, text).items(), key=lambda one: -one[1])
    return [(code, share) for code, share in ranked[:OFFERED] if share >= LEAST]


def shares(known: Model, text: str) -> dict[str, float]:
    """The share of each category, adding up to 1; {} for a text of which no run is known."""
    counted = Counter(run for run in grams.one_to_three(text) if run in known.weights)
    if not counted:
        return {}
    heard = {run: (1 + math.log(n)) * known.weights[run][0] for run, n in counted.items()}
    length = math.sqrt(sum(v * v for v in heard.values()))
    scores = list(known.bias)
    for run, value in heard.items():
        for place, weight in enumerate(known.weights[run][1:]):
            scores[place] += value / length * weight
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return {code: p / sum(powers) for code, p in zip(known.categories, powers, strict=True)}
