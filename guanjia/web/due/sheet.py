"""What one person has said so far, as it travels: in the hidden fields of a form, or in a saved link.

Nothing of it stays here. Everything that comes back is read again as if a stranger had written it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from guanjia.policy import asking
from guanjia.policy.book import Book
from guanjia.policy.facts import Fact, Value
from guanjia.policy.family import Family
from guanjia.web.due import answers as due_answers
from guanjia.web.due import checks, words
from guanjia.web.due.answers import BadAnswer, Key

Answers = dict[Key, str]
MOST_SCREENS = 60
MOST_SAVED = 40_000  # characters


@dataclass(slots=True)
class Sheet:
    """Who lives together, and their answers as they were written.

    `done` holds a screen each, in order; `now` are the questions of the screen being answered and
    `typed` what stands in it; `later` are answers of screens that the person went back from.
    """

    kin: list[str]
    done: list[Answers] = field(default_factory=list)
    now: list[Key] = field(default_factory=list)
    typed: Answers = field(default_factory=dict)
    later: Answers = field(default_factory=dict)

    @property
    def answers(self) -> Answers:
        """All answers of the screens that are done."""
        return {key: text for screen in self.done for key, text in screen.items()}

    def step_back(self, to: int) -> None:
        """Open the screen at `to` again; what stood behind it is kept for when it is asked again."""
        for screen in (*self.done[to:], self.typed):
            self.later |= screen
        opened = self.done[to] if to < len(self.done) else {}
        self.done, self.now, self.typed = self.done[:to], list(opened), dict(opened)

    def step_on(self) -> None:
        """The screen is answered."""
        self.done.append({key: self.typed[key] for key in self.now})
        self.later = {k: text for k, text in self.later.items() if k not in self.typed}
        self.now, self.typed = [], {}


def read(book: Book, today: date, form: "MultiValueDict[str, str]") -> Sheet:
    """The sheet of a form that was sent. Raises BadAnswer for what no page of ours has sent."""
    kin = kin_of(form.getlist("kin"))
    sheet = Sheet(kin)
    for packed in form.getlist("done")[: MOST_SCREENS + 1]:
        sheet.done.append(unpack(book, len(kin), packed))
    if len(sheet.answers) != sum(map(len, sheet.done)) or len(sheet.done) > MOST_SCREENS:
        raise BadAnswer(_("同一个问题有两个答案。"))
    values(book, today, sheet.answers)
    sheet.later = unpack(book, words.MOST_PEOPLE, form.get("later") or "")
    plain = {name: form.get(name) or "" for name in form}
    for name in (form.get("now") or "").split():
        fact, key = due_answers.key_of(book, len(kin), name)
        if key in sheet.answers or key in sheet.now:
            raise BadAnswer(_("同一个问题有两个答案。"))
        sheet.now.append(key)
        sheet.typed[key] = due_answers.written(fact, key, plain)
    return sheet


def kin_of(chosen: list[str]) -> list[str]:
    """Who lives together, the asker first. Raises BadAnswer."""
    kin = [code for code in chosen if code]
    if kin[:1] != [words.SELF] or words.SELF in kin[1:]:
        raise BadAnswer(_("第一个应当是您自己。"))
    if any(code not in words.KIN for code in kin):
        raise BadAnswer(_("称呼请从列出的里面选。"))
    if len(kin) > words.MOST_PEOPLE:
        raise BadAnswer(
            _(
                "这里一次最多算 %(most)d 个人。人更多的家庭，请到村（社区）或拨打 12345 请工作人员算。"
            )
            % {"most": words.MOST_PEOPLE}
        )
    if kin.count(words.SPOUSE) > 1:
        raise BadAnswer(_("“老伴（爱人）”只能选一位，请改其中一位的称呼。"))
    return kin


def mistakes(book: Book, today: date, sheet: Sheet) -> dict[Key, str]:
    """What is wrong with the screen being answered: unread answers first, then contradictions."""
    found: dict[Key, str] = {}
    for key in sheet.now:
        fact = _fact(book, key)
        try:
            due_answers.read(book, today, fact, sheet.typed[key])
        except BadAnswer as problem:
            found[key] = str(problem)
    return found or contradictions(book, today, sheet)


def contradictions(book: Book, today: date, sheet: Sheet) -> dict[Key, str]:
    """What cannot be true together, of all that was answered. Raises BadAnswer."""
    said = values(book, today, sheet.answers | sheet.typed)
    return checks.contradictions(sheet.kin, said, today)


def reopen(sheet: Sheet, wrong: Mapping[Key, str]) -> None:
    """Go back to the screen of the first question that is wrong, unless it stands on this one."""
    for place, screen in enumerate(sheet.done):
        if screen.keys() & wrong.keys():
            sheet.step_back(place)
            return


def values(book: Book, today: date, answers: Mapping[Key, str]) -> dict[Key, Value]:
    """Answers as values. Raises BadAnswer."""
    return {
        key: due_answers.read(book, today, _fact(book, key), text) for key, text in answers.items()
    }


def family(book: Book, today: date, sheet: Sheet) -> Family:
    """The family as far as it is known."""
    made = asking.blank(book, len(sheet.kin), book.city)
    for (name, unit), value in values(book, today, sheet.answers).items():
        asking.answer(book, made, _fact(book, (name, unit)), unit, value)
    return made


def pack(answers: Mapping[Key, str]) -> str:
    """Answers as one text."""
    return urlencode([(due_answers.field(key), text) for key, text in answers.items()])


def unpack(book: Book, people: int, text: str) -> Answers:
    """The answers of one text. Raises BadAnswer."""
    found: Answers = {}
    for name, answer in parse_qsl(text, keep_blank_values=True):
        _declared, key = due_answers.key_of(book, people, name)
        if key in found:
            raise BadAnswer(_("同一个问题有两个答案。"))
        found[key] = answer
    return found


def saved(sheet: Sheet) -> str:
    """The sheet as the end of a link: kin and the screens that are done."""
    pairs = [("kin", code) for code in sheet.kin]
    return urlencode([*pairs, *(("done", pack(screen)) for screen in sheet.done)])


def of_saved(text: str) -> QueryDict:
    """The form that a saved link stands for: the whole link or its end. Raises BadAnswer."""
    end = text.strip().rpartition("#")[2]
    form = QueryDict(end) if len(end) <= MOST_SAVED else QueryDict("")
    if not form.getlist("kin"):
        raise BadAnswer(_("这不是完整的链接。请把保存的链接从头到尾整个贴进来。"))
    return form


def _fact(book: Book, key: Key) -> Fact:
    fact = book.facts.find(key[0])
    assert fact is not None  # key_of saw to it
    return fact
