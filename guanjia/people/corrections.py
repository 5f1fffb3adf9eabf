"""Corrections as a page tells them: what was believed, what is believed since, when, by whom, whence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guanjia.people import dossier
from guanjia.people.dossier import Row, Shown
from guanjia.policy.facts import Facts

Key = tuple[str, str, datetime]
"""Kind, key and moment of one correction."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of one fact. `change` is the request that brought it, where there was one."""

    kind: str
    label: str
    key: str
    at: datetime
    before: tuple[Shown, ...]
    after: tuple[Shown, ...]
    change: Any = None

    @property
    def by(self) -> str:
        """Who recorded what is believed since; empty where a register brought it."""
        return next((shown.by for shown in self.after if shown.by), "")


def corrections(
    declared: Facts, rows: Iterable[Row], places: Mapping[str, str], changes: Mapping[Key, Any]
) -> list[Correction]:
    """Every correction among the rows of one person or household, the newest first."""
    of_kind: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_kind.setdefault((row.kind, row.key), []).append(row)
    found = [c for held in of_kind.values() for c in _of(declared, held, places, changes)]
    return sorted(found, key=lambda c: c.at, reverse=True)


def _of(
    declared: Facts, rows: list[Row], places: Mapping[str, str], changes: Mapping[Key, Any]
) -> Iterator[Correction]:
    fact = declared.find(rows[0].kind)
    if fact is None:  # no longer declared: no page shows it
        return
    for at in {row.superseded_at for row in rows if row.superseded_at is not None}:
        before = [row for row in rows if row.superseded_at == at]
        after = [row for row in rows if row.recorded_at == at and not _remains(row, before)]
        yield Correction(
            kind=fact.name,
            label=dossier.label_of(fact),
            key=rows[0].key,
            at=at,
            before=tuple(dossier.shown(fact, row, places) for row in before),
            after=tuple(dossier.shown(fact, row, places) for row in after),
            change=changes.get((fact.name, rows[0].key, at)),
        )


def _remains(row: Row, before: Iterable[Row]) -> bool:
    """Whether the row only says again, of a part of the time, what was believed before."""
    return any(
        (row.number, row.word, row.day) == (old.number, old.word, old.day)
        and old.since <= row.since
        and (old.until is None or (row.until is not None and row.until <= old.until))
        for old in before
    )
