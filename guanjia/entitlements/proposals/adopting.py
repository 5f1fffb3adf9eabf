"""What a new book changes against the one in force: figures, sentences, amounts, examples. No database."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Dated, FigureRow, Sentence
from guanjia.policy.words import brackets, day, word


class Line(NamedTuple):
    """One change: '+' comes, '-' goes; the law that it rests on, '' where it needs none."""

    sign: str
    text: str
    law: str

    def __str__(self) -> str:
        law = word("，{law}", law=self.law) if self.law else ""
        return f"{self.sign} {self.text}{law}"


class Section(NamedTuple):
    """The changes of a chapter; of the relations between benefits where `code` is ''."""

    title: str
    code: str
    lines: list[Line]


def sections(old: Book | None, new: Book) -> list[Section]:
    """All changes, chapter by chapter; chapters without any are left out."""
    before = {c.code: c for c in old.chapters} if old else {}
    after = {c.code: c for c in new.chapters}
    found = []
    for code in dict.fromkeys([*after, *before]):
        title = (after.get(code) or before[code]).title
        found.append(Section(title, code, list(_of_chapter(before.get(code), after.get(code)))))
    pairs = _compared(_relations(old) if old else [], _relations(new))
    found.append(Section(word("待遇之间的关系"), "", list(pairs)))
    return [section for section in found if section.lines]


def differences(old: Book | None, new: Book) -> list[str]:
    """The same as lines for a terminal."""
    lines: list[str] = []
    for section in sections(old, new):
        lines += [f"{section.title}{brackets(section.code) if section.code else ''}"]
        lines += [f"  {line}" for line in section.lines]
    return lines


def _of_chapter(old: Chapter | None, new: Chapter | None) -> Iterator[Line]:
    for told in (_figures, _sentences, _examples):
        yield from _compared(told(old) if old else [], told(new) if new else [])


def _compared(before: Iterable[Line], after: Iterable[Line]) -> Iterator[Line]:
    """Lines as they are, told with the sign of what became of them."""
    was, comes = list(before), list(after)
    yield from (line._replace(sign="-") for line in was if line not in comes)
    yield from (line._replace(sign="+") for line in comes if line not in was)


def _figures(chapter: Chapter) -> Iterator[Line]:
    for rows in chapter.figures.values():
        for row in rows:
            yield Line("", _figure(row), row.law)


def _figure(row: FigureRow) -> str:
    where = brackets(row.where) if row.where else ""
    parts = {"label": row.label, "where": where, "shown": row.shown, "period": _period(row)}
    return word("标准 {label}{where} {shown}，{period}", **parts)


def _sentences(chapter: Chapter) -> Iterator[Line]:
    for condition in chapter.conditions:
        yield Line("", word("条件 {told}", told=_sentence(condition)), condition.law)
    for amount in chapter.amounts:
        yield Line("", word("金额 {told}", told=_sentence(amount)), amount.law)


def _sentence(sentence: Sentence) -> str:
    parts = {"label": sentence.label, "rule": " ".join(sentence.text.split())}
    return word("{label}：{rule}，{period}", **parts, period=_period(sentence))


def _examples(chapter: Chapter) -> Iterator[Line]:
    for example in chapter.examples:
        parts = {"title": example.title, "month": f"{example.month:%Y-%m}"}
        yield Line("", word("例子 {title}（{month}）：{what}", **parts, what=example.expects), "")


def _period(row: Dated) -> str:
    if row.since is None:
        return word("一直") if row.until is None else word("至 {until}", until=day(row.until))
    if row.until is None:
        return word("自 {since}", since=day(row.since))
    return word("自 {since} 至 {until}", since=day(row.since), until=day(row.until))


def _relations(book: Book) -> list[Line]:
    titles = {chapter.code: chapter.title for chapter in book.chapters}
    kinds = {
        "exclude": word("有前一项就不发后一项"),
        "higher_only": word("只发金额高的一项"),
        "top_up": word("后一项只补高出的部分"),
        "compatible": word("可以同时享受"),
    }
    found = []
    for r in book.relations:
        parts = {"giver": titles[r.giver], "taker": titles[r.taker], "kind": kinds[r.kind]}
        told = word("{giver} → {taker}：{kind}，{period}", **parts, period=_period(r))
        found.append(Line("", told, r.law))
    return found
