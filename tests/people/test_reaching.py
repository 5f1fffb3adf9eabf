"""Who sees what after a move: a town through moves within it, a village its own time alone."""

from datetime import date

from guanjia.kit import scope
from guanjia.people import actions, intake
from guanjia.people.models import PersonFact, Reach
from guanjia.people.records import NewFact, NewHousehold
from guanjia.staff import roles
from tests import town
from tests.people.desk import as_job

MOVED, LATER = date(2020, 2, 1), date(2020, 3, 1)
NEXT_DOOR = "441900119003"
EARLIER = NewFact("wages", 100000, date(2019, 5, 1), date(2019, 6, 1), "零工")


def kinds_seen(place: str, role: str, person: int) -> set[str]:
    """The work that somebody at a place reads of."""
    eyes = scope.staff(1, role, place, town.TODAY)
    with scope.hold(eyes):
        return {f.key for f in PersonFact.objects.filter(person_id=person, kind="wages")}


def rows(person: int) -> set[tuple[str, str, str]]:
    with scope.hold(as_job()):
        found = Reach.objects.filter(person_id=person, why="residence")
        return {(r.place_id, str(r.since), str(r.until)) for r in found}


def move(cast: town.Cast, number: str, place: str, on: date) -> None:
    home = NewHousehold(number, place, [])
    with scope.hold(as_job()):
        actions.register([home], "test", town.KNOWN)
        actions.move(cast.li, home, on, "test", town.KNOWN)


def test_a_town_sees_what_was_before_a_move_within_it(cast: town.Cast) -> None:
    li = cast.li.id
    with scope.hold(as_job()):
        actions.correct_fact(cast.li, EARLIER, "test", town.KNOWN)
    move(cast, "T-9", NEXT_DOOR, MOVED)
    assert kinds_seen(town.CHANGAN, roles.TOWN_CLERK, li) == {"零工"}
    assert kinds_seen(NEXT_DOOR, roles.VILLAGE_WORKER, li) == set(), "it was before their time"
    assert kinds_seen(town.COMMUNITY, roles.VILLAGE_WORKER, li) == {"零工"}, (
        "her 户籍 is there still"
    )
    found = rows(li)
    assert (town.CHANGAN, str(town.START), "None") in found
    assert len(found) == 3


def test_it_ends_when_the_person_leaves_the_town_and_comes_out_the_same_again(
    cast: town.Cast,
) -> None:
    move(cast, "T-9", NEXT_DOOR, MOVED)
    move(cast, "T-10", town.HUMEN, LATER)
    left = rows(cast.li.id)
    assert (town.CHANGAN, str(town.START), str(LATER)) in left
    with scope.hold(as_job()):
        intake.reach_again([cast.li.id], town.CITY)
    assert rows(cast.li.id) == left, "worked out anew from the households, it is the same"


def test_who_moved_nowhere_has_one_row(cast: town.Cast) -> None:
    assert len(rows(cast.li.id)) == 1
