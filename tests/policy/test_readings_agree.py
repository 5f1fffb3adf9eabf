"""The compiled reading and the sentence-by-sentence one agree on every condition and every amount."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.policy.codegen import compile_chapter
from guanjia.policy.decide import read_reasons, rules
from guanjia.policy.explain import explain
from guanjia.policy.family import Family
from guanjia.policy.trace import Tracer
from tests.policy.families import BOOK, MONTHS, families


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(families(), st.sampled_from(MONTHS))
def test_both_readings_agree_on_every_bit_and_fen(family_: Family, month: date) -> None:
    now = rules(BOOK, month)
    found = now.results(family_)
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
    for chapter in (c for c in BOOK.chapters if BOOK.decidable(c.code, month)):
        for where in chapter.wheres():
            assert callable(compile_chapter(chapter, month, where))
