"""Why: one benefit of one unit in one month as sentences with figures and laws."""

from collections.abc import Iterator, Sequence
from datetime import date

from guanjia.kit import money
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Amount, Chapter, Condition
from guanjia.policy.codegen import Verdict as CodeVerdict
from guanjia.policy.decide import Nets, Reduced, rules
from guanjia.policy.explanation import (
    AmountLine,
    Explanation,
    FactUse,
    FigureUse,
    Sentence,
    Verdict,
)
from guanjia.policy.explanation import Reduction as ReductionLine
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.trace import Said, Tracer, show

ORDER: tuple[Verdict, ...] = ("unmet", "unknown", "met")
KINDS = {
    "exclude": "已享{giver}，本项不再发放",
    "higher_only": "与{giver}只发较高的一项",
    "top_up": "已享{giver}，本项只补足差额",
}


def explain(
    book: Book,
    month: date,
    family: Family,
    benefit: str,
    unit: int = HOUSEHOLD,
    names: Sequence[str] = (),
    today: date | None = None,
    assume_awarded: bool = False,
) -> Explanation:
    """The explanation of a result; `month` is a first day, `today` says which figures are unreviewed.

    A benefit without a rule in that month explains itself as not decidable. Raises KeyError.
    """
    chapter, now = book.chapter(benefit), rules(book, month)
    if benefit in now.undecidable:
        return _silent(book, chapter, month, unit, _who(unit, names))
    found = dict(now.results(family))
    place = now.place(chapter, family, unit)
    tracer = Tracer(book, chapter, month, family, unit, place, found, names, today)
    nets: Nets = {key: result[1] for key, result in found.items()}
    reduced = list(now.reductions(family, found, nets, assume_awarded))
    return _told(tracer, found[benefit, unit], nets[benefit, unit], reduced)


def _who(unit: int, names: Sequence[str]) -> str:
    if 0 <= unit < len(names):
        return names[unit]
    return "家庭" if unit == HOUSEHOLD else f"第{unit + 1}人"


def _told(
    tracer: Tracer, result: CodeVerdict, net: int | None, reduced: list[Reduced]
) -> Explanation:
    """The whole explanation of a decided benefit."""
    book, chapter, month, unit = tracer.book, tracer.chapter, tracer.month, tracer.unit
    entitled, gross, _reasons = result
    said = [(c, tracer.say(c.node)) for c in chapter.conditions_on(month)]
    sentences = [_sentence(condition, part) for condition, part in said]
    amounts = chapter.amounts_on(month) if entitled else ()
    return Explanation(
        benefit=chapter.code,
        title=chapter.title,
        unit=unit,
        who=_who(unit, tracer.names),
        month=month,
        decidable=True,
        entitled=entitled,
        gross=gross,
        net=net,
        sentences=tuple(sorted(sentences, key=lambda s: ORDER.index(s.verdict))),
        amounts=tuple(_amount(amount, tracer.say(amount.node)) for amount in amounts),
        reductions=tuple(_reductions(book, reduced, chapter.code, unit)),
        changes=tuple(_changes(said, tracer, entitled)),
        law=chapter.law,
        status=chapter.status,
        revision=book.revision,
    )


def _silent(book: Book, chapter: Chapter, month: date, unit: int, who: str) -> Explanation:
    text = f"政策簿里没有{month.year}年{month.month}月的{chapter.title}规定，这个月不能核算。"
    return Explanation(
        *(chapter.code, chapter.title, unit, who, month, False, None, None, None),
        *((), (), (), (text,), chapter.law, chapter.status, book.revision),
    )


def _sentence(condition: Condition, said: Said) -> Sentence:
    verdict: Verdict = "unknown" if said.value is None else "met" if said.value else "unmet"
    return Sentence(
        code=condition.code,
        label=condition.label,
        en=condition.en,
        verdict=verdict,
        reads=said.text,
        text=condition.text,
        law=condition.law,
        status=condition.status,
        figures=_once(said.figures),
        facts=tuple(sorted(_once_facts(said.facts), key=lambda use: use.known)),
    )


def _amount(amount: Amount, said: Said) -> AmountLine:
    return AmountLine(
        code=amount.code,
        label=amount.label,
        en=amount.en,
        fen=said.value,
        reads=said.text,
        text=amount.text,
        law=amount.law,
        status=amount.status,
        figures=_once(said.figures),
    )


def _once(uses: list[FigureUse]) -> tuple[FigureUse, ...]:
    return tuple({use.name: use for use in uses}.values())


def _once_facts(uses: list[FactUse]) -> list[FactUse]:
    return list({(use.name, use.unit): use for use in uses}.values())


def _reductions(
    book: Book, reduced: list[Reduced], benefit: str, unit: int
) -> Iterator[ReductionLine]:
    for each in reduced:
        relation = each.relation
        ours = relation.taker == benefit or (
            relation.kind == "higher_only" and relation.giver == benefit
        )
        if ours and each.unit == unit and each.fen:
            other = relation.giver if relation.taker == benefit else relation.taker
            text = KINDS[relation.kind].format(giver=book.chapter(other).title)
            yield ReductionLine(other, relation.kind, text, each.fen, relation.law)


def _changes(
    said: list[tuple[Condition, Said]], tracer: Tracer, entitled: bool | None
) -> Iterator[str]:
    """What would change this: by how much each number is off, what must be asked."""
    for condition, part in said:
        if part.value is None:
            asked = "、".join(f"{u.who}的{u.label}" for u in _once_facts(part.facts) if not u.known)
            yield f"补问{asked or condition.label}后，“{condition.label}”才能判断"
        elif isinstance(condition.node, n.Compare) and condition.node.left.type in ("fen", "whole"):
            yield from _margin(condition, condition.node, part, tracer, entitled)
        elif part.value is False:
            yield f"“{condition.label}”变为符合时，可重新核定"


def _margin(
    condition: Condition, node: n.Compare, part: Said, tracer: Tracer, entitled: bool | None
) -> Iterator[str]:
    left, right = tracer.say(node.left).value, tracer.say(node.right).value
    if node.sign not in ("<", "<=") or (part.value and not entitled):
        return
    name = tracer.say(node.left).text.split(" ")[0]
    if part.value is False:
        off = left - right + (node.sign == "<")
        yield f"{name}再少 {show(off, node.left.type)}，“{condition.label}”就符合"
    elif node.left.type == "fen":
        room = right - left - (node.sign == "<")
        yield f"{name}再多出 {money.show(room + 1)}（升到 {money.show(left + room + 1)}），就不再符合"
