"""`guanjia policy check | show | explain`: the book from the command line, without a database."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from guanjia.kit import days, money
from guanjia.policy import family_file, words
from guanjia.policy.book import Book, BookError, city_folder, load
from guanjia.policy.chapter import Chapter
from guanjia.policy.decide import rules
from guanjia.policy.explain import explain
from guanjia.policy.explanation import Explanation
from guanjia.policy.family import HOUSEHOLD

MARKS = {"met": "✓", "unmet": "✗", "unknown": "？"}
VERDICTS = {"met": "符合", "unmet": "不符合", "unknown": "待补问"}
STATUS = {
    "seed": "据会议报道",
    "found": "有原文",
    "derived": "由他项算出",
    "known": "未核原文",
    "assumption": "假设",
}


def main(words: Sequence[str]) -> int:
    """Run one command; 0 fine, 1 something is wrong with what was given."""
    options = _parser().parse_args(list(words))
    folder = options.city or city_folder(os.environ)
    try:
        book = load(folder)
    except BookError as error:
        print(f"政策簿有 {len(error.problems)} 处问题，没有载入：", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 1
    commands = {"check": _check, "show": _show, "explain": _explain}
    return commands[options.command](book, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="guanjia policy", description="政策簿")
    parser.add_argument("--city", type=Path, help="城市文件夹（默认 GUANJIA_CITY 或自带的东莞）")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="检查每一章的写法、依据、日期和例子")
    show = commands.add_parser("show", help="显示各章，或一章在某月的句子和数字")
    show.add_argument("benefit", nargs="?", help="章节代码，例如 dibao")
    show.add_argument("--month", type=_month, help="月份，例如 2020-01（默认本月）")
    told = commands.add_parser("explain", help="逐句说明一个家庭为什么应得或不应得")
    told.add_argument("family", type=Path, help="家庭文件（TOML）")
    told.add_argument("benefit", nargs="?", help="只看这一章")
    told.add_argument("--month", type=_month, help="月份（默认家庭文件里的，再默认本月）")
    told.add_argument("--granted", action="store_true", help="把符合的各项都当作已批准，看相互关系")
    return parser


def _month(text: str) -> date:
    try:
        return days.read_month(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


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
            print(f"！ {chapter.title} · {row}")
    if problems:
        print(f"{len(problems)} 处问题。请改好再用。", file=sys.stderr)
        return 1
    print(f"✓ {len(book.chapters)} 章、{examples} 个例子，全部通过。修订号 {book.revision[:12]}")
    return 0


def _unreviewed(chapter: Chapter, today: date) -> list[str]:
    rows = [chapter.figure_on(name, today) for name in chapter.figures]
    return [
        f"{row.label} {row.shown}：未复核（自 {row.review_by:%Y年%m月%d日} 起）"
        for row in rows
        if row is not None and row.unreviewed(today) and row.review_by
    ]


def _show(book: Book, options: argparse.Namespace) -> int:
    month = options.month or days.add_months(_today(), 0)
    if options.benefit is None:
        for chapter in book.chapters:
            able = "" if book.decidable(chapter.code, month) else f"（{month:%Y-%m} 没有规定）"
            print(f"{chapter.code:20}{chapter.title}{able}")
        return 0
    chosen = _chapter(book, options.benefit)
    if chosen is None:
        return 1
    _read_aloud(chosen, month)
    return 0


def _read_aloud(chapter: Chapter, month: date) -> None:
    print(f"{chapter.title}  {chapter.en}\n{chapter.summary}\n依据：{chapter.law}\n")
    for name in chapter.figures:
        row = chapter.figure_on(name, month)
        text = (
            f"{row.shown}（{row.since} 起；{row.law}；{STATUS[row.status]}）" if row else "没有规定"
        )
        print(f"  数字 {chapter.figures[name][0].label}：{text}")
    for define in chapter.defines:
        print(f"  定义 {define.label}：{' '.join(define.text.split())}")
    for condition in chapter.conditions_on(month):
        print(f"  条件 {condition.label}：{' '.join(condition.text.split())}（{condition.law}）")
    for amount in chapter.amounts_on(month):
        print(f"  金额 {amount.label}：{' '.join(amount.text.split())}（{amount.law}）")


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
        print(f"打不开家庭文件 {options.family}：{problem.strerror}", file=sys.stderr)
        return 1
    except family_file.BadFamily as error:
        print(f"家庭文件 {options.family} 有 {len(error.problems)} 处要改：", file=sys.stderr)
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
        print(f"── {why.title}：{why.changes[0]}\n")
        return
    due = words.per(money.show(why.net or 0), why.cadence)
    sums = {None: "待补问", True: f"应得 {due}", False: "不应得"}
    if why.entitled and why.net is None:
        sums[True] = "应得，金额待补问"
    elif why.entitled and not why.amounts:
        sums[True] = "符合"
    print(f"── {why.title} · {why.who} · {why.month:%Y-%m}：{sums[why.entitled]}")
    for s in why.sentences:
        status = "" if s.status == "found" else f"，{STATUS[s.status]}"
        print(
            f"  {MARKS[s.verdict]} {VERDICTS[s.verdict]}　{s.label}：{s.reads}（{s.law}{status}）"
        )
        for use in s.figures:
            late = f"，未复核（自 {use.unreviewed_since} 起）" if use.unreviewed_since else ""
            print(
                f"      {use.label} {use.shown}（{use.since} 起；{use.law}；{STATUS[use.status]}{late}）"
            )
    for line in why.amounts:
        shown = "待补问" if line.fen is None else money.show(line.fen)
        print(f"  ＋ {line.label} {shown}：{line.reads}（{line.law}）")
    for cut in why.reductions:
        print(f"  － {money.show(cut.fen)}：{cut.text}（{cut.law}）")
    for text in why.changes:
        print(f"  → {text}")
    print()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
