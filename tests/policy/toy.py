"""Small books for tests: the shipped facts, chapters as text."""

import json

from guanjia.policy import book, facts
from guanjia.policy.book import Book

HEAD = """
title = "试"
en = "Toy"
summary = "试验用的一章。"
unit = "{unit}"
cadence = "month"
asked = true
starts = "month after approval"
day = "first of month"
place = "home"
notice = "name, amount"
law = "试行办法"
status = "found"
"""

LINE = """
[[figure.line]]
label = "标准"
since = 2020-01-01
value = "632 元/人·月"
law = "试行办法"
"""


def chapter(holds: str = "alive", pays: str = "line", unit: str = "person", more: str = "") -> str:
    """The text of a chapter with one condition, one amount and the figure `line`."""
    return f"""{HEAD.format(unit=unit)}{LINE}{more}
[[condition]]
code = "only"
label = "条件"
en = "Condition"
holds = '''{holds}'''
law = "第一条"

[[amount]]
code = "sum"
label = "金额"
en = "Amount"
pays = '''{pays}'''
law = "第二条"
"""


def text(chapters: dict[str, str], relations: str = "", city: str = "441900") -> str:
    """The canonical text of a book."""
    files = {f"chapters/{code}/chapter.toml": body for code, body in chapters.items()}
    files |= {"facts.toml": facts.FILE.read_text(encoding="utf-8"), "relations.toml": relations}
    return json.dumps({"city": city, "files": files})


def make(chapters: dict[str, str], relations: str = "") -> Book:
    """A book. Raises BookError."""
    return book.from_text(text(chapters, relations))


def relation(giver: str, taker: str, kind: str, more: str = "") -> str:
    """One relation as text."""
    return f"""
[[relation]]
giver = "{giver}"
taker = "{taker}"
is = "{kind}"
law = "试行办法"
status = "found"
{more}
"""
