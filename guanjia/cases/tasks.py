"""The sweep: every five minutes late cases go one step up, each by itself, so that a killed worker loses one."""

import time
import tomllib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from guanjia.cases import actions, lifting, promises, queries, recounting, storing, telling
from guanjia.cases.carriers import Unsent
from guanjia.cases.workflow import SWEEP
from guanjia.kit import clock, scope


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.sweep", queue="cases")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Escalate what is late."""
    sweep_at(clock.now())


def sweep_at(at: datetime) -> int:
    """Escalate every late case whose next step up has come; returns how many. Deadlines that were
    provisional are worked out first, by the calendar as it is; at the end the sweep says that it ran.
    """
    folder: Path = settings.GUANJIA_CITY
    known = promises.load(folder)
    eyes = _eyes()
    with scope.hold(eyes):
        unsure = list(queries.provisional_in_turn())
    for one in unsure:
        if not recounting.counted_in(one, known):
            continue
        with scope.hold(eyes):
            recounting.recount(one, known, at)
    _lift_those_left_alone(eyes, at)
    with scope.hold(eyes):
        found = list(queries.late_in_turn(at, below=len(known.escalations)))
    raised = 0
    for case in found:
        with scope.hold(eyes):
            raised += actions.escalate(case, known, at)
    with scope.hold(eyes):
        actions.beat(SWEEP, at)
    return raised


def _lift_those_left_alone(eyes: scope.Scope, at: datetime) -> None:
    """What waits at a desk that nobody holds goes up, one by one."""
    with scope.hold(eyes):
        held, alone = lifting.manned(clock.today()), list(lifting.left_alone(clock.today()))
    for case in alone:
        with scope.hold(eyes):
            lifting.lift(case, held, at)


@app.periodic(cron="* * * * *")
@app.task(name="cases.send_notices", queue="cases")
def send_notices(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Send what is to be told."""
    send_at(clock.now())


def send_at(at: datetime) -> int:
    """Hand every notice whose moment has come to its carrier, each by itself; returns how many went."""
    eyes, gone = _eyes(), 0
    with scope.hold(eyes):
        found = list(queries.to_send(at))
    for notice in found:
        with scope.hold(eyes):
            message = telling.claim(notice, at)
        if message is None:
            continue
        try:
            telling.carry(message)
        except Unsent as problem:
            with scope.hold(eyes):
                telling.failed(notice, str(problem), at)
            continue
        with scope.hold(eyes):
            telling.sent(notice, at)
        gone += 1
    return gone


@app.periodic(cron="17 * * * *")
@app.task(name="cases.sweep_files", queue="cases")
def sweep_files(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Delete attachments that a crash left without a row."""
    with scope.hold(_eyes()):
        storing.sweep(time.time() - storing.ORPHAN_SECONDS)


def _eyes() -> scope.Scope:
    """The whole city, from this place's own file."""
    folder: Path = settings.GUANJIA_CITY
    city = str(tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))["code"])
    return scope.job("sweep", city, clock.today())
