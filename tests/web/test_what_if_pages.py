"""The pages of what-ifs and proposals: who may what, what they say, and what they refuse in words."""

import pytest
from django.test import Client
from django.urls import reverse

from guanjia.entitlements import queries
from guanjia.entitlements.tables.books import Proposal, ProposalState, WhatIf, WhatIfState
from guanjia.entitlements.what_if import tasks as what_if_tasks
from guanjia.kit import scope
from guanjia.staff import roles
from tests import town
from tests.doors import at_desk, queries_of, text_of
from tests.entitlements import office
from tests.entitlements.desk import as_job


@pytest.fixture
def house(cast: town.Cast) -> town.Cast:
    """A book, and 陈 on 低保; doors bring their own scope."""
    with scope.hold(as_job()):
        office.open_house(cast)
        office.award_chen(cast)
        office.award_li(cast)
    return cast


def sent(*rows: tuple[str, str], **more: str) -> dict[str, str]:
    """What the form sends: figures with new values, and the rest."""
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    for place, (figure, value) in enumerate(rows):
        data |= {f"form-{place}-figure": figure, f"form-{place}-value": value}
    return data | {"since": "2020-05", "months": "1", "place": ""} | more


def asked(client: Client, *rows: tuple[str, str], **more: str) -> WhatIf:
    """A what-if asked for by the form."""
    response = client.post(reverse("ask_what_if"), sent(*rows, **more))
    assert response.status_code == 302, response.content.decode()
    with scope.hold(as_job()):
        found = WhatIf.objects.order_by("-pk")[0]
    assert response.headers["Location"] == reverse("what_if", args=[found.pk])
    return found


def worked(what_if: WhatIf) -> WhatIf:
    """What the worker does with it."""
    what_if_tasks.try_figures(None, what_if.pk)
    with scope.hold(as_job()):
        what_if.refresh_from_db()
    return what_if


def proposed(client: Client, what_if: WhatIf, law: str = "") -> Proposal:
    """A proposal made from a what-if's page."""
    response = client.post(reverse("propose_what_if", args=[what_if.pk]), {"law": law})
    assert response.status_code == 302
    with scope.hold(as_job()):
        return Proposal.objects.order_by("-pk")[0]


def test_from_a_figure_of_the_book_to_who_gains(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    chapter = text_of(zhou, "/book/dibao/")
    link = reverse("ask_what_if") + "?figure=dibao.dibao_line"
    assert link in chapter and "试算这个数字" in chapter
    form = text_of(zhou, link)
    assert '<option value="dibao_line" selected>低保标准（现行 1060 元/人·月）</option>' in form
    assert "dibao.house_limit" in text_of(
        zhou, reverse("ask_what_if") + "?figure=dibao.house_limit"
    )
    found = asked(zhou, ("dibao_line", "1150"))
    waits = text_of(zhou, reverse("what_if", args=[found.pk]))
    assert f'hx-get="{reverse("what_if_progress", args=[found.pk])}"' in waits
    assert "正在试算" in text_of(zhou, reverse("what_if_progress", args=[found.pk]))
    worked(found)
    page = text_of(zhou, reverse("what_if", args=[found.pk]))
    assert "低保标准由 1060 元/人·月 改为 <strong>1150 元/人·月</strong>" in page
    # 270.00 元 a month for the household, and 2.97 元 more of the price subsidy for each of three
    assert "1 户、3 人增加、没有减少的、每月增支 278.91 元" in page
    assert "1,421.00 元" in page and "1,691.00 元" in page and "长安镇" in page
    over = zhou.get(reverse("what_if_progress", args=[found.pk]))
    assert over.headers["HX-Refresh"] == "true"


def test_savings_are_told_as_such_and_noughts_too(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    less = worked(asked(zhou, ("longevity.second", "120")))
    assert "没有增加的、1 人减少、每月减支 30.00 元" in text_of(
        zhou, reverse("what_if", args=[less.pk])
    )
    same = worked(asked(zhou, ("longevity.fourth", "600")))
    page = text_of(zhou, reverse("what_if", args=[same.pk]))
    assert "每月支出不变" in page and "这里没有变化" in page
    town_only = asked(zhou, ("longevity.first", "130"), place=town.HUMEN)
    assert town_only.changes == f"longevity.first@{town.HUMEN}=130"


def test_rows_are_added_and_what_was_typed_stays(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    more = sent(("longevity.first", "130"), more="1")
    page = zhou.post(reverse("ask_what_if"), more).content.decode()
    assert 'value="130"' in page and 'name="form-1-figure"' in page
    two = asked(zhou, ("longevity.first", "130"), ("longevity.second", "160"), ("", ""))
    assert two.changes.splitlines() == ["longevity.first=130", "longevity.second=160"]


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        ([("dibao_line", "一千")], {}, "“一千”不能作低保标准的新数。请照“1060 元/人·月”这样写。"),
        ([("dibao_line", "1060")], {}, "完全一样"),
        ([("dibao_line", "99999999999999999")], {}, "可能超出 64 位整数"),
        ([("nothing", "5")], {}, "政策簿里没有这个标准，请从列表里选。"),
        ([("dibao_line", "")], {}, "请写新数，例如 1150。"),
        ([("", "")], {}, "请选一个标准，写上新数。"),
        ([("dibao_line", "1150"), ("dibao_line", "1160")], {}, "dibao_line 写了两次"),
        ([("dibao_line", "1150")], {"since": "2019-01"}, "2019-01"),
        ([("dibao_line", "1150")], {"months": "99"}, "选择一个有效的选项。 99 不在可用的选项中。"),
        ([("dibao_line", "1150")], {"place": "440100"}, "440100"),
    ],
)
def test_what_cannot_be_tried_is_said_at_its_field(
    house: town.Cast, rows: list[tuple[str, str]], more: dict[str, str], says: str
) -> None:
    response = at_desk(house.zhou).post(reverse("ask_what_if"), sent(*rows, **more))
    assert response.status_code == 422
    assert says in response.content.decode()
    with scope.hold(as_job()):
        assert not WhatIf.objects.exists()


def test_one_at_work_is_stopped_once(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    found = asked(zhou, ("dibao_line", "1150"))
    stop = reverse("cancel_what_if", args=[found.pk])
    assert zhou.get(stop).status_code == 405
    assert "已停止" in zhou.post(stop, follow=True).content.decode()
    assert "不能再这样办" in zhou.post(stop, follow=True).content.decode()
    assert worked(found).state == WhatIfState.CANCELLED
    assert "还没有一个月算完" in text_of(zhou, reverse("what_if", args=[found.pk]))


def test_two_stand_side_by_side(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    first = worked(asked(zhou, ("dibao_line", "1150")))
    second = worked(asked(zhou, ("dibao_line", "1100"), months="3"))
    url = reverse("what_if", args=[first.pk])
    assert f'<option value="{second.pk}">' in text_of(zhou, url)
    page = text_of(zhou, f"{url}?with={second.pk}")
    assert "每月增支 278.91 元" in page and "每月增支 123.96 元" in page
    assert "不能直接相比" in page
    for wrong in (first.pk, 10**9, "x"):
        text_of(zhou, f"{url}?with={wrong}", 404)


def test_the_figures_go_into_an_office_program(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    found = worked(asked(zhou, ("longevity.second", "160")))
    response = zhou.get(reverse("what_if_csv", args=[found.pk]))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("月份,镇街代码,镇街,待遇代码,待遇,有批准,单位")
    assert "2020-05,441900119,长安镇,longevity,高龄津贴,有,人,1,1,1,0,150.00,160.00" in lines


def test_a_second_person_reads_every_line_and_adopts(house: town.Cast) -> None:
    zhou, liang = at_desk(house.zhou), at_desk(house.liang)
    found = worked(asked(zhou, ("dibao_line", "1150")))
    waits = proposed(zhou, found, "试行通知第1号")
    url = reverse("proposal", args=[waits.pk])
    mine = text_of(zhou, url)
    assert "不能由您审批" in mine and reverse("adopt_proposal", args=[waits.pk]) not in mine
    assert "政策簿的改动待审批" in text_of(liang, "/")
    assert "政策簿的改动待审批" not in text_of(zhou, "/")
    page = text_of(liang, url)
    assert "标准 低保标准 1150 元/人·月，自 2020年5月1日" in page and "试行通知第1号" in page
    assert zhou.post(reverse("adopt_proposal", args=[waits.pk])).status_code == 403
    done = liang.post(reverse("adopt_proposal", args=[waits.pk]), follow=True).content.decode()
    assert "已采用。以后的核算按它办" in done
    with scope.hold(as_job()):
        newest = queries.newest_revision()
    assert newest is not None and newest.revision == waits.revision != found.revision
    assert "政策簿已经换过" in text_of(zhou, reverse("what_if", args=[found.pk]))
    again = zhou.post(reverse("propose_what_if", args=[found.pk]), {"law": ""}, follow=True)
    assert "算出来的不再是对现行政策簿的变化" in again.content.decode()


def test_it_goes_back_with_a_reason_or_is_taken_back(house: town.Cast) -> None:
    zhou, liang = at_desk(house.zhou), at_desk(house.liang)
    found = worked(asked(zhou, ("dibao_line", "1150")))
    waits = proposed(zhou, found)
    reject = reverse("reject_proposal", args=[waits.pk])
    bare = liang.post(reject, {"reason": " "})
    assert bare.status_code == 422 and "请写明为什么退回" in bare.content.decode()
    assert "退回：等文件" in liang.post(reject, {"reason": "等文件"}, follow=True).content.decode()
    second = proposed(zhou, found)
    assert second.pk != waits.pk
    gone = zhou.post(reverse("withdraw_proposal", args=[second.pk]), follow=True).content.decode()
    assert "现行政策簿没有变化" in gone
    late = liang.post(reverse("adopt_proposal", args=[second.pk]), follow=True).content.decode()
    assert "不能再这样办" in late
    page = text_of(zhou, reverse("what_ifs"))
    assert "已退回" in page and "已撤回" in page


def test_a_proposal_that_was_overtaken_says_so_and_lists_examples_that_no_longer_hold(
    house: town.Cast,
) -> None:
    zhou, liang = at_desk(house.zhou), at_desk(house.liang)
    first = proposed(zhou, worked(asked(zhou, ("dibao_line", "1150"))), "试行通知第1号")
    second = proposed(zhou, worked(asked(zhou, ("dibao_line", "1200"))), "试行通知第2号")
    assert "处例子按新文字的结果和写的不一样" in text_of(
        liang, reverse("proposal", args=[first.pk])
    )
    liang.post(reverse("adopt_proposal", args=[first.pk]))
    page = text_of(liang, reverse("proposal", args=[second.pk]))
    assert "不能再采用" in page and reverse("adopt_proposal", args=[second.pk]) not in page
    late = liang.post(reverse("adopt_proposal", args=[second.pk]), follow=True).content.decode()
    assert "没有采用" in late
    with scope.hold(as_job()):
        second.refresh_from_db()
    assert second.state == ProposalState.PROPOSED


def test_a_draft_waits_for_its_document_and_the_page_says_which(house: town.Cast) -> None:
    zhou, liang = at_desk(house.zhou), at_desk(house.liang)
    found = worked(asked(zhou, ("dibao_line", "1150")))
    draft = proposed(zhou, found)
    adopt = reverse("adopt_proposal", args=[draft.pk])
    page = text_of(liang, reverse("proposal", args=[draft.pk]))
    assert "低保标准还是拟定的，没有写明依据的文件，不能采用" in page and adopt not in page
    assert "没有采用：低保标准还是拟定的" in liang.post(adopt, follow=True).content.decode()
    named = proposed(zhou, found, "试行通知第1号")
    assert reverse("adopt_proposal", args=[named.pk]) in text_of(
        liang, reverse("proposal", args=[named.pk])
    )


def test_lists_go_on_beyond_a_page_and_say_where_they_are_cut(
    house: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    zhou, tried, made = at_desk(house.zhou), [], []
    for value in ("1110", "1120", "1130", "1140"):
        tried.append(worked(asked(zhou, ("dibao_line", value))))
        made.append(proposed(zhou, tried[-1]))
    first = text_of(zhou, reverse("what_ifs"))
    older = f"{reverse('what_ifs')}?proposed-before={made[2].pk}"
    assert older in first and reverse("proposal", args=[made[1].pk]) not in first
    second = text_of(zhou, older)
    assert reverse("proposal", args=[made[1].pk]) in second and "已到末尾" in second
    assert f"?before={tried[2].pk}" in first
    for name in ("before", "proposed-before"):
        text_of(zhou, f"{reverse('what_ifs')}?{name}=x", 400)
    assert "这里只列最近的 2 次试算" in text_of(zhou, reverse("what_if", args=[tried[0].pk]))
    assert "这里只列最近的" not in text_of(zhou, reverse("what_ifs"))


def addresses(house: town.Cast) -> tuple[list[str], list[str], list[str]]:
    """Pages to read; verbs of who prepares; verbs of the second person."""
    zhou = at_desk(house.zhou)
    found = worked(asked(zhou, ("dibao_line", "1150")))
    waits = proposed(zhou, found)
    read = [reverse("what_ifs"), reverse("proposal", args=[waits.pk])]
    read += [reverse(n, args=[found.pk]) for n in ("what_if", "what_if_progress", "what_if_csv")]
    prepare = [reverse(n, args=[found.pk]) for n in ("cancel_what_if", "propose_what_if")]
    prepare += [reverse("ask_what_if"), reverse("withdraw_proposal", args=[waits.pk])]
    decide = [reverse(n, args=[waits.pk]) for n in ("adopt_proposal", "reject_proposal")]
    return read, prepare, decide


def test_only_the_city_desk_reads_drafts_and_each_verb_has_its_role(house: town.Cast) -> None:
    read, prepare, decide = addresses(house)
    auditor = at_desk(town.desk("shen", "审", roles.AUDITOR, town.CITY))
    for url in read:
        assert auditor.get(url).status_code == 200
    for town_desk in (at_desk(house.wang), at_desk(house.huang)):
        for url in (*read, *prepare):
            assert town_desk.get(url).status_code in (403, 405)
        for url in (*prepare, *decide):
            assert town_desk.post(url).status_code == 403
    for url in prepare:
        assert at_desk(house.liang).post(url).status_code == 403
        assert auditor.post(url).status_code == 403
    for url in decide:
        assert at_desk(house.zhou).post(url).status_code == 403


def test_what_is_not_there_is_not_found(house: town.Cast) -> None:
    zhou, liang = at_desk(house.zhou), at_desk(house.liang)
    for name in ("what_if", "what_if_progress", "what_if_csv", "proposal"):
        text_of(zhou, reverse(name, args=[10**9]), 404)
    for name in ("cancel_what_if", "propose_what_if"):
        assert zhou.post(reverse(name, args=[10**9])).status_code == 404
    assert liang.post(reverse("adopt_proposal", args=[10**9])).status_code == 404


def test_without_a_book_the_page_says_what_to_do(cast: town.Cast) -> None:
    zhou = at_desk(cast.zhou)
    assert "还没有采用政策簿" in text_of(zhou, reverse("what_ifs"))
    response = zhou.get(reverse("ask_what_if"), follow=True)
    assert "guanjia policy adopt" in response.content.decode()


def test_pages_ask_as_often_for_many_as_for_few(house: town.Cast) -> None:
    zhou = at_desk(house.zhou)
    first = worked(asked(zhou, ("longevity.second", "160")))
    few = queries_of(zhou, reverse("what_ifs")), queries_of(zhou, f"/what-if/{first.pk}/")
    for value in ("170", "180", "190"):
        proposed(zhou, worked(asked(zhou, ("longevity.second", value), months="6")))
    many = queries_of(zhou, reverse("what_ifs")), queries_of(zhou, f"/what-if/{first.pk}/")
    assert many[0] <= few[0] and many[1] <= few[1] + 1
