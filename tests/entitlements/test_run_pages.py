"""The pages of runs: figures and lists, who may do what next, and the files for the bank."""

import pytest
from django.urls import reverse

from guanjia.entitlements.models import BankFile, Run, RunState
from guanjia.entitlements.runs import actions
from guanjia.interop import bank
from guanjia.kit import scope
from guanjia.staff import roles
from tests import town
from tests.doors import at_desk, text_of
from tests.entitlements.desk import Worked, as_job, state_of

pytestmark = pytest.mark.usefixtures("files")


def test_a_run_tells_its_figures_by_benefit_and_by_town(worked: Worked) -> None:
    page = text_of(worked.zhou, reverse("run", args=[worked.paid[1].pk]))
    for words in ("1,664.10 元", "长安镇", "虎门镇", "最低生活保障", "已发放", ".xlsx"):
        assert words in page
    listed = text_of(worked.zhou, reverse("run_units", args=[worked.paid[1].pk, "changed"]))
    assert "陈大文" in listed
    assert "941.00 元" in listed
    assert "1,421.00 元" in listed


def test_lists_of_a_run_refuse_what_they_do_not_know(worked: Worked) -> None:
    run = worked.paid[1].pk
    text_of(worked.zhou, reverse("run_units", args=[run, "nothing"]), 404)
    text_of(worked.zhou, reverse("run_units", args=[run, "new"]) + "?benefit=nothing", 400)
    text_of(worked.zhou, reverse("run_units", args=[run, "new"]) + "?place=x", 400)
    text_of(worked.zhou, reverse("run_units", args=[run, "new"]) + "?after=x", 400)
    text_of(worked.zhou, reverse("run", args=[10**9]), 404)


def test_asking_twice_is_one_run_and_only_the_city_clerk_asks(worked: Worked) -> None:
    asked = {"month": "2020-03"}
    for _turn in range(2):
        response = worked.zhou.post(reverse("ask_run"), asked)
        assert response.headers["Location"] == reverse("run", args=[worked.ready.pk])
    for client in (worked.wang, worked.liang):
        assert client.post(reverse("ask_run"), asked).status_code == 403
    with scope.hold(as_job()):
        assert Run.objects.count() == 4


def test_a_month_in_the_way_or_not_begun_is_refused_in_words(worked: Worked) -> None:
    page = worked.zhou.post(reverse("ask_run"), {"month": "2020-04"}, follow=True)
    assert "2020-03 的批次还没有办完" in page.content.decode()
    page = worked.zhou.post(reverse("ask_run"), {"month": "2020-05"}, follow=True)
    assert "请从列表里选一个月份" in page.content.decode()


def test_who_prepared_cannot_approve(worked: Worked) -> None:
    url = reverse("approve_run", args=[worked.ready.pk])
    assert worked.zhou.post(url).status_code == 403
    page = text_of(worked.zhou, reverse("run", args=[worked.ready.pk]))
    assert "不能审批自己经办的批次" in page
    assert url not in page
    both = town.desk("both", "双岗", roles.CITY_CHIEF, town.CITY)
    with scope.hold(as_job()):
        Run.objects.filter(pk=worked.ready.pk).update(prepared_by=both)
    refused = at_desk(both).post(url, follow=True).content.decode()
    assert "经办和审批是同一个人" in refused
    assert state_of(worked.ready) == RunState.READY


def test_a_second_person_approves_and_the_page_shows_how_far_it_is(worked: Worked) -> None:
    run = worked.ready.pk
    assert worked.liang.get(reverse("approve_run", args=[run])).status_code == 405
    page = worked.liang.post(reverse("approve_run", args=[run]), follow=True).content.decode()
    assert "已批准" in page
    assert f'hx-get="{reverse("run_progress", args=[run])}"' in page
    assert state_of(worked.ready) == RunState.APPROVED
    fragment = worked.zhou.get(reverse("run_progress", args=[run]))
    assert "正在记账" in fragment.content.decode()
    again = worked.liang.post(reverse("approve_run", args=[run]), follow=True)
    assert "不能这样办" in again.content.decode()


def test_the_progress_of_a_step_that_is_over_asks_for_the_whole_page(worked: Worked) -> None:
    response = worked.zhou.get(reverse("run_progress", args=[worked.ready.pk]))
    assert response.headers["HX-Refresh"] == "true"


def test_a_rejection_wants_a_reason_and_keeps_it(worked: Worked) -> None:
    url = reverse("reject_run", args=[worked.ready.pk])
    empty = worked.liang.post(url, {"reason": " "})
    assert empty.status_code == 422
    assert "请写明为什么退回" in empty.content.decode()
    page = worked.liang.post(url, {"reason": "虎门镇名单要先核对"}, follow=True).content.decode()
    assert "退回：虎门镇名单要先核对" in page
    assert state_of(worked.ready) == RunState.REJECTED


def test_a_run_may_be_cancelled_and_a_failed_one_tried_again(worked: Worked) -> None:
    with scope.hold(as_job()):
        Run.objects.filter(pk=worked.ready.pk).update(state=RunState.DETERMINING)
        actions.fail_run(worked.ready.pk, "预算不够")
    page = text_of(worked.zhou, reverse("run", args=[worked.ready.pk]))
    assert "预算不够" in page
    assert reverse("retry_run", args=[worked.ready.pk]) in page
    worked.zhou.post(reverse("retry_run", args=[worked.ready.pk]))
    assert state_of(worked.ready) == RunState.DETERMINING
    worked.zhou.post(reverse("cancel_run", args=[worked.ready.pk]))
    assert state_of(worked.ready) == RunState.CANCELLED


def file_of(run: Run) -> BankFile:
    with scope.hold(as_job()):
        return BankFile.objects.get(run=run, name__endswith=".csv")


def test_a_bank_file_is_handed_out_whole_to_the_city_alone(worked: Worked) -> None:
    file = file_of(worked.paid[0])
    response = worked.zhou.get(reverse("bank_file", args=[file.pk]))
    assert response.content == (bank.folder_of(worked.paid[0].month) / file.name).read_bytes()
    assert "陈大文" in response.content.decode("gb18030")
    assert response.headers["Cache-Control"] == "no-store"
    assert worked.wang.get(reverse("bank_file", args=[file.pk])).status_code == 403
    assert worked.zhou.get(reverse("bank_file", args=[10**9])).status_code == 404


def test_a_bank_file_that_was_changed_or_lost_is_not_handed_out(worked: Worked) -> None:
    file = file_of(worked.paid[0])
    place = bank.folder_of(worked.paid[0].month) / file.name
    place.write_bytes(place.read_bytes().replace(b"941.00", b"991.00"))
    page = text_of(worked.zhou, reverse("bank_file", args=[file.pk]), 409)
    assert "银行文件与记录不符" in page
    place.unlink()
    text_of(worked.zhou, reverse("bank_file", args=[file.pk]), 409)


def test_the_changes_of_a_run_are_filtered_sorted_and_taken_along(worked: Worked) -> None:
    url = reverse("run_units", args=[worked.paid[0].pk, "new"])
    page = text_of(worked.zhou, url)
    assert '<option value="dibao">' in page
    assert "陈大文" in page
    assert "何金水" in page
    one = text_of(worked.zhou, f"{url}?benefit=dibao&sort=-pays")
    assert 'aria-sort="descending"' in one
    assert "何金水" not in one
    response = worked.zhou.get(f"{url}?benefit=dibao&form=csv")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].endswith("姓名,证件号,地方,待遇,月份,原来（元）,现在（元）")
    assert len(lines) == 2
    assert "陈大文" in lines[1]
    assert worked.cast.chen.document not in lines[1]
    for bad in ("?benefit=nothing", "?place=441900121x", "?sort=who", "?after=x"):
        text_of(worked.zhou, url + bad, 400)
