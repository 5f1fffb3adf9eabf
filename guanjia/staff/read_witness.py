"""The witness of the read log: hashes of its batches in a file outside the database, and what restores took away.

A line is a batch's number and hash, or says that a backup was put in place of what was here: up to which
batch the two agree, up to which the file had hashes, when that was, and when the backup was made.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from guanjia.policy.words import word

RESTORED = "restored"
BATCH = re.compile("([0-9]{1,18}) ([0-9a-f]{64})")
TAKEN = re.compile(f"{RESTORED} ([0-9]{{1,18}}) ([0-9]{{1,18}}) ([^ ]+) ([^ ]+)")

LONGEST = 400
"""Bytes of a line, at most."""


class Damaged(RuntimeError):
    """A line of the file is none that was written: what it says is not to be relied on."""

    def __init__(self, file: Path, number: int) -> None:
        super().__init__(
            word(
                "查阅日志在数据库外的留存 {file} 第 {number} 行读不懂：磁盘出过错，或有人改过这个文件。"
                "请先查明原因。另存有这个文件的，请放回原处；没有的，请把它改名留着，再运行 "
                "guanjia log seal，按数据库现有的内容重新留存。重新留存的，核对不出此前对数据库的改动。",
                file=file,
                number=number,
            )
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """A restore from a backup older than the end of the chain: batches behind `head` up to `last` are not in it."""

    head: int
    last: int
    at: datetime
    made: datetime


@dataclass(slots=True)
class Witness:
    """What the file says: the hash of each batch that should be there, and what restores took away."""

    hashes: dict[int, str] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)


def file_in(home: Path) -> Path:
    """Numbers and hashes of batches, a line each: a database rewritten whole does not fit it."""
    return home / "read-log-chain"


def read(home: Path) -> Witness:
    """The file as it stands; a line cut off in writing does not count. Raises Damaged."""
    found = Witness()
    if not file_in(home).exists():
        return found
    whole, _end, _cut = file_in(home).read_bytes().rpartition(b"\n")
    for number, line in enumerate(whole.split(b"\n") if whole else (), 1):
        try:
            one = _line(line.decode("ascii"))
        except ValueError:
            raise Damaged(file_in(home), number) from None
        if isinstance(one, Gone):
            found.gone.append(one)
            found.hashes = {n: text for n, text in found.hashes.items() if n <= one.head}
        else:
            found.hashes[one[0]] = one[1]
    return found


def _line(line: str) -> tuple[int, str] | Gone:
    """A batch's number and hash, or what a restore took away. Raises ValueError for any other line."""
    if batch := BATCH.fullmatch(line):
        return int(batch[1]), batch[2]
    if taken := TAKEN.fullmatch(line):
        at, made = map(datetime.fromisoformat, taken.group(3, 4))
        return Gone(int(taken[1]), int(taken[2]), at, made)
    raise ValueError(line)


def add(home: Path, batches: Iterable[tuple[int, str]]) -> None:
    """Numbers and hashes of batches that were sealed."""
    _write(home, [f"{number} {text}" for number, text in batches])


def restored(home: Path, batches: Mapping[int, str], at: datetime, made: datetime) -> Gone | None:
    """A backup with these batches is in place now: note what of the file's is not in it; None where all is.

    Raises Damaged.
    """
    known = read(home).hashes
    head = max((n for n, text in known.items() if batches.get(n) == text), default=0)
    last = max(known, default=0)
    if last == head:
        return None
    gone = Gone(head, last, at, made)
    _write(home, [f"{RESTORED} {head} {last} {at.isoformat()} {made.isoformat()}"])
    return gone


def told(gone: Gone) -> str:
    """What a restore from an older backup took away, in words."""
    return word(
        "{at} 恢复了 {made} 的备份。查阅日志当时封存到第 {last} 批，备份里只有前 {head} 批："
        "第 {first} 至 {last} 批的查阅记录不在库里。如果有更晚的备份，可以从中查到。",
        at=f"{gone.at:%F %T}",
        made=f"{gone.made:%F %T}",
        last=gone.last,
        head=gone.head,
        first=gone.head + 1,
    )


def _write(home: Path, lines: list[str]) -> None:
    handle = os.open(file_in(home), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as out:
        out.seek(max(0, out.seek(0, os.SEEK_END) - LONGEST))
        start, tail = out.tell(), out.read()
        out.seek(start + tail.rfind(b"\n") + 1)  # what was cut off in writing goes
        out.truncate()
        out.writelines(f"{line}\n".encode() for line in lines)
        out.flush()
        os.fsync(out.fileno())
