"""The language of a page: which there are, and how the book's own words are told in it.

English stands beside the book's words or in the catalogue; Traditional is converted, character by phrase.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

import opencc
from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext

from guanjia.policy.words import Speaker

SOURCE = settings.LANGUAGE_CODE
TRADITIONAL, ENGLISH = "zh-hant", "en"
BOOK = "book"  # the context under which the catalogue keeps the book's words
# The converter follows Hong Kong's school forms; offices and keyboards there write these as Big5 does.
AS_TYPED = str.maketrans("户説脱税鋭閲悦兑藴温", "戶說脫稅銳閱悅兌蘊溫")
# Phrases that the converter reads wrongly here; names of places, and words, that keep their characters.
EXCEPTIONS = {
    **{"并发": "並發", "周岁": "周歲", "采用": "採用", "冲正": "沖正", "面积": "面積"},
    **{name: name for name in ("涌", "面積", "咸西", "余屋", "斗朗", "谷吓")},
}
EXCEPTION = re.compile("(" + "|".join(EXCEPTIONS) + ")")
TAGS = {SOURCE: "zh-CN", TRADITIONAL: "zh-HK", ENGLISH: "en"}


class Tongue(NamedTuple):
    """A language of the house: its code, what `lang` says, its own name, whether the page speaks it."""

    code: str
    tag: str
    name: str
    here: bool


def now() -> str:
    """The language of the page; that of the book where none is chosen."""
    return get_language() or SOURCE


def tag_of(code: str) -> str:
    """What a `lang` attribute says."""
    return TAGS[code]


def offered() -> list[Tongue]:
    """Every language of the house."""
    return [
        Tongue(code, tag_of(code), str(name), code == now()) for code, name in settings.LANGUAGES
    ]


@lru_cache(maxsize=8192)
def traditional(text: str) -> str:
    """Simplified characters as Hong Kong writes them, by phrases: 发放 → 發放, 头发 → 頭髮."""
    parts = EXCEPTION.split(text)
    return "".join(EXCEPTIONS.get(part) or _converted(part) for part in parts)


def large_units() -> list[tuple[int, str]]:
    """Units for large sums, the largest first: how many fen, and the word."""
    if now() == ENGLISH:
        return [(10**11, "billion yuan"), (10**8, "million yuan")]
    return [(10**10, gettext("亿元")), (10**6, gettext("万元"))]


def tell(text: str, en: str) -> str:
    """The book's words in the language of the page; as written where nobody has translated them."""
    if now() == TRADITIONAL:
        return traditional(text)
    return (en or pgettext(BOOK, text)) if now() == ENGLISH else text


def _converted(part: str) -> str:
    return str(_converter().convert(part)).translate(AS_TYPED)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2hk")


def _other_language() -> str:
    return "" if now() == SOURCE else now()


@lru_cache(maxsize=8192)
def _translated(_language: str, text: str) -> str:
    """An explanation says the same few words thousands of times."""
    return gettext(text)


def translate(text: str) -> str:
    """Our own words in the language of the page."""
    return _translated(now(), text)


SPEAKER = Speaker(_other_language, translate, tell)
