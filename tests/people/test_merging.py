"""Two files of one person: merged by two people, never counted twice, undone without a trace."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection

from guanjia.entitlements import queries
from guanjia.entitlements.families import merged, snapshot
from guanjia.entitlements.models import Award
from guanjia.entitlements.runs import actions as entitlements
from guanjia.kit import scope
from guanjia.people import actions, errors, merging, second
from guanjia.people.desk_models import Merge
from guanjia.people.records import NewHousehold, NewPerson
from tests import town
from tests.entitlements import office
from tests.people.desk import ASKED, DECIDED, UNDONE, as_job, chief, raw

TABLES = (
    *("people_person", "people_membership", "people_personfact", "people_reach"),
    *("people_namegram", "people_household", "entitlements_award"),
)


@pytest.fixture
def twin(cast: town.Cast) -> NewPerson:
    """陈大文 a second time, registered by a passport in a household of his own."""
    second = NewPerson("陈大文", "1", date(1978, 5, 4), "P1234567", "passport", since=town.START)
    second.facts = [*cast.chen.facts]
    with scope.hold(as_job()):
        actions.register([NewHousehold("T-8", town.COMMUNITY, [second])], "test", town.KNOWN)
    return second


def ask(cast: town.Cast, twin: NewPerson) -> Merge:
    with scope.hold(town.eyes(cast.wang)):
        return merging.prepare(cast.chen.id, twin.id, "同一人两个证件", cast.wang.pk, ASKED)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a merge could touch."""
    with scope.hold(as_job()), connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = list(cursor.fetchall())
        return found


def households(cast: town.Cast, twin: NewPerson, at: object) -> set[int]:
    """Which of the two files a decision reads at a moment."""
    with scope.hold(as_job()):
        lived = snapshot.households_of([cast.chen.id, twin.id], office.MARCH, at)  # type: ignore[arg-type]
    return set(lived)


def test_a_merged_file_is_left_out_from_approval_until_it_is_undone(
    cast: town.Cast, twin: NewPerson
) -> None:
    boss, before, asked = chief(), everything(), ask(cast, twin)
    both = {cast.chen.id, twin.id}
    with scope.hold(town.eyes(cast.wang)), pytest.raises(errors.SamePerson):
        merged.approve(asked.pk, cast.wang, DECIDED, town.TODAY)
    with scope.hold(town.eyes(boss)):
        merged.approve(asked.pk, boss, DECIDED, town.TODAY)
    assert households(cast, twin, ASKED) == both
    assert households(cast, twin, DECIDED) == {cast.chen.id}
    with scope.hold(town.eyes(boss)):
        with pytest.raises(errors.ReasonMissing):
            second.undo(Merge, asked.pk, boss.pk, "", UNDONE)
        second.undo(Merge, asked.pk, boss.pk, "不是同一人", UNDONE)
    assert households(cast, twin, DECIDED) == {cast.chen.id}, "what was decided then replays"
    assert households(cast, twin, UNDONE) == both
    assert everything() == before


def test_whole_families_and_the_export_leave_the_merged_one_out(
    cast: town.Cast, twin: NewPerson
) -> None:
    boss, asked = chief(), ask(cast, twin)
    with scope.hold(town.eyes(boss)):
        merged.approve(asked.pk, boss, DECIDED, town.TODAY)
    with scope.hold(as_job()):
        office.open_house(cast)
        revision = queries.newest_revision()
        assert revision is not None
        book = queries.book_of(revision.revision)
        homes = list(actions.Household.objects.values_list("pk", flat=True))
        read = snapshot.read(book, homes, office.MARCH, UNDONE)
    assert sorted(p for home in read for p in home.persons) == sorted(
        [cast.li.id, *(m.id for m in cast.chen_home.members), cast.ho.id]
    )


def test_awards_of_the_file_that_goes_are_settled_first(cast: town.Cast, twin: NewPerson) -> None:
    boss, asked = chief(), ask(cast, twin)
    with scope.hold(as_job()):
        office.open_house(cast)
        office.grant(cast, replace(office.LI, number="T-77", person=twin.id))
    with scope.hold(town.eyes(boss)):
        with pytest.raises(errors.NotBelieved, match="T-77"):
            merged.approve(asked.pk, boss, DECIDED, town.TODAY)
        with pytest.raises(IntegrityError, match="still holds an award"):
            raw(
                "UPDATE people_merge SET state = 'approved', decided_by_id = %s, decided_at = now()",
                boss.pk,
            )
    with scope.hold(as_job()):
        entitlements.end_award(Award.objects.get(number="T-77"), date(2020, 3, 1), DECIDED)
    with scope.hold(town.eyes(boss)):
        merged.approve(asked.pk, boss, DECIDED, town.TODAY)
    with scope.hold(as_job()), pytest.raises(IntegrityError, match="granted nothing"):
        april = {"since": town.TODAY, "pays_from": town.TODAY}
        office.grant(cast, replace(office.LI, number="T-78", person=twin.id, **april))


def test_merges_neither_chain_nor_double(cast: town.Cast, twin: NewPerson) -> None:
    ask(cast, twin)
    with scope.hold(town.eyes(cast.wang)):
        for kept, gone in (
            (cast.li.id, cast.chen.id),
            (cast.li.id, twin.id),
            (twin.id, cast.li.id),
        ):
            with pytest.raises(errors.NotBelieved):
                merging.prepare(kept, gone, "x", cast.wang.pk, ASKED)
        with pytest.raises(errors.NotBelieved):
            merging.prepare(cast.li.id, cast.li.id, "x", cast.wang.pk, ASKED)
        with pytest.raises(IntegrityError, match="merges do not chain"):
            raw(
                "INSERT INTO people_merge (kept_id, gone_id, reason, state, note, undone_because, "
                "prepared_by_id) VALUES (%s, %s, 'x', 'open', '', '', %s)",
                *(cast.li.id, cast.chen.id, cast.wang.pk),
            )


def test_both_must_be_within_reach_and_strangers_see_nothing(
    cast: town.Cast, twin: NewPerson
) -> None:
    ask(cast, twin)
    with scope.hold(town.eyes(cast.huang)):
        assert Merge.objects.count() == 0
        with pytest.raises(DatabaseError, match="row-level security"):
            raw(
                "INSERT INTO people_merge (kept_id, gone_id, reason, state, note, undone_because, "
                "prepared_by_id) VALUES (%s, %s, 'x', 'open', '', '', %s)",
                *(cast.ho.id, cast.li.id, cast.huang.pk),
            )


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        ("state = 'approved', decided_by_id = prepared_by_id, decided_at = now()", "second_person"),
        ("state = 'undone', decided_by_id = 1, decided_at = now()", "cannot become"),
        ("kept_id = gone_id, gone_id = kept_id", "cannot become|keeps what was asked"),
    ],
)
def test_sql_cannot_bend_a_merge(cast: town.Cast, twin: NewPerson, attack: str, named: str) -> None:
    ask(cast, twin)
    with scope.hold(as_job()), pytest.raises(IntegrityError, match=named):
        raw(f"UPDATE people_merge SET {attack}")
