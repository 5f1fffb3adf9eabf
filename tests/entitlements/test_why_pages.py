"""The pages of reasons: told by the book and the facts of their day, and only to whom they concern."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from guanjia.entitlements.why import explaining as why
from guanjia.kit import scope
from guanjia.people import actions as people
from guanjia.people.models import Person
from guanjia.people.records import NewFact
from guanjia.staff import roles
from tests import town
from tests.doors import at_desk, text_of
from tests.entitlements import office
from tests.entitlements.desk import Worked, as_job, lead_of, places_of

pytestmark = pytest.mark.usefixtures("files")


def test_a_stored_decision_is_told_with_sentences_figures_and_laws(worked: Worked) -> None:
    page = text_of(worked.wang, reverse("why", args=[worked.chen.pk]))
    assert "与留存的结果一致" in page
    assert "1060 元/人·月" in page
    assert "1,421.00 元" in page
    assert f'href="{reverse("chapter", args=["dibao"])}#income"' in page
    assert f'href="{reverse("chapter", args=["dibao"])}#figure-dibao_line"' in page


def test_the_old_month_is_told_by_the_figure_of_its_day(worked: Worked) -> None:
    page = text_of(worked.wang, reverse("why", args=[worked.chen.previous_id]))
    assert "980 元/人·月" in page
    assert "1060 元/人·月" not in page


def test_a_later_correction_does_not_change_what_was_told(worked: Worked) -> None:
    url = reverse("why", args=[worked.chen.pk])
    with scope.hold(as_job()):
        fact = NewFact("wages", 9_000_00, town.START)
        office.learn(worked.cast.chen, fact, office.moment(office.MARCH, 20))
    assert "与留存的结果一致" in text_of(worked.wang, url)
    now = text_of(worked.wang, reverse("why_now", args=[worked.cast.chen.id, "dibao"]))
    assert "不符合条件" in now


def test_a_decision_that_does_not_follow_is_said_to_disagree(worked: Worked) -> None:
    with scope.hold(town.eyes(worked.cast.wang)):
        assert why.of_determination(worked.chen, town.TODAY).agrees
        worked.chen.net = 1
        assert not why.of_determination(worked.chen, town.TODAY).agrees
        worked.chen.refresh_from_db()
        worked.chen.facts_hash += 1
        assert not why.of_determination(worked.chen, town.TODAY).agrees


def test_reasons_of_now_ask_for_a_month_and_a_benefit_that_exist(worked: Worked) -> None:
    person = worked.cast.li.id
    page = text_of(worked.wang, reverse("why_now", args=[person, "longevity"]) + "?month=2020-02")
    assert "150.00 元" in page
    assert 'value="2020-02" selected' in page
    early = text_of(worked.wang, reverse("why_now", args=[person, "dibao"]) + "?month=1999-01")
    assert "没有登记在任何一户" in early
    text_of(worked.wang, reverse("why_now", args=[person, "dibao"]) + "?month=soon", 400)
    text_of(worked.wang, reverse("why_now", args=[person, "nothing"]), 404)


def test_a_town_sees_nothing_of_another(worked: Worked) -> None:
    for url in places_of(worked):
        text_of(worked.huang, url, 404)
        text_of(worked.wang, url)
    for url in (
        reverse("leads"),
        reverse("run", args=[worked.paid[1].pk]),
        reverse("run_units", args=[worked.paid[1].pk, "changed"]),
    ):
        page = text_of(worked.huang, url)
        for words in ("陈大文", "李月好", "长安", "1,421"):
            assert words not in page, (url, words)


def test_a_stranger_and_a_village_worker_see_no_run_no_lead_no_reason(
    worked: Worked, client: Client
) -> None:
    village = at_desk(town.desk("ma", "马", roles.VILLAGE_WORKER, town.COMMUNITY))
    run = worked.ready.pk
    for url in (
        *places_of(worked),
        *(reverse("runs"), reverse("run", args=[run]), reverse("run_progress", args=[run])),
        *(
            reverse("run_units", args=[run, "new"]),
            reverse("leads"),
            reverse("leads") + "?form=csv",
        ),
    ):
        assert client.get(url).headers["Location"].startswith(reverse("account_login"))
        assert village.get(url).status_code == 403, url


def test_the_city_desk_needs_its_second_factor(worked: Worked, client: Client) -> None:
    plain = town.desk("qian", "钱", roles.CITY_CLERK, town.CITY)
    client.force_login(plain, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("runs"))
    assert response.headers["Location"] == reverse("mfa_activate_totp")


def test_who_moved_away_is_named_no_more_and_the_row_stays(worked: Worked) -> None:
    doubt = lead_of("doubtful")
    assert "何金水" in text_of(worked.huang, reverse("leads"))
    with scope.hold(as_job()):
        gone = NewFact("hukou", "elsewhere", date(2020, 3, 1))
        office.learn(worked.cast.ho, gone, office.moment(office.MARCH, 20))
        ho = Person.objects.get(pk=worked.cast.ho.id)
        people.move(ho, None, date(2020, 3, 1), "test", office.moment(office.MARCH, 20))
    for url in (
        reverse("leads"),
        reverse("lead", args=[doubt.pk]),
        reverse("why", args=[worked.ho.pk]),
        reverse("run_units", args=[worked.paid[0].pk, "new"]),
    ):
        page = text_of(worked.huang, url)
        assert "何金水" not in page
        assert "东方社区" in page
    assert "不能逐条说明" in text_of(worked.huang, reverse("why", args=[worked.ho.pk]))
    text_of(worked.huang, reverse("person", args=[ho.pk]), 404)
