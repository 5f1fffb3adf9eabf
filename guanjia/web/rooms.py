"""The rooms of the staff's rail, in few groups. A room whose address does not exist, or that the post
may not enter, is not shown, nor is a group without a room."""

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


@dataclass(frozen=True, slots=True)
class Group:
    """Rooms that stand together under one heading; '' for none."""

    code: str
    label: Promise | str
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A room as a post sees it; `here` where one stands in it."""

    room: Room
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """What a post may enter: by group; and the few that a phone keeps under the thumb."""

    groups: list[tuple[Group, list[Entry]]]
    near: list[Entry]


NEAR = 3
GROUPS = (
    Group("home", "", (Room("home", _("首页"), _("首页"), "home"),)),
    Group(
        "requests",
        _("民生诉求"),
        (
            Room("inbox", _("办理诉求"), _("诉求"), "mail", May.HANDLE_CASES),
            Room("intake", _("登记诉求"), _("登记"), "phone", May.TAKE_IN),
            Room("callbacks", _("回访"), _("回访"), "phone", May.HANDLE_CASES),
            Room("express", _("莞家速递"), _("速递"), "switch-horizontal", May.HANDLE_CASES),
        ),
    ),
    Group(
        "people",
        _("一户一档"),
        (
            Room("people", _("人员"), _("人员"), "users", May.SEE_PEOPLE),
            Room("desk", _("复核 · 核对"), _("复核"), "list-check", May.SEE_MONEY),
            Room("imports", _("导入"), _("导入"), "upload", May.SEE_IMPORTS),
        ),
    ),
    Group(
        "money",
        _("待遇发放"),
        (
            Room("leads", _("应享未享 · 存疑"), _("线索"), "clipboard-search", May.SETTLE_LEADS),
            Room("runs", _("发放"), _("发放"), "cash-banknote", May.SEE_MONEY),
            Room("bank", _("银行回盘"), _("回盘"), "building-bank", May.SEE_MONEY),
            Room("overpayments", _("多发"), _("多发"), "history", May.SEE_MONEY),
            Room("ledger", _("账本"), _("账本"), "receipt-yuan", May.SEE_MONEY),
        ),
    ),
    Group(
        "book",
        _("政策"),
        (
            Room("book", _("政策簿"), _("政策簿"), "book-2"),
            Room("what_ifs", _("试算"), _("试算"), "scale", May.SEE_DRAFTS),
        ),
    ),
    Group(
        "numbers",
        _("统计分析"),
        (
            Room("scoreboard", _("办得怎么样"), _("成绩"), "scale", May.HANDLE_CASES),
            Room("topics", _("热点难点"), _("热点"), "clipboard-search", May.HANDLE_CASES),
        ),
    ),
    Group(
        "house",
        _("系统"),
        (
            Room("reads", _("查阅日志"), _("日志"), "search", May.READ_LOG),
            Room("posts", _("岗位与账号"), _("岗位"), "key", May.MANAGE_POSTS),
        ),
    ),
)


def address(name: str) -> str | None:
    """The path of a URL name without arguments, or None where no such page exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def entered(may: Mapping[str, bool], path: str) -> Rail:
    """The rooms a post may enter, in order, with `here` on the one that `path` stands in."""
    open_to = {
        room.name: url
        for group in GROUPS
        for room in group.rooms
        if (room.may is None or may.get(room.may.value)) and (url := address(room.name))
    }
    inside = [u for u in open_to.values() if path.startswith(u) and (u != "/" or path == "/")]
    here = max(inside, key=len, default="")
    groups = []
    for group in GROUPS:
        seen = [r for r in group.rooms if r.name in open_to]
        if seen:
            rows = [Entry(r, open_to[r.name], open_to[r.name] == here) for r in seen]
            groups.append((group, rows))
    return Rail(groups, [entry for _group, rows in groups for entry in rows][:NEAR])
