"""Awards of the made-up city: nine of ten of the entitled hold one, and a few who no longer should."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from guanjia.entitlements.records import NewAward
from guanjia.entitlements.snapshot import Frozen
from guanjia.interop.synthetic.numbers import account
from guanjia.kit import days
from guanjia.people.records import NewHousehold, NewPerson
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.decide import Result, rules
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.starts import first_due

FIRST = date(2019, 12, 1)
"""The month by whose rules and facts the awards were granted, and the first that this ledger owes."""
GRANTED_SHARE = 0.90
NEW_SHARE = 0.04
ENDING_SHARE = 0.02
NO_LONGER = {"dibao": 0.06, "disability_living": 0.03, "disability_care": 0.02}
"""Of those who are not entitled though the office knows them: how many hold an award all the same."""


class Office:
    """Grants awards by what the rules say of families on the first day of the first month."""

    def __init__(self, book: Book, random: Random) -> None:
        self.book, self.rules = book, rules(book, FIRST)
        self.random = random
        self.serial = 0

    def grant(self, home: NewHousehold, frozen: Frozen, asked: bool | None) -> Iterator[NewAward]:
        """The awards of one household and its members.

        `asked` for those whose story is told: True: all that it is entitled to, granted before the
        first month; False: it never applied. None: as chance has it.
        """
        people = {person.id: person for person in home.members}
        members = [people[number] for number in frozen.persons]
        for result in self.rules.decide(frozen.family):
            chapter = self.book.chapter(result.benefit)
            if chapter.by_run and self._holds(home, members, result, asked):
                yield self._award(home, members, chapter, result, asked is not None)

    def _holds(
        self, home: NewHousehold, members: list[NewPerson], result: Result, asked: bool | None
    ) -> bool:
        draw = self.random.random()
        if asked is not None:
            return asked and bool(result.entitled and result.net)
        if result.entitled:
            return bool(result.net) and draw < GRANTED_SHARE
        unit = home if result.unit == HOUSEHOLD else members[result.unit]
        known = {fact.kind for fact in unit.facts} & {"deposits", "disability_level"}
        return result.entitled is False and bool(known) and draw < NO_LONGER.get(result.benefit, 0)

    def _award(
        self,
        home: NewHousehold,
        members: list[NewPerson],
        chapter: Chapter,
        result: Result,
        steady: bool,
    ) -> NewAward:
        random, whole = self.random, result.unit == HOUSEHOLD
        applied_on, approved_on = self._procedure(_ripe(chapter, members, result.unit), steady)
        since = first_due(chapter.starts, applied_on, approved_on)
        ending = not steady and random.random() < ENDING_SHARE
        self.serial += 1
        return NewAward(
            number=f"{chapter.code}-{self.serial:06d}",
            benefit=chapter.code,
            place=_payer(home, members[0] if whole else members[result.unit]),
            applied_on=applied_on,
            assessed_on=applied_on + timedelta(days=8),
            approved_on=approved_on,
            payee=_payee(members, result.unit),
            account=account(random),
            granted=result.net or random.randint(8, 45) * 10_00,
            since=since,
            pays_from=max(since, FIRST),
            person=None if whole else members[result.unit].id,
            household=home.id if whole else None,
            until=days.add_months(max(since, FIRST), random.randint(1, 3)) if ending else None,
            synthetic=True,
        )

    def _procedure(self, earliest: date, steady: bool) -> tuple[date, date]:
        """The days of application and of approval: before the first month, but for the new ones."""
        first, last = max(date(2018, 7, 2), earliest), date(2019, 9, 30)
        if first >= last or (not steady and self.random.random() < NEW_SHARE):
            first, last = date(2019, 12, 2), date(2020, 1, 20)
        applied_on = first + timedelta(days=self.random.randrange((last - first).days))
        return applied_on, applied_on + timedelta(days=self.random.randint(20, 40))


def _ripe(chapter: Chapter, members: list[NewPerson], unit: int) -> date:
    """The first day on which the unit was old enough, where the chapter names an age."""
    named = "age_first" in chapter.figures
    figure = chapter.figure_on("age_first", FIRST) if named else None
    born_on = members[max(unit, 0)].born_on
    return days.add_months(born_on, 12 * figure.value) if figure else born_on


def _payer(home: NewHousehold, person: NewPerson) -> str:
    """The place of the 户籍 pays; where it lies elsewhere, that of the home."""
    hukou = next((f.value for f in person.facts if f.kind == "hukou"), None)
    return hukou if isinstance(hukou, str) and hukou.isdecimal() else home.place


def _payee(members: list[NewPerson], unit: int) -> str:
    """The person, or for a household or a child, the head."""
    if unit == HOUSEHOLD or days.age(members[unit].born_on, FIRST) < 18:
        return members[0].name
    return members[unit].name
