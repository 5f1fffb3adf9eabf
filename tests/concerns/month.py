"""A month of cases for the rates: one of each kind that a set has to get right, all in April 2020."""

from datetime import UTC, date, datetime

from guanjia.cases import actions
from guanjia.cases.actions import NewCase
from guanjia.cases.models import Case
from guanjia.concerns.rates import taking
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.concerns.tables.rates import Taking
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import DAY, HOUR, MORNING

APRIL = date(2020, 4, 1)
LATER = datetime(2020, 5, 1, 2, tzinfo=UTC)


def eyes() -> scope.Scope:
    """The city's job."""
    return scope.job("rates", town.CITY, town.TODAY)


def opened(key: str, place: str = town.COMMUNITY, at: datetime = MORNING) -> Case:
    """A new case at the desk of its town; three working days are promised after acceptance."""
    with scope.hold(scope.Scope(kind="intake", key=key)):
        new = NewCase(place, place[:9], key, "ask_help")
        return actions.open_case(CONCERN, office.book(), new, actions.ASKER, at)


def handled(cast: town.Cast, key: str, days: int = 0, place: str = town.COMMUNITY) -> Case:
    """Accepted in an hour, called in two, answered so many days later."""
    case = opened(key, place)
    user = cast.wang if place.startswith(town.CHANGAN) else cast.huang
    office.make(user, case, "accept", MORNING + HOUR)
    office.make(user, case, "contact", MORNING + 2 * HOUR, office.NOTE)
    return office.make(user, case, "answer", MORNING + 3 * HOUR + days * DAY, office.ANSWER)


def rated(case: Case, solved: bool, satisfied: bool, at: datetime = MORNING + 10 * DAY) -> Case:
    """What its asker says of it."""
    with scope.hold(office.asker(case.track)):
        fresh = Case.objects.get(pk=case.pk)
        said = {"solved": solved, "satisfied": satisfied}
        return actions.rate(CONCERN, office.book(), fresh, fresh.step, at, **said)


def lived(cast: town.Cast) -> dict[str, Case]:
    """长安: six answered in time, one late, one never, one never accepted, one reopened; 虎门: two."""
    found = {f"good{n}": rated(handled(cast, f"good{n}"), True, True) for n in range(3)}
    found |= {f"quiet{n}": handled(cast, f"quiet{n}") for n in range(2)}
    found["late"] = rated(handled(cast, "late", days=12), True, False, MORNING + 20 * DAY)
    found["never"] = opened("never")
    office.make(cast.wang, found["never"], "accept", MORNING + HOUR)
    found["unseen"] = opened("unseen")
    again = rated(handled(cast, "again"), False, False)
    found["again"] = office.reopen(again, MORNING + 11 * DAY)
    found["humen0"] = handled(cast, "humen0", place=town.ELSEWHERE)
    found["humen1"] = handled(cast, "humen1", place=town.ELSEWHERE)
    return found


def taken(as_of: datetime = LATER, month: date = APRIL) -> Taking:
    """The month, counted."""
    with scope.hold(eyes()):
        return taking.take(town.CITY, month, as_of)
