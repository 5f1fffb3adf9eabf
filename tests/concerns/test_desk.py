"""The desk's pages: whose cases it shows, in which order; what may be done; what a refusal keeps."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from guanjia.cases import promises
from guanjia.cases.models import Case
from guanjia.concerns.matters import actions, queries
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.rules import brand
from guanjia.kit import clock, scope
from guanjia.staff import open_work, read_tasks, roles
from guanjia.staff.models import Read
from tests import town
from tests.doors import asked_of, at_desk, queries_of, text_of

FOLDER = Path(settings.GUANJIA_CITY)
EYES = scope.job("test", town.CITY, town.TODAY)
PHONE, MASK = "13800001234", "138****1234"


def ask(number: int, category: str = "living", hours: int = 0) -> Case:
    """A concern in 长安, asked so many hours ago."""
    asked = NewConcern(f"{number:032x}", category, f"第{number}件事", town.COMMUNITY, phone=PHONE)
    at = clock.now() - timedelta(hours=hours)
    actions.take_in(asked, brand.load(FOLDER), promises.load(FOLDER), MASK, at)
    with scope.hold(EYES):
        return Case.objects.get(track=asked.key)


def test_what_is_due_first_stands_first(cast: town.Cast) -> None:
    for number, hours in enumerate((1, 20, 30, 5)):
        ask(number, hours=hours)
    page = text_of(at_desk(cast.wang), "/inbox/")
    places = [page.index(f"第{number}件事") for number in (2, 1, 3, 0)]
    assert places == sorted(places)
    assert "已超时" in page
    assert "还剩 3 小时" in page


def test_a_desk_sees_its_own_and_another_town_nothing(cast: town.Cast) -> None:
    case = ask(1)
    assert "第1件事" in text_of(at_desk(cast.wang), "/inbox/")
    assert "没有等您办的诉求" in text_of(at_desk(cast.huang), "/inbox/")
    other = at_desk(cast.huang)
    text_of(other, f"/inbox/{case.pk}/", 404)
    assert other.post(f"/inbox/{case.pk}/accept/", {"step": 0}).status_code == 404
    assert "第1件事" in text_of(at_desk(cast.zhou), "/inbox/?desk=all")
    assert "第1件事" not in text_of(at_desk(cast.zhou), "/inbox/")


def test_the_list_goes_on_where_the_page_ended(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(5):
        ask(number, hours=number)
    client, url, seen = at_desk(cast.wang), "/inbox/", []
    while url:
        answer = client.get(url)
        seen += [row.case.concern.text for row in answer.context["rows"]]
        url = f"/inbox/{answer.context['next_url']}" if answer.context["next_url"] else ""
    assert seen == [f"第{number}件事" for number in (4, 3, 2, 1, 0)]
    for sort in ("due", "-due", "place", "desk", "-opened"):
        assert client.get(f"/inbox/?sort={sort}&state=all").status_code == 200
    for bad in ("after=x~1", "after=2020-01-01T00:00:00~1", "state=x", "desk=x", "sort=x"):
        assert client.get(f"/inbox/?{bad}").status_code == 400


def test_everything_that_may_be_done_is_offered_and_nothing_else(cast: town.Cast) -> None:
    case, client = ask(1), at_desk(cast.wang)

    def offered() -> list[str]:
        answer: Any = client.get(f"/inbox/{case.pk}/")
        return [one.move.verb for one in answer.context["moves"]]

    assert offered() == ["accept", "transfer", "return", "decline", "merge"]
    client.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    assert offered() == ["contact", "answer", "transfer", "decline", "judge", "pause", "merge"]
    client.post(f"/inbox/{case.pk}/contact/", {"step": 1, "note": "通了电话"})
    assert offered() == ["answer", "transfer", "decline", "judge", "pause", "merge", "contact"]
    client.post(f"/inbox/{case.pk}/answer/", {"step": 2, "note": "办好了"})
    assert offered() == ["reopen"]
    closed = client.post(
        f"/inbox/{case.pk}/close/", {"step": 3, "reason": "unreached", "note": "x"}
    )
    assert closed.headers["Location"] == f"/callbacks/{case.pk}/", "a call keeps what was said"


def test_a_refused_move_says_why_and_keeps_what_was_typed(cast: town.Cast) -> None:
    case, client = ask(1), at_desk(cast.wang)
    answer = client.post(f"/inbox/{case.pk}/decline/", {"step": 0, "note": "请到法院"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "请选择原因" in page
    assert "请到法院" in page
    client.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    twice = client.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    assert "刚刚有了新的进展" in twice.content.decode()
    said = {"step": 1, "note": "转", "desk": town.HUMEN}
    assert client.post(f"/inbox/{case.pk}/transfer/", said).status_code == 400
    assert client.post(f"/inbox/{case.pk}/answer/", {"note": "x"}).status_code == 400
    assert client.post(f"/inbox/{case.pk}/dance/", {"step": 1}).status_code == 409


def test_the_clock_says_why_it_ends_that_day(cast: town.Cast) -> None:
    case, client = ask(1), at_desk(cast.wang)
    client.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    page = text_of(client, f"/inbox/{case.pk}/")
    assert "第 1 日" in page
    assert "到期日" in page
    assert "3 个工作日" in page
    assert "本市没有找到规定" in page
    assert "假设" in page


def test_the_home_page_counts_what_waits(cast: town.Cast) -> None:
    assert "诉求待办" not in text_of(at_desk(cast.wang), "/")
    ask(1)
    ask(2, hours=30)
    page = text_of(at_desk(cast.wang), "/")
    assert "诉求待办" in page
    assert "诉求已超时" in page


def test_pages_take_few_queries_however_many_cases(cast: town.Cast) -> None:
    client, first = at_desk(cast.wang), ask(0)
    before = queries_of(client, "/inbox/")
    for number in range(1, 8):
        ask(number)
    assert queries_of(client, "/inbox/") == before <= 15
    assert asked_of(client, f"/inbox/{first.pk}/") <= 15


def reveal(client: Client, case: Case, reason: str, status: int = 200) -> str:
    """The phone asked for, with a reason."""
    answer = client.post(f"/inbox/{case.pk}/phone/", {"which": "phone", "reason": reason})
    assert answer.status_code == status
    return answer.content.decode()


def reads(*kinds: str) -> list[Read]:
    """What the log holds of these kinds."""
    with scope.hold(read_tasks.EYES):
        return list(Read.objects.filter(kind__in=kinds).order_by("id"))


def test_a_phone_is_masked_until_asked_for_with_a_reason_and_that_is_logged(
    cast: town.Cast,
) -> None:
    case = ask(1, category="public_place")
    village = town.desk("village", "村", roles.VILLAGE_WORKER, town.COMMUNITY)
    for user in (cast.wang, village):
        client = at_desk(user)
        page = text_of(client, f"/inbox/{case.pk}/")
        assert MASK in page
        assert PHONE not in page
        assert "查看完整号码" in page
        assert PHONE not in text_of(client, f"/inbox/{case.pk}/phone/?which=phone")
        before = len(reads("reveal"))
        assert PHONE not in reveal(client, case, "")
        assert len(reads("reveal")) == before
        assert PHONE in reveal(client, case, "contact")
        row = reads("reveal")[-1]
        assert (row.user_id, row.matter, row.person, row.what, row.reason) == (
            *(user.pk, case.pk, None, "phone", "contact"),
        )
    audit = at_desk(town.desk("audit", "审", roles.AUDITOR, town.CHANGAN))
    assert f"诉求编号 {case.pk}" in text_of(audit, "/reads/")
    reveal(audit, case, "contact", 403)


def test_a_phone_is_shown_to_no_desk_that_has_not_the_case(cast: town.Cast) -> None:
    case = ask(1)
    reveal(at_desk(cast.huang), case, "contact", 404)
    at_desk(cast.zhou).post(
        f"/inbox/{case.pk}/transfer/", {"step": 0, "note": "转", "desk": town.CITY}
    )
    wang = at_desk(cast.wang)  # the matter stands in his town, but is another's to settle
    page = text_of(wang, f"/inbox/{case.pk}/")
    assert MASK in page
    assert "查看完整号码" not in page
    reveal(wang, case, "contact", 404)
    assert reads("reveal") == []


def test_a_case_that_is_opened_or_tried_is_logged(cast: town.Cast) -> None:
    case = ask(1)
    text_of(at_desk(cast.wang), f"/inbox/{case.pk}/")
    text_of(at_desk(cast.huang), f"/inbox/{case.pk}/", 404)
    assert [(r.user_id, r.matter, r.status) for r in reads("matter")] == [
        (cast.wang.pk, case.pk, 200),
        (cast.huang.pk, case.pk, 404),
    ]


def test_a_desk_does_not_empty_while_its_cases_wait(cast: town.Cast) -> None:
    case, post = ask(1, category="public_place"), cast.wang.posts.get()
    village = town.desk("village", "村", roles.VILLAGE_WORKER, town.COMMUNITY)
    with scope.hold(town.eyes(village)):
        assert open_work.of(village.posts.get()) == {"cases": 1}
    at_desk(cast.wang).post(
        f"/inbox/{case.pk}/transfer/", {"step": 0, "note": "转", "desk": town.CHANGAN}
    )
    with scope.hold(town.eyes(cast.wang)):
        assert open_work.of(post)["cases"] == 1
    with scope.hold(town.eyes(village)):
        assert open_work.of(village.posts.get()) == {}
    client = at_desk(cast.wang)
    for step, verb in enumerate(("accept", "answer"), start=1):
        client.post(f"/inbox/{case.pk}/{verb}/", {"step": step, "note": "办好了"})
    with scope.hold(town.eyes(cast.wang)):
        assert open_work.of(post)["cases"] == 1, "it is still to be asked whether it helped"
