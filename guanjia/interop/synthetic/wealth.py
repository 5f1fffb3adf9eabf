"""Property: known where the office checked the family, or where a register is complete."""

from random import Random

from guanjia.interop.synthetic.draft import Home, fact
from guanjia.people.records import Value

SMALL = (
    *(("commercial_insurance", 0.05), ("securities", 0.03)),
    *(("internet_finance", 0.04), ("claims", 0.02)),
)
"""Other property of families that were checked, and how many of them have some."""


def own(random: Random, home: Home) -> None:
    """Houses, cars and, for families that were checked, deposits."""
    if home.poor:
        _checked(random, home)
    elif home.local:
        if random.random() < 0.8:
            say(home, "houses", 1 + (random.random() < 0.25))
        if random.random() < 0.55:
            say(home, "vehicles", 1 + (random.random() < 0.2))


def _checked(random: Random, home: Home) -> None:
    heads = len(home.drafts)
    wealthy = random.random()
    fen = int(random.betavariate(1, 3) * 15_000) * 1_00 * heads
    say(home, "deposits", fen + random.randint(90_000, 400_000) * 1_00 if wealthy < 0.05 else fen)
    if random.random() < 0.7:
        say(home, "houses", 2 if 0.05 < wealthy < 0.07 else 1)
    if 0.07 < wealthy < 0.10:
        say(home, "vehicles", 1)
    for kind, share in SMALL:
        if random.random() < share:
            say(home, kind, random.randint(1, 30) * 300_00)


def say(home: Home, kind: str, value: Value) -> None:
    """Put a fact on the household."""
    home.household.facts.append(fact(kind, value))
