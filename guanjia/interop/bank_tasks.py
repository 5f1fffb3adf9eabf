"""The job that ends a month: write the bank's files, then say that the run is paid."""

from procrastinate.contrib.django import app

from guanjia.entitlements import queries
from guanjia.entitlements.bank import holding
from guanjia.entitlements.models import Run, RunState
from guanjia.entitlements.runs import actions, paying, tasks
from guanjia.interop import bank
from guanjia.kit import clock, scope


@app.task(name=paying.BANK_FILES, queue="runs", retry=tasks.AGAIN, pass_context=True)
@tasks.speaks_on_the_run
def write_bank_files(run_id: int, _stop: tasks.Stop) -> None:
    """Write the files of a run whose payments are posted. A second time changes nothing."""
    with scope.hold(tasks.eyes_of(run_id)):
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state == RunState.APPROVED:
            titles = {c.code: c.title for c in queries.book_of(run.revision_id).chapters}
            files = bank.write(run, titles)
            actions.record_bank_files(run.pk, files, clock.now())


@app.task(name=holding.WRITE_AGAIN, queue="runs", retry=tasks.AGAIN, pass_context=True)
@tasks.speaks_on_the_run
def write_bank_files_again(run_id: int, _stop: tasks.Stop) -> None:
    """Write the files anew where a payment was stopped since; where nothing was, nothing."""
    with scope.hold(tasks.eyes_of(run_id)):
        run = Run.objects.select_for_update().get(pk=run_id)
        last = holding.latest_file(run)
        if run.state != RunState.PAID or last is None or last.fen == holding.total(run):
            return
        titles = {c.code: c.title for c in queries.book_of(run.revision_id).chapters}
        version = actions.versions(run) + 1
        files = bank.write(run, titles, version)
        actions.add_bank_files(run, files, clock.now())
