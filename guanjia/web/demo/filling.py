"""The demonstration: a city is filled, four months are decided, approved, paid, and told in one screen.

Everything here is done by the actions and jobs that an operator uses; only the days are set, so
that each month is decided and paid in its own time.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.models import Count, Sum
from django.db.models.functions import Substr
from rich.progress import Progress

from guanjia.entitlements.models import Award, Cadence, Run, RunState
from guanjia.entitlements.runs import actions as entitlements
from guanjia.interop import load
from guanjia.interop.synthetic import scene
from guanjia.kit import clock, days, scope
from guanjia.ledger import actions as ledger
from guanjia.ledger.records import Because
from guanjia.policy import book as books
from guanjia.policy import family as families
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.decide import rules
from guanjia.policy.family import Family
from guanjia.policy.words import word
from guanjia.staff import roles
from guanjia.staff.models import User
from guanjia.web.demo import concerns, staff
from guanjia.web.demo.days import MONTHS, OPENING, TODAY, WORK_DAY
from guanjia.web.house import jobs, schema

SPARE = 3  # halves by which a year's appropriation exceeds what its months need
WHOLE = 1_000_000  # fen: appropriations are in whole tens of thousands of yuan


class DemoFailed(RuntimeError):
    """A step of the demonstration did not end as it should; the text is the run's own trouble."""


def fill(bar: Progress, residents: int, data: Path | None, password: str) -> None:
    """Inside a migrated house: staff, book, people, awards, money, and the paid months."""
    staff.open_accounts(password)
    office = staff.holder(roles.CITY_CLERK), staff.holder(roles.CITY_CHIEF)
    book = books.load(settings.GUANJIA_CITY)
    with _living_on(OPENING):
        entitlements.adopt_book(book, *office, _moment(OPENING))
        _people(bar, book, residents, data, office)
        schema.gather_statistics()
        _appropriate(book, office)
    for month in MONTHS:
        _pay_month(bar, book.city, month, office)
    if data is None:
        concerns.fill(clock.now())
        concerns.teach(clock.now())


def _people(
    bar: Progress, book: Book, residents: int, data: Path | None, office: tuple[User, User]
) -> None:
    title = word("居民与待遇" if data is None else "装入本市文件")
    task = bar.add_task(title, total=residents)

    def told(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    if data is None:
        load.load_synthetic(
            book, scene.read(settings.GUANJIA_CITY), residents, *office, progress=told
        )
    else:
        load.load_folder(book, data, _moment(OPENING), office, progress=told)


def _appropriate(book: Book, office: tuple[User, User]) -> None:
    """Fund every town's budget for a month of 2019 and for three of 2020, by what was granted."""
    because = Because(OPENING, office[0].pk, office[1].pk)
    with scope.hold(scope.job("appropriation", book.city, OPENING)):
        for town, benefit, fen, months in (*_granted(), *_following(book)):
            for year, share in ((2019, 1), (2020, 3)):
                ample = -(-fen * min(months, share) * SPARE // 2 // WHOLE) * WHOLE
                ledger.appropriate(town, benefit, ample, str(year), because, f"{year}年预算")


def _granted() -> Iterator[tuple[str, str, int, int]]:
    """(town, benefit, fen a period, periods in a few months) of all awards."""
    awards = Award.objects.filter(superseded_at=None).annotate(town=Substr("place_id", 1, 9))
    sums = awards.values_list("town", "benefit", "cadence").annotate(fen=Sum("granted"))
    for town, benefit, cadence, fen in sums.order_by("town", "benefit", "cadence"):
        yield town, benefit, fen, len(MONTHS) if cadence == Cadence.MONTH else 1


def _following(book: Book) -> Iterator[tuple[str, str, int, int]]:
    """The same of what follows other benefits: its dearest month for all who hold one of these."""
    for chapter in book.chapters:
        if chapter.follows:
            held = Award.objects.filter(superseded_at=None, benefit__in=chapter.follows)
            towns = (
                held.annotate(town=Substr("place_id", 1, 9)).values_list("town").order_by("town")
            )
            each = max(_gross(book, chapter, month) for month in MONTHS)
            counted = towns.annotate(own=Count("person"), shared=Count("household__memberships"))
            for town, own, shared in counted:
                yield town, chapter.code, each * (own + shared), len(MONTHS)


def _gross(book: Book, chapter: Chapter, month: date) -> int:
    """Fen that a chapter comes to for one who holds the first of what it follows; 0 without rules."""
    person, home = families.blank_person(book.facts), families.blank_household(book.facts)
    family = Family(book.city, home, [person], {(chapter.follows[0], 0): days.number(month)})
    found = (r for r in rules(book, month).decide(family) if r.benefit == chapter.code)
    return next((r.gross or 0 for r in found), 0)


def _pay_month(bar: Progress, city: str, month: date, office: tuple[User, User]) -> None:
    """Ask, determine, approve, post, write the bank's files: on the month's own days."""
    asked_on = month.replace(day=WORK_DAY)
    task = bar.add_task(word("{month} 核算", month=f"{month:%Y-%m}"), total=None)
    with _living_on(asked_on), scope.hold(scope.job("demo", city, asked_on)):
        run = entitlements.ask_run(month, city, office[0], _moment(asked_on), asked_on)
    with _living_on(asked_on):
        _work_off(city, run.pk, RunState.READY, lambda d, t: bar.update(task, completed=d, total=t))
    paid_on = asked_on + timedelta(days=1)
    title = word("{month} 审批、记账、银行文件", month=f"{month:%Y-%m}")
    task = bar.add_task(title, total=None)
    with _living_on(paid_on):
        with scope.hold(scope.job("demo", city, paid_on)):
            entitlements.approve_run(run.pk, office[1], _moment(paid_on))
        _work_off(city, run.pk, RunState.PAID, lambda d, t: bar.update(task, completed=d, total=t))


def _work_off(city: str, run: int, wanted: RunState, told: Callable[[int, int], None]) -> None:
    """Run the queue's jobs until none is left, telling how far the run is. Raises DemoFailed."""
    worker = threading.Thread(target=_work, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.25)
        found = _state(city, run)
        if found.total:
            told(found.done, found.total)
    found = _state(city, run)
    if found.state != wanted:
        parts = {"month": f"{found.month:%Y-%m}", "state": found.get_state_display()}
        raise DemoFailed(word("{month} 停在“{state}”。{trouble}", trouble=found.trouble, **parts))
    total = max(found.total, found.done, 1)
    told(total, total)


def _work() -> None:
    try:
        jobs.work(until_empty=True)
    finally:
        connections.close_all()


def _state(city: str, run: int) -> Run:
    with scope.hold(scope.job("demo", city, TODAY)):
        return Run.objects.get(pk=run)


@contextmanager
def _living_on(day: date) -> Iterator[None]:
    """The house's today is `day` for the time of the block."""
    before = settings.GUANJIA_DEMO_DAY
    settings.GUANJIA_DEMO_DAY = day
    try:
        yield
    finally:
        settings.GUANJIA_DEMO_DAY = before


def _moment(day: date) -> datetime:
    """Ten in the morning, Shanghai, of a day."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
