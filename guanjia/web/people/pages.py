"""What the pages of a person and of a household show, put together from the rooms that know it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from guanjia.entitlements import books
from guanjia.entitlements.models import Award
from guanjia.entitlements.why import page_queries as entitled
from guanjia.kit import days
from guanjia.ledger import queries as ledger
from guanjia.ledger.models import Entry
from guanjia.people import belief, corrections, dossier, joins, queries, words
from guanjia.people.corrections import Correction
from guanjia.people.dossier import Row
from guanjia.people.models import Membership
from guanjia.places import queries as places
from guanjia.policy import facts
from guanjia.policy.chapter import Chapter
from guanjia.web.book import the_book
from guanjia.web.desk import pages as desk_pages

RECENT = 24


@dataclass(frozen=True, slots=True)
class Member:
    """One member as listed: who, what to the head, since and until when."""

    chip: words.Chip
    relation: str
    membership: Membership


@dataclass(frozen=True, slots=True)
class Due:
    """One benefit for this unit: its title, its awards, newest first; no chapter: the book lost it."""

    title: str
    chapter: Chapter | None
    awards: tuple[Award, ...]


def person_page(number: int, today: date, known: date | None = None) -> dict[str, Any]:
    """Context of a person's page; with `known`, as it was known at the end of that day.

    Raises Person.DoesNotExist.
    """
    on, moment = (known, belief.end_of(known)) if known else (today, None)
    person = queries.person(number)
    together = queries.lived_together(number, on, moment)
    lived = [m for m, _relation in together if m.person_id == number]
    homes = sorted(lived, key=lambda m: (m.since, m.pk), reverse=True)
    home = next((h for h in homes if _holds(h, on)), None)
    home_number = home.household_id if home else None
    members = [row for row in together if row[0].household_id == home_number]
    own = belief.as_known(queries.facts_of_person(number), moment)
    reach = list(queries.reach_of(number))
    asked = desk_pages.asked_of(number, None)
    codes = [*[r.place_id for r in reach], *[f.word or "" for f in own if f.kind == "hukou"]]
    names = places.names([*codes, *[h.household.place_id for h in homes]])
    shown = {
        "person": person,
        "chip": words.chip(person, home.household.place_id if home else "", names, on),
        "age": days.age(person.born_on, on),
        "home": home,
        "earlier_homes": [h for h in homes if h is not home],
        "reach": [(words.place_words(r.place_id, names), r) for r in reach],
        "groups": dossier.groups("person", own, on, _short(names)),
        "corrections": _corrected(own, names, asked),
        "dead": any(f.kind == "alive" and f.number == 0 and f.superseded_at is None for f in own),
        "synthetic": any(f.source.synthetic for f in own),
    }
    joined = desk_pages.joined(joins.of_person(number), number, on)
    found = {**shown, **asked, **joined, **_members(members, on)}
    found |= _entitled(number, home_number, on, moment)
    return {**found, "asks": None if known else number}


def household_page(number: int, today: date, known: date | None = None) -> dict[str, Any]:
    """Context of a household's page, as a person's. Raises Household.DoesNotExist."""
    on, moment = (known, belief.end_of(known)) if known else (today, None)
    household = queries.household(number)
    own = belief.as_known(queries.facts_of_household(number), moment)
    asked = desk_pages.asked_of(None, number)
    names = places.names([household.place_id])
    shown = {
        "household": household,
        "place": words.place_words(household.place_id, names),
        "groups": dossier.groups("household", own, on, _short(names)),
        "corrections": _corrected(own, names, asked),
        "synthetic": any(f.source.synthetic for f in own),
    }
    found = {
        **shown,
        **asked,
        **_members(queries.members_of(number, on, moment), on),
        **_entitled(None, number, on, moment),
    }
    members = found["members"]
    return {**found, "asks": members[0].chip.number if members and not known else None}


def _corrected(
    own: Iterable[Row], names: dict[str, str], asked: dict[str, Any]
) -> list[Correction]:
    """What was corrected, each with the request that brought it."""
    return corrections.corrections(facts.declared(), own, _short(names), asked["by_correction"])


def _members(members: Iterable[tuple[Membership, str]], today: date) -> dict[str, Any]:
    fact = facts.declared().find("relation")
    choices = fact.choices if fact else {}
    listed = [
        Member(words.chip(m.person, "", {}, today), choices.get(r, ""), m) for m, r in members
    ]
    return {
        "members": [one for one in listed if _holds(one.membership, today)],
        "former": [one for one in listed if not _holds(one.membership, today)],
    }


def _entitled(
    person: int | None, household: int | None, on: date, moment: datetime | None
) -> dict[str, Any]:
    """Benefits with their awards, decisions as periods, and what was paid by `on`."""
    awards = entitled.awards_of(person, household, moment)
    chapters = the_book.shown().book.chapters
    titles = {chapter.code: chapter.title for chapter in chapters}
    wanted = [c for c in chapters if person is not None or c.unit == "household"]
    periods = entitled.periods_of(person, household, moment)
    paid = _paid(awards, person, on if moment else None)
    told = {p.determination.benefit for p in periods}
    told |= {a.benefit for a in awards} | {e.benefit for e in paid}
    if told - set(titles):  # of a book that is no longer in force
        titles = books.titles(told) | titles
    return {
        "dues_on": on,
        "dues": [*_dues(wanted, awards), *_without_chapter(chapters, awards, titles)],
        "periods": [(titles[p.determination.benefit], p) for p in periods],
        "payments": [(titles[e.benefit], _whose(e, person), e) for e in paid],
    }


def _dues(chapters: list[Chapter], awards: list[Award]) -> Iterator[Due]:
    for chapter in chapters:
        yield Due(chapter.title, chapter, tuple(a for a in awards if a.benefit == chapter.code))


def _without_chapter(
    chapters: Iterable[Chapter], awards: list[Award], titles: Mapping[str, str]
) -> Iterator[Due]:
    """Awards for what the book no longer has: they are shown all the same."""
    known = {chapter.code for chapter in chapters}
    for code in sorted({a.benefit for a in awards} - known):
        yield Due(titles[code], None, tuple(a for a in awards if a.benefit == code))


def _paid(awards: list[Award], person: int | None, by: date | None) -> list[Entry]:
    """The latest payments; on a person's page without those that follow for the other members."""
    paid = ledger.payments_of([a.pk for a in awards]).select_related("determination__person")
    if person is not None:
        own = Q(determination__person=None) | Q(determination__person=person)
        paid = paid.filter(own)
    if by is not None:
        paid = paid.filter(on__lte=by)
    return list(paid[:RECENT])


def _whose(entry: Entry, person: int | None) -> str:
    """On a household's page: the member for whom it was paid."""
    member = entry.determination.person if entry.determination else None
    return member.name if member and person is None else ""


def _holds(lived: Membership, on: date) -> bool:
    return lived.since <= on and (lived.until is None or on < lived.until)


def _short(names: dict[str, str]) -> dict[str, str]:
    """Every code with its town and community in short."""
    return {code: words.place_words(code, names) for code in names}
