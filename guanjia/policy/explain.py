"""Why: one benefit of one unit in one month as sentences with figures and laws."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from guanjia.policy import nodes as n
from guanjia.policy import words
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
from guanjia.policy.trace import Said, Tracer

ORDER: tuple[Verdict, ...] = ("unmet", "unknown", "met")
KINDS: dict[str, Callable[[str], str]] = {
    "exclude": lambda giver: words.word("已享{giver}，本项不再发放", giver=giver),
    "higher_only": lambda giver: words.word("与{giver}只发较高的一项", giver=giver),
    "top_up": lambda giver: words.word("已享{giver}，本项只补足差额", giver=giver),
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
    found = now.results(family)
    place = now.place(chapter, family, unit)
    tracer = Tracer(book, chapter, month, family, unit, place, found, names, today)
    nets: Nets = {key: result[1] for key, result in found.items()}
    reduced = list(now.reductions(family, found, nets, assume_awarded))
    return _told(tracer, found[benefit, unit], nets[benefit, unit], reduced)


def explain_all(
    book: Book,
    month: date,
    family: Family,
    names: Sequence[str] = (),
    today: date | None = None,
    assume_awarded: bool = False,
) -> list[Explanation]:
    """Every decidable benefit of everybody, in decision order: the family is decided once for all."""
    now = rules(book, month)
    found = now.results(family)
    nets: Nets = {key: result[1] for key, result in found.items()}
    reduced = list(now.reductions(family, found, nets, assume_awarded))
    told = []
    for (benefit, unit), result in found.items():
        chapter = book.chapter(benefit)
        place = now.place(chapter, family, unit)
        tracer = Tracer(book, chapter, month, family, unit, place, found, names, today)
        told.append(_told(tracer, result, nets[benefit, unit], reduced))
    return told


def _who(unit: int, names: Sequence[str]) -> str:
    if 0 <= unit < len(names):
        return names[unit]
    return words.word("家庭") if unit == HOUSEHOLD else words.member(unit)


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
        cadence=chapter.cadence,
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
    text = words.word(
        "政策簿里没有{month}的{title}规定，这个月不能核算。",
        month=words.month(month),
        title=chapter.title,
    )
    return Explanation(
        benefit=chapter.code,
        title=chapter.title,
        cadence=chapter.cadence,
        unit=unit,
        who=who,
        month=month,
        decidable=False,
        entitled=None,
        gross=None,
        net=None,
        sentences=(),
        amounts=(),
        reductions=(),
        changes=(text,),
        law=chapter.law,
        status=chapter.status,
        revision=book.revision,
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
        facts=tuple(_once_facts(said.facts)),
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
            text = KINDS[relation.kind](book.chapter(other).title)
            yield ReductionLine(other, relation.kind, text, each.fen, relation.law)


def _changes(
    said: list[tuple[Condition, Said]], tracer: Tracer, entitled: bool | None
) -> Iterator[str]:
    """What would change this: by how much each number is off, what must be asked."""
    for condition, part in said:
        if part.value is None:
            asked = words.listed(
                words.word("{who}的{what}", who=u.who, what=u.label)
                for u in _once_facts(part.facts)
                if not u.known
            )
            yield words.word(
                "补问{what}后，“{condition}”才能判断",
                what=asked or condition.label,
                condition=condition.label,
            )
        elif isinstance(condition.node, n.Compare) and condition.node.left.type in ("fen", "whole"):
            yield from _margin(condition, condition.node, part, tracer, entitled)
        elif part.value is False:
            yield words.word("“{condition}”变为符合时，可重新核定", condition=condition.label)


def _margin(
    condition: Condition, node: n.Compare, part: Said, tracer: Tracer, entitled: bool | None
) -> Iterator[str]:
    left, right = tracer.say(node.left).value, tracer.say(node.right).value
    if node.sign not in ("<", "<=") or (part.value and not entitled):
        return
    name = _name(node.left, tracer) or condition.label
    if part.value is False:
        off = left - right + (node.sign == "<")
        less = words.show(off, node.left.type)
        yield words.word(
            "{what}再少 {less}，“{condition}”就符合",
            what=name,
            less=less,
            condition=condition.label,
        )
    elif node.left.type == "fen":
        room = right - left - (node.sign == "<")
        yield words.word(
            "{what}再多出 {more}（升到 {sum}），就不再符合",
            what=name,
            more=words.yuan(room + 1),
            sum=words.yuan(left + room + 1),
        )


def _name(node: n.Node, tracer: Tracer) -> str:
    """What a side is called, without what it comes to; '' for a sum that has no name."""
    if isinstance(node, n.FactRef):
        return node.fact.label
    if isinstance(node, n.DefineRef):
        return next(d.label for d in tracer.chapter.defines if d.name == node.name)
    said = tracer.say(node)
    shown = words.show(said.value, node.type)
    return said.text.removesuffix(shown).strip() if said.text.endswith(shown) else ""
