"""我能享受什么 in process: from the answers so far to the next question, and the answer at the end.

Families of one to eight who know everything, or nothing: the latter are asked the most. Beside them
one bare decision of the same family, which every next question needs at least.
"""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from guanjia.policy import asking, book
from guanjia.policy.book import SHIPPED, Book
from guanjia.policy.decide import rules
from guanjia.policy.facts import Fact, Value
from guanjia.policy.family import Family

MONTH = date(2020, 4, 1)
SIZES = (1, 2, 3, 4, 5, 6, 7, 8)
PLAIN: dict[str, Value] = {"hukou": "441900119002", "supporters": "able", "care_form": "parents"}
PLAIN |= {"father_state": "able", "mother_state": "able", "deposits": 200_000}
BY_TYPE: dict[str, Value] = {"yes_no": False, "whole": 0, "fen": 0, "choice": "none"}


def told(fact: Fact, unit: int) -> Value:
    """A plain answer: an elder, grown-ups, children; nobody earns much."""
    if fact.type == "day":
        return (date(1938, 3, 15), date(1985, 5, 4), date(2012, 2, 29))[unit % 3]
    return PLAIN.get(fact.name, BY_TYPE.get(fact.type))


def nothing(_fact: Fact, _unit: int) -> Value:
    """不知道 to everything."""
    return None


def asked(
    made: Book, people: int, say: Callable[[Fact, int], Value], spent: list[float]
) -> tuple[Family, int]:
    """Ask until nothing more matters; the seconds of each next screen go into `spent`."""
    family, seen = asking.blank(made, people, made.city), set[tuple[str, int]]()
    names = [f"甲{n}" for n in range(people)]
    while True:
        found: list[asking.Question] = []

        def turn(found: list[asking.Question] = found) -> None:
            found += asking.next_screen(made, MONTH, family, names, seen)

        spent += report.seconds(turn, 1)
        if not found:
            return family, len(seen)
        for question in found:
            seen.add((question.fact.name, question.unit))
            answer = say(question.fact, question.unit)
            asking.answer(made, family, question.fact, question.unit, answer)


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    made = book.load(SHIPPED)
    rules(made, MONTH)
    next_screen: list[float] = []
    answers: list[float] = []
    bare: list[float] = []
    nets: dict[int, int] = {}
    for _round in range(max(1, int(20 * scale))):
        for people in SIZES:
            asked(made, people, nothing, next_screen)
            family, _count = asked(made, people, told, next_screen)
            names = [f"甲{n}" for n in range(people)]
            answers += report.seconds(
                lambda f=family, n=names: asking.outcome(made, MONTH, f, n, MONTH), 1
            )
            bare += report.seconds(lambda f=family: rules(made, MONTH).decide(f, True), 1)
            found = rules(made, MONTH).decide(family, assume_awarded=True)
            nets[people] = sum(r.net or 0 for r in found)
    right = nets[1] == 114_000 + 15_000 and all(nets[n] > nets[1] for n in SIZES[1:])
    figures = {
        "next_question_p95_ms": _p95(next_screen),
        "next_question_median_ms": report.median(next_screen) * 1000,
        "answer_p95_ms": _p95(answers),
        "bare_decision_ms": report.median(bare) * 1000,
    }
    return report.end("due", figures, {"next_question_p95_ms": 50}, scale, right)


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] * 1000


if __name__ == "__main__":
    sys.exit(main())
