"""The desk's pages: who may ask, who may approve, what is shown, and what strangers get."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanjia.kit import scope
from guanjia.people.desk_models import ChangeRequest, Merge, Registration, Transfer
from guanjia.people.models import PersonFact
from tests import town
from tests.doors import asked_of, at_desk, text_of
from tests.people.desk import as_job, chief
from tests.people.test_merging import twin  # noqa: F401

SAID = {
    "value": "2500.00",
    "key": "",
    "since": "2020-01-01",
    "last": "",
    "reason": "工资单",
    "source": "test",
    "document": "工资证明",
}


def ask(client: Client, cast: town.Cast, kind: str = "wages", **other: str) -> Any:
    return client.post(reverse("ask_change", args=[cast.chen.id, kind]), {**SAID, **other})


def test_a_change_goes_from_the_clerk_to_the_chief_and_onto_the_page(cast: town.Cast) -> None:
    clerk, boss = at_desk(cast.wang), at_desk(chief())
    assert "最低生活保障" in text_of(clerk, reverse("ask_change", args=[cast.chen.id, "wages"]))
    page = ask(clerk, cast).headers["Location"]
    seen = text_of(boss, page)
    for told in ("1,999.00", "2,500.00", "工资单", "工资证明", "最低生活保障", "复核同意，生效"):
        assert told in seen
    assert "这是您提的" in text_of(clerk, page)
    assert clerk.post(f"{page}approve/").status_code == 403
    assert reverse("change", args=[page.split("/")[-2]]) in text_of(boss, reverse("desk"))
    boss.post(f"{page}approve/")
    person = text_of(clerk, reverse("person", args=[cast.chen.id]))
    assert "王 申请，方 复核" in person
    with scope.hold(as_job()):
        assert PersonFact.objects.filter(kind="wages", number=250000).exists()


def test_what_is_wrong_in_a_change_is_said_at_its_field(cast: town.Cast) -> None:
    clerk = at_desk(cast.wang)
    for wrong, said in (
        ({"value": "很多"}, "请用引号写成元"),
        ({"since": "2020-01-02"}, "从某个月的1日起"),
        ({"last": "2019-12-31"}, "止日不能早于起日"),
        ({"reason": ""}, "请写明原因"),
        ({"source": ""}, "请选资料来自哪里"),
    ):
        answer = ask(clerk, cast, **wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    ask(clerk, cast)
    assert "已有一件变更在等复核" in ask(clerk, cast).content.decode()


def test_a_fact_without_benefits_is_corrected_at_once(cast: town.Cast) -> None:
    answer = ask(at_desk(cast.wang), cast, "marital", value="20")
    with scope.hold(as_job()):
        row = ChangeRequest.objects.get()
        assert (row.state, row.kind) == ("direct", "marital")
        assert PersonFact.objects.filter(kind="marital", word="20").exists()
    assert answer.headers["Location"] == reverse("change", args=[row.pk])


def test_a_change_is_returned_with_a_reason(cast: town.Cast) -> None:
    clerk, boss = at_desk(cast.wang), at_desk(chief())
    page = ask(clerk, cast).headers["Location"]
    assert boss.post(f"{page}return/", {"reason": ""}).status_code == 422
    boss.post(f"{page}return/", {"reason": "请附流水"})
    assert "退回：请附流水" in text_of(clerk, page)


def test_a_merge_is_approved_shown_and_undone(cast: town.Cast, twin: Any) -> None:  # noqa: F811
    clerk, boss = at_desk(cast.wang), at_desk(chief())
    asked = clerk.post(
        reverse("ask_merge", args=[cast.chen.id]), {"other": "P1234567", "reason": "同一人"}
    )
    page = asked.headers["Location"]
    boss.post(f"{page}approve/")
    kept, gone = (text_of(clerk, reverse("person", args=[n])) for n in (cast.chen.id, twin.id))
    assert "并入这份档案的" in kept
    assert "并入另一份" in gone
    assert asked_of(clerk, reverse("person", args=[twin.id])) <= 15
    boss.post(f"{page}undo/", {"reason": "弄错了"})
    assert "并入这份档案的" not in text_of(clerk, reverse("person", args=[cast.chen.id]))
    with scope.hold(as_job()):
        assert Merge.objects.get().state == "undone"


def test_registering_answers_alike_and_the_other_desk_agrees(cast: town.Cast) -> None:
    clerk, other = at_desk(cast.wang), at_desk(cast.huang)
    said = {
        "name": "何金水",
        "sex": "1",
        "born_on": "1945-01-01",
        "document_kind": "citizen",
        "place": town.COMMUNITY,
        "why": "residence",
    }
    pages = []
    for number in (cast.ho.document, town.number(cast.ho.born_on, 909)):
        clerk.post(reverse("register"), {**said, "document": number})
        page = text_of(clerk, reverse("register"))
        with scope.hold(as_job()):
            assert Registration.objects.filter(state="open").count() == 1
            row = Transfer.objects.get(state="open")
        pages.append(page.count("已登记，待核"))
        desk = other if row.person_id else at_desk(cast.zhou)
        assert "何金水" in text_of(desk, reverse("desk"))
        desk.post(reverse("agree_transfer", args=[row.pk]))
    assert pages[0] == pages[1]
    assert "已核，可办理" in text_of(clerk, reverse("register"))


@pytest.mark.parametrize("verb", ["approve", "return", "withdraw"])
def test_another_town_finds_nothing_at_the_desk(cast: town.Cast, verb: str) -> None:
    page = ask(at_desk(cast.wang), cast).headers["Location"]
    stranger = at_desk(cast.huang)
    text_of(stranger, page, 404)
    assert stranger.post(f"{page}{verb}/").status_code in (403, 404)
    text_of(stranger, reverse("ask_change", args=[cast.chen.id, "wages"]), 404)
    assert "陈大文" not in text_of(stranger, reverse("desk"))
