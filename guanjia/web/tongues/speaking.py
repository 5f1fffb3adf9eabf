"""The language of a page: which there are, and how the book's own words are told in it.

English stands beside the book's words or in the catalogue; Traditional is converted, character by phrase.
"""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext

from guanjia.policy.words import Speaker
from guanjia.web.tongues.traditional import traditional

SOURCE = settings.LANGUAGE_CODE
TRADITIONAL, ENGLISH = "zh-hant", "en"
BOOK = "book"  # the context under which the catalogue keeps the book's words
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
