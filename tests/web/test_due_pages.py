"""我能享受什么: asked without an account, nothing kept, every answer read again as if a stranger sent it."""

import re
from collections.abc import Iterable
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanjia.policy import asking
from guanjia.policy.facts import declared
from guanjia.web.due import words as due_words

pytestmark = pytest.mark.django_db
DUE = "/due/"
Form = dict[str, list[str]]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
FIELD = re.compile(r'name="([^"]+)"')
OLD = {"born_on": "1938-3-15", "hukou": "local", "emergency": "none", "disability_level": "0"}
NONE = {"wages": "0", "business": "0", "transfers_in": "0", "deposits": "0", "vehicles": "0"}
NONE |= {"houses": "0", "supporters": "able", "medical_own": "0"}


def hidden(page: HttpResponse) -> Form:
    """What travels in the page's own form."""
    form: Form = {}
    text = page.content.decode()
    for name, value in HIDDEN.findall(text[text.index('<form id="due"') :]):
        form.setdefault(name, []).append(unescape(value))
    return form


def asked(page: HttpResponse) -> list[str]:
    """The questions of a screen by their fields; none where it is the answer."""
    return hidden(page).get("now", [""])[0].split()


def fields(name: str, answer: str) -> Form:
    """A question's fields as a browser would send them."""
    if answer == "?":
        return {f"{name}.not": ["yes"]} if is_written(name) else {name: ["unknown"]}
    if name.startswith("born_on."):
        parts = zip("ymd", answer.split("-"), strict=True)
        return {f"{name}.{part}": [text] for part, text in parts}
    return {name: [answer]}


def is_written(name: str) -> bool:
    """Whether one writes the answer instead of choosing it."""
    fact = declared().find(name.rpartition(".")[0])
    assert fact is not None
    return not due_words.choices(fact)


def begin(client: Client, *kin: str) -> HttpResponse:
    """Past the first screen."""
    return client.post(DUE, {"kin": ["self", *kin], "go": "start"})  # type: ignore[return-value]


def answered(page: HttpResponse, said: dict[str, str]) -> Form:
    """The screen's form with its answers; `wages.1` goes before `wages`."""
    form = hidden(page)
    for name in asked(page):
        form |= fields(name, said.get(name) or said[name.rpartition(".")[0]])
    return form


def onward(
    client: Client, page: HttpResponse, said: dict[str, str], go: str = "next"
) -> HttpResponse:
    """Answer one screen."""
    return client.post(DUE, answered(page, said) | {"go": [go]})  # type: ignore[return-value]


def to_the_end(client: Client, said: dict[str, str], kin: Iterable[str] = ()) -> HttpResponse:
    """Answer everything that is asked."""
    page = begin(client, *kin)
    for _screen in range(20):
        if not asked(page):
            return page
        page = onward(client, page, said)
    raise AssertionError("it never ends")


def text(page: HttpResponse) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_an_old_woman_without_income_learns_both_that_she_is_due() -> None:
    page = to_the_end(Client(), OLD | NONE)
    assert page.status_code == 200
    assert "1,140.00 元" in text(page)
    assert "150.00 元" in text(page)
    assert "1,290.00 元" in text(page), "the total of a month"
    assert "以经办机构核定为准" in text(page)
    assert reverse("chapter", args=["dibao"]) in page.content.decode()


def test_the_answer_says_what_to_bring_where_and_what_was_assumed() -> None:
    page = text(to_the_end(Client(), OLD | NONE))
    assert "户口簿" in page
    assert "户籍所在地的村（社区）或镇街公共服务办公室" in page
    assert "债权 0.00 元" in page
    assert "各项按一起批准来算" in page


def test_every_screen_that_can_be_asked_has_words() -> None:
    assert set(due_words.SCREENS) == set(asking.SCREENS)
    unknown = {f.screen for f in (*declared().person, *declared().household) if f.ask}
    assert unknown <= set(due_words.SCREENS)


def test_nothing_is_stored_and_no_cookie_is_written_but_the_forms_own() -> None:
    client = Client()
    with CaptureQueriesContext(connection) as seen:
        page = to_the_end(client, OLD | NONE)
    written = [q["sql"] for q in seen if not q["sql"].lstrip().upper().startswith("SELECT")]
    assert written == []
    assert not Session.objects.exists()
    assert set(client.cookies) == {"csrftoken"}
    assert "Set-Cookie" not in page.headers


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    page = begin(Client())
    Client().post(DUE, hidden(page) | fields("born_on.0", "1938-99-15") | {"go": ["next"]})
    to_the_end(Client(), OLD | NONE | {"deposits": "1234.56"})
    said = [r.getMessage() for r in caplog.records if r.name != "django.db.backends"]
    assert not any("1938" in line or "1234" in line for line in said)


def test_back_keeps_what_was_answered_and_what_stood_half_written() -> None:
    client = Client()
    first = begin(client)
    second = onward(client, first, OLD)
    assert asked(second) == ["emergency.0"]
    third = onward(client, second, OLD)
    half = hidden(third) | {"disability_level.0": ["2"], "go": ["back"]}
    back = client.post(DUE, half)
    assert asked(back) == ["emergency.0"]
    assert re.search(r'value="none" checked', back.content.decode())
    again = onward(client, back, OLD)
    assert asked(again) == ["disability_level.0"]
    assert re.search(r'value="2" checked', again.content.decode())


def test_back_to_the_first_screen_keeps_who_lives_together_and_their_answers() -> None:
    client = Client()
    page = begin(client, "spouse", "son")
    said = OLD | {"born_on.0": "1940-1-2", "born_on.1": "1941-2-3", "born_on.2": "1970-5-6"}
    first = client.post(DUE, answered(page, said) | {"go": ["back"]})
    body = first.content.decode()
    assert re.search(r'value="spouse" selected', body)
    form = hidden(first) | {"kin": ["self", "spouse", "daughter"], "go": ["start"]}
    again = client.post(DUE, form).content.decode()
    assert 'name="born_on.1.y" value="1941"' in again
    assert 'name="born_on.2.y" value=""' in again, "another person: nothing of the son's"


def test_any_answer_can_be_changed_from_the_result() -> None:
    client = Client()
    page = to_the_end(client, OLD | NONE)
    opened = client.post(DUE, hidden(page) | {"go": ["step-0"]})
    assert asked(opened) == ["born_on.0", "hukou.0"]
    assert 'value="1938"' in opened.content.decode()
    younger = onward(client, opened, OLD | {"born_on": "1985-1-1"})
    while asked(younger):
        younger = onward(client, younger, OLD | NONE)
    assert "150.00 元" not in text(younger)


def test_who_does_not_know_is_not_asked_again_and_is_not_refused() -> None:
    client = Client()
    everything = {f.name: "?" for f in (*declared().person, *declared().household)}
    page, seen = begin(client), list[str]()
    while asked(page):
        assert not set(asked(page)) & set(seen)
        seen += asked(page)
        page = onward(client, page, everything)
    assert "不是不符合" in text(page)
    assert "还差回答 最低生活保障" in text(page)
    assert "您 · 出生日期" in text(page)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({}, "还没有答"),
        ({"wages.0": ["一千"]}, "例如 1999"),
        ({"wages.0": ["1.999"]}, "最多"),
        ({"wages.0": ["-5"]}, "没有就写 0"),
        ({"wages.0": ["99999999999"]}, "最多 10,000,000.00 元"),
        ({"wages.0": ["5"], "wages.0.not": ["yes"]}, "只留一样"),
    ],
)
def test_a_sum_that_cannot_be_read_says_what_a_right_one_looks_like(
    written: Form, says: str
) -> None:
    client = Client()
    page = begin(client)
    while "wages.0" not in asked(page):
        page = onward(client, page, OLD)
    form = hidden(page) | fields("business.0", "1,200元") | fields("transfers_in.0", "0")
    again = client.post(DUE, form | written | {"go": ["next"]})
    assert asked(again) == asked(page)
    assert says in text(again)
    assert 'value="1,200元"' in again.content.decode(), "the other answers are kept"
    assert "有 1 处要改" in text(again)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("1938-2-30", "读不懂"),
        ("1938--15", "年、月、日要写全"),
        ("2030-1-1", "今天之后"),
        ("1066-10-14", "核对年份"),
        ("１９３８-３-１５", ""),
    ],
)
def test_a_day_is_checked_and_full_width_digits_are_read(day: str, says: str) -> None:
    client = Client()
    page = onward(client, begin(client), OLD | {"born_on": day})
    if says:
        assert says in text(page)
        assert asked(page)[0] == "born_on.0"
    else:
        assert asked(page) == ["emergency.0"]


def test_a_household_of_eighty_is_told_where_to_go() -> None:
    page = begin(Client(), *["other"] * 79)
    assert "最多算 8 个人" in text(page)
    assert "12345" in text(page)


@pytest.mark.parametrize(
    "tampered",
    [
        {"done": ["deposits.home=0&born_on.7=1938-3-15"]},
        {"done": ["alive.0=no"]},
        {"done": ["hukou_local.0=yes"]},
        {"done": ["wages.0=1e9"]},
        {"done": ["born_on.0=1938-3-15&born_on.0=1999-1-1"]},
        {"done": ["wages.0=5", "wages.0=6"]},
        {"done": ["emergency.0=flood"]},
        {"done": ["deposits.0=5"]},
        {"done": ["nonsense"]},
        {"done": ["hukou.0=441900119002"]},
        {"now": ["no_such_fact.0"]},
        {"now": ["wages.0 wages.0"]},
        {"kin": ["self", "emperor"], "done": ["emergency.0=none"]},
        {"kin": ["spouse"], "done": ["emergency.0=none"]},
        {"later": ["no_such_fact.0=1"], "done": ["emergency.0=none"]},
        {"done": ["emergency.0=none"] * 70},
    ],
)
def test_a_tampered_field_gets_a_plain_error(tampered: Form) -> None:
    page = Client().post(DUE, {"kin": ["self"], "go": ["next"]} | tampered)
    assert page.status_code == 400
    assert "这份回答读不出来" in text(page)
    assert "什么也没有保存" in text(page)
    assert "重新开始" in text(page)


def test_a_link_carries_the_answers_only_when_it_is_asked_for() -> None:
    client = Client()
    page = to_the_end(client, OLD | NONE | {"deposits": "4321"})
    assert "/due/#" not in page.content.decode()
    made = client.post(DUE, hidden(page) | {"go": ["link"]})
    assert "谁拿到这个链接，谁就能看到您的全部回答" in text(made)
    found = re.search(r">(http://testserver/due/#[^<]+)<", made.content.decode())
    assert found is not None
    link = unescape(found[1])
    assert "4321" in link
    stranger = Client().post(DUE, {"saved": [link], "go": ["open"], "kin": ["self"]})
    assert "1,290.00 元" in text(stranger)


@pytest.mark.parametrize(
    "saved", ["", "hello", "http://x/due/#", "#kin=emperor", "#" + "k" * 50_000]
)
def test_a_link_that_is_none_is_said_to_be_none(saved: str) -> None:
    page = Client().post(DUE, {"saved": [saved], "go": ["open"], "kin": ["self"]})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert "谁和您一起生活" in text(page)


def test_large_letters_keep_what_was_answered() -> None:
    client = Client()
    page = onward(client, begin(client), OLD)
    form = answered(page, OLD) | {"elder": ["1"]}
    sent = client.post(reverse("look"), form)
    assert (sent.status_code, sent.headers["Location"]) == (307, DUE)
    again = client.post(DUE, form)
    assert asked(again) == asked(page)
    assert re.search(r'value="none" checked', again.content.decode())
    assert 'class="elder"' in again.content.decode()


def test_the_front_door_and_every_chapter_lead_here() -> None:
    client = Client()
    for path in ("/", "/book/", "/book/dibao/"):
        assert f'href="{DUE}"' in client.get(path).content.decode()


def test_only_what_a_form_does_is_answered() -> None:
    assert Client().put(DUE).status_code == 405
    assert Client(enforce_csrf_checks=True).post(DUE, {"go": "start"}).status_code == 403


def test_a_screen_takes_no_queries_but_the_books_own() -> None:
    client = Client()
    page = begin(client)
    with CaptureQueriesContext(connection) as seen:
        onward(client, page, OLD)
    assert len(seen) <= 2
