"""The office's verbs: adopt a book, grant, ask for a run, approve it, settle a lead.

Each is one transaction; what takes time is a job, asked for in that same transaction.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from guanjia.entitlements import queries
from guanjia.entitlements.after_errors import refuse_back
from guanjia.entitlements.deciding import comparing, results
from guanjia.entitlements.errors import (
    NoBook,
    NotBegun,
    NoteMissing,
    NothingDecidable,
    OutOfOrder,
    Overtaken,
    SamePerson,
    WrongState,
)
from guanjia.entitlements.models import WORKING, Award, BankFile, Run, RunState
from guanjia.entitlements.records import NewAward, NewBankFile
from guanjia.entitlements.runs import paying
from guanjia.entitlements.tables.books import Revision
from guanjia.kit import bulk
from guanjia.people import seal
from guanjia.policy.book import Book
from guanjia.policy.decide import rules
from guanjia.staff.models import User

DETERMINE, PAY = "entitlements.determine", "entitlements.pay"
"""Names of the jobs; they carry a run's number and nothing else."""

AWARD_COLUMNS = {
    "id": "bigint",
    "number": "text",
    "benefit": "text",
    "person_id": "bigint",
    "household_id": "bigint",
    "place": "text",
    "applied_on": "date",
    "assessed_on": "date",
    "approved_on": "date",
    "payee": "text",
    "account_sealed": "bytea",
    "account_tail": "text",
    "cadence": "text",
    "granted": "bigint",
    "since": "date",
    "until": "date",
    "pays_from": "date",
    "synthetic": "boolean",
    "prepared_by_id": "bigint",
    "approved_by_id": "bigint",
    "recorded_at": "timestamptz",
}


def adopt_book(book: Book, prepared_by: User, approved_by: User, at: datetime) -> Revision:
    """Store a book as the one that runs read from now on. Raises SamePerson, Overtaken."""
    if prepared_by.pk == approved_by.pk:
        raise SamePerson
    known = Revision.objects.filter(pk=book.revision).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Revision.objects.create(
                revision=book.revision,
                text=book.text,
                prepared_by=prepared_by,
                approved_by=approved_by,
                adopted_at=at,
                follows=queries.newest_revision(),
            )
    except IntegrityError:  # somebody adopted another in the same moment
        raise Overtaken from None


@transaction.atomic
def grant(awards: Sequence[NewAward], prepared_by: User, approved_by: User, at: datetime) -> int:
    """Write awards, their accounts sealed; fills the records' ids, returns how many.

    Raises SamePerson; IntegrityError for one that overlaps another, that begins before it was due,
    or that is paid once and has no end.
    """
    return grant_by(awards, prepared_by.pk, approved_by.pk, at)


@transaction.atomic
def grant_by(awards: Sequence[NewAward], prepared_by: int, approved_by: int, at: datetime) -> int:
    """As `grant`, for two users by their keys."""
    if prepared_by == approved_by:
        raise SamePerson
    ids = bulk.take_ids("entitlements_award", len(awards))
    for award, number in zip(awards, ids, strict=True):
        award.id = number
    rows = (
        (
            *(a.id, a.number, a.benefit, a.person, a.household, a.place),
            *(a.applied_on, a.assessed_on, a.approved_on, a.payee),
            *(
                seal.seal(a.account),
                a.account[-4:],
                a.cadence,
                a.granted,
                a.since,
                a.until,
                a.pays_from,
            ),
            *(a.synthetic, prepared_by, approved_by, at),
        )
        for a in awards
    )
    return bulk.insert("entitlements_award", AWARD_COLUMNS, rows)


@transaction.atomic
def end_award(award: Award, until: date, at: datetime) -> Award | None:
    """End an award with the day before `until`: the row is superseded by one that ends.

    Returns the new row; None where the award never began. Payments made stay as they are.
    """
    Award.objects.filter(pk=award.pk).update(superseded_at=at)
    if until <= award.since:
        return None
    award.pk, award.until, award.recorded_at = None, until, at
    award._state.adding = True
    award.save(force_insert=True)
    return award


@transaction.atomic
def ask_run(month: date, place: str, by: User, at: datetime, today: date) -> Run:
    """One month to be decided for everybody of `place`. Asked twice, it is one run.

    Facts are frozen as known at `at`. Raises NoBook, NotBegun, NothingDecidable, OutOfOrder,
    ClockWentBack.
    """
    known = _run_of(month, place)
    if known is not None:
        return known
    revision = queries.newest_revision()
    if revision is None:
        raise NoBook
    if month > today.replace(day=1):
        raise NotBegun(month, today)
    _check_order(month, place)
    last = queries.last_paid_run(place)
    if last is not None:
        refuse_back(last.known_at, at)
    book = queries.book_of(revision.revision)
    if not rules(book, month).plans:
        raise NothingDecidable(month)
    try:
        with transaction.atomic():
            run = Run.objects.create(
                month=month,
                place_id=place,
                known_at=at,
                revision=revision,
                prepared_by=by,
                asked_at=at,
            )
    except IntegrityError:  # somebody asked in the same moment
        return _run_of(month, place) or Run.objects.none().get()
    go_on(run)
    return run


@transaction.atomic
def approve_run(run_id: int, by: User, at: datetime) -> Run:
    """A second person lets the money move. Raises SamePerson, WrongState, ClockWentBack."""
    run = _locked(run_id, RunState.READY)
    if run.prepared_by_id == by.pk:
        raise SamePerson
    refuse_back(run.asked_at, at)
    run.state, run.approved_by, run.approved_at = RunState.APPROVED, by, at
    run.cursor, run.done, run.total = 0, 0, paying.awards_to_pay(run)
    run.save()
    go_on(run)
    return run


@transaction.atomic
def reject_run(run_id: int, by: User, note: str, at: datetime) -> Run:
    """A second person sends the run back; the month may be asked for again.

    Raises SamePerson, NoteMissing, WrongState.
    """
    run = _locked(run_id, RunState.READY)
    if run.prepared_by_id == by.pk:
        raise SamePerson
    if not note.strip():
        raise NoteMissing
    return _end(run, RunState.REJECTED, by, note.strip(), at)


@transaction.atomic
def cancel_run(run_id: int, by: User, at: datetime) -> Run:
    """Stop a run that nobody has approved. Raises WrongState."""
    run = _locked(run_id, RunState.ASKED, RunState.DETERMINING, RunState.READY, RunState.FAILED)
    if run.approved_by_id is not None:
        raise WrongState(str(run.get_state_display()))
    return _end(run, RunState.CANCELLED, by, "", at)


@transaction.atomic
def retry_run(run_id: int, by: User, at: datetime) -> Run:
    """Take up a failed run where it stopped. Raises WrongState."""
    run = _locked(run_id, RunState.FAILED)
    approved = run.approved_by_id is not None
    run.state = RunState.APPROVED if approved else RunState.DETERMINING
    run.trouble, run.retried_by, run.retried_at = "", by, at
    run.save(update_fields=["state", "trouble", "retried_by", "retried_at"])
    go_on(run)
    return run


def go_on(run: Run) -> None:
    """Ask for the job that takes a run at work from where it stands."""
    _defer(DETERMINE if run.approved_by_id is None else PAY, run)


@transaction.atomic
def fail_run(run_id: int, trouble: str) -> None:
    """Say why a run stopped. What it wrote stays; a run that has ended is left alone."""
    Run.objects.filter(pk=run_id, state__in=WORKING).update(state=RunState.FAILED, trouble=trouble)


@transaction.atomic
def record_bank_files(run_id: int, files: Sequence[NewBankFile], at: datetime) -> Run:
    """The bank's files are written: the run is paid. A second time changes nothing.

    Raises WrongState where the run is not approved.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state == RunState.PAID:
        return run
    if run.state != RunState.APPROVED:
        raise WrongState(str(run.get_state_display()))
    add_bank_files(run, files, at)
    run.state, run.paid_at = RunState.PAID, at
    run.save(update_fields=["state", "paid_at"])
    return run


def versions(run: Run) -> int:
    """How many times a run's files were written."""
    return BankFile.objects.filter(run=run, name__endswith=".csv").count()


def add_bank_files(run: Run, files: Sequence[NewBankFile], at: datetime) -> None:
    """Write down files that were written for a run, beside those before them."""
    for file in files:
        BankFile.objects.create(
            run=run,
            place_id=run.place_id,
            name=file.name,
            sha256=file.sha256,
            lines=file.lines,
            fen=file.fen,
            written_at=at,
        )


def _run_of(month: date, place: str) -> Run | None:
    ended = (RunState.CANCELLED, RunState.REJECTED)
    return Run.objects.filter(month=month, place=place).exclude(state__in=ended).first()


def _check_order(month: date, place: str) -> None:
    """Months are decided one after another: each is compared with the one before."""
    in_the_way = queries.open_runs(place)
    if in_the_way:
        raise OutOfOrder(month, in_the_way[0].month, paid=False)
    last = queries.last_paid_run(place)
    if last is not None and last.month > month:
        raise OutOfOrder(month, last.month, paid=True)


def _locked(run_id: int, *states: RunState) -> Run:
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state not in states:
        raise WrongState(str(run.get_state_display()))
    return run


def _end(run: Run, state: RunState, by: User, note: str, at: datetime) -> Run:
    run.state, run.trouble, run.ended_by, run.ended_at = state, note, by, at
    run.save(update_fields=["state", "trouble", "ended_by", "ended_at"])
    comparing.forget_leads(run)
    transaction.on_commit(lambda: results.drop(run.pk))
    return run


def _defer(task: str, run: Run) -> None:
    app.configure_task(task, lock=f"run/{run.pk}").defer(run_id=run.pk)
