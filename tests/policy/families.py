"""Random families of the shipped book: thresholds, unknowns, awards, moving incomes."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import strategies as st

from guanjia.kit import days
from guanjia.policy import book, family
from guanjia.policy.facts import UNKNOWN, Fact, Value
from guanjia.policy.family import HOUSEHOLD, Family

CITY = book.SHIPPED
BOOK = book.load(CITY)
MONTHS = [date(2019, 12, 1), date(2020, 1, 1), date(2021, 8, 1)]
PLACES = ["441900119002", "441900121004", "elsewhere"]
EDGES = [
    0,
    1,
    97_999,
    98_000,
    106_000,
    159_000,
    635_999,
    636_000,
    953_999,
    954_000,
    2_544_000,
    2_544_001,
]
BESIDE = sorted(
    {
        edge + by
        for chapter in BOOK.chapters
        for rows in chapter.figures.values()
        for row in rows
        if row.unit == "fen"
        for edge in (row.value, row.value * 3 // 2, row.value * 24, row.value * 36)
        for by in (-1, 0, 1)
    }
)
"""Every amount that the book names, its half more, its 24 and 36 months, and a fen on each side."""


def values(fact: Fact) -> st.SearchStrategy[Value]:
    """Any value that the declaration allows, thresholds among them, and now and then unknown."""
    if fact.type == "yes_no":
        known: st.SearchStrategy[Value] = st.booleans()
    elif fact.type == "choice":
        known = st.sampled_from(list(fact.choices))
    elif fact.type == "place":
        known = st.sampled_from(PLACES)
    elif fact.type == "day":
        known = st.dates(date(1915, 1, 1), date(2019, 12, 31)) | st.sampled_from(
            [
                date(m.year - y, 1, 1) + timedelta(d)
                for m in MONTHS
                for y in (70, 80)
                for d in (-1, 0, 1)
            ]
        )
    else:
        low, high = fact.minimum or 0, fact.maximum or 0
        edges = [e for e in EDGES if low <= e <= high] or [low, high]
        known = st.sampled_from(edges) | st.integers(low, min(high, 4_000_000))
    maybe = st.one_of(known, known, known, known, known, known, known, st.just(UNKNOWN))
    return spans(maybe) if fact.by_month else maybe  # type: ignore[arg-type]


@st.composite
def spans(draw: st.DrawFn, amounts: st.SearchStrategy[int | None]) -> Value:
    """Nothing, one amount throughout, or amounts that change within the window."""
    cuts = sorted(
        draw(
            st.sets(
                st.integers(days.number(date(2019, 4, 1)), days.number(date(2021, 9, 1))),
                max_size=4,
            )
        )
    )
    return tuple((a, b, draw(amounts)) for a, b in pairwise(cuts))


@st.composite
def families(draw: st.DrawFn) -> Family:
    """Families of one to four; most facts are left as their absence reads."""

    def row(declared: tuple[Fact, ...]) -> dict[str, Value]:
        told = draw(
            st.lists(
                st.sampled_from([f for f in declared if not f.derived_from]),
                max_size=9,
                unique=True,
            )
        )
        return {fact.name: draw(values(fact)) for fact in told}

    homes = st.sampled_from([*PLACES, UNKNOWN])
    people = [family.person(BOOK.facts, BOOK.city, {"hukou": draw(homes), **row(BOOK.facts.person)})
              for _ in range(draw(st.integers(1, 4)))]  # fmt: skip
    home = family.household(
        BOOK.facts,
        {"deposits": draw(st.sampled_from([0, 2_544_000, None])), **row(BOOK.facts.household)},
    )
    units = [(c.code, u) for c in BOOK.chapters if c.asked
             for u in (range(len(people)) if c.unit == "person" else (HOUSEHOLD,))]  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(units), max_size=2, unique=True))
    assessed = st.integers(days.number(date(2019, 10, 1)), days.number(date(2020, 1, 1)))
    return Family(
        draw(st.sampled_from(PLACES[:2])), home, people, {key: draw(assessed) for key in chosen}
    )


def chance(rng: Random, fact: Fact) -> Value:
    """One value of a fact; a monthly fact changes up to three times."""
    if not fact.by_month:
        return _one(rng, fact)
    months = range(days.number(date(2019, 4, 1)), days.number(date(2021, 9, 1)))
    cuts = sorted(rng.sample(months, rng.randint(0, 4)))
    return tuple((a, b, _one(rng, fact)) for a, b in pairwise(cuts))  # type: ignore[misc]


def _one(rng: Random, fact: Fact) -> Value:
    if rng.random() < 0.04:
        return UNKNOWN
    if fact.type == "yes_no":
        return rng.random() < 0.5
    if fact.type == "choice":
        return rng.choice(list(fact.choices))
    if fact.type == "place":
        return rng.choice(PLACES)
    if fact.type == "day":
        month, years = rng.choice(MONTHS), rng.choice((16, 18, 60, 70, 80, 90, 100))
        return date(month.year - years, month.month, 1) + timedelta(rng.choice((-1, 0, 1, 999)))
    low, high = fact.minimum or 0, fact.maximum or 0
    if fact.type == "fen" and rng.random() < 0.3:
        return min(max(rng.choice(BESIDE), low), high)
    edges = [e for e in EDGES if low <= e <= high] or [low, high]
    return rng.choice(edges) if rng.random() < 0.6 else rng.randint(low, min(high, 200_000))


def at_random(rng: Random) -> Family:
    """A family by plain chance: quick enough for a hundred thousand of them."""

    def row(declared: tuple[Fact, ...], most: int) -> dict[str, Value]:
        free = [fact for fact in declared if not fact.derived_from]
        return {f.name: chance(rng, f) for f in rng.sample(free, rng.randint(0, most))}

    people = [
        family.person(
            BOOK.facts,
            BOOK.city,
            {"hukou": rng.choice([*PLACES, *PLACES, UNKNOWN]), **row(BOOK.facts.person, 9)},
        )
        for _ in range(rng.choice((1, 1, 2, 3, 4)))
    ]
    home = {"deposits": rng.choice((0, 0, 2_544_000, None)), **row(BOOK.facts.household, 2)}
    units = [
        (c.code, unit)
        for c in BOOK.chapters
        for unit in (range(len(people)) if c.unit == "person" else (HOUSEHOLD,))
    ]
    held = {
        key: days.number(date(2019, 10, 1)) + rng.randint(0, 3)
        for key in rng.sample(units, rng.choice((0, 0, 1, 2)))
    }
    return Family(rng.choice(PLACES[:2]), family.household(BOOK.facts, home), people, held)
