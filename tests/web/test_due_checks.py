"""Answers that cannot all be true: each is said at its field, in the language of the page, nothing lost."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.web.test_due_pages import DUE, NONE, OLD, asked, begin, hidden, onward, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kin", "births", "says"),
    [
        ("spouse", {"born_on.0": "1980-1-1", "born_on.1": "2012-1-1"}, "今年 8 岁"),
        ("spouse", {"born_on.0": "2012-1-1", "born_on.1": "1980-1-1"}, "今年 8 岁"),
        ("son", {"born_on.0": "1980-1-1", "born_on.1": "1970-1-1"}, "不比您年轻"),
        ("mother", {"born_on.0": "1980-1-1", "born_on.1": "1990-1-1"}, "母亲比您年轻"),
    ],
)
def test_answers_that_contradict_each_other_are_pointed_out(
    kin: str, births: dict[str, str], says: str
) -> None:
    client = Client()
    page = onward(client, begin(client, kin), OLD | births)
    assert says in text(page)
    assert "请核对" in text(page)
    assert asked(page)[0] == "born_on.0"


PARENTS = {"father_state.1": "able", "mother_state.1": "able", "care_form.1": "parents"}


@pytest.mark.parametrize(
    ("kin", "born", "screen", "answers", "says"),
    [
        ("daughter", "2013-5-1", "wages.1", {"wages.1": "900"}, "今年 6 岁，未满 16 岁不能领工资"),
        (
            "daughter",
            "2012-5-1",
            "father_state.1",
            {"father_state.1": "dead", "mother_state.1": "missing", "care_form.1": "relatives"},
            "父母中有一位就是您，这里却写父母两个人都不在身边",
        ),
        (
            "grandchild",
            "2012-5-1",
            "care_form.1",
            {"father_state.1": "dead", "mother_state.1": "missing", "care_form.1": "parents"},
            "父母两个人现在都不在孙辈身边",
        ),
    ],
)
def test_what_cannot_be_true_of_a_child_is_said_at_its_field_and_nothing_is_lost(
    kin: str, born: str, screen: str, answers: dict[str, str], says: str
) -> None:
    client = Client()
    said = OLD | NONE | PARENTS | {"born_on.0": "1980-1-1", "born_on.1": born}
    page = begin(client, kin)
    while screen not in asked(page):
        page = onward(client, page, said)
    again = onward(client, page, said | answers)
    assert asked(again) == asked(page)
    assert says in text(again)
    (wrong,) = re.findall(r'id="wrong-([a-z_]+\.\d)"', again.content.decode())
    assert wrong in answers
    assert hidden(again)["done"] == hidden(page)["done"]
    for name, answer in answers.items():
        assert re.search(
            rf'name="{name}"[^>]* value="{answer}"( checked|[^>]*>)', again.content.decode()
        )
    assert asked(onward(client, again, said)) != asked(page), "mended, it goes on"


def test_a_parent_of_ones_own_cannot_be_at_home_and_dead() -> None:
    said = OLD | NONE | {"born_on.0": "2008-1-1", "born_on.1": "1975-1-1", "care_form": "parents"}
    client, page = Client(), begin(Client(), "father")
    while "father_state.0" not in asked(page):
        page = onward(client, page, said)
    again = onward(client, page, said | {"father_state": "dead", "mother_state": "able"})
    assert "您说过父亲和家里人一起生活" in text(again)


@pytest.mark.parametrize("stage", ["compulsory", "senior", "college", "postgraduate"])
def test_a_link_in_which_a_small_child_is_at_school_opens_at_that_answer(stage: str) -> None:
    done = [
        "born_on.0=1980-1-1&born_on.1=2016-12-1",
        f"student_stage.1={stage}",
        "emergency.0=none",
    ]
    link = "#" + urlencode([("kin", "self"), ("kin", "son"), *(("done", one) for one in done)])
    page = Client().post(DUE, {"saved": [link], "go": ["open"], "kin": ["self"]})
    assert asked(page) == ["student_stage.1"]
    assert "今年 3 岁，还没到上这一级学校的年纪" in text(page)
    assert hidden(page)["done"] == done[:1]
    assert "emergency.0=none" in hidden(page)["later"][0], "what stands behind it is kept"


def test_two_spouses_are_one_too_many_and_the_choice_stays() -> None:
    page = begin(Client(), "spouse", "son", "spouse")
    assert "只能选一位" in text(page)
    assert len(re.findall(r'value="spouse" selected', page.content.decode())) == 2


@pytest.mark.parametrize(("tongue", "says"), [("en", "is 6 years old"), ("zh-hant", "未滿 16 歲")])
def test_what_cannot_be_is_said_in_the_language_of_the_page(tongue: str, says: str) -> None:
    client = Client(headers={"accept-language": tongue})
    said = OLD | NONE | PARENTS | {"born_on.0": "1980-1-1", "born_on.1": "2013-5-1"}
    page = begin(client, "daughter")
    while "wages.1" not in asked(page):
        page = onward(client, page, said)
    assert says in text(onward(client, page, said | {"wages.1": "900"}))
