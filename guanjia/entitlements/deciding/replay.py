"""Deciding stored determinations again, by the stored text and the facts as then known.

The hash of the book and of the facts come first: a result that differs says either that somebody
changed what it was made from, or that the program reads the text differently today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import results
from guanjia.entitlements.errors import ChangedBook
from guanjia.entitlements.families import snapshot
from guanjia.entitlements.families.snapshot import Frozen
from guanjia.entitlements.families.weighing import Granted, Held, weigh, weigh_following
from guanjia.entitlements.models import Change, Determination, Run, RunState
from guanjia.policy.book import Book
from guanjia.policy.decide import Result, rules
from guanjia.policy.family import HOUSEHOLD

PAGE = 2000

AWARDS = """
SELECT id, number, place, granted, assessed_on, pays_from, since, until, false, cadence
FROM entitlements_award WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What did not come out again. `what`: book | facts | result | amount | file."""

    what: str
    run: Run
    determination: int | None
    stored: str
    again: str


@dataclass(slots=True)
class Report:
    """How many determinations were decided again, and which did not agree."""

    checked: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)


def replay(runs: Sequence[Run]) -> Report:
    """Decide all determinations of these runs again."""
    report = Report()
    for run in runs:
        try:
            book = queries.book_of(run.revision_id)
        except ChangedBook:
            report.disagreements.append(Disagreement("book", run, None, run.revision_id, "–"))
            continue
        if run.state not in (RunState.ASKED, RunState.DETERMINING) and run.result_hash:
            report.disagreements += _of_file(run)
        for page in _pages(run):
            report.checked += len(page)
            report.disagreements += _of_page(run, book, page)
    return report


def again(book: Book, decided: Determination, frozen: Frozen | None) -> Result:
    """One determination decided again; unknown where the person lived in no household."""
    rules_then = rules(book, decided.since)
    found = rules_then.decide(frozen.family) if frozen else []
    seat = HOUSEHOLD
    if frozen and decided.person_id is not None and decided.person_id in frozen.persons:
        seat = frozen.persons.index(decided.person_id)
    same = (r for r in found if (r.benefit, r.unit) == (decided.benefit, seat))
    return next(same, Result(decided.benefit, seat, None, None, None, 0))


def _pages(run: Run) -> Iterator[list[Determination]]:
    last = 0
    while True:
        found = Determination.objects.filter(run=run, pk__gt=last).select_related(
            "previous", "previous__award"
        )
        page = list(found.order_by("pk")[:PAGE])
        if not page:
            return
        yield page
        last = page[-1].pk


def _of_page(run: Run, book: Book, page: Sequence[Determination]) -> Iterator[Disagreement]:
    awards = _awards([d.award_id for d in page if d.award_id is not None])
    for since in sorted({d.since for d in page}):
        of_month = [d for d in page if d.since == since]
        frozen = _frozen(book, of_month, since, run.known_at)
        for decided in of_month:
            home = frozen.get(decided.pk)
            award = awards.get(decided.award_id) if decided.award_id is not None else None
            yield from _of_one(run, book, decided, home, award)


def _of_one(
    run: Run, book: Book, decided: Determination, home: Frozen | None, award: Granted | None
) -> Iterator[Disagreement]:
    facts_hash = snapshot.fingerprint(home, book.facts) if home else 0
    if facts_hash != decided.facts_hash:
        texts = f"{decided.facts_hash:016x}", f"{facts_hash:016x}"
        yield Disagreement("facts", run, decided.pk, *texts)
    result = again(book, decided, home)
    stored = (decided.entitled, decided.gross, decided.net, decided.reasons)
    if stored != tuple(result[2:]):
        yield Disagreement("result", run, decided.pk, str(stored), str(tuple(result[2:])))
    before = _held(decided.previous) if decided.previous else None
    pays = _pays(book, decided, result, award, before)
    if pays != decided.pays:
        yield Disagreement("amount", run, decided.pk, str(decided.pays), str(pays))


def _pays(
    book: Book, decided: Determination, result: Result, award: Granted | None, before: Held | None
) -> int:
    """What the award pays by a result, in the month from which it holds."""
    if queries.paid_benefits(book).get(decided.benefit):
        return weigh_following(result.entitled, result.net, award, before).pays
    if decided.what == Change.OVERPAID:  # a paid month that is not due: nothing is carried on
        return (result.net or 0) if result.entitled and award else 0
    return weigh(result.entitled, result.net, award, before, decided.since).pays


def _frozen(
    book: Book, decided: Sequence[Determination], since: date, known_at: datetime
) -> dict[int, Frozen]:
    """Determination -> the family it was made from."""
    persons = [d.person_id for d in decided if d.person_id is not None]
    lived = snapshot.households_of(persons, since, known_at)
    where = {
        d.pk: d.household_id if d.person_id is None else lived.get(d.person_id) for d in decided
    }
    ids = sorted({number for number in where.values() if number is not None})
    homes = {home.household: home for home in snapshot.read(book, ids, since, known_at)}
    return {key: homes[number] for key, number in where.items() if number in homes}


def _held(previous: Determination) -> Held:
    return Held(
        id=previous.pk,
        award=previous.award_id,
        number=previous.award.number if previous.award else None,
        entitled=previous.entitled,
        gross=previous.gross,
        net=previous.net,
        reasons=previous.reasons,
        pays=previous.pays,
        carried=previous.carried,
        assessed_on=previous.assessed_on,
        what=previous.what,
    )


def _awards(ids: Sequence[int]) -> dict[int, Granted]:
    with connection.cursor() as cursor:
        cursor.execute(AWARDS, [list(ids)])
        return {row[0]: Granted(*row) for row in cursor.fetchall()}


def _of_file(run: Run) -> Iterator[Disagreement]:
    found = results.hash_of(run.pk)
    if found != run.result_hash:
        yield Disagreement("file", run, None, run.result_hash, found)
