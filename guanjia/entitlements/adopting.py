"""What a new book changes against the one in force: figures, sentences, amounts, examples. No database."""

from collections.abc import Iterable, Iterator

from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Dated, FigureRow, Sentence
from guanjia.policy.words import brackets, word


def differences(old: Book | None, new: Book) -> list[str]:
    """One line a change, chapter by chapter; '+' comes, '-' goes."""
    before = {c.code: c for c in old.chapters} if old else {}
    after = {c.code: c for c in new.chapters}
    lines: list[str] = []
    for code in dict.fromkeys([*after, *before]):
        title = (after.get(code) or before[code]).title
        changed = list(_of_chapter(before.get(code), after.get(code)))
        lines += [title + brackets(code), *(f"  {line}" for line in changed)] if changed else []
    gone = _relations(old) if old else set[str]()
    lines += [f"- {line}" for line in sorted(gone - _relations(new))]
    lines += [f"+ {line}" for line in sorted(_relations(new) - gone)]
    return lines


def _of_chapter(old: Chapter | None, new: Chapter | None) -> Iterator[str]:
    kinds: tuple[tuple[list[str], list[str]], ...] = tuple(
        (list(told(old)) if old else [], list(told(new)) if new else [])
        for told in (_figures, _sentences, _examples)
    )
    for before, after in kinds:
        yield from (f"- {line}" for line in before if line not in after)
        yield from (f"+ {line}" for line in after if line not in before)


def _figures(chapter: Chapter) -> Iterator[str]:
    for rows in chapter.figures.values():
        for row in rows:
            yield _figure(row)


def _figure(row: FigureRow) -> str:
    where = brackets(row.where) if row.where else ""
    return word(
        "标准 {label}{where} {shown}，{period}，{law}",
        label=row.label,
        where=where,
        shown=row.shown,
        period=_period(row),
        law=row.law,
    )


def _sentences(chapter: Chapter) -> Iterator[str]:
    sentences: Iterable[tuple[str, Sentence]] = (
        *((word("条件"), c) for c in chapter.conditions),
        *((word("金额"), a) for a in chapter.amounts),
    )
    for kind, sentence in sentences:
        text = " ".join(sentence.text.split())
        yield word(
            "{kind} {label}：{text}，{period}，{law}",
            kind=kind,
            label=sentence.label,
            text=text,
            period=_period(sentence),
            law=sentence.law,
        )


def _examples(chapter: Chapter) -> Iterator[str]:
    for example in chapter.examples:
        yield word(
            "例子 {title}（{month}）：{expects}",
            title=example.title,
            month=f"{example.month:%Y-%m}",
            expects=example.expects,
        )


def _period(row: Dated) -> str:
    since = word("自 {since}", since=f"{row.since:%Y-%m-%d}") if row.since else word("一直")
    return (
        word("{since} 至 {until}", since=since, until=f"{row.until:%Y-%m-%d}")
        if row.until
        else since
    )


def _relations(book: Book) -> set[str]:
    return {
        word(
            "关系 {giver} → {taker}：{kind}，{period}，{law}",
            giver=r.giver,
            taker=r.taker,
            kind=r.kind,
            period=_period(r),
            law=r.law,
        )
        for r in book.relations
    }
