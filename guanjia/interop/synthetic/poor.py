"""Families near the lines: what they live on, to the fen, and what is not known of some of them."""

from collections.abc import Callable
from random import Random

from guanjia.interop.synthetic.draft import Draft, Home
from guanjia.interop.synthetic.shapes import weighted

LINES = (980_00, 1_060_00)
"""Fen a month and head: the line of 2019 and that of 2020."""
UNKNOWN = 0.06
"""Of the families below the line: about 3 % of all that the office checked."""

Level = Callable[[Random, int], int]
"""Monthly fen of a family of so many."""


def within(low: int, high: int) -> Level:
    """Between two amounts a head, in fen."""
    return lambda random, heads: random.randint(low // 10_00, high // 10_00) * 10_00 * heads


def exactly(line: int, more: int) -> Level:
    """A line times heads, and `more` fen."""
    return lambda _, heads: line * heads + more


HAIRS: tuple[Level, ...] = tuple(
    exactly(line, more)
    for line in (*LINES, *(line * 3 // 2 for line in LINES))
    for more in (-1, 0, 1)
)
"""One fen below, upon, and one fen above each line and one and a half of it."""

LEVELS: tuple[tuple[Level, float], ...] = (
    (within(0, 0), 0.12),
    (within(100_00, 500_00), 0.24),
    (within(500_00, 970_00), 0.28),
    (within(990_00, 1_050_00), 0.05),
    (within(1_070_00, 1_460_00), 0.15),
    (within(1_480_00, 1_580_00), 0.02),
    (within(1_600_00, 1_800_00), 0.03),
)


def live(random: Random, home: Home, turn: int) -> None:
    """Give the `turn`-th poor family of a city its receipts: the first ones stand at the lines."""
    level = HAIRS[turn] if turn < len(HAIRS) else weighted(random, LEVELS)
    fen = level(random, len(home.drafts))
    worker = next((d for d in home.drafts if d.grown and random.random() < 0.8), None)
    if fen and worker is not None:
        _work(random, worker, fen)
    elif fen:
        home.drafts[0].say("transfers_in", fen)
    for draft in home.drafts:
        if draft.age >= 60 and random.random() < 0.7:
            draft.say("basic_pension", random.randint(38, 60) * 5_00)
    _spend(random, home)
    if turn >= len(HAIRS):
        _troubles(random, home, worker)
    below = fen < LINES[0] * len(home.drafts)
    home.open_question = turn >= len(HAIRS) and below and random.random() < UNKNOWN


def leave_open(random: Random, home: Home) -> None:
    """Of this family an answer is missing, which a visit must bring."""
    if random.random() < 0.6:
        facts = home.household.facts
        facts[:] = [said for said in facts if said.kind != "deposits"]
    else:
        draft = home.drafts[0]
        draft.person.facts = [
            f for f in draft.person.facts if f.kind not in ("wages", "transfers_in")
        ]
        draft.say("transfers_in", None)


def _work(random: Random, worker: Draft, fen: int) -> None:
    costs = 0
    if random.random() < 0.25:
        costs = random.randint(5, 30) * 10_00
        worker.say("work_costs", costs)
    worker.say("wages", fen + costs)
    worker.say("able_to_work", True)


def _troubles(random: Random, home: Home, worker: Draft | None) -> None:
    """Jobs refused; a grown member in prison, who is then not counted."""
    for draft in home.drafts[1:]:
        if draft.grown and draft is not worker and random.random() < 0.06:
            draft.say("in_family", False)
            draft.say("not_counted_because", "prison")
    head = home.drafts[0]
    if head.grown and head is not worker and random.random() < 0.2:
        head.say("able_to_work", True)
        head.say("refused_jobs", random.randint(1, 4))


def _spend(random: Random, home: Home) -> None:
    for draft in home.drafts:
        if draft.age < 18 and draft.has("student_stage") and random.random() < 0.3:
            draft.say("education_own", random.randint(5, 40) * 10_00)
        if draft.age >= 60 and random.random() < 0.3:
            draft.say("medical_own", random.randint(5, 60) * 10_00)
        if draft.grown and random.random() < 0.05:
            draft.say("rehabilitation_own", random.randint(10, 80) * 10_00)
