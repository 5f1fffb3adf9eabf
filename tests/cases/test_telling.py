"""The outbox: told once by each way, tried again with growing waits, given up where the desk sees it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from guanjia.cases import askers, carriers, queries, reading, tasks, telling, ways
from guanjia.cases.carriers import Message, Unsent
from guanjia.cases.models import Case, Event, Notice
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import ANSWER, HOUR, MORNING

PHONE = "13800001234"
EYES = scope.job("test", town.CITY, town.TODAY)


@pytest.fixture(autouse=True)
def _files_and_phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    monkeypatch.setitem(askers.PHONES, "concern", lambda _case: PHONE)


def messages() -> list[str]:
    """Every message that was sent as a file."""
    folder: Path = settings.GUANJIA_FILES / "messages"
    return [p.read_text() for p in sorted(folder.rglob("*.txt"))]


def states() -> list[tuple[str, str, int, bool]]:
    """Verb, way, tries, sent of each notice."""
    with scope.hold(EYES):
        found = Notice.objects.order_by("pk").select_related("event")
        return [(n.event.verb, n.way, n.tries, n.sent_at is not None) for n in found]


def test_an_asker_is_told_once_in_words_that_others_may_see(cast: town.Cast) -> None:
    office.answered(cast.wang)
    assert states() == [
        ("open", "in_app", 0, True),
        ("accept", "sms", 0, False),
        ("answer", "sms", 0, False),
    ]
    assert ProcrastinateJob.objects.filter(task_name="cases.send_notices").count() == 1
    at = MORNING + 3 * HOUR
    assert tasks.send_at(at) == 2
    assert tasks.send_at(at + timedelta(days=3)) == 0
    accepted, told = messages()
    assert accepted.startswith(PHONE)
    assert "您2020年4月1日说的事：已经受理" in accepted
    assert "有答复了" in told
    assert ANSWER.note not in told


def test_who_left_no_phone_reads_it_on_the_page(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(askers.PHONES, "concern", lambda _case: "")
    office.answered(cast.wang)
    assert tasks.send_at(MORNING + 3 * HOUR) == 0
    assert messages() == []
    assert all(sent for _verb, _way, _tries, sent in states())


def test_two_workers_send_once(cast: town.Cast) -> None:
    office.answered(cast.wang)
    at = MORNING + 3 * HOUR
    with scope.hold(EYES):
        first, second = list(queries.to_send(at)), list(queries.to_send(at))
        claimed = [telling.claim(one, at) for one in (*first, *second)]
    assert [m is not None for m in claimed] == [True, True, False, False]


def test_what_is_not_taken_is_tried_with_growing_waits_and_given_up_where_the_desk_sees_it(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_message: Message) -> None:
        raise Unsent("TimeoutError")

    case = office.ask()
    office.make(cast.wang, case, "accept", MORNING)
    monkeypatch.setitem(carriers.CARRIERS, "file", refuse)
    at, tried = MORNING, []
    for _try in telling.WAITS:
        assert tasks.send_at(at) == 0
        assert tasks.send_at(at + timedelta(seconds=1)) == 0
        with scope.hold(EYES):
            one = Notice.objects.get(way="sms")
        assert one.next_at is not None
        tried.append(one.tries)
        at = one.next_at
    assert tried == [1, 2, 3, 4, 5, 6]
    assert one.given_up_at is not None
    assert one.problem == "TimeoutError"
    monkeypatch.undo()
    assert tasks.send_at(at + timedelta(days=30)) == 0
    with scope.hold(EYES):
        last = Event.objects.order_by("step").last()
        assert last is not None
        assert (last.verb, last.reason, last.step) == ("untold", "sms", 2)
        assert Case.objects.get().step == 2
    office.make(cast.wang, case, "answer", MORNING + HOUR, ANSWER)


def test_a_carrier_that_has_the_key_sends_no_more(cast: town.Cast) -> None:
    one = Message("7-sms", "sms", (PHONE,), "题", "先")
    carriers.as_file(one)
    carriers.as_file(Message("7-sms", "sms", (PHONE,), "题", "后"))
    (kept,) = messages()
    assert kept.endswith("先\n")
    (file,) = (settings.GUANJIA_FILES / "messages" / "sms").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_desk_gets_a_letter_where_the_city_says_so(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = ways.Ways({"desk": ("in_app", "email")}, {"email": "smtp"}, "found")
    monkeypatch.setattr(ways, "load", lambda _folder: wanted)
    cast.wang.email = "wang@example.cn"
    cast.wang.save()
    office.ask()
    assert tasks.send_at(MORNING + HOUR) == 1
    (letter,) = mail.outbox
    assert letter.to == ["wang@example.cn"]
    assert letter.extra_headers["Message-ID"].endswith("-email@guanjia>")
    assert "通知" in letter.body


def test_an_asker_gets_a_letter_where_the_city_says_so_and_an_address_was_left(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ways.Ways({"resident": ("email",)}, {"email": "smtp"}, "found")
    monkeypatch.setattr(ways, "load", lambda _folder: wanted)
    monkeypatch.setitem(askers.ADDRESSES, "concern", lambda _case: "lihua@example.com")
    case = office.ask()
    office.make(cast.wang, case, "accept", MORNING)
    assert tasks.send_at(MORNING + HOUR) == 1
    (letter,) = mail.outbox
    assert letter.to == ["lihua@example.com"]
    monkeypatch.setitem(askers.ADDRESSES, "concern", lambda _case: "")
    office.make(cast.wang, case, "answer", MORNING + HOUR, ANSWER)
    assert tasks.send_at(MORNING + 2 * HOUR) == 0


def test_a_city_names_only_ways_that_there_are(tmp_path: Path) -> None:
    (tmp_path / ways.FILE).write_text(
        'status = "found"\n[ways]\ndesk = ["pigeon"]\n[carriers]\nsms = "crow"\n'
    )
    with pytest.raises(ways.WaysError, match="pigeon, crow, pigeon"):
        ways.load(tmp_path)


def test_a_desk_reads_its_own_notices_and_no_others(cast: town.Cast) -> None:
    office.ask()
    wang, zhou = cast.wang.posts.get(), cast.zhou.posts.get()
    with scope.hold(town.eyes(cast.zhou)):
        one = Notice.objects.get()
        assert reading.read_one(zhou, one.pk, MORNING) is None
        assert not queries.unread(zhou).exists()
    with scope.hold(town.eyes(cast.wang)):
        assert queries.unread(wang).count() == 1
        assert reading.read_until(wang, one.pk - 1, MORNING) == 0
        assert reading.read_one(wang, one.pk, MORNING) is not None
        assert reading.read_until(wang, one.pk, MORNING) == 0


@pytest.mark.parametrize(
    "change",
    [
        "sent_at = NULL",
        "sent_at = now()",
        "way = 'email'",
        "desk = '441900121'",
        "tries = tries + 2",
        "given_up_at = now()",
    ],
)
def test_what_was_told_is_not_untold(cast: town.Cast, change: str) -> None:
    office.ask()
    with (
        scope.hold(town.eyes(cast.wang)),
        pytest.raises(IntegrityError, match=r"not_untold|was_not_given_up"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE cases_notice SET {change}")
