"""The jobs of a run: determine, pay, and the watch that takes up what a killed worker left.

A job carries the run's number alone, runs under the scope of the run's place, and goes on where
the run's cursor stands. What it cannot do is written on the run in a sentence.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial, wraps
from typing import TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import Model
from django.utils.translation import gettext as _
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted

from guanjia.entitlements.deciding import comparing, determining, results, sifting
from guanjia.entitlements.deciding.ahead import WORTH_IT, Ahead, helpers_for
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import WORKING, Run, RunState
from guanjia.entitlements.runs import actions, paying
from guanjia.kit import clock, scope
from guanjia.ledger.errors import LedgerError

logger = logging.getLogger(__name__)

AGAIN_AT_ONCE = (OperationalError, InterfaceError, JobAborted)

AGAIN = RetryStrategy(
    max_attempts=10,
    linear_wait=5,
    retry_exceptions=(OperationalError, InterfaceError, JobAborted),
)
"""A lost connection, and a worker that is told to stop: the job goes back into the queue."""

HEARTBEAT = 30
"""Seconds without a sign after which a worker counts as gone."""

Stop = Callable[[], bool]
Row = TypeVar("Row", bound=Model)


def eyes_of(run_id: int) -> scope.Scope:
    """The scope of a run's jobs: its place and all below it."""
    with scope.hold(scope.Scope(kind="job")):
        place = Run.objects.values_list("place_id", flat=True).get(pk=run_id)
    return scope.job(f"run/{run_id}", place, clock.today())


def speaks_on_the_run(
    work: Callable[[int, Stop], None],
) -> Callable[[JobContext | None, int], None]:
    """Make a job of some work on a run: whatever stops it for good stands on the run afterwards.

    The work asks whether to stop between its batches; then the job waits for another worker.
    """

    @wraps(work)
    def job(context: JobContext | None, run_id: int) -> None:
        stop = context.should_abort if context else lambda: False
        told(
            partial(work, run_id, stop),
            partial(_fail, run_id),
            _("停在已完成的一批之后，做完的都保留着。请点“重试”"),
        )

    return job


def told(work: Callable[[], None], fail: Callable[[str], None], next_step: str) -> None:
    """Do some work; what stops it for good is told to `fail` in words, with what to do next."""
    try:
        work()
    except AGAIN_AT_ONCE:
        raise
    except (RunError, LedgerError) as problem:
        fail(str(problem))
    except Exception as problem:
        code = secrets.token_hex(4).upper()
        logger.exception("a job stopped, code %s", code)
        fail(_unforeseen(problem, code, next_step))


@app.task(name=actions.DETERMINE, queue="runs", retry=AGAIN, pass_context=True)
@speaks_on_the_run
def determine(run_id: int, stop: Stop) -> None:
    """Decide everybody, then make the run ready for approval."""
    eyes = eyes_of(run_id)
    with scope.hold(eyes):
        homes = determining.homes_at_most(run_id, WORTH_IT)
    with Ahead(determining.decide_batch, eyes, helpers_for(homes)) as ahead:
        going = _sift(run_id, eyes, stop)
        while going:
            stop_if(stop)
            with scope.hold(eyes):
                going = determining.determine_batch(run_id, clock.now(), ahead=ahead)
    with scope.hold(eyes):
        comparing.finish(run_id, clock.now())


@app.task(name=actions.PAY, queue="runs", retry=AGAIN, pass_context=True)
@speaks_on_the_run
def pay(run_id: int, stop: Stop) -> None:
    """Post an approved run; its end asks for the bank files."""
    eyes = eyes_of(run_id)
    with scope.hold(eyes):
        awards = Run.objects.get(pk=run_id).total
    going = True
    with Ahead(paying.next_payments, eyes, min(1, helpers_for(awards))) as ahead:
        while going:
            stop_if(stop)
            with scope.hold(eyes):
                going = paying.pay_batch(run_id, clock.today(), ahead=ahead)


@app.periodic(cron="* * * * *")
@app.task(name="entitlements.take_up", queue="runs")
async def take_up(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every minute: jobs of workers that gave no sign are put back in the queue."""
    await take_up_stalled(HEARTBEAT)


@app.periodic(cron="*/5 * * * *")
@app.task(name="entitlements.take_up_runs", queue="runs")
def take_up_runs(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every five minutes: a run at work for which no job waits or works gets one again."""
    with scope.hold(scope.Scope(kind="job")):
        at_work = list(Run.objects.filter(state__in=WORKING))
    for run in without_job("run_id", at_work):
        actions.go_on(run)


def without_job(key: str, at_work: Iterable[Row]) -> Iterator[Row]:
    """Rows at work for which no job waits or works; `key` is what a job calls the row's number."""
    alive = ProcrastinateJob.objects.filter(status__in=("todo", "doing"))
    return (row for row in at_work if not alive.filter(**{f"args__{key}": row.pk}).exists())


async def take_up_stalled(seconds: float) -> int:
    """Put back the jobs of workers without a sign for so many seconds; returns how many."""
    manager = app.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in stalled:
        await manager.retry_job(job)
    return len(stalled)


def stop_if(stop: Stop) -> None:
    """Raise JobAborted where the worker is told to stop: the job waits for another."""
    if stop():
        raise JobAborted


def _sift(run_id: int, eyes: scope.Scope, stop: Stop) -> bool:
    """Decide the whole city first, showing how far it is; False where the run is not at work."""
    at_work = Run.objects.filter(pk=run_id, state__in=(RunState.ASKED, RunState.DETERMINING))
    with scope.hold(eyes):
        run = at_work.first()
    if run is None:
        results.tidy(run_id)
        return False

    def told(done: int, total: int) -> None:
        stop_if(stop)
        with scope.hold(eyes):
            if not at_work.update(state=RunState.DETERMINING, done=done, total=total):
                raise JobAborted  # cancelled meanwhile: the job finds nothing to do when it comes back

    sifting.sift(run, told, partial(scope.hold, eyes))
    return True


def _fail(run_id: int, trouble: str) -> None:
    with scope.hold(eyes_of(run_id)):
        actions.fail_run(run_id, trouble)


def _unforeseen(problem: Exception, code: str, next_step: str) -> str:
    return _(
        "核算中出了意外（%(kind)s），%(next_step)s；再出现时把编号 %(code)s 告诉系统管理员。"
    ) % {"kind": type(problem).__name__, "next_step": next_step, "code": code}
