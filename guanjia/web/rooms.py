"""The rooms of the staff's rail. A room whose address does not exist, or that the post may not
enter, is not shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanjia.staff.roles import May


@dataclass(frozen=True, slots=True)
class Room:
    """One entry: `name` is the URL name of its first page, `may` what its door asks."""

    name: str
    label: Promise | str
    short: Promise | str
    icon: str
    may: May | None = None


ROOMS = (
    Room("home", _("首页"), _("首页"), "home"),
    Room("inbox", _("诉求"), _("诉求"), "mail", May.HANDLE_CASES),
    Room("intake", _("登记诉求"), _("登记"), "phone", May.TAKE_IN),
    Room("express", _("莞家速递"), _("速递"), "switch-horizontal", May.HANDLE_CASES),
    Room("callbacks", _("回访"), _("回访"), "phone", May.HANDLE_CASES),
    Room("scoreboard", _("办得怎么样"), _("成绩"), "scale", May.HANDLE_CASES),
    Room("topics", _("热点难点"), _("热点"), "clipboard-search", May.HANDLE_CASES),
    Room("people", _("人员"), _("人员"), "users", May.SEE_PEOPLE),
    Room("desk", _("复核 · 核对"), _("复核"), "list-check", May.SEE_MONEY),
    Room("leads", _("应享未享 · 存疑"), _("线索"), "clipboard-search", May.SETTLE_LEADS),
    Room("runs", _("发放"), _("发放"), "cash-banknote", May.SEE_MONEY),
    Room("bank", _("银行回盘"), _("回盘"), "building-bank", May.SEE_MONEY),
    Room("overpayments", _("多发"), _("多发"), "history", May.SEE_MONEY),
    Room("ledger", _("账本"), _("账本"), "receipt-yuan", May.SEE_MONEY),
    Room("imports", _("导入"), _("导入"), "upload", May.SEE_IMPORTS),
    Room("book", _("政策簿"), _("政策簿"), "book-2"),
    Room("reads", _("查阅日志"), _("日志"), "search", May.READ_LOG),
    Room("what_ifs", _("试算"), _("试算"), "scale", May.SEE_DRAFTS),
    Room("posts", _("岗位与账号"), _("岗位"), "key", May.MANAGE_POSTS),
)


def address(name: str) -> str | None:
    """The path of a URL name without arguments, or None where no such page exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def entered(may: Mapping[str, bool], path: str) -> list[dict[str, object]]:
    """The rooms a post may enter, in order, with `here` on the one that `path` stands in."""
    open_to = [r for r in ROOMS if r.may is None or may.get(r.may.value)]
    found = [(r, address(r.name)) for r in open_to]
    shown = [(r, url) for r, url in found if url is not None]
    inside = [url for _r, url in shown if path.startswith(url) and (url != "/" or path == "/")]
    here = max(inside, key=len, default="")
    return [{"room": r, "url": url, "here": url == here} for r, url in shown]
