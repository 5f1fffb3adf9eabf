"""What nobody hopes for: a desk without anybody, a category that was dropped, rare signs, a very long text."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from guanjia.cases import tasks
from guanjia.cases.models import Case, Event
from guanjia.concerns.matters.city import the_brand
from guanjia.kit import clock, scope
from guanjia.staff import roles
from guanjia.staff.models import Post, User
from tests import town
from tests.concerns.test_ask import SAID
from tests.concerns.test_desk import EYES, ask
from tests.doors import at_desk, text_of

RARE = "𠮷娟👵🏽家的灯坏了\u200b，请修 & <b>快</b>"


def test_a_reopened_case_whose_desk_nobody_holds_goes_up_to_one_that_somebody_does(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = User.objects.create_user("village", full_name="村")
    held = {"role": roles.VILLAGE_WORKER, "place_id": town.COMMUNITY, "since": town.START}
    Post.objects.create(user=village, until=date(2020, 4, 15), **held)
    case, wang = ask(1), at_desk(cast.wang)
    wang.post(f"/inbox/{case.pk}/transfer/", {"step": 0, "note": "转", "desk": town.COMMUNITY})
    client = at_desk(village)
    for step, verb in enumerate(("accept", "answer"), start=1):
        client.post(f"/inbox/{case.pk}/{verb}/", {"step": step, "note": "办好了"})
    tasks.sweep_at(clock.now())
    monkeypatch.setattr(clock, "today", lambda: date(2020, 4, 15))
    wang.post(f"/inbox/{case.pk}/reopen/", {"step": 3, "note": "又坏了"})
    tasks.sweep_at(clock.now())
    tasks.sweep_at(clock.now())
    with scope.hold(EYES):
        now = Case.objects.get(pk=case.pk)
        lifted = Event.objects.filter(verb="lift").count()
    assert (now.desk_id, now.state, lifted) == (town.CHANGAN, "received", 1)
    assert now.first_desk_id == town.COMMUNITY
    page = text_of(wang, f"/inbox/{case.pk}/")
    assert "承办岗位没有人，转到上一级 → 长安镇" in page
    assert "下级没有人办" in text_of(wang, "/notices/")


def test_cases_of_a_category_that_was_dropped_are_found_shown_and_done(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, wang = ask(1), at_desk(cast.wang)
    known = the_brand()
    left = {code: one for code, one in known.categories.items() if code != "living"}
    smaller = replace(known, categories=left)
    for module in ("views_inbox", "views_desk", "views_bulk", "views_merge"):
        monkeypatch.setattr(f"guanjia.concerns.desk.{module}.the_brand", lambda: smaller)
    assert "第1件事" in text_of(wang, "/inbox/")
    assert "第1件事" in text_of(wang, "/inbox/?category=living")
    assert "这一类已停用" in text_of(wang, f"/inbox/{case.pk}/")
    assert "第1件事" in b"".join(wang.get("/inbox/?form=csv")).decode()
    done = wang.post("/inbox/bulk/", {"verb": "accept", "case": [f"{case.pk}-0"], "go": "yes"})
    assert "1 件办好了" in done.content.decode()
    assert wang.get("/inbox/?category=no-such!").status_code == 400


def test_rare_signs_go_all_the_way_and_nothing_in_them_runs(cast: town.Cast) -> None:
    client = Client()
    sent = client.post("/ask/", {**SAID, "text": RARE, "step": "3", "go": "send"})
    assert sent["Location"] == "/case/slip/"
    with scope.hold(EYES):
        case = Case.objects.select_related("concern").get()
    assert case.concern.text == RARE
    wang = at_desk(cast.wang)
    for one, page in ((client, "/case/"), (wang, "/inbox/?desk=all"), (wang, f"/inbox/{case.pk}/")):
        text = text_of(one, page)
        assert "𠮷娟👵🏽" in text
        assert "<b>快</b>" not in text
    assert "𠮷娟👵🏽" in b"".join(wang.get("/inbox/?desk=all&form=csv")).decode()
    assert "𠮷" in text_of(wang, f"/inbox/{ask(2).pk}/others/?q=𠮷娟👵🏽")
    said = {"step": 0, "note": "转👌𠮷", "desk": town.CHANGAN}
    wang.post(f"/inbox/{case.pk}/transfer/", said)
    assert "转👌𠮷" in text_of(wang, f"/inbox/{case.pk}/")


def test_a_text_of_100000_signs_is_refused_in_words_and_comes_back(cast: town.Cast) -> None:
    long = "灯" * 100_000
    answer = Client().post("/ask/", {**SAID, "text": long, "step": "3", "go": "send"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "您写了 100000 字" in page
    assert long in page
    case, wang = ask(1), at_desk(cast.wang)
    refused = wang.post(
        f"/inbox/{case.pk}/decline/", {"step": 0, "reason": "repeated", "note": long}
    )
    assert refused.status_code == 400
    assert long in refused.content.decode()
    nul = wang.post(f"/inbox/{case.pk}/decline/", {"step": 0, "reason": "repeated", "note": "a\0b"})
    assert nul.status_code == 400
    assert wang.get(f"/inbox/{case.pk}/others/?q={'灯' * 3000}").status_code == 200
    assert wang.get(f"/inbox/{case.pk}/person/?q=%00%F0%A0%AE%B7").status_code == 200
