"""What the script that draws charts is given: numbers and words, no drawing instructions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guanjia.policy import words
from guanjia.policy.chapter import FigureRow
from guanjia.web.tongues import speaking

FEN = 100
TAIL = 8


def steps(rows: Sequence[FigureRow], today: date) -> dict[str, Any]:
    """A figure over time as steps: each value holds from its day until the next; zero base.

    The line runs to today, and at least an eighth of its length beyond the last change. Values in
    yuan where the figure is money.
    """
    scale = FEN if rows[0].unit == "fen" else 1
    points = [
        {"on": _day(row.since), "value": row.value / scale, "shown": row.shown} for row in rows
    ]
    first, last = rows[0].since or today, rows[-1].since or today
    end = rows[-1].until or max(today, last + (max(last, today) - first) / TAIL)
    axis = {"year": _("{yyyy}年"), "month": _("{M}月"), "day": _("{M}月{d}日")}
    return {
        "kind": "steps",
        "points": points,
        "end": _day(end),
        "today": _day(today),
        "words": {"today": _("今天"), "axis": axis},
    }


def bars(months: Sequence[tuple[date, int]], even: bool = False) -> dict[str, Any]:
    """Sums in fen a month as bars from nought, each with its value written on it, in order.

    The newest stands out, but for `even` ones, of which none is newer than another.
    """
    largest = max(abs(fen) for _month, fen in months)
    units = [*speaking.large_units(), (0, _("元"))]
    size, unit = next(one for one in units if largest >= one[0])
    points = [
        {"name": words.month(on), "value": fen / FEN, "shown": _rounded(fen, size)}
        for on, fen in months
    ]
    return {"kind": "bars", "points": points, "unit": unit, "even": even}


def _rounded(fen: int, size: int) -> str:
    """`fen` in units of `size`, to a hundredth; whole yuan where the unit is the yuan."""
    if fen < 0:
        return f"\u2212{_rounded(-fen, size)}"
    if size == 0:
        return f"{(fen + FEN // 2) // FEN:,}"
    hundredths = (fen * 100 + size // 2) // size
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""
