"""A flood of forms and of guesses: held back by address, everywhere and by speed, and nobody shut out for good."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory

from guanjia.cases.models import Case
from guanjia.concerns.keys import limits
from guanjia.kit import clock, scope
from tests import town
from tests.concerns.month import eyes
from tests.concerns.test_ask import PHONE, SAID, code, send


def cases() -> int:
    """How many there are."""
    with scope.hold(eyes()):
        return Case.objects.count()


def test_one_who_is_too_many_keeps_what_was_written_and_is_told_when(cast: town.Cast) -> None:
    for number in range(limits.ASKS):
        assert send(Client(), form=f"{number:032x}").status_code == 302
    held = send(Client(), form="f" * 32)
    page = held.content.decode()
    assert held.status_code == 429
    assert re.search(r"请在 [0-9]{2}:[0-9]{2} 之后", page)
    assert "12345" in page
    assert SAID["text"] in page
    assert f'value="{"f" * 32}"' in page
    assert cases() == limits.ASKS


def test_one_who_goes_on_all_the_same_is_answered_in_a_line_until_it_stops(cast: town.Cast) -> None:
    with time_machine.travel(datetime(2026, 4, 1, 2, tzinfo=UTC), tick=False) as clockwork:
        for number in range(limits.ASKS + limits.HELD):
            send(Client(), form=f"{number:032x}")
        short = send(Client(), form="f" * 32)
        assert (short.status_code, short.headers["Retry-After"]) == (429, "300")
        assert "12345" in short.content.decode()
        assert len(short.content) < 200
        assert Client(REMOTE_ADDR="10.0.0.9").post("/ask/", {"go": "find"}).status_code == 200
        clockwork.shift(timedelta(seconds=limits.HELD_WITHIN + 1))
        assert SAID["text"] in send(Client(), form="f" * 32).content.decode()
    assert cases() == limits.ASKS


def test_a_neighbour_behind_the_same_address_gets_through_an_hour_later(cast: town.Cast) -> None:
    with time_machine.travel(datetime(2026, 4, 1, 2, tzinfo=UTC), tick=False) as clockwork:
        for number in range(limits.ASKS):
            send(Client(), form=f"{number:032x}")
        assert send(Client(), form="f" * 32).status_code == 429
        clockwork.shift(timedelta(seconds=limits.ASKS_WITHIN + 1))
        assert send(Client(), form="f" * 32).status_code == 302


def test_a_flood_from_everywhere_is_held(cast: town.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ALL_ASKS", 5)
    for number in range(8):
        answer = send(Client(REMOTE_ADDR=f"10.0.0.{number}"), form=f"{number:032x}")
        assert answer.status_code == (302 if number < 5 else 429)
    assert cases() == 5


def test_a_form_sent_as_soon_as_it_was_opened_waits_for_a_second_press(cast: town.Cast) -> None:
    fresh = f"{int(clock.now().timestamp()):08x}" + "a" * 24
    held = send(Client(), form=fresh)
    assert held.status_code == 429
    assert "刚打开就提交了" in held.content.decode()
    with time_machine.travel(clock.now() + timedelta(seconds=limits.LEAST_SECONDS + 1)):
        assert send(Client(), form=fresh).status_code == 302


def test_a_thousand_forms_of_a_machine_open_nothing(cast: town.Cast) -> None:
    codes = {send(Client(), website="x", form=f"{n:032x}").status_code for n in range(1000)}
    assert codes == {400}
    assert cases() == 0


def test_a_right_code_with_a_wrong_phone_is_answered_as_a_code_that_is_not(cast: town.Cast) -> None:
    send(Client())
    answers = []
    for typed in (code(), "2222-2222-2222"):
        answer = Client().post("/case/", {"code": typed, "phone": "13900000000"})
        page = answer.content.decode().replace(typed, "")
        answers.append(
            (
                answer.status_code,
                re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", page),
            )
        )
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_the_code_to_scan_fills_in_the_code_and_asks_for_the_phone(cast: town.Cast) -> None:
    client = Client()
    send(client)
    slip = client.get("/case/slip/").content.decode()
    assert "<svg" in slip
    assert "style=" not in slip[slip.index("<svg") : slip.index("</svg>")]
    page = Client().get(f"/case/?code={code()}").content.decode()
    assert f'value="{code()}"' in page
    assert SAID["text"] not in page
    assert PHONE not in page
    assert "<script>" not in Client().get("/case/?code=<script>").content.decode()


def test_counts_are_one_row_each_are_nobodys_address_and_leave_when_they_are_over(
    cast: town.Cast,
) -> None:
    with time_machine.travel(datetime(2026, 4, 1, 2, tzinfo=UTC), tick=False) as clockwork:
        for _turn in range(3):
            limits.spend("ask", "10.0.0.1", 60)
        limits.spend("ask", "10.0.0.2", 600)
        assert limits.spent("ask", "10.0.0.1", 3) and not limits.spent("ask", "10.0.0.2", 3)
        assert limits.until("ask", "10.0.0.1", clock.now()) == clock.now() + timedelta(seconds=60)
        with connection.cursor() as cursor:
            cursor.execute("SELECT key FROM concerns_try")
            keys = [key for (key,) in cursor.fetchall()]
        assert len(keys) == 2 and not any("10.0" in key for key in keys)
        clockwork.shift(timedelta(seconds=61))
        assert not limits.spent("ask", "10.0.0.1", 1)
        assert limits.forget(clock.now()) == 1
        limits.spend("ask", "10.0.0.2", 600)
        assert limits.spent("ask", "10.0.0.2", 2)


def test_a_house_is_one_however_many_addresses_it_has() -> None:
    request = RequestFactory()
    found = {
        limits.address(request.get("/", REMOTE_ADDR=f"2001:db8:0:1::{n:x}")) for n in range(1, 9)
    }
    assert found == {"2001:db8:0:1::"}
    assert limits.address(request.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
    mapped = request.get("/", REMOTE_ADDR="::ffff:10.0.0.1")
    assert limits.address(mapped) == "10.0.0.1", "as a server that listens on :: tells it"


def test_a_clock_that_ran_ahead_shuts_no_door(cast: town.Cast) -> None:
    with time_machine.travel(datetime(2027, 4, 1, 2, tzinfo=UTC), tick=False):
        for _turn in range(9):
            limits.spend("ask", "10.0.0.1", 600)
    with time_machine.travel(datetime(2026, 4, 1, 2, tzinfo=UTC), tick=False):
        assert not limits.spent("ask", "10.0.0.1", 1)
        limits.spend("ask", "10.0.0.1", 600)
        assert limits.spent("ask", "10.0.0.1", 1) and not limits.spent("ask", "10.0.0.1", 2)
    with time_machine.travel(datetime(2027, 4, 1, 2, tzinfo=UTC), tick=False):
        limits.spend("ask", "10.0.0.2", 600)
    assert limits.forget(datetime(2026, 4, 1, 2, tzinfo=UTC)) == 1
