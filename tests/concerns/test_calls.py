"""回访: who is on the list, what a call does, three attempts and no more, how it enters the rates."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from guanjia.cases.models import Case
from guanjia.concerns.tables.public import Call
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.concerns import month
from tests.concerns.month import eyes, rated, taken
from tests.concerns.test_ask import PHONE, send
from tests.concerns.test_taking import sums
from tests.doors import asked_of, at_desk, text_of


def answered(cast: town.Cast, number: int = 1) -> Case:
    """A matter of 长安, answered just now."""
    send(Client(), form=f"{number:032x}", category="hardship", text=f"第{number}件事")
    with scope.hold(eyes()):
        case = Case.objects.order_by("-pk")[0]
    desk = at_desk(cast.wang)
    for step, (verb, note) in enumerate([("accept", ""), ("answer", "已经安排人去看。")]):
        assert (
            desk.post(f"/inbox/{case.pk}/{verb}/", {"step": step, "note": note}).status_code == 302
        )
    return case


def call(cast: town.Cast, case: Case, **said: str) -> int:
    """One call by 王; the status of the answer."""
    with scope.hold(eyes()):
        case.refresh_from_db()
    page = {"step": case.step, "solved": "", "satisfied": "", "note": "", **said}
    return at_desk(cast.wang).post(f"/callbacks/{case.pk}/", page).status_code


def test_who_said_nothing_is_called_and_who_rated_is_not(cast: town.Cast) -> None:
    quiet, spoke = answered(cast, 1), answered(cast, 2)
    rated(spoke, True, True, at=month.LATER.replace(year=2099))
    page = text_of(at_desk(cast.wang), "/callbacks/")
    assert f"/callbacks/{quiet.pk}/" in page
    assert f"/callbacks/{spoke.pk}/" not in page
    assert f"/callbacks/{quiet.pk}/" not in text_of(at_desk(cast.huang), "/callbacks/?desk=all")
    assert at_desk(cast.huang).get(f"/callbacks/{quiet.pk}/").status_code == 404
    assert PHONE not in text_of(at_desk(cast.wang), f"/callbacks/{quiet.pk}/")


def test_a_call_that_was_answered_closes_the_matter(cast: town.Cast) -> None:
    case = answered(cast)
    assert call(cast, case, reached="yes", solved="yes", satisfied="no", note="等得太久") == 302
    with scope.hold(eyes()):
        case.refresh_from_db()
        made = Call.objects.get()
        assert (case.state, made.solved, made.satisfied) == ("closed", True, False)
        assert case.events.get(verb="close").reason == "visited_unsatisfied"
    assert "不用再回访" in text_of(at_desk(cast.wang), f"/callbacks/{case.pk}/")


def test_three_attempts_then_it_stays_unanswered(cast: town.Cast) -> None:
    case = answered(cast)
    for number in (1, 2, 3):
        assert call(cast, case, reached="no") == 302
        with scope.hold(eyes()):
            case.refresh_from_db()
            assert case.state == ("closed" if number == 3 else "answered")
    with scope.hold(eyes()):
        assert case.events.get(verb="close").reason == "unreached"
    assert call(cast, case, reached="no") == 302  # refused in words
    with scope.hold(eyes()):
        assert Call.objects.count() == 3


def test_who_left_no_phone_is_not_called_three_times(cast: town.Cast) -> None:
    case = answered(cast)
    assert call(cast, case, reached="never") == 302
    with scope.hold(eyes()):
        case.refresh_from_db()
        assert case.state == "closed"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"reached": "maybe"},
        {"reached": "yes", "solved": "yes"},
        {"reached": "yes", "step": "x"},
    ],
)
def test_half_an_answer_is_not_kept(cast: town.Cast, said: dict[str, str]) -> None:
    assert call(cast, answered(cast), **said) == 400
    with scope.hold(eyes()):
        assert not Call.objects.exists()


def test_what_was_said_by_phone_enters_the_rates_with_its_channel(cast: town.Cast) -> None:
    case = month.handled(cast, "quiet")
    both = month.handled(cast, "both")
    with scope.hold(town.eyes(cast.wang)):
        for one, happy in ((case, True), (both, False)):
            Call.objects.create(
                **{"case": one, "round": 1, "number": 1, "at": office.MORNING + office.DAY},
                **{"by": cast.wang, "reached": True, "solved": happy, "satisfied": happy},
            )
    rated(both, True, True)
    one = taken()
    assert sums(one)["satisfied"] == (2, 2, 0)
    with scope.hold(eyes()):
        said = dict(one.rounds.values_list("case", "said_by"))
    assert said == {case.pk: "called", both.pk: "self"}, "one's own word stands"


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 4, "reached": False},
        {"number": 1, "reached": False, "solved": True, "satisfied": True},
        {"number": 1, "reached": True, "solved": True},
    ],
)
def test_no_call_is_kept_that_cannot_have_been(cast: town.Cast, wrong: dict[str, object]) -> None:
    case = month.handled(cast, "one")
    with scope.hold(town.eyes(cast.wang)), pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(case=case, round=1, at=month.LATER, by=cast.wang, **wrong)


def test_an_asker_reads_no_call_and_the_list_costs_the_same(cast: town.Cast) -> None:
    case = answered(cast, 1)
    call(cast, case, reached="no", note="没人接")
    wang = at_desk(cast.wang)
    few = asked_of(wang, "/callbacks/")
    answered(cast, 2)
    answered(cast, 3)
    assert asked_of(wang, "/callbacks/") == few
    with scope.hold(office.asker(case.track)):
        assert not Call.objects.exists()
