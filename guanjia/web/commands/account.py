"""`guanjia account`: opens an account with a post, and prints the link by which its holder signs in."""

from django.conf import settings

from guanjia.kit import clock
from guanjia.policy.options import options
from guanjia.policy.words import listed, word
from guanjia.staff import roles
from guanjia.web.posts import accounts


def main(words: list[str]) -> int:
    """Open the account, or give an account that has no password yet a new link."""
    wanted = options("account", word("开账号、派岗位，打印一次性链接。"))
    wanted.add_argument("name", help=word("账号名，例如 wang"))
    wanted.add_argument("--full-name", default="", help=word("姓名"))
    wanted.add_argument(
        "--role", required=True, help=word("岗位：{codes}", codes=listed(roles.NAMES))
    )
    wanted.add_argument("--place", default="", help=word("区划代码（默认全市）"))
    wanted.add_argument("--address", default="http://127.0.0.1:8000", help=word("网站地址"))
    asked = wanted.parse_args(words)
    place = asked.place or accounts.city_code(settings.GUANJIA_CITY)
    user = accounts.open_account(
        asked.name, asked.full_name or asked.name, asked.role, place, clock.today()
    )
    print(
        word(
            "{user}（{username}）：{role} · {place}",
            user=user,
            username=user.username,
            role=roles.NAMES[asked.role],
            place=place,
        )
    )
    if not user.has_usable_password():
        print(word("设置密码的一次性链接，三天内有效："))
        print(f"  {accounts.one_time_link(user, asked.address.rstrip('/'))}")
    return 0
