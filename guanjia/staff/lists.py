"""How a desk reads a long list: sorted by a column, a page at a time by key, with its columns, as a file."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Literal, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.http import urlencode

Row = TypeVar("Row", bound=Model)
Key = int | str | date  # a moment is a date to Python
Kind = Literal["text", "number", "day", "moment"]
LEAST: dict[Kind, Key] = {  # where nothing is known
    "text": "",
    "number": -1,
    "day": date(1, 1, 1),
    "moment": datetime(1, 1, 2, tzinfo=UTC),
}
LONGEST_MARK, LONGEST_NUMBER = 80, 18
AT_ONCE = 200  # lines of a file that are sent in one piece
COOKIE = "list-"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take these for a formula


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `by` is the field that it sorts by ('' for none); `fixed` ones are always shown;
    an `unseen` one is only a way to sort.
    """

    code: str
    label: Promise | str
    by: str = ""
    kind: Kind = "text"
    nullable: bool = False
    fixed: bool = False
    unseen: bool = False

    @property
    def number(self) -> bool:
        """Whether it holds numbers, which stand right."""
        return self.kind == "number"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click leads, and how the list is sorted by it now."""

    column: Column
    url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A list as it was asked for: by which column, from where on, which columns, what else was asked."""

    name: str
    columns: tuple[Column, ...]
    usual: Column
    by: Column
    falling: bool
    after: tuple[Key, int] | None
    hidden: frozenset[str]
    asked: dict[str, str]

    @property
    def sorted(self) -> bool:
        """Whether the reader chose the order."""
        return self.by is not self.usual

    @property
    def shows(self) -> dict[str, bool]:
        """Column code to whether it is shown."""
        return {c.code: c.fixed or c.code not in self.hidden for c in self._seen}

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns that are shown."""
        return [self._head(column) for column in self._seen if self.shows[column.code]]

    @property
    def sorts(self) -> list[Head]:
        """Every way to sort, also where the heads are out of sight."""
        return [self._head(column) for column in self.columns if column.by]

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """The columns that may be hidden, and whether they are shown."""
        return [(c, self.shows[c.code]) for c in self._seen if not c.fixed]

    @property
    def csv_url(self) -> str:
        """The whole list as a file, as it is filtered and sorted."""
        return self._url(**self._order, form="csv")

    @property
    def first_url(self) -> str | None:
        """Back to the beginning; None where the page is the beginning."""
        return self._url(**self._order) if self.after is not None else None

    def next_url(self, mark: tuple[Key, int] | None) -> str | None:
        """The page after a mark."""
        return None if mark is None else self._url(**self._order, after=f"{mark[0]}~{mark[1]}")

    @property
    def _seen(self) -> list[Column]:
        return [column for column in self.columns if not column.unseen]

    @property
    def _order(self) -> dict[str, str]:
        return {"sort": f"{'-' if self.falling else ''}{self.by.code}"} if self.sorted else {}

    def _head(self, column: Column) -> Head:
        mine = column is self.by
        rises = f"{'-' if mine and not self.falling else ''}{column.code}"
        direction = ("descending" if self.falling else "ascending") if mine else ""
        return Head(column, self._url(sort=rises) if column.by else "", direction)

    def _url(self, **more: str) -> str:
        return f"?{urlencode({**self.asked, **more})}"


def sight(
    request: HttpRequest,
    name: str,
    columns: Sequence[Column],
    usual: Column,
    asked: dict[str, str],
    falling: bool = False,
) -> Sight:
    """How the list `name` was asked for; `asked` is its filter. Raises BadRequest.

    Where no order is asked for it goes by `usual`, which is no column that one sees.
    """
    wanted = request.GET.get("sort", "")
    code = wanted.removeprefix("-")
    by = next((c for c in columns if c.code == code and c.by), usual if not wanted else None)
    if by is None:
        raise BadRequest("sort")
    return Sight(
        name=name,
        columns=tuple(columns),
        usual=usual,
        by=by,
        falling=wanted.startswith("-") if wanted else falling,
        after=_mark(request.GET.get("after", ""), by),
        hidden=frozenset(request.COOKIES.get(COOKIE + name, "").split(".")),
        asked={key: value for key, value in asked.items() if value},
    )


def page(rows: QuerySet[Row], seen: Sight, size: int) -> tuple[list[Row], tuple[Key, int] | None]:
    """One page of the rows, and where the next one begins."""
    found = _ordered(rows, seen)
    if seen.after is not None:
        value, number = seen.after
        way = "lt" if seen.falling else "gt"
        beyond = Q(**{f"list_key__{way}": value}) | Q(list_key=value, **{f"pk__{way}": number})
        found = found.filter(beyond, **{f"list_key__{way}e": value})
    listed = list(found[: size + 1])
    last = listed[size - 1] if len(listed) > size else None
    return listed[:size], (last.list_key, last.pk) if last is not None else None


def _ordered(rows: QuerySet[Row], seen: Sight) -> QuerySet[Any]:
    """The rows in the order that was asked for."""
    sign, least = "-" if seen.falling else "", Value(LEAST[seen.by.kind])
    key: Any = Coalesce(F(seen.by.by), least) if seen.by.nullable else F(seen.by.by)
    return rows.annotate(list_key=key).order_by(f"{sign}list_key", f"{sign}pk")


def everything(rows: QuerySet[Row], seen: Sight, size: int) -> Iterator[list[Row]]:
    """All rows, a batch at a time, for a file."""
    ordered = iter(_ordered(rows, seen).iterator(chunk_size=size))
    while batch := list(islice(ordered, size)):
        yield batch


def as_csv(name: str, lines: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Lines as CSV, UTF-8 with a mark, so that office programs open it."""
    return StreamingHttpResponse(
        _encoded(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def plain_yuan(fen: int) -> str:
    """A sum as a spreadsheet reads it: `118000` → `1180.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _encoded(lines: Iterable[Sequence[object]]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    rest = iter(lines)
    while some := list(islice(rest, AT_ONCE)):
        out = io.StringIO()
        csv.writer(out).writerows([harmless(str(cell)) for cell in line] for line in some)
        yield out.getvalue().encode()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) and not NUMBER.fullmatch(text) else text


def _mark(text: str, by: Column) -> tuple[Key, int] | None:
    """Where the last page ended, from the address. Raises BadRequest."""
    if not text:
        return None
    value, tilde, number = text.rpartition("~")
    if len(text) > LONGEST_MARK or not tilde or not _is_number(number):
        raise BadRequest("after")
    try:
        return _key(value, by.kind), int(number)
    except ValueError:
        raise BadRequest("after") from None


def _key(text: str, kind: Kind) -> Key:
    """A value of the field that the list is sorted by. Raises ValueError."""
    if kind == "day":
        return date.fromisoformat(text)
    if kind == "moment":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    if kind == "number":
        if not _is_number(text.removeprefix("-")):
            raise ValueError(text)
        return int(text)
    if "\0" in text:  # no text of the database holds one
        raise ValueError(text)
    return text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
