"""What each published rate counts: numerator, denominator, what stays outside; intervals and targets. Pure.

A rate is measured over promises: one round of one case whose deadline passed in the month. Nothing
here reads a row; what a city wants to reach stands in its targets.toml.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil, floor, sqrt
from pathlib import Path

from guanjia.policy.words import told, word

FILE = "targets.toml"
Z = 1.959964  # 95 %, both sides
FEWEST = 5  # fewer than these could point at a person

FEEDBACK, ON_TIME, UNREASONABLE = "feedback", "on_time", "unreasonable"
RESPONSE, SOLVED, SATISFIED, REOPENED = "response", "solved", "satisfied", "reopened"
RATES = (FEEDBACK, ON_TIME, UNREASONABLE, RESPONSE, SOLVED, SATISFIED, REOPENED)
ASKED = frozenset({SOLVED, SATISFIED})  # measured over those who answered

# Why a row of a set stands outside the denominator. `unreasonable` needs the review that found it so.
UNANSWERED, PAUSED = "unanswered", "paused"
OUTSIDE = (UNANSWERED, PAUSED, UNREASONABLE)

MET, ALL, OPEN, MISSED, SILENT = "met", "all", "open", "missed", "silent"


@dataclass(frozen=True, slots=True)
class Interval:
    """The Wilson score interval of a share, as shares of one."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Target:
    """What a city wants to reach; `measured`: whether this house can measure it."""

    rate: str
    label: str
    en: str
    value: str
    law: str
    status: str
    since: date
    measured: bool = True
    note: str = ""
    note_en: str = ""

    @property
    def share(self) -> Fraction:
        """The value as a share of one: `90%` is 9/10."""
        return Fraction(self.value.removesuffix("%").strip()) / 100

    def __str__(self) -> str:
        return told(self.label, self.en)

    @property
    def says(self) -> str:
        """The note, in the reader's language."""
        return told(self.note, self.note_en)


def wilson(counted: int, of: int) -> Interval | None:
    """The interval in which the share lies with 95 %: Wilson's score; None where nothing was counted."""
    if not of:
        return None
    share, z2 = counted / of, Z * Z
    middle = share + z2 / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    whole = 1 + z2 / of
    low = (middle - half) / whole if counted else 0.0
    return Interval(low, (middle + half) / whole if counted < of else 1.0)


def verdict(counted: int, of: int, target: Fraction | None) -> str:
    """What may be claimed: met | all | open | missed | silent.

    `met` only where the lower bound is at the target or above it. `all`: every single one, which no
    interval can prove of a target of 100 %. `open`: the share reaches the target, the interval does not.
    """
    bounds = wilson(counted, of)
    if target is None or bounds is None:
        return SILENT
    if bounds.low >= target:
        return MET
    if counted == of:
        return ALL
    return OPEN if Fraction(counted, of) >= target else MISSED


def told_share(counted: int, of: int) -> str:
    """`97.3%`; never rounded up to 100 or down to nought."""
    if not of:
        return ""
    tenths = round(Fraction(counted * 1000, of))
    if counted < of:
        tenths = min(tenths, 999)
    if counted:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"


def told_interval(counted: int, of: int) -> str:
    """`93.9%–98.9%`, outwards to a tenth."""
    bounds = wilson(counted, of)
    if bounds is None:
        return ""
    low, high = floor(bounds.low * 1000), ceil(bounds.high * 1000)
    return f"{low // 10}.{low % 10}%–{high // 10}.{high % 10}%"


def unnamed(sizes: Mapping[str, int]) -> frozenset[str]:
    """Of places with so many each, those that are not shown by name.

    Those with fewer than FEWEST; and where what they come to could be told from the whole and the
    rest, the smallest of the rest with them.
    """
    rising = sorted((size, place) for place, size in sizes.items() if size)
    hidden = [(size, place) for size, place in rising if size < FEWEST]
    rest = rising[len(hidden) :]
    while hidden and rest and (len(hidden) < 2 or sum(size for size, _place in hidden) < FEWEST):
        hidden.append(rest.pop(0))
    return frozenset(place for _size, place in hidden)


@cache
def targets(folder: Path) -> tuple[Target, ...]:
    """A city's targets, oldest first; a city without any has none."""
    file = folder / FILE
    if not file.exists():
        return ()
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["target"]
    return tuple(sorted((Target(**row) for row in rows), key=lambda t: t.since))


def target_on(folder: Path, rate: str, on: date) -> Target | None:
    """The target for a rate that holds on a day."""
    fitting = [t for t in targets(folder) if t.rate == rate and t.since <= on and t.measured]
    return fitting[-1] if fitting else None


def label(rate: str) -> str:
    """The rate's name."""
    return {
        FEEDBACK: word("反馈率"),
        ON_TIME: word("按时反馈率"),
        UNREASONABLE: word("判为不合理的占比"),
        RESPONSE: word("响应率"),
        SOLVED: word("解决率"),
        SATISFIED: word("满意率"),
        REOPENED: word("重办率"),
    }[rate]


def counts(rate: str) -> str:
    """The numerator, in words."""
    return {
        FEEDBACK: word("到统计时已经答复的，晚了也算"),
        ON_TIME: word("在答应的时间之内答复的"),
        UNREASONABLE: word("判为不合理、并经复核的"),
        RESPONSE: word("在答应的时间之内联系过本人的"),
        SOLVED: word("说“解决了”的"),
        SATISFIED: word("说“满意”的"),
        REOPENED: word("答复之后又要求重新办理的"),
    }[rate]


def of(rate: str) -> str:
    """The denominator, in words."""
    if rate in (FEEDBACK, ON_TIME):
        return word(
            "本月到了答复期限的合理诉求，没有答复的也在内；一直没有受理的，按受理期限算，也在内"
        )
    return {
        UNREASONABLE: word("本月到了答复期限的全部诉求"),
        RESPONSE: word("本月到了首次联系期限的诉求；一直没有受理的，按受理期限算，也在内"),
        SOLVED: word("本月到了回访期限、并且回答了的诉求"),
        SATISFIED: word("本月到了回访期限、并且回答了的诉求"),
        REOPENED: word("本月到了回访期限的诉求，也就是已经答复过的"),
    }[rate]


def without(rate: str) -> str:
    """What stays outside the denominator, in words."""
    if rate in (FEEDBACK, ON_TIME):
        return word("判为不合理的（须经复核，逐件记明）；暂停计时、期限还没有到的，另列件数")
    if rate == RESPONSE:
        return word("暂停计时、期限还没有到的，另列件数；其余一件不减")
    if rate in ASKED:
        return word("没有回答的，另列件数，既不算满意也不算不满意")
    return word("一件不减")


def reason(outside: str) -> str:
    """Why a row stands outside the denominator."""
    return {
        UNANSWERED: word("没有回答"),
        PAUSED: word("暂停计时，期限还没有到"),
        UNREASONABLE: word("判为不合理"),
    }[outside]
