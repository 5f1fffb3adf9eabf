"""The demonstration's concerns: made up, asked and answered in the hours before it was filled.

Moments are never shifted, so these lie before this moment, whatever day the demonstration lives in.
"""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from guanjia.cases import actions as cases
from guanjia.cases import promises, tasks
from guanjia.cases.actions import ASKER, By, Given
from guanjia.cases.models import Case
from guanjia.concerns import actions, brand, rate_tasks, taking
from guanjia.concerns.actions import NewConcern
from guanjia.concerns.workflow import CONCERN
from guanjia.interop.synthetic import scene
from guanjia.kit import days, scope
from guanjia.kit.days import SHANGHAI
from guanjia.staff import gate
from guanjia.web import demo_staff

BY_ASKER = ("rate", "rate yes", "reopen")
FIRST_PAST = 1000  # numbers of forms, apart from those of today
MASK, PHONE = "138****0000", "13800000000"


def fill(at: datetime) -> int:
    """Write the concerns of the city's demo.toml as of this moment; returns how many."""
    folder: Path = settings.GUANJIA_CITY
    rows = tomllib.loads((folder / scene.FILE).read_text(encoding="utf-8")).get("concern", [])
    for number, row in enumerate(rows, start=1):
        asked = NewConcern(
            f"{number:032x}", row["category"], row["text"], row["place"], phone=PHONE
        )
        begun = at - timedelta(hours=row["hours"])
        actions.take_in(asked, brand.load(folder), promises.load(folder), MASK, begun)
        for step in row["steps"]:
            _step(asked.key, step, begun + timedelta(hours=step["at"]))
    past = _past(at, folder)
    tasks.sweep_at(at)
    rate_tasks.take_due(at)
    return len(rows) + past


def _past(at: datetime, folder: Path) -> int:
    """Concerns of the month before, told by the city's [[past]] rows, `each` in every place of theirs."""
    rows = tomllib.loads((folder / scene.FILE).read_text(encoding="utf-8")).get("past", [])
    this = at.astimezone(SHANGHAI).date().replace(day=1)
    first, _ends = taking.month_of(days.add_months(this, -1))
    told = [(row, place) for row in rows for place in row["places"] for _n in range(row["each"])]
    for number, (row, place) in enumerate(told, start=FIRST_PAST):
        asked = NewConcern(f"{number:032x}", row["category"], row["text"], place, phone=PHONE)
        begun = first + timedelta(days=1 + number % 14, hours=9 + number % 8)
        actions.take_in(asked, brand.load(folder), promises.load(folder), MASK, begun)
        for step in row["steps"]:
            _step(asked.key, step, begun + timedelta(hours=step["at"]))
    return len(told)


def _step(key: str, step: dict[str, Any], at: datetime) -> None:
    """One thing that was done, by the asker or by whoever sits nearest."""
    known = promises.load(Path(settings.GUANJIA_CITY))
    given = Given(note=step["note"])
    with scope.hold(scope.Scope(kind="case", key=key)):
        case = Case.objects.get()
        if step["do"].startswith("rate"):
            good = step["do"] == "rate yes"
            said = {"solved": good, "satisfied": good, "why": step["note"]}
            cases.rate(CONCERN, known, case, case.step, at, **said)
        elif step["do"] in BY_ASKER:
            cases.make(CONCERN, known, case.pk, case.step, step["do"], ASKER, at, given)
    if step["do"] not in BY_ASKER:
        by = _nearest(case.desk_id)
        assert by.post is not None  # a desk of the demonstration
        with scope.hold(gate.scope_of(by.post)):
            cases.make(CONCERN, known, case.pk, case.step, step["do"], by, at, given)


def _nearest(desk: str) -> By:
    """Who of the demonstration's staff has this desk: the one at the lowest place above it."""
    fitting = [d for d in demo_staff.desks() if desk.startswith(d.place)]
    clerk = max(fitting, key=lambda d: (len(d.place), d.role.endswith("clerk")))
    user = demo_staff.named(clerk.name)
    return By(user, user.posts.select_related("place").get())
