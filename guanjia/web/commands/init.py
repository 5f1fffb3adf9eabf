"""`guanjia init`: roles, migrations, places, and the first administrator by a link that works once."""

import os
from collections.abc import Callable

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.house import external, start
from guanjia.web.house.home import ensure

ASK_THE_DBA = 3


def main(words: list[str]) -> int:
    """Make the house ready; again and again is harmless."""
    wanted = options("init", word("建库、迁移、装入本市区划、开第一位管理员。"))
    wanted.add_argument(
        "--admin", default="admin", metavar="NAME", help=word("第一位管理员的账号名")
    )
    wanted.add_argument(
        "--address",
        default="http://127.0.0.1:8000",
        metavar="URL",
        help=word("网站地址，写进一次性链接"),
    )
    asked = wanted.parse_args(words)
    ensure()
    if os.environ.get("DATABASE_URL"):
        try:
            said = external.prepare()
        except external.AskTheDBA as needed:
            print(needed)
            return ASK_THE_DBA
        if said:
            print(said)
    with start.house(migrated=False) as house:
        with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()) as bar:
            task = bar.add_task(word("建库"), total=None)
            prepare(lambda done, total: bar.update(task, completed=done, total=total))
        print(word("数据目录：{home}", home=house.home))
        print(_administrator(asked.admin, asked.address.rstrip("/")))
    return 0


def prepare(step: Callable[[int, int], None]) -> None:
    """Inside a house: migrate as the owner, telling `step(done, total)`; load the city's places."""
    from django.conf import settings

    from guanjia.places import actions as places
    from guanjia.web.house import schema

    with schema.as_owner(os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])):
        schema.refuse_newer()
        schema.migrate(step)
    places.load_city(settings.GUANJIA_CITY)


def _administrator(name: str, address: str) -> str:
    """What to say of the administrator; a link only where none can sign in yet."""
    from django.conf import settings

    from guanjia.kit import clock
    from guanjia.staff import roles
    from guanjia.web.posts import accounts

    if accounts.administrators_can_sign_in():
        return word("已有管理员。可以运行 guanjia serve。")
    city = accounts.city_code(settings.GUANJIA_CITY)
    user = accounts.open_account(name, "系统管理员", roles.ADMINISTRATOR, city, clock.today())
    return word(
        "管理员账号：{name}。请运行 guanjia serve，"
        "再在三天内打开这个链接设置密码（只能用一次）：\n  {link}",
        name=name,
        link=accounts.one_time_link(user, address),
    )
