"""What the calculator's pages show: the questions of a screen, and all benefits at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from guanjia.kit import days
from guanjia.policy import asking, words
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.decide import rules
from guanjia.policy.explanation import Explanation, FactUse, Sentence
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD
from guanjia.web.due import answers as due_answers
from guanjia.web.due import sheet as due_sheet
from guanjia.web.due import words as due_words
from guanjia.web.due.answers import Key
from guanjia.web.due.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it stands on the page, with what was answered before and what is wrong."""

    fact: Fact
    name: str
    text: str
    hint: str
    choices: list[tuple[str, str]]
    answer: str
    unsure: bool
    error: str

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """A day in three: end of the field's name, word, what was written."""
        written = [*self.answer.split("-"), "", "", ""]
        words = (_("年"), _("月"), _("日"))
        return list(zip(due_answers.DAY_PARTS, words, written, strict=False))


@dataclass(frozen=True, slots=True)
class Group:
    """The questions about one person, or about all together."""

    who: str
    questions: list[Asked]


@dataclass(frozen=True, slots=True)
class Said:
    """A screen that was answered: its place, title, and the answers in words."""

    place: int
    title: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """A benefit that somebody is due, or would be."""

    why: Explanation
    chapter: Chapter
    how_often: str

    @property
    def bring(self) -> str:
        """What to bring, as one list."""
        return words.listed(self.chapter.bring)


@dataclass(frozen=True, slots=True)
class Person:
    """What one person lacks for a benefit: sentences that are not met, or facts to be asked."""

    who: str
    unmet: list[Sentence]
    missing: str


@dataclass(frozen=True, slots=True)
class Others:
    """A benefit that is not due, or not yet known, and of whom."""

    chapter: Chapter
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Found:
    """All benefits of a family in a month."""

    due: list[Card]
    replaced: list[Card]
    unsure: list[Others]
    refused: list[Others]
    silent: list[Chapter]
    totals: list[tuple[str, int]]


def month_of(today: date) -> date:
    """The month that is worked out: the current one."""
    return days.first(today.year, today.month)


def next_questions(book: Book, today: date, sheet: Sheet) -> list[Key]:
    """What is asked next; nothing where nothing more can change the answer."""
    made = due_sheet.family(book, today, sheet)
    names = due_words.names(sheet.kin)
    asked = asking.next_screen(book, month_of(today), made, names, sheet.answers)
    return sorted(((q.fact.name, q.unit) for q in asked), key=lambda key: key[1])


def groups(book: Book, sheet: Sheet, wrong: dict[Key, str]) -> list[Group]:
    """The questions of the screen being answered, person by person."""
    names = due_words.names(sheet.kin)
    found = []
    for unit, keys in groupby(sheet.now, key=lambda key: key[1]):
        who = _("全家") if unit == HOUSEHOLD else names[unit]
        found.append(Group(who, [_asked(book, key, sheet, names, wrong) for key in keys]))
    return found


def screen(book: Book, sheet: Sheet) -> due_words.Screen:
    """The title of the screen being answered."""
    fact = book.facts.find(sheet.now[0][0])
    return due_words.SCREENS[fact.screen if fact else "people"]


def said(book: Book, today: date, sheet: Sheet) -> list[Said]:
    """Every answered screen in words."""
    names, found = due_words.names(sheet.kin), []
    for place, answers in enumerate(sheet.done):
        lines, title = [], ""
        for key, value in due_sheet.values(book, today, answers).items():
            fact = book.facts.find(key[0])
            assert fact is not None  # the sheet was read
            title = str(due_words.SCREENS[fact.screen].title)
            lines.append((_question(fact, key, names), due_words.shown(fact, value)))
        found.append(Said(place, title, lines))
    return found


def assumed(book: Book) -> list[tuple[str, str]]:
    """What nobody is asked: the fact, and how it is taken."""
    return [(fact.label, due_words.shown(fact, fact.absent)) for fact in asking.assumed(book)]


def found(book: Book, today: date, sheet: Sheet) -> Found:
    """All benefits at once, as if all were granted together."""
    month, names = month_of(today), due_words.names(sheet.kin)
    made = due_sheet.family(book, today, sheet)
    told = asking.outcome(book, month, made, names, today)
    sure = [why for why in told if why.entitled and why.net is not None]
    due = [_card(book, why) for why in sure if why.net or not why.gross]
    due.sort(key=lambda card: not card.why.net)  # what pays nothing stands last
    return Found(
        due=due,
        replaced=[_card(book, why) for why in sure if why.gross and not why.net],
        unsure=_others(book, [w for w in told if w.entitled is not False and w.net is None]),
        refused=_others(book, [w for w in told if w.entitled is False]),
        silent=[book.chapter(code) for code in rules(book, month).undecidable],
        totals=_totals(due),
    )


def _asked(
    book: Book, key: Key, sheet: Sheet, names: Sequence[str], wrong: dict[Key, str]
) -> Asked:
    fact = book.facts.find(key[0])
    assert fact is not None  # the sheet was read
    answer = sheet.typed.get(key, sheet.later.get(key, ""))
    unsure = answer.split(" ")[0] == due_words.UNKNOWN
    return Asked(
        fact=fact,
        name=due_answers.field(key),
        text=_question(fact, key, names),
        hint=due_words.hint(fact),
        choices=due_words.choices(fact),
        answer=answer.removeprefix(due_words.UNKNOWN).strip() if unsure else answer,
        unsure=unsure,
        error=wrong.get(key, ""),
    )


def _question(fact: Fact, key: Key, names: Sequence[str]) -> str:
    return fact.ask.format(who=names[max(key[1], 0)])


def _card(book: Book, why: Explanation) -> Card:
    chapter = book.chapter(why.benefit)
    return Card(why, chapter, _how_often(chapter))


def _how_often(chapter: Chapter) -> str:
    return {"month": _("每月"), "year": _("每年"), "once": _("一次")}[chapter.cadence]


def _totals(cards: list[Card]) -> list[tuple[str, int]]:
    """Sums by how often they are paid, in fen."""
    sums: dict[str, int] = {}
    for card in cards:
        if card.why.net:
            sums[card.how_often] = sums.get(card.how_often, 0) + card.why.net
    return list(sums.items())


def _others(book: Book, told: Iterable[Explanation]) -> list[Others]:
    """Benefits with the people whom they are not due, or of whom it is not known."""
    found = []
    for code, whys in groupby(told, key=lambda why: why.benefit):
        people = [Person(w.who, _unmet(w), _missing(w)) for w in whys]
        found.append(Others(book.chapter(code), people))
    return found


def _unmet(why: Explanation) -> list[Sentence]:
    return [sentence for sentence in why.sentences if sentence.verdict == "unmet"]


def _missing(why: Explanation) -> str:
    """The facts that are not known, in words, each once."""
    uses: list[FactUse] = [f for s in why.sentences if s.verdict == "unknown" for f in s.facts]
    uses += [f for line in why.amounts for f in line.facts]
    return words.listed(dict.fromkeys(f"{f.who} · {f.label}" for f in uses if not f.known))
