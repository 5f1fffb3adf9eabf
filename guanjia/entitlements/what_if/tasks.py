"""The job of a what-if: month by month, each written by itself, so that a killed worker loses one.

A job carries the what-if's number alone, runs under the scope of its place, and goes on with the
first month that is not yet written.
"""

import secrets
import shutil
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.contrib.django import app

from guanjia.entitlements import queries
from guanjia.entitlements.families import export
from guanjia.entitlements.runs import tasks
from guanjia.entitlements.runs.tasks import Stop
from guanjia.entitlements.tables.books import AT_WORK, WhatIf
from guanjia.entitlements.what_if import trying, what_ifs
from guanjia.kit import clock, days, scope
from guanjia.places import queries as places
from guanjia.policy.city.comparing import Toll, tolls


def eyes_of(what_if_id: int) -> scope.Scope:
    """The scope of a what-if's job: its place and all below it."""
    with scope.hold(scope.Scope(kind="job")):
        place = WhatIf.objects.values_list("place_id", flat=True).get(pk=what_if_id)
    return scope.job(f"what_if/{what_if_id}", place, clock.today())


@app.task(name=trying.TRY, queue="runs", retry=tasks.AGAIN, pass_context=True)
def try_figures(context: JobContext | None, what_if_id: int) -> None:
    """Try every month that is left; whatever stops it for good stands on the what-if afterwards."""
    stop = context.should_abort if context else lambda: False
    tasks.told(
        partial(_try_all, what_if_id, stop),
        partial(_fail, what_if_id),
        _("算完的月份都保留着。请按同样的改动再试算一次"),
    )


@app.periodic(cron="*/5 * * * *")
@app.task(name="entitlements.take_up_what_ifs", queue="runs")
def take_up_what_ifs(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every five minutes: a what-if at work for which no job waits or works gets one again."""
    with scope.hold(scope.Scope(kind="job")):
        at_work = list(WhatIf.objects.filter(state__in=AT_WORK))
    for what_if in tasks.without_job("what_if_id", at_work):
        trying.go_on(what_if)


def _try_all(what_if_id: int, stop: Stop) -> None:
    eyes, going = eyes_of(what_if_id), True
    while going:
        tasks.stop_if(stop)
        with scope.hold(eyes):
            what_if = WhatIf.objects.get(pk=what_if_id)
            if what_if.state not in AT_WORK:
                break
            month = days.add_months(what_if.since, what_if.done)
            found = _tolls(what_if, month, stop)
        with scope.hold(eyes):
            going = trying.record_month(what_if_id, month, found, clock.now())
    shutil.rmtree(_folder(what_if_id), ignore_errors=True)  # what a killed worker left, too


def _tolls(what_if: WhatIf, month: date, stop: Stop) -> list[Toll]:
    """What one month comes to for everybody of the what-if's place, as known when it was asked."""
    old, new = queries.book_of(what_if.base_id), what_ifs.tried(what_if)
    folder = _folder(what_if.pk) / secrets.token_hex(4)  # two workers may be at it for a while
    try:
        laid = export.write(old, what_if.place_id, month, what_if.known_at, folder)
        return tolls(old, new, month, laid, places.TOWN, lambda *_far: tasks.stop_if(stop))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder(what_if_id: int) -> Path:
    """Where facts lie while a month of a what-if is tried."""
    files: Path = settings.GUANJIA_FILES
    return files / "what-ifs" / str(what_if_id)


def _fail(what_if_id: int, trouble: str) -> None:
    with scope.hold(eyes_of(what_if_id)):
        trying.fail_what_if(what_if_id, trouble, clock.now())
