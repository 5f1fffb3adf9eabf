"""One month of 100,000 payments: from frozen facts to entries and bank file, in PostgreSQL.

A house of its own, made and thrown away; registering the people is not measured. Memory, that of the
processes that help included, is looked at after every batch: what the second half adds to the first is
what would grow with the city.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from itertools import count, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from guanjia.kit.money import shares

PAYMENTS = 100_000
CITY, TOWN, COMMUNITY = "441900", "441900119", "441900119002"
MONTH, TODAY = date(2020, 1, 1), date(2020, 1, 10)
KNOWN, FROZEN = datetime(2020, 1, 2, tzinfo=UTC), datetime(2020, 1, 10, tzinfo=UTC)
SINCE = date(2019, 1, 1)
CHUNK = 2000
SUBSIDIES = 3  # price subsidies that follow a family's award
PLENTY = 100_000_000_00
MEGABYTES_FLAT = 64
"""What the second half of the batches may add to the memory of the first."""


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    wanted = max(200, int(PAYMENTS * scale))
    with own_house():
        desks = prepare()
        granted = settle(wanted, desks)
        figures = measure(desks)
    due = granted + SUBSIDIES * (wanted // 10)
    right = figures["entries"] == due == figures["lines"] and figures["findings"] == 0
    bounds: dict[str, float] = {"seconds": 20, "grown_mb": MEGABYTES_FLAT}
    return report.end("run", {"payments": due, **figures}, bounds, scale, right)


@contextmanager
def own_house() -> Iterator[None]:
    """A migrated house in a folder of this program alone."""
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "GUANJIA_AS_OWNER"):
        os.environ.pop(name, None)
    os.environ["GUANJIA_DATA"] = str(folder / "house")
    from guanjia.web.commands import init
    from guanjia.web.house import start

    try:
        with start.house(migrated=False):
            init.prepare(lambda _done, _total: None)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare() -> tuple[Any, Any]:
    """Two people, a book, money."""
    from django.conf import settings

    from guanjia.entitlements.runs import actions
    from guanjia.kit import scope
    from guanjia.ledger import actions as ledger
    from guanjia.ledger.records import Because
    from guanjia.policy import book as books
    from guanjia.staff.models import User

    settings.GUANJIA_DEMO_DAY = TODAY
    one, two = (User.objects.create_user(name, full_name=name) for name in ("zhou", "liang"))
    actions.adopt_book(books.load(settings.GUANJIA_CITY), one, two, KNOWN)
    because = Because(TODAY, one.pk, two.pk)
    with scope.hold(scope.job("bench", CITY, TODAY)):
        for benefit in ("dibao", "price_subsidy", "disability_care", "longevity"):
            ledger.appropriate(TOWN, benefit, PLENTY, "bench", because)
    return one, two


def settle(wanted: int, desks: tuple[Any, Any]) -> int:
    """Register the people and grant their awards; returns how many."""
    from guanjia.entitlements.runs import actions
    from guanjia.kit import scope
    from guanjia.people import actions as people

    granted, feed = 0, households(wanted)
    with scope.hold(scope.job("bench", CITY, TODAY)):
        people.ensure_source("bench", "合成数据", synthetic=True)
    while chunk := list(islice(feed, CHUNK)):
        with scope.hold(scope.job("bench", CITY, TODAY)):
            people.register(chunk, "bench", KNOWN)
            granted += actions.grant([a for home in chunk for a in awards(home)], *desks, KNOWN)
    analyse()
    return granted


def analyse() -> None:
    """Fresh statistics, as a house that has run for a day has them."""
    from django.db import connection

    from guanjia.web.house import schema

    connection.close()
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def households(wanted: int) -> Iterator[Any]:
    """Of 10 payments 4 go to a family on 低保, 2 to the severely disabled, 4 to elders in pairs."""
    from guanjia.people.documents import check_digit
    from guanjia.people.records import NewFact, NewHousehold, NewPerson

    numbers = count(1)

    def person(born_on: date, *facts: NewFact) -> NewPerson:
        order = next(numbers)
        first = f"{441900 + order // 1000:06d}{born_on:%Y%m%d}{order % 1000:03d}"
        hukou = NewFact("hukou", COMMUNITY, SINCE)
        return NewPerson(
            *(f"人{order}", "12"[order % 2], born_on, first + check_digit(first)),
            since=SINCE,
            facts=[hukou, *facts],
        )

    rich = NewFact("deposits", 500_000_00, SINCE)
    families, disabled, pairs = wanted // 10, wanted * 2 // 10, wanted * 2 // 10
    for number in range(families):
        wages = shares(1_500_00 + number % 997, 2)
        members = [
            person(date(1980, 1, 1), NewFact("wages", wages[0], SINCE)),
            person(date(1982, 1, 1), NewFact("wages", wages[1], SINCE)),
            person(date(2010, 1, 1)),
        ]
        yield NewHousehold(f"F-{number}", COMMUNITY, members, facts=[NewFact("deposits", 0, SINCE)])
    for number in range(disabled):
        level = NewFact("disability_level", 1, SINCE)
        kind, wages = NewFact("disability_kind", "limb", SINCE), NewFact("wages", 1_000_00, SINCE)
        one = person(date(1975, 1, 1), level, kind, wages)
        yield NewHousehold(f"D-{number}", COMMUNITY, [one], facts=[rich])
    for number in range(pairs):
        pair = [person(date(1940, 1, 1)), person(date(1939, 1, 1))]
        yield NewHousehold(f"E-{number}", COMMUNITY, pair, facts=[rich])


def awards(home: Any) -> Iterator[Any]:
    """What a household and its members were granted."""
    from guanjia.entitlements.records import NewAward

    first = date(2019, 12, 1)
    benefit = {"F": "dibao", "D": "disability_care", "E": "longevity"}[home.number[0]]
    for number, member in enumerate(home.members[:1] if benefit == "dibao" else home.members):
        yield NewAward(
            *(f"{home.number}-{number}", benefit, COMMUNITY, first, first, first, member.name),
            *(f"6217{member.id:015d}", 10000, MONTH, MONTH, "month"),
            person=None if benefit == "dibao" else member.id,
            household=home.id if benefit == "dibao" else None,
        )


def measure(desks: tuple[Any, Any]) -> dict[str, float]:
    """Ask, determine, approve, post, write: seconds of each step, and memory along the way."""
    from guanjia.entitlements import queries
    from guanjia.entitlements.deciding import determining
    from guanjia.entitlements.runs import actions, paying, tasks
    from guanjia.interop import bank_tasks
    from guanjia.kit import scope
    from guanjia.ledger.audit import audit
    from guanjia.ledger.models import Entry

    memory: list[float] = []
    determining.determine_batch = watched(determining.determine_batch, memory)
    paying.pay_batch = watched(paying.pay_batch, memory)
    eyes = scope.job("bench", CITY, TODAY)
    began = time.perf_counter()
    with scope.hold(eyes):
        run = actions.ask_run(MONTH, CITY, desks[0], FROZEN, TODAY)
    determined = timed(lambda: tasks.determine(None, run.pk))
    with scope.hold(eyes):
        actions.approve_run(run.pk, desks[1], FROZEN)
    posted = timed(lambda: tasks.pay(None, run.pk))
    written = timed(lambda: bank_tasks.write_bank_files(None, run.pk))
    whole = time.perf_counter() - began
    memory.append(resident_mb())
    with scope.hold(eyes):
        half = max(1, len(memory) // 2)
        return {
            "seconds": whole,
            "determine_s": determined,
            "post_s": posted,
            "bank_s": written,
            "entries": Entry.objects.filter(run=run).count(),
            "lines": queries.bank_files(run.pk)[0].lines,
            "findings": len(audit()),
            "peak_mb": max(memory),
            "grown_mb": max(0.0, max(memory) - max(memory[:half])),
        }


def watched(step: Callable[..., bool], memory: list[float]) -> Callable[..., bool]:
    """The step, and the memory after it."""

    @wraps(step)
    def stepped(*args: Any, **kwargs: Any) -> bool:
        going = step(*args, **kwargs)
        memory.append(resident_mb())
        return going

    return stepped


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def resident_mb() -> float:
    """Resident memory of this process and of those that help it, in megabytes."""
    pages, pids = 0, ["self"]
    for children in Path("/proc/self/task").glob("*/children"):
        pids += children.read_text().split()
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
