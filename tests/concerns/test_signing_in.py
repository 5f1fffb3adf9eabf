"""Codes and sessions: sent alike to everybody, good once and for ten minutes, guessed five times, and no more."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanjia.cases import carriers
from guanjia.cases.carriers import Message, Unsent
from guanjia.concerns.keys import code_sending, limits, signed_in, signing_in
from guanjia.concerns.keys import tasks as contact_tasks
from guanjia.concerns.tables.contacts import MOST_TRIES, ContactCode, ContactSession
from guanjia.kit import clock, scope
from tests import town
from tests.concerns.residents import (
    EYES,
    OTHER,
    PHONE,
    asked,
    in_her_browser,
    messages,
    wants_code,
)
from tests.doors import text_of

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)


def wrong(code: str) -> str:
    """Another code than this."""
    return f"{(int(code) + 1) % 10**6:06d}"


def show(client: Client, code: str) -> Any:
    """What comes of a code."""
    return client.post("/mine/code/", {"code": code})


def codes() -> list[ContactCode]:
    """Every code that was asked for, the oldest first."""
    with scope.hold(EYES):
        return list(ContactCode.objects.order_by("pk"))


def plain(answer: Any) -> str:
    """A page without what differs each time: tokens of forms, the contact, the code, its file."""
    text = answer.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", text)
    return re.sub(r"1[0-9]{2}\*{4}[0-9]{4}|code-[0-9]+|\b[0-9]{6}\b", "", text)


def test_a_code_is_kept_as_a_keyed_hash_and_its_contact_sealed(cast: town.Cast) -> None:
    client = Client()
    client.post("/mine/", {"contact": PHONE})
    (kept,) = codes()
    code = signing_in.code_of(kept.nonce)
    row = " ".join(str(value) for value in vars(kept).values())
    assert code not in row
    assert PHONE not in row
    assert PHONE.encode() not in bytes(kept.contact_sealed)
    assert kept.hash == signing_in.hash_of(kept.nonce, code)
    contact_tasks.send_at(clock.now())
    (text,) = messages()
    assert text.startswith(PHONE)
    assert f"验证码 {code}，10 分钟内有效" in text
    (sent,) = codes()
    assert (bytes(sent.contact_sealed), sent.next_at, sent.sends) == (b"", None, 1)


def test_codes_of_many_attempts_are_spread(db: None) -> None:
    made = {signing_in.code_of(f"{n:032x}") for n in range(2000)}
    assert len(made) > 1990
    assert all(re.fullmatch("[0-9]{6}", code) for code in made)


@pytest.mark.parametrize("typed", ["{} ", "{:.3} {:.3}", "wide"])
def test_a_code_is_read_as_people_type_it(cast: town.Cast, typed: str) -> None:
    client = Client()
    code = wants_code(client)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    written = {"{} ": f" {code} ", "{:.3} {:.3}": f"{code[:3]} {code[3:]}", "wide": wide}[typed]
    assert show(client, written)["Location"] == "/mine/"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345六", "١٢٣٤٥٦"])
def test_what_is_no_code_counts_as_no_try(cast: town.Cast, typed: str) -> None:
    client = Client()
    wants_code(client)
    assert show(client, typed).status_code == 400
    assert codes()[0].tries == 0


def test_a_wrong_code_is_said_and_the_right_one_still_opens(cast: town.Cast) -> None:
    client = Client()
    code = wants_code(client)
    refused = show(client, wrong(code))
    assert refused.status_code == 400
    assert "验证码不对" in refused.content.decode()
    assert signed_in.COOKIE not in client.cookies
    assert show(client, code)["Location"] == "/mine/"


def test_after_five_wrong_ones_the_right_one_opens_nothing(cast: town.Cast) -> None:
    client = Client()
    code = wants_code(client)
    told = [show(client, wrong(code)).content.decode() for _try in range(MOST_TRIES)]
    assert ["验证码不对" in page for page in told] == [True] * 4 + [False]
    assert "这个验证码不能用了" in told[-1]
    refused = show(client, code)
    assert refused.status_code == 400
    assert "这个验证码不能用了" in refused.content.decode()
    assert "发验证码" in text_of(client, "/mine/")
    assert show(client, wants_code(client))["Location"] == "/mine/", "a new one does"


@pytest.mark.parametrize(("minutes", "opens"), [(9.9, True), (10, False), (600, False)])
def test_a_code_is_good_for_ten_minutes(cast: town.Cast, minutes: float, opens: bool) -> None:
    client = Client()
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        code = wants_code(client)
        clockwork.shift(minutes * MINUTE)
        assert (show(client, code).status_code == 302) is opens


def test_a_code_is_good_once(cast: town.Cast) -> None:
    client, again = Client(), Client()
    code = wants_code(client)
    again.cookies[signed_in.ASKED] = client.cookies[signed_in.ASKED].value
    assert show(client, code)["Location"] == "/mine/"
    assert "这个验证码不能用了" in show(again, code).content.decode()
    client.post("/mine/leave/")
    assert show(client, code)["Location"] == "/mine/", "nothing of it is held here any more"
    assert "发验证码" in text_of(client, "/mine/")


def test_a_code_opens_only_in_the_browser_that_asked_for_it(cast: town.Cast) -> None:
    hers, thiefs = Client(), Client()
    code = wants_code(hers)
    wants_code(thiefs)
    assert "验证码不对" in show(thiefs, code).content.decode()
    assert Client().post("/mine/code/", {"code": code})["Location"] == "/mine/"
    assert show(hers, code)["Location"] == "/mine/"


def test_guesses_of_another_do_not_use_up_ones_own(cast: town.Cast) -> None:
    hers, thiefs = Client(), Client()
    code = wants_code(hers)
    theirs = wants_code(thiefs)
    for _try in range(MOST_TRIES):
        show(thiefs, wrong(theirs))
    assert show(hers, code)["Location"] == "/mine/"


def test_a_code_sent_again_takes_the_place_of_the_first(cast: town.Cast) -> None:
    client = Client()
    first = wants_code(client)
    assert client.post("/mine/", {"again": "yes"})["Location"] == "/mine/code/"
    contact_tasks.send_at(clock.now())
    assert len(messages()) == 2
    second = signing_in.code_of(codes()[-1].nonce)
    if first != second:
        assert "验证码不对" in show(client, first).content.decode()
    assert show(client, second)["Location"] == "/mine/"
    assert Client().post("/mine/", {"again": "yes"}).status_code == 400


def test_one_contact_gets_so_many_codes_an_hour_and_a_day(cast: town.Cast) -> None:
    def asks(phone: str = PHONE) -> int:
        return Client(REMOTE_ADDR="10.0.0.9").post("/mine/", {"contact": phone}).status_code

    with time_machine.travel(clock.now(), tick=False) as clockwork:
        assert [asks() for _n in range(6)] == [302] * 5 + [429]
        assert asks(OTHER) == 302, "another contact is another's"
        clockwork.shift(61 * MINUTE)
        assert [asks() for _n in range(6)] == [302] * 5 + [429]
        clockwork.shift(61 * MINUTE)
        page = Client().post("/mine/", {"contact": PHONE})
        assert page.status_code == 429
        assert re.search(r"请在 [0-9]{2}:[0-9]{2} 之后再试", page.content.decode())
        clockwork.shift(timedelta(hours=23))
        assert asks() == 302


def test_a_clock_set_back_lets_nobody_ask_more(cast: town.Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        for _n in range(signing_in.OF_AN_HOUR):
            assert Client().post("/mine/", {"contact": PHONE}).status_code == 302
        clockwork.shift(timedelta(hours=-3))
        assert Client().post("/mine/", {"contact": PHONE}).status_code == 429


def test_a_clock_set_back_revives_no_code(cast: town.Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client, left = Client(), Client()
        code, unused = wants_code(client), wants_code(left, OTHER)
        clockwork.shift(11 * MINUTE)
        assert show(client, code).status_code == 400
        contact_tasks.send_at(clock.now())  # as it is done every minute
        clockwork.shift(-10 * MINUTE)
        assert show(client, code).status_code == 400
        assert show(left, unused).status_code == 400
        ahead = Client()
        soon = wants_code(ahead)
        clockwork.shift(-5 * MINUTE)
        assert show(ahead, soon).status_code == 400, "asked for in what is now the future"


def test_one_address_asks_for_so_many_codes(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(number: int, address: str) -> int:
        said = {"contact": f"139{number:08d}"}
        return Client(REMOTE_ADDR=address).post("/mine/", said).status_code

    monkeypatch.setattr(limits, "CODES", 3)
    assert [asks(n, "10.0.0.1") for n in range(4)] == [302] * 3 + [429]
    assert asks(9, "10.0.0.2") == 302
    monkeypatch.setattr(limits, "ALL_CODES", 4)
    assert asks(10, "10.0.0.3") == 429, "from everywhere together"


def test_the_answer_is_the_same_for_a_phone_without_matters(cast: town.Cast) -> None:
    asked(1)
    pages, texts = [], []
    for phone in (PHONE, OTHER):
        client = Client()
        answer = client.post("/mine/", {"contact": phone})
        assert (answer.status_code, answer["Location"]) == (302, "/mine/code/")
        contact_tasks.send_at(clock.now())
        texts.append(re.sub(r"[0-9]{6}", "", messages()[-1].replace(phone, "")))
        pages.append(plain(client.get("/mine/code/")))
        code = signing_in.code_of(codes()[-1].nonce)
        pages.append(plain(show(client, wrong(code))))
    assert pages[:2] == pages[2:]
    assert texts[0] == texts[1]
    assert "这里还没有" in text_of(in_her_browser(OTHER), "/mine/")


def test_asking_for_a_code_is_the_same_work_whatever_stands_under_the_phone(
    cast: town.Cast,
) -> None:
    for number in range(3):
        asked(number)
    done = []
    for phone in ("13700000001", PHONE, OTHER):  # the first fills what is kept in memory
        with CaptureQueriesContext(connection) as seen:
            assert Client().post("/mine/", {"contact": phone}).status_code == 302
        done.append([re.sub(r"'[^']*'|[0-9]+", "?", query["sql"]) for query in seen])
    assert done[1] == done[2]
    assert not [sql for sql in done[1] if "concerns_concern" in sql or "cases_" in sql]


def test_a_session_is_a_sealed_cookie_that_no_script_reads(cast: town.Cast) -> None:
    client = in_her_browser()
    cookie = client.cookies[signed_in.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == "", "until the browser is closed"
    assert PHONE.encode() not in bytes.fromhex(cookie.value)
    remembered = in_her_browser(remembered="on").cookies[signed_in.COOKIE]
    assert remembered["max-age"] == 30 * 24 * 3600
    assert settings.SESSION_COOKIE_NAME not in client.cookies, "no session of staff"
    for forged in ("", "zz", "6b313a" + "00" * 40, cookie.value[:-2] + "00"):
        client.cookies[signed_in.COOKIE] = forged
        assert "发验证码" in text_of(client, "/mine/")


def test_a_cookie_that_was_sealed_for_something_else_opens_nothing(cast: town.Cast) -> None:
    client = Client()
    wants_code(client)
    client.cookies[signed_in.COOKIE] = client.cookies[signed_in.ASKED].value
    assert "发验证码" in text_of(client, "/mine/")


def test_half_an_hour_without_use_ends_it_and_use_prolongs_it(cast: town.Cast) -> None:
    asked(1)
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = in_her_browser()
        for _visit in range(3):
            clockwork.shift(29 * MINUTE)
            assert "第1件事" in text_of(client, "/mine/")
        clockwork.shift(31 * MINUTE)
        assert "已经退出了" in text_of(client, "/mine/")
        clockwork.shift(-20 * MINUTE)
        assert "发验证码" in text_of(client, "/mine/"), "what ended stays ended"


def test_on_ones_own_phone_it_lasts_thirty_days_and_no_longer(cast: town.Cast) -> None:
    asked(1)
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = in_her_browser(remembered="on")
        for _week in range(4):
            clockwork.shift(timedelta(days=7))
            assert "第1件事" in text_of(client, "/mine/")
        clockwork.shift(timedelta(days=2))
        assert "已经退出了" in text_of(client, "/mine/")


def test_a_clock_set_back_ends_a_session_rather_than_prolong_it(cast: town.Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client, kept = in_her_browser(), in_her_browser(remembered="on")
        clockwork.shift(timedelta(seconds=-30))
        assert "留 138****1234" in text_of(client, "/mine/"), "put right by seconds"
        clockwork.shift(-60 * MINUTE)
        for one in (client, kept):
            assert "已经退出了" in text_of(one, "/mine/")
        clockwork.shift(61 * MINUTE)
        assert "发验证码" in text_of(client, "/mine/")


def test_the_sweep_takes_away_what_is_over(cast: town.Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        in_her_browser()
        Client().post("/mine/", {"contact": OTHER})
        clockwork.shift(11 * MINUTE)
        contact_tasks.send_at(clock.now())
        assert len(messages()) == 1, "a code that is over is not sent"
        assert all(c.over_at and not bytes(c.contact_sealed) for c in codes())
        clockwork.shift(timedelta(days=2))
        contact_tasks.send_at(clock.now())
        assert codes() == []
        with scope.hold(EYES):
            assert not ContactSession.objects.exists()


def test_what_a_carrier_does_not_take_is_tried_again_while_it_is_of_use(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_message: Message) -> None:
        raise Unsent("TimeoutError")

    with time_machine.travel(clock.now(), tick=False) as clockwork:
        Client().post("/mine/", {"contact": PHONE})
        with monkeypatch.context() as broken:
            broken.setitem(carriers.CARRIERS, "file", refuse)
            assert contact_tasks.send_at(clock.now()) == 0
        clockwork.shift(MINUTE)
        assert contact_tasks.send_at(clock.now()) == 1
        Client().post("/mine/", {"contact": OTHER})
        monkeypatch.setitem(carriers.CARRIERS, "file", refuse)
        for _minute in range(9):
            contact_tasks.send_at(clock.now())
            clockwork.shift(MINUTE)
    last = codes()[-1]
    assert (last.sends, last.next_at, last.sent_at) == (len(code_sending.WAITS) + 1, None, None)


def test_two_workers_send_a_code_once(cast: town.Cast) -> None:
    Client().post("/mine/", {"contact": PHONE})
    (one,) = codes()
    with scope.hold(EYES):
        claimed = [code_sending._claim(one, clock.now()) for _worker in range(2)]
    assert [message is not None for message in claimed] == [True, False]
