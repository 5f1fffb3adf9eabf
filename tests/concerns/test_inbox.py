"""The desk's list: filters of one's own, several at once, as a file; what a supervisor sees, and the first desk."""

import html
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from guanjia.cases import tasks
from guanjia.cases.models import Case, Event
from guanjia.concerns.models import SavedFilter
from guanjia.kit import clock, scope
from guanjia.staff import gate, roles
from tests import town
from tests.concerns.test_desk import EYES, MASK, PHONE, ask
from tests.doors import at_desk, queries_of, text_of


def chosen(*cases: Case) -> list[str]:
    """Ticked boxes."""
    return [f"{one.pk}-{one.step}" for one in cases]


def bulk(client: Client, verb: str, cases: list[str], status: int = 200, **said: str) -> str:
    """The page of a bulk move."""
    answer = client.post("/inbox/bulk/", {"verb": verb, "case": cases, **said})
    assert answer.status_code == status
    return answer.content.decode()


def states() -> list[str]:
    """Where the cases stand, by number."""
    with scope.hold(EYES):
        return list(Case.objects.order_by("pk").values_list("state", flat=True))


def test_several_are_looked_at_first_then_done_each_by_itself(cast: town.Cast) -> None:
    first, second, third = ask(1), ask(2), ask(3)
    wang = at_desk(cast.wang)
    wang.post(f"/inbox/{third.pk}/accept/", {"step": 0})
    page = bulk(wang, "accept", chosen(first, second, third))
    assert "2 件可以办" in page
    assert "刚刚有了新的进展" in page
    assert states() == ["received", "received", "handling"], "a look changes nothing"
    wang.post(f"/inbox/{second.pk}/accept/", {"step": 0})
    done = bulk(wang, "accept", chosen(first, second, third), go="yes")
    assert "1 件办好了" in done
    assert states() == ["handling"] * 3
    with scope.hold(EYES):
        assert Event.objects.filter(verb="accept").count() == 3


def test_a_bulk_answer_asks_for_its_words_and_says_what_is_wrong(cast: town.Cast) -> None:
    cases, wang = [ask(1), ask(2)], at_desk(cast.wang)
    bulk(wang, "accept", chosen(*cases), go="yes")
    seen = [f"{one.pk}-1" for one in cases]
    assert "请写明情况" in bulk(wang, "answer", seen, 409, go="yes", note=" ")
    assert "2 件办好了" in bulk(wang, "answer", seen, go="yes", note="都修好了")
    assert states() == ["answered", "answered"]
    assert "不能这样办" in bulk(wang, "answer", [f"{one.pk}-2" for one in cases])
    assert "没有勾选" in bulk(wang, "accept", [], 400)
    assert "没有勾选" in bulk(wang, "accept", ["1-1-1"], 400)
    for verb in ("dance", "merge"):
        assert wang.post("/inbox/bulk/", {"verb": verb, "case": seen}).status_code == 400


def test_several_go_where_all_of_them_may_and_another_town_has_no_hand_in_it(
    cast: town.Cast,
) -> None:
    cases, wang = [ask(1), ask(2)], at_desk(cast.wang)
    page = bulk(at_desk(cast.huang), "accept", chosen(*cases), go="yes")
    assert "2 件您已经看不到" in page
    assert f'value="{town.COMMUNITY}"' in bulk(wang, "transfer", chosen(*cases))
    bulk(wang, "transfer", chosen(*cases), 400, go="yes", note="转", desk=town.HUMEN)
    assert "2 件办好了" in bulk(
        wang, "transfer", chosen(*cases), go="yes", note="转", desk=town.COMMUNITY
    )


def test_a_filter_is_kept_under_a_name_and_seen_by_its_post_alone(cast: town.Cast) -> None:
    ask(1, hours=30)
    wang, zhou = at_desk(cast.wang), at_desk(cast.zhou)
    said = {"name": "超时的", "asked": "state=late&desk=all&after=x&evil=1"}
    assert wang.post("/inbox/filters/", said)["Location"] == "/inbox/?desk=all&state=late"
    page = text_of(wang, "/inbox/?desk=all&state=late")
    assert "超时的" in page
    assert "第1件事" in page
    assert "超时的" not in text_of(zhou, "/inbox/?desk=all").replace("已经超时的", "")
    wang.post("/inbox/filters/", said)
    assert "已经有同名的筛选" in text_of(wang, "/inbox/")
    assert wang.post("/inbox/filters/", {**said, "asked": "state=x"}).status_code == 400
    with scope.hold(town.eyes(cast.wang)):
        kept = SavedFilter.objects.get()
    zhou.post(f"/inbox/filters/{kept.pk}/drop/")
    with scope.hold(town.eyes(cast.wang)):
        assert SavedFilter.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            SavedFilter.objects.create(post=cast.zhou.posts.get(), name="x", asked="")
    wang.post(f"/inbox/filters/{kept.pk}/drop/")
    with scope.hold(town.eyes(cast.wang)):
        assert not SavedFilter.objects.exists()


def test_the_list_goes_along_as_a_file_without_names_and_phones(cast: town.Cast) -> None:
    ask(1)
    ask(2)
    answer = at_desk(cast.wang).get("/inbox/?form=csv")
    lines = b"".join(answer).decode().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("\ufeff编号,类别,内容")
    assert "第1件事" in lines[1]
    assert not any(phone in "\n".join(lines) for phone in (PHONE, MASK, PHONE[:7]))


def test_a_supervisor_sees_what_is_late_by_town_and_desk_and_gets_to_each(cast: town.Cast) -> None:
    late, fresh = ask(1, hours=30), ask(2)
    at_desk(cast.wang).post(
        f"/inbox/{fresh.pk}/transfer/", {"step": 0, "note": "转", "desk": town.COMMUNITY}
    )
    zhou = at_desk(cast.zhou)
    page = text_of(zhou, "/inbox/overview/")
    assert "长安镇" in page
    there = f"/inbox/?desk={town.CHANGAN}%2B&amp;state=late"
    assert there in page
    listed = text_of(zhou, there.replace("&amp;", "&"))
    assert "第1件事" in listed
    assert "第2件事" not in listed
    assert "第2件事" in text_of(zhou, f"/inbox/?desk={town.COMMUNITY}")
    assert "第1件事" not in text_of(at_desk(cast.huang), "/inbox/overview/")
    for desk in (town.HUMEN, town.CITY, "4419", "x"):
        assert at_desk(cast.wang).get(f"/inbox/?desk={desk}").status_code == 400
    before = queries_of(zhou, "/inbox/overview/")
    for number in range(3, 9):
        ask(number)
    assert queries_of(zhou, "/inbox/overview/") == before <= 12
    assert late.pk


def test_marks_find_what_was_returned_reopened_and_urged(cast: town.Cast) -> None:
    back, again, urged = ask(1), ask(2), ask(3, hours=24 * 30)
    wang = at_desk(cast.wang)
    given = {"step": 0, "note": "不归我", "reason": "not_our_place"}
    wang.post(f"/inbox/{back.pk}/return/", given)
    for step, verb in enumerate(("accept", "answer", "reopen")):
        wang.post(f"/inbox/{again.pk}/{verb}/", {"step": step, "note": "办"})
    tasks.sweep_at(clock.now())
    zhou = at_desk(cast.zhou)
    for mark, text in (("returned", "第1件事"), ("reopened", "第2件事"), ("urged", "第3件事")):
        page = text_of(zhou, f"/inbox/?desk=all&mark={mark}")
        assert [n for n in (1, 2, 3) if f"第{n}件事" in page] == [int(text[1])], mark
    assert urged.pk
    assert "共 3 件" in text_of(zhou, "/inbox/?desk=all&category=living")


def test_a_list_without_an_end_is_counted_to_a_thousand(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guanjia.concerns.matters import queries

    monkeypatch.setattr(queries, "COUNTED", 2)
    monkeypatch.setattr(queries, "PAGE", 1)
    for number in range(4):
        ask(number)
    assert "超过 2 件" in text_of(at_desk(cast.wang), "/inbox/")


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_the_latest_are_listed_once_and_in_turn_however_far_back(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """They are looked for in the last weeks first: pages go on over the ends of those."""
    from guanjia.concerns.matters import queries

    monkeypatch.setattr(queries, "PAGE", size)
    days = (0, 1, 29, 31, 170, 200, 400)
    for number, ago in enumerate(days):
        ask(number, hours=ago * 24 + 1)
    client, listed, url = at_desk(cast.wang), list[str](), "/inbox/?desk=all&state=all"
    while url:
        page = text_of(client, url)
        listed += re.findall(r"第[0-9]件事", page)
        found = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        url = f"/inbox/{html.unescape(found[1])}" if found else ""
    assert listed == [f"第{number}件事" for number in range(len(days))]


def test_the_desk_that_accepted_first_stays_named_and_sees_it_through(cast: town.Cast) -> None:
    case, wang = ask(1), at_desk(cast.wang)
    wang.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    at_desk(cast.zhou).post(
        f"/inbox/{case.pk}/transfer/", {"step": 1, "note": "转", "desk": town.HUMEN}
    )
    at_desk(cast.huang).post(f"/inbox/{case.pk}/accept/", {"step": 2})
    with scope.hold(EYES):
        now = Case.objects.get(pk=case.pk)
    assert (now.first_desk_id, now.desk_id) == (town.CHANGAN, town.HUMEN)
    assert "首接：长安镇" in text_of(wang, f"/inbox/{case.pk}/")
    for change in ("first_desk = NULL", "first_desk = '441900121'"):
        with (
            scope.hold(EYES),
            pytest.raises(IntegrityError, match="first_stays_named"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE cases_case SET {change}")


def test_a_red_band_says_that_the_sweep_stands_still(cast: town.Cast) -> None:
    tasks.sweep_at(clock.now() - timedelta(minutes=10))
    assert "没有运行" not in text_of(at_desk(cast.wang), "/inbox/")
    tasks.sweep_at(clock.now() - timedelta(minutes=20))
    for page in ("/inbox/", "/inbox/overview/"):
        assert "没有运行" in text_of(at_desk(cast.wang), page)


def test_a_desk_sees_what_it_was_told_and_marks_it_read(cast: town.Cast) -> None:
    case, wang = ask(1), at_desk(cast.wang)
    assert ">1<" in text_of(wang, "/notices/unread/")
    assert "新来一件" in text_of(wang, "/notices/")
    with scope.hold(town.eyes(cast.wang)):
        number = case.notices.get(addressee="desk").pk
    assert at_desk(cast.huang).post(f"/notices/{number}/").status_code == 404
    assert at_desk(cast.zhou).post(f"/notices/{number}/").status_code == 404
    assert wang.post(f"/notices/{number}/")["Location"] == f"/inbox/{case.pk}/"
    assert text_of(wang, "/notices/unread/").strip() == ""
    ask(2)
    wang.post("/notices/read/", {"newest": str(10**9)})
    assert "1 条标为已读" in text_of(wang, "/notices/")
    assert wang.get("/notices/?before=x").status_code == 400
    assert "没有通知" in text_of(at_desk(cast.huang), "/notices/")


def test_a_case_is_merged_from_a_list_of_what_lies_at_its_desk(cast: town.Cast) -> None:
    first, second, wang = ask(1), ask(2), at_desk(cast.wang)
    assert f"第 {first.pk} 号" in text_of(wang, f"/inbox/{second.pk}/others/?q={first.pk}")
    assert "没有可以并入" in text_of(wang, f"/inbox/{second.pk}/others/?q=没有这样的话")
    said = {"step": 0, "into": first.pk, "note": "同一盏灯"}
    assert wang.post(f"/inbox/{second.pk}/merge/", said).status_code == 302
    page = text_of(wang, f"/inbox/{first.pk}/")
    assert "还有 1 件并在一起" in page
    assert "已并入" in text_of(wang, f"/inbox/{second.pk}/")
    answer = wang.post(f"/inbox/{first.pk}/merge/", {"step": 0, "into": second.pk, "note": "x"})
    assert "并不进去" in answer.content.decode()
    text_of(at_desk(cast.huang), f"/inbox/{second.pk}/others/", 404)


def test_nobody_else_reads_a_filter_by_raw_sql(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        SavedFilter.objects.create(post=cast.wang.posts.get(), name="x", asked="state=late")
    chief = town.desk("chief", "主", roles.TOWN_CHIEF, town.CHANGAN).posts.get()
    with scope.hold(gate.scope_of(chief)):
        assert not SavedFilter.objects.exists()
