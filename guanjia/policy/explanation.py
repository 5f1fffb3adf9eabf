"""What an explanation is made of: sentences with verdicts, figures and laws; amounts; what would change it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from guanjia.policy.chapter import Cadence

Verdict = Literal["met", "unmet", "unknown"]


@dataclass(frozen=True, slots=True)
class FigureUse:
    """A figure of the book that a sentence read."""

    name: str
    label: str
    shown: str  # as the book writes it: "1060 元/人·月"
    value: int  # fen, or the whole number
    since: date
    law: str
    status: str  # seed | found | derived | known | assumption
    unreviewed_since: date | None  # its review_by has passed: 未复核（自 … 起）


@dataclass(frozen=True, slots=True)
class FactUse:
    """A fact that a sentence read, and of whom."""

    name: str
    label: str
    unit: int  # member number, or HOUSEHOLD
    who: str  # "陈大文", "家庭"
    shown: str  # "1,999.00 元", "是", "待补问"
    known: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One condition, with what it compared."""

    code: str
    label: str
    en: str
    verdict: Verdict
    reads: str  # "11,994.00 元 < 19,080.00 元"; "" where there is nothing to show
    text: str  # the expression as the book writes it
    law: str
    status: str
    figures: tuple[FigureUse, ...]
    facts: tuple[FactUse, ...]  # those that decided; the unknown ones first


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One amount and how it is made up."""

    code: str
    label: str
    en: str
    fen: int | None
    reads: str  # "(6 × 1,060.00 元 × 3 − 11,994.00 元) ÷ 6，向上取整到分"
    text: str
    law: str
    status: str
    figures: tuple[FigureUse, ...]
    facts: tuple[FactUse, ...]


@dataclass(frozen=True, slots=True)
class Reduction:
    """A relation with another benefit that made the amount smaller, as a sentence."""

    giver: str
    kind: str  # exclude | higher_only | top_up
    text: str
    fen: int  # by how much, > 0
    law: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One benefit of one unit in one month, sentence by sentence: unmet first, then unknown, then met."""

    benefit: str
    title: str
    cadence: Cadence
    unit: int
    who: str
    month: date
    decidable: bool  # False: the book has no rule for this benefit in this month
    entitled: bool | None
    gross: int | None
    net: int | None
    sentences: tuple[Sentence, ...]
    amounts: tuple[AmountLine, ...]
    reductions: tuple[Reduction, ...]
    changes: tuple[str, ...]  # what would change this, in words
    law: str
    status: str
    revision: str

    @property
    def verdict(self) -> Verdict:
        """Entitled, not, or to be asked first."""
        return "unknown" if self.entitled is None else ("met" if self.entitled else "unmet")

    @property
    def questions(self) -> tuple[FactUse, ...]:
        """The unknown facts that must be asked, each once."""
        asked = {(f.name, f.unit): f for s in self.sentences for f in s.facts if not f.known}
        return tuple(asked.values()) if self.entitled is None else ()
