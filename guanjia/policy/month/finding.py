"""Who must be decided again: of whom something is new, whom time touches, whom another text.

What time brings is a birthday that a rule asks about, an award that ends, and a month that enters
or leaves an average. For most households no average decides anything: whatever months go by, it
stays on the same side of every line. They are settled until something new is recorded of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Sentence
from guanjia.policy.month.cells import HOME, PERSON, Array, Cells, both, same
from guanjia.policy.month.homes import STILL, USUAL, Homes
from guanjia.policy.month.news import City
from guanjia.policy.month.register import EPOCH, between
from guanjia.policy.month.sheet import Answers, Step

CHUNK = 200_000
"""Households that are looked at in one go: with more, a month takes more memory and is no faster."""
PLAIN = 2
"""So many times as many where nothing rare is recorded: few columns are asked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a month to a later one, by one book."""

    book: Book
    before: date
    month: date

    @property
    def first(self) -> int:
        """The number of the earlier month."""
        return days.number(self.before)

    @property
    def last(self) -> int:
        """The number of the later month."""
        return days.number(self.month)

    def sentences(self) -> Iterator[tuple[Chapter, date, Sentence]]:
        """All that are in force in either month."""
        for chapter in self.book.chapters:
            dates = (self.before, self.month) if self.turns(chapter) else (self.month,)
            for on in dates:
                for sentence in (*chapter.conditions_on(on), *chapter.amounts_on(on)):
                    yield chapter, on, sentence

    def turns(self, chapter: Chapter) -> bool:
        """Whether anything of a chapter comes into force or ends in between."""
        return any(row.turns(self.before, self.month) for row in chapter.dated())

    def ages(self) -> set[int]:
        """The ages that are asked about."""
        return {
            years
            for chapter, on, sentence in self.sentences()
            for node in sentence.node.walk()
            if isinstance(node, n.Age)
            for years in numbers(chapter, node.years, on)
        }

    def looks_back(self) -> Iterator[tuple[str, int]]:
        """The benefits whose sentences look back over months, and over how many."""
        for chapter, on, sentence in self.sentences():
            for node in sentence.node.walk():
                if isinstance(node, n.LastMonths):
                    for months in numbers(chapter, node.months, on):
                        yield chapter.code, months

    def back(self) -> int:
        """The most months that a sentence looks back."""
        return max((months for _code, months in self.looks_back()), default=0)


def numbers(chapter: Chapter, node: n.Node, on: date) -> list[int]:
    """What a number may be on a day, in one town or another."""
    if isinstance(node, n.Literal):
        return [int(node.value)]
    assert isinstance(node, n.FigureRef)
    return [row.value for row in chapter.figures[node.name] if row.holds(on)]


def floor(city: City, span: Span) -> int:
    """The month before which no change matters: so far back looks whoever was assessed first.

    An award of a benefit that looks back over no months (an old-age allowance, held for decades) does not count.
    """
    first, looking = span.first, {code for code, _months in span.looks_back()}
    for name in looking.intersection(benefits(city)):
        for rows in city.changes(f"held-{name}"):
            if len(rows.is_):
                first = min(first, int(rows.is_.min()))
    return first - span.back()


def benefits(city: City) -> list[str]:
    """Those that awards are held of."""
    ends = (name for name in city.register.arrays if name.endswith(".at"))
    names = {name.removesuffix(".at") for name in ends}.union(*(part.rows for part in city.parts))
    return sorted(name.removeprefix("held-") for name in names if name.startswith("held-"))


class Found:
    """Households of a city that are marked, by their places in the register."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.marked = np.zeros(city.register.homes, bool)

    def add(self, who: Array, level: int) -> None:
        """Households, or the households of persons."""
        self.marked[self.city.home_of(who) if level == PERSON else who] = True

    @property
    def places(self) -> Array:
        """Where they are."""
        return np.flatnonzero(self.marked)


def by_time(found: Found, span: Span) -> None:
    """Whose birthday a rule asks about, and whose award ends."""
    city = found.city
    births = city.register.rows("births")
    cuts = [(_day(span.before, age), _day(span.month, age)) for age in sorted(span.ages())]
    if births:
        for then, now in cuts:
            found.add(births.at[slice(*between(births.is_, then + 1, now + 1))], PERSON)
    for part in city.parts:
        rows = part.rows.get("fact-born_on")
        for then, now in cuts if rows else ():
            assert rows is not None
            found.add(rows.at[(rows.is_ > then) & (rows.is_ <= now)], PERSON)
    for benefit in benefits(city):
        level = _level(span.book, benefit)
        for rows in city.changes(f"held-{benefit}"):
            assert rows.since is not None
            ended = (rows.since > span.first) & (rows.since <= span.last)
            found.add(rows.at[ended], level)
    for relation in span.book.relations:
        if relation.holds(span.before) != relation.holds(span.month):
            for rows in city.changes(f"held-{relation.giver}"):
                found.add(rows.at, _level(span.book, relation.giver))


def _day(month: date, age: int) -> int:
    return days.born_by(month, age).toordinal() - EPOCH


def _level(book: Book, benefit: str) -> int:
    of = next((c.unit for c in book.chapters if c.code == benefit), "household")
    return PERSON if of == "person" else HOME


def groups(city: City, places: Array, least: int) -> Iterator[Homes]:
    """Households in portions that are alike: by what is recorded of them, and how often an amount changed of late.

    Plain ones of whom it changed often are not many: they go with those of whom something rare is recorded.
    """
    moves, rare = city.turned[places] > least, city.rare[places]
    others, near = [places[rare]], city.near(places)
    for some in chunks(places[~moves & ~rare], PLAIN * CHUNK):
        yield Homes(city, some, STILL, True, near)
    for some in chunks(places[moves & ~rare], PLAIN * CHUNK):
        homes = Homes(city, some, least, True, near)
        often = homes.stretches.many > USUAL
        others.append(homes.at[often])
        yield from homes.part(~often)
    for some in chunks(np.sort(np.concatenate(others)), CHUNK):
        homes = Homes(city, some, least, False, near)
        turned = city.turned[homes.at] > least
        yield from homes.part(~turned, STILL)
        for moving in homes.part(turned):
            many = moving.stretches.many
            yield from moving.part(many <= USUAL)
            yield from moving.part(many == USUAL + 1)
            yield from moving.part(many > USUAL + 1)


def chunks(places: Array, many: int) -> Iterator[Array]:
    """About so many at a time."""
    if len(places):
        yield from np.array_split(places, max(1, round(len(places) / many)))


def unlike(homes: Homes, one: Cells, other: Cells) -> Array | None:
    """The households of which two columns say something else; None where of none."""
    mine, its = homes.together([one, other])
    differs = ~np.asarray(same(mine, its))
    return homes.any(differs, mine.level | its.level) if differs.any() else None


def standing(answers: Answers, steps: Sequence[Step]) -> Array:
    """Of each household, or the best of its members: whether sentences refuse it, the shortest stand first.

    REFUSED: one surely does; MAYBE: none does; SURELY: of each it is sure that it does not. Who is
    refused by one member's sentence and another's by another may stand too well.
    """
    found = np.full(answers.homes.count(HOME), REFUSED, np.uint8)
    places, open_ = np.arange(len(found)), np.ones(len(found), bool)
    for step in steps:
        open_ &= not_refused(answers.homes, answers.of(step))
        if open_.sum() * FEW < len(open_):
            left = np.flatnonzero(open_)
            places, open_ = places[left], open_[left]
            answers = answers.some(left)
        if not len(places):
            return found
    sure = open_.copy()
    for said in map(answers.of, steps):
        sure &= answers.homes.any(both(said.known, said.value), said.level)
    found[places] = open_.astype(np.uint8) + sure
    return found


REFUSED, MAYBE, SURELY = range(3)


def not_refused(homes: Homes, said: Cells) -> Array:
    """The households to which, or to a member of which, a sentence does not surely say no."""
    if said.says(False):
        return np.zeros(homes.count(HOME), bool)
    open_ = np.asarray(said.value | np.logical_not(said.known))
    return homes.any(open_, said.level)


FEW = 4
"""One in so many left: these are looked at apart."""
