"""The tables by which a city hands over its people: one CSV file each, headers in Chinese."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from guanjia.people.documents import check_digit


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, what a right value looks like, and whether it may stay empty."""

    header: str
    says: str
    example: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One file."""

    file: str
    title: str
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def headers(self) -> list[str]:
        """The first line."""
        return [column.header for column in self.columns]


def _facts_of(file: str, title: str, number: Column) -> Table:
    says = "填写说明里“可以写的内容”中的名称或代号"
    return Table(
        file,
        title,
        (
            number,
            Column("情况", says, "工资性收入" if "person" in file else "存款"),
            Column("区分", "同一情况有几份时用来区分，例如单位名称；只有一份就空着", "", True),
            Column("值", "金额写元；是否写“是”“否”；不清楚写“未知”", "1999.00"),
            SINCE,
            UNTIL,
        ),
        optional=True,
    )


PERSON = Column("人员编号", "本市系统里的编号，各表之间用它对应", "P0001")
HOUSEHOLD = Column("家庭编号", "本市系统里的编号，不重复", "H0001")
SINCE = Column("起", "日期，例如 2019-01-01；按月的写当月1日", "2019-01-01")
UNTIL = Column("止", "不再适用的第一天；至今有效就空着", "", True)

HOUSEHOLDS = Table(
    "households.csv",
    "家庭",
    (
        HOUSEHOLD,
        Column("村（社区）代码", "12位统计用区划代码", "{community}"),
        Column("集体户", "是 或 否", "否"),
    ),
)
PERSONS = Table(
    "persons.csv",
    "人员",
    (
        PERSON,
        Column("姓名", "证件上的姓名", "陈大文"),
        Column("性别", "男、女、未知、未说明", "男"),
        Column("出生日期", "日期，例如 1978-05-04", "1978-05-04"),
        Column(
            "证件类型",
            "居民身份证、港澳台居民居住证、外国人永久居留身份证、护照、无证件",
            "居民身份证",
        ),
        Column("证件号码", "居民身份证18位；无证件就空着", "{document}", True),
    ),
)
MEMBERS = Table("members.csv", "家庭成员（每户户主写在最前）", (HOUSEHOLD, PERSON, SINCE, UNTIL))
PERSON_FACTS = _facts_of("person_facts.csv", "人员情况", PERSON)
HOUSEHOLD_FACTS = _facts_of("household_facts.csv", "家庭情况", HOUSEHOLD)
AWARDS = Table(
    "awards.csv",
    "已批准的待遇",
    (
        Column("批准文号", "不重复", "DB-2019-0001"),
        Column("待遇", "政策簿里的章名或代码，例如 最低生活保障", "最低生活保障"),
        Column("家庭编号", "按户发的待遇填写", "H0001", True),
        Column("人员编号", "按人发的待遇填写", "", True),
        Column("发放地代码", "9位或12位区划代码", "{community}"),
        Column("申请日期", "日期", "2019-03-04"),
        Column("核定日期", "日期，收入按这一天之前的月份计算", "2019-03-12"),
        Column("批准日期", "日期", "2019-03-29"),
        Column("收款人", "账户户名", "陈大文"),
        Column("收款账号", "银行账号，只写数字", "6214670000000000000"),
        Column(
            "每期金额",
            "元，最多两位小数；按月发的写每月，按年发的写每年，只发一次的写这一次",
            "941.00",
        ),
        Column("首发月份", "例如 2019-04", "2019-04"),
        Column(
            "本系统首发月份",
            "在这之前的月份已由原系统发放；按年发的写下一次发放的月份",
            "2019-12",
        ),
        Column("止", "不再发放的第一个月的1日；没有就空着，只发一次的按政策簿里的期限", "", True),
    ),
    optional=True,
)
ALL = (HOUSEHOLDS, PERSONS, MEMBERS, PERSON_FACTS, HOUSEHOLD_FACTS, AWARDS)
COMMENT = "#"


class FolderInUse(RuntimeError):
    """A file of that name exists already and is not overwritten."""


def refuse_overwriting(folder: Path, names: Iterable[str]) -> None:
    """Raise FolderInUse where the folder holds a file of one of these names already."""
    for name in names:
        if (folder / name).exists():
            raise FolderInUse(f"{folder / name} 已经存在，没有覆盖。请换一个文件夹，或先把它移走。")


def write(folder: Path, table: Table, rows: Iterable[Sequence[str]]) -> int:
    """Write one table in UTF-8 with the mark that spreadsheets look for; returns how many rows."""
    file = folder / table.file
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        out = csv.writer(text)
        out.writerow(table.headers)
        for row in rows:
            out.writerow(row)
            written += 1
    return written


@dataclass(frozen=True, slots=True)
class Local:
    """What the example rows take from the city: a community, the number of somebody born there."""

    community: str
    document: str


def local(city: Path) -> Local:
    """Of a city folder: its first community, and a number that no one was given."""
    with (city / "communities.csv").open(encoding="utf-8", newline="") as text:
        community = next(csv.DictReader(text))["code"]
    first = f"{community[:6]}19780504001"
    return Local(community, first + check_digit(first))


def examples(table: Table, here: Local) -> Iterator[list[str]]:
    """One row that shows how the table is filled; the mark before it says to skip it."""
    cells = (column.example.format(**asdict(here)) for column in table.columns)
    first, *rest = cells
    yield [f"{COMMENT} 例：{first}", *rest]
