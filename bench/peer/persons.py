"""What is read of a person more than once, and how the peer's formulas are written.

A formula takes the whole population at once. A flat allowance is yes-or-no times the figure, which numpy
does several times as fast as `where`; ages are cut-off days worked out once, never arithmetic a row.
Amounts are the same every month, so that n months are n times one of them.
"""

from collections.abc import Callable

import numpy as np
from openfisca_core.periods import Period

from bench.peer.facts import KINDS, PERSON, Array, Wide, YesNo


def one_of(array: Array, kind: str, *codes: str) -> Array:
    """Whether a choice is one of these codes."""
    found: Array = array == KINDS[kind][codes[0]]
    for code in codes[1:]:
        found |= array == KINDS[kind][code]
    return found


def born_by(period: Period, years: int) -> np.int32:
    """The last birth day, in days since 1970, of those who are so old on the month's first day."""
    cut = period.start.offset(-years, "year")
    return np.int32(np.datetime64(str(cut), "D").astype(int))


def flat(entitled: Array, fen: int) -> Array:
    """One figure for those who are entitled."""
    return entitled * np.int32(fen)


def of_few(entitled: Array, amount: Callable[[Array], Array], kept_as: type = np.int64) -> Array:
    """An amount worked out only for the few who are entitled, whose places it is given."""
    paid = np.zeros(len(entitled), kept_as)
    few = np.flatnonzero(entitled)
    paid[few] = amount(few)
    return paid


def sum_of_few(household, array: Array, which: Array) -> Array:
    """What a household's members come to, where few have something to add."""
    few = np.flatnonzero(which)
    homes = household.members_entity_id[few]
    return np.bincount(homes, weights=array[few], minlength=household.count)


class present(YesNo, of=PERSON):
    """A living member of the family."""

    def formula(person, period):
        return person("in_family", period) & person("alive", period)


class counted(YesNo, of=PERSON):
    """A member for the minimum living allowance: one who is not supported as destitute."""

    def formula(person, period):
        return person("present", period) & ~person("held_tekun", period)


class only_present(YesNo, of=PERSON):
    """A member who is supported as destitute, and so not counted."""

    def formula(person, period):
        return person("present", period) & person("held_tekun", period)


class registered(YesNo, of=PERSON):
    """Alive, with local registration."""

    def formula(person, period):
        return person("alive", period) & person("hukou_local", period)


class minor(YesNo, of=PERSON):
    """Under age."""

    def formula(person, period, parameters):
        return person("born_on", period) > born_by(period, parameters(period).age_adult)


class severe(YesNo, of=PERSON):
    """Disabled at level 1 or 2."""

    def formula(person, period):
        level = person("disability_level", period)
        return (level >= 1) & (level <= 2)


class of_mind(YesNo, of=PERSON):
    """Disabled in intellect or mentally."""

    def formula(person, period):
        kind = person("disability_kind", period)
        return one_of(kind, "disability_kind", "intellect", "mental")


class own_income(Wide, of=PERSON):
    """What counts of a month's receipts."""

    def formula(person, period):
        income = person("wages", period) - person("work_costs", period)
        income += person("business", period)
        income += person("property_income", period)
        income += person("transfers_in", period)
        income -= person("transfers_out", period)
        return income


class refuses_work(YesNo, of=PERSON):
    """Counted, able to work, not studying, and refused it too often."""

    def formula(person, period, parameters):
        refuses = person("refused_jobs", period) >= parameters(period).refusals
        refuses &= person("able_to_work", period) & person("counted", period)
        stage = person("student_stage", period)
        return refuses & one_of(stage, "student_stage", "none", "postgraduate")


class rigid_spending(Wide, of=PERSON):
    """What a month takes that cannot be saved."""

    def formula(person, period):
        spending = person("medical_own", period) + person("education_own", period)
        spending += person("rehabilitation_own", period)
        spending += person("other_rigid", period)
        return spending


class below_line(YesNo, of=PERSON):
    """Own income below the line, in one month as in six."""

    def formula(person, period, parameters):
        return person("own_income", period) < parameters(period).dibao_line


class in_dibao(YesNo, of=PERSON):
    """The household is entitled to the minimum living allowance, or holds it."""

    def formula(person, period):
        return person.household("dibao_or_held", period)


class holds_dibao(YesNo, of=PERSON):
    """The household holds the minimum living allowance."""

    def formula(person, period):
        return person.household("held_dibao", period)


class in_margin(YesNo, of=PERSON):
    """The household is at the margin of the minimum living allowance."""

    def formula(person, period):
        return person.household("bianyuan_entitled", period)
