"""What the scoreboard shows: stored sums alone, however many cases there are; each with what may be claimed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanjia.concerns.rules import rates
from guanjia.concerns.rules.rates import Target
from guanjia.concerns.tables.rates import RateRow, RateSum, TakenRound, Taking
from guanjia.kit import scope
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff.lists import Column

TOWNS_SHOW = (rates.FEEDBACK, rates.ON_TIME, rates.SOLVED, rates.SATISFIED)
MONTHS = 24
PAGE = 50
IN, NOT, OUT = "in", "not", "out"
WHICH = [
    ("", gettext_lazy("全部")),
    (NOT, gettext_lazy("没有做到的")),
    (IN, gettext_lazy("做到的")),
    (OUT, gettext_lazy("不在分母里的")),
]
COLUMNS = (
    Column("case", gettext_lazy("诉求"), fixed=True),
    Column("place", gettext_lazy("地方"), by="place"),
    Column("due", gettext_lazy("期限"), by="answer_due", kind="moment", nullable=True, fixed=True),
    Column("did", gettext_lazy("办了"), fixed=True),
    Column("said", gettext_lazy("回答")),
    Column("stands", gettext_lazy("怎么算"), fixed=True),
)
BY_MARK = Column("mark", gettext_lazy("明细号"), by="mark", kind="number", unseen=True)


@dataclass(frozen=True, slots=True)
class Score:
    """One rate in one place: the share, how it is made up, its interval, what may be claimed.

    `few`: too few to be shown. `beside` are sentences on what stands outside the denominator.
    """

    rate: str
    place: str
    name: str
    counted: int
    of: int
    beside: Sequence[str]
    target: Target | None
    hash: str
    few: bool = False

    @property
    def label(self) -> str:
        """The rate's name."""
        return rates.label(self.rate)

    @property
    def share(self) -> str:
        """`97.3%`; '' where nothing was counted."""
        return rates.told_share(self.counted, self.of)

    @property
    def interval(self) -> str:
        """`93.9%–98.9%`."""
        return rates.told_interval(self.counted, self.of)

    @property
    def verdict(self) -> str:
        """What may be claimed: met | all | open | missed | silent."""
        return rates.verdict(self.counted, self.of, self.target.share if self.target else None)


@dataclass(frozen=True, slots=True)
class Town:
    """A town and its scores; None where there is nothing, or too little to show."""

    name: str
    scores: Sequence[Score | None]


def months() -> list[date]:
    """The months that were counted, newest first."""
    found = Taking.objects.order_by("-month").values_list("month", flat=True).distinct()
    return list(found[:MONTHS])


def newest(month: date | None) -> Taking | None:
    """The newest taking of a month, or of the newest month."""
    found = Taking.objects.order_by("-month", "-as_of")
    return (found.filter(month=month) if month else found).first()


def scores(taking: Taking, rate: str = "") -> dict[tuple[str, str], Score]:
    """Rate and place to its score: what everybody may see of a taking."""
    with scope.hold(scope.PUBLIC):
        found = RateSum.objects.filter(taking=taking)
        sums = list(found.filter(rate=rate) if rate else found)
    names = places.names([taking.place_id, *(s.place for s in sums)])
    return {(s.rate, s.place): _score(s, names, taking.month) for s in sums}


def _score(one: RateSum, names: dict[str, str], month: date) -> Score:
    return Score(
        rate=one.rate,
        place=one.place,
        name=people_words.place_words(one.place, names),
        counted=one.counted,
        of=one.of,
        beside=list(_beside(one)),
        target=rates.target_on(Path(settings.GUANJIA_CITY), one.rate, month),
        hash=bytes(one.hash).hex(),
    )


def _beside(one: RateSum) -> Iterator[str]:
    """What stands outside the denominator, in sentences."""
    if one.unanswered:
        n = one.unanswered
        yield ngettext("另有 %(n)d 件没有回答", "另有 %(n)d 件没有回答", n) % {"n": n}
    if one.paused:
        n = one.paused
        yield ngettext("另有 %(n)d 件暂停计时", "另有 %(n)d 件暂停计时", n) % {"n": n}
    if one.unreasonable:
        n = one.unreasonable
        yield ngettext("另有 %(n)d 件判为不合理", "另有 %(n)d 件判为不合理", n) % {"n": n}


def of_city(taking: Taking, found: dict[tuple[str, str], Score]) -> list[Score]:
    """The city's scores, one a rate; a rate too small to be shown says so."""
    city = taking.place_id
    return [
        found.get((rate, city), Score(rate, city, "", 0, 0, (), None, "", few=True))
        for rate in rates.RATES
    ]


def by_town(
    taking: Taking, found: dict[tuple[str, str], Score], shown: Sequence[str]
) -> tuple[list[Town], list[str]]:
    """The towns that have something to show, each with its scores of these rates; the names of the rest."""
    towns = [
        Town(str(town), [found.get((rate, town.code)) for rate in shown])
        for town in places.towns(taking.place_id)
    ]
    return [t for t in towns if any(t.scores)], [t.name for t in towns if not any(t.scores)]


def chart(scored: Sequence[Score]) -> tuple[str, dict[str, Any]] | None:
    """A rate by town as bars across, the smallest first, with what it says; None for fewer than two."""
    rising = sorted((s for s in scored if s.of), key=lambda s: (Fraction(s.counted, s.of), s.place))
    if len(rising) < 2:
        return None
    target = rising[0].target
    data = {
        "kind": "across",
        "points": [
            {"name": s.name, "value": round(100 * s.counted / s.of, 1), "shown": s.share}
            for s in rising
        ],
        "target": float(target.share * 100) if target else None,
        "words": {"target": _("目标 %(value)s") % {"value": target.value} if target else ""},
    }
    ends = {"low": rising[0].name, "a": rising[0].share}
    ends |= {"high": rising[-1].name, "b": rising[-1].share}
    return _("最低是%(low)s，%(a)s；最高是%(high)s，%(b)s") % ends, data


def sum_lines(taking: Taking) -> Iterator[Sequence[object]]:
    """All sums that everybody may see, as a file."""
    yield (
        *(_("率"), _("代码"), _("地方"), _("分子"), _("分母"), _("占比"), _("95%区间")),
        *(_("没有回答"), _("暂停计时"), _("判为不合理"), _("明细校验码 SHA-256")),
    )
    with scope.hold(scope.PUBLIC):
        sums = list(RateSum.objects.filter(taking=taking).order_by("rate", "place"))
        names = places.names([s.place for s in sums])
    for s in sums:
        yield (
            *(rates.label(s.rate), s.place, people_words.place_words(s.place, names)),
            *(s.counted, s.of, rates.told_share(s.counted, s.of)),
            *(rates.told_interval(s.counted, s.of), s.unanswered, s.paused, s.unreasonable),
            bytes(s.hash).hex(),
        )


def row_lines(taking: Taking, rate: str) -> Iterator[Sequence[object]]:
    """The set of one rate, row by row, as a file: whoever adds it up comes to the published sums."""
    yield _("明细号"), _("代码"), _("算在分子里"), _("不在分母里的原因"), _("复核编号")
    with scope.hold(scope.PUBLIC):
        rows = RateRow.objects.filter(taking=taking, rate=rate).order_by("mark")
        for row in rows.iterator(chunk_size=2000):
            yield row.mark, row.place, int(row.counts), row.outside, row.review or ""


def rounds(taking: Taking, rate: str, which: str) -> QuerySet[TakenRound]:
    """The rounds of a rate's set, those in the places of who asks."""
    rows = RateRow.objects.filter(taking=taking, rate=rate)
    if which == OUT:
        rows = rows.exclude(outside="")
    elif which:
        rows = rows.filter(outside="", counts=which == IN)
    found = TakenRound.objects.filter(taking=taking, mark__in=rows.values("mark"))
    return found.select_related("case__concern")


def rows_of(taking: Taking, rate: str, marks: Sequence[int]) -> dict[int, RateRow]:
    """Mark to row, for one page."""
    return {r.mark: r for r in RateRow.objects.filter(taking=taking, rate=rate, mark__in=marks)}
