"""`guanjia concerns import FILE --system 12345`: open tickets of another system, each let in once by its number."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from guanjia.cases import terms
from guanjia.cases.actions import By
from guanjia.concerns.intake import whereabouts
from guanjia.concerns.matters import actions, contacts
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.models import LONGEST_TEXT, Ticket
from guanjia.concerns.rules.brand import Brand
from guanjia.entitlements.runs.cli import desk_of
from guanjia.interop.intake import sheets
from guanjia.kit import clock, scope
from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.staff import gate
from guanjia.staff.models import Post
from guanjia.staff.roles import May

COLUMNS = {
    "number": ("工单号", "Ticket"),
    "at": ("来件时间", "Received"),
    "where": ("地方", "Place"),
    "category": ("分类", "Category"),
    "text": ("内容", "Text"),
    "spot": ("具体位置", "Spot"),
    "name": ("称呼", "Name"),
    "phone": ("电话", "Phone"),
}
NEEDED = ("number", "where", "category", "text")
CHANNEL = "import"
MOST_SHOWN = 20


class NoTickets(ValueError):
    """A file in which no tickets were recognised."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: what it comes to, or why it is not let in."""

    line: int
    asked: NewConcern | None
    at: datetime
    why: str = ""


def main(words: list[str]) -> int:
    """Check every row, then let the good ones in; 1 where some came back."""
    asked = _parser().parse_args(words)
    desk = desk_of(asked.name, May.IMPORT)
    rows = list(read(asked.file, asked.system, desk, the_brand(), clock.now()))
    good = [row for row in rows if row.asked is not None]
    fresh = _fresh(good, desk)
    print(
        word(
            "{good} 件可以进来，其中 {fresh} 件是新的；退回 {back} 行。",
            good=len(good),
            fresh=len(fresh),
            back=len(rows) - len(good),
        )
    )
    for row in [row for row in rows if row.asked is None][:MOST_SHOWN]:
        print(f"  {word('第 {line} 行', line=row.line)} · {row.why}", file=sys.stderr)
    if asked.dry_run:
        print(word("只检查，没有写入。"))
    else:
        let_in(fresh, desk)
    return int(len(good) < len(rows))


def _parser() -> argparse.ArgumentParser:
    parser = options(
        "concerns import",
        word(
            "导入别的系统里还没有办结的工单。列名：工单号、来件时间、地方、分类、内容、具体位置、称呼、电话。"
        ),
    )
    parser.add_argument("file", type=Path, metavar=word("文件"), help=word("XLSX 或 CSV"))
    parser.add_argument(
        *("--system",),
        required=True,
        metavar=word("系统"),
        help=word("从哪个系统来，例如 12345；同一系统的工单号只进来一次"),
    )
    parser.add_argument("--dry-run", action="store_true", help=word("只检查，不写入"))
    parser.add_argument("--as", dest="name", default="", metavar=word("账号"), help=word("经办人"))
    return parser


def read(file: Path, system: str, desk: Post, known: Brand, at: datetime) -> Iterator[Row]:
    """Every ticket of the file. Raises BadFile, NoTickets."""
    spots = {spot.code: spot for spot in whereabouts.offered(known.city)}
    for sheet in sheets.read(file):
        places = _places(sheet.headers)
        for line, cells in sheet.lines:
            said = {
                name: cells[place] if place < len(cells) else "" for name, place in places.items()
            }
            yield _row(line, said, f"{system}/{said['number']}", desk, known, spots, at)


def _places(headers: list[str]) -> dict[str, int]:
    found = {
        name: headers.index(title)
        for name, titles in COLUMNS.items()
        for title in titles
        if title in headers
    }
    lacking = [COLUMNS[name][0] for name in NEEDED if name not in found]
    if lacking:
        raise NoTickets(word("第一行缺少列：{what}。", what="、".join(lacking)))
    return found


def _row(
    line: int,
    said: Mapping[str, str],
    number: str,
    desk: Post,
    known: Brand,
    spots: Mapping[str, whereabouts.Spot],
    at: datetime,
) -> Row:
    try:
        came = terms.read_moment(said["at"][:16]) if said.get("at") else at
        if came > at:
            raise ValueError(word("来件时间还没有到。"))
        asked = NewConcern(
            form=sha256(number.encode()).hexdigest()[:32],
            category=_category(said["category"], known),
            text=_text(said["text"]),
            place=_place(said["where"], desk, known, spots),
            spot=said.get("spot", "")[:120],
            name=said.get("name", "")[:40],
            phone=contacts.a_phone(said.get("phone", "")),
            channel=CHANNEL,
            ticket=number[:100],
        )
        if not said["number"]:
            raise ValueError(word("没有工单号。"))
    except ValidationError as refused:
        return Row(line, None, at, " ".join(refused.messages))
    except ValueError as refused:
        return Row(line, None, at, str(refused))
    return Row(line, asked, came)


def _category(text: str, known: Brand) -> str:
    found = next(
        (c.code for c in known.categories.values() if text in (c.code, c.label, c.en)), None
    )
    if found is None:
        names = "、".join(c.label for c in known.categories.values())
        raise ValueError(word("没有“{text}”这一类。可以写：{names}。", text=text, names=names))
    return found


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(word("内容空着。"))
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            word("内容有 {count} 字，最多 {most} 字。", count=len(text), most=LONGEST_TEXT)
        )
    return text


def _place(text: str, desk: Post, known: Brand, spots: Mapping[str, whereabouts.Spot]) -> str:
    """The code of a place of the desk's own area."""
    if text in spots:
        code = text
    else:
        found = whereabouts.found(text, known.city)
        if len(found) != 1:
            raise ValueError(word("“{text}”不是本市的一个地方。请写区划代码。", text=text))
        code = found[0].code
    if not code.startswith(desk.place_id):
        raise ValueError(word("“{text}”不在您的辖区。", text=text))
    return code


def _fresh(good: list[Row], desk: Post) -> list[Row]:
    """Those whose ticket has not come in yet, each number once."""
    numbered = {row.asked.ticket: row for row in good if row.asked is not None}
    with scope.hold(gate.scope_of(desk)):
        known = set(
            Ticket.objects.filter(number__in=list(numbered)).values_list("number", flat=True)
        )
    return [row for number, row in numbered.items() if number not in known]


def let_in(rows: list[Row], desk: Post) -> None:
    """Open a case for each; one that came in meanwhile, or elsewhere, stays as it is."""
    known, promised, by = the_brand(), the_promises(), By(desk.user, desk)
    written = 0
    for row in rows:
        assert row.asked is not None
        mask = contacts.masked(row.asked.phone)
        with suppress(IntegrityError):
            actions.take_in(row.asked, known, promised, mask, row.at, by)
            written += 1
    print(word("写入了 {count} 件。", count=written))
