"""What a person writes or chooses, read as a value that the rules know, or refused in plain words."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from guanjia.policy.book import Book
from guanjia.policy.facts import UNKNOWN, BadFact, Fact, Value
from guanjia.policy.family import HOUSEHOLD
from guanjia.web.due import words

Key = tuple[str, int]
"""A fact's name, and of whom: the place in the household, or HOUSEHOLD."""

OLDEST = date(1890, 1, 1)
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
LONGEST = 40
DAY_PARTS = ("y", "m", "d")


class BadAnswer(ValueError):
    """An answer that cannot be used; the text says what a right one looks like."""


def field(key: Key) -> str:
    """The name of a question's field: `born_on.0`; the household's own are `deposits.home`."""
    name, unit = key
    return f"{name}.{'home' if unit == HOUSEHOLD else unit}"


def key_of(book: Book, people: int, text: str) -> tuple[Fact, Key]:
    """The question that a field's name stands for. Raises BadAnswer where nobody asks such a one."""
    name, _dot, unit = text.rpartition(".")
    fact = book.facts.find(name)
    if fact is not None and fact.ask:
        if fact.of == "household" and unit == "home":
            return fact, (name, HOUSEHOLD)
        if fact.of == "person" and unit in map(str, range(people)):
            return fact, (name, int(unit))
    raise BadAnswer(_("没有“%(name)s”这个问题。") % {"name": text[:LONGEST]})


def written(fact: Fact, key: Key, form: Mapping[str, str]) -> str:
    """What was typed or chosen for a question, as one text; '' where nothing was."""
    name = field(key)
    unsure = form.get(f"{name}.not") == "yes"
    if fact.type == "day":
        parts = [form.get(f"{name}.{part}", "").strip() for part in DAY_PARTS]
        text = "-".join(parts) if any(parts) else ""
    else:
        text = form.get(name, "").strip()
    return f"{words.UNKNOWN} {text}".strip() if unsure else text


def read(book: Book, today: date, fact: Fact, text: str) -> Value:
    """The value of an answer. Raises BadAnswer."""
    if text == words.UNKNOWN:
        return UNKNOWN
    if not text:
        raise BadAnswer(_("这一项还没有答。") + _missing(fact))
    if text.startswith(f"{words.UNKNOWN} "):
        raise BadAnswer(_("既写了答案，又勾了“不知道”。请只留一样。"))
    if fact.type == "day" and not all(text.split("-")):
        raise BadAnswer(_("年、月、日要写全。") + words.right(fact))
    try:
        value = fact.read(_typed(book, fact, text.translate(DIGITS)))
    except (BadFact, ValueError):
        raise BadAnswer(
            _("“%(text)s”读不懂。") % {"text": text[:LONGEST]} + words.right(fact)
        ) from None
    if isinstance(value, date) and not OLDEST <= value <= today:
        raise BadAnswer(
            _("这一天在今天之后。") if value > today else _("这一年太早了，请核对年份。")
        )
    return value


def _missing(fact: Fact) -> str:
    if words.choices(fact):
        return _("请选一项；说不准就选“不知道”。")
    return words.right(fact) + _("说不准就勾“不知道”。")


def _typed(book: Book, fact: Fact, text: str) -> object:
    """The text as what Fact.read takes. Raises ValueError."""
    if words.choices(fact) and text not in dict(words.choices(fact)):
        raise ValueError(text)
    if fact.type == "yes_no":
        return text == "yes"
    if fact.type == "place":
        return book.city if text == "local" else text
    if fact.type == "whole" and text.isdecimal():
        return int(text)
    if fact.type == "day":
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    return text
