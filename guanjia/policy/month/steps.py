"""What the steps of a text do: from columns of facts to columns of what follows from them.

The sum of the months before an assessment may be asked `ahead`: then it lies between the least and
the most that it comes to as months go by and nothing new is recorded, and what is not sure of it is
marked.
"""

from typing import Any

import numpy as np

from guanjia.policy.month import cells as c
from guanjia.policy.month.cells import HOME, PERSON, STRETCH, Array, Cells
from guanjia.policy.month.homes import Homes
from guanjia.policy.month.sheet import Answers, Step


def constant(_a: Answers, value: Any) -> Cells:
    """One value for all."""
    return Cells(np.bool_(value) if isinstance(value, bool) else value)


def fact(a: Answers, of: Any) -> Cells:
    """A fact as recorded."""
    return a.homes.fact(of)


def award(a: Answers, benefit: str, level: int, month: int) -> Cells:
    """The month of the assessment of the award in force."""
    return a.homes.award(benefit, level, month)


def is_known(_a: Answers, level: int, part: Cells) -> Cells:
    """Whether there is one."""
    if part.everywhere:
        return Cells(np.bool_(part.known))
    known = True if part.known is True else part.known
    return c.YES if known is True else Cells(known, True, level)


def given(a: Answers) -> Cells:
    """The month of the assessment that another counts by."""
    assert a.given is not None
    return a.given


def plus(a: Answers, sign: str, *parts: Cells) -> Cells:
    """+, -, *."""
    left, right = a.homes.together(list(parts))
    return c.plus(sign, left, right)


def total(a: Answers, *parts: Cells) -> Cells:
    """A sum of amounts."""
    return c.total(a.homes.together(list(parts)))


def divide(a: Answers, rounding: str, *parts: Cells) -> Cells:
    """A rounded division."""
    left, right = a.homes.together(list(parts))
    return c.divided(rounding, left, right)


def extreme(a: Answers, which: str, *parts: Cells) -> Cells:
    """min, max."""
    return c.extreme(which, a.homes.together(list(parts)))


def compare(a: Answers, sign: str, *parts: Cells) -> Cells:
    """A comparison."""
    left, right = a.homes.together(list(parts))
    found = c.compared(sign, left, right)
    if left.most is not None or right.most is not None:
        told = c.both(left.known, right.known)
        a.mark(c.both(told, np.logical_not(found.known)), found.level)
    return found


def one_of(_a: Answers, codes: tuple[Any, ...], part: Cells) -> Cells:
    """Whether a choice is one of several."""
    value = part.value == codes[0]
    for code in codes[1:]:
        value = value | (part.value == code)
    return Cells(value, part.known, part.level)


def logic(a: Answers, word: Any, *parts: Cells) -> Cells:
    """and, or."""
    return c.joined(word, a.homes.together(list(parts)))


def negate(_a: Answers, part: Cells) -> Cells:
    """not."""
    return c.negated(part)


def choose(a: Answers, *parts: Cells) -> Cells:
    """x if c else y."""
    asked, yes, no = parts
    for value, arm in ((True, yes), (False, no)):
        if asked.says(value):
            return arm
    asked, yes, no = a.homes.together([asked, yes, no])
    found = c.chosen(asked, yes, no)
    if found.most is not None and asked.known is not True:
        between = (yes.value != yes.high) | (no.value != no.high)
        a.mark(between & np.logical_not(asked.known), found.level)
    return found


def gross(a: Answers, *parts: Cells) -> Cells:
    """The amounts where entitled, nought where not."""
    entitled, amounts = a.homes.together(list(parts))
    if entitled.says(False):
        return Cells(0)
    value = entitled.value * amounts.value
    most = None if amounts.most is None else entitled.value * amounts.most
    known = entitled.known
    if amounts.known is not True:
        known = c.both(known, amounts.known | np.logical_not(entitled.value))
    return Cells(value, known, entitled.level | amounts.level, most)


def by_place(a: Answers, unit: str, at_home: bool, wheres: tuple[str, ...], *parts: Cells) -> Cells:
    """Each unit as the text reads where it belongs; the last part is for all other places."""
    homes, level = a.homes, PERSON if unit == "person" else HOME
    place = homes.place
    if not at_home:
        place = _registered(homes, level)
    *own, found = (homes.lift(part, level) for part in parts)
    place = homes.lift(place, level)
    for where, part in zip(reversed(wheres), reversed(own), strict=True):
        inside = homes.placed(place, where).value
        found = c.chosen(Cells(inside, True, level), part, found)
    return found


def _registered(homes: Homes, level: int) -> Cells:
    """The place of the 户籍 of the person, or of the household's head; else where it lives."""
    hukou = homes.city.book.facts.find("hukou")
    told = homes.fact(hukou) if hukou else c.UNKNOWN
    if told.everywhere:
        return homes.place
    if level == HOME:
        known = told.known if isinstance(told.known, np.ndarray) else np.ones(len(told.value), bool)
        told = Cells(homes.seats.head(told.value), homes.seats.head(known), HOME)
    if told.known is True:
        return told
    home = homes.lift(homes.place, level)
    return Cells(c.pick(told.known, told.value, home.value), True, level)


def over(a: Answers, word: str, part: Cells) -> Cells:
    """count, total, any, all over the members of each household."""
    seats, part = a.homes.seats, _spread(a.homes, part)
    level = part.level & ~PERSON
    sure: Any = True if part.known is True else ~seats.some(~part.known)
    if word == "total":
        most = None if part.most is None else seats.total(part.most)
        return Cells(seats.total(part.value), sure, level, most)
    if word == "count":
        return Cells(seats.count(c.both(part.known, part.value)), sure, level)
    decides = seats.some(c.both(part.known, part.value if word == "any" else ~part.value))
    known = True if sure is True else decides | sure
    return Cells(decides if word == "any" else c.both(sure, ~decides), known, level)


def _spread(homes: Homes, part: Cells) -> Cells:
    """One value for all, or one of the household, said of each member: whole columns."""
    level, many = part.level | PERSON, homes.count(PERSON)
    part = homes.lift(part, level)

    def whole(said: Any) -> Array:
        return said if isinstance(said, np.ndarray) else np.full(many, said)

    known = True if part.known is True else whole(part.known)
    return Cells(whole(part.value), known, level, None if part.most is None else whole(part.most))


def over_apart(a: Answers, part: Step, word: str, assessed: Cells) -> Cells:
    """Over the members, by the assessment of each person for whom it is asked."""
    homes = a.homes
    if assessed.everywhere:
        return over(a, word, a.beside(assessed).of(part))
    said = _whole(homes, over(a, word, a.beside(c.UNKNOWN).of(part)))
    value, known, most = (homes.seats.spread(x).copy() for x in said)
    held = np.flatnonzero(homes.seats.some(np.broadcast_to(assessed.known, len(value))))
    some = homes.some(held)
    whom, given = homes.seats.spots(held), some.narrow(assessed)
    for many, begin in zip(some.seats.reach, some.seats.begins, strict=True):
        mine, places = slice(begin, begin + many), np.arange(many)
        told = given.known if given.known is True else given.known[mine]
        here = a.beside(Cells(given.value[mine], told, HOME), held[places])
        spots = whom[mine]
        said = _whole(here.homes, over(here, word, here.of(part)))
        value[spots], known[spots], most[spots] = said
    return Cells(value, known, PERSON, None if word in ("any", "all") else most)


def _whole(homes: Homes, part: Cells) -> tuple[Array, Array, Array]:
    """Values, what is known of them, and their upper ends, a whole column each."""
    many = homes.count(HOME)
    value, known, most = (np.broadcast_to(x, many) for x in (part.value, part.known, part.high))
    return value, known, most


def last_months(a: Answers, many: int, now: int, assessed: Cells, part: Cells) -> Cells:
    """The sum of so many months before the assessment, or before `now` where there is none."""
    if not part.level & STRETCH:
        return c.plus("*", part, Cells(many))
    homes = a.homes
    level = part.level | assessed.level
    part = homes.lift(part, level)
    last = _last(a, now, assessed, level)
    starts, ends = homes.stretches.bounds(level)
    value = _summed(part.value, starts, many, last)
    return Cells(value, _all_known(part, starts, ends, last - many, last), level & ~STRETCH)


def _last(a: Answers, now: int, assessed: Cells, level: int) -> Any:
    """The month before which each is summed; the same for all amounts of an assessment, and kept for these."""
    if assessed.everywhere:
        return assessed.value if assessed.known else now
    key = id(assessed.value), now, level
    found = a.kept.get(key)
    if found is None:
        told = a.homes.lift(assessed, level)
        last = told.value.astype(np.int32)
        last = last if told.known is True else c.pick(told.known, last, now)
        found = a.kept[key] = assessed, last
    return found[1]


def _summed(values: Array, starts: Array, many: int, last: Any) -> Array:
    """The sum of so many months before `last`: of all as in the first stretch, and what is more from each turn on."""
    if values.ndim == 1:
        return values * many
    found: Array = values[0] * many
    for before, now, start in zip(values, values[1:], starts[1:], strict=False):
        after = last - start  # of an empty stretch far below nought
        np.minimum(np.maximum(after, 0, out=after), many, out=after)
        found += (now - before) * after
    return found


def last_months_ahead(
    a: Answers, many: int, now: int, exact: Cells, assessed: Cells, part: Cells
) -> Cells:
    """The same from `now` on: between which ends it lies as months go by; marked where it is not known."""
    if not part.level & STRETCH:
        return exact
    part = a.homes.lift(part, part.level | assessed.level)
    _starts, ends = a.homes.stretches.bounds(part.level)
    coming = ends > now - many
    if part.known is not True:
        lost = coming & ~part.known
        a.mark(lost.any(axis=0) & (lost != coming).any(axis=0), exact.level)
    return _ahead(a.homes, exact, part, assessed, coming, many)


def _all_known(part: Cells, starts: Array, ends: Array, first: Any, last: Any) -> Any:
    """Where it is known in all stretches that reach between two months."""
    if part.known is True:
        return True
    lost = ~part.known & (starts < last) & (ends > first) & (starts < ends)
    return ~lost.any(axis=0) if lost.any() else True


def _ahead(
    homes: Homes, exact: Cells, part: Cells, assessed: Cells, coming: Array, many: int
) -> Cells:
    """The least and the most that the sum comes to as months go by; who was assessed keeps to his months.

    Where the amount only rises among the months that count, or only falls, the sum moves one way,
    to so many months of the last amount.
    """
    value = np.broadcast_to(part.value, coming.shape)
    ending = value[-1] * many
    low, high = np.minimum(exact.value, ending), np.maximum(exact.value, ending)
    more = np.diff(value, axis=0)
    up, down = (((way > 0) & coming[:-1]).any(axis=0) for way in (more, -more))
    often = np.flatnonzero(up & down)
    if len(often):
        values, there = value.take(often, axis=1), coming.take(often, axis=1)
        least, most = (c.pick(there, values, far) * many for far in (FAR, -FAR))
        low[often] = np.minimum(low.take(often), least.min(axis=0))
        high[often] = np.maximum(high.take(often), most.max(axis=0))
    if assessed.everywhere:
        return exact if assessed.known else exact._replace(value=low, most=high)
    held = homes.lift(assessed, exact.level).known
    low, high = c.pick(held, exact.value, low), c.pick(held, exact.value, high)
    return exact._replace(value=low, most=high)


FAR = 2**48
"""Fen: more than any month's amount; small enough that a few dozen of them can be added up."""
