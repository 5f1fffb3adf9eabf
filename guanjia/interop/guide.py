"""The leaflet that lies beside the empty tables: every column and every fact, in words."""

from collections.abc import Iterator

from guanjia.interop import cells, tables
from guanjia.policy.book import Book
from guanjia.policy.facts import Fact, Facts

KINDS = {
    "yes_no": "是 / 否",
    "whole": "整数",
    "fen": "金额，写元",
    "day": "日期",
    "place": "区划代码，外地写“外地”",
}
OFTEN = {"month": "每月", "year": "每年一次", "once": "一次"}
BEGIN = """# 填写说明

本文件夹里每个 CSV 文件是一张表。用表格软件打开，从第二行起填写，保存为 CSV（UTF-8 或 GB18030 都可以）。
第一格以 `#` 开头的行是示例，装入时跳过，可以删去。

- 金额写元，最多两位小数，例如 `1999.00`；日期写 `2020-01-05`。
- 证件号码、银行账号、区划代码等长数字，请先把列设成“文本”，否则表格软件会改写它们。
- “起”是开始适用的日子，“止”是不再适用的第一天；至今有效就把“止”空着。
- 没有核实的情况写“未知”：系统会把它列为待补问，不会当作没有。没有这一项的，不必写。
- 突发事件从发生当月 1 日起写，到基本生活恢复为止；父母状况只写有情形的，没有写的按能履行抚养责任读。
- 空库第一次整城装入：`guanjia load 文件夹 --prepared-by 经办账号 --approved-by 审批账号`。
  有一处不对就全部不装，并逐处说明。
  设施、岗位两张表和“与户主关系”一列不在整城装入之内。
- 已经在用的库：在“导入”页面交 CSV 或工作簿，或用 `guanjia import 文件 --as 经办账号`。先检查，再写入；
  不对的行退回，注明原因，改好再交。同一个文件再交一次，不会重复。
- 人员编号一列也可以写证件号码。列的先后随意，多出的列不读。
"""


def text(book: Book) -> str:
    """The leaflet, as Markdown."""
    return "\n".join([BEGIN, *_tables(), *_facts(book.facts), *_benefits(book)]) + "\n"


def _tables() -> Iterator[str]:
    for table in tables.IMPORTED:
        yield f"\n## {table.title}　`{table.file}`{'（可以没有）' if table.optional else ''}\n"
        yield "| 列 | 怎么填 | 可空 |\n|---|---|---|"
        for column in table.columns:
            yield f"| {column.header} | {column.says} | {'是' if column.optional else ''} |"


def _facts(facts: Facts) -> Iterator[str]:
    for title, declared in (("人员情况", facts.person), ("家庭情况", facts.household)):
        yield f"\n## {title}可以写的内容\n"
        yield "“情况”一列写名称或代号都可以。\n"
        yield "| 名称 | 代号 | 值 | 按月 | 没有写时 |\n|---|---|---|---|---|"
        yield from map(_fact, filter(cells.writable, declared))


def _fact(fact: Fact) -> str:
    values = "、".join(fact.choices.values()) or KINDS[fact.type]
    monthly = "是" if fact.by_month else ""
    return f"| {fact.label} | `{fact.name}` | {values} | {monthly} | {_absence(fact)} |"


def _absence(fact: Fact) -> str:
    if fact.absent is None:
        return "待补问"
    if fact.type == "yes_no":
        return "是" if fact.absent else "否"
    return fact.choices.get(str(fact.absent), str(fact.absent))


def _benefits(book: Book) -> Iterator[str]:
    yield "\n## 待遇\n"
    yield "| 章名 | 代码 | 按 | 怎么发 |\n|---|---|---|---|"
    for chapter in book.chapters:
        if chapter.asked:
            unit, often = "户" if chapter.unit == "household" else "人", OFTEN[chapter.cadence]
            yield f"| {chapter.title} | `{chapter.code}` | {unit} | {often} |"
