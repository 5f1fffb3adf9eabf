"""Cases for tests: opened by an asker, moved by the cast, at moments of April 2020."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from guanjia.cases import actions, promises
from guanjia.cases.actions import ASKER, By, Given, NewCase
from guanjia.cases.models import Case
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import scope
from guanjia.staff.models import User
from tests import town

MORNING = datetime(2020, 4, 1, 2, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = "a" * 32
UNTIL = date(2020, 4, 30)
NOTE = Given(note="已上门看过")
ANSWER = Given(note="路灯已经修好")


def book() -> promises.Promises:
    """The city's promises."""
    return promises.load(Path(settings.GUANJIA_CITY))


def asker(key: str = KEY) -> scope.Scope:
    """The eyes of an asker."""
    return scope.Scope(kind="case", key=key)


def ask(key: str = KEY, desk: str = town.CHANGAN, promise: str = "ask_help") -> Case:
    """A new case in 长安, by its asker."""
    with scope.hold(scope.Scope(kind="intake", key=key)):
        new = NewCase(town.COMMUNITY, desk, key, promise)
        return actions.open_case(CONCERN, book(), new, ASKER, MORNING)


def at_desk(user: User) -> By:
    """A user in their only post."""
    return By(user, user.posts.get())


def make(user: User, case: Case, verb: str, at: datetime, given: Given = actions.NOTHING) -> Case:
    """A move by a user who has just read the case."""
    with scope.hold(town.eyes(user)):
        seen = Case.objects.get(pk=case.pk).step
        return actions.make(CONCERN, book(), case.pk, seen, verb, at_desk(user), at, given)


def merge(user: User, case: Case, leading: Case, at: datetime) -> Case:
    """A user who has just read the case merges it into another."""
    given = Given(note="同一盏路灯", into=leading.pk)
    with scope.hold(town.eyes(user)):
        seen = Case.objects.get(pk=case.pk).step
        return actions.merge(CONCERN, book(), case.pk, seen, at_desk(user), at, given)


def reopen(case: Case, at: datetime, note: str = "灯又坏了") -> Case:
    """The asker is not content."""
    with scope.hold(asker(case.track)):
        given = Given(note=note)
        return actions.make(CONCERN, book(), case.pk, case.step, "reopen", ASKER, at, given)


def answered(user: User) -> Case:
    """A case that was accepted and answered within the day."""
    case = ask()
    make(user, case, "accept", MORNING + HOUR)
    return make(user, case, "answer", MORNING + 2 * HOUR, ANSWER)
