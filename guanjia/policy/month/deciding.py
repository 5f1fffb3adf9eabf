"""Every benefit of some households and their members, as columns, and the tables that say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from guanjia.policy.book import Book, Relation
from guanjia.policy.city.packing import spots
from guanjia.policy.month import cells as c
from guanjia.policy.month.cells import HOME, PERSON, Cells
from guanjia.policy.month.homes import Homes
from guanjia.policy.month.sheet import Answers
from guanjia.policy.month.text import Text


@dataclass(frozen=True, slots=True)
class Said:
    """What one benefit comes to: each condition by its bit; amounts in fen."""

    level: int
    conditions: tuple[tuple[int, Cells], ...]
    entitled: Cells
    gross: Cells
    net: Cells


class Decision:
    """A book's verdicts of a month for some households."""

    def __init__(self, book: Book, text: Text, answers: Answers) -> None:
        self.book, self.text, self.homes = book, text, answers.homes
        self.said: dict[str, Said] = {}
        for chapter in text.chapters:
            verdict = text.verdict(chapter.code)
            level = PERSON if chapter.unit == "person" else HOME
            conditions = tuple((x.bit, answers.of(step)) for x, step in verdict.conditions)
            gross = answers.of(verdict.gross)
            entitled = answers.of(verdict.entitled)
            self.said[chapter.code] = Said(level, conditions, entitled, gross, gross)
        for relation in book.relations:
            if relation.kind != "compatible" and relation.holds(text.text):
                self._relate(relation)

    def _relate(self, relation: Relation) -> None:
        """What one benefit takes from another, as decide.py works it out."""
        mine, its = self.said.get(relation.taker), self.said.get(relation.giver)
        if mine is None or its is None:
            return
        held = self._held(relation.giver, its.level)
        if held.says(False) or mine.entitled.says(False):
            return
        whole, level = self.homes.count(mine.level), mine.level
        every = [mine.entitled, mine.net, its.entitled, its.net, held, self._chosen(relation)]
        values, knowns = zip(*(self._spread(part, level, whole) for part in every), strict=True)
        entitled, net, its_entitled, its_net, is_held, chosen = values
        know_mine, know_net, know_its, know_its_net, _held, know_chosen = knowns
        acts = know_mine & entitled & is_held & ~(know_its & ~its_entitled)
        acts &= ~(know_chosen & ~chosen) & ~(know_net & (net == 0))
        if not acts.any():
            return
        who = np.flatnonzero(acts)
        share = its_net if its.level == level else self._share(its_net)
        paid, share = net.take(who), share.take(who)
        sure = (know_its & know_chosen & know_net & know_its_net).take(who)
        if relation.kind == "exclude":
            after = np.zeros_like(paid)
        elif relation.kind == "top_up":
            after = np.maximum(paid - share, 0)
        else:
            after = paid * (share < paid)
        known = know_net.copy()
        known[who] &= sure
        self._replace(relation.taker, _with(net, who, after), known)
        if relation.kind == "higher_only":
            ours, _known = self._spread(self._held(relation.taker, level), level, whole)
            lost = who[sure & (share < paid) & ours.take(who)]
            self._replace(relation.giver, _with(its_net, lost, 0), know_its_net)

    def _replace(self, benefit: str, value: Any, known: Any) -> None:
        old = self.said[benefit]
        net = Cells(value, True if known.all() else known, old.level)
        self.said[benefit] = Said(old.level, old.conditions, old.entitled, old.gross, net)

    def _held(self, benefit: str, level: int) -> Cells:
        month = self.text.month.year * 12 + self.text.month.month - 1
        award = self.homes.award(benefit, level, month)
        if award.everywhere:
            return Cells(np.bool_(award.known))
        return c.YES if award.known is True else Cells(award.known, True, level)

    def _chosen(self, relation: Relation) -> Cells:
        """Whether the person chose the giver; yes where there is no choice."""
        if not relation.chosen_by:
            return c.YES
        fact = self.book.facts.find(relation.chosen_by)
        assert fact is not None  # the loader saw to it
        told = self.homes.fact(fact)
        return told._replace(value=told.value == list(fact.choices).index(relation.giver))

    def _spread(self, part: Cells, level: int, many: int) -> tuple[Any, Any]:
        """Values and what is known of them, a whole column each."""
        part = self.homes.lift(part, level)
        return np.broadcast_to(part.value, many), np.broadcast_to(part.known, many)

    def _share(self, net: Any) -> Any:
        """The member's share of the household's amount, to the fen."""
        seats = self.homes.seats
        size = seats.sizes.take(seats.homes_of)
        return net // size + (seats.number < net % size)


def _with(column: Any, who: Any, value: Any) -> Any:
    """A column in which some have another value."""
    found = column.astype(np.int64)
    found[who] = value
    return found


def columns(decision: Decision, level: int) -> Iterator[tuple[str, Cells]]:
    """What is handed out of households, or of persons: `reasons_<word>` (see city/packing.py),
    `<benefit>_net`, and `<benefit>_gross` where it is another; of households `concerns` too."""
    if level == HOME:
        yield "concerns", _concerns(decision)
    words: dict[int, list[tuple[Cells, int]]] = {}
    unit = "person" if level == PERSON else "household"
    for benefit, spot in spots(decision.book, unit).items():
        bits = words.setdefault(spot.word, [])
        said = decision.said.get(benefit)
        if said:
            bits += [(cells, spot.shift + 2 * bit) for bit, cells in said.conditions]
    for number, bits in words.items():
        yield f"reasons_{number}", word(decision.homes, bits, level)
    for benefit, said in decision.said.items():
        if said.level == level:
            yield f"{benefit}_net", said.net
            if said.net is not said.gross:
                yield f"{benefit}_gross", said.gross


def word(homes: Homes, bits: list[tuple[Cells, int]], level: int) -> Cells:
    """Two bits a sentence, each from its lowest on: unmet 1, met 2, unknown 3."""
    known, whole = 0, None
    parts = dict[int, Any]()  # eight sentences at a time take a quarter of the room
    for said, shift in bits:
        code = sentence(homes, said, level)
        if said.everywhere:
            known |= int(code) << shift
            continue
        place, low = divmod(shift, 16)
        part = code.astype(np.uint16) << np.uint16(low)
        parts[place] = part if place not in parts else parts[place] | part
    for place, part in parts.items():
        moved = part.astype(np.int64) << 16 * place
        whole = moved if whole is None else whole | moved
    return Cells(known if whole is None else whole | known, True, level)


def sentence(homes: Homes, said: Cells, level: int) -> Any:
    """The two bits of one sentence."""
    if said.everywhere:
        return np.int8(1 + int(said.value) if said.known else 3)
    said = homes.lift(said, level)
    code = said.value + np.int8(1)
    return code if said.known is True else c.pick(said.known, code, np.int8(3))


def _concerns(decision: Decision) -> Cells:
    """Whether anybody is entitled to something that pays, or may be."""
    homes, text = decision.homes, decision.text
    found = np.zeros(homes.count(HOME), bool)
    for chapter in text.chapters:
        if chapter.amounts_on(text.text):
            said = decision.said[chapter.code]
            if said.entitled.says(False):
                continue
            value, known = decision._spread(said.entitled, said.level, homes.count(said.level))
            open_ = value | ~known
            found |= homes.any(open_, said.level)
    return Cells(found, True, HOME)
