"""Who works in the demonstration: accounts, posts, second factors, and the word that opens them."""

import secrets
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from guanjia.interop.synthetic import scene
from guanjia.policy.words import listed, told, word
from guanjia.staff import roles
from guanjia.staff.models import User
from guanjia.web.posts import accounts

SINCE = date(2019, 1, 1)
WORDS = (
    "lizhi",
    "longyan",
    "mugua",
    "hehua",
    "rongshu",
    "mumian",
    "caihong",
    "longzhou",
    "yueju",
    "zaocha",
)


class OnlyInDemo(RuntimeError):
    """Second factors are told for accounts of a demonstration alone."""


class Desk(NamedTuple):
    """One account of the demonstration, at a place."""

    name: str
    full_name: str
    role: str
    place: str
    shows: str


def desks() -> list[Desk]:
    """Those that the city's demo.toml names. Raises OnlyInDemo where the city has none."""
    file: Path = settings.GUANJIA_CITY / scene.FILE
    if not file.exists():
        raise OnlyInDemo(
            word(
                "{file} 不存在：演示要写明账号坐在哪里（[[desk]]），可参照自带城市的同名文件。",
                file=file,
            )
        )
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["desk"]
    return [Desk(**row | {"shows": told(row["shows"])}) for row in rows]


def new_password() -> str:
    """A word one can type, different in every house."""
    return "-".join(
        [*(secrets.choice(WORDS) for _ in range(3)), f"{secrets.randbelow(9000) + 1000}"]
    )


@transaction.atomic
def open_accounts(password: str) -> None:
    """The demonstration's accounts, all with one password; second factors where the role asks."""
    for desk in desks():
        user = accounts.open_account(desk.name, desk.full_name, desk.role, desk.place, SINCE)
        user.set_password(password)
        user.save(update_fields=["password"])
        if desk.role in roles.SECOND_FACTOR and not _factors(user).exists():
            totp.TOTP.activate(user, totp.generate_totp_secret())


def named(name: str) -> User:
    """The user with this name. Raises OnlyInDemo where there is none."""
    user = User.objects.filter(username=name).first()
    if user is None:
        known = listed(desk.name for desk in desks())
        raise OnlyInDemo(word("没有“{name}”这个演示账号。可选：{known}。", name=name, known=known))
    return user


def holder(role: str) -> User:
    """Who holds a role in the demonstration. Raises OnlyInDemo where nobody does."""
    found = next((desk.name for desk in desks() if desk.role == role), None)
    if found is None:
        parts = {"file": scene.FILE, "role": roles.NAMES[role]}
        raise OnlyInDemo(word("{file} 里没有“{role}”岗位的账号，演示办不下去。", **parts))
    return named(found)


def code(name: str) -> str:
    """The second factor of this moment. Raises OnlyInDemo outside a folder marked as demonstration."""
    if settings.GUANJIA_DEMO_DAY is None:
        raise OnlyInDemo(word("动态码只在演示数据目录里提供；这里不是演示。请用手机上的验证器。"))
    factor = _factors(named(name)).first()
    if factor is None:
        raise OnlyInDemo(word("{name} 不需要动态码，输入密码就能登录。", name=name))
    counter = int(time.time()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(decrypt(factor.data["secret"]), counter)))


def _factors(user: User) -> "QuerySet[Authenticator]":
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return found.filter(type=Authenticator.Type.TOTP)
