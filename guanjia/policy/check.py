"""The book against its own examples: each must come out as written, and stand on both sides of each threshold."""

from collections.abc import Iterator
from dataclasses import dataclass

from guanjia.kit import money
from guanjia.policy import family_file
from guanjia.policy import nodes as n
from guanjia.policy.book import Book, Relation
from guanjia.policy.chapter import Chapter, Condition, Example
from guanjia.policy.decide import Result, read_reasons, rules
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.problem import Problem
from guanjia.policy.trace import Tracer
from guanjia.policy.words import ask, word, yuan

EXPECTS = ("entitled", "amount", "net", "person", "reasons")
CLOSE = 1  # fen, persons, years: how near an example must come to a threshold


@dataclass(frozen=True, slots=True)
class Worked:
    """An example with what the book says of it now."""

    chapter: Chapter
    example: Example
    family: Family
    names: tuple[str, ...]
    unit: int
    results: tuple[Result, ...]
    result: Result | None  # None: not decidable in its month
    problems: tuple[str, ...]


def work(book: Book, chapter: Chapter, example: Example) -> Worked:
    """Decide one example and compare it with what it expects. Raises BadFamily."""
    written = family_file.from_rows(example.rows, book)
    unit = HOUSEHOLD
    if chapter.unit == "person":
        person = example.expects.get("person", written.names[0])
        unit = written.names.index(person) if person in written.names else 0
    results = tuple(rules(book, example.month).decide(written.family))
    result = next((r for r in results if r[:2] == (chapter.code, unit)), None)
    problems = tuple(_differences(chapter, example, result))
    return Worked(chapter, example, written.family, written.names, unit, results, result, problems)


def work_all(book: Book) -> Iterator[Worked]:
    """Every example of every chapter. Raises BadFamily."""
    for chapter in book.chapters:
        for example in chapter.examples:
            yield work(book, chapter, example)


def check(book: Book) -> list[Problem]:
    """Examples that do not read, or do not come out as written."""
    problems = []
    for chapter in book.chapters:
        file = f"chapters/{chapter.code}/examples.toml"
        for example in chapter.examples:
            try:
                wrong = list(work(book, chapter, example).problems)
            except family_file.BadFamily as problem:
                wrong = problem.problems
            problems += [
                Problem(file, word("例 {title}", title=example.title), text) for text in wrong
            ]
    return problems


def _differences(chapter: Chapter, example: Example, result: Result | None) -> Iterator[str]:
    expects = example.expects
    for key in expects:
        if key not in EXPECTS:
            yield word("expects 里不认识的项 {key}", key=key)
    if expects.get("entitled") == "not decidable":
        if result is not None:
            yield word("应是不能核算，实际核算出了结果")
        return
    if result is None:
        yield word("{month} 没有规定，不能核算", month=f"{example.month:%Y-%m}")
        return
    wanted = {True: True, False: False, "unknown": None}.get(expects.get("entitled"), "?")
    if wanted is not result.entitled:
        yield word(
            "应是 {entitled}，实际是 {found}",
            entitled=repr(expects.get("entitled")),
            found=repr(result.entitled),
        )
    for key, fen in (("amount", result.gross), ("net", result.net)):
        if key in expects and (fen is None or money.read(expects[key]) != fen):
            yield word(
                "{key} 应是 {expects}，实际是 {found}",
                key=key,
                expects=expects[key],
                found=ask() if fen is None else yuan(fen),
            )
    verdicts = read_reasons(chapter, result.reasons)
    for code, verdict in expects.get("reasons", {}).items():
        if verdicts.get(code) != verdict:
            yield word(
                "条件 {code} 应是 {verdict}，实际是 {found}",
                code=code,
                verdict=verdict,
                found=verdicts.get(code),
            )


def uncovered(book: Book) -> list[str]:
    """Sentences without an example on each side, thresholds without one near by, relations likewise."""
    worked = list(work_all(book))
    found = []
    for chapter in book.chapters:
        mine = [w for w in worked if w.chapter is chapter and w.result is not None]
        for condition in chapter.conditions:
            sides = {_side(book, condition, w) for w in mine if condition.holds(w.example.month)}
            near = isinstance(condition.node, n.Compare)
            for met in (True, False):
                if not any(verdict is met and (close or not near) for verdict, close in sides):
                    side = word("符合") if met else word("不符合")
                    found.append(
                        word(
                            "{chapter}.{code}（{since}）：缺{side}一侧的例子",
                            chapter=chapter.code,
                            code=condition.code,
                            since=condition.since,
                            side=side,
                        )
                    )
    for relation in book.relations:
        found += _one_sided(relation, worked)
    return found


def _side(book: Book, condition: Condition, worked: Worked) -> tuple[bool | None, bool]:
    """The verdict of a sentence in an example, and whether it came within a unit of the threshold."""
    assert worked.result is not None
    verdict = read_reasons(worked.chapter, worked.result.reasons)[condition.code]
    value = {"met": True, "unmet": False, "unknown": None}[verdict]
    node = condition.node
    if value is None or not isinstance(node, n.Compare) or node.left.type not in ("fen", "whole"):
        return value, True
    now = rules(book, worked.example.month)
    place = now.place(worked.chapter, worked.family, worked.unit)
    results = now.results(worked.family)
    tracer = Tracer(
        *(book, worked.chapter, worked.example.month, worked.family, worked.unit, place, results)
    )
    left, right = tracer.say(node.left).value, tracer.say(node.right).value
    return value, abs(left - right) <= _step(node)


def _step(node: n.Compare) -> int:
    """The smallest change that the left side can show: a factor written before it widens it."""
    left = node.left
    factor = left.left if isinstance(left, n.Arithmetic) and left.sign == "*" else None
    return int(factor.value) * CLOSE if isinstance(factor, n.Literal) else CLOSE


def _one_sided(relation: Relation, worked: list[Worked]) -> Iterator[str]:
    """Each relation has an example in which the one stands beside the other, both ways round."""
    for own, other in ((relation.taker, relation.giver), (relation.giver, relation.taker)):
        shown = any(
            w.chapter.code == own
            and w.result is not None
            and w.result.entitled
            and (
                other in {benefit for benefit, _unit in w.family.held}
                or any(r.benefit == other and r.entitled for r in w.results)
            )
            for w in worked
        )
        if not shown:
            yield word(
                "关系 {giver} → {taker}：{own} 一章缺已享 {other} 的例子",
                giver=relation.giver,
                taker=relation.taker,
                own=own,
                other=other,
            )
