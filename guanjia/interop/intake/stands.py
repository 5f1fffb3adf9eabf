"""Facilities and posts of a file: where something stands, and who sits at which desk."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from guanjia.interop import cells
from guanjia.interop.cells import BadCell
from guanjia.interop.folder import OPEN_END
from guanjia.interop.intake.lines import Line, Verdict, Work, once, short
from guanjia.interop.models import What
from guanjia.kit import bulk
from guanjia.people import intake
from guanjia.places.models import FacilityKind
from guanjia.staff import actions, roles
from guanjia.staff.errors import BadPlace, Incompatible

CODE, AT, NAME, KIND, CAPACITY = "设施代码", "所在地代码", "名称", "类型", "容量"
ACCOUNT, ROLE, AREA, SINCE, UNTIL = "账号", "岗位", "区划代码", "起", "止"
MOST_CAPACITY = 100_000
FACILITY_COLUMNS = {
    "code": "text",
    "place_id": "text",
    "name": "text",
    "kind": "text",
    "capacity": "integer",
    "since": "date",
    "until": "date",
}
POST_COLUMNS = {
    "user_id": "bigint",
    "role": "text",
    "place_id": "text",
    "since": "date",
    "until": "date",
}


def prepare_facilities(lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse what cannot be, and codes that come twice."""
    kinds = {kind.value: str(kind.label) for kind in FacilityKind}
    for line in lines:
        code, place = line.text(CODE), line.text(AT)
        if place:
            work.check_place(line, AT, place, (9, 12))
        if code and not (code.isascii() and code.isdecimal() and len(code) == 16):
            line.wrong(CODE, _("应是16位数字。表格软件可能改写了长数字：请把这一列设成“文本”。"))
        elif code and not code.startswith(place):
            line.wrong(CODE, _("应以所在地代码开头。"))
        kind = line.read(KIND, lambda text: cells.choice(text, kinds))
        capacity = line.read(CAPACITY, _capacity)
        since, until = line.period()
        line.record = (code, place, short(line, NAME, 80), kind, capacity, since, until)
    once(lines, CODE, lambda line: line.cells[CODE], _("与第 %(line)d 行的设施代码相同。"))
    return list(lines)


def _capacity(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) > MOST_CAPACITY:
        raise BadCell(
            _("“%(text)s”不是容量。请写 0 至 %(most)d 的整数。")
            % {"text": text[:40], "most": MOST_CAPACITY}
        )
    return int(text)


def take_facilities(lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    rows = bulk.rows(
        """SELECT code, place_id, name, kind, capacity, since, until FROM places_facility
        WHERE code = ANY(%s::text[])""",
        [[line.record[0] for line in good]],
    )
    known = {row[0]: tuple(row) for row in rows}
    new, changed = [], []
    for line in good:
        old = known.get(line.record[0])
        if old is None:
            line.found = Verdict.NEW
            new.append(line.record)
        elif old != line.record:
            line.found = Verdict.CHANGED
            changed.append((old, line.record))
    if not work.writes:
        return
    intake.insert_free("places_facility", FACILITY_COLUMNS, new, "code")
    work.wrote.fresh(What.FACILITY, [int(row[0]) for row in new])
    for old, now in changed:
        bulk.rows(
            """UPDATE places_facility SET name = %s, kind = %s, capacity = %s, since = %s, until = %s
            WHERE code = %s RETURNING 1""",
            [*now[2:], now[0]],
        )
        work.wrote.changes += [
            (What.FACILITY, int(now[0]), column, _kept(a), _kept(b))
            for column, a, b in zip(FACILITY_COLUMNS, old, now, strict=True)
            if a != b
        ]


def _kept(value: object) -> str:
    return "" if value is None else str(value)


def prepare_posts(lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse what cannot be: nobody gives oneself a post."""
    names = {code: str(name) for code, name in roles.NAMES.items()}
    users = _users([line.cells[ACCOUNT] for line in lines])
    for line in lines:
        account, area = line.text(ACCOUNT), line.text(AREA)
        role = line.read(ROLE, lambda text: cells.choice(text, names))
        since, until = line.period()
        if account and account not in users:
            line.wrong(ACCOUNT, _("没有这个账号。请先用 guanjia account 开账号。"))
        elif account and users[account] == work.prepared_by:
            line.wrong(ACCOUNT, _("不能给自己派岗位。请由另一位管理员导入这一行。"))
        if area:
            work.check_place(line, AREA, area, (6, 9, 12))
        if role and area and len(area) not in actions.DIGITS[role]:
            line.wrong(AREA, str(BadPlace(role)))
        line.record = (users.get(account), role, area, since, until)
    once(lines, ACCOUNT, lambda line: line.record[:4], _("与第 %(line)d 行是同一个岗位。"))
    return list(lines)


def _users(names: list[str]) -> dict[str, int]:
    return dict(
        bulk.rows(
            "SELECT username, id FROM staff_user WHERE is_active AND username = ANY(%s::text[])",
            [names],
        )
    )


def take_posts(lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    rows = bulk.rows(
        """SELECT user_id, role, place_id, since, until FROM staff_post
        WHERE user_id = ANY(%s::bigint[])""",
        [[line.record[0] for line in good]],
    )
    known = [tuple(row) for row in rows]
    new = []
    for line in good:
        if line.record in known:
            continue
        if any(_clash(line.record, row) for row in known):
            line.wrong(SINCE, _("这个人在同一地方同一岗位已有重叠的任期。请在岗位页面改任期。"))
        elif held := next((row[1] for row in known if _apart(line.record, row)), ""):
            line.wrong(ROLE, str(Incompatible(str(roles.NAMES[held]))))
        else:
            line.found = Verdict.NEW
            new.append(line)
            known.append(line.record)
    if work.writes and new:
        columns = POST_COLUMNS
        keys = intake.insert_free("staff_post", columns, [line.record for line in new])
        work.wrote.fresh(What.POST, keys)


def _clash(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one[:3] == other[:3] and _at_one_time(one, other)


def _apart(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether one person would hold two roles that must be two persons."""
    nested = one[2].startswith(other[2]) or other[2].startswith(one[2])
    same = one[0] == other[0] and _at_one_time(one, other)
    return same and roles.incompatible(one[1], other[1], nested)


def _at_one_time(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return bool(one[3] < (other[4] or OPEN_END) and (one[4] or OPEN_END) > other[3])
