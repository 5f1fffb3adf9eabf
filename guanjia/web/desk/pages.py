"""What the desk's pages show: a change with before and after, and the benefits that read the fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guanjia.people import changes, dossier, queries
from guanjia.people.desk_models import ChangeRequest
from guanjia.people.dossier import Shown
from guanjia.people.joins import Join
from guanjia.people.models import Household, HouseholdFact, Person, PersonFact
from guanjia.places import queries as places
from guanjia.policy import facts, read_facts
from guanjia.policy.facts import Fact
from guanjia.web.book import the_book


@dataclass(frozen=True, slots=True)
class Choice:
    """One fact that may be changed: its name in words, and the titles of the benefits that read it."""

    fact: Fact
    label: str
    benefits: tuple[str, ...]


def read() -> dict[str, tuple[str, ...]]:
    """Each fact that moves money, with the titles of the benefits that read it."""
    book = the_book.shown().book
    titles = {chapter.code: chapter.title for chapter in book.chapters}
    return {
        name: tuple(titles[code] for code in codes)
        for name, codes in read_facts.read_by(book).items()
    }


def choices(of: str) -> list[Choice]:
    """The facts of a `person` or a `household` that may be changed, those that move money first."""
    known, moving = facts.declared(), read()
    found = known.person if of == "person" else known.household
    wanted = [f for f in found if not f.derived_from and f.name not in dossier.ON_THE_PERSON]
    listed = [Choice(f, dossier.label_of(f), moving.get(f.name, ())) for f in wanted]
    return sorted(listed, key=lambda choice: not choice.benefits)


def believed(of: Person | Household, kind: str, names: dict[str, str]) -> list[Shown]:
    """What is believed now of one fact, newest period first."""
    fact = facts.declared().find(kind)
    if fact is None:
        return []
    rows: list[PersonFact] | list[HouseholdFact] = (
        queries.facts_of_person(of.pk)
        if isinstance(of, Person)
        else queries.facts_of_household(of.pk)
    )
    now = [row for row in rows if row.kind == kind and row.superseded_at is None]
    return [dossier.shown(fact, row, names) for row in now]


def change_page(row: ChangeRequest) -> dict[str, Any]:
    """Before and after of one request."""
    fact = facts.declared().find(row.kind)
    of = row.person or row.household
    assert of is not None  # change_is_of_one_unit
    held = believed(of, row.kind, {})
    names = places.names(w for w in [row.word or "", *[s.words for s in held]] if w.isdecimal())
    wanted = _asked(fact, row, names) if fact else None
    return {
        "change": row,
        "label": dossier.label_of(fact) if fact else row.kind,
        "before": [s for s in believed(of, row.kind, names) if s.key == row.key],
        "after": wanted,
        "benefits": read().get(row.kind, ()),
        "moved_on": any(s.recorded_at > row.prepared_at for s in held if s.key == row.key),
    }


def _asked(fact: Fact, row: ChangeRequest, names: dict[str, str]) -> Shown:
    """The value asked for, in words."""
    new = PersonFact(
        kind=row.kind,
        key=row.key,
        number=row.number,
        word=row.word,
        day=row.day,
        since=row.since,
        until=row.until,
        recorded_at=row.prepared_at,
        source=row.source,
        recorded_by=None,
    )
    return dossier.shown(fact, new, names)


def change_words(row: ChangeRequest) -> str:
    """The fact that a request is about."""
    fact = facts.declared().find(row.kind)
    return dossier.label_of(fact) if fact else row.kind


def asked_of(person: int | None, household: int | None) -> dict[str, Any]:
    """What the page of a person or household tells of requests: those open, and by correction."""
    rows = changes.of_unit(person, household)
    return {
        "open_changes": [(change_words(r), r) for r in rows if r.state == "open"],
        "by_correction": {(r.kind, r.key, r.decided_at): r for r in rows if r.decided_at},
    }


def told(rows: list[PersonFact]) -> list[tuple[int, str, Shown]]:
    """Facts of a person as a list to choose from: key, the fact's name in words, value and period."""
    names = places.names(row.word or "" for row in rows if (row.word or "").isdecimal())
    known = facts.declared()
    found = [(row, known.find(row.kind)) for row in rows]
    return [
        (row.pk, dossier.label_of(fact), dossier.shown(fact, row, names))
        for row, fact in found
        if fact is not None
    ]


def joined(joins: list[Join], person: int, on: Any) -> dict[str, Any]:
    """What the page of a person tells of merges and splits: in force with whom, and those asked for."""
    merges = [j for j in joins if j.kind == "merge" and j.state == "approved"]
    return {
        "merged_into": next((j for j in merges if j.other_id == person), None),
        "merged_here": list(_gone(merges, person, on)),
        "splits": [j for j in joins if j.kind == "split" and j.state == "approved"],
        "open_joins": [j for j in joins if j.state == "open"],
    }


def _gone(joins: list[Join], person: int, on: Any) -> Iterator[tuple[Join, list[dossier.Group]]]:
    for join in joins:
        if join.one_id == person:
            rows = queries.facts_of_person(join.other_id)
            yield join, dossier.groups("person", rows, on, {})
