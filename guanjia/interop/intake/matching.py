"""Which table a sheet is, and which of its columns are which: by header, in Chinese or English."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanjia.interop import tables
from guanjia.interop.intake.sheets import Sheet
from guanjia.interop.tables import Table

REASON = "原因"


@dataclass(frozen=True, slots=True)
class Matched:
    """A sheet as a table: header to its position; what else it has; why nothing of it is read."""

    sheet: Sheet
    table: Table | None
    columns: dict[str, int]
    ignored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    trouble: str = ""


def match(sheet: Sheet, wanted: str = "") -> Matched:
    """The sheet matched to its table; `wanted` is a table's code where somebody named one."""
    headers = [_plain(header) for header in sheet.headers]
    table = _table(sheet, headers, wanted)
    if table is None:
        titles = "、".join(one.title for one in tables.IMPORTED)
        trouble = _("认不出这是哪张表：第一行应是列名。可以导入的表：%(titles)s。")
        return Matched(sheet, None, {}, trouble=trouble % {"titles": titles})
    names = {name: c.header for c in table.columns for name in (_plain(c.header), _plain(c.en))}
    columns: dict[str, int] = {}
    twice: list[str] = []
    for position, header in enumerate(headers):
        known = names.get(header)
        if known in columns:
            twice.append(known)
        elif known is not None:
            columns[known] = position
    missing = [c.header for c in table.columns if not c.optional and c.header not in columns]
    ignored = [
        sheet.headers[n] for n, h in enumerate(headers) if h and h not in names and h != REASON
    ]
    absent = [c.header for c in table.columns if c.optional and c.header not in columns]
    trouble = _trouble(table, missing, twice)
    return Matched(sheet, table, columns, tuple(ignored), tuple(absent), trouble)


def _table(sheet: Sheet, headers: Sequence[str], wanted: str) -> Table | None:
    """The table that was named; else of those with most of their columns here, the one so called."""
    if wanted:
        return next((one for one in tables.IMPORTED if one.code == wanted), None)
    called = _plain(sheet.title)
    best, most = None, (0.0, False)
    for table in tables.IMPORTED:
        needed = [c for c in table.columns if not c.optional]
        here = sum(_plain(c.header) in headers or _plain(c.en) in headers for c in needed)
        score = here / len(needed), called in (_plain(table.title), _plain(table.code))
        if here and score > most:
            best, most = table, score
    return best if most[0] >= 0.5 else None


def _trouble(table: Table, missing: Sequence[str], twice: Sequence[str]) -> str:
    if twice:
        return _("第一行里“%(columns)s”写了两次，不知道该读哪一列。请留下一列。") % {
            "columns": "、".join(dict.fromkeys(twice))
        }
    if missing:
        return _("看起来是“%(title)s”表，第一行缺少列：%(columns)s。") % {
            "title": table.title,
            "columns": "、".join(missing),
        }
    return ""


def _plain(header: str) -> str:
    return "".join(header.casefold().replace("*", "").replace("_", " ").split())
