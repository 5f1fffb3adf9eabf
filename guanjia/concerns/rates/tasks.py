"""Each month the month before is counted, and the one before that once more.

It is done in the first night that there is a worker; the second time its call-backs are in.
A killed worker has written nothing of a taking, or all of it.
"""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from guanjia.concerns.rates import taking
from guanjia.concerns.tables.rates import Taking
from guanjia.kit import clock, days, scope
from guanjia.kit.days import SHANGHAI

TAKE = "concerns.take_month"


def city() -> str:
    """The code of this house's city."""
    file = Path(settings.GUANJIA_CITY) / "city.toml"
    return str(tomllib.loads(file.read_text(encoding="utf-8"))["code"])


def eyes() -> scope.Scope:
    """The city's job."""
    return scope.job("rates", city(), clock.today())


@app.periodic(cron="30 19 * * *")  # 03:30 in the city
@app.task(name="concerns.take_months", queue="cases")
def take_months(timestamp: int) -> None:
    """Count what this month has not counted yet: the two months before."""
    take_due(datetime.fromtimestamp(timestamp, UTC))


def take_due(as_of: datetime) -> list[Taking]:
    """Take each of the two months before that was not taken since this month began."""
    this = as_of.astimezone(SHANGHAI).date().replace(day=1)
    begins, _ends = taking.month_of(this)
    with scope.hold(eyes()):
        since = set(Taking.objects.filter(as_of__gte=begins).values_list("month", flat=True))
    months = {days.add_months(this, -1), days.add_months(this, -2)} - since
    return [take_at(month, as_of) for month in sorted(months)]


@app.task(name=TAKE, queue="cases")
def take_month(month: str, as_of: str) -> None:
    """Count one month as of a moment, because somebody asked."""
    take_at(date.fromisoformat(month), datetime.fromisoformat(as_of))


def take_at(month: date, as_of: datetime) -> Taking:
    """Count one month as known at a moment."""
    held = eyes()
    with scope.hold(held):
        return taking.take(held.lo, month, as_of)
