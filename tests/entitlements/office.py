"""An office at work on the small town: a book, awards, budgets, and a month from asking to paying."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import comparing, determining
from guanjia.entitlements.models import Run
from guanjia.entitlements.records import NewAward
from guanjia.entitlements.runs import actions, paying
from guanjia.interop import bank
from guanjia.ledger import actions as ledger
from guanjia.ledger.records import Because
from guanjia.people import actions as people
from guanjia.people.records import NewFact
from guanjia.policy import book as books
from guanjia.policy.book import Book
from tests import town

DECEMBER, JANUARY, FEBRUARY, MARCH = (
    *(date(2019, 12, 1), date(2020, 1, 1)),
    *(date(2020, 2, 1), date(2020, 3, 1)),
)
BENEFITS = tuple(
    chapter.code for chapter in books.load(settings.GUANJIA_CITY).chapters if chapter.pays
)
PLENTY = 100_000_000_00
BOOK = books.load(settings.GUANJIA_CITY)


def moment(month: date, day: int = 5) -> datetime:
    """A working hour in a month: when its run is asked for."""
    return datetime(month.year, month.month, day, 2, tzinfo=UTC)


def open_house(cast: town.Cast, book: Book = BOOK, budget: int = PLENTY) -> None:
    """Adopt the book, fund both towns, and let the 陈 family's papers be complete."""
    actions.adopt_book(book, cast.zhou, cast.liang, town.KNOWN)
    for place in (town.CHANGAN, town.HUMEN):
        for benefit in BENEFITS:
            fund(cast, place, benefit, budget)
    learn(cast.chen_home, NewFact("deposits", 0, town.START))


def fund(cast: town.Cast, place: str, benefit: str, fen: int, reference: str = "2020-1") -> None:
    """Money for a town's benefit."""
    because = Because(date(2019, 12, 1), cast.zhou.pk, cast.liang.pk)
    ledger.appropriate(place, benefit, fen, reference, because)


def learn(of: people.Unit, fact: NewFact, at: datetime = town.KNOWN) -> None:
    """A fact comes in."""
    people.correct_fact(of, fact, "test", at)


CHEN = NewAward(
    *("D-1", "dibao", town.COMMUNITY, date(2019, 11, 1), date(2019, 11, 1), date(2019, 11, 20)),
    *("陈大文", "6217001234567890001", 94100, DECEMBER, DECEMBER, "month"),
)
LI = NewAward(
    *("L-1", "longevity", town.COMMUNITY, date(2019, 11, 1), date(2019, 11, 1), date(2019, 11, 20)),
    *("李月好", "6217001234567890002", 15000, DECEMBER, DECEMBER, "month"),
)


def award_chen(cast: town.Cast, **changes: object) -> NewAward:
    """The 陈 family on 低保 since December 2019."""
    return grant(cast, replace(CHEN, household=cast.chen_home.id, **changes))


def award_li(cast: town.Cast, **changes: object) -> NewAward:
    """李婆婆's 高龄津贴 since December 2019."""
    return grant(cast, replace(LI, person=cast.li.id, **changes))


def grant(cast: town.Cast, award: NewAward, at: datetime = town.KNOWN) -> NewAward:
    """One award, prepared by 周 and approved by 梁."""
    actions.grant([award], cast.zhou, cast.liang, at)
    return award


def determine(
    cast: town.Cast,
    month: date,
    at: datetime | None = None,
    size: int = determining.BATCH,
    today: date = town.TODAY,
) -> Run:
    """Ask for a month and decide everybody."""
    at = at or moment(month)
    run = actions.ask_run(month, town.CITY, cast.zhou, at, today)
    while determining.determine_batch(run.pk, at, size):
        pass
    comparing.finish(run.pk, at)
    run.refresh_from_db()
    return run


def post(cast: town.Cast, run: Run) -> Run:
    """Approve a run and post it."""
    actions.approve_run(run.pk, cast.liang, run.known_at + timedelta(days=1))
    while paying.pay_batch(run.pk, run.month):
        pass
    return run


def pay(cast: town.Cast, run: Run) -> Run:
    """Approve a run, post it, and write its bank files."""
    at = post(cast, run).known_at + timedelta(days=1)
    titles = {chapter.code: chapter.title for chapter in BOOK.chapters}
    files = bank.write(run, titles)
    return actions.record_bank_files(run.pk, files, at)


def months(cast: town.Cast, *wanted: date) -> Sequence[Run]:
    """These months, one after the other, determined and paid."""
    return [pay(cast, determine(cast, month)) for month in wanted]


def figures(run: Run) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(town, benefit, what) -> units, fen."""
    return {(f.place_id, f.benefit, f.what): (f.units, f.fen) for f in queries.figures(run.pk)}
