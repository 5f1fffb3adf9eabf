"""Posting an approved run: awards in order of their keys, one batch a transaction.

What is paid is what the standing determination says, for the run's month and for earlier months
that no run has paid. The ledger's keys see to it that a month is never paid twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import repaying
from guanjia.entitlements.deciding.ahead import Ahead
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.families.snapshot import KNOWN, LONG_AGO, corrected
from guanjia.entitlements.families.weighing import Granted
from guanjia.entitlements.models import Run, RunFigure, RunState
from guanjia.kit import bulk, days, money, scope
from guanjia.ledger import actions as ledger
from guanjia.ledger import queries as ledger_queries
from guanjia.ledger.records import FOLLOWS, Because, NewPayment
from guanjia.policy.decide import rules

BATCH = 5000
UNPAID_BACK = 24
"""Months: awards that ended longer ago are not looked at for months unpaid."""

BANK_FILES = "interop.write_bank_files"
"""The task that writes a run's bank files and then says that it is paid."""

AWARDS = f"""
SELECT a.benefit, a.person_id, a.household_id, a.id, a.number, a.place, a.granted, a.assessed_on,
  a.pays_from, a.since, a.until, a.recorded_at > %(last_known_at)s::timestamptz,
  a.cadence
FROM entitlements_award a
WHERE a.id > %(cursor)s::bigint AND {KNOWN.format("a")} AND a.since <= %(month)s::date
  AND (a.until IS NULL OR a.until > %(back_to)s::date) AND a.place >= %(lo)s::text AND a.place < %(hi)s::text
ORDER BY a.id LIMIT %(size)s::bigint
"""
STANDING = """
SELECT t.position, h.id, h.pays
FROM unnest(%s::bigint[], %s::text[], %s::date[])
  WITH ORDINALITY AS t(award, benefit, month, position)
CROSS JOIN LATERAL (
  SELECT d.id, d.pays FROM entitlements_determination d
  WHERE d.award_id = t.award AND d.benefit = t.benefit AND d.since <= t.month
    AND NOT d.run_id = ANY(%s::bigint[])
  ORDER BY d.since DESC, d.id DESC LIMIT 1
) h WHERE h.pays > 0 ORDER BY t.position
"""
# What stands for a member may stand by another award since: only the last one counts.
FOLLOWING = """
SELECT t.position, h.id, h.pays, h.benefit, h.person_id
FROM unnest(%s::bigint[], %s::date[]) WITH ORDINALITY AS t(award, month, position)
CROSS JOIN LATERAL (
  SELECT DISTINCT d.benefit, d.person_id FROM entitlements_determination d
  WHERE d.award_id = t.award AND d.benefit = ANY(%s::text[]) AND d.since <= t.month
) u
CROSS JOIN LATERAL (
  SELECT d.id, d.pays, d.award_id, d.benefit, d.person_id FROM entitlements_determination d
  WHERE d.person_id = u.person_id AND d.benefit = u.benefit AND d.since <= t.month
    AND NOT d.run_id = ANY(%s::bigint[])
  ORDER BY d.since DESC, d.id DESC LIMIT 1
) h WHERE h.award_id = t.award AND h.pays > 0 ORDER BY t.position, h.benefit, h.person_id
"""


class ToPay(NamedTuple):
    """What the next awards of a run are paid: how many awards, the last one's key, the payments."""

    awards: int
    last: int
    payments: list[NewPayment]


class Due(NamedTuple):
    """One month that one award is due."""

    benefit: str
    unit: str
    award: Granted
    month: date


@transaction.atomic
def pay_batch(run_id: int, on: date, size: int = BATCH, ahead: Ahead[ToPay] | None = None) -> bool:
    """Post the next `size` awards of an approved run; False when there are no more.

    `ahead` may have worked out what they are paid. With the last one, the job that writes the bank
    files is asked for. Raises RunError and LedgerError where a budget is short: what was posted
    before stands, the rest waits.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.APPROVED:
        return False
    if run.cursor == 0:
        _check_budgets(run)
    ahead = ahead or Ahead(next_payments)
    found = ahead.take(run_id, run.cursor, size)
    if not found.awards:
        repaying.pay_past(run, on)
        app.configure_task(BANK_FILES, lock=f"run/{run_id}").defer(run_id=run_id)
        return False
    ahead.ask(run_id, found.last, size)
    assert run.approved_by_id is not None  # the schema's promise
    because = Because(on, run.prepared_by_id, run.approved_by_id, run.pk)
    ledger.post_payments(found.payments, because)
    run.cursor, run.done = found.last, run.done + found.awards
    run.save(update_fields=["cursor", "done"])
    return True


def next_payments(run_id: int, cursor: int, size: int) -> ToPay:
    """What the `size` awards after `cursor` are paid by an approved run; nothing is posted."""
    run = Run.objects.get(pk=run_id)
    found = _next_awards(run, cursor, size)
    return ToPay(len(found), found[-1][1].id if found else cursor, _payments(run, found))


def awards_to_pay(run: Run) -> int:
    """How many awards a run looks at when it pays."""
    counted = AWARDS[AWARDS.index("FROM entitlements_award a\n") : AWARDS.index("ORDER BY a.id")]
    return int(bulk.rows(f"SELECT count(*) {counted}", {**_values(run), "cursor": 0})[0][0])


def _next_awards(run: Run, cursor: int, size: int) -> list[tuple[tuple[str, str], Granted]]:
    """((benefit, unit), award) in order of keys."""
    values = _values(run)
    rows = bulk.rows(AWARDS, {**values, "cursor": cursor, "size": size})
    awards = corrected([Granted(*row[3:]) for row in rows], values["last_known_at"])
    return [
        ((benefit, f"h{household}" if person is None else f"p{person}"), award)
        for (benefit, person, household, *_rest), award in zip(rows, awards, strict=True)
    ]


def _values(run: Run) -> dict[str, Any]:
    last = queries.last_paid_run(run.place_id, run.month)
    lo, hi = scope.place_range(run.place_id)
    return {
        "known_at": run.known_at,
        "last_known_at": last.known_at if last else LONG_AGO,
        "month": run.month,
        "back_to": days.add_months(run.month, -UNPAID_BACK),
        "lo": lo,
        "hi": hi,
    }


def _payments(run: Run, found: Sequence[tuple[tuple[str, str], Granted]]) -> list[NewPayment]:
    last = queries.last_paid_run(run.place_id, run.month)
    last_month = last.month if last else None
    due = [
        Due(benefit, unit, award, month)
        for (benefit, unit), award in found
        for month in (*queries.months_behind(award, last_month, run.month), run.month)
        if award.due(month)
    ]
    return [*_own(run, due), *_following(run, due)]


def _own(run: Run, due: Sequence[Due]) -> Iterator[NewPayment]:
    """Each award's own benefit, by its standing determination; nothing where the book has no rule."""
    book = queries.book_of(run.revision_id)
    able = [d for d in due if d.benefit not in rules(book, d.month).undecidable]
    columns = [d.award.id for d in able], [d.benefit for d in able], [d.month for d in able]
    for place, determination, pays in bulk.rows(STANDING, [*columns, queries.ended_runs()]):
        one = able[place - 1]
        award = one.award
        yield NewPayment(
            *(one.benefit, one.unit, award.number, one.month, award.place, award.id),
            *(determination, pays, award.cadence),
        )


def _following(run: Run, due: Sequence[Due]) -> Iterator[NewPayment]:
    """What follows the benefits of these awards, person by person, into the awards' accounts."""
    book = queries.book_of(run.revision_id)
    follow = {code: of for code, of in queries.paid_benefits(book).items() if of}
    led = [d for d in due if any(d.benefit in of for of in follow.values())]
    pairs = [d.award.id for d in led], [d.month for d in led]
    standing = bulk.rows(FOLLOWING, [*pairs, list(follow), queries.ended_runs()])
    for place, determination, pays, benefit, person in standing:
        one = led[place - 1]
        if benefit not in rules(book, one.month).undecidable:
            yield NewPayment(
                *(benefit, f"p{person}", FOLLOWS, one.month, one.award.place, one.award.id),
                *(determination, pays, "month"),
            )


def _check_budgets(run: Run) -> None:
    """Before the first payment: every budget that is short, in one sentence."""
    needs = {
        ledger.budget(figure.place_id, figure.benefit): figure
        for figure in RunFigure.objects.filter(run=run, what="paid").select_related("place")
    }
    held = {a.path: a.balance for a in ledger_queries.accounts("budget/") if a.path in needs}
    short = [
        _("%(place)s %(account)s 差 %(fen)s")
        % {
            "place": figure.place.name,
            "account": path,
            "fen": money.show(figure.fen - held.get(path, 0)),
        }
        for path, figure in needs.items()
        if figure.fen > held.get(path, 0)
    ]
    if short:
        raise RunError(
            _(
                "有 %(count)d 个预算账户余额不够，没有记任何一笔账：%(list)s%(more)s。"
                "请先追加拨款，再点“重试”。"
            )
            % {
                "count": len(short),
                "list": "；".join(short[:5]),
                "more": "；…" if len(short) > 5 else "",
            }
        )
