"""Made-up concerns in many everyday wordings, with typos and Cantonese; each says that it is made up."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "demo_wordings.toml"
MARK = "（演示）"
CANTONESE, TYPO = 0.35, 0.25


@dataclass(frozen=True, slots=True)
class Wording:
    """One made-up text and the category that it was made for."""

    category: str
    text: str


def made(folder: Path, count: int, seed: int) -> list[Wording]:
    """So many different texts, the same ones for a seed; fewer where the file has no more of them."""
    file = folder / FILE
    if not file.exists():
        return []
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    chance = random.Random(seed)  # noqa: S311 - made-up text, no secret
    found: dict[str, Wording] = {}
    for wording in _endless(rows, chance, count * 20):
        found.setdefault(wording.text, wording)
        if len(found) == count:
            break
    return list(found.values())


def _endless(rows: Mapping[str, Any], chance: random.Random, tries: int) -> Iterator[Wording]:
    kinds = rows["kind"]
    for turn in range(tries):
        kind = kinds[turn % len(kinds)]
        parts = [chance.choice(kind[part]) for part in ("when", "what", "ends")]
        begins = f"{parts[0]}，" if parts[0] else ""
        told = f"{begins}{parts[1]}，{parts[2]}"
        for name, values in rows["people"].items():
            told = told.replace(f"{{{name}}}", chance.choice(values))
        told = _changed(told, rows["cantonese"], CANTONESE, chance)
        told = _changed(told, rows["typos"], TYPO, chance)
        yield Wording(kind["category"], told + MARK)


def _changed(text: str, words: Mapping[str, str], share: float, chance: random.Random) -> str:
    for right, other in words.items():
        if right in text and chance.random() < share:
            text = text.replace(right, other)
    return text
