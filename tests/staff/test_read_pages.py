"""Who looked, one number seen for a reason, and the auditor's log, through their doors."""

import pytest
from django.test import Client
from django.urls import reverse

from guanjia.kit import scope
from guanjia.staff import read_tasks, roles
from guanjia.staff.models import Read
from tests import town
from tests.doors import at_desk, text_of


def ask(client: Client, person: int, reason: str = "verify", words: str = "") -> str:
    answer = client.post(
        reverse("numbers", args=[person]),
        {"which": "document", "reason": reason, "words": words},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def reveals() -> list[Read]:
    with scope.hold(read_tasks.EYES):
        return list(Read.objects.filter(kind="reveal").order_by("id"))


def test_a_number_is_masked_until_asked_for_with_a_reason_and_that_is_logged(
    cast: town.Cast,
) -> None:
    client = at_desk(cast.wang)
    assert cast.chen.document not in text_of(client, reverse("numbers", args=[cast.chen.id]))
    assert cast.chen.document not in ask(client, cast.chen.id, reason="")
    assert cast.chen.document not in ask(client, cast.chen.id, reason="other")
    assert reveals() == []
    assert cast.chen.document in ask(client, cast.chen.id, reason="other", words="核对")
    (row,) = reveals()
    assert (row.person, row.what, row.reason, row.reason_words) == (
        *(cast.chen.id, "document", "other", "核对"),
    )
    page = text_of(client, reverse("looked", args=[cast.chen.id]))
    assert "王" in page
    assert "查看完整号码" in page


def test_whoever_opens_a_household_has_looked_at_each_of_its_members(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    text_of(client, reverse("household", args=[cast.chen_home.id]))
    client.get(reverse("household", args=[10**9]))
    with scope.hold(read_tasks.EYES):
        rows = list(Read.objects.filter(kind="household").order_by("id"))
    members = [member.id for member in cast.chen_home.members]
    assert [row.person for row in rows] == [*members, None]
    assert {row.what for row in rows[:-1]} == {str(cast.chen_home.id)}
    assert rows[-1].status == 404
    assert "打开户档案页" in text_of(client, reverse("looked", args=[members[-1]]))


def test_a_post_reveals_twenty_numbers_an_hour_and_no_more(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    for _turn in range(20):
        assert cast.chen.document in ask(client, cast.chen.id)
    refused = ask(client, cast.chen.id)
    assert cast.chen.document not in refused
    assert "一小时内能查看的完整号码已用完" in refused
    assert len(reveals()) == 20


def test_a_key_that_is_gone_is_told_and_nothing_is_lost(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = at_desk(cast.wang)
    with monkeypatch.context() as without:
        without.setattr("django.conf.settings.GUANJIA_SEAL_KEYS", {})
        assert "密钥不在本机" in ask(client, cast.chen.id)
    assert cast.chen.document in ask(client, cast.chen.id)


@pytest.mark.parametrize("role", [roles.VILLAGE_WORKER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_who_may_not_reveal_is_refused(cast: town.Cast, role: str) -> None:
    client = at_desk(town.desk("other", "别", role, town.CHANGAN))
    text_of(client, reverse("numbers", args=[cast.chen.id]), status=403)


def test_another_town_reveals_nothing(cast: town.Cast) -> None:
    text_of(at_desk(cast.huang), reverse("numbers", args=[cast.chen.id]), status=404)


def test_an_auditor_reads_the_log_of_his_place_and_takes_it_along(cast: town.Cast) -> None:
    text_of(at_desk(cast.wang), reverse("person", args=[cast.chen.id]))
    text_of(at_desk(cast.huang), reverse("person", args=[cast.ho.id]))
    client = at_desk(town.desk("audit", "审", roles.AUDITOR, town.CHANGAN))
    page = text_of(client, reverse("reads"))
    assert "陈大文" in page
    assert "黄" not in page
    assert "陈大文" not in text_of(client, reverse("reads") + "?kind=export")
    file = client.get(reverse("reads"), {"form": "csv"})
    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert "wang" in lines[1] or "wang" in lines[2]
    text_of(at_desk(cast.wang), reverse("reads"), status=403)
