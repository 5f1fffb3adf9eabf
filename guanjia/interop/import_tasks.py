"""The jobs of an import: check a file, write its good rows, take them back.

A job carries the import's number alone, sees with the eyes of the post that handed the file in, and
goes on behind the last batch that was written. A batch and what is said of it are one transaction.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.contrib.django import app

from guanjia.entitlements import books as stored
from guanjia.entitlements.runs import tasks
from guanjia.entitlements.runs.tasks import Stop
from guanjia.interop import bad_rows, imports, undoing, uploads
from guanjia.interop.errors import ImportRefused, KeysMissing, ManyElsewhere, PostEnded
from guanjia.interop.intake import passing, persons
from guanjia.interop.intake.lines import Line, Work, Wrote
from guanjia.interop.intake.matching import Matched
from guanjia.interop.intake.sheets import BadFile
from guanjia.interop.models import AT_WORK, Import, ImportState
from guanjia.kit import clock, scope
from guanjia.people import intake, seal
from guanjia.places import queries as places
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.staff import gate
from guanjia.staff.roles import ROLES, May

Sheets = list[tuple[Matched, list[Line]]]


class Stopped(Exception):
    """The import was stopped meanwhile: nothing of the batch at hand is kept."""


def eyes_of(import_id: int) -> scope.Scope:
    """The scope of an import's jobs: that of the post that handed it in. Raises PostEnded."""
    with scope.hold(scope.job(f"import/{import_id}", city_of(), clock.today())):
        post = Import.objects.select_related("post__place", "post__user").get(pk=import_id).post
    if not post.in_force(clock.today()) or May.IMPORT not in ROLES[post.role]:
        raise PostEnded
    return gate.scope_of(post)


def city_of() -> str:
    """The code of the city whose people stand here."""
    return _city(settings.GUANJIA_CITY)


@cache
def _city(folder: Path) -> str:
    return books.load(folder).city


@app.task(name=imports.CHECK, queue="runs", retry=tasks.AGAIN, pass_context=True)
def check_import(context: JobContext | None, import_id: int) -> None:
    """Look at every row, and write none."""
    _told(import_id, partial(_pass, import_id, ImportState.CHECKING, _stop(context)))


@app.task(name=imports.APPLY, queue="runs", retry=tasks.AGAIN, pass_context=True)
def apply_import(context: JobContext | None, import_id: int) -> None:
    """Write the good rows, behind those that are written already."""
    _told(import_id, partial(_pass, import_id, ImportState.APPLYING, _stop(context)))


@app.task(name=imports.UNDO, queue="runs", retry=tasks.AGAIN, pass_context=True)
def undo_import(_context: JobContext | None, import_id: int) -> None:
    """Take back all that an import wrote, at once or not at all."""

    def work() -> None:
        with scope.hold(_whole_city(import_id)):
            undoing.undo(import_id, city_of(), clock.now())

    _told(import_id, work)


@app.periodic(cron="*/5 * * * *")
@app.task(name="interop.take_up_imports", queue="runs")
def take_up_imports(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every five minutes: an import at work for which no job waits or works gets one again."""
    with scope.hold(scope.job("imports", city_of(), clock.today())):
        at_work = list(Import.objects.filter(state__in=AT_WORK))
    for found in tasks.without_job("import_id", at_work):
        imports.go_on(found)


@app.periodic(cron="20 3 * * *")
@app.task(name="interop.forget_files", queue="runs")
def forget_files(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every night: files whose time is over are deleted, and the reasons that speak of them."""
    before = clock.now() - timedelta(days=uploads.KEPT_DAYS)
    with scope.hold(scope.job("imports", city_of(), clock.today())):
        old = Import.objects.select_for_update().filter(asked_at__lt=before, forgotten_at=None)
        for found in old.exclude(state__in=AT_WORK).exclude(ended_at__gte=before):
            imports.forget_import(found, clock.now())
    uploads.sweep(time.time() - timedelta(days=1).total_seconds())


def _stop(context: JobContext | None) -> Stop:
    return context.should_abort if context else lambda: False


def _told(import_id: int, work: Callable[[], None]) -> None:
    """Do some work; what the file or the house refuses stands on the import, in words."""

    def guarded() -> None:
        try:
            work()
        except (ImportRefused, BadFile) as refused:
            _fail(import_id, str(refused))
        except seal.KeyGone:
            _fail(import_id, str(KeysMissing()))

    next_step = _("写好的各批都保留着。请重试，或撤销这次导入")
    tasks.told(guarded, partial(_fail, import_id), next_step)


def _fail(import_id: int, trouble: str) -> None:
    with scope.hold(_whole_city(import_id)):
        imports.fail_import(import_id, trouble, clock.now())


def _whole_city(import_id: int) -> scope.Scope:
    return scope.job(f"import/{import_id}", city_of(), clock.today())


def _pass(import_id: int, state: ImportState, stop: Stop) -> None:
    eyes = eyes_of(import_id)
    with scope.hold(eyes):
        found = imports.begin(import_id, state, clock.now())
        if found is None:
            return
        work = _work(found, state == ImportState.APPLYING)
    seal.seal("")  # a key that is gone is said before anything is looked at
    sheets = _sheets(found, work)
    if state == ImportState.CHECKING:
        with scope.hold(eyes):
            imports.lay_out(found, [m for m, _l in sheets], [len(rows) for _m, rows in sheets])
    if not _go(found, sheets, work, eyes, stop):
        return
    with scope.hold(eyes):
        if work.writes:
            intake.grams_again(undoing.nameless(found))
        bad_rows.write(found, [m for m, _l in sheets])
        imports.end_pass(found, clock.now())


def _sheets(found: Import, work: Work) -> Sheets:
    opened = passing.open_file(uploads.file_of(found.pk), found.table, work.rights)
    sheets = [(matched, passing.lines(matched)) for matched in opened]
    passing.look_ahead(sheets, work)
    return sheets


def _go(found: Import, sheets: Sheets, work: Work, eyes: scope.Scope, stop: Stop) -> bool:
    """Take every batch that is not yet done; False where the import was stopped meanwhile."""
    behind = found.done
    for position, (matched, rows) in enumerate(sheets):
        if not rows or matched.table is None:
            continue
        if behind >= len(rows):
            behind -= len(rows)
            continue
        way = passing.WAYS[matched.table.code]
        with scope.hold(eyes):
            ordered = way.prepare(rows, work)
        for first in range(behind, len(ordered), passing.BATCH):
            tasks.stop_if(stop)
            batch = ordered[first : first + passing.BATCH]
            try:
                _take(found, position, way, batch, work, eyes)
            except Stopped:
                return False
            except ManyElsewhere:  # the batch is undone, but not that it was looked up
                with scope.hold(eyes):
                    persons.ask_most(work)
                raise
        behind = 0
    return True


def _take(
    found: Import, position: int, way: passing.Way, batch: list[Line], work: Work, eyes: scope.Scope
) -> None:
    with scope.hold(eyes):
        work.wrote, work.moved, work.lost = Wrote(), set(), []
        way.take(batch, work)
        if not imports.record(found, position, batch, work.wrote):
            raise Stopped
        if work.moved:
            with scope.hold(_whole_city(found.pk)):
                intake.reach_again(list(work.moved), work.city)


def _work(found: Import, writes: bool) -> Work:
    book = _book()
    return Work(
        book=book,
        desk=found.place_id,
        city=book.city,
        source=found.source,
        at=clock.now(),
        today=clock.today(),
        places={place.code: place.name for place in places.under(book.city)},
        rights=ROLES[found.post.role],
        post=found.post_id,
        prepared_by=found.by_id,
        approved_by=found.applied_by_id or 0,
        writes=writes,
    )


def _book() -> Book:
    return stored.newest() or books.load(settings.GUANJIA_CITY)
