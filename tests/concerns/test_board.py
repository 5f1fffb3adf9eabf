"""Answered matters for everybody: only with leave, only after a clerk, masked, taken back at any time."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from guanjia.cases.models import Case
from guanjia.concerns.answered import board
from guanjia.concerns.tables.public import BoardCase, Consent
from guanjia.kit import scope
from tests import town
from tests.concerns import month
from tests.concerns.month import eyes
from tests.concerns.test_ask import code, send
from tests.doors import at_desk, queries_of, text_of

TEXT = "我叫陈丽，住在三巷8号402室，电话13800001234，隔壁李婆婆的路灯坏了。"


def asked(client: Client, cast: town.Cast, publish: str = "on", text: str = TEXT) -> Case:
    """Asked with or without leave, answered by 王."""
    send(client, text=text, category="hardship", publish=publish)
    with scope.hold(eyes()):
        case = Case.objects.get()
    desk = at_desk(cast.wang)
    for step, (verb, note) in enumerate([("accept", ""), ("answer", "路灯已经换好，谢谢陈女士。")]):
        desk.post(f"/inbox/{case.pk}/{verb}/", {"step": step, "note": note})
    return case


def shown(cast: town.Cast, case: Case, **said: str) -> int:
    """王 approves what is drafted, or what is said instead."""
    with scope.hold(town.eyes(cast.wang)):
        case = Case.objects.select_related("concern").get(pk=case.pk)
        question, answer = board.draft(case, case.concern)
    page = {"question": question, "answer": answer, **said}
    return at_desk(cast.wang).post(f"/inbox/{case.pk}/publish/", page).status_code


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (TEXT, ["陈丽", "8号", "402", "13800001234", "李婆婆"]),
        ("请找王先生，他的证件 11010519491231002X", ["王先生", "11010519491231002X"]),
        ("姓名：赵一鸣，车牌粤S12345", ["赵一鸣", "粤S12345"]),
        ("座机 0769-22001234，五栋二单元", ["22001234", "五栋"]),
    ],
)
def test_what_points_at_a_person_is_masked(text: str, gone: list[str]) -> None:
    hidden = board.masked(text)
    assert all(piece not in hidden for piece in gone)


def test_what_points_at_nobody_stays_readable() -> None:
    plain = "高龄津贴每月10号到账吗？路灯坏了一个月，3个人摔倒。"
    assert board.masked(plain) == plain


def test_without_leave_nothing_is_shown(cast: town.Cast) -> None:
    case = asked(Client(), cast, publish="")
    assert "没有同意公开" in text_of(at_desk(cast.wang), f"/inbox/{case.pk}/publish/")
    assert shown(cast, case) == 409
    assert "这里还没有" in text_of(Client(), "/board/")


def test_with_leave_and_after_a_clerk_everybody_reads_it_masked(cast: town.Cast) -> None:
    case = asked(Client(), cast)
    assert "路灯坏了" not in text_of(Client(), "/board/"), "nobody has approved it"
    assert shown(cast, case) == 302
    page = text_of(Client(), "/board/")
    assert "路灯已经换好" in page
    for secret in ("陈丽", "402", "13800001234", "李婆婆", "陈女士", code(), "厦边", "长盛"):
        assert secret not in page, secret
    assert "长安镇" in page
    assert "路灯已经换好" in text_of(Client(), "/board/?category=hardship")
    assert "路灯已经换好" not in text_of(Client(), "/board/?category=child")
    assert Client().get("/board/?category=zz").status_code == 400
    assert Client().get("/board/?before=x").status_code == 400


def test_a_clerk_does_not_let_a_number_or_a_name_through(cast: town.Cast) -> None:
    case = asked(Client(), cast)
    for words in ("打 13800001234 问", "在3栋402", "问李婆婆", "陈女士说的"):
        assert shown(cast, case, question=words) == 409, words
    assert at_desk(cast.huang).get(f"/inbox/{case.pk}/publish/").status_code == 404
    with scope.hold(scope.PUBLIC):
        assert not BoardCase.objects.exists()


def test_the_asker_takes_it_back_and_it_does_not_come_again(cast: town.Cast) -> None:
    client = Client()
    case = asked(client, cast)
    shown(cast, case)
    assert "已经公开给别人参考" in text_of(client, "/case/")
    client.post("/case/withdraw/")
    assert "路灯已经换好" not in text_of(Client(), "/board/")
    assert "撤下，不再公开" not in text_of(client, "/case/")
    assert shown(cast, case) == 409


def test_similar_answers_are_offered_before_one_goes_on(cast: town.Cast) -> None:
    shown(cast, asked(Client(), cast, text="巷口的路灯坏了，晚上看不见。"))
    said = {"category": "public_place", "text": "我们巷口路灯坏了", "form": "a" * 32}
    page = Client().post("/ask/", {**said, "step": "0", "go": "next"}).content.decode()
    assert "别人问过类似的" in page
    assert "路灯已经换好" in page
    other = Client().post("/ask/", {**said, "text": "想申请低保", "step": "0", "go": "next"})
    assert "别人问过类似的" not in other.content.decode()


@pytest.mark.parametrize("who", ["public", "clerk", "elsewhere", "nobody"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE concerns_boardcase SET question = 'x'",
        "UPDATE concerns_boardcase SET withdrawn_at = NULL",
        "DELETE FROM concerns_boardcase",
        "DELETE FROM concerns_consent",
        "UPDATE concerns_consent SET given_at = now()",
    ],
)
def test_what_was_shown_is_not_changed(cast: town.Cast, who: str, statement: str) -> None:
    shown(cast, asked(Client(), cast))
    with scope.hold(eyes()):
        Consent.objects.filter(withdrawn_at=None).update(withdrawn_at=month.LATER)
        before = list(BoardCase.objects.values()), list(Consent.objects.values())
    held = {"public": scope.PUBLIC, "clerk": town.eyes(cast.wang), "nobody": scope.NOTHING}
    with scope.hold(held.get(who, town.eyes(cast.huang))):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                assert not cursor.rowcount
        except DatabaseError:
            pass
    with scope.hold(eyes()):
        assert (list(BoardCase.objects.values()), list(Consent.objects.values())) == before


def test_the_database_shows_nothing_without_leave(cast: town.Cast) -> None:
    case = month.handled(cast, "one")
    with scope.hold(town.eyes(cast.wang)):
        row = BoardCase(
            **{"case": case, "place": town.CHANGAN, "category": "x", "category_label": "x"},
            **{"question": "q", "answer": "a", "answered_on": town.TODAY},
            **{"published_at": month.LATER, "published_by": cast.wang},
        )
        with pytest.raises(DatabaseError, match="nothing_is_shown_without_leave"):
            row.save()


@pytest.mark.parametrize("kind", ["case", "intake", "public"])
def test_only_an_office_shows_a_matter_to_others(cast: town.Cast, kind: str) -> None:
    case = asked(Client(), cast)
    with (
        scope.hold(scope.Scope(kind=kind, key=case.track)),
        pytest.raises(DatabaseError, match=r"row-level security|nothing_is_shown_without_leave"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO concerns_boardcase (case_id, place, category, category_label, question,"
            " answer, answered_on, published_at, published_by_id)"
            " VALUES (%s, %s, 'living', '生活', '问', '答', now(), now(), %s)",
            [case.pk, town.CHANGAN, cast.wang.pk],
        )


def test_the_board_reads_the_same_for_many(cast: town.Cast) -> None:
    shown(cast, asked(Client(), cast))
    assert queries_of(Client(), "/board/") <= 8
