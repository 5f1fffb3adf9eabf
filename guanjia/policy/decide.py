"""One family: every benefit's result in a month, with the reasons as bits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from guanjia.kit import days, money
from guanjia.policy.book import Book, Relation
from guanjia.policy.chapter import Chapter
from guanjia.policy.codegen import Decide, Verdict, compile_chapter
from guanjia.policy.family import HOUSEHOLD, MOST_MEMBERS, Family
from guanjia.policy.words import word

VERDICTS: tuple[Literal["unmet", "met", "unknown"], ...] = ("unmet", "met", "unknown")
Nets = dict[tuple[str, int], int | None]


class Result(NamedTuple):
    """What one benefit comes to for one unit: fen a period of its cadence; None is unknown.

    `gross` is the chapter alone, `net` after relations. `reasons` holds two bits a condition:
    0 not in force, 1 unmet, 2 met, 3 unknown.
    """

    benefit: str
    unit: int
    entitled: bool | None
    gross: int | None
    net: int | None
    reasons: int


class TooManyMembers(ValueError):
    """More members than a household may have."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """That a relation made an amount smaller (or unknown: `fen` None)."""

    relation: Relation
    unit: int
    fen: int | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """One chapter, compiled for each place that has figures of its own."""

    chapter: Chapter
    of_person: bool
    everywhere: Decide | None  # where no place has figures of its own
    by_place: tuple[tuple[str, Decide], ...]

    def at(self, place: str) -> Decide:
        """The function for a place: its own figures, or the city's."""
        return next(function for prefix, function in self.by_place if place.startswith(prefix))


def _plan(chapter: Chapter, month: date) -> _Plan:
    made = tuple((where, compile_chapter(chapter, month, where)) for where in chapter.wheres())
    everywhere = made[0][1] if len(made) == 1 else None
    return _Plan(chapter, chapter.unit == "person", everywhere, made)


class Rules:
    """A book as it stands in one month."""

    def __init__(self, book: Book, month: date) -> None:
        self.book = book
        self.month = days.number(month)
        able = [c for c in book.chapters if book.decidable(c.code, month)]
        self.undecidable = tuple(c.code for c in book.chapters if c not in able)
        self.plans = tuple(_plan(chapter, month) for chapter in able)
        stand = {chapter.code for chapter in able}
        self.relations = tuple(
            relation
            for relation in book.relations
            if relation.holds(month) and relation.kind != "compatible"
            if {relation.giver, relation.taker} <= stand
        )
        self.hukou = next((f.position for f in book.facts.person if f.name == "hukou"), None)

    def decide(self, family: Family, assume_awarded: bool = False) -> list[Result]:
        """Every decidable benefit of the household and of each member, in decision order.

        `assume_awarded` lets every benefit reduce the others as if it were granted already.
        Raises TooManyMembers.
        """
        if len(family.people) > MOST_MEMBERS:
            raise TooManyMembers(
                word(
                    "一户最多 {most} 人，这户有 {count} 人",
                    most=MOST_MEMBERS,
                    count=len(family.people),
                )
            )
        found = self.results(family)
        nets: Nets = {key: gross for key, (_entitled, gross, _reasons) in found.items()}
        for _reduced in self.reductions(family, found, nets, assume_awarded):
            pass
        return [
            Result(*key, entitled, gross, nets[key], reasons)
            for key, (entitled, gross, reasons) in found.items()
        ]

    def results(self, family: Family) -> dict[tuple[str, int], Verdict]:
        """(benefit, unit) to entitled, gross and reasons, before any relation; in decision order."""
        results: dict[tuple[str, int], Verdict] = {}
        held, household, people = family.held, family.household, family.people
        for plan in self.plans:
            code = plan.chapter.code
            for unit in range(len(people)) if plan.of_person else (HOUSEHOLD,):
                key = (code, unit)
                decide = plan.everywhere or plan.at(self.place(plan.chapter, family, unit))
                assessed = held.get(key, self.month)
                results[key] = decide(household, people, unit, held, results, assessed)
        return results

    def place(self, chapter: Chapter, family: Family, unit: int) -> str:
        """The place whose figures count: the 户籍 of the person, or of the household's head."""
        if chapter.place == "home" or self.hukou is None or not family.people:
            return family.place
        hukou = family.people[max(unit, 0)][self.hukou]
        return hukou if isinstance(hukou, str) else family.place

    def reductions(
        self,
        family: Family,
        found: Mapping[tuple[str, int], Verdict],
        nets: Nets,
        assume_awarded: bool,
    ) -> Iterator[Reduced]:
        """Apply the relations in order: changes `nets`, yields each reduction as it is made."""
        if not (family.held or assume_awarded):
            return
        for relation in self.relations:
            for unit in range(HOUSEHOLD, len(family.people)):
                taker = found.get((relation.taker, unit))
                if taker and taker[0]:
                    yield from self._reduce(relation, unit, family, found, nets, assume_awarded)

    def _reduce(
        self,
        relation: Relation,
        unit: int,
        family: Family,
        found: Mapping[tuple[str, int], Verdict],
        nets: Nets,
        assume_awarded: bool,
    ) -> Iterator[Reduced]:
        giver, taker = self._giver(relation.giver, unit, found), (relation.taker, unit)
        if giver is None or not (assume_awarded or giver in family.held):
            return
        if found[giver][0] is False or self._chosen(relation, family, unit) is False:
            return
        before, other = nets[taker], nets[giver]
        if before == 0:
            return
        unsure = found[giver][0] is None or self._chosen(relation, family, unit) is None
        if unsure or before is None or other is None:
            after, loser = None, taker
        else:
            share = other if giver[1] == unit else money.shares(other, len(family.people))[unit]
            loser, after = self._settle(relation, giver, taker, share, before)
            if loser == giver and not (assume_awarded or taker in family.held):
                return
        fen = None if after is None else (nets[loser] or 0) - after
        nets[loser] = after
        if fen != 0:
            yield Reduced(relation, loser[1], fen)

    @staticmethod
    def _giver(
        benefit: str, unit: int, found: Mapping[tuple[str, int], Verdict]
    ) -> tuple[str, int] | None:
        """The unit whose amount reduces this one: its own, or its household's."""
        own = (benefit, unit)
        return own if own in found else ((benefit, -1) if (benefit, -1) in found else None)

    @staticmethod
    def _settle(
        relation: Relation, giver: tuple[str, int], taker: tuple[str, int], share: int, before: int
    ) -> tuple[tuple[str, int], int]:
        """Who is reduced, and to what."""
        if relation.kind == "exclude":
            return taker, 0
        if relation.kind == "top_up":
            return taker, max(0, before - share)
        return (taker, 0) if share >= before else (giver, 0)

    def _chosen(self, relation: Relation, family: Family, unit: int) -> bool | None:
        """Whether the person chose the giver; unknown where it must be asked. No choice: True."""
        if relation.chosen_by is None:
            return True
        fact = self.book.facts.find(relation.chosen_by)
        assert fact is not None  # the loader saw to it
        value = (family.people[unit] if fact.of == "person" else family.household)[fact.position]
        return None if value is None else value == relation.giver


@lru_cache(maxsize=64)
def rules(book: Book, month: date) -> Rules:
    """The book as it stands in a month (its first day), compiled once."""
    return Rules(book, month)


def read_reasons(chapter: Chapter, reasons: int) -> dict[str, str]:
    """Condition code -> met | unmet | unknown, for the conditions that were in force."""
    bits = {code: (reasons >> (2 * place)) & 3 for place, code in enumerate(chapter.codes())}
    return {code: VERDICTS[value - 1] for code, value in bits.items() if value}
