"""A deadline with everything that moves it: weekends, holidays, made-up weekends, month ends.

Beside it in the same run: adding the same days to a date with no calendar at all (the limit), and
the walk day by day that the tests hold it against (the peer).
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from guanjia.cases import calendar
from guanjia.cases.calendar import Calendar
from guanjia.cases.clock import Days, Months, Period, WorkingDays, due
from guanjia.policy.book import SHIPPED

ASKED = (WorkingDays(5), WorkingDays(13), Days(15), Days(60), Months(1), Months(6))
Question = tuple[datetime, Period]


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    days, random = calendar.load(SHIPPED), Random(441900)
    count = max(1000, int(100_000 * scale))
    asked: list[Question] = [
        (
            datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(7 * 525_600)),
            random.choice(ASKED),
        )
        for _ in range(count)
    ]
    ours = report.seconds(lambda: [due(at, period, days) for at, period in asked], 7)
    bare = report.seconds(lambda: [at + timedelta(days=p.count) for at, p in asked], 7)
    worked = [one for one in asked if isinstance(one[1], WorkingDays)]
    walk = report.seconds(lambda: [walked(at, p.count, days) for at, p in worked], 3)
    right = all(due(at, p, days).day == walked(at, p.count, days) for at, p in worked[:2000])
    figures = {
        "deadline_us": report.median(ours) / count * 1e6,
        "bare_addition_us": report.median(bare) / count * 1e6,
        "walk_us": report.median(walk) / len(worked) * 1e6,
    }
    return report.end("deadline", figures, {"deadline_us": 20}, scale, right)


def walked(start: datetime, count: int, days: Calendar) -> date:
    """The `count`-th working day after a moment, day by day."""
    on = (start + timedelta(hours=8)).date()
    while count:
        on += timedelta(days=1)
        count -= days.works(on)
    return on


if __name__ == "__main__":
    sys.exit(main())
