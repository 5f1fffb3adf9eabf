"""The city's readings and the family's agree on a hundred thousand families, step by step and in any book."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from guanjia.policy.book import Book
from guanjia.policy.city import deciding, reading
from guanjia.policy.city.drafts import draft
from guanjia.policy.city.laying import TooLarge, lay
from guanjia.policy.city.layout import Snapshot, engine
from guanjia.policy.decide import read_reasons, rules
from guanjia.policy.family import Family
from guanjia.policy.nodes import FactRef
from guanjia.policy.table.taking import take
from tests.policy.agreeing import disagreements, steps
from tests.policy.facts_files import city_file
from tests.policy.families import BOOK, MONTHS, at_random, families
from tests.policy.variants import changed, condition, figure

FAMILIES = 100_000
BY_HYPOTHESIS = 600
WAYS = [(month, fold) for month in MONTHS for fold in (True, False)]
TOWN = "441900119"


def by_hypothesis(count: int) -> list[Family]:
    """Families that hypothesis makes: thresholds, and what it likes to try."""
    found: list[Family] = []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(families())
    def gather(family: Family) -> None:
        found.append(family)

    gather()
    return found


def unknowns(many: list[Family]) -> tuple[int, int]:
    """Of facts whose absence is a value: those recorded as not known, and all that are recorded."""
    lost = told = 0
    for family in many:
        rows = [(family.household, BOOK.facts.household)]
        rows += [(person, BOOK.facts.person) for person in family.people]
        for values, declared in rows:
            for fact in declared:
                value = values[fact.position]
                if fact.by_month:
                    told += len(value)  # type: ignore[arg-type]
                    lost += sum(span[2] is None for span in value)  # type: ignore[union-attr,misc,index]
                elif fact.absent is not None and value != fact.absent:
                    told += 1
                    lost += value is None
    return lost, told


@pytest.mark.slow
def test_the_readings_agree_on_a_hundred_thousand_families() -> None:
    rng, count, lost, told = Random(2020), 0, 0, 0
    seen: dict[date, Counter[tuple[str, int]]] = {month: Counter() for month in MONTHS}
    made = by_hypothesis(BY_HYPOTHESIS)
    for number, (month, fold) in enumerate(WAYS):
        many = made[number :: len(WAYS)]
        many += [at_random(rng) for _ in range(FAMILIES // len(WAYS))]
        assert disagreements(many, month, fold, BOOK, seen[month]) == []
        some, all_ = unknowns(many)
        count, lost, told = count + len(many), lost + some, told + all_
    assert count >= FAMILIES
    assert 0.02 <= lost / told <= 0.06
    assert one_sided(seen) == []


def one_sided(seen: dict[date, Counter[tuple[str, int]]]) -> list[tuple[str, str, str]]:
    """Sentences that read a fact and never were met, unmet or unknown: the families are too much alike."""
    found = {
        (benefit, code, verdict)
        for counted in seen.values()
        for benefit, reasons in counted
        for code, verdict in read_reasons(BOOK.chapter(benefit), reasons).items()
    }
    return [
        (chapter.code, condition.code, verdict)
        for chapter in BOOK.chapters
        for condition in chapter.conditions
        if any(isinstance(part, FactRef) for part in condition.node.walk())
        for verdict in ("met", "unmet", "unknown")
        if (chapter.code, condition.code, verdict) not in found
    ]


@pytest.mark.slow
@pytest.mark.parametrize("month", MONTHS)
def test_both_readings_agree_on_every_named_expression(month: date) -> None:
    rng = Random(month.toordinal())
    for fold in (True, False):
        said, held = steps(BOOK, [at_random(rng) for _ in range(340)], month, fold)
        assert said == []
        assert held > 20_000


TOP_UPS = {
    "line": [
        ("dibao", "", figure("dibao_line", "1200 元/人·月", TOWN)),
        ("dibao_single", "", figure("dibao_line", "1200 元/人·月", TOWN)),
        ("longevity", "", figure("first", "130 元/月", TOWN)),
    ],
    "age": [("longevity", "", figure("age_first", "60 岁", TOWN))],
    "period": [
        ("dibao", "", figure("income_months", "12 个月", TOWN)),
        ("dibao_single", "", figure("income_months", "3 个月", TOWN)),
    ],
    "over": [  # one member's place counts, whoever else lives there
        ("longevity", "", figure("first", "4100 元/月", TOWN)),
        ("longevity", "", condition("mates", "any(last_n_months(transfers_in, 6) < first)")),
    ],
}


@pytest.mark.parametrize("name", TOP_UPS)
def test_a_towns_own_figures_are_read_alike(tmp_path: Path, name: str) -> None:
    book, rng = changed(tmp_path, *TOP_UPS[name]), Random(4)
    for month in MONTHS:
        many = [at_random(rng) for _ in range(500)]
        assert disagreements(many, month, True, book) == []
        told = [(rules(book, month).decide(f), rules(BOOK, month).decide(f)) for f in many]
        assert any(new != old for new, old in told)


MANY = 1500


@cache
def many_families() -> list[Family]:
    """The families of the snapshot that is laid once."""
    rng = Random(11)
    return [at_random(rng) for _ in range(MANY)]


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Laid by the shipped book, once."""
    folder = tmp_path_factory.mktemp("laid")
    file = city_file(many_families(), folder / "facts.parquet", Random(1))
    with draft() as (con, _folder):
        take(con, BOOK, file)
        keys = dict(con.execute("SELECT name, home FROM names").fetchall())
        snapshot = lay(con, BOOK, MONTHS[1], folder / "snapshot", least=40)
    for number, family in enumerate(many_families()):
        HOMES[keys[f"户{number}"]] = family
    assert len(snapshot.tables) > 10
    return snapshot


HOMES: dict[int, Family] = {}
"""Households of the snapshot by their keys there."""
CHANGES = {
    "as shipped": [],
    "a longer period": [("dibao", 'value = "6 个月"', 'value = "12 个月"')],
    "three years back": [("dibao", 'value = "6 个月"', 'value = "36 个月"')],
    "another age": [("longevity", 'value = "70 岁"', 'value = "60 岁"')],
    "another line": [("dibao", 'value = "1060 元/人·月"', 'value = "1150 元/人·月"')],
    "facts that nobody read": [
        ("dibao", "", condition("new", "other_real_estate < dibao_line * houses or vehicles == 0")),
        ("longevity", "", condition("new", "marital in ('20', '30') and relation != '8'")),
    ],
    "months that nobody read": [
        ("longevity", "", condition("new", "last_n_months(scholarship + assistance, 24) == 0"))
    ],
}


@pytest.mark.parametrize("name", CHANGES)
def test_changing_a_chapter_needs_no_new_snapshot(
    laid: Snapshot, tmp_path: Path, name: str
) -> None:
    book = changed(tmp_path / "city", *CHANGES[name])
    results = deciding.decide(book, laid.on, laid, tmp_path / "results")
    with engine(tmp_path) as con:
        whole = set(con.execute(reading.rows(book, results)).fetchall())
    alone = of_families(book, laid.on)
    assert whole == alone
    assert (alone != of_families(BOOK, laid.on)) is bool(CHANGES[name])


def of_families(book: Book, month: date) -> set[tuple[object, ...]]:
    """What each family by itself comes out as."""
    return {
        (home, r.unit, r.benefit, r.entitled, r.gross, r.net, r.reasons)
        for home, family in HOMES.items()
        for r in rules(book, month).decide(family)
    }


def test_a_household_of_64_is_laid_out_and_one_of_65_or_80_is_not(tmp_path: Path) -> None:
    for size in (64, 65, 80):
        with draft() as (con, _folder):
            con.execute(
                f"""CREATE TABLE homes AS SELECT 7 AS household, '441900119002' AS place, {size} AS size;
                CREATE TABLE settled (household BIGINT, unit INT, kind VARCHAR, number BIGINT, word VARCHAR, day DATE);
                CREATE TABLE monthly (household BIGINT, unit INT, kind VARCHAR, since INT, until INT, number BIGINT);
                CREATE TABLE held (household BIGINT, unit INT, benefit VARCHAR, assessed BIGINT, until BIGINT)"""
            )
            if size > 64:
                with pytest.raises(
                    TooLarge, match=f"户 7 有 {size} 人，一户最多 64 人。请分户后再算。"
                ):
                    lay(con, BOOK, MONTHS[1], tmp_path / str(size))
            else:
                assert lay(con, BOOK, MONTHS[1], tmp_path / str(size)).people == 64
