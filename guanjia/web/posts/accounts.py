"""Opening staff accounts from the command line: the account, its post, and a link that works once."""

import tomllib
from datetime import date
from pathlib import Path

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from guanjia.places.models import Place
from guanjia.policy.words import brackets, listed, word
from guanjia.staff import actions, roles
from guanjia.staff.errors import PostError
from guanjia.staff.models import Post, User


class BadAccount(ValueError):
    """The account cannot be opened: why, and what a right one looks like."""


@transaction.atomic
def open_account(username: str, full_name: str, role: str, place: str, since: date) -> User:
    """The account with this post, made where missing. Raises BadAccount."""
    if role not in roles.NAMES:
        known = listed(code + brackets(str(name)) for code, name in roles.NAMES.items())
        raise BadAccount(word("没有“{role}”这个岗位。可选：{known}。", role=role, known=known))
    if not Place.objects.filter(code=place).exists():
        raise BadAccount(
            word(
                "没有代码为 {place} 的地方。请用区划代码：市 6 位、镇街 9 位、村居 12 位。",
                place=place,
            )
        )
    user = User.objects.filter(username=username).first() or _new(username, full_name)
    held = Post.objects.filter(user=user, role=role, place_id=place, until=None)
    if not held.exists():
        try:
            actions.open_post(actions.NewPost(user, role, place, since))
        except PostError as problem:
            raise BadAccount(str(problem)) from None
    return user


def new_account(username: str, full_name: str) -> User:
    """An account without a post or a password. Raises BadAccount."""
    return _new(username, full_name)


def _new(username: str, full_name: str) -> User:
    user = User(username=username, full_name=full_name)
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as problem:
        raise BadAccount(
            word(
                "账号名“{username}”不能用：{why}",
                username=username,
                why=" ".join(problem.messages),
            )
        ) from None
    user.save()
    return user


def one_time_link(user: User, address: str) -> str:
    """Where the user sets a password. It ends with the first use, or after three days."""
    key = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
    )
    return address + path


def administrators_can_sign_in() -> bool:
    """Whether any administrator has set a password."""
    found = Post.objects.filter(role=roles.ADMINISTRATOR).select_related("user")
    return any(post.user.has_usable_password() for post in found)


def city_code(folder: Path) -> str:
    """The code of the city that a city folder describes."""
    code = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))["code"]
    return str(code)
