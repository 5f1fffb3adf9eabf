"""Signing in: attempts counted by account and address, passwords, sessions, a desk that was left."""

import re
import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from guanjia.kit import clock
from guanjia.staff import idle, passwords, sessions
from guanjia.staff.models import User
from tests import town
from tests.doors import at_desk, text_of

RIGHT, WRONG = "a long enough word", "not the right word"
LOGIN = "/accounts/login/"


def attempt(address: str, name: str, password: str = WRONG) -> bool:
    """Try to sign in from an address; whether one is in."""
    client = Client(REMOTE_ADDR=address)
    client.post(LOGIN, {"login": name, "password": password})
    return "_auth_user_id" in client.session


def told(address: str, name: str, password: str) -> str:
    """What the sign-in page says."""
    page = Client(REMOTE_ADDR=address).post(LOGIN, {"login": name, "password": password})
    return page.content.decode()


def test_wrong_passwords_are_counted_per_account_and_address(cast: town.Cast) -> None:
    for _n in range(5):
        assert not attempt("192.0.2.1", "wang")
    assert "请过 5 分钟再试" in told("192.0.2.1", "wang", RIGHT)
    assert attempt("192.0.2.1", "huang", RIGHT), "another account from the same address"
    assert attempt("192.0.2.2", "wang", RIGHT), "the same account from another address"


def test_one_address_cannot_lock_out_another_for_ever(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it tries, for an hour: never more than the account is allowed from everywhere."""
    begun = time.time()
    for minute in range(60):
        monkeypatch.setattr(time, "time", lambda minute=minute: begun + minute * 60)
        for _n in range(4):
            attempt("192.0.2.1", "wang")
    assert attempt("192.0.2.9", "wang", RIGHT)


def test_one_address_is_stopped_across_accounts(cast: town.Cast) -> None:
    for n in range(20):
        attempt("192.0.2.1", f"guessed{n}")
    assert not attempt("192.0.2.1", "huang", RIGHT)
    assert attempt("192.0.2.2", "huang", RIGHT)


def test_right_passwords_use_up_nothing(cast: town.Cast) -> None:
    assert all(attempt("192.0.2.1", "wang", RIGHT) for _n in range(12))


@pytest.mark.parametrize(
    "password",
    [
        *("short one", "password1234", "qwertyuiop123", "1qaz2wsx3edc4rfv", "aaaaaaaaaaaaaa"),
        *("dongguan2020guanjia", "东莞市民政局东莞市民政局", "wangxiaoming123", "123456789012"),
        *("abcdefghijklmnop", "Guanjia-Guanjia-1", "iloveyou12345678"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    user = User(username="wangxiaoming", full_name="王小明")
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password",
    [
        "lizhi and three umbrellas",
        "荔枝熟了我才想起那把旧雨伞",
        "quietriverbesidetheoldmill",
        RIGHT,
    ],
)
def test_long_words_without_symbols_are_good_passwords(password: str) -> None:
    validate_password(password, User(username="wang", full_name="王"))


def test_what_is_easily_guessed_counts_for_nothing() -> None:
    assert passwords.own_part("qwerty" * 3, ()) < 4
    assert passwords.own_part("dongguan", ("dongguan",)) == 0
    assert passwords.own_part("xkvw plom", ()) == 9


def test_sessions_are_listed_and_ended_by_their_owner(cast: town.Cast) -> None:
    here, there = (Client(REMOTE_ADDR=f"192.0.2.{n}") for n in (1, 2))
    for client in (here, there):
        client.post(LOGIN, {"login": "wang", "password": RIGHT})
    page = text_of(here, "/accounts/sessions/")
    assert "192.0.2.1" in page
    assert "192.0.2.2" in page
    assert page.count("这一台") == 1
    other = next(s for s in sessions.of(cast.wang, clock.now()) if s.ip == "192.0.2.2")
    theirs = Client()
    theirs.post(LOGIN, {"login": "huang", "password": RIGHT})
    theirs.post(f"/accounts/sessions/{other.pk}/end/")
    assert there.get("/people/").status_code == 200, "nobody ends the session of another"
    here.post(f"/accounts/sessions/{other.pk}/end/")
    assert there.get("/people/").status_code == 302
    assert here.get("/people/").status_code == 200


def test_an_administrator_ends_sessions_and_locks_accounts(cast: town.Cast) -> None:
    admin = at_desk(town.desk("admin", "管", "administrator", town.CITY))
    wang = Client()
    wang.post(LOGIN, {"login": "wang", "password": RIGHT})
    url = f"/posts/accounts/{cast.wang.pk}/"
    assert "127.0.0.1" in text_of(admin, url)
    admin.post(f"{url}sign-out/")
    assert wang.get("/people/").status_code == 302
    wang.post(LOGIN, {"login": "wang", "password": RIGHT})
    admin.post(f"{url}lock/")
    assert wang.get("/people/").status_code == 302
    assert not attempt("192.0.2.1", "wang", RIGHT)
    admin.post(f"{url}unlock/")
    assert attempt("192.0.2.1", "wang", RIGHT)
    page = admin.post(f"{url}link/").content.decode()
    link = re.search(r"http://testserver(/accounts/password/reset/key/[^<\s]+)", page)
    assert link
    assert Client().get(link[1]).status_code == 302


def left(client: Client, seconds: float = 31 * 60, key: str = idle.SEEN) -> None:
    """As if the desk had been left for so long."""
    client.get("/")
    session = client.session
    session[key] -= seconds
    session.save()


def test_a_desk_that_was_left_signs_in_again(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    left(client, 29 * 60)
    assert client.get("/people/").status_code == 200
    left(client)
    answer = client.get("/people/?q=x")
    assert answer["Location"] == "/accounts/login/?next=/people/%3Fq%3Dx"
    assert "为了安全已经退出登录" in text_of(client, answer["Location"])


def test_a_desk_is_left_after_a_day_however_busy(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    left(client, 12 * 3600 + 1, idle.BEGUN)
    assert client.get("/people/")["Location"].startswith(LOGIN)


def test_watching_a_progress_bar_is_no_use_of_the_desk(cast: town.Cast) -> None:
    client = at_desk(cast.zhou)
    left(client, 120)
    before = client.session[idle.SEEN]
    client.get("/runs/1/progress/")
    assert client.session[idle.SEEN] == before
    client.get("/people/")
    assert client.session[idle.SEEN] > before


def send_late(client: Client, **fields: str) -> None:
    """A form that comes after the desk was left, from the page of people."""
    left(client)
    came = "http://testserver/leads/7/?x=1"
    answer = client.post("/leads/7/", fields, headers={"Referer": came})
    assert answer["Location"] == "/accounts/login/?next=/leads/7/%3Fx%3D1"


def test_a_form_sent_too_late_is_kept_sealed_for_who_filled_it_in(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    send_late(client, note="三月二日入户", outcome="confirmed", new_password="a secret", next="/")
    assert "三月二日" not in str(dict(client.session))
    assert "替您留着" in text_of(client, LOGIN)
    held = client.session[idle.KEPT]
    client.post(LOGIN, {"login": "wang", "password": RIGHT})
    assert client.session[idle.KEPT] == held
    assert (held["page"], held["action"], held["user"]) == ("/leads/7/", "/leads/7/", cast.wang.pk)
    client.post("/leads/7/", {"note": "x"})
    assert idle.KEPT not in client.session, "once it is sent, it is kept no more"


def test_a_kept_form_is_given_to_nobody_else(cast: town.Cast, rf: object) -> None:
    client = at_desk(cast.wang)
    send_late(client, note="三月二日入户")
    held = client.session[idle.KEPT]
    for user, path, wanted in (
        (cast.wang, "/leads/7/", [("note", "三月二日入户")]),
        (cast.huang, "/leads/7/", None),
        (cast.wang, "/leads/", None),
    ):
        request = rf.get(path)  # type: ignore[attr-defined]
        request.user, request.session = user, {idle.KEPT: held}
        kept = idle.kept_for(request)
        assert (kept.fields if kept else None) == wanted


def test_a_forged_form_is_not_kept(cast: town.Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = at_desk(cast.wang).cookies
    left(client)
    assert client.post("/leads/7/", {"note": "forged"}).status_code == 403
    assert idle.KEPT not in client.session


def test_a_late_step_of_a_page_leads_the_whole_page_to_sign_in(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    left(client)
    answer = client.get("/runs/1/progress/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/?next=/")
