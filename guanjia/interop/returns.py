"""The file that comes back from a bank, in Guanjia's own neutral form, and how it is proved whole.

It is the file that was sent, line by line, with two columns more: 结果 (成功 or 失败) and 原因. A
total line follows, and a last line with the SHA-256 of every byte before it and the name of the file
that it answers. CSV in GB18030 or UTF-8. A bank's own form goes behind an adapter that writes this.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence

from guanjia.entitlements.after_errors import NoReturn, NotWhole, Tampered, WrongTotal
from guanjia.entitlements.bank.returning import Line, Return
from guanjia.interop import bank

HEADER = (*bank.HEADER, "结果", "原因")
PAID, FAILED, SEAL = "成功", "失败", "校验"
YUAN = re.compile(r"([0-9]{1,13})\.([0-9]{2})")
SEALED = re.compile(r"校验,([0-9a-f]{64}),([^,\r\n]{1,80}),*(?:\r?\n)?")
LARGEST = 200 * 1024 * 1024
"""Bytes: a return of a million lines is half as large."""


def read(name: str, content: bytes) -> Return:
    """A return as it was read. Raises NotWhole, Tampered, WrongTotal, NoReturn."""
    body, said, of = _sealed(content)
    if hashlib.sha256(body).hexdigest() != said:
        raise Tampered
    rows = list(csv.reader(io.StringIO(_text(body))))
    if not rows or tuple(rows[0][: len(HEADER)]) != HEADER:
        raise NoReturn(1)
    if len(rows) < 2 or rows[-1][:1] != [bank.TOTAL]:
        raise NotWhole
    lines = tuple(_line(number, row) for number, row in enumerate(rows[1:-1], 2))
    back = Return(name, hashlib.sha256(content).hexdigest(), of, lines)
    total = _fen(len(rows), rows[-1][3] if len(rows[-1]) > 3 else "")
    if total != back.fen or rows[-1][1] != f"{len(lines)} 笔":
        raise WrongTotal(total, back.fen)
    return back


def answer(sent: bytes, of: str, failures: Mapping[str, str], encoding: str = "gb18030") -> bytes:
    """What a bank sends back of a file, where these keys failed, each with its reason.

    For adapters of a bank's own form, for demonstrations and for tests.
    """
    rows = list(csv.reader(io.StringIO(sent.decode(bank.ENCODING))))[1:-1]
    return written([_answered(row, failures.get(row[5])) for row in rows], of, encoding)


def written(rows: Sequence[Sequence[str]], of: str, encoding: str = "gb18030") -> bytes:
    """Lines of a return with header, total and seal."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(HEADER)
    table.writerows(rows)
    fen = sum(_fen(number, row[3]) for number, row in enumerate(rows, 2))
    table.writerow((bank.TOTAL, f"{len(rows)} 笔", "", bank.yuan(fen), "", "", "", ""))
    body = out.getvalue().encode(encoding)
    return body + f"{SEAL},{hashlib.sha256(body).hexdigest()},{of}\r\n".encode(encoding)


def _answered(row: Sequence[str], reason: str | None) -> list[str]:
    return [*row, PAID, ""] if reason is None else [*row, FAILED, reason]


def _sealed(content: bytes) -> tuple[bytes, str, str]:
    """The bytes before the last line, and what that says: a hash, the name of the file answered."""
    cut = content.rstrip(b"\r\n").rfind(b"\n") + 1
    try:
        said = SEALED.fullmatch(_text(content[cut:]).removeprefix("\ufeff"))
    except NoReturn:
        raise NotWhole from None
    if said is None:
        raise NotWhole
    return content[:cut], said[1], said[2]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", bank.ENCODING):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoReturn(1)


def _line(number: int, row: Sequence[str]) -> Line:
    if len(row) < len(HEADER) or row[6] not in (PAID, FAILED) or not row[5]:
        raise NoReturn(number)
    return Line(
        number, row[5], row[1].removeprefix("'"), _fen(number, row[3]), row[6] == PAID, row[7]
    )


def _fen(number: int, text: str) -> int:
    found = YUAN.fullmatch(text.replace(",", ""))
    if found is None:
        raise NoReturn(number)
    return int(found[1]) * 100 + int(found[2])
