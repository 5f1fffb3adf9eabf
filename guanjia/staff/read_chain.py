"""The chain over the read log: finished transactions are sealed in batches, and the whole is checked.

A batch holds the rows whose transaction number lies in its range. Its end is never beyond the oldest
transaction still running, so one that commits late, with earlier row numbers, comes into a later batch.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Max, Min

from guanjia.policy.words import word
from guanjia.staff.read_models import Read, ReadBatch

START = bytes(32)
COLUMNS = (
    *("id", "at", "user_id", "post_id", "place", "kind", "person", "matter", "what", "filters"),
    *("found", "words_hash", "reason", "reason_words", "address", "status", "xid", "cluster"),
)
HORIZON = """
SELECT (SELECT system_identifier FROM pg_control_system()),
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: how much is sealed, and the first break in words ('' where whole).

    `batches` were read, `sound` of them are as they were sealed.
    """

    batches: int
    sound: int
    rows: int
    unsealed: int
    head: str
    broken: str


def seal_finished(at: datetime) -> int:
    """Seal all rows of finished transactions; returns how many. Needs a job's scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('staff_readbatch'))")
        cursor.execute(HORIZON)
        here, xmin = cursor.fetchone()
        ends = _ends()
        sealed = 0
        waiting = Read.objects.values_list("cluster").annotate(last=Max("xid")).order_by("cluster")
        for cluster, last in waiting:
            start = ends.get(cluster, 0)
            end = min(last + 1, xmin) if cluster == here else last + 1
            sealed += _add(cluster, start, end, at) if end > start else 0
    return sealed


def _ends() -> dict[int, int]:
    """Up to which transaction each cluster is sealed. A restored house brings another cluster."""
    return dict(ReadBatch.objects.values_list("cluster").annotate(Max("to_xid")))


def _add(cluster: int, start: int, end: int, at: datetime) -> int:
    last = ReadBatch.objects.order_by("-number").first()
    previous = bytes(last.hash) if last else START
    rows, digest = _digest(previous, cluster, start, end)
    if rows:
        ReadBatch.objects.create(
            number=last.number + 1 if last else 1,
            cluster=cluster,
            from_xid=start,
            to_xid=end,
            rows=rows,
            previous=previous,
            hash=digest,
            sealed_at=at,
        )
    return rows


def _digest(previous: bytes, cluster: int, start: int, end: int) -> tuple[int, bytes]:
    """How many rows a range holds, and the hash of the batch before with their canonical text."""
    total, rows = sha256(previous + f"{cluster} {start} {end}\n".encode()), 0
    for line in _canonical(cluster, start, end):
        total.update(line)
        rows += 1
    return rows, total.digest()


def _canonical(cluster: int, start: int, end: int) -> Iterator[bytes]:
    found = Read.objects.filter(cluster=cluster, xid__gte=start, xid__lt=end)
    for row in found.order_by("xid", "id").values_list(*COLUMNS).iterator(chunk_size=2000):
        yield json.dumps([_text(cell) for cell in row], ensure_ascii=False).encode() + b"\n"


def _text(cell: object) -> object:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).hex()
    return cell.isoformat() if isinstance(cell, datetime) else cell


def check(witnessed: dict[int, str] | None = None) -> Verdict:
    """Read the whole chain again; the first break in words. Needs a job's scope.

    `witnessed` are the hashes that stand outside the database, by number: they tell where the end of
    the chain itself was taken away or made anew.
    """
    previous, number, sound, rows, broken = START, 0, 0, 0, ""
    ends: dict[int, int] = {}
    for batch in ReadBatch.objects.order_by("number").iterator():
        number += 1
        broken = _break(batch, number, previous, ends.get(batch.cluster, 0), witnessed or {})
        if broken:
            break
        previous, sound, rows = bytes(batch.hash), number, rows + batch.rows
        ends[batch.cluster] = batch.to_xid
    if not broken and witnessed and max(witnessed) > number:
        broken = word(
            "数据库里只封存到第 {number} 批，数据库外留存到第 {last} 批：后面的封存记录不见了。",
            number=number,
            last=max(witnessed),
        )
    unsealed = 0 if broken else sum(_waiting(c, ends.get(c, 0)) for c in _clusters())
    return Verdict(number, sound, rows, unsealed, previous.hex(), broken)


def _clusters() -> list[int]:
    return list(Read.objects.order_by("cluster").values_list("cluster", flat=True).distinct())


def _waiting(cluster: int, end: int) -> int:
    return Read.objects.filter(cluster=cluster, xid__gte=end).count()


def _break(
    batch: ReadBatch, number: int, previous: bytes, start: int, witnessed: dict[int, str]
) -> str:
    """What is wrong with one batch, in words; '' where nothing is."""
    if batch.number != number or bytes(batch.previous) != previous or batch.from_xid != start:
        return word("第 {number} 批的封存记录被删去或改动。", number=number)
    if witnessed.get(number, bytes(batch.hash).hex()) != bytes(batch.hash).hex():
        return word("第 {number} 批与数据库外留存的摘要不符。", number=number)
    rows, digest = _digest(previous, batch.cluster, batch.from_xid, batch.to_xid)
    if rows == batch.rows and digest == bytes(batch.hash):
        return ""
    span = Read.objects.filter(
        cluster=batch.cluster, xid__gte=batch.from_xid, xid__lt=batch.to_xid
    ).aggregate(first=Min("id"), last=Max("id"))
    where = word(
        "第 {number} 批（封存于 {at}，记录 {first} 至 {last}）：",
        number=number,
        at=f"{batch.sealed_at:%F %T %Z}",
        first=span["first"] or "—",
        last=span["last"] or "—",
    )
    if rows < batch.rows:
        return where + word(
            "封存时 {was} 行，现在少了 {n} 行。", was=batch.rows, n=batch.rows - rows
        )
    if rows > batch.rows:
        return where + word(
            "封存时 {was} 行，现在多了 {n} 行。", was=batch.rows, n=rows - batch.rows
        )
    return where + word("行数相同，但内容被改动。")
