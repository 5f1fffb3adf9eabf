"""What a town's desk sees of runs, leads, awards and payments; and how many questions a page asks."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import determining
from guanjia.entitlements.models import Award, BankFile, Determination, Lead, Run, RunFigure
from guanjia.entitlements.runs import actions
from guanjia.kit import scope
from guanjia.ledger.models import Account, Entry, Transfer
from tests import town
from tests.entitlements import office

OF_A_TOWN = (Award, Determination, Lead, RunFigure, Entry, Transfer, Account)


@pytest.fixture
def worked(house: town.Cast) -> town.Cast:
    """Two paid months: 陈 and 李 are paid at 长安, 何 is missed at 虎门."""
    office.award_chen(house)
    office.award_li(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    return house


def test_a_town_sees_its_own_money_and_leads_and_nothing_of_another(worked: town.Cast) -> None:
    for user, place in ((worked.wang, town.CHANGAN), (worked.huang, town.HUMEN)):
        with scope.hold(town.eyes(user)):
            for model in OF_A_TOWN:
                places = set(model._default_manager.values_list("place_id", flat=True))
                assert all(code.startswith(place) for code in places), model
    with scope.hold(town.eyes(worked.huang)):
        assert Lead.objects.exists() and not Award.objects.exists()
        assert not Entry.objects.filter(kind="payment").exists()
        assert {lead.person_id for lead in Lead.objects.all()} - {None} == {worked.ho.id}


def test_files_for_the_bank_are_the_citys_alone(worked: town.Cast) -> None:
    with scope.hold(town.eyes(worked.wang)):
        assert not BankFile.objects.exists()
    with scope.hold(town.eyes(worked.zhou)):
        assert BankFile.objects.count() == 4


def test_every_office_sees_that_a_run_is_and_only_the_city_writes_it(worked: town.Cast) -> None:
    with scope.hold(town.eyes(worked.wang)):
        assert Run.objects.count() == 2
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Run.objects.update(trouble="x")
    with scope.hold(scope.PUBLIC):
        assert not Run.objects.exists()


def test_a_clerk_settles_no_lead_of_another_town(worked: town.Cast) -> None:
    theirs = Lead.objects.get(person=worked.ho.id)
    with scope.hold(town.eyes(worked.wang)):
        assert Lead.objects.filter(pk=theirs.pk).update(note="x") == 0


def asked(question: object) -> int:
    """How many queries a question takes."""
    assert callable(question)
    with CaptureQueriesContext(connection) as seen:
        question()
    return len(seen)


def test_questions_do_not_grow_with_the_rows(worked: town.Cast) -> None:
    run = Run.objects.get(month=office.DECEMBER)
    assert asked(lambda: queries.by_town(queries.figures(run.pk))) == 1
    assert asked(lambda: [(d.person, d.previous) for d in queries.changes(run.pk, "new")]) == 1


def test_a_batch_asks_as_often_for_one_household_as_for_many(worked: town.Cast) -> None:
    counts = []
    at = office.moment(office.FEBRUARY)

    run = actions.ask_run(office.FEBRUARY, town.CITY, worked.zhou, at, town.TODAY)
    for size in (1, 10):
        with CaptureQueriesContext(connection) as seen:
            determining.determine_batch(run.pk, at, size)
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= 25
