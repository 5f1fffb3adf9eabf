"""Change requests: prepared by one, approved by another; only approval writes the fact."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from guanjia.kit import scope
from guanjia.people import changes, errors, second
from guanjia.people.desk_models import ChangeRequest
from guanjia.people.models import Household, Person, PersonFact
from guanjia.people.records import NewFact
from guanjia.policy import book as books
from guanjia.policy import read_facts
from tests import town
from tests.people.desk import ASKED, DECIDED, chief, raw

WAGES = NewFact("wages", 250000, date(2020, 1, 1), source="test")


def ask(cast: town.Cast, fact: NewFact = WAGES) -> ChangeRequest:
    """王 asks for other wages of 陈."""
    with scope.hold(town.eyes(cast.wang)):
        chen = Person.objects.get(pk=cast.chen.id)
        return changes.prepare(chen, fact, "工资单", "工资证明", cast.wang.pk, ASKED)


def wages(cast: town.Cast) -> list[int | None]:
    """What is believed of 陈's wages, oldest period first."""
    rows = PersonFact.objects.filter(person_id=cast.chen.id, kind="wages", superseded_at=None)
    return list(rows.order_by("since").values_list("number", flat=True))


def test_facts_that_move_money_are_those_that_the_book_reads() -> None:
    read = read_facts.read_by(books.load(books.city_folder({})))
    assert "dibao" in read["wages"]
    assert read["disability_level"]
    assert "hukou" in read
    assert not {"marital", "hukou_local", "sex"} & set(read)


def test_only_approval_writes_the_fact_and_by_a_second_person(cast: town.Cast) -> None:
    boss, asked = chief(), ask(cast)
    with scope.hold(town.eyes(cast.wang)):
        assert wages(cast) == [199900]
        with pytest.raises(errors.SamePerson):
            changes.approve(asked.pk, cast.wang.pk, DECIDED)
    with scope.hold(town.eyes(boss)):
        changes.approve(asked.pk, boss.pk, DECIDED)
        assert wages(cast) == [199900, 250000]
        row = PersonFact.objects.get(number=250000)
        assert (row.recorded_at, row.recorded_by_id) == (DECIDED, boss.posts.get().pk)
        with pytest.raises(errors.WrongState):
            changes.approve(asked.pk, boss.pk, DECIDED)


def test_what_is_sent_back_or_withdrawn_writes_nothing(cast: town.Cast) -> None:
    boss, asked = chief(), ask(cast)
    with scope.hold(town.eyes(boss)):
        with pytest.raises(errors.ReasonMissing):
            second.send_back(ChangeRequest, asked.pk, boss.pk, " ", DECIDED)
        second.send_back(ChangeRequest, asked.pk, boss.pk, "请附银行流水", DECIDED)
    again = ask(cast)
    with scope.hold(town.eyes(cast.wang)):
        second.withdraw(ChangeRequest, again.pk, cast.wang.pk, DECIDED)
        assert wages(cast) == [199900]


def test_one_open_request_a_person_and_fact(cast: town.Cast) -> None:
    ask(cast)
    with pytest.raises(errors.AlreadyAsked):
        ask(cast)
    other = ask(cast, NewFact("business", 1, date(2020, 1, 1), source="test"))
    assert other.state == "open"


def test_a_fact_that_moves_no_money_is_corrected_directly_with_a_reason(cast: town.Cast) -> None:
    fact = NewFact("marital", "20", date(2020, 1, 1), source="test")
    with scope.hold(town.eyes(cast.wang)):
        chen = Person.objects.get(pk=cast.chen.id)
        known = {"of": chen, "document": "", "by": cast.wang.pk, "at": ASKED}
        with pytest.raises(errors.MovesMoney):
            changes.correct(fact=WAGES, reason="x", read={"wages"}, **known)
        with pytest.raises(errors.ReasonMissing):
            changes.correct(fact=fact, reason="", read={"wages"}, **known)
        done = changes.correct(fact=fact, reason="户口本", read={"wages"}, **known)
        assert done.state == "direct"
        assert PersonFact.objects.get(kind="marital").word == "20"


def test_facts_of_a_household_are_asked_for_too(cast: town.Cast) -> None:
    boss = chief()
    with scope.hold(town.eyes(cast.wang)):
        home = Household.objects.get(pk=cast.chen_home.id)
        fact = NewFact("deposits", 5_000_00, date(2020, 1, 1), source="test")
        asked = changes.prepare(home, fact, "存折", "", cast.wang.pk, ASKED)
    with scope.hold(town.eyes(boss)):
        changes.approve(asked.pk, boss.pk, DECIDED)
        assert home.facts.get(kind="deposits").number == 5_000_00


def test_a_request_is_seen_where_the_person_is_reached_and_nowhere_else(cast: town.Cast) -> None:
    ask(cast)
    for user, seen in ((cast.wang, 1), (cast.zhou, 1), (cast.huang, 0)):
        with scope.hold(town.eyes(user)):
            assert ChangeRequest.objects.count() == seen
    with (
        scope.hold(town.eyes(cast.huang)),
        pytest.raises(DatabaseError, match="row-level"),
        transaction.atomic(),
    ):
        ChangeRequest.objects.create(
            person_id=cast.chen.id,
            kind="x",
            since=town.START,
            source_id="test",
            reason="x",
            prepared_by=cast.huang,
        )


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        ("state = 'approved', decided_by_id = prepared_by_id, decided_at = now()", "second_person"),
        ("state = 'approved'", "names_who_and_when"),
        ("state = 'returned', decided_by_id = {boss}, decided_at = now()", "says_why"),
        ("state = 'new'", "cannot become"),
        ("number = 1", "cannot become|keeps what was asked"),
        ("state = 'withdrawn', decided_by_id = {boss}, decided_at = now(), number = 1", "keeps"),
    ],
)
def test_sql_cannot_bend_a_request(cast: town.Cast, attack: str, named: str) -> None:
    asked, boss = ask(cast), chief()
    with scope.hold(town.eyes(cast.wang)), pytest.raises(IntegrityError, match=named):
        change = attack.format(boss=boss.pk)
        raw(f"UPDATE people_changerequest SET {change} WHERE id = %s", asked.pk)


def test_sql_cannot_reopen_delete_or_double_a_request(cast: town.Cast) -> None:
    boss, asked = chief(), ask(cast)
    with scope.hold(town.eyes(boss)):
        with pytest.raises(IntegrityError, match="one_open_change_a_unit_and_fact"):
            raw(
                "INSERT INTO people_changerequest (person_id, kind, key, since, source_id, reason, "
                "document, state, note, prepared_by_id) SELECT person_id, kind, key, since, "
                "source_id, reason, '', 'open', '', prepared_by_id FROM people_changerequest"
            )
        changes.approve(asked.pk, boss.pk, DECIDED)
        with pytest.raises(IntegrityError, match="cannot become open"):
            raw("UPDATE people_changerequest SET state = 'open'")
        with pytest.raises(DatabaseError, match="permission denied"):
            raw("DELETE FROM people_changerequest")
