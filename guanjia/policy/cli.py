"""`guanjia policy check | show | explain`: the book from the command line, without a database."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from guanjia.kit import days
from guanjia.policy import family_file
from guanjia.policy.book import Book, BookError, city_folder, load
from guanjia.policy.chapter import Chapter, FigureRow
from guanjia.policy.decide import rules
from guanjia.policy.explain import explain
from guanjia.policy.explanation import Explanation, Sentence
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.options import Options, month_of, options
from guanjia.policy.retold import in_words
from guanjia.policy.words import ask, brackets, day, pair, per, word, yuan

MARKS = {"met": "✓", "unmet": "✗", "unknown": "？"}


def main(words: Sequence[str]) -> int:
    """Run one command; 0 fine, 1 something is wrong with what was given."""
    asked = _parser().parse_args(list(words))
    folder = asked.city or city_folder(os.environ)
    try:
        book = in_words(load(folder))
    except BookError as error:
        print(
            word("政策簿有 {count} 处问题，没有载入：", count=len(error.problems)), file=sys.stderr
        )
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 1
    commands = {"check": _check, "show": _show, "explain": _explain}
    return commands[asked.command](book, asked)


def _verdict(code: str) -> str:
    return {"met": word("符合"), "unmet": word("不符合")}.get(code) or ask()


def _status(code: str) -> str:
    """How sure a row is, in words."""
    return {
        "seed": word("据会议报道"),
        "found": word("有原文"),
        "derived": word("由他项算出"),
        "known": word("未核原文"),
        "assumption": word("假设"),
    }[code]


def _parser() -> Options:
    parser = options("policy", word("政策簿"))
    parser.add_argument(
        "--city", type=Path, help=word("城市文件夹（默认 GUANJIA_CITY 或自带的那一个）")
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help=word("检查每一章的写法、依据、日期和例子"))
    show = commands.add_parser("show", help=word("显示各章，或一章在某月的句子和数字"))
    show.add_argument("benefit", nargs="?", help=word("章节代码，例如 dibao"))
    show.add_argument("--month", type=month_of, help=word("月份，例如 2020-01（默认本月）"))
    told = commands.add_parser("explain", help=word("逐句说明一个家庭为什么应得或不应得"))
    told.add_argument("family", type=Path, help=word("家庭文件（TOML）"))
    told.add_argument("benefit", nargs="?", help=word("只看这一章"))
    told.add_argument("--month", type=month_of, help=word("月份（默认家庭文件里的，再默认本月）"))
    told.add_argument(
        "--granted", action="store_true", help=word("把符合的各项都当作已批准，看相互关系")
    )
    return parser


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def _check(book: Book, _options: argparse.Namespace) -> int:
    from guanjia.policy.check import check, uncovered

    problems = [str(problem) for problem in check(book)]
    problems += uncovered(book) if not problems else []
    for text in problems:
        print(f"✗ {text}", file=sys.stderr)
    examples = sum(len(chapter.examples) for chapter in book.chapters)
    today = _today()
    for chapter in book.chapters:
        for row in _unreviewed(chapter, today):
            print(f"! {chapter.title} · {row}")
    if problems:
        print(word("{count} 处问题。请改好再用。", count=len(problems)), file=sys.stderr)
        return 1
    print(
        word(
            "✓ {count} 章、{examples} 个例子，全部通过。修订号 {revision}",
            count=len(book.chapters),
            examples=examples,
            revision=book.revision[:12],
        )
    )
    return 0


def _unreviewed(chapter: Chapter, today: date) -> list[str]:
    rows = [chapter.figure_on(name, today) for name in chapter.figures]
    return [
        word(
            "{label} {shown}：未复核（自 {review_by} 起）",
            label=row.label,
            shown=row.shown,
            review_by=day(row.review_by),
        )
        for row in rows
        if row is not None and row.unreviewed(today) and row.review_by
    ]


def _show(book: Book, options: argparse.Namespace) -> int:
    month = options.month or days.add_months(_today(), 0)
    if options.benefit is None:
        for chapter in book.chapters:
            able = (
                ""
                if book.decidable(chapter.code, month)
                else brackets(word("{month} 没有规定", month=f"{month:%Y-%m}"))
            )
            print(f"{chapter.code:20}{chapter.title}{able}")
        return 0
    chosen = _chapter(book, options.benefit)
    if chosen is None:
        return 1
    _read_aloud(chosen, month)
    return 0


def _read_aloud(chapter: Chapter, month: date) -> None:
    print(f"{chapter.title}  {chapter.en}\n{chapter.summary}")
    print(word("依据：{law}", law=chapter.law) + "\n")
    for name in chapter.figures:
        label, row = chapter.figures[name][0].label, chapter.figure_on(name, month)
        print(word("  数字 {label}：{text}", label=label, text=_figure(row)))
    for define in chapter.defines:
        print(word("  定义 {label}：{text}", label=define.label, text=_line(define.text)))
    for condition in chapter.conditions_on(month):
        said = {"label": condition.label, "text": _line(condition.text), "law": condition.law}
        print(word("  条件 {label}：{text}（{law}）", **said))
    for amount in chapter.amounts_on(month):
        said = {"label": amount.label, "text": _line(amount.text), "law": amount.law}
        print(word("  金额 {label}：{text}（{law}）", **said))


def _figure(row: FigureRow | None) -> str:
    if row is None:
        return word("没有规定")
    said = {"shown": row.shown, "since": row.since, "law": row.law, "status": _status(row.status)}
    return word("{shown}（{since} 起；{law}；{status}）", **said)


def _line(text: str) -> str:
    return " ".join(text.split())


def _chapter(book: Book, code: str) -> Chapter | None:
    try:
        return book.chapter(code)
    except KeyError as problem:
        print(problem.args[0], file=sys.stderr)
        return None


def _explain(book: Book, options: argparse.Namespace) -> int:
    if options.benefit is not None and _chapter(book, options.benefit) is None:
        return 1
    try:
        written = family_file.load(options.family, book)
    except OSError as problem:
        print(
            word(
                "打不开家庭文件 {family}：{strerror}",
                family=options.family,
                strerror=problem.strerror,
            ),
            file=sys.stderr,
        )
        return 1
    except family_file.BadFamily as error:
        print(
            word(
                "家庭文件 {family} 有 {count} 处要改：",
                family=options.family,
                count=len(error.problems),
            ),
            file=sys.stderr,
        )
        for text in error.problems:
            print(f"  {text}", file=sys.stderr)
        return 1
    today = _today()
    month = options.month or written.month or days.add_months(today, 0)
    rules(book, month)
    for chapter in book.chapters:
        if options.benefit in (None, chapter.code):
            units = range(len(written.names)) if chapter.unit == "person" else (HOUSEHOLD,)
            for unit in units:
                why = explain(
                    *(book, month, written.family, chapter.code, unit, written.names, today),
                    assume_awarded=options.granted,
                )
                _print(why)
    return 0


def _print(why: Explanation) -> None:
    """One explanation, line by line."""
    if not why.decidable:
        print(f"── {pair(why.title, why.changes[0])}\n")
        return
    head = f"{why.title} · {why.who} · {why.month:%Y-%m}"
    print(f"── {pair(head, _result(why))}")
    for sentence in why.sentences:
        _print_sentence(sentence)
    for line in why.amounts:
        fen = ask() if line.fen is None else yuan(line.fen)
        made = {"label": line.label, "sum": fen, "reads": line.reads, "law": line.law}
        print(word("  ＋ {label} {sum}：{reads}（{law}）", **made))
    for cut in why.reductions:
        print(word("  － {sum}：{text}（{law}）", sum=yuan(cut.fen), text=cut.text, law=cut.law))
    for text in why.changes:
        print(f"  → {text}")
    print()


def _result(why: Explanation) -> str:
    """What comes out, in a few words."""
    if why.entitled is None:
        return ask()
    if not why.entitled:
        return word("不应得")
    if why.net is None:
        return word("应得，金额待补问")
    due = per(yuan(why.net), why.cadence)
    return word("应得 {sum}", sum=due) if why.amounts else word("符合")


def _print_sentence(s: Sentence) -> None:
    """A sentence with its mark, and under it the figures that it reads."""
    status = "" if s.status == "found" else word("，{status}", status=_status(s.status))
    said = {"mark": MARKS[s.verdict], "verdict": _verdict(s.verdict), "label": s.label}
    said |= {"reads": s.reads, "law": s.law, "status": status}
    print(word("  {mark} {verdict}　{label}：{reads}（{law}{status}）", **said))
    for use in s.figures:
        since = use.unreviewed_since
        figure = {"label": use.label, "shown": use.shown, "since": use.since, "law": use.law}
        figure["late"] = word("，未复核（自 {since} 起）", since=since) if since else ""
        figure["status"] = _status(use.status)
        print(word("      {label} {shown}（{since} 起；{law}；{status}{late}）", **figure))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
