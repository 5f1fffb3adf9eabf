"""Every benefit of a month for a whole population, decided by openfisca-core.

The simulation is built straight from arrays, without names of persons and without tracing, and keeps
everything in memory. A large population is decided in blocks of whole households, whose arrays stay in
the processor's cache and in memory already given: cheaper than one simulation of all.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np
from openfisca_core.periods import Period
from openfisca_core.periods import period as read_period
from openfisca_core.simulations import Simulation
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.peer import benefits, facts, figures, homes, nets, persons
from bench.peer.facts import Array

OF_HOUSEHOLDS = ("dibao", "bianyuan", "relief_expense")
OF_PERSONS = (
    *("tekun", "dibao_single", "orphan", "unattended"),
    *("disability_living", "disability_care", "disability_insurance", "longevity"),
    *("relief_urgent", "price_subsidy"),
)
BENEFITS = (*OF_HOUSEHOLDS, *OF_PERSONS)
BLOCK = 200_000
"""Persons a block: the cheapest of those tried, from 30,000 to all at once."""

Results = dict[str, Array]


class NotSorted(ValueError):
    """The members of a household do not stand together, or a household has none."""


class Block(NamedTuple):
    """Where the persons and the households of a block stand in the whole."""

    seats: slice
    houses: slice


def decide(
    of_persons: dict[str, Array], of_households: dict[str, Array], home: Array, month: date
) -> Results:
    """`<benefit>_entitled` (bool), `_gross` and `_net` (whole fen) of every benefit of the month.

    Arrays of facts by name, a choice as places (`facts.encode`), a day as days since 1970, money in fen,
    `held_<benefit>` as booleans. A monthly amount is one number for all months, so the month in which
    an award was assessed changes nothing and is not read. `home` is the household of each person:
    0, 1, 2 …, members together in their order. A benefit that the month cannot decide has no keys.
    Raises NotSorted; KeyError for a fact that is missing; TypeError and OverflowError as
    `facts.as_kept` does.
    """
    found: Results = {}
    for block, part in by_block(of_persons, of_households, home, month):
        if block.seats == slice(0, len(home)):
            return part
        sizes = {True: len(home), False: int(home[-1]) + 1}
        for name, values in part.items():
            of_person = name.rpartition("_")[0] in OF_PERSONS
            if name not in found:
                own = name in system().variables
                gross = name.replace("_net", "_gross")
                found[name] = np.empty(sizes[of_person], values.dtype) if own else found[gross]
            found[name][block.seats if of_person else block.houses] = values
    return found


def by_block(
    of_persons: dict[str, Array], of_households: dict[str, Array], home: Array, month: date
) -> Iterator[tuple[Block, Results]]:
    """As `decide`, block after block, for who writes each down before the next; raises the same."""
    period = read_period(f"{month:%Y-%m}")
    for block in blocks(home):
        simulation = build(of_persons, of_households, home, block, period)
        found = dict(results(simulation, period))
        release(simulation)
        yield block, found


def release(simulation: Simulation) -> None:
    """Let go of all arrays at once: a simulation is a circle that only the collector would break."""
    for name in simulation.tax_benefit_system.variables:
        simulation.delete_arrays(name)


def blocks(home: Array, most: int = BLOCK) -> Iterator[Block]:
    """Whole households, of about so many persons. Raises NotSorted."""
    first, house = 0, 0
    while first < len(home):
        end = int(np.searchsorted(home, home[min(first + most, len(home)) - 1], "right"))
        steps = np.diff(home[first:end], prepend=house)
        if end <= first or steps[0] != 0 or steps.min() < 0 or steps.max() > 1:
            raise NotSorted("members must stand together, and households count on from 0")
        yield Block(slice(first, end), slice(house, int(home[end - 1]) + 1))
        first, house = end, int(home[end - 1]) + 1


def build(
    of_persons: dict[str, Array],
    of_households: dict[str, Array],
    home: Array,
    block: Block,
    period: Period,
) -> Simulation:
    """A simulation of one block with all its facts."""
    made = system()
    populations = made.instantiate_entities()
    person, household = populations["person"], populations["household"]
    household.members_entity_id = np.subtract(home[block.seats], block.houses.start, dtype=np.intp)
    person.count = block.seats.stop - block.seats.start
    household.count = block.houses.stop - block.houses.start
    simulation = Simulation(made, populations)
    for name in inputs():
        variable = made.variables[name]
        of_person = variable.entity.is_person
        known = of_persons[name][block.seats] if of_person else of_households[name][block.houses]
        simulation.set_input(name, period, facts.as_kept(variable, known))
    return simulation


def results(simulation: Simulation, period: Period) -> Iterator[tuple[str, Array]]:
    """Of each benefit that the month can decide; without a relation net is gross, the same array."""
    variables = simulation.tax_benefit_system.variables
    for benefit in BENEFITS:
        if variables[f"{benefit}_entitled"].get_formula(period) is None:
            continue
        net = f"{benefit}_net" if f"{benefit}_net" in variables else f"{benefit}_gross"
        yield f"{benefit}_entitled", simulation.calculate(f"{benefit}_entitled", period)
        yield f"{benefit}_gross", simulation.calculate(f"{benefit}_gross", period)
        yield f"{benefit}_net", simulation.calculate(net, period)


@cache
def system() -> TaxBenefitSystem:
    """The rules: entities, figures, facts, formulas. Made once."""
    made = TaxBenefitSystem([facts.PERSON, facts.HOUSEHOLD])
    made.parameters = figures.tree()
    made.add_variables(*facts.inputs())
    for room in (persons, homes, benefits, nets):
        made.add_variables(*_variables(room))
    return made


@cache
def inputs() -> tuple[str, ...]:
    """The facts that must be given."""
    return tuple(name for name, variable in system().variables.items() if not variable.formulas)


def _variables(room: ModuleType) -> Iterator[type[Variable]]:
    for thing in vars(room).values():
        if isinstance(thing, type) and thing.__module__ == room.__name__:
            yield thing
