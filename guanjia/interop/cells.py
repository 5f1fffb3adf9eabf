"""One cell of a table read into a value, or refused with what a right one looks like."""

import difflib
import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from guanjia.kit import money
from guanjia.people.records import Value
from guanjia.policy.facts import Fact, Facts

DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 00?:00(?::00)?)?")
DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SERIAL = re.compile(r"[1-9][0-9]{4}")
YEAR_LAST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}")
YEAR_SHORT = re.compile(r"[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")
DAY_NOUGHT = date(1899, 12, 30)
"""Spreadsheets count days from here."""
WIDE = str.maketrans("－／．　", "-/. ")
MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
YES = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}
UNKNOWN = ("未知", "unknown")
ELSEWHERE = ("外地", "elsewhere")
COLUMNS = ("born_on", "sex")
"""Facts that are columns of the table of persons."""


class BadCell(ValueError):
    """A cell that cannot be read; the text says what a right one looks like."""


def day(text: str) -> date:
    """'2020-01-05', '2020/1/5', '2020.1.5', '2020年1月5日', '20200105', or a spreadsheet's number of
    days, 43835. A year in two digits, or behind day and month, could mean two days. Raises BadCell.
    """
    plain = text.translate(WIDE).strip()
    found = DAY.fullmatch(plain) or DIGITS.fullmatch(plain)
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    if SERIAL.fullmatch(plain):
        return DAY_NOUGHT + timedelta(days=int(plain))
    if YEAR_LAST.fullmatch(plain):
        raise BadCell(
            _("“%(text)s”分不清哪个是月、哪个是日。请把年写在最前面：2020-01-05。") % {"text": text}
        )
    if YEAR_SHORT.fullmatch(plain):
        raise BadCell(_("“%(text)s”的年份要写四位。请写成 2020-01-05。") % {"text": text})
    raise BadCell(_("“%(text)s”不是日期。请写成 2020-01-05。") % {"text": text})


def month(text: str) -> date:
    """The first day of '2020-01' (or of the month of a whole date). Raises BadCell."""
    found = MONTH.fullmatch(text.strip())
    if found and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    if DAY.fullmatch(text.strip()) or DIGITS.fullmatch(text) or SERIAL.fullmatch(text):
        return day(text).replace(day=1)
    raise BadCell(_("“%(text)s”不是月份。请写成 2020-01。") % {"text": text})


def yes_no(text: str) -> bool:
    """'是' or '否'. Raises BadCell."""
    found = YES.get(text.strip().lower())
    if found is None:
        raise BadCell(_("“%(text)s”看不懂。请写“是”或“否”。") % {"text": text})
    return found


def fen(text: str) -> int:
    """An amount in yuan. Raises BadCell."""
    try:
        return money.read(text)
    except money.NotMoney as problem:
        raise BadCell(str(problem)) from None


def choice(text: str, words: dict[str, str]) -> str:
    """A code, or the word that stands for it. Raises BadCell."""
    for code, word in words.items():
        if text.strip() in (code, word):
            return code
    raise BadCell(
        _("“%(text)s”不在可填的内容里。可填：%(words)s。")
        % {"text": text, "words": "、".join(words.values())}
    )


def writable(fact: Fact) -> bool:
    """Whether a table of facts may name it: neither derived nor a column of another table."""
    return not fact.derived_from and fact.name not in COLUMNS


def fact(declared: Iterable[Fact], facts: Facts, text: str) -> Fact:
    """The fact of this name or Chinese name, of the right unit. Raises BadCell with the nearest."""
    known = {name: f for f in declared if writable(f) for name in (f.name, f.label)}
    if text in known:
        return known[text]
    other = {name for f in (*facts.person, *facts.household) for name in (f.name, f.label)}
    if text in other - set(known):
        raise BadCell(_("“%(text)s”不写在这张表里。请看填写说明。") % {"text": text})
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.3)
    hint = _("是不是“%(near)s”？") % {"near": near[0]} if near else ""
    raise BadCell(_("没有叫“%(text)s”的情况。%(hint)s") % {"text": text, "hint": hint})


def value(declared: Fact, text: str) -> Value:
    """A fact's value; money in fen, None for 未知. Raises BadCell."""
    text = text.strip()
    if text in UNKNOWN and text not in declared.choices:
        return None
    if declared.type == "yes_no":
        return yes_no(text)
    if declared.type == "choice":
        return choice(text, declared.choices)
    if declared.type == "day":
        return day(text)
    if declared.type == "place":
        return _place(text)
    return _number(declared, text)


def show(declared: Fact, what: Value) -> str:
    """The value as a cell: what `value` reads back."""
    if what is None:
        return UNKNOWN[0]
    if declared.type == "yes_no":
        return "是" if what else "否"
    if declared.type == "fen" and isinstance(what, int):
        sign = "-" if what < 0 else ""
        return f"{sign}{abs(what) // 100}.{abs(what) % 100:02d}"
    if declared.type == "choice":
        return declared.choices[str(what)]
    return ELSEWHERE[0] if what == ELSEWHERE[1] else str(what)


def _place(text: str) -> str:
    if text in ELSEWHERE:
        return ELSEWHERE[1]
    if text.isdecimal() and len(text) in (6, 9, 12):
        return text
    raise BadCell(_("“%(text)s”不是区划代码。请写12位代码，外地写“外地”。") % {"text": text})


def _number(declared: Fact, text: str) -> int:
    number = fen(text) if declared.type == "fen" else _whole(text)
    low, high = declared.minimum, declared.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        shown = [show(declared, limit) for limit in (low, high) if limit is not None]
        raise BadCell(
            _("“%(text)s”超出范围：%(range)s。") % {"text": text, "range": _(" 至 ").join(shown)}
        )
    return number


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise BadCell(_("“%(text)s”不是整数。") % {"text": text})
    return int(text)
