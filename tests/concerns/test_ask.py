"""Asking: four steps without an account, bad input answered in words, a code that opens one case."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from guanjia.cases.models import Case, Clock, Event
from guanjia.concerns.keys import limits, opening
from guanjia.concerns.matters import contacts, tracking
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.models import Concern
from guanjia.concerns.residents.place_choice import towns_of
from guanjia.concerns.rules import brand
from guanjia.kit import clock, scope
from tests import town
from tests.doors import at_desk, queries_of, text_of

SAID = {
    "category": "public_place",
    "text": "小学门口的路灯坏了一个月，晚上接孩子看不见。",
    "place": town.COMMUNITY,
    "spot": "小学正门",
    "who": "self",
    "name": "陈女士",
    "phone": "138 0000-1234",
    "form": "0123456789abcdef" * 2,
}
PHONE = "13800001234"


def send(client: Client, **more: str) -> Any:
    """The last step's button."""
    return client.post("/ask/", {**SAID, "step": "3", "go": "send", **more})


def code() -> str:
    """The code that the form above comes to."""
    return tracking.code_of(SAID["form"])


def everything() -> scope.Scope:
    """The eyes of the city's job."""
    return scope.job("test", town.CITY, town.TODAY)


def test_each_step_carries_the_answers_along(cast: town.Cast) -> None:
    client, said = Client(), {**SAID, "go": "next"}
    assert "有什么事，您说" in text_of(client, "/ask/")
    for step, title in enumerate(["在哪里", "怎么联系您", "看一看，对不对"]):
        page = client.post("/ask/", {**said, "step": str(step)}).content.decode()
        assert f"<h1>{title}</h1>" in page
        assert SAID["text"] in page
    back = client.post("/ask/", {**said, "step": "3", "go": "back"}).content.decode()
    assert "<h1>怎么联系您</h1>" in back
    assert SAID["phone"] in back


def test_a_town_on_the_map_then_one_of_its_communities(cast: town.Cast) -> None:
    client = Client()
    said = {**SAID, "place": "", "step": "1"}
    page = client.post("/ask/", {**said, "go": "next"}).content.decode()
    assert f'value="at:{town.CHANGAN}"' in page
    assert "是哪个村（社区）" not in page
    towns = {code for code, _name, _rows in towns_of(town.CITY)}
    assert {one for one in towns if f'value="at:{one}"' in page} == towns, "each stands on it"
    page = client.post("/ask/", {**said, "go": f"at:{town.CHANGAN}"}).content.decode()
    assert "是哪个村（社区）" in page
    assert f'value="at:{town.COMMUNITY}"' in page
    page = client.post("/ask/", {**said, "go": f"at:{town.COMMUNITY}"}).content.decode()
    assert f'<option value="{town.COMMUNITY}" selected>' in page


def test_a_concern_comes_to_its_desk_and_its_asker_gets_a_code(cast: town.Cast) -> None:
    client = Client()
    answer = send(client)
    assert answer["Location"] == "/case/slip/"
    page = text_of(client, "/case/slip/")
    assert code() in page
    assert "138****1234" in page
    assert PHONE not in page
    with scope.hold(everything()):
        concern = Concern.objects.select_related("case").get()
        assert (concern.case.desk_id, concern.case.promise) == (town.COMMUNITY, "wish_other")
        assert bytes(concern.phone_sealed).find(PHONE.encode()) == -1


def test_a_form_that_is_sent_twice_opens_one_case(cast: town.Cast) -> None:
    assert send(Client()).status_code == send(Client()).status_code == 302
    with scope.hold(everything()):
        assert Case.objects.count() == Concern.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "step", "told"),
    [
        ({"text": ""}, "0", "请写一两句"),
        ({"text": "  \n\t "}, "0", "请写一两句"),
        ({"text": "长" * 100_000}, "0", "最多 2000 字，您写了 100000 字"),
        ({"category": "gone"}, "0", "这一类现在没有了"),
        ({"place": "440100103001"}, "1", "我们只办得了本市的事"),
        ({"place": "outside"}, "1", "我们只办得了本市的事"),
        ({"place": "441900"}, "1", "请从列表里选一个地方"),
        ({"place": "441900999999"}, "1", "请从列表里选一个地方"),
        ({"place": ""}, "1", "请选一个地方"),
        ({"phone": "12345678901234567"}, "2", "电话是 11 位手机号"),
        ({"phone": ""}, "2", "请留一个电话"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(
    cast: town.Cast, changed: dict[str, str], step: str, told: str
) -> None:
    answer = send(Client(), **changed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page
    assert f'name="step" value="{step}"' in page
    assert "陈女士" in page
    with scope.hold(everything()):
        assert not Case.objects.exists()


def test_emoji_and_rare_characters_are_kept(cast: town.Cast) -> None:
    text = "𠮷野家门口 👵🏽 摔倒了，䶮先生扶的 <script>alert(1)</script> ’; DROP TABLE"
    client = Client()
    send(client, text=text, name="𠮷")
    page = text_of(client, "/case/")
    assert "𠮷野家门口 👵🏽" in page
    assert "<script>alert" not in page
    with scope.hold(everything()):
        assert Concern.objects.get().text == text


def test_a_null_character_is_refused_in_words(cast: town.Cast) -> None:
    assert send(Client(), text="路灯\0坏了").status_code == 400


def test_one_who_stays_unknown_leaves_nothing(cast: town.Cast) -> None:
    send(Client(), who="anonymous")
    with scope.hold(everything()):
        concern = Concern.objects.get()
        assert (concern.name, concern.phone_mask, bytes(concern.phone_sealed)) == ("", "", b"")
    found = Client().post("/case/", {"code": code().lower().replace("-", " "), "phone": ""})
    assert found["Location"] == "/case/"


def test_the_trap_catches_machines_and_tells_people(cast: town.Cast) -> None:
    answer = send(Client(), website="http://example.org")
    assert "请留空" in answer.content.decode()
    with scope.hold(everything()):
        assert not Case.objects.exists()


def test_one_address_asks_so_often_and_no_more(cast: town.Cast) -> None:
    for number in range(limits.ASKS):
        assert send(Client(), form=f"{number:032x}").status_code == 302
    assert send(Client(), form="f" * 32).status_code == 429


def test_a_wrong_code_is_tried_a_thousand_times_in_vain(cast: town.Cast) -> None:
    send(Client())
    codes = [
        Client().post("/case/", {"code": f"222{n:03d}", "phone": PHONE}).status_code
        for n in range(1000)
    ]
    assert codes == [404] * limits.WRONG_CODES + [429] * (1000 - limits.WRONG_CODES)
    assert Client().post("/case/", {"code": code(), "phone": PHONE}).status_code == 429


def test_a_code_is_not_guessed_from_many_addresses(cast: town.Cast) -> None:
    send(Client())
    for n in range(limits.WRONG_CODES):
        said = {"code": code(), "phone": f"1390000{n:04d}"}
        assert Client(REMOTE_ADDR=f"10.0.0.{n}").post("/case/", said).status_code == 404
    said = {"code": code(), "phone": PHONE}
    assert Client(REMOTE_ADDR="10.0.1.1").post("/case/", said).status_code == 429


def test_the_ticket_of_another_house_opens_nothing(cast: town.Cast) -> None:
    client = Client()
    for forged in ("", "zz", "6b313a" + "00" * 40, "6b393a" + "00" * 40):
        client.cookies[opening.COOKIE] = forged
        assert "查办理进度</h1>" in text_of(client, "/case/")


def test_a_ticket_is_good_for_an_hour_whatever_the_browser_keeps(cast: town.Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = Client()
        send(client)
        held = client.cookies[opening.COOKIE].value
        clockwork.shift(timedelta(seconds=opening.COOKIE_SECONDS - 1))
        copied = Client()
        copied.cookies[opening.COOKIE] = held
        assert "查办理进度</h1>" not in text_of(copied, "/case/")
        clockwork.shift(timedelta(seconds=1))
        assert "查办理进度</h1>" in text_of(copied, "/case/")


def test_unsatisfied_then_one_tap_and_it_is_done_again(cast: town.Cast) -> None:
    client, desk = Client(), at_desk(cast.wang)
    send(client, category="hardship")
    with scope.hold(everything()):
        case = Case.objects.get()
    for step, (verb, note) in enumerate([("accept", ""), ("answer", "已经安排人去看。")]):
        made = desk.post(f"/inbox/{case.pk}/{verb}/", {"step": step, "note": note})
        assert made.status_code == 302
    page = text_of(client, "/case/")
    assert "有答复了" in page
    assert "已经安排人去看。" in page
    assert client.post("/case/rate/", {"solved": "no"}).status_code == 400
    client.post("/case/rate/", {"solved": "no", "satisfied": "no", "why": "没有人来"})
    assert "您说：没有解决，不满意。" in text_of(client, "/case/")
    client.post("/case/reopen/")
    with scope.hold(everything()):
        again = Case.objects.get()
        assert (again.round, again.state) == (2, "received")
        assert Event.objects.get(verb="reopen").note == "没有人来"
        assert Clock.objects.get(round=2).due_at - again.begun_at == timedelta(days=1)


def test_an_asker_reads_no_note_between_desks(cast: town.Cast) -> None:
    client, desk = Client(), at_desk(cast.wang)
    send(client)
    with scope.hold(everything()):
        case = Case.objects.get()
    note = {"step": 0, "note": "此人常来", "desk": town.CHANGAN}
    assert desk.post(f"/inbox/{case.pk}/transfer/", note).status_code == 302
    page = text_of(client, "/case/")
    assert "转给了更合适的单位来办。" in page
    assert "此人常来" not in page


def test_a_category_that_is_gone_keeps_its_cases(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    send(client)
    known = the_brand()
    left = {code: c for code, c in known.categories.items() if code != "public_place"}
    fewer = replace(known, categories=left)
    monkeypatch.setattr(brand, "load", lambda _folder: fewer)
    with scope.hold(everything()):
        case = Case.objects.get()
    assert "路、灯、公园这些公共的事" in text_of(client, "/case/")
    page = text_of(at_desk(cast.wang), f"/inbox/{case.pk}/")
    assert "路、灯、公园这些公共的事" in page
    assert "这一类已停用" in page
    assert send(Client(), form="e" * 32).status_code == 400


def test_the_asker_s_page_takes_few_queries(cast: town.Cast) -> None:
    client = Client()
    send(client)
    assert queries_of(client, "/case/") <= 12
    assert queries_of(Client(), "/ask/") == 0


def test_a_code_is_read_as_people_write_it() -> None:
    written = tracking.code_of("a" * 32)
    assert tracking.read(f" {written.lower().replace('-', ' ')} ") == written
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "－" for c in written)
    assert tracking.read(wide) == written
    assert contacts.masked("076922001234") == "076****1234"
