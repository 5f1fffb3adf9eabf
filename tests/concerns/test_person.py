"""对上这个人: a registered person of the desk's reach, with a reason; what stands beside the case then."""

import re

import pytest
from django.db import IntegrityError, connection, transaction

from guanjia.cases.models import Case, Event
from guanjia.concerns.matters import contacts, queries
from guanjia.entitlements.leads import leads_of
from guanjia.entitlements.leads.leads_of import Missed
from guanjia.kit import scope
from tests import town
from tests.concerns.test_desk import EYES, PHONE, ask
from tests.doors import asked_of, at_desk, text_of


def the_case(case: Case) -> Case:
    """As it stands."""
    with scope.hold(EYES):
        return Case.objects.get(pk=case.pk)


def test_a_desk_links_the_person_it_knows_and_takes_it_back(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, wang = ask(1), at_desk(cast.wang)
    other = ask(2)
    assert "还没有对上" in text_of(wang, f"/inbox/{case.pk}/")
    page = text_of(wang, f"/inbox/{case.pk}/person/?q=李月好")
    assert "李月好" in page
    assert "没有找到" in text_of(wang, f"/inbox/{case.pk}/person/?q=何金水"), "of another town"
    assert text_of(wang, f"/inbox/{case.pk}/person/?q=441900193803150026").count("note is-error")
    link = f"/inbox/{case.pk}/person/link/"
    said = {"step": 0, "person": cast.li.id, "note": "电话里核对了证件号后四位"}
    assert wang.post(link, {**said, "note": ""}).status_code == 400
    assert wang.post(link, said).status_code == 302
    assert the_case(case).person_id == cast.li.id
    monkeypatch.setattr(leads_of, "missed", lambda *_who: [Missed(7, "应享未享", "longevity")])
    shown = text_of(wang, f"/inbox/{case.pk}/")
    for words in ("李月好", "看这户人家", "应享未享", "高龄津贴", f"第 {other.pk} 号"):
        assert words in shown, words
    assert "对上这个人" in shown
    with scope.hold(EYES):
        event = Event.objects.get(verb="identify")
    assert (event.note, event.by_id) == (said["note"], cast.wang.pk)
    wang.post(link, {"step": 1, "note": "认错了"})
    assert the_case(case).person_id is None


def test_a_person_of_another_town_is_linked_by_nobody_here(cast: town.Cast) -> None:
    case, wang = ask(1), at_desk(cast.wang)
    link = f"/inbox/{case.pk}/person/link/"
    said = {"step": 0, "person": cast.ho.id, "note": "试试"}
    assert wang.post(link, said).status_code == 404
    assert at_desk(cast.huang).post(link, said).status_code == 404
    assert wang.post(link, {**said, "person": 10**9}).status_code == 404
    at_desk(cast.zhou).post(link, said)
    assert "您的岗位看不到" in text_of(wang, f"/inbox/{case.pk}/")
    assert "何金水" not in text_of(wang, f"/inbox/{case.pk}/")


def test_raw_sql_links_nobody(cast: town.Cast) -> None:
    case = ask(1)
    change = "UPDATE cases_case SET person_id = %s, step = step + 1 WHERE id = %s"
    event = (
        "INSERT INTO cases_event (case_id, step, round, at, verb, who, by_id, was, became, desk, "
        "reason, note) SELECT id, step + 1, 1, now(), 'identify', 'staff', %s, state, state, desk, '', "
        "'x' FROM cases_case WHERE id = %s"
    )

    def attacked(person: int) -> str:
        with (
            pytest.raises(IntegrityError) as refused,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change, [person, case.pk])
        return str(refused.value)

    with scope.hold(town.eyes(cast.wang)):
        assert "by_a_move_with_its_reason" in attacked(cast.li.id)
        with connection.cursor() as cursor:
            cursor.execute(event, [cast.wang.pk, case.pk])
        assert "by_who_may_see_them" in attacked(cast.ho.id)


def test_cases_of_one_phone_stand_together_within_the_reach_of_a_desk(cast: town.Cast) -> None:
    first, second = ask(1), ask(2)
    page = text_of(at_desk(cast.wang), f"/inbox/{second.pk}/")
    assert "同一个人或同一个电话" in page
    assert f"/inbox/{first.pk}/" in page
    assert PHONE not in page
    assert "/same/" not in page, "all of them stand here"
    assert contacts.index_of("sms", "") == ""
    at_desk(cast.zhou).post(
        f"/inbox/{first.pk}/person/link/", {"step": 0, "person": cast.li.id, "note": "核对过"}
    )
    assert asked_of(at_desk(cast.wang), f"/inbox/{first.pk}/") <= 15


def test_of_many_cases_of_one_phone_six_stand_beside_and_all_on_a_page(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [ask(number) for number in range(1, 10)]
    last, wang = cases[-1], at_desk(cast.wang)
    page = text_of(wang, f"/inbox/{last.pk}/")
    assert page.count(" · 待受理</span></li>") == 6
    assert f'<a href="/inbox/{last.pk}/same/">还有 2 件</a>' in page
    everything = text_of(wang, f"/inbox/{last.pk}/same/")
    assert [f'href="/inbox/{one.pk}/"' in everything for one in cases[:-1]] == [True] * 8
    assert "第1件事" in everything
    text_of(at_desk(cast.huang), f"/inbox/{last.pk}/same/", 404)
    monkeypatch.setattr(queries, "MOST_BESIDE", 8)
    assert ">看全部</a>" in text_of(wang, f"/inbox/{last.pk}/"), "too many to be counted"
    monkeypatch.setattr(queries, "PAGE", 5)
    first = text_of(wang, f"/inbox/{last.pk}/same/")
    after = re.search(r'href="([^"]+)"[^>]*>下一页', first)
    assert after is not None
    rest = text_of(wang, f"/inbox/{last.pk}/same/{after[1].replace('&amp;', '&')}")
    assert [f"第{n}件事" in rest for n in range(1, 9)] == [True] * 3 + [False] * 5
    assert asked_of(wang, f"/inbox/{last.pk}/same/") <= 12


def test_who_asked_but_once_has_nothing_else(cast: town.Cast) -> None:
    assert "没有别的诉求" in text_of(at_desk(cast.wang), f"/inbox/{ask(1).pk}/same/")
