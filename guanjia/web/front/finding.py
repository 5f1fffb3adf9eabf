"""What the search of the front page looks through: ways of help, benefits, services, places. Public data alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanjia.concerns.matters.city import the_brand
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.places.models import Place
from guanjia.policy.book import BookError
from guanjia.web.book import the_book

LONGEST = 40
MOST = 8  # of one kind
WHOLE = 100
NOTHING = re.compile(r"[\s、，。；：（）()“”·]")
# What the house does for a resident: address, title, what it is, words by which somebody would look for it.
SERVICES: tuple[tuple[str, Promise, Promise, str], ...] = (
    ("ask", _("说一件事"), _("有困难、有意见、想求助，说一声就行。"), "求助投诉建议反映报修"),
    ("case", _("查办理进度"), _("凭查询码和电话，看办到哪一步了。"), "进度查询回执查询码"),
    ("mine", _("我的诉求"), _("用手机验证码，看您提过的所有事。"), "我的事验证码登录手机号邮箱"),
    ("due", _("看看能享受什么"), _("答几个问题，就知道您家可以领什么。"), "补贴低保救助津贴资格"),
    (
        "near",
        _("附近的莞家驿站"),
        _("您的村（社区）归谁管、有什么服务点。"),
        "地址驿站服务点在哪里",
    ),
    ("book", _("政策簿"), _("每项待遇的标准、条件和依据。"), "政策标准文件依据"),
    ("scoreboard", _("办得怎么样"), _("反馈率、满意率，谁都可以重算。"), "反馈率满意率公开统计"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its name, what it is, where it stands."""

    name: str
    says: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    title: str
    hits: list[Hit]


def found(text: str) -> list[Group]:
    """What answers to a text, by kind, the nearest first; nothing for an empty one."""
    wanted = text.strip()[:LONGEST]
    if not wanted:
        return []
    groups = [
        Group(gettext("能办的事"), _best(wanted, _services())),
        Group(gettext("补贴和救助"), _best(wanted, _benefits())),
        Group(gettext("哪一类的事"), _best(wanted, _categories())),
        Group(gettext("地方"), _best(wanted, _places(wanted))),
    ]
    return [group for group in groups if group.hits]


def score(wanted: str, name: str, more: str) -> int:
    """How near a text is to what somebody typed: the whole in the name, in the rest, or its pairs."""
    sought, named, rest = (NOTHING.sub("", text).lower() for text in (wanted, name, more))
    if not sought:
        return 0
    if sought in named:
        return 3 * WHOLE - len(named)
    if sought in rest:
        return 2 * WHOLE
    pairs = {sought[at : at + 2] for at in range(len(sought) - 1)}
    hit = sum(pair in named or pair in rest for pair in pairs)
    return WHOLE * hit // len(pairs) if hit * 2 >= len(pairs) and hit else 0


def _best(wanted: str, offered: Iterable[tuple[Hit, str]]) -> list[Hit]:
    rated = [(score(wanted, hit.name, hit.says + more), hit) for hit, more in offered]
    good = sorted((r for r in rated if r[0]), key=lambda r: -r[0])
    return [hit for _score, hit in good[:MOST]]


def _services() -> Iterator[tuple[Hit, str]]:
    for name, title, says, more in SERVICES:
        yield Hit(str(title), str(says), reverse(name)), more


def _benefits() -> Iterator[tuple[Hit, str]]:
    try:
        book = the_book.shown().book
    except BookError:
        return
    for chapter in book.chapters:
        yield Hit(chapter.title, chapter.summary, reverse("chapter", args=[chapter.code])), ""


def _categories() -> Iterator[tuple[Hit, str]]:
    known = the_brand()
    names = {b.code: str(b) for b in known.brands}
    for one in known.categories.values():
        yield (
            Hit(str(one), one.says, f"{reverse('ask')}?category={one.code}"),
            names.get(one.brand, ""),
        )


def _places(wanted: str) -> Iterator[tuple[Hit, str]]:
    """Towns and communities; by pinyin too, as far as the register has it."""
    city = the_brand().city
    known = {p.code: p for p in places.under(city)}
    for code, place in known.items():
        if len(code) > places.CITY:
            spelt = place.pinyin.replace(" ", "") + " " + place.initials
            yield (
                Hit(_name(place, known), "", f"{reverse('near')}?place={code}"),
                spelt if wanted.isascii() else "",
            )


def _name(place: Place, known: dict[str, Place]) -> str:
    names = {code: str(known[code]) for code in (place.code[: places.TOWN], place.code)}
    return people_words.place_words(place.code, names)
