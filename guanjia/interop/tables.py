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
    en: str = ""
    later: bool = False
    """Read by an import alone: `guanjia load` passes over it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file, or one sheet of a workbook."""

    file: str
    title: str
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def code(self) -> str:
        """Its name in programs: `person_facts`."""
        return self.file.removesuffix(".csv")

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
            Column("情况", says, "工资性收入" if "person" in file else "存款", en="Fact"),
            Column(
                "区分", "同一情况有几份时用来区分，例如单位名称；只有一份就空着", "", True, en="Key"
            ),
            Column("值", "金额写元；是否写“是”“否”；不清楚写“未知”", "1999.00", en="Value"),
            SINCE,
            UNTIL,
        ),
        optional=True,
    )


PERSON = Column("人员编号", "本市系统里的编号，各表之间用它对应", "P0001", en="Person number")
HOUSEHOLD = Column("家庭编号", "本市系统里的编号，不重复", "H0001", en="Household number")
SINCE = Column("起", "日期，例如 2019-01-01；按月的写当月1日", "2019-01-01", en="Since")
UNTIL = Column("止", "不再适用的第一天；至今有效就空着", "", True, en="Until")

HOUSEHOLDS = Table(
    "households.csv",
    "家庭",
    (
        HOUSEHOLD,
        Column("村（社区）代码", "12位统计用区划代码", "{community}", en="Community code"),
        Column("集体户", "是 或 否", "否", en="Collective"),
    ),
)
PERSONS = Table(
    "persons.csv",
    "人员",
    (
        PERSON,
        Column("姓名", "证件上的姓名", "陈大文", en="Name"),
        Column("性别", "男、女、未知、未说明", "男", en="Sex"),
        Column("出生日期", "日期，例如 1978-05-04", "1978-05-04", en="Born on"),
        Column(
            "证件类型",
            "居民身份证、港澳台居民居住证、外国人永久居留身份证、护照、无证件",
            "居民身份证",
            en="Document kind",
        ),
        Column(
            "证件号码", "居民身份证18位；无证件就空着", "{document}", True, en="Document number"
        ),
    ),
)
MEMBERS = Table(
    "members.csv",
    "家庭成员（每户户主写在最前）",
    (
        *(HOUSEHOLD, PERSON, SINCE, UNTIL),
        Column(
            "与户主关系",
            "户主写“本人”；本人、配偶、子、女、孙辈、父母、祖辈、兄弟姐妹、其他",
            "本人",
            True,
            en="Relation to head",
            later=True,
        ),
    ),
)
PERSON_FACTS = _facts_of("person_facts.csv", "人员情况", PERSON)
HOUSEHOLD_FACTS = _facts_of("household_facts.csv", "家庭情况", HOUSEHOLD)
AWARDS = Table(
    "awards.csv",
    "已批准的待遇",
    (
        Column("批准文号", "不重复", "DB-2019-0001", en="Approval number"),
        Column("待遇", "政策簿里的章名或代码，例如 最低生活保障", "最低生活保障", en="Benefit"),
        Column("家庭编号", "按户发的待遇填写", "H0001", True, en="Household number"),
        Column("人员编号", "按人发的待遇填写", "", True, en="Person number"),
        Column("发放地代码", "9位或12位区划代码", "{community}", en="Paying place"),
        Column("申请日期", "日期", "2019-03-04", en="Applied on"),
        Column("核定日期", "日期，收入按这一天之前的月份计算", "2019-03-12", en="Assessed on"),
        Column("批准日期", "日期", "2019-03-29", en="Approved on"),
        Column("收款人", "账户户名", "陈大文", en="Payee"),
        Column("收款账号", "银行账号，只写数字", "6214670000000000000", en="Account"),
        Column(
            "每期金额",
            "元，最多两位小数；按月发的写每月，按年发的写每年，只发一次的写这一次",
            "941.00",
            en="Amount",
        ),
        Column("首发月份", "例如 2019-04", "2019-04", en="First month"),
        Column(
            "本系统首发月份",
            "在这之前的月份已由原系统发放；按年发的写下一次发放的月份",
            "2019-12",
            en="First month here",
        ),
        Column(
            "止",
            "不再发放的第一个月的1日；没有就空着，只发一次的按政策簿里的期限",
            "",
            True,
            en="Until",
        ),
    ),
    optional=True,
)
FACILITIES = Table(
    "facilities.csv",
    "设施",
    (
        Column(
            "设施代码", "16位：前9位或12位是所在镇街或村（社区）", "{facility}", en="Facility code"
        ),
        Column("所在地代码", "9位或12位区划代码", "{community}", en="Place code"),
        Column("名称", "设施的名称", "示例长者饭堂", en="Facility name"),
        Column(
            "类型",
            "长者饭堂、养老机构、日间照料中心、服务驿站、未成年人保护工作站、救助站",
            "长者饭堂",
            en="Kind",
        ),
        Column("容量", "整数：床位、座位或每天份数", "60", en="Capacity"),
        *(SINCE, UNTIL),
    ),
    optional=True,
)
POSTS = Table(
    "posts.csv",
    "岗位",
    (
        Column("账号", "已经开好的账号", "wang", en="Account name"),
        Column("岗位", "岗位名称，例如 镇街经办", "镇街经办", en="Role"),
        Column("区划代码", "岗位所在的6位、9位或12位区划代码", "{town}", en="Area code"),
        *(SINCE, UNTIL),
    ),
    optional=True,
)
ALL = (HOUSEHOLDS, PERSONS, MEMBERS, PERSON_FACTS, HOUSEHOLD_FACTS, AWARDS)
"""What `guanjia load` reads into an empty house."""
IMPORTED = (*ALL, FACILITIES, POSTS)
"""What an import reads into a living house, in the order in which one builds on the other."""
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
    town: str
    facility: str


def local(city: Path) -> Local:
    """Of a city folder: its first community, and a number that no one was given."""
    with (city / "communities.csv").open(encoding="utf-8", newline="") as text:
        community = next(csv.DictReader(text))["code"]
    first = f"{community[:6]}19780504001"
    return Local(community, first + check_digit(first), community[:9], f"{community}0001")


def examples(table: Table, here: Local) -> Iterator[list[str]]:
    """One row that shows how the table is filled; the mark before it says to skip it."""
    cells = (column.example.format(**asdict(here)) for column in table.columns)
    first, *rest = cells
    yield [f"{COMMENT} 例：{first}", *rest]
