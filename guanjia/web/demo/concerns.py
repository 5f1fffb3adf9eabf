"""The demonstration's concerns: made up, asked and answered in the hours before it was filled.

Moments are never shifted, so these lie before this moment, whatever day the demonstration lives in.
"""

import random
import tomllib
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from guanjia.cases import actions as cases
from guanjia.cases import tasks
from guanjia.cases.actions import ASKER, By, Given
from guanjia.cases.models import Case
from guanjia.concerns import tasks as concern_tasks
from guanjia.concerns.answered import board
from guanjia.concerns.likeness import beside, training
from guanjia.concerns.likeness.training import TooFew
from guanjia.concerns.matters import actions, sorting
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.matters.contacts import masked
from guanjia.concerns.matters.sorting import Sorted
from guanjia.concerns.rates import taking
from guanjia.concerns.rates import tasks as rate_tasks
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.concerns.tables.public import BoardCase
from guanjia.interop.synthetic import scene, wordings
from guanjia.kit import clock, days, scope
from guanjia.kit.days import SHANGHAI
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.web.demo import staff

BY_ASKER = ("rate", "rate yes", "reopen")
FIRST_PAST = 1000  # numbers of forms and of askers, apart from those of today
FIRST_MANY = 2000  # of askers
PHONE, EMAIL = "13800000002", "resident@example.com"
"""The phone of an asker who has several matters; and the address that those of today left."""
MANY, OPEN_EVERY, GOOD = 150, 12, 0.85
AGAIN = {
    7: 1,
    8: 2,
    20: 1,
}  # of every 25: these are asked by who asked so many before, from the same place
HALF_YEAR = 170 * 24
PLAINLY = 4  # of a policy's own words in a text, that a desk puts it there


def fill(at: datetime) -> int:
    """Write the concerns of the city's demo.toml as of this moment; returns how many."""
    folder: Path = settings.GUANJIA_CITY
    rows = tomllib.loads((folder / scene.FILE).read_text(encoding="utf-8")).get("concern", [])
    for number, row in enumerate(rows, start=1):
        asked = NewConcern(
            *(f"{number:032x}", row["category"], row["text"], row["place"]),
            phone=_phone(row.get("asker", number)),
            email=EMAIL,
            synthetic=True,
        )
        begun = at - timedelta(hours=row["hours"])
        _take_in(asked, begun, row.get("policy", ""))
        for step in row["steps"]:
            _step(asked.key, step, begun + timedelta(hours=step["at"]))
    past = _past(at, folder)
    written = many(at)
    tasks.sweep_at(at)
    concern_tasks.gather_at(at)
    rate_tasks.take_due(at)
    return len(rows) + past + written


@transaction.atomic
def many(at: datetime, count: int = MANY) -> int:
    """Made-up concerns of half a year in many wordings: most answered and closed, the newest still open.

    They teach the suggestions and gather into topics; returns how many were written.
    """
    folder = Path(settings.GUANJIA_CITY)
    chance = random.Random(count)  # noqa: S311 - made-up text, no secret
    homes = [row.code for d in staff.desks() for row in places.under(d.place)]
    spots = [code for code in homes if len(code) == places.COMMUNITY]
    homes_of: dict[int, str] = {}
    for number, one in enumerate(wordings.made(folder, count, seed=1), start=1):
        asker = number - AGAIN.get(number % 25, 0)
        place = homes_of.setdefault(asker, chance.choice(spots))
        asked = NewConcern(
            *(f"{number:016x}{'d' * 16}", one.category, one.text, place),
            phone=_phone(FIRST_MANY + asker),
            synthetic=True,
        )
        fresh = number % OPEN_EVERY == 0
        begun = at - timedelta(
            hours=chance.randint(1, 12) if fresh else chance.randint(40, HALF_YEAR)
        )
        _take_in(asked, begun, _plainly(one))
        if not fresh:
            _close(asked.key, chance.random() < GOOD, begun)
    return number


def _phone(asker: int) -> str:
    """`13800000012`: noughts enough that nobody takes it for somebody's."""
    return f"138{asker:08d}"


def _plainly(one: wordings.Wording) -> str:
    """The policy of its category that a text names in so many words; '' for none."""
    known = the_brand()
    mine = {p.code for p in known.register.of_category(one.category)}
    return next((c for c, _n in beside.nearly(one.text, known, least=PLAINLY) if c in mine), "")


def _take_in(asked: NewConcern, at: datetime, policy: str = "") -> None:
    """Taken in; an hour later whoever sits nearest has read it and put it under a policy, if one is named."""
    known, promised = the_brand(), the_promises()
    actions.take_in(asked, known, promised, masked(asked.phone), at)
    if not policy:
        return
    said = Sorted(known.register.policies[policy].category, policy)
    with scope.hold(scope.Scope(kind="case", key=asked.key)):
        case = Case.objects.get()
    by = _nearest(case.desk_id)
    assert by.post is not None  # a desk of the demonstration
    with scope.hold(gate.scope_of(by.post)):
        sorting.sort(case, said, known, promised, by, at + timedelta(hours=1))


def _close(key: str, good: bool, begun: datetime) -> None:
    """Accepted, answered and rated within a day and a half."""
    note = "已经办好，请您看看。（演示）"
    for verb, hours in (("accept", 2), ("answer", 20)):
        _step(key, {"do": verb, "note": note}, begun + timedelta(hours=hours))
    said = {"do": "rate yes" if good else "rate", "note": "" if good else "还是老样子（演示）"}
    _step(key, said, begun + timedelta(hours=30))


def teach(at: datetime) -> None:
    """Teach the suggestions from them; a city that has too few closed matters goes without."""
    known = the_brand()
    wanted = frozenset(c.code for c in known.categories.values() if c.suggest)
    with scope.hold(scope.job("train", known.city, clock.today())):
        told = training.closed(wanted)
    with suppress(TooFew):
        training.train(told, known.city, at)


def _past(at: datetime, folder: Path) -> int:
    """Concerns of the month before, told by the city's [[past]] rows, `each` in every place of theirs."""
    rows = tomllib.loads((folder / scene.FILE).read_text(encoding="utf-8")).get("past", [])
    this = at.astimezone(SHANGHAI).date().replace(day=1)
    first, _ends = taking.month_of(days.add_months(this, -1))
    told = [(row, place) for row in rows for place in row["places"] for _n in range(row["each"])]
    for number, (row, place) in enumerate(told, start=FIRST_PAST):
        asked = NewConcern(
            *(f"{number:032x}", row["category"], row["text"], place),
            phone=_phone(row.get("asker", number)),
            synthetic=True,
            publish=row.get("publish", False),
        )
        begun = first + timedelta(days=1 + number % 14, hours=9 + number % 8)
        _take_in(asked, begun, row.get("policy", ""))
        for step in row["steps"]:
            _step(asked.key, step, begun + timedelta(hours=step["at"]))
        if asked.publish:
            _show(asked.key, at)
    return len(told)


def _show(key: str, at: datetime) -> None:
    """An answer that everybody may read, approved by whoever sits nearest; one of each wording."""
    with scope.hold(scope.Scope(kind="case", key=key)):
        case = Case.objects.select_related("concern").get()
    by = _nearest(case.desk_id)
    assert by.user is not None
    assert by.post is not None
    with scope.hold(gate.scope_of(by.post)):
        question, answer = board.draft(case, case.concern)
        with scope.hold(scope.PUBLIC):
            known = BoardCase.objects.filter(question=question).exists()
        if not known:
            board.publish(case, case.concern, question, answer, by.user, at)


def _step(key: str, step: dict[str, Any], at: datetime) -> None:
    """One thing that was done, by the asker or by whoever sits nearest."""
    known = the_promises()
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


@cache
def _nearest(desk: str) -> By:
    """Who of the demonstration's staff has this desk: the one at the lowest place above it."""
    fitting = [d for d in staff.desks() if desk.startswith(d.place)]
    clerk = max(fitting, key=lambda d: (len(d.place), d.role.endswith("clerk")))
    user = staff.named(clerk.name)
    return By(user, user.posts.select_related("place").get())
