"""我的诉求: by a code and without an account, what was asked from one contact, and what may be done with it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanjia.cases.models import Case, Event, Rating
from guanjia.concerns.keys import mine, opening, signed_in
from guanjia.concerns.keys import tasks as contact_tasks
from guanjia.concerns.tables.contacts import ContactCode
from guanjia.kit import clock, scope
from tests import town
from tests.cases.photos import photo
from tests.concerns.residents import (
    EMAIL,
    EYES,
    OTHER,
    PHONE,
    asked,
    code_in,
    in_her_browser,
    wants_code,
)
from tests.concerns.test_ask import SAID
from tests.doors import at_desk, queries_of, text_of


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)


def moved(cast: town.Cast, case: Case, *verbs: str) -> None:
    """What the desk did with a case."""
    for step, verb in enumerate(verbs):
        said = {"step": step, "note": "已经修好，请您看看。"}
        assert at_desk(cast.wang).post(f"/inbox/{case.pk}/{verb}/", said).status_code == 302


def test_a_code_opens_everything_that_was_asked_from_a_phone(cast: town.Cast) -> None:
    first, second = asked(1, hours=30), asked(2)
    asked(3, phone=OTHER)
    moved(cast, first, "accept", "answer")
    page = text_of(in_her_browser(), "/mine/")
    assert page.index("第2件事") < page.index("第1件事"), "the newest first"
    assert "第3件事" not in page
    for words in (f"第 {first.pk} 号", "长安镇", "三巷", "有答复了", "收到了，等待受理"):
        assert words in page, words
    assert re.search(r"最迟 [0-9]{4}年[0-9]+月[0-9]+日 [0-9:]{5} 决定受不受理", page)
    assert re.search(r"[0-9]+月[0-9]+日答复了您", page)
    assert "138****1234" in page
    assert PHONE not in page
    assert f'href="/mine/{second.pk}/"' in page


def test_each_opens_the_same_timeline_with_the_same_to_do(cast: town.Cast) -> None:
    case, client = asked(1), in_her_browser()
    here = f"/mine/{case.pk}/"
    assert client.post(f"{here}files/", {"files": photo_file()})["Location"] == here
    shown = client.get(f"{here}files/1/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert f'src="{here}files/1/"' in text_of(client, here)
    moved(cast, case, "accept", "answer")
    page = text_of(client, here)
    assert "已经修好，请您看看。" in page
    assert f"第 {case.pk} 号" in text_of(client, f"{here}slip/")
    assert client.post(f"{here}rate/", {"solved": "no"}).status_code == 400
    said = {"solved": "no", "satisfied": "no", "why": "没有人来"}
    assert client.post(f"{here}rate/", said)["Location"] == here
    assert "您说没有解决" in text_of(client, "/mine/")
    assert client.post(f"{here}reopen/")["Location"] == here
    with scope.hold(EYES):
        assert (Case.objects.get().round, Rating.objects.get().why) == (2, "没有人来")
        assert Event.objects.get(verb="reopen").note == "没有人来"


def photo_file() -> Any:
    """A photo as a browser sends it."""
    return SimpleUploadedFile("门口.jpg", photo(), "image/jpeg")


def test_two_of_ones_own_open_at_once_are_not_confused(cast: town.Cast) -> None:
    first, second, client = asked(1), asked(2), in_her_browser()
    moved(cast, first, "accept", "answer")
    text_of(client, f"/mine/{first.pk}/")
    text_of(client, f"/mine/{second.pk}/")
    client.post(f"/mine/{first.pk}/rate/", {"solved": "yes", "satisfied": "yes"})
    with scope.hold(EYES):
        assert Rating.objects.get().case_id == first.pk


def test_anothers_number_is_as_one_that_is_not(cast: town.Cast) -> None:
    theirs, client = asked(1, phone=OTHER), in_her_browser()
    for number in (theirs.pk, 10**9, 10**30):
        for door in ("", "slip/", "files/1/"):
            text_of(client, f"/mine/{number}/{door}", 404)
        for door in ("rate/", "reopen/", "withdraw/", "files/"):
            assert client.post(f"/mine/{number}/{door}", {"solved": "yes"}).status_code == 404
    assert "这里还没有" in text_of(client, "/mine/")


def test_without_a_session_every_door_leads_to_the_code(cast: town.Cast) -> None:
    case = asked(1)
    for door in ("", "slip/", "files/1/"):
        assert Client().get(f"/mine/{case.pk}/{door}")["Location"] == "/mine/"
    for door in ("", "rate/", "reopen/", "withdraw/", "files/"):
        answer = Client().post(f"/mine/{case.pk}/{door}", {"solved": "yes"})
        assert answer["Location"] == "/mine/"
    assert Client().get("/mine/code/")["Location"] == "/mine/"
    assert "发验证码" in text_of(Client(), "/mine/")


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "138 0000 1234",
            "+86 138-0000-1234",
            "１３８００００１２３４",
            "＋８６１３８００００１２３４",
        ),
        *("008613800001234", "8613800001234", "(138)00001234", "138\u30000000\u30001234"),
    ],
)
def test_a_phone_is_read_as_people_write_it(cast: town.Cast, typed: str) -> None:
    asked(1)
    assert "第1件事" in text_of(in_her_browser(typed), "/mine/")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请填一下"),
        ("1380000", "电话是 11 位手机号"),
        ("0769-22001234", "座机收不到短信"),
        ("22001234", "座机收不到短信"),
        ("li@", "电子邮箱像"),
        ("@example.com", "电子邮箱像"),
        ("lihua@exämple.com\nbcc: x@example.com", "电子邮箱像"),
        ("a" * 250 + "@example.com", "电子邮箱像"),
    ],
)
def test_what_is_no_contact_is_said(cast: town.Cast, typed: str, told: str) -> None:
    answer = Client().post("/mine/", {"contact": typed})
    assert answer.status_code == 400
    assert told in answer.content.decode()
    with scope.hold(EYES):
        assert not ContactCode.objects.exists()


@pytest.mark.parametrize(
    "typed", ["LiHua@Example.COM", " lihua@example.com ", "ｌｉｈｕａ＠ｅｘａｍｐｌｅ．ｃｏｍ"]
)
def test_an_address_is_one_however_large_its_letters(cast: town.Cast, typed: str) -> None:
    asked(1, email=EMAIL)
    asked(2)
    client = Client()
    assert client.post("/mine/", {"contact": typed})["Location"] == "/mine/code/"
    assert contact_tasks.send_at(clock.now()) == 1
    (letter,) = mail.outbox
    assert letter.to == [EMAIL]
    client.post("/mine/code/", {"code": code_in(letter.body)})
    page = text_of(client, "/mine/")
    assert "第1件事" in page
    assert "第2件事" not in page
    assert "li****@example.com" in page


def test_a_form_with_an_address_is_found_by_it_in_small_letters(cast: town.Cast) -> None:
    said = {**SAID, "step": "3", "go": "send", "email": "LiHua@Example.com"}
    assert Client().post("/ask/", said).status_code == 302
    with scope.hold(EYES):
        case = Case.objects.select_related("concern").get()
    assert case.concern.email_mask == "li****@example.com"
    assert EMAIL.encode() not in bytes(case.concern.email_sealed)
    page = text_of(at_desk(cast.wang), f"/inbox/{case.pk}/")
    assert "li****@example.com" in page
    assert EMAIL not in page
    reveal = f"/inbox/{case.pk}/phone/?which=email"
    shown = at_desk(cast.wang).post(reveal, {"which": "email", "reason": "contact"})
    assert EMAIL in shown.content.decode()


def test_one_who_stays_unknown_leaves_no_address_either(cast: town.Cast) -> None:
    said = {**SAID, "step": "3", "go": "send", "email": EMAIL, "who": "anonymous"}
    assert Client().post("/ask/", said).status_code == 302
    with scope.hold(EYES):
        concern = Case.objects.select_related("concern").get().concern
    assert (concern.email_index, concern.email_mask, bytes(concern.email_sealed)) == ("", "", b"")


def test_what_a_neighbour_asked_is_with_the_contact_that_was_left(cast: town.Cast) -> None:
    said = {**SAID, "step": "3", "go": "send", "who": "other", "phone": OTHER}
    assert Client().post("/ask/", said).status_code == 302
    assert SAID["text"] in text_of(in_her_browser(OTHER), "/mine/")
    assert SAID["text"] not in text_of(in_her_browser(), "/mine/")


def test_while_signed_in_a_new_matter_takes_the_contact_over(cast: town.Cast) -> None:
    client = in_her_browser()
    assert f'name="phone" value="{PHONE}"' in text_of(client, "/ask/")
    assert PHONE not in text_of(Client(), "/ask/")
    client.post("/mine/leave/")
    assert PHONE not in text_of(client, "/ask/")


def test_the_list_goes_on_where_the_page_ended(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "PAGE", 2)
    for number in range(5):
        asked(number, hours=number)
    theirs = asked(9, phone=OTHER)
    client = in_her_browser()
    url, seen = "/mine/", []
    while url:
        page = text_of(client, url)
        seen += re.findall(r"第([0-9])件事", page)
        more = re.search(r'rel="next" href="(\?after=[0-9]+)"', page)
        url = f"/mine/{more[1]}" if more else ""
    assert seen == ["0", "1", "2", "3", "4"]
    assert "第" not in str(re.findall(r"第[0-9]件事", text_of(client, f"/mine/?after={theirs.pk}")))
    for wrong in ("x", "-1", "9" * 30):
        text_of(client, f"/mine/?after={wrong}", 400)


def test_the_list_takes_few_queries(cast: town.Cast) -> None:
    for number in range(10):
        asked(number)
    client = in_her_browser()
    assert queries_of(client, "/mine/") <= 14


def test_leaving_leaves_nothing(cast: town.Cast) -> None:
    case, client = asked(1), in_her_browser()
    kept = client.cookies[signed_in.COOKIE].value
    assert client.post("/mine/leave/")["Location"] == "/mine/"
    assert all(client.cookies[name].value == "" for name in (signed_in.COOKIE, opening.COOKIE))
    paths = [client.cookies[name]["path"] for name in (signed_in.COOKIE, opening.COOKIE)]
    assert paths == ["/", opening.COOKIE_PATH], "a browser forgets it where it was set"
    client.cookies[signed_in.COOKIE] = kept  # somebody had copied it
    assert client.get(f"/mine/{case.pk}/")["Location"] == "/mine/"
    assert "已经退出了" in text_of(client, "/mine/")


def test_nothing_of_it_is_kept_by_the_browser(cast: town.Cast) -> None:
    case, client = asked(1), in_her_browser()
    for address in ("/mine/", f"/mine/{case.pk}/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_a_real_house_says_nothing_of_where_the_code_went(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    code = wants_code(client)
    shown = text_of(client, "/mine/code/")
    assert code in shown
    assert "messages/sms/code-" in shown
    monkeypatch.setattr(settings, "GUANJIA_DEMO_SYNTHETIC", False)
    own = text_of(client, "/mine/code/")
    assert code not in own
    assert "messages/sms/code-" in own
    monkeypatch.setattr(settings, "GUANJIA_DEMO_SYNTHETIC", True)
    monkeypatch.setattr(settings, "GUANJIA_DEMO_DAY", None)
    real = text_of(client, "/mine/code/")
    assert code not in real
    assert "messages" not in re.sub(r'id="messages"', "", real)
    assert "demo-code" not in real


def test_a_desk_that_sits_in_the_same_browser_stays_what_it_is(cast: town.Cast) -> None:
    case, desk = asked(1, category="hardship"), at_desk(cast.wang)
    desk.post("/mine/code/", {"code": wants_code(desk)})
    assert "第1件事" in text_of(desk, "/mine/")
    assert f"第 {case.pk} 号" in text_of(desk, f"/inbox/{case.pk}/")
    desk.post("/mine/leave/")
    assert f"第 {case.pk} 号" in text_of(desk, f"/inbox/{case.pk}/")
