"""Proving the ledger: each check is one query that returns what is wrong, and nothing where all is well."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.kit import money


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which check found it, where, and what was found."""

    check: str
    subject: str
    text: str


CHECKS = {
    "balance": gettext_lazy("每个账户的余额等于流入减流出"),
    "overdraft": gettext_lazy("除财政账户外没有账户为负"),
    "nought": gettext_lazy("所有账户的余额相加为零"),
    "shape": gettext_lazy("每笔划转金额大于零，付方不是收方，且与凭证同在一地"),
    "payment": gettext_lazy("每笔发放都有批次、待遇、决定和月份，并且划了款"),
    "amount": gettext_lazy("每笔发放的金额等于决定的金额"),
    "twice": gettext_lazy("没有一个月（按年发的，没有一年）的同一待遇发过两次"),
    "people": gettext_lazy("每张凭证由两个人经办和审批"),
    "returned": gettext_lazy("银行退回的和重发的，金额等于原来那一笔"),
    "suspense": gettext_lazy("挂账账户的余额等于退回减重发"),
    "sum": gettext_lazy("一个月的发放减冲正，不超过对这个月作过的最高决定"),
}

BALANCE = """
SELECT a.path, a.balance, coalesce(m.fen, 0)::bigint FROM ledger_account a LEFT JOIN (
  SELECT account, sum(fen) AS fen FROM (
    SELECT source_id AS account, -fen AS fen FROM ledger_transfer
    UNION ALL SELECT target_id, fen FROM ledger_transfer) sides GROUP BY account
) m ON m.account = a.id WHERE a.balance <> coalesce(m.fen, 0) ORDER BY a.path
"""
OVERDRAFT = """
SELECT path, balance FROM ledger_account WHERE balance < 0 AND path NOT LIKE 'treasury/%%'
ORDER BY path
"""
SHAPE = """
SELECT coalesce(e.key, t.entry_id::text), t.fen FROM ledger_transfer t
LEFT JOIN ledger_entry e ON e.id = t.entry_id
WHERE t.fen <= 0 OR t.source_id = t.target_id OR e.id IS NULL OR e.place <> t.place ORDER BY t.id
"""
PAYMENT = """
SELECT e.key FROM ledger_entry e WHERE e.kind = 'payment' AND (
  e.run_id IS NULL OR e.award_id IS NULL OR e.determination_id IS NULL OR e.month IS NULL
  OR NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.entry_id = e.id)) ORDER BY e.id
"""
AMOUNT = """
SELECT e.key, t.fen, d.pays FROM ledger_entry e
JOIN (SELECT entry_id, sum(fen)::bigint AS fen FROM ledger_transfer GROUP BY entry_id) t
  ON t.entry_id = e.id
JOIN entitlements_determination d ON d.id = e.determination_id
WHERE e.kind = 'payment' AND e.key LIKE '%%/payment/0'
  AND (t.fen <> d.pays OR d.award_id IS DISTINCT FROM e.award_id OR d.since > e.month)
ORDER BY e.id
"""
TWICE = """
SELECT min(key), count(*) FROM ledger_entry WHERE kind = 'payment' AND key LIKE '%%/payment/0'
GROUP BY split_part(key, '/', 1), split_part(key, '/', 2),
  CASE WHEN split_part(key, '/', -3) = 'once' THEN key WHEN length(split_part(key, '/', -3)) = 4
    THEN split_part(key, '/', -3) ELSE month::text END
HAVING count(*) > 1 ORDER BY 1
"""
RETURNED = """
SELECT e.key, m.fen, o.fen FROM ledger_entry e
JOIN LATERAL (SELECT sum(fen)::bigint AS fen FROM ledger_transfer WHERE entry_id = e.id) m ON true
JOIN LATERAL (SELECT sum(fen)::bigint AS fen FROM ledger_transfer WHERE entry_id = e.of_id) o ON true
WHERE e.kind IN ('failure', 'repayment') AND m.fen IS DISTINCT FROM o.fen ORDER BY e.id
"""
SUSPENSE = """
SELECT a.path, a.balance, coalesce(m.fen, 0)::bigint FROM ledger_account a LEFT JOIN (
  SELECT left(e.place, 9) AS town, sum(CASE e.kind WHEN 'failure' THEN t.fen ELSE -t.fen END) AS fen
  FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
  LEFT JOIN ledger_entry r ON r.reverses_id = e.id
  WHERE e.kind IN ('failure', 'repayment') AND r.id IS NULL GROUP BY 1
) m ON a.path = 'suspense/' || m.town
WHERE a.path LIKE 'suspense/%%' AND a.balance <> coalesce(m.fen, 0) ORDER BY a.path
"""
SUM = """
SELECT min(p.key), p.fen, d.pays FROM (
  SELECT regexp_replace(e.key, '[0-9]+$', '') AS stem, min(e.key) AS key, min(e.month) AS month,
    min(e.determination_id) AS one,
    sum(CASE WHEN r.id IS NULL THEN t.fen ELSE 0 END)::bigint AS fen
  FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
  LEFT JOIN ledger_entry r ON r.reverses_id = e.id
  WHERE e.kind = 'payment' GROUP BY 1 HAVING count(*) > 1
) p JOIN entitlements_determination one ON one.id = p.one
JOIN LATERAL (
  SELECT max(d.pays) AS pays FROM entitlements_determination d
  WHERE d.benefit = one.benefit AND d.person_id IS NOT DISTINCT FROM one.person_id
    AND d.household_id IS NOT DISTINCT FROM one.household_id AND d.since <= p.month
) d ON true
LEFT JOIN LATERAL (
  SELECT coalesce(sum(o.paid - o.due), 0)::bigint AS fen FROM entitlements_overpayment o
  JOIN entitlements_overpaymentstep s ON s.overpayment_id = o.id AND s.step = 'agreed'
  WHERE s.outcome = 'recovered' AND o.benefit = one.benefit AND o.month = p.month
    AND o.person_id IS NOT DISTINCT FROM one.person_id
    AND o.household_id IS NOT DISTINCT FROM one.household_id
) back ON true
WHERE p.fen - back.fen > d.pays GROUP BY p.fen, d.pays
"""
PEOPLE = "SELECT key FROM ledger_entry WHERE prepared_by_id = approved_by_id ORDER BY id"


def audit() -> list[Finding]:
    """Everything that is wrong in what this scope sees. An empty list is the proof."""
    return [
        *(_finding("balance", path, held, moved) for path, held, moved in _rows(BALANCE)),
        *(_finding("overdraft", path, held) for path, held in _rows(OVERDRAFT)),
        *_nought(),
        *(_finding("shape", key, fen) for key, fen in _rows(SHAPE)),
        *(_finding("payment", key) for (key,) in _rows(PAYMENT)),
        *(_finding("amount", key, fen, pays) for key, fen, pays in _rows(AMOUNT)),
        *(Finding("twice", key, str(count)) for key, count in _rows(TWICE)),
        *(_finding("people", key) for (key,) in _rows(PEOPLE)),
        *(_finding("returned", key, fen, of) for key, fen, of in _rows(RETURNED)),
        *(_finding("suspense", path, held, moved) for path, held, moved in _rows(SUSPENSE)),
        *(_finding("sum", key, fen, pays) for key, fen, pays in _rows(SUM)),
    ]


def _nought() -> list[Finding]:
    """Money is neither made nor lost; a scope that does not see the treasury cannot tell."""
    treasury, total = _rows(
        "SELECT bool_or(path LIKE 'treasury/%%'), sum(balance)::bigint FROM ledger_account"
    )[0]
    return [_finding("nought", _("全部账户"), total)] if treasury and total else []


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return list(cursor.fetchall())


def _finding(check: str, subject: str, *fen: int) -> Finding:
    return Finding(check, subject, " / ".join(money.show(each) for each in fen))
