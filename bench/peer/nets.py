"""What is left after the relations between benefits, as OpenFisca formulas; worked in their order."""

import numpy as np

from bench.peer.facts import PERSON, Array, Whole, Wide, YesNo
from bench.peer.persons import one_of


def gives(person, period, benefit: str) -> Array:
    """Whether an award of this benefit is in force and the person is entitled to it."""
    return person(f"held_{benefit}", period) & person(f"{benefit}_entitled", period)


def gives_by_choice(person, period, benefit: str) -> Array:
    """The same, where the person chose it."""
    chosen = one_of(person("chosen_benefit", period), "chosen_benefit", benefit)
    return chosen & gives(person, period, benefit)


def without(gross: Array, taken: Array) -> Array:
    """An amount, and nothing for those from whom it is taken; the same array where that is nobody."""
    if not taken.any():
        return gross
    net = gross.copy()
    net[taken] = 0
    return net


class gets_dibao(YesNo, of=PERSON):
    """The household holds the minimum living allowance and is entitled to it."""

    def formula(person, period):
        return person.household("held_and_entitled", period)


class tekun_net(Wide, of=PERSON):
    """Nothing where a child's allowance was chosen instead."""

    def formula(person, period):
        taken = gives_by_choice(person, period, "orphan")
        taken |= gives_by_choice(person, period, "unattended")
        return without(person("tekun_gross", period), taken)


class dibao_single_net(Wide, of=PERSON):
    """Nothing beside 特困."""

    def formula(person, period):
        return without(person("dibao_single_gross", period), gives(person, period, "tekun"))


def topped_up(person, period, benefit: str) -> Array:
    """A child's allowance less its share of the household's, and nothing where 特困 was chosen."""
    gross, taken = person(f"{benefit}_gross", period), gives_by_choice(person, period, "tekun")
    net = without(gross, taken)
    entitled = person(f"{benefit}_entitled", period)
    few = np.flatnonzero(entitled & person("gets_dibao", period) & ~taken)
    if not len(few):
        return net
    homes = person.household.members_entity_id
    first, end = (np.searchsorted(homes, homes[few], side) for side in ("left", "right"))
    paid = person.simulation.household("dibao_gross", period)[homes[few]]
    share = paid // (end - first) + (few - first < paid % (end - first))
    left = net.copy()
    left[few] = np.maximum(net[few] - share, 0)
    return left


class orphan_net(Whole, of=PERSON):
    """Topped up to the line beside the household's minimum living allowance."""

    def formula(person, period):
        return topped_up(person, period, "orphan")


class unattended_net(Whole, of=PERSON):
    """Topped up to the line beside the household's minimum living allowance."""

    def formula(person, period):
        return topped_up(person, period, "unattended")


class disability_living_net(Whole, of=PERSON):
    """Nothing beside 特困 or a child's allowance."""

    def formula(person, period):
        taken = gives(person, period, "tekun") | gives(person, period, "orphan")
        taken |= gives(person, period, "unattended")
        return without(person("disability_living_gross", period), taken)


class disability_care_net(Whole, of=PERSON):
    """Nothing beside 特困."""

    def formula(person, period):
        return without(person("disability_care_gross", period), gives(person, period, "tekun"))
