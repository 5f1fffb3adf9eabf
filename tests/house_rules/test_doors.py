"""Every address refuses a stranger, but for those named here as public."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter

# Pages for everybody: the house's face, the book, what one is due, what the marks mean, how pages look.
PUBLIC = {"home", "book", "chapter", "due", "marks", "look"}
# Asking for help, and following one's own matter by its code.
PUBLIC |= {"ask", "case", "case_slip", "case_rate", "case_reopen", "case_leave"}
# How the promises were kept, for everybody to count again.
PUBLIC |= {"scoreboard", "rate", "find", "near", "board", "case_withdraw"}
PUBLIC |= {"case_files", "case_file"}
# All of one's own matters, by a code to the contact that was left.
PUBLIC |= {"mine", "mine_code", "mine_leave", "mine_case", "mine_slip", "mine_rate", "mine_reopen"}
PUBLIC |= {"mine_withdraw", "mine_files", "mine_file"}
# Signing in must be possible before one has signed in.
SIGN_IN = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_confirm_email",
    "mfa_authenticate",
    "mfa_trust",
    "account_confirm_login_code",
}
SAMPLES = {IntConverter: "1", SlugConverter: "dibao"}


def addresses(
    patterns: list[URLPattern | URLResolver], before: str = "/"
) -> Iterator[tuple[str, str]]:
    """Every named address with a sample of its arguments: name, path."""
    for pattern in patterns:
        path = before + _sample(pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        else:
            yield pattern.name or "", path


def _sample(pattern: URLPattern | URLResolver) -> str:
    route = str(pattern.pattern)
    if hasattr(pattern.pattern, "_route"):
        for name, converter in pattern.pattern.converters.items():
            word = SAMPLES.get(type(converter), "x")
            for kind in ("int", "slug", "str", "path", "uuid"):
                route = route.replace(f"<{kind}:{name}>", word)
            route = route.replace(f"<{name}>", word)
        return route
    return (
        route.strip("^$")
        .replace(r"(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", "1-set-password")
        .replace(r"(?P<key>[-:\w]+)", "x")
    )


ALL = sorted(set(addresses(get_resolver().url_patterns)))


def test_there_are_addresses_to_try() -> None:
    assert len([name for name, _path in ALL if name not in SIGN_IN]) >= 20
    assert all("<" not in path and "(" not in path for _name, path in ALL), ALL
    assert {name for name, _path in ALL} >= PUBLIC


@pytest.mark.parametrize(("name", "path"), ALL)
def test_a_stranger_is_sent_to_sign_in(db: None, name: str, path: str) -> None:
    client = Client()
    for answer in (client.get(path), client.post(path)):
        if name in PUBLIC | SIGN_IN:
            assert answer.status_code < 500
        else:
            assert answer.status_code in (302, 403, 404, 405), (path, answer.status_code)
            if answer.status_code == 302:
                assert answer["Location"].startswith("/accounts/"), answer["Location"]


@pytest.mark.parametrize(("name", "path"), [a for a in ALL if a[0] not in PUBLIC | SIGN_IN])
def test_something_answers_at_each_closed_door(db: None, name: str, path: str) -> None:
    """Refused by sign-in and not by absence: at least one method leads there."""
    client = Client()
    codes = {client.get(path).status_code, client.post(path).status_code}
    assert codes & {302, 403}, (path, codes)


def test_nobody_signs_up_alone(db: None) -> None:
    page = Client().post("/accounts/signup/", {"username": "x", "password1": "y", "password2": "y"})
    assert page.status_code in (200, 302, 403, 404)
    from guanjia.staff.models import User

    assert not User.objects.exists()
