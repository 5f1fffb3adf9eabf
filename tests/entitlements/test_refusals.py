"""What a run refuses, and what is left when it does."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import determining
from guanjia.entitlements.errors import (
    NoBook,
    NotBegun,
    NoteMissing,
    NothingDecidable,
    OutOfOrder,
    SamePerson,
    WrongState,
)
from guanjia.entitlements.models import Determination, Lead, Run, RunState
from guanjia.entitlements.runs import actions, paying, tasks
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Entry
from tests import town
from tests.entitlements import office

SUBSIDIES = 3
"""Price subsidies follow the award of the 陈 family, one for each of the three."""


def test_without_a_book_nothing_is_decided(as_job: town.Cast) -> None:
    with pytest.raises(NoBook, match="policy adopt"):
        office.determine(as_job, office.MARCH)


def test_a_month_that_has_not_begun_is_refused(house: town.Cast) -> None:
    with pytest.raises(NotBegun, match="2020-05 还没有开始（今天是 2020-04-01）"):
        office.determine(house, date(2020, 5, 1))


def test_a_month_in_which_nothing_is_decidable_is_refused(house: town.Cast) -> None:
    with pytest.raises(NothingDecidable, match="2017-06"):
        office.determine(house, date(2017, 6, 1))
    assert not Run.objects.exists()


def test_months_are_decided_in_order(house: town.Cast) -> None:
    run = office.determine(house, office.JANUARY)
    with pytest.raises(OutOfOrder, match="2020-01 的批次还没有办完"):
        office.determine(house, office.FEBRUARY)
    office.pay(house, run)
    with pytest.raises(OutOfOrder, match="2020-01 已经发放"):
        office.determine(house, office.DECEMBER)


def test_the_one_who_asked_cannot_approve_nor_send_back(house: town.Cast) -> None:
    run = office.determine(house, office.JANUARY)
    at = office.moment(office.JANUARY)
    with pytest.raises(SamePerson):
        actions.approve_run(run.pk, house.zhou, at)
    with pytest.raises(SamePerson):
        actions.reject_run(run.pk, house.zhou, "不对", at)
    for promise, attack in (
        (
            "run_was_approved_by_a_second_person",
            "UPDATE entitlements_run SET approved_by_id = prepared_by_id, approved_at = now()",
        ),
        ("money_moves_only_after_approval", "UPDATE entitlements_run SET state = 'paid'"),
        ("a_run_that_ended_names_who", "UPDATE entitlements_run SET state = 'cancelled'"),
    ):
        refused(promise, attack)


def refused(promise: str, attack: str, *values: object) -> None:
    """The schema refuses a statement by the name of its promise."""
    with (
        pytest.raises(IntegrityError, match=promise),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack, values)


def test_a_run_is_approved_once(house: town.Cast) -> None:
    run = office.determine(house, office.JANUARY)
    at = office.moment(office.JANUARY)
    actions.approve_run(run.pk, house.liang, at)
    with pytest.raises(WrongState, match="已审批"):
        actions.approve_run(run.pk, house.liang, at)


def test_a_short_budget_stops_the_run_with_a_sentence_and_goes_on_after_funding(
    as_job: town.Cast, files: object
) -> None:
    house = as_job
    office.open_house(house, budget=90_000)
    office.award_chen(house)
    office.award_li(house)
    run = office.determine(house, office.DECEMBER)
    actions.approve_run(run.pk, house.liang, office.moment(office.DECEMBER))
    tasks.pay(None, run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "长安镇 budget/441900119/dibao 差 41.00 元" in run.trouble
    assert not Entry.objects.filter(run=run).exists()
    office.fund(house, town.CHANGAN, "dibao", 100_000, "2020-2")
    actions.retry_run(run.pk, house.zhou, office.moment(office.DECEMBER))
    tasks.pay(None, run.pk)
    assert Entry.objects.filter(run=run).count() == 2 + SUBSIDIES
    assert audit() == []


def test_money_spent_in_between_stops_the_run_and_loses_nothing(house: town.Cast) -> None:
    """The first look finds enough; a later batch does not: what was posted stands, once."""
    office.award_chen(house)
    office.award_li(house)
    run = office.determine(house, office.DECEMBER)
    actions.approve_run(run.pk, house.liang, office.moment(office.DECEMBER))
    assert paying.pay_batch(run.pk, run.month, 1)
    assert Entry.objects.filter(run=run).count() == 1 + SUBSIDIES
    actions.fail_run(run.pk, "停电")
    actions.retry_run(run.pk, house.zhou, office.moment(office.DECEMBER))
    tasks.pay(None, run.pk)
    assert Entry.objects.filter(run=run).count() == 2 + SUBSIDIES
    assert audit() == []


def test_a_rejected_run_says_why_and_its_month_can_be_asked_for_again(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    before = leads()
    first = office.determine(house, office.JANUARY)
    with pytest.raises(NoteMissing):
        actions.reject_run(first.pk, house.liang, " ", office.moment(office.JANUARY))
    actions.reject_run(first.pk, house.liang, "标准要再核对", office.moment(office.JANUARY))
    assert leads() == before
    second = office.determine(house, office.JANUARY)
    assert second != first
    office.pay(house, second)
    decided = Determination.objects.get(run=second, benefit="dibao")
    assert decided.previous is not None and decided.previous.run.month == office.DECEMBER
    assert audit() == []


def leads() -> set[tuple[object, ...]]:
    """All leads by what they say."""
    return set(Lead.objects.values_list("kind", "benefit", "person", "household", "state"))


def test_a_cancelled_run_leaves_nothing_that_counts(house: town.Cast) -> None:
    office.award_chen(house)
    at = office.moment(office.JANUARY)
    run = actions.ask_run(office.JANUARY, town.CITY, house.zhou, at, town.TODAY)
    assert determining.determine_batch(run.pk, at, 1)
    actions.cancel_run(run.pk, house.zhou, at)
    assert not determining.determine_batch(run.pk, at, 1)
    assert not queries.standing().exists()
    again = office.determine(house, office.JANUARY)
    assert again != run
    assert queries.standing().filter(what="new", benefit="dibao").count() == 1


def test_two_people_grant_and_adopt(house: town.Cast) -> None:
    with pytest.raises(SamePerson):
        actions.adopt_book(office.BOOK, house.zhou, house.zhou, town.KNOWN)
    with pytest.raises(SamePerson):
        actions.grant([office.CHEN], house.liang, house.liang, town.KNOWN)
    refused(
        "book_was_adopted_by_two_people",
        "INSERT INTO entitlements_revision (revision, text, prepared_by_id, approved_by_id) "
        "VALUES ('x', '{}', %s, %s)",
        *(house.zhou.pk, house.zhou.pk),
    )
    office.award_chen(house)
    columns = (
        "number, benefit, cadence, household_id, place, applied_on, assessed_on, approved_on, payee, \
        account_sealed, account_tail, granted, since, pays_from, synthetic, prepared_by_id"
    )
    refused(
        "award_was_granted_by_two_people",
        f"INSERT INTO entitlements_award ({columns}, approved_by_id) "
        f"SELECT {columns.replace('number', chr(39) + 'x' + chr(39), 1)}, prepared_by_id "
        "FROM entitlements_award",
    )


@pytest.mark.parametrize(
    "tampering",
    [
        {"known_at": "known_at + interval '1 second'"},
        {"revision_id": "repeat('0', 64)"},
        {"run_id": "run_id + 1"},
        {"household_id": "NULL", "person_id": "(SELECT min(id) FROM people_person)"},
        {"benefit": "'longevity'"},
        {"place": "'441900121'"},
        {"award_id": "NULL", "pays": "0", "household_id": "0"},
    ],
)
def test_a_determination_stands_on_its_run_its_award_and_its_unit(
    house: town.Cast, tampering: dict[str, str]
) -> None:
    office.award_chen(house)
    office.determine(house, office.JANUARY)
    columns = [
        *("run_id", "benefit", "person_id", "household_id", "award_id", "place", "entitled"),
        *("gross", "net", "reasons", "pays", "carried", "what", "known_at", "revision_id"),
        "facts_hash",
    ]
    copied = ", ".join(tampering.get(column, column) for column in columns)
    refused(
        "does not stand on its run",
        f"INSERT INTO entitlements_determination (since, {', '.join(columns)}) "
        f"SELECT '2020-02-01', {copied} FROM entitlements_determination WHERE pays > 0 LIMIT 1",
    )
