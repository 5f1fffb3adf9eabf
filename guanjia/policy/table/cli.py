"""`guanjia determine FACTS.parquet RESULT.parquet`: a whole city from one file to another, without a database."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from guanjia.kit import days
from guanjia.policy.book import Book, BookError, city_folder, load
from guanjia.policy.city.deciding import decide
from guanjia.policy.city.drafts import beside, draft
from guanjia.policy.city.laying import lay
from guanjia.policy.options import Options, month_of, options
from guanjia.policy.retold import in_words
from guanjia.policy.table import sample
from guanjia.policy.table.taking import take
from guanjia.policy.table.writing import write
from guanjia.policy.words import word


class Refused(ValueError):
    """What was asked cannot be done; the text says why and what to do."""


def main(words: Sequence[str]) -> int:
    """Run the command. Raises Refused, BadFacts, TooLarge, each in words."""
    parser = _parser()
    asked = parser.parse_args(list(words))
    book = _book(asked.city or city_folder(os.environ))
    if asked.template:
        return _template(book, asked.template)
    if asked.result is None:
        parser.error(
            word("要写明两个文件：FACTS.parquet RESULT.parquet（或 --template FACTS.parquet）")
        )
    month = asked.month or days.add_months(datetime.now(ZoneInfo("Asia/Shanghai")).date(), 0)
    _refuse(book, month, asked.facts, asked.result)
    with _bar() as bar:
        told = determine(book, month, asked.facts, asked.result, _watch(bar))
    parts = {"month": f"{month:%Y-%m}", "file": asked.result, "revision": book.revision[:12]}
    print(word("{month}：{told}，写在 {file}。修订号 {revision}", told=told, **parts))
    return 0


def _book(folder: Path) -> Book:
    try:
        return in_words(load(folder))
    except BookError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        parts = {"folder": folder, "count": len(error.problems)}
        said = word("{folder} 的政策簿有 {count} 处问题，没有载入：", **parts)
        raise Refused(f"{said}\n{lines}") from None


def _parser() -> Options:
    parser = options("determine", word("从一张事实表核算全市每项待遇，不用数据库。"))
    told = {"facts": word("事实表"), "result": word("结果表")}
    for name, help_ in told.items():
        shown = f"{name.upper()}.parquet"
        parser.add_argument(name, type=Path, nargs="?", metavar=shown, help=help_)
    parser.add_argument("--month", type=month_of, help=word("月份，例如 2020-01（默认本月）"))
    parser.add_argument(
        "--city", type=Path, help=word("城市文件夹（默认 GUANJIA_CITY 或自带的那一个）")
    )
    parser.add_argument(
        *("--template",),
        type=Path,
        metavar="FACTS.parquet",
        help=word("写出一张样表，并逐列说明怎么填"),
    )
    return parser


def _template(book: Book, file: Path) -> int:
    if file.exists():
        raise Refused(word("{file} 已经有了，没有覆盖。请换一个名字。", file=file))
    _refuse_folder(file)
    sample.write(book, file)
    print("\n".join(sample.told(book)))
    print("\n" + word("样表已写在 {file}：不用的列可以删去。", file=file))
    return 0


def _refuse(book: Book, month: date, facts: Path, result: Path) -> None:
    """What can be known to be wrong before anything is read."""
    if not any(book.decidable(chapter.code, month) for chapter in book.chapters):
        raise Refused(
            word(
                "{month} 政策簿里没有一项待遇有规定，没有可核算的。请换一个月份。",
                month=f"{month:%Y-%m}",
            )
        )
    _refuse_folder(result)
    if result.is_dir():
        raise Refused(word("{file} 是文件夹。请写明结果文件的名字。", file=result))
    if result.exists() and facts.exists() and result.samefile(facts):
        raise Refused(word("结果不能写在事实表上。请换一个文件名。"))


def _refuse_folder(file: Path) -> None:
    folder = file.absolute().parent
    if not folder.is_dir():
        raise Refused(word("没有 {folder} 这个文件夹。请先建好，或换一个位置。", folder=folder))


Watch = Callable[[str], Callable[[int, int], None]]
"""Named a step, gives what is told how far the step is."""


def determine(book: Book, month: date, facts: Path, result: Path, watch: Watch) -> str:
    """Read `facts`, write `result`, whole or not at all; returns what was done, in words.

    Raises BadFacts, TooLarge.
    """
    with beside(result) as room:
        new = room / "result.parquet"
        with draft(room / "draft") as (con, folder):
            take(con, book, facts, watch(word("读入（列）")))
            snapshot = lay(con, book, month, folder / "facts", told=watch(word("整理（户）")))
            results = decide(book, month, snapshot, folder / "results", watch(word("核算（户）")))
            count = write(con, book, results, new, watch(word("写出（户）")))
        new.replace(result)
    parts = {"households": snapshot.households, "people": snapshot.people, "count": count}
    return word("核算了 {households} 户 {people} 人，{count} 条结果", **parts)


def _watch(bar: Progress) -> Watch:
    def step(name: str) -> Callable[[int, int], None]:
        task = bar.add_task(name, total=None)
        return lambda done, total: bar.update(task, completed=done, total=total)

    return step


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr))
