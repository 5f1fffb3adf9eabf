"""A bank's return is taken over: what was paid stays, what failed goes to suspense, the rest is listed.

Read once: the same file again changes nothing. A line that matches no payment that waits for an
answer, to the fen, moves no money.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guanjia.entitlements.after_errors import NotSent, UnknownFile
from guanjia.entitlements.models import BankFile, Run
from guanjia.entitlements.tables.after import BankReturn, Result, Sending
from guanjia.kit import bulk, money
from guanjia.ledger import returning as ledger
from guanjia.ledger.records import Because
from guanjia.staff.models import User

SENT = """
SELECT e.key, e.id, e.place, t.fen, EXISTS (
    SELECT FROM entitlements_bankanswer a WHERE a.entry_id = e.id AND a.result <> 'unmatched'),
  EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)
FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
WHERE e.key = ANY(%s::text[]) AND e.run_id = %s::bigint AND e.kind IN ('payment', 'repayment')
"""
COLUMNS = {
    "back_id": "bigint",
    "place": "text",
    "number": "bigint",
    "entry_id": "bigint",
    "key": "text",
    "payee": "text",
    "fen": "bigint",
    "result": "text",
    "reason": "text",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a return: its number, whose payment it answers, and what the bank says."""

    number: int
    key: str
    payee: str
    fen: int
    paid: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Return:
    """A return that was read and is whole. `of`: the name of the file that it answers."""

    name: str
    sha256: str
    of: str
    lines: tuple[Line, ...]

    @property
    def fen(self) -> int:
        """The sum of its lines."""
        return sum(line.fen for line in self.lines)


@transaction.atomic
def take_over(back: Return, by: User, at: datetime, on: date) -> tuple[BankReturn, bool]:
    """Write a return down and move what failed into suspense; whether it was new.

    Raises UnknownFile, NotSent. What failed stands under the two who answer for the run.
    """
    file = BankFile.objects.filter(name=back.of).select_related("run").first()
    if file is None:
        raise UnknownFile(back.of)
    run = Run.objects.select_for_update().get(pk=file.run_id)
    known = BankReturn.objects.filter(sha256=back.sha256).first()
    if known is not None:
        return known, False
    if not Sending.objects.filter(run=run).exists():
        raise NotSent(back.of)
    written = BankReturn.objects.create(
        file=file,
        run=run,
        place_id=file.place_id,
        name=back.name[:120],
        sha256=back.sha256,
        lines=len(back.lines),
        fen=back.fen,
        loaded_by=by,
        loaded_at=at,
    )
    _write(written, back.lines, run, on)
    return written, True


def _write(written: BankReturn, lines: Sequence[Line], run: Run, on: date) -> None:
    rows = bulk.rows(SENT, [[line.key for line in lines], run.pk])
    waiting = {key: tuple(rest) for key, *rest in rows}
    answers: list[tuple[Any, ...]] = []
    failed: list[tuple[int, str]] = []
    for line in lines:
        entry, place, result, reason = _answer(line, waiting)
        if result != Result.UNMATCHED:
            waiting[line.key] = (*waiting[line.key][:3], True, False)
        if result == Result.FAILED:
            failed.append((entry or 0, reason))
        row = (line.number, entry, line.key[:160], line.payee[:60], line.fen, result, reason[:200])
        answers.append((written.pk, place or written.place_id, *row))
    bulk.insert("entitlements_bankanswer", COLUMNS, answers)
    assert run.approved_by_id is not None  # the schema's promise: it was paid
    ledger.post_failures(failed, Because(on, run.prepared_by_id, run.approved_by_id))


def _answer(
    line: Line, waiting: dict[str, tuple[Any, ...]]
) -> tuple[int | None, str | None, Result, str]:
    """Entry, place, result and reason of a line."""
    found = waiting.get(line.key)
    if found is None:
        return None, None, Result.UNMATCHED, _("这一批没有这个凭证号")
    entry, place, fen, answered, reversed_ = found
    if reversed_:
        return entry, place, Result.UNMATCHED, _("这一笔已经停发冲正")
    if answered:
        return entry, place, Result.UNMATCHED, _("这一笔银行已经答复过")
    if fen != line.fen:
        why = _("金额不符：账上是 %(fen)s") % {"fen": money.show(fen)}
        return entry, place, Result.UNMATCHED, why
    if line.paid:
        return entry, place, Result.PAID, ""
    return entry, place, Result.FAILED, line.reason.strip() or _("银行没有写明原因")
