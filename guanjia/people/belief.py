"""What was believed at a moment: rows recorded by then and not yet superseded."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

from guanjia.kit.days import SHANGHAI

M = TypeVar("M", bound=Model)


class Believed(Protocol):
    """Anything with record time."""

    recorded_at: datetime
    superseded_at: datetime | None


B = TypeVar("B", bound=Believed)


def end_of(day: date) -> datetime:
    """24:00 of a day in Shanghai: what was recorded before it was known on that day."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def at(rows: QuerySet[M], moment: datetime | None) -> QuerySet[M]:
    """Of dated rows those believed just before `moment`; None: those believed now."""
    if moment is None:
        return rows.filter(superseded_at__isnull=True)
    still = Q(superseded_at__isnull=True) | Q(superseded_at__gte=moment)
    return rows.filter(still, recorded_at__lt=moment)


def as_known(rows: Iterable[B], moment: datetime | None) -> list[B]:
    """Rows as a reader just before `moment` had them: later ones unknown, later corrections undone.

    The rows are changed in memory and are not to be saved. None: the rows as they are.
    """
    if moment is None:
        return list(rows)
    known = [row for row in rows if row.recorded_at < moment]
    for row in known:
        if row.superseded_at is not None and row.superseded_at >= moment:
            row.superseded_at = None
    return known
