"""The compiled reading and the sentence-by-sentence one agree on every condition and every amount."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.kit import days
from guanjia.policy import book, family
from guanjia.policy.codegen import compile_chapter
from guanjia.policy.decide import read_reasons, rules
from guanjia.policy.explain import explain
from guanjia.policy.facts import UNKNOWN, Fact, Value
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.trace import Tracer

CITY = Path(book.__file__).parents[1] / "cities" / "dongguan"
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

    people = [family.person(BOOK.facts, BOOK.city, {"hukou": draw(st.sampled_from(PLACES)), **row(BOOK.facts.person)})
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


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(families(), st.sampled_from(MONTHS))
def test_both_readings_agree_on_every_bit_and_fen(family_: Family, month: date) -> None:
    now = rules(BOOK, month)
    found = dict(now.results(family_))
    for (code, unit), (entitled, gross, reasons) in found.items():
        chapter = BOOK.chapter(code)
        place = now.place(chapter, family_, unit)
        tracer = Tracer(BOOK, chapter, month, family_, unit, place, found)
        told = {c.code: tracer.say(c.node).value for c in chapter.conditions_on(month)}
        words = {True: "met", False: "unmet", None: "unknown"}
        assert read_reasons(chapter, reasons) == {k: words[v] for k, v in told.items()}
        expected = False if False in told.values() else None if None in told.values() else True
        assert entitled is expected
        if entitled:
            parts = [tracer.say(a.node).value for a in chapter.amounts_on(month)]
            assert gross == (None if None in parts else sum(parts))
        else:
            assert gross == (0 if entitled is False else None)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(families(), st.sampled_from(MONTHS))
def test_an_explanation_says_what_was_decided(family_: Family, month: date) -> None:
    for result in rules(BOOK, month).decide(family_):
        why = explain(BOOK, month, family_, result.benefit, result.unit)
        assert (why.entitled, why.gross, why.net) == (result.entitled, result.gross, result.net)
        assert why.entitled is not None or why.questions
        assert all(s.reads for s in why.sentences)


@pytest.mark.parametrize("month", MONTHS)
def test_every_chapter_compiles_for_every_place(month: date) -> None:
    for chapter in BOOK.chapters:
        for where in chapter.wheres():
            assert callable(compile_chapter(chapter, month, where))
