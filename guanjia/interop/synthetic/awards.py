"""Awards of the made-up city: nine of ten of the entitled hold one, and a few who no longer should.

What a family may hold together is decided in two steps: first as if all were granted, so that
nobody gets what another benefit takes away; then by what was granted, for the amounts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from guanjia.entitlements.families import missing
from guanjia.entitlements.families.snapshot import Frozen
from guanjia.entitlements.records import NewAward
from guanjia.interop.synthetic import dates, sudden
from guanjia.interop.synthetic.dates import FIRST
from guanjia.interop.synthetic.numbers import account
from guanjia.kit import days
from guanjia.people.records import NewHousehold, NewPerson
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.decide import Result, rules
from guanjia.policy.family import HOUSEHOLD

OPENINGS = (FIRST, date(2020, 1, 1))
"""Months by whose rules awards are granted: a chapter in the first in which it has rules."""
GRANTED_SHARE = 0.90
NO_LONGER = {
    **{"dibao": 0.06, "disability_living": 0.03, "disability_care": 0.02},
    **{"tekun": 0.01, "disability_insurance": 0.02},
}
"""Of those who are not entitled though the office knows them: how many hold an award all the same."""
Key = tuple[str, int]


@dataclass(slots=True)
class File:
    """One household before the office: who lives there, what the rules read, what is granted so far.

    `asked` for those whose story is told: True: all that it is entitled to, granted before the
    first month; False: it never applied. None: as chance has it.
    """

    home: NewHousehold
    members: list[NewPerson]
    frozen: Frozen
    asked: bool | None

    def decide(self, book: Book, month: date) -> list[Result]:
        """By the rules of a month, with what is granted so far."""
        return rules(book, month).decide(self.frozen.family)

    def hold(self, keys: list[Key]) -> None:
        """These are granted now."""
        held = self.frozen.family.held | dict.fromkeys(keys, days.number(FIRST))
        self.frozen = replace(self.frozen, family=replace(self.frozen.family, held=held))


class Office:
    """Grants awards by what the rules say of families on the first day of the first month."""

    def __init__(self, book: Book, random: Random) -> None:
        self.book, self.random = book, random
        self.serial = 0
        self.funds = {c.code: account(random) for c in book.chapters if c.paid_to}
        asked = [c for c in book.chapters if c.asked]
        self.opening = [
            (month, {c.code for c in asked if self._opens(c) == month}) for month in OPENINGS
        ]

    def grant(self, home: NewHousehold, frozen: Frozen, asked: bool | None) -> Iterator[NewAward]:
        """The awards of one household and its members."""
        people = {person.id: person for person in home.members}
        file = File(home, [people[number] for number in frozen.persons], frozen, asked)
        for month, codes in self.opening:
            chosen = self._choose(file, month, codes)
            file.hold(chosen)
            for result in file.decide(self.book, month) if chosen else ():
                if (result.benefit, result.unit) in chosen:
                    yield self._award(file, self.book.chapter(result.benefit), result, month)
        for result, month, on in sudden.helped(self.book, file.members, frozen):
            if self.random.random() < GRANTED_SHARE:
                chapter = self.book.chapter(result.benefit)
                yield self._made(
                    file, chapter, result, dates.at_once(self.random, chapter, month, on)
                )

    def _opens(self, chapter: Chapter) -> date | None:
        return next((m for m in OPENINGS if self.book.decidable(chapter.code, m)), None)

    def _choose(self, file: File, month: date, codes: set[str]) -> list[Key]:
        """What is granted: of what would be paid beside all the others, nine of ten."""
        results = file.decide(self.book, month)
        called = any(r.entitled and r.benefit in codes for r in results)
        nets = missing.all_granted(self.book, month, file.frozen, results) if called else {}
        chosen: list[Key] = []
        for result in results:
            key = result.benefit, result.unit
            holds = result.benefit in codes and self._holds(file, result, nets.get(key))
            before = (*file.frozen.family.held, *chosen)
            if holds and not any(self._excluded(key, other) for other in before):
                chosen.append(key)
        return chosen

    def _holds(self, file: File, result: Result, fen: int | None) -> bool:
        draw = self.random.random()
        entitled = bool(result.entitled and fen) and not self._chose_another(file, result)
        if file.asked is not None:
            return file.asked and entitled
        if result.entitled:
            return entitled and draw < GRANTED_SHARE
        unit = file.home if result.unit == HOUSEHOLD else file.members[result.unit]
        known = {fact.kind for fact in unit.facts} & {"deposits", "disability_level"}
        return result.entitled is False and bool(known) and draw < NO_LONGER.get(result.benefit, 0)

    def _chose_another(self, file: File, result: Result) -> bool:
        """Whether the person chose another of the benefits between which there is a choice."""
        asked = {r.chosen_by for r in self.book.relations if result.benefit in (r.giver, r.taker)}
        facts = file.members[result.unit].facts if result.unit != HOUSEHOLD else []
        return any(f.kind in asked and f.value != result.benefit for f in facts)

    def _excluded(self, one: Key, other: Key) -> bool:
        """Whether one of two awards leaves nothing of the other for the same unit."""
        pair = {one[0], other[0]}
        same = one[1] == other[1] and len(pair) == 2
        return same and any(
            r.kind == "exclude" and {r.giver, r.taker} == pair for r in self.book.relations
        )

    def _award(self, file: File, chapter: Chapter, result: Result, month: date) -> NewAward:
        ripe = dates.ripe(chapter, file.members[max(result.unit, 0)].born_on)
        when = dates.of(
            self.random, chapter, max(ripe, month if month > FIRST else ripe), file.asked
        )
        return self._made(file, chapter, result, when)

    def _made(self, file: File, chapter: Chapter, result: Result, when: dates.Dates) -> NewAward:
        whole, members = result.unit == HOUSEHOLD, file.members
        self.serial += 1
        return NewAward(
            number=f"{chapter.code}-{self.serial:06d}",
            benefit=chapter.code,
            place=_payer(chapter, file.home, members[max(result.unit, 0)]),
            applied_on=when.applied_on,
            assessed_on=when.assessed_on,
            approved_on=when.approved_on,
            payee=chapter.paid_to or _payee(members, result.unit),
            account=self.funds.get(chapter.code) or account(self.random),
            granted=result.net or self.random.randint(8, 45) * 10_00,
            since=when.since,
            pays_from=when.pays_from,
            cadence=chapter.cadence,
            person=None if whole else members[result.unit].id,
            household=file.home.id if whole else None,
            until=when.until,
            synthetic=True,
        )


def _payer(chapter: Chapter, home: NewHousehold, person: NewPerson) -> str:
    """The place of the 户籍 pays; where that lies elsewhere, or the chapter says so, that of the home."""
    hukou = next((f.value for f in person.facts if f.kind == "hukou"), None)
    here = chapter.place == "hukou" and isinstance(hukou, str) and hukou.isdecimal()
    return str(hukou) if here else home.place


def _payee(members: list[NewPerson], unit: int) -> str:
    """The person, or for a household or a child, the head."""
    if unit == HOUSEHOLD or days.age(members[unit].born_on, FIRST) < 18:
        return members[0].name
    return members[unit].name
