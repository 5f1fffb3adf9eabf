"""Families of whom everything is known, the same every month; and their facts as arrays."""

from datetime import date
from random import Random
from typing import Any

import numpy as np

from bench.peer import decide as peer
from bench.peer import facts
from guanjia.policy import family
from guanjia.policy.decide import Result
from guanjia.policy.facts import OPEN_END, Fact, Value
from guanjia.policy.family import HOUSEHOLD, Family
from tests.policy.families import BOOK, at_random, chance

GIVERS = ("tekun", "orphan", "unattended")
LOST: dict[str, Value] = {"father_state": "dead", "mother_state": "missing", "care_form": "foster"}


def at_chance(rng: Random) -> Family:
    """A random family; every other one poor and young, with awards that reduce one another."""
    made = at_random(rng)
    if rng.random() < 0.5:
        lean(rng, made)
    else:
        stand_at_limits(rng, made)
    for member in made.people:
        settle(rng, BOOK.facts.person, member)
        family.derive(BOOK.facts, BOOK.city, member)
    settle(rng, BOOK.facts.household, made.household)
    return made


def stand_at_limits(rng: Random, made: Family) -> None:
    """Savings at a limit, a house too many, work refused too often, at the ages that count."""
    limit = rng.choice((24 * 106_000, 36 * 106_000, 50_000_00)) * len(made.people)
    home = {"deposits": limit + rng.randint(0, 1), "houses": rng.randint(0, 3), "vehicles": 0}
    put(rng, BOOK.facts.household, made.household, home)
    for unit, member in enumerate(made.people):
        age = rng.choice((16, 17, 18, 60))
        if rng.random() < 0.3:
            made.held["tekun", unit] = 2020 * 12
        told: dict[str, Value] = {
            "hukou": rng.choice(("441900119002", "elsewhere")),
            "in_family": rng.random() < 0.8,
            "resident": rng.random() < 0.5,
            "born_on": date(2020 - age, 1, rng.randint(1, 2)),
            "supporters": "none",
            "disability_kind": rng.choice(("limb", "sight", "intellect", "mental")),
            "disability_level": rng.randint(0, 4),
            "student_stage": rng.choice(("none", "senior", "college")),
            "able_to_work": True,
            "refused_jobs": rng.randint(1, 5),
        }
        put(rng, BOOK.facts.person, member, told)


def put(rng: Random, declared: tuple[Fact, ...], row: list[Value], told: dict[str, Value]) -> None:
    """Most of what is told."""
    for fact in declared:
        if fact.name in told and rng.random() < 0.9:
            row[fact.position] = told[fact.name]


def lean(rng: Random, made: Family) -> None:
    """Children without parents, disabled, in a household that holds 低保: where relations meet."""
    month = next(iter(made.held.values()), 2020 * 12)
    if rng.random() < 0.7:
        made.held["dibao", HOUSEHOLD] = month
    for unit, member in enumerate(made.people):
        told = {**LOST, "born_on": date(2010 + unit, 5, 1), "hukou": "441900119002"}
        told |= {"disability_level": rng.randint(0, 4), "supporters": "none"}
        if rng.random() < 0.3:
            told["father_state"] = "prison"
        put(rng, BOOK.facts.person, member, told)
        for benefit in GIVERS:
            if rng.random() < 0.4:
                made.held[benefit, unit] = month


def settle(rng: Random, declared: tuple[Fact, ...], row: list[Value]) -> None:
    """Leave nothing unknown, and every monthly amount as it first was."""
    for fact in declared:
        if fact.by_month:
            spans: Any = row[fact.position]
            first = next((amount for *_, amount in spans if amount is not None), fact.absent)
            row[fact.position] = ((0, OPEN_END, first),)
        while row[fact.position] is None and not fact.derived_from:
            row[fact.position] = chance(rng, fact)


def arrays(
    families: list[Family],
) -> tuple[dict[str, facts.Array], dict[str, facts.Array], facts.Array]:
    """Persons' facts, households' facts, and the household of each person, as the peer reads them."""
    members = [member for made in families for member in made.people]
    houses = [made.household for made in families]
    sizes = [len(made.people) for made in families]
    persons = {f.name: column(f, members) for f in BOOK.facts.person if f.name in peer.inputs()}
    households = {
        f.name: column(f, houses) for f in BOOK.facts.household if f.name in peer.inputs()
    }
    for benefit in (*GIVERS, "dibao_single"):
        held = [
            (benefit, unit) in made.held for made in families for unit in range(len(made.people))
        ]
        persons[f"held_{benefit}"] = np.array(held)
    households["held_dibao"] = np.array([("dibao", HOUSEHOLD) in made.held for made in families])
    return persons, households, np.repeat(np.arange(len(families)), sizes)


def column(fact: Fact, rows: list[list[Value]]) -> facts.Array:
    """One fact of all: choices as places, days as numbers, a monthly amount as the one it is."""
    values: list[Any] = [row[fact.position] for row in rows]
    if fact.by_month:
        return np.array([spans[0][2] for spans in values])
    if fact.type == "choice":
        return facts.encode(fact.name, values)
    if fact.type == "day":
        return np.array(values, "datetime64[D]").astype(np.int32)
    return np.array(values)


def columns(results: list[list[Result]]) -> dict[str, facts.Array]:
    """The results of the families as the peer names and orders them."""
    found: dict[str, list[Any]] = {}
    for made in results:
        for result in made:
            for what in ("entitled", "gross", "net"):
                name = f"{result.benefit}_{what}"
                found.setdefault(name, []).append(getattr(result, what))
    return {name: np.array(values) for name, values in found.items()}
