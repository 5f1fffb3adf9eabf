"""The sweep: every five minutes late cases go one step up, each by itself, so that a killed worker loses one."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from guanjia.cases import actions, promises, queries
from guanjia.kit import clock, scope


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.sweep", queue="cases")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Escalate what is late."""
    sweep_at(clock.now())


def sweep_at(at: datetime) -> int:
    """Escalate every late case whose next step up has come; returns how many."""
    folder: Path = settings.GUANJIA_CITY
    known = promises.load(folder)
    city = str(tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))["code"])
    eyes = scope.job("sweep", city, clock.today())
    with scope.hold(eyes):
        found = list(queries.late_in_turn(at, below=len(known.escalations)))
    raised = 0
    for case in found:
        with scope.hold(eyes):
            raised += actions.escalate(case, known, at)
    return raised
