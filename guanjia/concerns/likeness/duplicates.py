"""Likely the same matter: near in place, within thirty days, in similar words. A hint; people decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from guanjia.cases.models import Case
from guanjia.concerns.likeness import grams
from guanjia.kit.scope import place_range

DAYS = timedelta(days=30)
TOWN = 9
READ, SHOWN = 400, 5
LEAST = 0.32
ELSEWHERE = 0.8  # a neighbouring community of the town counts for less


@dataclass(frozen=True, slots=True)
class Near:
    """Another matter, and how like it is, from 0 to 1."""

    case: Case
    share: float

    @property
    def percent(self) -> int:
        """In whole hundredths."""
        return round(self.share * 100)


def near(case: Case) -> list[Near]:
    """Matters that may be the same as this one, the likest first; those merged already are left out."""
    found = like(case.concern.text, case.place_id, case.opened_at, besides=case.pk)
    return [one for one in found if case.merged_into_id != one.case.pk]


def like(text: str, place: str, at: datetime, besides: int = 0) -> list[Near]:
    """Open matters in sight of the same town, asked within thirty days of `at`, in words like these.

    Row security is asked by comparisons of place and time alone; words are compared here, over the
    newest READ of them.
    """
    mine = grams.pairs(text)
    if not mine:
        return []
    low, high = place_range(place[:TOWN])
    window = Case.objects.select_related("concern").filter(
        place__gte=low, place__lt=high, closed_at=None, merged_into=None
    )
    window = window.filter(opened_at__gte=at - DAYS, opened_at__lte=at + DAYS)
    newest = window.exclude(pk=besides).order_by("-pk")[:READ]
    return _likest(mine, place, newest)


def _likest(mine: frozenset[str], place: str, cases: Iterable[Case]) -> list[Near]:
    found = []
    for case in cases:
        share = grams.alike(mine, grams.pairs(case.concern.text))
        share *= 1.0 if case.place_id == place else ELSEWHERE
        if share >= LEAST:
            found.append(Near(case, share))
    return sorted(found, key=lambda one: (-one.share, one.case.pk))[:SHOWN]
