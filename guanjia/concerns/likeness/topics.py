"""Gathering matters into topics by the words they share: simple, and told in those words. Plain: texts in, topics out.

A word is a run of two to four characters that some matters share and most do not. Topics begin with
the word that sets the most matters apart; what shares enough of a topic's words belongs to it.
"""

import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guanjia.concerns.likeness import grams

LEAST = 4
"""Matters that make a topic."""
COMMON = 0.12
"""A run in more than this share of all matters sets none apart."""
SAME = 0.5
ENOUGH = 3
"""What a matter must share: one word of four characters, or shorter ones that come to as much."""
WORDS, TOPICS = 6, 60
FILE = "topics.toml"


def passed_over(folder: Path) -> tuple[str, ...]:
    """What a city passes over when topics are gathered: courtesies, kin, times; the longest first."""
    file = folder / FILE
    if not file.exists():
        return ()
    words: list[str] = tomllib.loads(file.read_text(encoding="utf-8"))["passed_over"]
    return tuple(sorted(words, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Doc:
    """One matter: its number, its words, its category, whether it came back."""

    number: int
    text: str
    category: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a topic: the share of its matters that have it, and how many others have it too."""

    word: str
    percent: int
    others: int


@dataclass(frozen=True, slots=True)
class Found:
    """One topic: its words, the likeliest first, and its matters."""

    words: tuple[Word, ...]
    docs: tuple[Doc, ...]

    @property
    def label(self) -> str:
        """Its first words, as its name."""
        return " · ".join(w.word for w in self.words[:3])

    @property
    def category(self) -> str:
        """That of most of its matters."""
        return Counter(d.category for d in self.docs).most_common(1)[0][0]


def gathered(docs: Sequence[Doc], passed: Sequence[str] = ()) -> list[Found]:
    """The topics of these matters, the largest first; matters that share no words are in none.

    `passed`: words that are passed over.
    """
    having = _having(docs, passed)
    free = set(range(len(docs)))
    found = []
    for word in sorted(having, key=lambda w: (-_sets_apart(w, having, len(docs)), w)):
        own = having[word] & free
        if len(own) < LEAST:
            continue
        words = _words_of(word, own, having)
        own = {n for n in free if sum(len(w) - 1 for w in words if n in having[w]) >= ENOUGH}
        if len(own) < LEAST:
            continue
        free -= own
        found.append(_topic(words, own, having, docs))
        if len(found) == TOPICS:
            break
    return sorted(found, key=lambda f: (-len(f.docs), f.label))


def _having(docs: Sequence[Doc], passed: Sequence[str]) -> dict[str, set[int]]:
    """Word to the matters that have it; without what is in too few, in too many, or part of a longer word."""
    having: defaultdict[str, set[int]] = defaultdict(set)
    for number, doc in enumerate(docs):
        text = grams.plain(doc.text)
        for word in passed:
            text = text.replace(word, " ")
        for run in set(grams.runs(grams.BETWEEN.sub(" ", text), 2, 4)):
            if not run.isdecimal():
                having[run].add(number)
    most = max(LEAST * 3, int(len(docs) * COMMON))
    kept = {w: own for w, own in having.items() if LEAST <= len(own) <= most}
    parts = {
        part
        for word, own in kept.items()
        for part in (word[1:], word[:-1])
        if part in kept and len(own) >= 0.8 * len(kept[part])
    }
    return {w: own for w, own in kept.items() if w not in parts}


def _sets_apart(word: str, having: Mapping[str, set[int]], total: int) -> float:
    own = len(having[word])
    return own * math.log(total / own + 1) * (1.0 + 0.25 * (len(word) - 2))


def _words_of(first: str, own: set[int], having: Mapping[str, set[int]]) -> list[str]:
    """The word it began with, and those of which most matters are of this topic."""
    near = [
        (len(own & others) / len(others), w)
        for w, others in having.items()
        if w != first
        and len(own & others) >= LEAST // 2
        and len(own & others) >= SAME * len(others)
    ]
    chosen = [first]
    for _share, word in sorted(near, key=lambda one: (-one[0], one[1])):
        if not any(grams.pairs(word) & grams.pairs(w) for w in chosen):
            chosen.append(word)
        if len(chosen) == WORDS:
            break
    return chosen


def _topic(
    words: Iterable[str], own: set[int], having: Mapping[str, set[int]], docs: Sequence[Doc]
) -> Found:
    told = [
        Word(w, round(100 * len(own & having[w]) / len(own)), len(having[w] - own))
        for w in words
        if own & having[w]
    ]
    told.sort(key=lambda w: (-w.percent, w.others, w.word))
    return Found(tuple(told), tuple(docs[n] for n in sorted(own)))


def same(words: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two topics are one: half of the words of the shorter list stand in the other."""
    a, b = set(words), set(other)
    return len(a & b) >= SAME * min(len(a), len(b)) if a and b else False
